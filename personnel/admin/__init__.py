from personnel.admin import appointments, bank_accounts, cards, members, rosters, teams, transfers

__all__ = ["appointments", "bank_accounts", "cards", "members", "rosters", "teams", "transfers"]
