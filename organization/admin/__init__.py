from organization.admin import employers, units

__all__ = ["employers", "units"]
