"""The journal's file: what streams in, appended beside the database until the end of a turn.

A file of its own, for a commit of the database writes whole pages. MEASURED at five streams of 200 events a second,
2026-11-23: 28.5 bytes on disk for each byte of text as rows of the database, 3.1 as lines of this file.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from desktop_chat.core.events import ReplyEvent, decode, encode
from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.store.whole_file import sync_folder

log = logging.getLogger(__name__)

_CHECKSUM_DIGITS: Final = 8


class Arrival(NamedTuple):
    """What came of one reply between two writes.

    Units:   `at` in seconds since the epoch; `part` as `part_of` gives it.
    """

    reply_id: str
    part: int
    at: float
    events: list[ReplyEvent]


class _Line(NamedTuple):
    begin: int
    end: int
    """Offset behind it."""
    synced_bytes: int
    """How much of the file was on the disk for sure when it was written."""
    arrivals: list[Arrival]


_Batch: TypeAlias = Sequence[tuple[str, Sequence[ReplyEvent]]]


def part_of(message: Message) -> int:
    """Which part of a reply is being written: 0 for the first one, else the moment it went on, in milliseconds.

    What a journal holds of earlier parts stands in the message's row already.
    """
    return int(message.seams[-1].at * 1000) if message.seams else 0


class JournalFile:
    """Lines of a checksum, a blank and JSON; made with the first one, empty whenever no reply streams.

    Shape:   `[time, bytes synced before, [[reply id, part, events], …]]`.
    Order:   may be used in several threads: what is written does not wait for a sync that is under way.
    Raises:  OSError; what was not written then may be given again, and nothing of it stands twice.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        """For everything below; not held while lines are synced."""
        self._descriptor: int | None = None
        self._written_bytes = 0
        self._synced_bytes = 0
        self._unsynced: list[bytes] = []
        """The lines behind `_synced_bytes`."""
        self._is_doubtful = False
        """Whether a sync has failed: the system may have dropped what it could not write, and calls it written."""
        self._round = 0
        """How often it was emptied."""
        self._parts: dict[str, int] = {}
        """The replies that stream."""
        self._syncing = threading.Lock()
        self.is_kept = False
        """Whether the file is to be put aside instead of emptied, at the start."""

    @property
    def is_synced(self) -> bool:
        """Whether a power cut would cost nothing."""
        return not self._unsynced

    def follow(self, message: Message) -> None:
        """Take note that this state of a message is in the database now; the last reply that ends empties the file."""
        with self._lock:
            if message.status is MessageStatus.STREAMING:
                self._parts[message.id] = part_of(message)
                return
            self._parts.pop(message.id, None)
            if not self._parts and self._written_bytes:
                self.clear()

    def append(self, batch: _Batch, now: float) -> None:
        """Write one line for what arrived of all replies; a program that is killed afterwards has it."""
        if self._is_doubtful:
            # Whoever writes is told that nothing can be kept.
            self.sync()
        with self._lock:
            parts = [(key, self._parts.get(key, 0), events) for key, events in batch if events]
            if not parts:
                return
            rows = ",".join(f"[{json.dumps(key)},{part},{encode(events)}]" for key, part, events in parts)
            text = f"[{now:.3f},{self._synced_bytes},[{rows}]]".encode()
            line = b"%08x %s\n" % (zlib.crc32(text), text)
            self._write(self._written_bytes, line)
            self._written_bytes += len(line)
            self._unsynced.append(line)

    def sync(self) -> None:
        """Bring everything to the disk."""
        with self._syncing:
            with self._lock:
                if not self._unsynced:
                    return
                if self._is_doubtful:
                    self._write(self._synced_bytes, b"".join(self._unsynced))
                descriptor, is_new = self._opened(), self._synced_bytes == 0
                count, end, turn = len(self._unsynced), self._written_bytes, self._round
            try:
                _sync(descriptor)
                if is_new:
                    sync_folder(self.path.parent)
            except OSError:
                self._is_doubtful = True
                raise
            with self._lock:
                self._is_doubtful = False
                if turn == self._round:
                    self._synced_bytes = end
                    del self._unsynced[:count]

    def arrivals(self) -> list[Arrival]:
        """Everything the file holds, in order.

        What a power cut has torn ends it; damage to what was once on the disk costs the damaged line alone.
        """
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return []
        lines = list(_lines(data))
        synced_bytes = max((line.synced_bytes for line in lines), default=0)
        arrivals: list[Arrival] = []
        reached = 0
        for line in lines:
            if line.begin > reached:
                if reached >= synced_bytes:
                    break
                log.warning("bytes %d to %d of the journal are damaged and left out", reached, line.begin)
            arrivals += line.arrivals
            reached = line.end
        if reached < len(data):
            log.info("the last %d bytes of the journal were not complete", len(data) - reached)
        return arrivals

    def settle(self) -> None:
        """Begin anew after what the file held was folded."""
        if self.is_kept:
            self.is_kept = False
            self._put_aside()
        self.clear()

    def clear(self) -> None:
        """Empty the file: all it holds is in the database. A disk that refuses costs nothing but space."""
        with self._lock:
            self._parts.clear()
            self._unsynced.clear()
            self._written_bytes = self._synced_bytes = 0
            self._is_doubtful = False
            self._round += 1
            try:
                if self.path.exists():
                    os.ftruncate(self._opened(), 0)
                    # Nothing of the old lines may come up between new ones.
                    _sync(self._opened())
            except OSError as error:
                log.info("the journal could not be emptied: %s", error)

    def close(self) -> None:
        """Sync and close it; an empty one is removed. It opens by itself again."""
        if self._descriptor is None:
            return
        try:
            self.sync()
        finally:
            self._let_go()
        if self._written_bytes == 0:
            self.path.unlink(missing_ok=True)

    def _put_aside(self) -> None:
        self._let_go()
        moment = time.strftime("%Y%m%d-%H%M%S")
        self.path.rename(self.path.with_name(f"{self.path.stem}.kept-{moment}{self.path.suffix}"))

    def _let_go(self) -> None:
        # Its number is given to the next file that is opened: nobody may be about to use it.
        with self._syncing, self._lock:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None

    def _opened(self) -> int:
        if self._descriptor is None:
            # O_BINARY: Windows would write every line end as two characters otherwise.
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
            self._descriptor = os.open(self.path, flags, 0o600)
        return self._descriptor

    def _write(self, offset: int, data: bytes) -> None:
        """Write at this place; what an earlier try has left there is overwritten."""
        descriptor = self._opened()
        os.lseek(descriptor, offset, os.SEEK_SET)
        left = memoryview(data)
        while left:
            left = left[os.write(descriptor, left) :]


