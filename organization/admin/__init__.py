from organization.admin import accounts, employers, units

__all__ = ["accounts", "employers", "units"]
