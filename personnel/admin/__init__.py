from personnel.admin import (
    appointments,
    bank_accounts,
    cards,
    certificates,
    confirmations,
    corrections,
    members,
    privacy,
    reorganisations,
    rosters,
    teams,
    transfers,
)

__all__ = [
    "appointments",
    "bank_accounts",
    "cards",
    "certificates",
    "confirmations",
    "corrections",
    "members",
    "privacy",
    "reorganisations",
    "rosters",
    "teams",
    "transfers",
]
