"""What a session is doing right now, for the status line, the tab and the screen reader."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import StrEnum

from desktop_chat.core.failure import Failure


class Phase(StrEnum):
    """The steps of one turn, in their usual order."""

    IDLE = "idle"
    CONNECTING = "connecting"
    """The request is being made, and a line to the server opened."""
    SENDING = "sending"
    """The line stands, the request goes out over it."""
    WAITING = "waiting"
    """The request is out, nothing has come back yet."""
    THINKING = "thinking"
    WRITING = "writing"
    """Words come."""
    QUIET = "quiet"
    """Nothing has arrived for a while; the connection is kept."""
    RETRYING = "retrying"
    RECONNECTING = "reconnecting"
    """The line failed in the middle of the reply; it goes on by itself, at `retry_at` or when there is a network."""


@dataclass(frozen=True, slots=True)
class Activity:
    """One moment of a turn.

    Units:   `quiet_s` in seconds, `retry_at` and `began_at` in seconds since the epoch, `attempt` counts from 1.
    """

    phase: Phase = Phase.IDLE
    quiet_s: float = 0.0
    retry_at: float | None = None
    attempt: int = 1
    attempts_max: int = 1
    failure: Failure | None = None
    """Why it is being tried again, while RETRYING or RECONNECTING."""
    sent_bytes: int = 0
    """How large the request is, while SENDING or WAITING; 0 where it is not known."""
    tokens_per_s: int | None = None
    """How fast it is written, while WRITING: estimated from what came in the last few seconds."""
    began_at: float = field(default_factory=time.time, compare=False)
    """When this moment began; two that only differ in it are the same."""

    @property
    def since(self) -> float:
        """When that began which lasts: the silence, where it is told late, or the phase."""
        return self.began_at - self.quiet_s

    @property
    def is_busy(self) -> bool:
        """Whether a turn is under way."""
        return self.phase is not Phase.IDLE
