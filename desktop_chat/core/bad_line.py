"""One tab's line under network conditions: what becomes of each request that goes over it."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

from desktop_chat.core.network_conditions import NetworkConditions


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one request and its answer: the numbers of the conditions as they were drawn for it."""

    number: int
    """How many requests there were before."""
    status: int | None = None
    """It gets an answer of this status, and the server is not asked."""
    cut_at_bytes: int | None = None
    stall_at_bytes: int | None = None
    error_after_events: int | None = None
    malformed_after_events: int | None = None

    @property
    def has_events(self) -> bool:
        """Whether something is put between the events of the answer."""
        return self.error_after_events is not None or self.malformed_after_events is not None


class BadLine:
    """Counts the requests that have gone over it.

    `lifted` is set when the conditions hold no more: a request that is on its way is let through from there.
    """

    def __init__(self, conditions: NetworkConditions) -> None:
        self.conditions = conditions
        self.lifted = asyncio.Event()
        self._request_count = 0

    def next_fate(self) -> Fate:
        """Draw what becomes of the next request."""
        number = self._request_count
        self._request_count += 1
        return fate_of(self.conditions, number)


def fate_of(conditions: NetworkConditions, number: int) -> Fate:
    """Draw what becomes of a request before which there were so many; always the same."""
    if _is_failed(conditions, number):
        return Fate(number, conditions.fail_status)

    def drawn(name: str, value: int | None, least: int) -> int | None:
        # Each has a source of its own: another condition that is added changes nothing for this one.
        source = source_of(conditions, number, name)
        is_hit = source.random() < conditions.share
        factor = source.uniform(1 - conditions.spread, 1 + conditions.spread)
        return max(least, round(value * factor)) if value is not None and is_hit else None

    return Fate(
        number,
        # Before the first byte only where that is asked for.
        cut_at_bytes=drawn("cut", conditions.cut_after_bytes, min(conditions.cut_after_bytes or 0, 1)),
        stall_at_bytes=drawn("stall", conditions.stall_after_bytes, 0),
        error_after_events=drawn("error", conditions.error_after_events, 1),
        malformed_after_events=drawn("malformed", conditions.malformed_after_events, 1),
    )


def source_of(conditions: NetworkConditions, number: int, purpose: str) -> random.Random:
    """Where chance comes from for one purpose of one request."""
    return random.Random(f"{conditions.seed} {number} {purpose}")  # noqa: S311  a game of chance, no secret


def _is_failed(conditions: NetworkConditions, number: int) -> bool:
    if conditions.fail_status is None:
        return False
    count = conditions.fail_count
    return count is None or number % (count + 1) < count
