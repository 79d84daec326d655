from personnel.admin import (
    appeals,
    appointments,
    assessments,
    bank_accounts,
    cards,
    members,
    mergers,
    rosters,
    teams,
)

__all__ = [
    "appeals",
    "appointments",
    "assessments",
    "bank_accounts",
    "cards",
    "members",
    "mergers",
    "rosters",
    "teams",
]
