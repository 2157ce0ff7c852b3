"""Network conditions as text: `slow-3g`, `train,seed=3`, `latency=300ms,rate=50kB/s,cut=20kB,stall=5kB,status=529:2`.

A preset may come first; the values after it take the place of its own. What is written here is read back the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from desktop_chat.core.network_conditions import LIMITS, NEVER_ZERO, PRESETS, NetworkConditions


@dataclass(frozen=True, slots=True)
class _Measure:
    """A kind of value: its units, the smallest first, and how one looks."""

    units: Mapping[str, Fraction]
    example: str
    is_whole: bool = False

    def read(self, text: str) -> int | float:
        found = re.fullmatch(r"(\d{1,12}(?:\.\d{1,9})?)([a-zA-Z/%]*)", text)
        if found is None or found[2] not in self.units:
            raise ValueError(f"“{text}” should look like {self.example}")
        value = Fraction(found[1]) * self.units[found[2]]
        if not self.is_whole:
            return float(value)
        if value.denominator != 1:
            raise ValueError(f"“{text}” is no whole number; it should look like {self.example}")
        return int(value)

    def write(self, value: float) -> str:
        exact = Fraction(str(value))
        for unit in reversed([*self.units]):
            amount = exact / self.units[unit]
            if amount and amount.denominator == 1:
                return f"{amount}{unit}"
        smallest = next(iter(self.units))
        return f"{float(exact / self.units[smallest]):g}{smallest}"


def _powers(suffix: str) -> dict[str, Fraction]:
    return {f"{unit}{suffix}": Fraction(1_000) ** power for power, unit in enumerate(("B", "kB", "MB"))}


_TIME: Final = _Measure({"ms": Fraction(1, 1_000), "s": Fraction(1)}, "300ms or 2s")
_SIZE: Final = _Measure(_powers(""), "500B, 20kB or 1MB", is_whole=True)
_RATE: Final = _Measure(_powers("/s"), "800B/s, 50kB/s or 1MB/s", is_whole=True)
_COUNT: Final = _Measure({"": Fraction(1)}, "2", is_whole=True)
_SHARE: Final = _Measure({"%": Fraction(1, 100)}, "50%")

KEYS: Final[Mapping[str, tuple[tuple[str, _Measure], ...]]] = {
    "latency": (("latency_s", _TIME),),
    "jitter": (("jitter_s", _TIME),),
    "rate": (("bytes_per_s", _RATE),),
    "cut": (("cut_after_bytes", _SIZE),),
    "stall": (("stall_after_bytes", _SIZE), ("stall_s", _TIME)),
    "status": (("fail_status", _COUNT), ("fail_count", _COUNT)),
    "retry-after": (("retry_after_s", _TIME),),
    "error": (("error_after_events", _COUNT),),
    "malformed": (("malformed_after_events", _COUNT),),
    "share": (("share", _SHARE),),
    "spread": (("spread", _SHARE),),
    "seed": (("seed", _COUNT),),
}
"""The words of the command line, each with the fields its value is for; a second one follows a colon and may be left
out."""

_PLAIN: Final = NetworkConditions()


def conditions_from(text: str) -> NetworkConditions:
    """Read conditions.

    Raises:  ValueError with a sentence for what is none, or would make nothing worse.
    """
    items = [item.strip() for item in text.split(",")]
    base = _PLAIN if "=" in items[0] else _preset(items.pop(0))
    values: dict[str, Any] = {}
    for item in items:
        values |= _values_of(item)
    conditions = replace(base, **values)
    if not conditions.has_effect:
        raise ValueError(f"“{text}” makes nothing worse")
    return conditions


def text_of(conditions: NetworkConditions) -> str:
    """Write conditions as they stand on the command line; empty where nothing is worse than usual."""
    items = []
    for key, parts in KEYS.items():
        first, *more = [(getattr(conditions, name), measure) for name, measure in parts]
        if first[0] != getattr(_PLAIN, parts[0][0]):
            values = [first, *(part for part in more if part[0] is not None)]
            items.append(f"{key}=" + ":".join(measure.write(value) for value, measure in values))
    return ",".join(items)


def _preset(key: str) -> NetworkConditions:
    for preset in PRESETS:
        if preset.key == key:
            return preset.conditions
    known = ", ".join(preset.key for preset in PRESETS)
    raise ValueError(f"“{key}” is no network profile; there are {known}, or values such as latency=300ms")


def _values_of(item: str) -> dict[str, Any]:
    key, _, value = item.partition("=")
    if key not in KEYS:
        raise ValueError(f"“{key}” is no network condition; there are {', '.join(KEYS)}")
    parts = KEYS[key]
    texts = value.split(":")
    if len(texts) > len(parts):
        raise ValueError(f"“{item}” has too many values")
    # What follows the colon is part of the value: left out, it is as usual again.
    texts += [""] * (len(parts) - len(texts))
    read: dict[str, Any] = {}
    for place, ((name, measure), text) in enumerate(zip(parts, texts, strict=True)):
        read[name] = None if place and not text else _checked(name, measure, text)
    return read


def _checked(name: str, measure: _Measure, text: str) -> int | float:
    value = measure.read(text)
    checked: dict[str, Any] = {name: value}
    try:
        replace(_PLAIN, **checked)
    except ValueError as error:
        if name not in LIMITS:
            raise
        # In the words and units in which it was typed.
        least = "more than 0" if name in NEVER_ZERO else "0"
        raise ValueError(f"“{text}” should lie between {least} and {measure.write(LIMITS[name])}") from error
    return value
