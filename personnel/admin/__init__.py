from personnel.admin import cards, members

__all__ = ["cards", "members"]
