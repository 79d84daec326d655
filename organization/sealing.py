"""Sealed values: what is too sensitive for the database is encrypted before it gets there.

A sealed value is bound to its place (table, column, row), so that it opens nowhere else, also not after somebody copied
it in the database. A keyed digest answers "is it this one?" without opening anything.

Layout: format 1 byte, suite 1, key id 2 (big endian), nonce 12, ciphertext, tag 16. Nonces come from the system for
every value: a pool of them in memory would be used twice after a fork, and that breaks GCM.
"""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext_lazy as _

from organization.keyfile import KeyFileError, Keys, add_key, create_keys, read_keys
from organization.refusal import Refusal

__all__ = ["KEYS_VARIABLE", "KeyFileError", "SealError", "Sealer", "create_keys", "load_sealer"]

KEYS_VARIABLE = "SEALING_KEYS"

_FORMAT = 1
_HEADER, _NONCE, _TAG = 4, 12, 16
_LABEL = b"qunfang sealed value"
_SUITE_NUMBERS = {"aes-256-gcm": 1, "sm4-gcm": 2}
_DIGESTS: dict[str, type[hashes.HashAlgorithm]] = {"hmac-sha256": hashes.SHA256, "hmac-sm3": hashes.SM3}
_PURPOSE = re.compile(r"[a-z][a-z0-9_]*")


class SealError(Refusal):
    """A value that does not open. Codes: format, unknown_key, tampered (also: from another place)."""


class _Aead(Protocol):
    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes: ...
    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes: ...


class _Sm4Gcm:
    """SM4 in GCM with the interface that AESGCM has (vectors: RFC 8998, appendix A.1)."""

    def __init__(self, key: bytes) -> None:
        self._algorithm = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        encryptor = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data)
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        decryptor = Cipher(self._algorithm, modes.GCM(nonce, data[-_TAG:])).decryptor()
        decryptor.authenticate_additional_data(associated_data)
        return decryptor.update(data[:-_TAG]) + decryptor.finalize()


_CIPHERS: dict[str, Callable[[bytes], _Aead]] = {"aes-256-gcm": AESGCM, "sm4-gcm": _Sm4Gcm}


