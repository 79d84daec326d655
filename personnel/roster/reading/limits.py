"""How large a file may be, and how a file over a limit is refused."""

from dataclasses import dataclass

MIB = 1024 * 1024


class Refused(Exception):
    """The file is not read. `code` names the sentence in sentences.py, `params` fill it: text and whole numbers."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Limits:
    """One file may have as much as this, and not one more. Rows, columns and cells count up to the last with content.

    Rows, cells and merged ranges are those of all sheets together. `part_bytes` is for the parts of a package that only
    describe (list of sheets, formats, relations). `answer_bytes` bounds what a child may tell.
    """

    file_bytes: int = 40 * MIB
    rows: int = 200_000
    columns: int = 100
    sheets: int = 300
    cells: int = 3_000_000
    merged_ranges: int = 50_000
    parts: int = 1_000
    unpacked_bytes: int = 256 * MIB
    part_bytes: int = 16 * MIB
    memory_bytes: int = 1536 * MIB
    answer_bytes: int = 128 * MIB
    seconds: int = 8
    seconds_per_mib: float = 0.6
    patience: int = 3

    def seconds_for(self, size: int) -> int:
        """How much of a processor a file of so many bytes may take; on the clock, `patience` times as much.

        The clock only guards against a child that hangs: on a busy machine an honest one may wait long for its turn.
        """
        return self.seconds + int(self.seconds_per_mib * size / MIB)
