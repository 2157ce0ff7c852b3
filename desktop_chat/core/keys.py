"""What is known about the API key, without the key itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from desktop_chat.core.failure import Failure


class KeySource(StrEnum):
    """Where the key in use comes from."""

    UNKNOWN = "unknown"
    """The keyring has not answered yet."""
    NONE = "none"
    NOT_NEEDED = "not_needed"
    """There is none, and the server may not want one."""
    ENVIRONMENT = "environment"
    KEYRING = "keyring"
    SESSION = "session"
    """Typed in, kept in memory until the program ends."""


@dataclass(frozen=True, slots=True)
class KeyState:
    """The state of the key for the server in use."""

    source: KeySource = KeySource.UNKNOWN
    mask: str = ""
    """The key as it may be shown, e.g. `sk-ant-…wXyZ`."""
    place: str = ""
    """The keyring's name for people; empty when there is none."""
    origin: str = ""
    """The server the key is sent to."""
    problem: Failure | None = None
    """Why the keyring could not be read or written."""

    @property
    def is_usable(self) -> bool:
        """Whether a question can be sent."""
        return self.source in (KeySource.NOT_NEEDED, KeySource.ENVIRONMENT, KeySource.KEYRING, KeySource.SESSION)


@dataclass(frozen=True, slots=True)
class KeyCheck:
    """How the check of a typed key went."""

    is_good: bool
    failure: Failure | None = None
    offers_session_only: bool = False
    """The key works, but the keyring could not store it."""
