"""Contracts: how they stand on a day, many written, renewed, signed or brought to one calendar at once."""
