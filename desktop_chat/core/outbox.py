"""The outbox: messages that were written while they could not be sent, and what they wait for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from desktop_chat.core.attachments import Attachment
from desktop_chat.core.excerpt import line_of
from desktop_chat.core.messages import Draft, Message, MessageStatus
from desktop_chat.core.stop_reason import StopReason

_ENDED_EARLY: Final = frozenset(
    (StopReason.MAX_TOKENS, StopReason.REFUSAL, StopReason.CONTEXT_FULL, StopReason.PAUSE_TURN)
)
"""Stop reasons of replies that were stored as complete and are not all that was asked for."""


@dataclass(frozen=True, slots=True)
class Queued:
    """A message that waits to be sent; it joins the tree only then, at the end of the path that is shown.

    Order:   by `place`, which counts up in a conversation and is never used twice: what was dropped and is brought
             back stands where it stood.
    Units:   `created_at` in seconds since the epoch.
    """

    id: str
    conversation_id: str
    place: int
    text: str
    created_at: float
    attachments: tuple[Attachment, ...] = ()

    @property
    def line(self) -> str:
        """The beginning of it on one line, and its files."""
        return line_of(self.text, [attachment.name for attachment in self.attachments])

    def as_draft(self) -> Draft:
        """The same as it stands in a composer."""
        return Draft.with_caret_at_end(self.text, self.attachments)


class Wait(StrEnum):
    """What a message of the outbox waits for."""

    REPLY = "reply"
    """The end of the reply that is being written; then it goes out by itself."""
    NETWORK = "network"
    """A network; then it goes out by itself."""
    STOPPED = "stopped"
    """The reader, who has stopped the last reply."""
    FAILED = "failed"
    """The reader: the last reply has failed, and a question is not fired into an error."""
    ENDED_EARLY = "ended_early"
    """The reader: the last reply was refused, or cut by a limit, and can be continued only while it is the last."""
    NOT_STORED = "not_stored"
    """The reader: the last message could not be stored."""
    READER = "reader"
    """The reader: found at the start, say, and perhaps not wanted any more."""

    @property
    def is_for_reader(self) -> bool:
        """Whether nothing is sent without a click."""
        return self not in (Wait.REPLY, Wait.NETWORK)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One row of the outbox."""

    message: Queued
    why: Wait


def pause_after(reply: Message | None, is_stopped: bool) -> Wait | None:
    """Why nothing more goes out by itself after this turn; None when the next message may.

    Shape:   `reply` is None when the turn has ended before there was one: its question could not be stored.
    """
    if is_stopped:
        return Wait.STOPPED
    if reply is None:
        return Wait.NOT_STORED
    if reply.status is not MessageStatus.COMPLETE:
        return Wait.STOPPED if reply.status is MessageStatus.STOPPED else Wait.FAILED
    return Wait.ENDED_EARLY if reply.stop_reason in _ENDED_EARLY else None
