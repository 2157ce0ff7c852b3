"""What a database file says of itself, read from its bytes: looking must not change anything.

Even a read-only SQLite connection leaves a `-shm` file beside a database in WAL mode.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from desktop_chat.store.failures import corrupt

MAGIC: Final = b"SQLite format 3\0"
HEADER_BYTES: Final = 100
WAL_ORDERS: Final = {0x377F0682: "<", 0x377F0683: ">"}
"""What a `-wal` file begins with, and the order of the bytes in which its checksums are counted then."""

WAL_HEADER_BYTES: Final = 32
FRAME_HEADER_BYTES: Final = 24


@dataclass(frozen=True, slots=True)
class FileHeader:
    """The fields of the first page that tell whose file it is.

    Source:  https://www.sqlite.org/fileformat2.html, sections 1.3 and 4.1; read 2026-11-23.
    """

    page_bytes: int
    page_count: int
    user_version: int
    application_id: int


def look(path: Path) -> FileHeader | None:
    """Read the header as the next connection will see it; None when there is no file or it is empty.

    A process that was killed leaves its last commits, and with them maybe a newer header, in the `-wal` file.

    Raises:  StoreCorrupt when the file is no database or shorter than it says; OSError.
    """
    try:
        with path.open("rb") as file:
            first = file.read(HEADER_BYTES)
            size_bytes = file.seek(0, 2)
    except FileNotFoundError:
        return None
    if not first or _was_never_finished(path, first):
        return None
    if len(first) < HEADER_BYTES or not first.startswith(MAGIC):
        raise corrupt(path, "is not a database")
    try:
        with path.with_name(path.name + "-wal").open("rb") as wal:
            newer = _newest_first_page(wal)
    except FileNotFoundError:
        newer = None
    if newer is not None:
        return _header_of(newer)
    header = _header_of(first)
    if header.page_bytes * header.page_count > size_bytes:
        raise corrupt(path, "is shorter than it should be")
    return header


def _was_never_finished(path: Path, first: bytes) -> bool:
    """Whether a power cut came while the file was made: its rollback journal takes back what there is of it.

    From its first table on a database of ours has a log instead, and a version.
    """
    header = _header_of(first.ljust(HEADER_BYTES, b"\0"))
    is_blank = not first.strip(b"\0") or (first.startswith(MAGIC) and not header.user_version)
    return is_blank and not header.application_id and path.with_name(path.name + "-journal").exists()


def page_bytes_of(header: bytes) -> int:
    """The page size that a header tells."""
    page_bytes = _number(header, 16, 2)
    # SPEC fileformat2 1.3.2: 64 KiB does not fit into two bytes and is written as 1.
    return 0x10000 if page_bytes == 1 else page_bytes


def _header_of(page: bytes) -> FileHeader:
    return FileHeader(
        page_bytes=page_bytes_of(page),
        page_count=_number(page, 28),
        user_version=_number(page, 60),
        application_id=_number(page, 68),
    )


def _newest_first_page(wal: BinaryIO) -> bytes | None:
    """The start of page 1 in the last committed transaction that wrote it.

    Checksums are SQLite's business: this is a look, and SQLite reads the version again.
    """
    start = wal.read(WAL_HEADER_BYTES)
    if len(start) < WAL_HEADER_BYTES or _number(start, 0) not in WAL_ORDERS:
        return None
    page_bytes, salts = _number(start, 8), start[16:24]
    frame_bytes = FRAME_HEADER_BYTES + page_bytes
    # A last frame that was not written whole does not count.
    frame_count = (wal.seek(0, 2) - WAL_HEADER_BYTES) // frame_bytes
    committed = pending = None
    for number in range(frame_count):
        wal.seek(WAL_HEADER_BYTES + number * frame_bytes)
        frame = wal.read(FRAME_HEADER_BYTES)
        if frame[8:16] != salts:
            # From here on it is what an older round has left behind.
            break
        if _number(frame, 0) == 1:
            pending = wal.read(HEADER_BYTES)
        if _number(frame, 4):
            committed = pending
    return committed if committed and committed.startswith(MAGIC) else None


def _number(data: bytes, at: int, width: int = 4) -> int:
    return int.from_bytes(data[at : at + width], "big")