class Sealer:
    """Seals with the active key of a key file, opens with any key of it. Safe to share between threads."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._use(read_keys(self._path))

    def seal(self, text: str, *, table: str, column: str, row: int) -> bytes:
        """The sealed text; sealing it twice gives different bytes."""
        return self.seal_bytes(text.encode(), table=table, column=column, row=row)

    def seal_bytes(self, content: bytes, *, table: str, column: str, row: int) -> bytes:
        """The same for what is no text, such as a picture."""
        header, cipher = self._active
        nonce = os.urandom(_NONCE)
        return header + nonce + cipher.encrypt(nonce, content, _bound_to(header, table, column, row))

    def seal_all(
        self, texts: Sequence[str | None], *, table: str, column: str, rows: Sequence[int]
    ) -> list[bytes | None]:
        """`seal` for many rows of one column; None stays None."""
        header, cipher = self._active
        encrypt, place = cipher.encrypt, _place(header, table, column)
        nonces = os.urandom(_NONCE * len(texts))  # drawn and used within this call, so no fork has a copy
        sealed: list[bytes | None] = []
        for at, text, row in zip(range(0, len(nonces), _NONCE), texts, rows, strict=True):
            nonce = nonces[at : at + _NONCE]
            bound = place + row.to_bytes(8, "big", signed=True)
            sealed.append(header + nonce + encrypt(nonce, text.encode(), bound) if text is not None else None)
        return sealed

    def open(self, blob: bytes | memoryview, *, table: str, column: str, row: int) -> str:
        """The text again. SealError when any byte or the place is not what it was sealed with."""
        return self.open_bytes(blob, table=table, column=column, row=row).decode()

    def open_bytes(self, blob: bytes | memoryview, *, table: str, column: str, row: int) -> bytes:
        """What was sealed, as bytes. Raises SealError likewise."""
        blob = bytes(blob)
        if len(blob) < _HEADER + _NONCE + _TAG or blob[0] != _FORMAT:
            raise SealError("format", _("This is no sealed value."))
        header, nonce, sealed = blob[:_HEADER], blob[_HEADER : _HEADER + _NONCE], blob[_HEADER + _NONCE :]
        try:
            return self._cipher(header).decrypt(nonce, sealed, _bound_to(header, table, column, row))
        except InvalidTag:
            message = _("A sealed value was changed or moved outside the system and does not open.")
            raise SealError("tampered", message) from None

    def reseal(self, blob: bytes | memoryview, *, table: str, column: str, row: int) -> bytes | None:
        """The value under the active key, or None when it is already."""
        if bytes(blob[:_HEADER]) == self._active[0]:
            return None
        content = self.open_bytes(blob, table=table, column=column, row=row)
        return self.seal_bytes(content, table=table, column=column, row=row)

    def digest(self, text: str, *, purpose: str) -> bytes:
        """32 bytes that only the holder of the key can compute, different for each purpose ("id", "phone", "account").

        The text must be normalised: equal values of different spelling have different digests.
        """
        started = self._digests.get(purpose) or self._digest_for(purpose)
        code = started.copy()
        code.update(text.encode())
        return code.finalize()

    def rotate_key(self, suite: str | None = None) -> int:
        """Add a new active key to the file and return its id; old values still open, `reseal` moves them.

        Digests keep their key, else no stored one would be found again. Other running processes seal with the old key
        until they are restarted, and read the file again when they meet a value of the new one.
        """
        self._use(add_key(self._path, suite))
        return self._keys.active

    def _use(self, keys: Keys) -> None:
        ciphers: dict[bytes, _Aead] = {
            bytes((_FORMAT, _SUITE_NUMBERS[suite])) + key_id.to_bytes(2, "big"): _CIPHERS[suite](secret)
            for key_id, (suite, secret) in keys.data.items()
        }
        active = next(header for header in ciphers if int.from_bytes(header[2:], "big") == keys.active)
        self._keys, self._ciphers, self._active = keys, ciphers, (active, ciphers[active])
        self._digests: dict[str, hmac.HMAC] = {}

    def _cipher(self, header: bytes) -> _Aead:
        if header not in self._ciphers:
            self._use(read_keys(self._path))
        try:
            return self._ciphers[header]
        except KeyError:
            message = _("The key number %(key)d of a sealed value is not in the key file.")
            raise SealError("unknown_key", message, key=int.from_bytes(header[2:], "big")) from None

    def _digest_for(self, purpose: str) -> hmac.HMAC:
        if not _PURPOSE.fullmatch(purpose):
            raise ValueError(f"not a purpose: {purpose!r}")
        algorithm, key = self._keys.digest
        started = hmac.HMAC(key, _DIGESTS[algorithm]())
        started.update(purpose.encode() + b"\0")
        self._digests[purpose] = started
        return started


def load_sealer(source: str | Path | Mapping[str, str]) -> Sealer:
    """The sealer of a key file, given by its path or by the environment, whose SEALING_KEYS names it.

    A missing file is an error and not created: with new keys, values sealed before would be lost silently.
    """
    return Sealer(source[KEYS_VARIABLE] if isinstance(source, Mapping) else source)


@lru_cache(maxsize=512)
def _place(header: bytes, table: str, column: str) -> bytes:
    parts = (table.encode(), column.encode())
    if any(b"\0" in part for part in parts):
        raise ValueError("a name holds no NUL")
    return b"\0".join((_LABEL, *parts, header))


def _bound_to(header: bytes, table: str, column: str, row: int) -> bytes:
    # The lengths of header and row are fixed and names hold no NUL, so two places never spell the same bytes.
    return _place(header, table, column) + row.to_bytes(8, "big", signed=True)
