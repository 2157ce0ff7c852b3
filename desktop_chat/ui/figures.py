"""How numbers read: counts, tokens, money, spans of time."""

from __future__ import annotations

from typing import Final

_MINUTE_S: Final = 60
_HOUR_S: Final = 3_600
_DAY_S: Final = 86_400
_SMALLEST_USD: Final = 0.0001
_CENT_USD: Final = 0.01


def counted(count: int, noun: str) -> str:
    """A number with its noun: `1 message`, `9,896 messages`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def tokens_text(count: int) -> str:
    """Shorten a count of tokens: `412`, `1.2k`, `28k`, `1.5M`."""
    if count < 1_000:
        return str(count)
    if count < 999_500:
        return f"{_two_digits(count / 1_000)}k"
    return f"{_two_digits(count / 1_000_000)}M"


def bytes_text(count: int) -> str:
    """Shorten a size: `412 bytes`, `1.2 kB`, `12 kB`, `3.1 MB`."""
    if count < 1_000:
        return f"{count} bytes"
    if count < 999_500:
        return f"{_two_digits(count / 1_000)} kB"
    return f"{_two_digits(count / 1_000_000)} MB"


def money_text(usd: float) -> str:
    """Write an amount: `$1.84`, below one cent with four digits, `$0.0098`."""
    if usd <= 0:
        return "$0"
    if usd < _SMALLEST_USD:
        return f"< ${_SMALLEST_USD}"
    # 0.00996 is a cent, not "$0.0100".
    return f"${usd:.4f}" if round(usd, 4) < _CENT_USD else f"${usd:,.2f}"


def span_text(seconds: float) -> str:
    """Write a span of time as one whole unit, rounded up: `21 s`, `4 min`, `2 h`."""
    whole = max(0, -int(-seconds // 1))
    if whole < 90:
        return f"{whole} s"
    if whole < 90 * 60:
        return f"{-(-whole // 60)} min"
    return f"{-(-whole // 3600)} h"


def age_text(age_s: float) -> str:
    """How long ago something was: `just now`, `5 minutes ago`, `3 days ago`; nothing for what is yet to come."""
    if age_s < -_DAY_S:
        return ""
    if age_s < 2 * _MINUTE_S:
        return "just now"
    for unit_s, noun in ((365 * _DAY_S, "year"), (30 * _DAY_S, "month"), (_DAY_S, "day"), (_HOUR_S, "hour")):
        if age_s >= unit_s:
            return f"{counted(int(age_s // unit_s), noun)} ago"
    return f"{counted(int(age_s // _MINUTE_S), 'minute')} ago"


def duration_text(seconds: float) -> str:
    """Write how long something took, to the second: `6 s`, `1 min 5 s`."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def _two_digits(value: float) -> str:
    """One digit after the point below ten, none above; no `.0`."""
    return f"{value:.1f}".removesuffix(".0") if value < 9.95 else f"{value:.0f}"
