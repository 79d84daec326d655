from personnel.models.appeal import Appeal
from personnel.models.appointment import Appointment
from personnel.models.assessment import Assessment, AssessmentCycle, Examiner, Kinship
from personnel.models.assignment import Assignment, Force
from personnel.models.card import Card
from personnel.models.file import BankAccount, EmergencyContact, HealthRecord
from personnel.models.member import Member
from personnel.models.merger import Indicator, PlacementBatch, Programme
from personnel.models.placement import MergerTask, Outcome, Placement
from personnel.models.roster import EligibilityRule, ImportedRow, RosterAnswer, RosterImport, StagedRoster, StagedRow
from personnel.models.transfer import TransferConsent, TransferRequest

__all__ = [
    "Appeal",
    "Appointment",
    "Assessment",
    "AssessmentCycle",
    "Assignment",
    "BankAccount",
    "Card",
    "EligibilityRule",
    "EmergencyContact",
    "Examiner",
    "Force",
    "HealthRecord",
    "ImportedRow",
    "Indicator",
    "Kinship",
    "Member",
    "MergerTask",
    "Outcome",
    "Placement",
    "PlacementBatch",
    "Programme",
    "RosterAnswer",
    "RosterImport",
    "StagedRoster",
    "StagedRow",
    "TransferConsent",
    "TransferRequest",
]
