"""A reply once more, from what has become of it and from the times at which it came.

The words are those of the message, so that what plays again is exactly what was read; a record only says when how much
of them arrived. That holds after a restart too, when nothing of what the server sent is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from desktop_chat.core.events import (
    INDEXED_EVENTS,
    PARTIAL_INPUT,
    BlockEnded,
    BlockStarted,
    InputJsonArrived,
    ReplyChanged,
    ReplyEnded,
    ReplyEvent,
    ReplyStarted,
    TextArrived,
    ThinkingArrived,
)
from desktop_chat.core.messages import Block, Message
from desktop_chat.core.stop_reason import StopReason
from desktop_chat.core.stream_figures import length_s_of, starts_of
from desktop_chat.core.stream_record import Arrival, StreamRecord

_SLACK_S: Final = 1.0
"""A seam is made a moment before its part is asked for."""


@dataclass(frozen=True, slots=True)
class Cue:
    """What happens at one moment.

    Units:   `at_s` in seconds on the axis of `stream_figures.starts_of`.
    """

    at_s: float
    events: tuple[ReplyEvent, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """The blocks that one part has brought, from `first` up to, not including, `end`."""

    first: int
    end: int


def cues_of(message: Message, records: Sequence[StreamRecord]) -> Iterator[Cue]:
    """Give the whole reply as events in time; applied one after the other they build its content."""
    shares, starts = shares_of(message, records), starts_of(records)
    if events := _told_at_once(message, shares[0].first if shares else len(message.content)):
        yield Cue(0.0, events)
    for number, (record, share, start_s) in enumerate(zip(records, shares, starts, strict=True)):
        is_last = number == len(records) - 1
        for arrival, events in events_of_part(message, record, share, is_last=is_last):
            placed = tuple(_placed(event, share.first) for event in events if _may_play(event, number, is_last))
            if placed:
                at_s = arrival.at_s if arrival is not None else length_s_of(record)
                yield Cue(start_s + at_s, placed)


def shares_of(message: Message, records: Sequence[StreamRecord]) -> tuple[Share, ...]:
    """Which blocks of the message came with which part; a part without a seam has brought none."""
    begins: list[int | None] = []
    former_at = float("-inf")
    for record in records:
        seams = [seam.block for seam in message.seams if former_at < seam.at <= record.began_at + _SLACK_S]
        begins.append(0 if record.part == 0 else seams[-1] if seams else None)
        former_at = record.began_at + _SLACK_S
    shares: list[Share] = []
    end = len(message.content)
    for begin in reversed(begins):
        first = end if begin is None else min(begin, end)
        shares.append(Share(first, end))
        end = first
    return tuple(reversed(shares))


def events_of_part(
    message: Message, record: StreamRecord, share: Share, *, is_last: bool
) -> Iterator[tuple[Arrival | None, tuple[ReplyEvent, ...]]]:
    """Give for each event of the record what it brought, as the server numbers its blocks: from 0.

    Shape:   at the end, with None, what no event of the record accounts for.
    """
    blocks = message.content[share.first : share.end]
    units_count = sum(arrival.units for arrival in record.arrivals)
    # What was said twice at a seam stands where its text begins, and only once in the message.
    flow = _Flow(blocks, units_count - sum(len(_words_of(block)) for block in blocks))
    for arrival in record.arrivals:
        yield arrival, (*flow.take(arrival), *_frame_of(arrival, message, is_last))
    yield None, tuple(flow.rest())


def _frame_of(arrival: Arrival, message: Message, is_last: bool) -> tuple[ReplyEvent, ...]:
    usage = message.usage
    if arrival.name == "message_start":
        report = {"input_tokens": usage.prompt_tokens} if usage is not None and is_last else {}
        return (ReplyStarted("", message.model or "", report),)
    if arrival.name == "message_delta":
        report = {"output_tokens": usage.output_tokens} if usage is not None and is_last else {}
        # Only an answer that grew too long comes to a good end and is continued.
        reason = message.stop_reason if is_last else StopReason.MAX_TOKENS
        return (ReplyChanged(reason, None, message.stop_details if is_last else None, report),)
    if arrival.name == "message_stop":
        return (ReplyEnded(),)
    return ()


def _may_play(event: ReplyEvent, number: int, is_last: bool) -> bool:
    """The frames of all parts are one: it begins with the first and ends with the last."""
    if isinstance(event, ReplyStarted):
        return number == 0
    return is_last or not isinstance(event, ReplyChanged | ReplyEnded)


def _placed(event: ReplyEvent, first: int) -> ReplyEvent:
    return replace(event, index=event.index + first) if isinstance(event, INDEXED_EVENTS) else event


def _told_at_once(message: Message, end: int) -> tuple[ReplyEvent, ...]:
    """What came in a run of which there is no record."""
    flow = _Flow(message.content[:end], 0)
    return tuple(flow.rest())


class _Flow:
    """The blocks of a part, given out piece by piece as its events came."""

    def __init__(self, blocks: Sequence[Block], skipped_count: int) -> None:
        self._blocks = blocks
        self._skipped_count = max(0, skipped_count)
        self._index = -1
        self._words = ""
        self._at = 0
        self._is_open = False

    def take(self, arrival: Arrival) -> Iterator[ReplyEvent]:
        """Give what this event brought."""
        if arrival.name == "content_block_start":
            yield from self._next()
        skipped_count = 0 if self._is_thinking else min(self._skipped_count, arrival.units)
        self._skipped_count -= skipped_count
        yield from self._pieces(arrival.units - skipped_count)
        if arrival.name == "content_block_stop":
            yield from self._closed()

    def rest(self) -> Iterator[ReplyEvent]:
        """Give everything that is left."""
        yield from self._closed()
        while self._index + 1 < len(self._blocks):
            yield from self._next()
            yield from self._closed()

    @property
    def _is_thinking(self) -> bool:
        """Whether what comes now is thinking, of which nothing is said twice."""
        index = self._index if self._is_open else self._index + 1
        return index < len(self._blocks) and self._blocks[index].get("type") == "thinking"

    def _next(self) -> Iterator[ReplyEvent]:
        yield from self._closed()
        if self._index + 1 >= len(self._blocks):
            return
        self._index += 1
        block = self._blocks[self._index]
        self._words, self._at, self._is_open = _words_of(block), 0, True
        yield BlockStarted(self._index, _opened(block))
        if PARTIAL_INPUT in block:
            yield InputJsonArrived(self._index, str(block[PARTIAL_INPUT]))

    def _pieces(self, count: int) -> Iterator[ReplyEvent]:
        while count > 0:
            if not self._is_open or self._at == len(self._words):
                if self._index + 1 >= len(self._blocks):
                    return
                yield from self._next()
            taken = self._words[self._at : self._at + count]
            yield from self._piece(taken)
            count -= len(taken)

    def _piece(self, words: str) -> Iterator[ReplyEvent]:
        self._at += len(words)
        if words and self._blocks[self._index].get("type") == "thinking":
            yield ThinkingArrived(self._index, words)
        elif words:
            yield TextArrived(self._index, words)

    def _closed(self) -> Iterator[ReplyEvent]:
        if self._is_open:
            yield from self._piece(self._words[self._at :])
            self._is_open = False
            yield BlockEnded(self._index)


def _words_of(block: Block) -> str:
    """What of a block comes in pieces that are read."""
    kind = block.get("type")
    words = block.get(kind) if kind in ("text", "thinking") else None
    return words if isinstance(words, str) else ""


def _opened(block: Block) -> Block:
    """The block before its first piece."""
    start: dict[str, Any] = {name: value for name, value in block.items() if name != PARTIAL_INPUT}
    if _words_of(block):
        start[block["type"]] = ""
    return start
