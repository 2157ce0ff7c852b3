"""Single values of a salvaged row: whether they are what they should be, and what can be made of those that are not."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Final

from desktop_chat.core.messages import Timings
from desktop_chat.core.usage import Usage
from desktop_chat.store.rows import MESSAGE_COLUMNS, message_of
from desktop_chat.store.salvage_pages import CutText

_MESSAGE_NAMES: Final = tuple(MESSAGE_COLUMNS.split(", "))
_MOMENT_MAX: Final = 1e11
_OPEN_TEXT: Final = re.compile(r'\{"type":\s?"text",\s?"text":\s?"((?:[^"\\]|\\.)*)')
"""The beginning of a text block that has no end any more; what follows a text in its block is not worth the rest."""


def is_key(value: object) -> bool:
    """Whether a value can name a row: a text, whole and not empty."""
    return isinstance(value, str) and not isinstance(value, CutText) and bool(value)


def key_or_none(value: object) -> object:
    """A key, or None in the place of anything else."""
    return value if is_key(value) else None


def readable(value: object) -> str:
    """What there is of a text; nothing of anything else."""
    return str(value) if isinstance(value, str) else ""


def is_number(value: object) -> bool:
    """Whether a value is a number that can be counted with."""
    return isinstance(value, (int, float)) and math.isfinite(value)


def moment(value: object, fallback: Any) -> Any:
    """A moment that may be one, in seconds since the epoch; `fallback` in the place of anything else."""
    return value if isinstance(value, (int, float)) and 0 <= value < _MOMENT_MAX else fallback


def time_of_id(key: str) -> float:
    """When an id was made: its first digits are milliseconds; 0 for one of another making."""
    digits = key[:12]
    return int(digits, 16) / 1000 if len(key) == 32 and re.fullmatch("[0-9a-f]{12}", digits) else 0.0


def parsed(text: object) -> Any:
    """What a JSON text means; None for anything that is no such text, or not whole."""
    if not isinstance(text, str) or isinstance(text, CutText):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def blocks_of(content: object) -> tuple[list[Any] | None, bool]:
    """The blocks of a message, and whether some are missing; None when nothing of them can be read.

    Of content that ends in the middle the whole blocks are kept, and the text up to where it ends.
    """
    whole = parsed(content)
    if isinstance(whole, list) and all(isinstance(block, dict) for block in whole):
        return whole, False
    if not isinstance(content, str):
        return None, True
    found: list[Any] = []
    decoder = json.JSONDecoder()
    at = 1
    try:
        while content[at : at + 1] == "{":
            block, at = decoder.raw_decode(content, at)
            found.append(block)
            at += 1
    except (ValueError, RecursionError):
        rest = _OPEN_TEXT.match(content, at)
        text = _unescaped(rest[1]) if rest else ""
        if text:
            found.append({"type": "text", "text": text})
    return found or None, True


def _unescaped(text: str) -> str:
    """The text of a JSON string that ends anywhere, in the middle of an escape too."""
    for shorter in range(min(6, len(text)) + 1):
        try:
            return str(json.loads(f'"{text[: len(text) - shorter]}"', strict=False))
        except ValueError:
            continue
    return ""


def _is_usage(value: Any) -> bool:
    names = {field.name for field in fields(Usage)}
    return isinstance(value, dict) and value.keys() <= names and all(type(count) is int for count in value.values())


def _is_timings(value: Any) -> bool:
    names = {field.name for field in fields(Timings)}
    return (
        isinstance(value, dict)
        and value.keys() <= names
        and all(moment is None or is_number(moment) for moment in value.values())
    )


def _is_failure(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(name), str) for name in ("kind", "title", "detail"))


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_seams(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(seam, list) and len(seam) == 2 and all(map(is_number, seam)) for seam in value
    )


JSON_COLUMNS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "usage": _is_usage,
    "stop_details": _is_object,
    "failure": _is_failure,
    "timings": _is_timings,
    "seams": _is_seams,
}


def can_be_read(row: Mapping[str, Any]) -> bool:
    """Whether the store will understand the message: the last word has the code that reads it."""
    try:
        message_of(tuple(row.get(name) for name in _MESSAGE_NAMES))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return False
    return True
