from personnel.admin import appointments, bank_accounts, cards, corrections, members, rosters, teams

__all__ = ["appointments", "bank_accounts", "cards", "corrections", "members", "rosters", "teams"]
