"""What comes from the disk in one go: a conversation, and the state at the start."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_chat.core.conversation import ConversationSummary, OpenTab
from desktop_chat.core.messages import Draft, Message
from desktop_chat.core.outbox import Queued


@dataclass(frozen=True, slots=True)
class StoredConversation:
    """A conversation as it comes from the disk: all messages of the tree, in no order."""

    summary: ConversationSummary
    messages: tuple[Message, ...]
    tip_id: str | None
    draft: Draft
    queued: tuple[Queued, ...] = ()
    """What waits to be sent, in order."""


@dataclass(frozen=True, slots=True)
class StartState:
    """What the window needs at the start, read in one go."""

    conversations: tuple[ConversationSummary, ...]
    tabs: tuple[OpenTab, ...]
    interrupted_count: int
    """How many replies were found in the journal and are now marked interrupted."""
    waiting_ids: frozenset[str] = frozenset()
    """The conversations with messages that wait to be sent."""
