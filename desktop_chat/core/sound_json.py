"""JSON of unknown origin: bounded in depth and in what it takes, and nothing in it that could not be sent back."""

from __future__ import annotations

import json
import math
from typing import Any, Final

DEPTH_MAX: Final = 100
"""Deeper is nothing an API sends, and whatever writes or shows it later would run out of stack."""


CONTAINERS_MAX: Final = 500_000
"""Lists and objects in one text; brackets in its strings count, too. Ten megabytes of empty lists take 200 MB and a
second without a window."""


def value_of(text: str, is_rest_ignored: bool = False) -> Any:
    """Read a JSON value; `is_rest_ignored` lets anything follow it.

    Raises:  ValueError when it is none, or nested too deeply, or too much.
    """
    brackets_count = text.count("[") + text.count("{")
    if brackets_count > CONTAINERS_MAX:
        raise ValueError("too many lists and objects")
    try:
        # raw_decode skips two searches for blanks around the JSON.
        value = _raw_decode(text)[0] if is_rest_ignored and text[:1] == "{" else _DECODER.decode(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if brackets_count > DEPTH_MAX and _is_deep(value):
        raise ValueError("nested too deeply")
    return value


def _is_deep(value: object) -> bool:
    """Whether it goes deeper than it may; layer by layer, as a walk down would need the stack."""
    layer = [value]
    for _ in range(DEPTH_MAX + 1):
        layer = [
            inner
            for each in layer
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, dict | list)
        ]
        if not layer:
            return False
    return True


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number beyond all measure")
    return number


def _refuse(name: str) -> float:
    # Python reads and writes NaN and Infinity; a server takes neither back, and the conversation would be stuck.
    raise ValueError(f"{name} is no JSON")


_DECODER: Final = json.JSONDecoder(parse_float=_finite, parse_constant=_refuse)
_raw_decode: Final = _DECODER.raw_decode
