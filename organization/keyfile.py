"""The file that holds the sealing keys: JSON, mode 0600, outside the database and its backups.

Whoever loses it loses every sealed value, so it is never overwritten in place and no key ever leaves it: a new version
is written beside it and moved over it.
"""

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from organization.refusal import Refusal

KEY_BYTES = {"aes-256-gcm": 32, "sm4-gcm": 16}
DIGEST_OF_SUITE = {"aes-256-gcm": "hmac-sha256", "sm4-gcm": "hmac-sm3"}
DIGEST_KEY_BYTES = 32
MAX_KEY_ID = 2**16 - 1
_FORMAT = 1


class KeyFileError(Refusal):
    """A key file that must not be used. Codes: missing, exists, exposed, damaged, full."""


@dataclass(frozen=True, repr=False)
class Keys:
    """Data keys by id as (suite, secret), the id of the one that seals, and the digest algorithm with its secret."""

    active: int
    data: dict[int, tuple[str, bytes]]
    digest: tuple[str, bytes]


def create_keys(path: str | Path, suite: str = "aes-256-gcm") -> None:
    """Write a new key file for "aes-256-gcm" (digests by HMAC-SHA-256) or "sm4-gcm" (HMAC-SM3).

    The file appears complete or not at all; KeyFileError "exists" when there is one already.
    """
    digest = (DIGEST_OF_SUITE[suite], secrets.token_bytes(DIGEST_KEY_BYTES))
    keys = Keys(active=1, data={1: (suite, secrets.token_bytes(KEY_BYTES[suite]))}, digest=digest)
    path = Path(path)
    fresh = _written_beside(path, keys)
    try:
        os.link(fresh, path)  # unlike a rename, a link never replaces a file that another process has just put there
    except FileExistsError:
        raise KeyFileError("exists", _("The key file %(path)s already exists and stays."), path=str(path)) from None
    finally:
        fresh.unlink()
    _settle(path.parent)


def read_keys(path: str | Path) -> Keys:
    """The keys of a file that nobody but its owner may open. Raises KeyFileError."""
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_mode & 0o077:
                message = _("The key file %(path)s may be opened by other users; set its mode to 0600.")
                raise KeyFileError("exposed", message, path=str(path))
            content = file.read()
    except FileNotFoundError:
        message = _("The key file %(path)s does not exist. Put the saved copy there; without it no sealed value opens.")
        raise KeyFileError("missing", message, path=str(path)) from None
    try:
        return _decoded(json.loads(content))
    except (ValueError, KeyError, TypeError, AttributeError):
        message = _("The key file %(path)s is damaged; put the saved copy in its place.")
        raise KeyFileError("damaged", message, path=str(path)) from None  # the cause may quote a key


def add_key(path: str | Path, suite: str | None = None) -> Keys:
    """Put a new active key into the file (of the suite of the last one, or the given) and keep all others."""
    path = Path(path).resolve()
    with _locked(path.parent):
        keys = read_keys(path)
        suite = suite or keys.data[keys.active][0]
        new = max(keys.data) + 1
        if new > MAX_KEY_ID:
            raise KeyFileError("full", _("The key file %(path)s can take no more keys."), path=str(path))
        data = {**keys.data, new: (suite, secrets.token_bytes(KEY_BYTES[suite]))}
        keys = replace(keys, active=new, data=data)
        fresh = _written_beside(path, keys)
        owner = path.stat()
        if os.geteuid() == 0:  # rotated by root: the site's own user must still be able to read the file
            os.chown(fresh, owner.st_uid, owner.st_gid)
        fresh.replace(path)
        _settle(path.parent)
    return keys


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Held on the folder: the file itself is replaced, so a lock on it would be a lock on the old one."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _written_beside(path: Path, keys: Keys) -> Path:
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "w", encoding="ascii") as file:
            json.dump(_encoded(keys), file, indent=1)
            file.flush()
            os.fsync(descriptor)
    except OSError:  # the disk is full
        fresh.unlink()
        raise
    return fresh


def _settle(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _encoded(keys: Keys) -> dict:
    def spelled(secret: bytes) -> str:
        return base64.b64encode(secret).decode()

    return {
        "format": _FORMAT,
        "active": keys.active,
        "keys": {str(key_id): {"suite": suite, "key": spelled(key)} for key_id, (suite, key) in keys.data.items()},
        "digest": {"algorithm": keys.digest[0], "key": spelled(keys.digest[1])},
    }


def _decoded(content: dict) -> Keys:
    def secret(text: str, length: int) -> bytes:
        found = base64.b64decode(text, validate=True)
        if len(found) != length:
            raise ValueError("a key of the wrong length")
        return found

    if content["format"] != _FORMAT or content["digest"]["algorithm"] not in DIGEST_OF_SUITE.values():
        raise ValueError("an unknown format")
    data = {
        int(key_id): (entry["suite"], secret(entry["key"], KEY_BYTES[entry["suite"]]))
        for key_id, entry in content["keys"].items()
    }
    if content["active"] not in data or not all(0 < key_id <= MAX_KEY_ID for key_id in data):
        raise ValueError("no such key")
    digest = (content["digest"]["algorithm"], secret(content["digest"]["key"], DIGEST_KEY_BYTES))
    return Keys(active=content["active"], data=data, digest=digest)
