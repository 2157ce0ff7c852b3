"""What chat asks of the outside: the network, the disk, the keyring. `app.py` plugs the real ones in."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Protocol

from desktop_chat.core.api_key import ApiKey
from desktop_chat.core.conversation import ConversationSummary, OpenTab
from desktop_chat.core.events import ReplyEvent, StreamEvent
from desktop_chat.core.messages import Draft, Message
from desktop_chat.core.models import ModelInfo
from desktop_chat.core.provider import ProviderProfile
from desktop_chat.core.stored import StartState as StartState
from desktop_chat.core.stored import StoredConversation as StoredConversation


class MessagesApi(Protocol):
    """A server that speaks the Messages API."""

    def stream(
        self, body: Mapping[str, Any], profile: ProviderProfile, key: ApiKey | None
    ) -> AsyncGenerator[StreamEvent, None]:
        """Ask for one reply and yield it event by event.

        Shape:   line events and reply events as they happen; `ReplyEnded` last.
        Units:   usage in tokens; total so far, not the difference.
        Raises:  NoConnection before the first byte, StreamBroken after it; KeyMissing, KeyRejected, RateLimited,
                 Overloaded, Refused, BadReply by status or `error` event.
        Cancel:  closes the connection at once; what came is kept by the caller.
        """
        ...

    async def models(self, profile: ProviderProfile, key: ApiKey | None) -> tuple[ModelInfo, ...]:
        """List the server's models, all pages; the cheapest call that proves a key.

        Raises:  as `stream`, without retries.
        """
        ...

    async def count_tokens(self, body: Mapping[str, Any], profile: ProviderProfile, key: ApiKey | None) -> int:
        """Count the prompt's tokens without asking for a reply.

        Raises:  as `stream`, without retries; many compatible servers answer Refused (404).
        """
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


class ConversationStore(Protocol):
    """Conversations on disk; every call runs in the store's thread, in order.

    Raises:  StoreFull, StoreLocked, StoreReadOnly, StoreCorrupt from any call; StoreTooNew from `start`.
    """

    async def start(self) -> StartState:
        """Open (or create, or migrate) the database, fold what the journal holds, and read the start state."""
        ...

    async def load(self, conversation_id: str) -> StoredConversation | None:
        """Read one conversation with all its messages; None when there is none of this id."""
        ...

    async def load_end(self, conversation_id: str, count: int) -> tuple[Message, ...]:
        """Read the last messages of the path that is shown, oldest first; at most `count`, however many there are."""
        ...

    async def put(self, message: Message, title: str | None = None, *, keeps_draft: bool = False) -> None:
        """Store a message (new, or the next state of a known one) and make it the conversation's tip.

        One transaction: the conversation's row is made if needed (with `title`), and for a user message the
        stored draft is cleared, unless it was not written in the composer (`keeps_draft`). Durable when it returns.
        """
        ...

    async def put_conversation(self, messages: Sequence[Message], title: str, made_at: float) -> None:
        """Store a new conversation whole, parents first; the last message is its tip.

        One transaction: all of it is there afterwards, or nothing. Durable when it returns.
        """
        ...

    async def set_tip(self, conversation_id: str, message_id: str) -> None:
        """Remember which path is shown."""
        ...

    async def append_journal(self, batch: Sequence[tuple[str, Sequence[ReplyEvent]]]) -> None:
        """Append what arrived, for all streams (reply id, events) in one commit."""
        ...

    async def end_reply(self, reply: Message) -> None:
        """Fold a reply: store its final state and drop its journal, in one durable transaction."""
        ...

    async def put_draft(self, conversation_id: str, draft: Draft) -> None:
        """Keep what stands in the composer; an empty draft is forgotten."""
        ...

    async def put_tabs(self, tabs: Sequence[OpenTab]) -> None:
        """Remember the open tabs in order."""
        ...

    async def rename(self, conversation_id: str, title: str) -> None: ...

    async def set_pinned(self, conversation_id: str, is_pinned: bool) -> None: ...

    async def delete(self, conversation_id: str) -> None:
        """Move a conversation to the trash; `restore` brings it back."""
        ...

    async def restore(self, conversation_id: str) -> ConversationSummary: ...

    async def cost_since(self, since: float) -> float:
        """Sum of `cost_usd` of all replies created at or after `since` (seconds since the epoch)."""
        ...

    async def close(self) -> None:
        """Write everything down and close the database; may be called twice."""
        ...


class SecretStore(Protocol):
    """The OS keyring, in a thread of its own and with a deadline."""

    async def read(self, origin: str) -> ApiKey | None:
        """Read the key of a server; None when there is none.

        Raises:  KeyringMissing, KeyringLocked.
        """
        ...

    async def write(self, origin: str, key: ApiKey) -> None:
        """Store a key and read it back to be sure.

        Raises:  KeyringMissing, KeyringLocked.
        """
        ...

    async def delete(self, origin: str) -> None:
        """Forget a key; no error when there is none.

        Raises:  KeyringMissing, KeyringLocked.
        """
        ...

    async def place(self) -> str:
        """Name of the keyring for people, e.g. `GNOME Keyring`; empty when there is none."""
        ...
