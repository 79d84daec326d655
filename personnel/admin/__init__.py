from personnel.admin import appointments, bank_accounts, cards, confirmations, members, reorganisations, rosters, teams

__all__ = ["appointments", "bank_accounts", "cards", "confirmations", "members", "reorganisations", "rosters", "teams"]
