"""Failures as values: what can be shown and stored of something that went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
