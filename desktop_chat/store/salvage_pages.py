"""Reads rows out of a damaged database page by page, without SQLite: what is whole on a page needs no other page.

Nothing read here is believed: every number is held against the room there is for it, and no chain is followed further
than its own length allows.

Source:  https://www.sqlite.org/fileformat2.html; read 2026-11-23.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias

from desktop_chat.store.file_header import HEADER_BYTES, MAGIC, page_bytes_of
from desktop_chat.store.salvage_log import newer_pages

TABLE_LEAF: Final = 13
INDEX_LEAF: Final = 10
INDEX_INTERIOR: Final = 2
_PAGE_SIZES: Final = (4096, 1024, 2048, 8192, 16384, 32768, 65536, 512)
"""The usual one first: it wins when there is nothing to tell them apart."""

_SAMPLE_BYTES: Final = 4_000_000
_INTEGER_BYTES: Final = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)
"""How many bytes the serial types from 0 to 9 take."""


class CutText(str):
    """The beginning of a text whose rest is damaged or gone."""

    __slots__ = ()


class Lost:
    """Stands for a value that cannot be read."""

    __slots__ = ()


LOST: Final = Lost()
Value: TypeAlias = "int | float | str | bytes | Lost | None"


@dataclass(frozen=True, slots=True)
class Record:
    """One row as it is stored.

    Shape:   `kinds` has a letter for each value, also for a lost one: N null, I integer, R float, B bytes, T text.
    """

    rowid: int
    kinds: str
    values: tuple[Value, ...]


class Pages:
    """The pages of a database file, with what its `-wal` file has newer in their places."""

    def __init__(self, path: Path) -> None:
        """Open the file.

        Raises:  OSError.
        """
        self._file: BinaryIO = path.open("rb")
        self._size_bytes = self._file.seek(0, 2)
        self._newer, wal_page_bytes = newer_pages(path.with_name(path.name + "-wal"))
        first = self._read(0, HEADER_BYTES) or b""
        self.page_bytes = _told_page_bytes(first) or wal_page_bytes or self._guessed_page_bytes()
        # The byte behind the page size: room at the end of each page that SQLite leaves to extensions.
        reserved_bytes = first[20] if _told_page_bytes(first) and first[20] <= self.page_bytes - 480 else 0
        self._usable_bytes = self.page_bytes - reserved_bytes
        self.count = max(self._size_bytes // self.page_bytes, max(self._newer, default=0))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def page(self, number: int) -> bytes | None:
        """One page, counted from 1; None where the file has none or the disk does not give it."""
        newer = self._newer.get(number)
        if newer is not None and len(newer) == self.page_bytes:
            return newer
        return self._read((number - 1) * self.page_bytes, self.page_bytes)

    def table_rows(self, number: int, page: bytes) -> Iterator[Record]:
        """The rows of a table that stand on this page; none when it is a page of another kind."""
        for place in _cell_places(page, number, TABLE_LEAF):
            payload_bytes, at = _varint(page, place)
            rowid, at = _varint(page, at)
            record = self._record(_signed(rowid), self._payload(page, at, payload_bytes), payload_bytes)
            if record is not None:
                yield record

    def index_entries(self, number: int, page: bytes) -> Iterator[Record]:
        """The entries of an index that stand on this page, as far as they are wholly on it."""
        for kind, skipped_bytes in ((INDEX_LEAF, 0), (INDEX_INTERIOR, 4)):
            for place in _cell_places(page, number, kind):
                payload_bytes, at = _varint(page, place + skipped_bytes)
                if payload_bytes <= (self._usable_bytes - 12) * 64 // 255 - 23:
                    record = self._record(0, page[at : at + payload_bytes], payload_bytes)
                    if record is not None:
                        yield record

    def _read(self, at: int, size_bytes: int) -> bytes | None:
        try:
            self._file.seek(at)
            data = self._file.read(size_bytes)
        except OSError:
            # The disk itself is damaged there.
            return None
        return data if len(data) == size_bytes else None

    def _guessed_page_bytes(self) -> int:
        """The page size with which most pages look like ones of tables."""
        sample = self._read(0, min(self._size_bytes, _SAMPLE_BYTES)) or b""

        def score(size_bytes: int) -> int:
            starts = range(0, len(sample) - size_bytes + 1, size_bytes)
            return sum(bool(_cell_places(sample[at : at + size_bytes], 2, TABLE_LEAF)) for at in starts)

        return max(_PAGE_SIZES, key=score)

    def _payload(self, page: bytes, at: int, payload_bytes: int) -> bytes:
        """The bytes of a row, from its page and the pages it overflows to, up to where they are damaged."""
        usable = self._usable_bytes
        if payload_bytes <= usable - 35:
            return page[at : at + payload_bytes]
        if payload_bytes > self.count * self.page_bytes:
            return b""
        # SPEC fileformat2 1.6: how much of a row that does not fit stays on its page.
        least = (usable - 12) * 32 // 255 - 23
        local = least + (payload_bytes - least) % (usable - 4)
        local = local if local <= usable - 35 else least
        pieces, left = [page[at : at + local]], payload_bytes - local
        following = int.from_bytes(page[at + local : at + local + 4], "big")
        while left > 0:
            data = self.page(following) if 0 < following <= self.count else None
            if data is None:
                break
            following = int.from_bytes(data[:4], "big")
            is_last = left <= usable - 4
            if is_last is not (following == 0):
                # Not a page of this chain: its end must be where the row ends.
                break
            pieces.append(data[4 : min(usable, 4 + left)])
            left -= usable - 4
        return b"".join(pieces)

    def _record(self, rowid: int, payload: bytes, payload_bytes: int) -> Record | None:
        """Take a row apart; None when this is none."""
        header_bytes, at = _varint(payload, 0)
        if not at < header_bytes <= len(payload):
            return None
        kinds: list[str] = []
        values: list[Value] = []
        place = header_bytes
        while at < header_bytes:
            serial, at = _varint(payload, at)
            if serial in (10, 11):
                return None
            size_bytes = _INTEGER_BYTES[serial] if serial < len(_INTEGER_BYTES) else (serial - 12) // 2
            if place + size_bytes > payload_bytes:
                return None
            kinds.append(_kind(serial))
            values.append(_value(serial, payload[place : place + size_bytes], size_bytes))
            place += size_bytes
        # Every byte of a row belongs to a value: by that, chance is told from design.
        return Record(rowid, "".join(kinds), tuple(values)) if place == payload_bytes and at == header_bytes else None


def _told_page_bytes(first: bytes) -> int | None:
    """The page size that the file's first bytes tell; None when they are damaged."""
    if len(first) < HEADER_BYTES or not first.startswith(MAGIC):
        return None
    page_bytes = page_bytes_of(first)
    return page_bytes if page_bytes in _PAGE_SIZES else None


