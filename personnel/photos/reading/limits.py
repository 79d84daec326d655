"""How large an upload and its pictures may be, and how what is over a limit is refused."""

from dataclasses import dataclass

MIB = 1024 * 1024


class Refused(Exception):
    """A picture, or the whole upload, is not read. `code` names the sentence in sentences.py, `params` fill it."""

    def __init__(self, code: str, **params: int) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Limits:
    """One upload may have as much as this, and not one more.

    `file_bytes` is for a zip, `picture_bytes` for a picture, within a zip or alone; `unpacked_bytes` for all of a zip,
    counted while they are unpacked. `shortest_side` and `pixels` are of the picture as it was sent.
    """

    file_bytes: int = 40 * MIB
    picture_bytes: int = 10 * MIB
    entries: int = 1_000
    unpacked_bytes: int = 128 * MIB
    pixels: int = 30_000_000
    shortest_side: int = 80
    memory_bytes: int = 1024 * MIB
    answer_bytes: int = 160 * MIB
    seconds: int = 8
    seconds_per_mib: float = 0.3
    patience: int = 3

    def seconds_for(self, size: int) -> int:
        """How much of a processor an upload of so many bytes may take; on the clock, `patience` times as much."""
        return self.seconds + int(self.seconds_per_mib * size / MIB)
