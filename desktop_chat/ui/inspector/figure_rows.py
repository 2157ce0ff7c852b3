"""The figures of a part in words: the few that are looked at first, and all of them as plain lines."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from desktop_chat.core.stream_figures import GAP_S, StreamFigures
from desktop_chat.core.stream_record import StreamRecord
from desktop_chat.ui.figures import bytes_text, tokens_text
from desktop_chat.ui.inspector.phases import Phase
from desktop_chat.ui.inspector.shown_text import escaped
from desktop_chat.ui.inspector.words import time_words

NONE: Final = "–"
_NAME_COLUMN_MAX: Final = 28
"""A longer name stands before its value without a column."""
_LIMIT_WORD: Final = "ratelimit"
_HEADER_CHARACTERS_MAX: Final = 4_000


def head_rows(
    figures: StreamFigures, length_s: float, limits: str, quiet_s: float = 0.0
) -> tuple[tuple[str, str], ...]:
    """Name and value of what stands above the time line; `quiet_s` is how long nothing has come until now."""
    silences = [gap.length_s for gap in figures.gaps] + ([quiet_s] if quiet_s >= GAP_S else [])
    longest = max(silences, default=None)
    return (
        ("First byte", _time(figures.first_byte_s)),
        ("First word", _time(figures.first_word_s)),
        ("Total", time_words(length_s)),
        ("Tokens/s", speed_words(figures)),
        ("Events", f"{figures.events_count:,}"),
        ("Received", bytes_text(figures.size_bytes)),
        ("Pings", f"{figures.pings_count:,}"),
        ("Longest gap", _time(longest)),
        ("Retries", f"{len(figures.retries)}"),
        ("Rate limit left", limits or NONE),
    )


def plain_rows(
    record: StreamRecord, figures: StreamFigures, phases: Sequence[Phase], length_s: float
) -> tuple[tuple[str, str], ...]:
    """Name and value of everything that is known; a row of two empty texts parts two groups."""
    rows: list[tuple[str, str]] = [
        ("Request", f"{record.request.method} {record.request.url}"),
        ("Sent", bytes_text(record.request.size_bytes)),
        ("Begun", time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.began_at))),
        ("Status", f"{record.status}" if record.status is not None else NONE),
        ("Request id", record.request_id or NONE),
        ("", ""),
        *((phase.name, time_words(phase.length_s)) for phase in phases),
        ("", ""),
        *head_rows(figures, length_s, "")[:-1],
        ("Characters", f"{figures.units_count:,}"),
        ("Output tokens", f"{figures.output_tokens:,}" if figures.output_tokens is not None else "not counted"),
        ("", ""),
        *((count.name or "(no name)", _count_words(count.count, count.size_bytes)) for count in figures.by_name),
    ]
    if figures.gaps:
        rows.append(("", ""))
        rows += [
            (f"Quiet at {time_words(gap.at_s)}", f"{time_words(gap.length_s)}, after {gap.after}")
            for gap in figures.gaps
        ]
    if figures.retries:
        rows.append(("", ""))
        rows += [(f"Retry at {time_words(step.at_s)}", step.words or NONE) for step in figures.retries]
    limits = rate_limit_headers(record)
    if limits:
        rows += [("", ""), *limits]
    return tuple(rows)


def plain_text(rows: Sequence[tuple[str, str]]) -> str:
    """Rows as aligned lines."""
    width = max((len(name) for name, _value in rows if len(name) <= _NAME_COLUMN_MAX), default=0)
    return escaped("\n".join(f"{name:<{width}}  {value}".rstrip() for name, value in rows))


def headers_text(headers: Sequence[tuple[str, str]]) -> str:
    """Headers as they stand in a request or an answer, one a line."""
    # A line break in a header would be another header to the eye.
    lines = (f"{name}: {value}"[:_HEADER_CHARACTERS_MAX].replace("\n", "\\n") for name, value in headers)
    return escaped("\n".join(lines))


def rate_limit_headers(record: StreamRecord) -> tuple[tuple[str, str], ...]:
    """The headers that tell about the quota."""
    return tuple(
        (name, value) for name, value in record.headers if _LIMIT_WORD in name.lower() or name.lower() == "retry-after"
    )


def limits_left(record: StreamRecord) -> str:
    """What is left of requests and tokens, shortly: `46 requests, 12k tokens`."""
    found = {name.lower(): value for name, value in record.headers}
    parts = []
    for thing in ("requests", "tokens"):
        left = found.get(f"anthropic-ratelimit-{thing}-remaining", "")
        if left.isascii() and left.isdigit() and len(left) <= 15:
            parts.append(f"{tokens_text(int(left))} {thing}")
    return ", ".join(parts)


def speed_words(figures: StreamFigures) -> str:
    """The overall pace; `≈` where the server has not counted."""
    if figures.tokens_per_s is None:
        return NONE
    about = "≈ " if figures.is_speed_estimated else ""
    return f"{about}{figures.tokens_per_s:,.0f}"


def _time(seconds: float | None) -> str:
    return NONE if seconds is None else time_words(seconds)


def _count_words(count: int, size_bytes: int) -> str:
    return f"{count:,}, {bytes_text(size_bytes)}"
