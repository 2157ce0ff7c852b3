"""The demo server's quota: token buckets that are really emptied, refill by the second, and show in headers."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from desktop_chat.api.demo_problem import problem_for

_MINUTE_S: Final = 60.0
_SHOWN_STEP_TOKENS: Final = 1_000
"""The API rounds what is left of tokens to thousands."""

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Limits:
    """Units:   per minute."""

    requests: int = 1_000
    input_tokens: int = 2_000_000
    output_tokens: int = 400_000


LIMITS: Final = Limits()


@dataclass(slots=True)
class _Bucket:
    capacity: int
    level: float
    read_at: float

    def refill(self, now: float) -> None:
        self.level = min(float(self.capacity), self.level + (now - self.read_at) * self.rate)
        self.read_at = now

    @property
    def rate(self) -> float:
        return self.capacity / _MINUTE_S

    @property
    def full_in_s(self) -> float:
        return (self.capacity - self.level) / self.rate


@dataclass(slots=True)
class Quota:
    """What is left for this organization; used by one thread."""

    limits: Limits = LIMITS
    clock: Clock = time.time
    _buckets: dict[str, _Bucket] = field(init=False)

    def __post_init__(self) -> None:
        now = self.clock()
        sizes = {
            "requests": self.limits.requests,
            "input-tokens": self.limits.input_tokens,
            "output-tokens": self.limits.output_tokens,
        }
        self._buckets = {name: _Bucket(size, float(size), now) for name, size in sizes.items()}

    def take(self, input_tokens: int) -> None:
        """Pay for one request and its prompt.

        Raises:  Problem (429) with `retry-after` when a bucket does not hold enough; nothing is taken then.
        """
        self._refill()
        wants = {"requests": 1.0, "input-tokens": float(input_tokens), "output-tokens": 1.0}
        missing_s = [
            (min(amount, bucket.capacity) - bucket.level) / bucket.rate
            for name, amount in wants.items()
            if (bucket := self._buckets[name]).level < min(amount, bucket.capacity)
        ]
        if missing_s:
            raise problem_for(429, (("retry-after", str(math.ceil(max(missing_s)))),))
        self._buckets["requests"].level -= 1
        self._buckets["input-tokens"].level -= min(input_tokens, self._buckets["input-tokens"].level)

    def take_output(self, tokens: int) -> None:
        """Pay for what was written."""
        self._refill()
        bucket = self._buckets["output-tokens"]
        bucket.level = max(0.0, bucket.level - tokens)

    def headers(self) -> list[tuple[str, str]]:
        """The twelve headers that every answer carries."""
        self._refill()
        tokens = (self._buckets["input-tokens"], self._buckets["output-tokens"])
        shown = {
            "requests": self._buckets["requests"],
            "tokens": min(tokens, key=lambda bucket: bucket.level / bucket.capacity),
            "input-tokens": tokens[0],
            "output-tokens": tokens[1],
        }
        now = self.clock()
        headers: list[tuple[str, str]] = []
        for name, bucket in shown.items():
            step = 1 if name == "requests" else _SHOWN_STEP_TOKENS
            left = int(bucket.level) if step == 1 else round(bucket.level / step) * step
            resets_at = datetime.fromtimestamp(now + bucket.full_in_s, UTC)
            headers += [
                (f"anthropic-ratelimit-{name}-limit", str(bucket.capacity)),
                (f"anthropic-ratelimit-{name}-remaining", str(left)),
                (f"anthropic-ratelimit-{name}-reset", f"{resets_at:%Y-%m-%dT%H:%M:%SZ}"),
            ]
        return headers

    def _refill(self) -> None:
        now = self.clock()
        for bucket in self._buckets.values():
            bucket.refill(now)