def _sync(descriptor: int) -> None:
    if sys.platform == "darwin":
        import fcntl

        # A plain one leaves the data in the drive's cache.
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


def _lines(data: bytes) -> Iterator[_Line]:
    """The lines that are whole, in order."""
    begin = 0
    for found in data.split(b"\n")[:-1]:
        end = begin + len(found) + 1
        # Where blocks of the disk are missing, a file reads as zeros, and a line may begin behind them.
        text = found.lstrip(b"\0")
        if _is_whole(text) and (read := _read(text[_CHECKSUM_DIGITS + 1 :])) is not None:
            yield _Line(end - len(text) - 1, end, *read)
        begin = end


def _is_whole(line: bytes) -> bool:
    return line[:_CHECKSUM_DIGITS] == b"%08x" % zlib.crc32(line[_CHECKSUM_DIGITS + 1 :])


def _read(text: bytes) -> tuple[int, list[Arrival]] | None:
    try:
        at, synced_bytes, rows = json.loads(text)
        return synced_bytes, [
            Arrival(reply_id, part, at, events_of(json.dumps(events))) for reply_id, part, events in rows
        ]
    except (ValueError, TypeError):
        return None


_KINDS: Final[Mapping[str, type | tuple[type, ...]]] = {
    "index": int,
    "text": str,
    "json_text": str,
    "signature": str,
    "message_id": str,
    "model": str,
    "block": Mapping,
    "citation": Mapping,
    "fields": Mapping,
    "usage": Mapping,
    "stop_reason": (str, type(None)),
    "stop_sequence": (str, type(None)),
    "stop_details": (Mapping, type(None)),
}
"""What the fields of events hold; in a damaged piece that is still JSON they may hold anything."""


def events_of(text: str) -> list[ReplyEvent]:
    """Read what `encode` wrote.

    Raises:  ValueError when it is damaged.
    """
    events = decode(text)
    for event in events:
        for name in event.__slots__:
            if not isinstance(getattr(event, name), _KINDS[name]):
                raise ValueError(f"{name} of {type(event).__name__} is of the wrong kind")
    return events
