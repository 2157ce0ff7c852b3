"""How numbers read: tokens, money, spans of time."""

from __future__ import annotations

from typing import Final

_SMALLEST_USD: Final = 0.0001
_CENT_USD: Final = 0.01


def tokens_text(count: int) -> str:
    """Shorten a count of tokens: `412`, `1.2k`, `28k`, `1.5M`."""
    if count < 1_000:
        return str(count)
    if count < 999_500:
        return f"{_two_digits(count / 1_000)}k"
    return f"{_two_digits(count / 1_000_000)}M"


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
