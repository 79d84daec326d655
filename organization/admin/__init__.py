from organization.admin import accounts, employers, trail, units

__all__ = ["accounts", "employers", "trail", "units"]
