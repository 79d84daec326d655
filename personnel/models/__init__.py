from personnel.models.appeal import Appeal
from personnel.models.appointment import Appointment
from personnel.models.assessment import Assessment, AssessmentCycle, Examiner
from personnel.models.assignment import Assignment, Force
from personnel.models.background_check import BackgroundCheck
from personnel.models.card import Card
from personnel.models.certificate import Certificate
from personnel.models.contract import Contract
from personnel.models.corrections import (
    DifferentPeople,
    FileMerge,
    FileUnmerge,
    FormerNumber,
    ReturnedFile,
    WithdrawnFile,
)
from personnel.models.discipline import DisciplineCase
from personnel.models.dossier import Dossier
from personnel.models.entry import Entry
from personnel.models.erasure import ErasureBatch, ErasureEntry, ErasureHold
from personnel.models.file import BankAccount, EmergencyContact, HealthRecord
from personnel.models.kinship import Kinship
from personnel.models.kit import KitItem, KitScale, KitScheme, KitSetEntry
from personnel.models.kit_issue import KitCampaign, KitIssue, KitRecipient, KitSize
from personnel.models.listing import ListSetting, SavedFilter
from personnel.models.member import Member
from personnel.models.merger import FollowUp, Indicator, PlacementBatch, Programme
from personnel.models.photo import Photo
from personnel.models.placement import MergerTask, Outcome, Placement
from personnel.models.privacy import CorrectionRequest, NoticeGiven, NoticeText, PrivacyTerm
from personnel.models.quota import Quota
from personnel.models.roster import (
    EligibilityRule,
    ImportedBlock,
    ImportedLine,
    ImportedRow,
    RosterAnswer,
    RosterImport,
)
from personnel.models.sighting import DocumentSighting
from personnel.models.snapshot import ConfirmationCycle, RosterSnapshot, SnapshotEntry
from personnel.models.staged_roster import StagedBlock, StagedLine, StagedRoster, StagedRow, StagedWrite
from personnel.models.transfer import TransferConsent, TransferRequest

__all__ = [
    "Appeal",
    "Appointment",
    "Assessment",
    "AssessmentCycle",
    "Assignment",
    "BackgroundCheck",
    "BankAccount",
    "Card",
    "Certificate",
    "ConfirmationCycle",
    "Contract",
    "CorrectionRequest",
    "DifferentPeople",
    "DisciplineCase",
    "DocumentSighting",
    "Dossier",
    "EligibilityRule",
    "EmergencyContact",
    "Entry",
    "ErasureBatch",
    "ErasureEntry",
    "ErasureHold",
    "Examiner",
    "FileMerge",
    "FileUnmerge",
    "FollowUp",
    "Force",
    "FormerNumber",
    "HealthRecord",
    "ImportedBlock",
    "ImportedLine",
    "ImportedRow",
    "Indicator",
    "Kinship",
    "KitCampaign",
    "KitIssue",
    "KitItem",
    "KitRecipient",
    "KitScale",
    "KitScheme",
    "KitSetEntry",
    "KitSize",
    "ListSetting",
    "Member",
    "MergerTask",
    "NoticeGiven",
    "NoticeText",
    "Outcome",
    "Photo",
    "Placement",
    "PlacementBatch",
    "PrivacyTerm",
    "Programme",
    "Quota",
    "ReturnedFile",
    "RosterAnswer",
    "RosterImport",
    "RosterSnapshot",
    "SavedFilter",
    "SnapshotEntry",
    "StagedBlock",
    "StagedLine",
    "StagedRoster",
    "StagedRow",
    "StagedWrite",
    "TransferConsent",
    "TransferRequest",
    "WithdrawnFile",
]
