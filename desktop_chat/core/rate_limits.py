"""What the server says is left of the quota."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quota:
    """One bucket: how much it holds, what is left, when it is full again.

    Units:   `limit` and `left` in requests or tokens, `resets_at` in seconds since the epoch.
    """

    limit: int | None = None
    left: int | None = None
    resets_at: float | None = None


@dataclass(frozen=True, slots=True)
class RateLimits:
    """All buckets of one response; a server that sends no such headers gives None instead.

    Source:  `anthropic-ratelimit-*` headers of the Messages API; read 2026-11-23.
    """

    requests: Quota
    tokens: Quota
    input_tokens: Quota
    output_tokens: Quota
