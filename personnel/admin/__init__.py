from personnel.admin import bank_accounts, cards, members

__all__ = ["bank_accounts", "cards", "members"]
