"""Writes a stream at a pace, and spoils it as the faults say."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from desktop_chat.api.demo_events import PING, DemoEvent, records_of, time_of
from desktop_chat.api.demo_faults import Faults, Pace
from desktop_chat.api.demo_http import BodyWriter
from desktop_chat.api.demo_problem import error_value, message_of

_DRIFT_TOKENS: Final = 12
"""How many tokens share one mood: real streams come in faster and slower stretches."""


@dataclass(slots=True)
class _Metronome:
    """Tells when the next event is due; measured from a fixed start, so that small delays do not add up."""

    pace: Pace
    faults: Faults
    started_at: float
    _due_at: float = 0.0
    _has_text: bool = False
    _count: int = 0
    _mood: float = 1.0
    _chance: random.Random = field(default_factory=lambda: random.Random(20))  # noqa: S311  the same every time

    async def wait_for(self, event: DemoEvent) -> None:
        """Wait until this event is due."""
        loop = asyncio.get_running_loop()
        self._due_at = max(self._due_at + self._gap_s(event), loop.time() - self._slack_s)
        if event.is_text and not self._has_text:
            self._has_text = True
            self._due_at = max(self._due_at, self.started_at + self.pace.first_word_s)
        wait_s = self._due_at - loop.time()
        if wait_s > 0:
            await asyncio.sleep(wait_s)

    @property
    def _slack_s(self) -> float:
        """How far behind it may fall and still catch up."""
        return 1.0 if self.faults.events_per_s else 0.05

    def _gap_s(self, event: DemoEvent) -> float:
        if self.faults.events_per_s:
            return event.tokens / self.faults.events_per_s
        gap_s = self.faults.event_delay_s
        if event.tokens and self.pace.tokens_per_s:
            gap_s += event.tokens * self._varied() / self.pace.tokens_per_s
        return gap_s

    def _varied(self) -> float:
        """A factor around 1: a slow drift, and some chance for every token."""
        if self._count % _DRIFT_TOKENS == 0:
            self._mood = 1 + self.pace.variation * self._chance.uniform(-0.4, 0.4)
        self._count += 1
        return self._mood * (1 + self.pace.variation * self._chance.uniform(-0.8, 0.8))


@dataclass(slots=True)
class StreamPlayer:
    """Plays one stream to one client."""

    writer: BodyWriter
    faults: Faults
    pace: Pace
    request_id: str
    events_count: int = 0
    """What `faults` count by."""

    async def play(self, events: Iterator[DemoEvent], started_at: float) -> None:
        """Write all events, or as many as the faults let through."""
        if self.faults.empty_body:
            return await self.writer.end()
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, started_at + self.pace.first_event_s - loop.time()))
        metronome = _Metronome(self._pace(), self.faults, started_at)
        if await self._is_over():
            return None
        for event in self._with_pings(self._up_to_the_cut(events)):
            await metronome.wait_for(event)
            is_counted = event.is_text or not self.faults.counts_text
            is_error = is_counted and self.faults.error_at_event == self.events_count + 1
            await self.writer.write((self._error() if is_error else event).encoded(self._line_end))
            if is_error:
                break
            if is_counted and await self._is_over_after_one_more():
                return None
        return await self.writer.end()

    async def replay(self, recorded: bytes) -> None:
        """Write a recorded stream, byte for byte, at its own pace where it knows it; counts its records as events."""
        loop = asyncio.get_running_loop()
        started_at = loop.time()
        metronome = _Metronome(self._pace(), self.faults, started_at)
        is_at_own_pace = self.faults.events_per_s is None and bool(metronome.pace.tokens_per_s)
        if await self._is_over():
            return
        for record in records_of(recorded):
            at_s = time_of(record) if is_at_own_pace else None
            if at_s is None:
                await metronome.wait_for(_RECORDED)
            else:
                await asyncio.sleep(max(0.0, started_at + at_s - loop.time()))
            await self.writer.write(record)
            if await self._is_over_after_one_more():
                return
        await self.writer.end()

    async def _is_over_after_one_more(self) -> bool:
        self.events_count += 1
        return await self._is_over()

    async def _is_over(self) -> bool:
        """Do what is to happen after so many events; True when that was the end."""
        count = self.events_count
        if self.faults.stall_after_events == count:
            await self.writer.flush()
            if self.faults.stall_s is None:
                await asyncio.Event().wait()
            await asyncio.sleep(self.faults.stall_s or 0.0)
        if self.faults.reset_after_events == count:
            self.writer.connection.reset()
            return True
        if self.faults.cut_after_events == count:
            await self.writer.end()
            return True
        return False

    def _up_to_the_cut(self, events: Iterator[DemoEvent]) -> Iterator[DemoEvent]:
        """Everything, or what comes before the text has its length."""
        left = self.faults.cut_after_characters
        if left is None:
            return (yield from events)
        for event in events:
            if event.is_text:
                if event.characters_count >= left:
                    if left:
                        yield event.shortened(left)
                    return None
                left -= event.characters_count
            yield event
        return None

    def _with_pings(self, events: Iterator[DemoEvent]) -> Iterator[DemoEvent]:
        for number, event in enumerate(events, start=1):
            yield event
            is_last = event.value["type"] == "message_stop"
            if self.faults.ping_every and number % self.faults.ping_every == 0 and not is_last:
                yield PING

    def _pace(self) -> Pace:
        """Nothing is waited for in a burst."""
        return replace(self.pace, tokens_per_s=0.0) if self.faults.in_one_write else self.pace

    @property
    def _line_end(self) -> bytes:
        return b"\r\n" if self.faults.crlf else b"\n"

    def _error(self) -> DemoEvent:
        message = self.faults.error_message or message_of(self.faults.error_type)
        return DemoEvent(error_value(self.faults.error_type, message, self.request_id))


_RECORDED: Final = DemoEvent({"type": "recorded"}, tokens=1)
