from personnel.models.appointment import Appointment
from personnel.models.assignment import Assignment, Force
from personnel.models.card import Card
from personnel.models.corrections import (
    DifferentPeople,
    FileMerge,
    FileUnmerge,
    FormerNumber,
    ReturnedFile,
    WithdrawnFile,
)
from personnel.models.file import BankAccount, EmergencyContact, HealthRecord
from personnel.models.member import Member
from personnel.models.roster import EligibilityRule, ImportedRow, RosterAnswer, RosterImport, StagedRoster, StagedRow
from personnel.models.transfer import TransferConsent, TransferRequest

__all__ = [
    "Appointment",
    "Assignment",
    "BankAccount",
    "Card",
    "DifferentPeople",
    "EligibilityRule",
    "EmergencyContact",
    "FileMerge",
    "FileUnmerge",
    "Force",
    "FormerNumber",
    "HealthRecord",
    "ImportedRow",
    "Member",
    "ReturnedFile",
    "RosterAnswer",
    "RosterImport",
    "StagedRoster",
    "StagedRow",
    "TransferConsent",
    "TransferRequest",
    "WithdrawnFile",
]
