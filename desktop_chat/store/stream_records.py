"""What went over the line, as it is kept on disk: times and sizes in a few bytes for each event, no words of them."""

from __future__ import annotations

import json
import logging
import math
import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from desktop_chat.core.stream_record import RECORDED_REPLIES_MAX, Arrival, SentRequest, Step, StepKind, StreamRecord
from desktop_chat.store.json_text import json_text

if TYPE_CHECKING:
    import sqlite3

log = logging.getLogger(__name__)

VERSION: Final = 1
EVENTS_MAX: Final = 1_000_000
"""More are no record but a damaged one."""
UNPACKED_BYTES_MAX: Final = 32 * 1024 * 1024

_KEPT_HEADERS: Final = ("anthropic-ratelimit-", "retry-after", "x-should-retry", "request-id", "x-request-id")
"""Beginnings of the names of what is still of interest afterwards."""
_LEVEL: Final = 9
_MS: Final = 1000
_VARINT_BITS_MAX: Final = 49


def put(connection: sqlite3.Connection, record: StreamRecord) -> None:
    """Store a record, in place of an earlier one of the same part; of a message that is gone nothing is stored."""
    connection.execute(
        """INSERT OR REPLACE INTO stream_records (message_id, part, began_at, record)
           SELECT id, ?, ?, ? FROM messages WHERE id = ?""",
        (record.part, record.began_at, encode(record), record.message_id),
    )
    connection.execute(
        """DELETE FROM stream_records WHERE message_id IN (
               SELECT message_id FROM stream_records GROUP BY message_id ORDER BY max(began_at) DESC LIMIT -1 OFFSET ?
           )""",
        (RECORDED_REPLIES_MAX,),
    )


def put_along(connection: sqlite3.Connection, record: StreamRecord) -> None:
    """Store a record in a transaction that stores more; when it cannot be stored, the rest is.

    Raises:  sqlite3.Error when the whole transaction has come to nothing, as on a full disk.
    """
    import sqlite3

    try:
        put(connection, record)
    except sqlite3.Error as error:
        if not connection.in_transaction:
            raise
        log.info("what went over the line for %s cannot be stored: %s", record.message_id, error)


def read(connection: sqlite3.Connection, message_id: str) -> tuple[StreamRecord, ...]:
    """Read the parts of a reply in order; what is damaged is left out."""
    rows = connection.execute(
        "SELECT part, began_at, record FROM stream_records WHERE message_id = ? ORDER BY part", (message_id,)
    )
    records = [decode(message_id, part, began_at, packed) for part, began_at, packed in rows]
    if None in records:
        log.info("a record of what went over the line for %s is damaged", message_id)
    return tuple(record for record in records if record is not None)


def encode(record: StreamRecord) -> bytes:
    """Pack a record.

    Shape:   a byte with the version, then packed with zlib: the length of a JSON object, the object, and for all
             events their names (by number), the milliseconds between them, their units, and their sizes.
    """
    arrivals = record.arrivals
    names = list(dict.fromkeys(arrival.name for arrival in arrivals))
    head = json_text(_head(record, names)).encode()
    number_of = {name: number for number, name in enumerate(names)}
    written = bytearray()
    _write(written, (len(head),))
    written += head
    _write(written, (len(arrivals),))
    _write(written, (number_of[arrival.name] for arrival in arrivals))
    _write(written, _steps_up(round(arrival.at_s * _MS) for arrival in arrivals))
    _write(written, (arrival.units for arrival in arrivals))
    _write(written, _excesses(arrivals))
    return bytes((VERSION,)) + zlib.compress(written, _LEVEL)


def decode(message_id: str, part: int, began_at: float, packed: bytes) -> StreamRecord | None:
    """Read what `encode` wrote; None when it is damaged or of another version."""
    try:
        return _decoded(message_id, part, began_at, packed)
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError, zlib.error):
        return None


def _head(record: StreamRecord, names: list[str]) -> dict[str, Any]:
    request = record.request
    return {
        "request": [request.method, request.url, request.headers, request.size_bytes],
        "status": record.status,
        "id": record.request_id,
        "headers": [header for header in record.headers if header[0].lower().startswith(_KEPT_HEADERS)],
        "steps": [[round(step.at_s * _MS), step.kind.value, step.words] for step in record.steps],
        "names": names,
    }