def _cell_places(page: bytes, number: int, kind: int) -> list[int]:
    """Where the cells of a page begin; none when it is of another kind or damaged."""
    head = HEADER_BYTES if number == 1 else 0
    if page[head] != kind:
        return []
    count = int.from_bytes(page[head + 3 : head + 5], "big")
    start = head + (12 if kind == INDEX_INTERIOR else 8)
    end = start + 2 * count
    # A cell takes four bytes at least.
    if not 0 < count <= (len(page) - start) // 6:
        return []
    places = struct.unpack(f">{count}H", page[start:end])
    return list(places) if end <= min(places) and max(places) <= len(page) - 4 else []


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, and the place behind it; beyond the end there are zeros."""
    value = 0
    for place in range(at, at + 8):
        byte = data[place] if place < len(data) else 0
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + 1
    return value << 8 | (data[at + 8] if at + 8 < len(data) else 0), at + 9


def _signed(number: int) -> int:
    return number - (1 << 64) if number >= 1 << 63 else number


def _kind(serial: int) -> str:
    if serial >= 12:
        return "T" if serial % 2 else "B"
    return "N" if serial == 0 else "R" if serial == 7 else "I"


def _value(serial: int, data: bytes, size_bytes: int) -> Value:
    if serial == 0:
        return None
    if serial in (8, 9):
        return serial - 8
    is_whole = len(data) == size_bytes
    if serial >= 13 and serial % 2:
        return _text(data, is_whole)
    if not is_whole:
        return LOST
    if serial >= 12:
        return data
    if serial == 7:
        (number,) = struct.unpack(">d", data)
        return number if math.isfinite(number) else LOST
    return int.from_bytes(data, "big", signed=True)


def _text(data: bytes, is_whole: bool) -> str:
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return CutText(data[: error.start].decode())
    return text if is_whole else CutText(text)
