from organization.models.account import Account, Role
from organization.models.draft import Draft
from organization.models.employer import Employer
from organization.models.event import SecurityEvent
from organization.models.installation import Installation
from organization.models.job import Job
from organization.models.reorganisation import Reorganisation, ReorganisationStep
from organization.models.session import Session
from organization.models.team import Post, Team
from organization.models.trail import TrailEntry
from organization.models.unit import Unit

__all__ = [
    "Account",
    "Draft",
    "Employer",
    "Installation",
    "Job",
    "Post",
    "Reorganisation",
    "ReorganisationStep",
    "Role",
    "SecurityEvent",
    "Session",
    "Team",
    "TrailEntry",
    "Unit",
]
