from personnel.models.appointment import Appointment
from personnel.models.assignment import Assignment, Force
from personnel.models.card import Card
from personnel.models.erasure import ErasureBatch, ErasureEntry, ErasureHold
from personnel.models.file import BankAccount, EmergencyContact, HealthRecord
from personnel.models.listing import ListSetting, SavedFilter
from personnel.models.member import Member
from personnel.models.privacy import CorrectionRequest, NoticeGiven, NoticeText, PrivacyTerm
from personnel.models.roster import EligibilityRule, ImportedRow, RosterAnswer, RosterImport, StagedRoster, StagedRow
from personnel.models.transfer import TransferConsent, TransferRequest

__all__ = [
    "Appointment",
    "Assignment",
    "BankAccount",
    "Card",
    "CorrectionRequest",
    "EligibilityRule",
    "EmergencyContact",
    "ErasureBatch",
    "ErasureEntry",
    "ErasureHold",
    "Force",
    "HealthRecord",
    "ImportedRow",
    "ListSetting",
    "Member",
    "NoticeGiven",
    "NoticeText",
    "PrivacyTerm",
    "RosterAnswer",
    "RosterImport",
    "SavedFilter",
    "StagedRoster",
    "StagedRow",
    "TransferConsent",
    "TransferRequest",
]
