"""The installation's sealer: loaded once a process from the key file that the settings name."""

from functools import cache

from django.conf import settings

from organization.keyfile import create_keys
from organization.sealing import Sealer, load_sealer


@cache
def sealer() -> Sealer:
    """Seals and opens with the installation's keys; makes them on first use, outside production only."""
    path = settings.SEALING_KEYS
    if not path.exists() and not settings.PRODUCTION:
        create_keys(path, settings.SEALING_SUITE)
    return load_sealer(path)
