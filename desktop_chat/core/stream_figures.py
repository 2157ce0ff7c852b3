"""What follows from a stream's record: how long what took, where it was quiet, how fast it wrote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from desktop_chat.core.messages import Message
from desktop_chat.core.stream_record import Arrival, Step, StepKind, StreamRecord

GAP_S: Final = 1.0
"""From so long on silence is a gap."""
CHARACTERS_PER_TOKEN: Final = 4.0
"""What is taken where the server has not counted: English text of current models."""
PAUSE_S_MAX: Final = 2.0
"""What a pause between two parts counts for on a common axis: a reply may be continued the next day."""
PING: Final = "ping"


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which nothing happened.

    Units:   `at_s`, its beginning, in seconds since the request was asked for; `length_s` in seconds.
    """

    at_s: float
    length_s: float
    after: str
    """What came before it: the name of an event, or a `StepKind`."""


@dataclass(frozen=True, slots=True)
class NamedCount:
    """How many events of one name there were, and their size together."""

    name: str
    count: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class StreamFigures:
    """The figures of one record; None where the moment has not come.

    Shape:   `by_name` begins with the most frequent name; `retries` and `gaps` in the order of their times.
    Units:   `_s` in seconds since the request was asked for; `units_count` in characters of text and thinking.
    """

    first_byte_s: float | None
    """Of the answer that was read in the end, not of a try that failed before it."""
    first_word_s: float | None
    events_count: int
    size_bytes: int
    units_count: int
    pings_count: int
    retries: tuple[Step, ...]
    gaps: tuple[Gap, ...]
    by_name: tuple[NamedCount, ...]
    output_tokens: int | None
    """As the server has counted."""
    tokens_per_s: float | None
    """From the first event with text to the last one; from the server's count, else estimated."""
    is_speed_estimated: bool


def figures_of(record: StreamRecord, output_tokens: int | None = None, gap_min_s: float = GAP_S) -> StreamFigures:
    """Work the figures out; `output_tokens` is what the server has counted for this part (see `tokens_of_parts`)."""
    arrivals = record.arrivals
    counts: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for arrival in arrivals:
        counts[arrival.name] += 1
        sizes[arrival.name] += arrival.size_bytes
    opened = _last(record.steps, StepKind.OPENED)
    retried = _last(record.steps, StepKind.RETRY)
    units_count = sum(arrival.units for arrival in arrivals)
    return StreamFigures(
        first_byte_s=opened.at_s if opened and (retried is None or opened.at_s >= retried.at_s) else None,
        first_word_s=next((arrival.at_s for arrival in arrivals if arrival.units), None),
        events_count=len(arrivals),
        size_bytes=sum(sizes.values()),
        units_count=units_count,
        pings_count=counts[PING],
        retries=tuple(step for step in record.steps if step.kind is StepKind.RETRY),
        gaps=_gaps_of(record, gap_min_s),
        by_name=tuple(NamedCount(name, count, sizes[name]) for name, count in counts.most_common()),
        output_tokens=output_tokens,
        tokens_per_s=_tokens_per_s(arrivals, _tokens_per_unit(units_count, output_tokens) * units_count),
        is_speed_estimated=output_tokens is None,
    )


def tokens_of_parts(records: Sequence[StreamRecord], message: Message) -> tuple[int | None, ...]:
    """The output tokens of each part: the message knows their sum, each part's text its share of it."""
    usage = message.usage
    if usage is None or not message.is_fully_counted or not usage.output_tokens:
        return (None,) * len(records)
    units = [sum(arrival.units for arrival in record.arrivals) for record in records]
    whole = sum(units)
    return tuple(round(usage.output_tokens * count / whole) if whole else None for count in units)


def starts_of(records: Sequence[StreamRecord]) -> tuple[float, ...]:
    """Where each part begins on an axis of time common to all parts of a reply.

    Units:   seconds since the first request was asked for, long pauses between two parts shortened.
    """
    starts: list[float] = []
    for former, record in pairwise((None, *records)):
        if former is None or record is None:
            starts.append(0.0)
            continue
        length_s = length_s_of(former)
        pause_s = record.began_at - former.began_at - length_s
        starts.append(starts[-1] + length_s + min(PAUSE_S_MAX, max(0.0, pause_s)))
    return tuple(starts)


def length_s_of(record: StreamRecord) -> float:
    """When the last thing of a part happened, in seconds since its request."""
    last_step = record.steps[-1].at_s if record.steps else 0.0
    last_arrival = record.arrivals[-1].at_s if record.arrivals else 0.0
    return max(last_step, last_arrival)


def _last(steps: Sequence[Step], kind: StepKind) -> Step | None:
    return next((step for step in reversed(steps) if step.kind is kind), None)


def _gaps_of(record: StreamRecord, gap_min_s: float) -> tuple[Gap, ...]:
    moments: list[tuple[float, str]] = [(step.at_s, step.kind.value) for step in record.steps]
    moments += [(arrival.at_s, arrival.name) for arrival in record.arrivals]
    # Stable: what has the same time stays in the order it is told.
    moments.sort(key=lambda moment: moment[0])
    return tuple(
        Gap(at_s, next_s - at_s, name) for (at_s, name), (next_s, _) in pairwise(moments) if next_s - at_s >= gap_min_s
    )


def _tokens_per_unit(units_count: int, output_tokens: int | None) -> float:
    if output_tokens is None or not units_count:
        return 1 / CHARACTERS_PER_TOKEN
    return output_tokens / units_count


def _tokens_per_s(arrivals: Sequence[Arrival], tokens: float) -> float | None:
    written = [arrival.at_s for arrival in arrivals if arrival.units]
    if not written or written[-1] <= written[0]:
        return None
    return tokens / (written[-1] - written[0])
