"""Failures as values: what can be shown and stored of something that went wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final


class Action(StrEnum):
    """What a reader can do about a failure; the strip at the message offers it as a button."""

    RETRY = "retry"
    CONTINUE = "continue"
    """Go on with a reply that was cut; what came stays."""
    OPEN_KEY = "open_key"
    OPEN_SETTINGS = "open_settings"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a reply ended badly, in words that can be shown and stored."""

    kind: str
    """Name of the ChatError class, e.g. `RateLimited`."""
    title: str
    detail: str
    action: Action | None = None
    status: int | None = None
    """HTTP status, where there was one."""
    type: str | None = None
    """The API's own error type, e.g. `overloaded_error`."""
    request_id: str | None = None
    raw: str | None = None
    """What the server said, untouched and shortened, for Details."""
    skipped_count: int = 0
    """How many parts of the reply could not be read and are missing in it."""


PARTS_SKIPPED: Final = "PartsSkipped"
"""Kind of what is said of a reply that did not fail, but is not all there."""


def with_skipped(failure: Failure | None, count: int, raw: str) -> Failure | None:
    """Add to how a reply ended that parts of it could not be read; `raw` is how they came."""
    if count == 0:
        return failure
    title = (
        "1 part of this reply could not be read." if count == 1 else f"{count:,} parts of this reply could not be read."
    )
    if failure is None or failure.kind == PARTS_SKIPPED:
        detail = "The server sent something there that the Messages API does not have; all the rest is here."
        return Failure(PARTS_SKIPPED, title, detail, raw=raw, skipped_count=count)
    return replace(failure, detail=f"{failure.detail} {title}".strip(), raw=failure.raw or raw, skipped_count=count)


def only_skipped(failure: Failure | None) -> Failure | None:
    """What of a failure stays true when the reply goes on."""
    return None if failure is None else with_skipped(None, failure.skipped_count, failure.raw or "")
