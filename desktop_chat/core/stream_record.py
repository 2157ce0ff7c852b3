"""What went over the line for one reply, and when: what the stream inspector shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

HIDDEN_KEY: Final = "$ANTHROPIC_API_KEY"
"""Stands in a record wherever the key was sent; the key itself is never in one."""

RECORDED_REPLIES_MAX: Final = 500
"""Of so many replies, the last ones, the records are kept."""


class StepKind(StrEnum):
    """What happened around the events."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    """The connection stands; missing when one was open already."""
    SECURED = "secured"
    """The TLS handshake is over."""
    SENT = "sent"
    """The whole request is out."""
    OPENED = "opened"
    """The status and the headers of the answer are there."""
    RETRY = "retry"
    """This try has failed, the next one follows after a pause."""
    ENDED = "ended"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Step:
    """One moment of the connection.

    Units:   `at_s` in seconds since the request was asked for.
    """

    at_s: float
    kind: StepKind
    words: str = ""
    """More about it for a reader: the failure, the pause, the protocol."""


class Arrival(NamedTuple):
    """One server event; a tuple, as one is made for each while a reply streams.

    Units:   `at_s` in seconds since the request was asked for, `size_bytes` uncompressed, `units` in characters.
    """

    at_s: float
    name: str
    """As in its `event:` line or its `type`: `content_block_delta`, `ping` …"""
    size_bytes: int
    units: int = 0
    """How much text or thinking it has brought."""
    raw: str | None = None
    """Its data as it came; None once the program was closed in between."""


@dataclass(frozen=True, slots=True)
class SentRequest:
    """The request as it was sent, with `HIDDEN_KEY` in the place of the key."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: str | None
    """None once the program was closed in between."""
    size_bytes: int
    is_shortened: bool = False
    """Whether the body tells of files, and of very long texts, only how long they are."""


@dataclass(frozen=True, slots=True)
class StreamRecord:
    """One part of a reply: the first, or one that continues it.

    Shape:   `steps` and `arrivals` in the order of their times; `part` counts from 0.
    Units:   `began_at` in seconds since the epoch.
    """

    message_id: str
    part: int
    began_at: float
    request: SentRequest
    status: int | None = None
    request_id: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    """Of the answer."""
    steps: tuple[Step, ...] = ()
    arrivals: tuple[Arrival, ...] = ()
