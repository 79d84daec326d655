"""An OLE compound file ([MS-CFB]): the names of what it holds, and one stream.

A file of sectors, chained by a table (FAT) that is itself found through a list (DIFAT); streams below 4096 bytes lie in
a stream of small sectors with a table of their own.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from personnel.roster.reading.limits import Refused

_LAST_REGULAR = 0xFFFFFFFA
_DIRECTORY_ENTRY = 128
_MOST_ENTRIES = 10_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A stream (kind 2), a storage (1) or the root (5)."""

    kind: int
    start: int
    size: int


class Compound:
    """Entries by name; two of one name are in different storages, and the first counts. Refused when it is broken."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 512:
            raise Refused("damaged")
        shift, small_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or small_shift != 6:
            raise Refused("damaged")
        self._data = data
        self._sector = 1 << shift
        self._small = 1 << small_shift
        directory, _, self._cutoff, small_table = struct.unpack_from("<IIII", data, 48)
        self._table = self._read_table()
        self.entries = self._read_directory(directory)
        self._small_table = self._numbers(self._chain(small_table))

    def stream(self, name: str) -> bytes:
        entry = self.entries[name]
        if entry.size >= self._cutoff:
            return self._chain(entry.start)[: entry.size]
        root = next((one for one in self.entries.values() if one.kind == 5), None)
        if root is None:
            raise Refused("damaged")
        small = self._chain(root.start)
        numbers = _followed(entry.start, self._small_table)
        return b"".join(small[n * self._small : (n + 1) * self._small] for n in numbers)[: entry.size]

    def _read_table(self) -> Sequence[int]:
        numbers = list(struct.unpack_from("<109I", self._data, 76))
        following = struct.unpack_from("<I", self._data, 68)[0]
        seen = set()
        while following < _LAST_REGULAR and following not in seen:
            seen.add(following)
            more = self._numbers(self._sector_of(following))
            numbers.extend(more[:-1])
            following = more[-1]
        return self._numbers(b"".join(self._sector_of(number) for number in numbers if number < _LAST_REGULAR))

    def _read_directory(self, start: int) -> dict[str, Entry]:
        directory = self._chain(start)
        entries: dict[str, Entry] = {}
        for offset in range(0, min(len(directory), _MOST_ENTRIES * _DIRECTORY_ENTRY), _DIRECTORY_ENTRY):
            length, kind = struct.unpack_from("<HB", directory, offset + 64)
            first, size = struct.unpack_from("<II", directory, offset + 116)
            name = directory[offset : offset + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            if kind:
                entries.setdefault(name, Entry(kind, first, size))
        return entries

    def _chain(self, start: int) -> bytes:
        return b"".join(map(self._sector_of, _followed(start, self._table)))

    def _sector_of(self, number: int) -> bytes:
        start = (number + 1) * self._sector
        sector = self._data[start : start + self._sector]
        if not sector:
            raise Refused("damaged")
        return sector.ljust(self._sector, b"\0")

    @staticmethod
    def _numbers(content: bytes) -> Sequence[int]:
        return struct.unpack(f"<{len(content) // 4}I", content)


def _followed(start: int, table: Sequence[int]) -> list[int]:
    """The numbers of a chain. Refused when it leaves the table, or turns back on itself."""
    numbers: list[int] = []
    while start < _LAST_REGULAR:
        if start >= len(table) or len(numbers) > len(table):
            raise Refused("damaged")
        numbers.append(start)
        start = table[start]
    return numbers