def _decoded(message_id: str, part: int, began_at: float, packed: bytes) -> StreamRecord:
    if packed[0] != VERSION:
        raise ValueError("another version")
    unpacking = zlib.decompressobj()
    numbers = _Reader(unpacking.decompress(packed[1:], UNPACKED_BYTES_MAX))
    head = json.loads(numbers.bytes_of(numbers.next()))
    count = numbers.next()
    if count > EVENTS_MAX or not unpacking.eof:
        raise ValueError("too much of it, or too little")
    named = [_text(head["names"][number]) for number in numbers.take(count)]
    times = list(_sums(numbers.take(count)))
    units = list(numbers.take(count))
    sizes = _sizes(named, units, numbers.take(count))
    method, url, headers, size_bytes = head["request"]
    return StreamRecord(
        message_id=message_id,
        part=part,
        began_at=_number(began_at),
        request=SentRequest(_text(method), _text(url), _headers(headers), None, int(_number(size_bytes))),
        status=None if head["status"] is None else int(_number(head["status"])),
        request_id=None if head["id"] is None else _text(head["id"]),
        headers=_headers(head["headers"]),
        steps=tuple(Step(_number(ms) / _MS, StepKind(kind), _text(words)) for ms, kind, words in head["steps"]),
        arrivals=tuple(
            Arrival(ms / _MS, name, size, count)
            for ms, name, size, count in zip(times, named, sizes, units, strict=True)
        ),
    )


# --- columns of small numbers -------------------------------------------------------------------------------------


def _steps_up(moments: Iterable[int]) -> Iterator[int]:
    former = 0
    for moment in moments:
        yield max(0, moment - former)
        former = max(former, moment)


def _sums(steps: Iterable[int]) -> Iterator[int]:
    total = 0
    for step in steps:
        total += step
        yield total


def _excesses(arrivals: Iterable[Arrival]) -> Iterator[int]:
    """Sizes, as the change of what an event has beyond its characters: 0 for most pieces of text."""
    former: dict[str, int] = {}
    for arrival in arrivals:
        excess = arrival.size_bytes - arrival.units
        change = excess - former.get(arrival.name, 0)
        former[arrival.name] = excess
        # Without a sign: 0, -1, 1, -2 … as 0, 1, 2, 3 …
        yield change * 2 if change >= 0 else -change * 2 - 1


def _sizes(names: Iterable[str], units: Iterable[int], changes: Iterable[int]) -> Iterator[int]:
    former: dict[str, int] = {}
    for name, count, change in zip(names, units, changes, strict=True):
        excess = former.get(name, 0) + (change // 2 if change % 2 == 0 else -(change // 2) - 1)
        former[name] = excess
        if excess + count < 0:
            raise ValueError("a size below zero")
        yield excess + count


def _write(written: bytearray, numbers: Iterable[int]) -> None:
    """Write numbers with seven bits a byte, the lowest first; the highest bit says that another byte follows."""
    for number in numbers:
        left = number
        while left > 0x7F:
            written.append(left & 0x7F | 0x80)
            left >>= 7
        written.append(left)


class _Reader:
    """Reads what `_write` wrote.

    Raises:  IndexError, ValueError.
    """

    def __init__(self, written: bytes) -> None:
        self._written = written
        self._at = 0

    def next(self) -> int:
        number = shift = 0
        while True:
            byte = self._written[self._at]
            self._at += 1
            number |= (byte & 0x7F) << shift
            if byte < 0x80:
                return number
            shift += 7
            if shift > _VARINT_BITS_MAX:
                raise ValueError("a number without an end")

    def take(self, count: int) -> Iterator[int]:
        return (self.next() for _ in range(count))

    def bytes_of(self, count: int) -> bytes:
        self._at += count
        if self._at > len(self._written):
            raise ValueError("too short")
        return self._written[self._at - count : self._at]


# --- what JSON may hold in place of what it should ----------------------------------------------------------------


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError("not a number")
    return value


def _headers(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list):
        raise TypeError("not a list of headers")
    return tuple((_text(name), _text(text)) for name, text in value)
