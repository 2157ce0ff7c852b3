"""What the headers of an answer say: when to try again, what is left of the quota, the request's id."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from desktop_chat.core.rate_limits import Quota, RateLimits

_PREFIX: Final = "anthropic-ratelimit-"
_BUCKETS: Final = ("requests", "tokens", "input-tokens", "output-tokens")
_DIGITS_MAX: Final = 15
"""Longer numbers are no counts of anything."""

REQUEST_ID_CHARACTERS_MAX: Final = 120


def retry_after_s(headers: Mapping[str, str], now: float) -> float | None:
    """How long the server asks to wait, in seconds; None when it does not say.

    Order:   `retry-after-ms`, then `retry-after` as seconds, then as an HTTP date.
    """
    milliseconds = _positive(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    text = headers.get("retry-after")
    seconds = _positive(text)
    if seconds is not None or not text:
        return seconds
    # Loaded here: it costs as much as the rest of this package, and dates are rare.
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    delay_s = _epoch(moment) - now
    return delay_s if delay_s > 0 else None


def should_retry(headers: Mapping[str, str]) -> bool | None:
    """What `x-should-retry` orders; None when the server leaves it to us."""
    return {"true": True, "false": False}.get(headers.get("x-should-retry", "").strip().lower())


def request_id(headers: Mapping[str, str]) -> str | None:
    """The id under which the server knows the request."""
    found = headers.get("request-id") or headers.get("x-request-id") or ""
    return found[:REQUEST_ID_CHARACTERS_MAX] or None


def rate_limits(headers: Mapping[str, str]) -> RateLimits | None:
    """Read the quota; None for a server that sends no such headers."""
    quotas = [_quota(headers, bucket) for bucket in _BUCKETS]
    if all(quota == Quota() for quota in quotas):
        return None
    requests, tokens, input_tokens, output_tokens = quotas
    return RateLimits(requests, tokens, input_tokens, output_tokens)


def _quota(headers: Mapping[str, str], bucket: str) -> Quota:
    return Quota(
        limit=_count(headers.get(f"{_PREFIX}{bucket}-limit")),
        left=_count(headers.get(f"{_PREFIX}{bucket}-remaining")),
        resets_at=_moment(headers.get(f"{_PREFIX}{bucket}-reset")),
    )


def _count(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX else None


def _positive(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number > 0 else None


def _moment(text: str | None) -> float | None:
    try:
        return _epoch(datetime.fromisoformat((text or "").strip()))
    except (ValueError, OverflowError):
        return None


def _epoch(moment: datetime) -> float:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
