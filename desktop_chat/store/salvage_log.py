"""What the `-wal` file of a damaged database holds: newer states of its pages, each proved by a checksum of its own."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

from desktop_chat.store.file_header import FRAME_HEADER_BYTES, WAL_HEADER_BYTES, WAL_ORDERS

_PAGE_BYTES_MIN: Final = 512
_PAGE_BYTES_MAX: Final = 65_536


def newer_pages(path: Path) -> tuple[dict[int, bytes], int | None]:
    """Read the pages of all transactions that were committed, and the size of a page; nothing where there is no file.

    SQLite ends at the first frame that is damaged. Here only that frame is left out: each one's checksum goes on from
    the one that is written in the frame before it.

    Raises:  OSError.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}, None
    if len(data) < WAL_HEADER_BYTES:
        return {}, None
    magic, _version, page_bytes, _sequence = struct.unpack(">4I", data[:16])
    order = WAL_ORDERS.get(magic)
    if order is None or not _PAGE_BYTES_MIN <= page_bytes <= _PAGE_BYTES_MAX or page_bytes & (page_bytes - 1):
        return {}, None
    salts, before = data[16:24], struct.unpack(">2I", data[24:32])
    committed: dict[int, bytes] = {}
    pending: dict[int, bytes] = {}
    for at in range(WAL_HEADER_BYTES, len(data) - FRAME_HEADER_BYTES - page_bytes + 1, FRAME_HEADER_BYTES + page_bytes):
        head, page = data[at : at + FRAME_HEADER_BYTES], data[at + FRAME_HEADER_BYTES :][:page_bytes]
        told = struct.unpack(">2I", head[16:24])
        # Other salts: left behind by an older round.
        if head[8:16] == salts and _checksum(head[:8] + page, before, order) == told:
            number, size_after = struct.unpack(">2I", head[:8])
            pending[number] = page
            if size_after:
                committed |= pending
                pending = {}
        before = told
    return committed, page_bytes


def _checksum(data: bytes, before: tuple[int, ...], order: str) -> tuple[int, int]:
    """SPEC fileformat2 4.2."""
    first, second = before
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & 0xFFFF_FFFF
        second = (second + odd + first) & 0xFFFF_FFFF
    return first, second
