"""What came over the line, written so that it can be read: nothing in it acts, nothing in it is too long to lay out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

from desktop_chat.core.stream_record import Arrival
from desktop_chat.ui.figures import bytes_text
from desktop_chat.ui.inspector.course import Course
from desktop_chat.ui.inspector.kinds import WORDS
from desktop_chat.ui.inspector.words import time_words

LINE_CHARACTERS_MAX: Final = 6_000
"""MEASURED 11 ms for a line of 16,000 characters in a `QPlainTextEdit`, 2026-11-23."""
TEXT_CHARACTERS_MAX: Final = 120_000
_PARSED_CHARACTERS_MAX: Final = 400_000
"""MEASURED 8 ms to read and write again so much JSON, 2026-11-23."""
_NAME_CHARACTERS_MAX: Final = 80
_FIRST_CHARACTERS_MAX: Final = 160
_FIRST_PARSED_MAX: Final = 4_000
_ACTING: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Control characters, marks of direction, invisible signs, halves of characters."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A text to look at, and what has to be said about it."""

    text: str
    note: str = ""


def escaped(text: str) -> str:
    r"""Write what would act or hide as JSON writes it, `\u202e` say; inside JSON the meaning stays the same."""
    return _ACTING.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def raw_text(text: str) -> Shown:
    """A text as it came."""
    return _fitted(text)


def parsed_text(text: str) -> Shown:
    """JSON with a line for each value; what is none is shown as it came."""
    if len(text) > _PARSED_CHARACTERS_MAX:
        fitted = _fitted(text)
        return Shown(fitted.text, f"Too long to be taken apart. {fitted.note}".strip())
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        fitted = _fitted(text)
        return Shown(fitted.text, f"This is not JSON. {fitted.note}".strip())
    return _fitted(json.dumps(value, indent=2, ensure_ascii=False))


def _fitted(text: str) -> Shown:
    """Cut what is too long to be laid out."""
    size = len(text.encode("utf-8", "surrogatepass"))
    was_cut = len(text) > TEXT_CHARACTERS_MAX
    lines = text[:TEXT_CHARACTERS_MAX].split("\n")
    long_count = sum(len(line) > LINE_CHARACTERS_MAX for line in lines)
    if long_count:
        lines = [line if len(line) <= LINE_CHARACTERS_MAX else f"{line[:LINE_CHARACTERS_MAX]} …" for line in lines]
    note = ""
    if was_cut and len(lines) > 1:
        note = f"Only the beginning is shown of {bytes_text(size)}; Copy takes all of it."
    elif was_cut or long_count:
        note = f"Long lines are shown shortened; all of it is {bytes_text(size)}. Copy takes all of it."
    return Shown(escaped("\n".join(lines)), note)


def first_words(arrival: Arrival) -> str:
    """The beginning of what an event says, in one line: of a delta the text it brought."""
    raw = arrival.raw
    if raw is None:
        return ""
    found = _text_of_delta(raw) if arrival.name == "content_block_delta" else None
    return escaped((found or raw)[:_FIRST_CHARACTERS_MAX].replace("\n", " "))


def _text_of_delta(raw: str) -> str | None:
    if len(raw) > _FIRST_PARSED_MAX:
        return None
    try:
        event = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    delta = event.get("delta") if isinstance(event, dict) else None
    if not isinstance(delta, dict):
        return None
    texts = (delta.get(name) for name in ("text", "thinking", "partial_json"))
    text = next((text for text in texts if isinstance(text, str)), None)
    # As it stands there, so that line breaks and blanks can be told apart.
    return None if text is None else json.dumps(text, ensure_ascii=False)


def event_words(course: Course, number: int) -> str:
    """What is told about an event where it is pointed at."""
    arrival = course.arrivals[number]
    name = escaped(arrival.name[:_NAME_CHARACTERS_MAX])
    when = f"{time_words(course.times[number])}, {time_words(course.delta_s(number))} after the one before"
    units = f", {arrival.units:,} characters" if arrival.units else ""
    return f"#{number + 1:,} {name} ({WORDS[course.kind(number)]})\n{when}\n{bytes_text(arrival.size_bytes)}{units}"
