"""When a failed request is sent again by itself, and after how long."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from desktop_chat.core.errors import ApiError

ATTEMPTS_MAX: Final = 5
FIRST_DELAY_S: Final = 0.5
DELAY_S_MAX: Final = 8.0
JITTER: Final = 0.25
"""A delay is shortened by up to this share, so that many clients do not come back in the same moment."""
ASKED_DELAY_S_MAX: Final = 60.0
"""A server may ask for hours. Longer than this the reader decides, with the countdown before their eyes."""


class AttemptFailed(Exception):
    """One attempt came to nothing: what the reader would be told, and whether it may well go better soon."""

    def __init__(self, error: ApiError, is_temporary: bool) -> None:
        super().__init__(error.title)
        self.error = error
        self.is_temporary = is_temporary


def is_temporary_status(status: int) -> bool:
    """Whether a request that got this HTTP status is worth sending again."""
    return status in (408, 409, 429) or status >= 500


def delay_s(
    failed: AttemptFailed,
    attempts_made: int,
    attempts_max: int = ATTEMPTS_MAX,
    fraction: Callable[[], float] = random.random,
) -> float | None:
    """How long to wait before the next attempt; None when there should be none.

    Units:   `attempts_made` counts the failed one too; `fraction` gives numbers from 0 up to 1.
    Source:  the retry policy of the official SDKs; read 2026-11-23.
    """
    if not failed.is_temporary or attempts_made >= attempts_max:
        return None
    asked_s = failed.error.answer.retry_after_s
    if asked_s is not None:
        return asked_s if asked_s <= ASKED_DELAY_S_MAX else None
    longest_s = min(FIRST_DELAY_S * 2.0 ** (attempts_made - 1), DELAY_S_MAX)
    return longest_s * (1 - JITTER * fraction())
