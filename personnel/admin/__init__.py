from personnel.admin import appointments, bank_accounts, cards, members, privacy, rosters, teams

__all__ = ["appointments", "bank_accounts", "cards", "members", "privacy", "rosters", "teams"]
