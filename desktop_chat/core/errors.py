"""Everything that may go wrong and be told: one tree, made at the edges, shown where it belongs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from desktop_chat.core.failure import Action, Failure


class ChatError(Exception):
    """An expected failure in plain words: `title` says what happened, `detail` what it means for the reader."""

    action: Action | None = None

    def __init__(self, title: str, detail: str = "") -> None:
        super().__init__(f"{title} {detail}".strip())
        self.title = title
        self.detail = detail

    def failure(self) -> Failure:
        """The same as a value that can be stored with a message."""
        return Failure(kind=type(self).__name__, title=self.title, detail=self.detail, action=self.action)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said while it failed; all None when it said nothing.

    Units:   `retry_after_s` in seconds, as the server asked, from now.
    """

    status: int | None = None
    error_type: str | None = None
    request_id: str | None = None
    raw: str | None = None
    retry_after_s: float | None = None


class ApiError(ChatError):
    """The conversation with the server failed."""

    action = Action.RETRY

    def __init__(self, title: str, detail: str = "", answer: Answer = Answer()) -> None:
        super().__init__(title, detail)
        self.answer = answer

    def failure(self) -> Failure:
        return replace(
            super().failure(),
            status=self.answer.status,
            type=self.answer.error_type,
            request_id=self.answer.request_id,
            raw=self.answer.raw,
        )


class NoConnection(ApiError):
    """The server could not be reached, or the line broke, before the first byte of a reply."""


class StreamBroken(ApiError):
    """The line broke, went silent or ended early after the first byte; what came is kept."""


class KeyMissing(ApiError):
    """The server wants a key and there is none."""

    action = Action.OPEN_KEY


class KeyRejected(ApiError):
    """The server does not accept the key (401, 403)."""

    action = Action.OPEN_KEY


class RateLimited(ApiError):
    """The quota is used up (429); `answer.retry_after_s` tells how long, where the server said so."""


class Overloaded(ApiError):
    """The server is too busy or broken for now (500, 503, 529, an `error` event)."""


class Refused(ApiError):
    """The server will not do it (400, 404, 413 …); its own words are in `detail`."""


class BadReply(ApiError):
    """The server does not speak the Messages API: HTML, a wrong content type, malformed events."""


class StoreError(ChatError):
    """The database could not do it."""


class StoreLocked(StoreError):
    """Another program holds the database."""


class StoreFull(StoreError):
    """The disk is full."""


class StoreReadOnly(StoreError):
    """The database or its folder cannot be written."""


class StoreCorrupt(StoreError):
    """The file is damaged or no database."""


class StoreTooNew(StoreError):
    """The database was written by a newer program; it is left untouched."""


class SecretError(ChatError):
    """The keyring could not do it. The key may be used for this session only; never stored in plain text."""

    action = Action.OPEN_KEY


class KeyringMissing(SecretError):
    """There is no keyring service."""


class KeyringLocked(SecretError):
    """The keyring is locked, or its prompt was refused or is still open."""


class SettingsError(ChatError):
    """A settings file, or a value in it, cannot be used."""

    action = Action.OPEN_SETTINGS
