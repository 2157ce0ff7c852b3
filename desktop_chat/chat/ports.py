"""What chat asks of the outside: the network, the disk, the keyring. `program.py` plugs the real ones in."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from desktop_chat.core.api_key import ApiKey
from desktop_chat.core.attachments import Attachment
from desktop_chat.core.backups import BackupCopy
from desktop_chat.core.bad_line import BadLine
from desktop_chat.core.conversation import ConversationSummary, OpenTab
from desktop_chat.core.events import ReplyEvent, StreamEvent
from desktop_chat.core.kept_draft import KeptDraft
from desktop_chat.core.messages import Draft, Message
from desktop_chat.core.models import ModelInfo
from desktop_chat.core.outbox import Queued
from desktop_chat.core.provider import ProviderProfile
from desktop_chat.core.salvage import SalvageReport
from desktop_chat.core.stored import StartState as StartState
from desktop_chat.core.stored import StoredConversation as StoredConversation
from desktop_chat.core.stream_observer import StreamObserver
from desktop_chat.core.stream_record import StreamRecord

if TYPE_CHECKING:
    import asyncio


class MessagesApi(Protocol):
    """A server that speaks the Messages API."""

    def stream(
        self,
        body: Mapping[str, Any],
        profile: ProviderProfile,
        key: ApiKey | None,
        line: BadLine | None = None,
        observer: StreamObserver | None = None,
    ) -> AsyncGenerator[StreamEvent, None]:
        """Ask for one reply and yield it event by event; over `line` where it is to be made worse on purpose.

        `observer` is told what goes over the line, while it happens.

        Shape:   line events and reply events as they happen; `ReplyEnded` last. Pieces of one text that came together
                 are one event; `observer` is told of each.
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

    def load_end(
        self, conversation_id: str, count: int, patience_s: float = 0.0
    ) -> asyncio.Future[tuple[Message, ...]]:
        """Read the last messages of the path that is shown, oldest first; at most `count`, however many there are.

        Order:   it is read from the call on, before anybody waits for it. With patience the call itself waits so long
                 at most, and the future it gives is mostly done.
        """
        ...

    async def put(
        self,
        message: Message,
        title: str | None = None,
        *,
        keeps_draft: bool = False,
        queued_id: str | None = None,
    ) -> None:
        """Store a message (new, or the next state of a known one) and make it the conversation's tip.

        One transaction: the conversation's row is made if needed (with `title`), and for a user message the
        stored draft is cleared, unless it was not written in the composer (`keeps_draft`); one that has waited leaves
        the outbox (`queued_id`). Durable when it returns.
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

    async def end_reply(self, reply: Message, record: StreamRecord | None = None) -> None:
        """Fold a reply: store its final state and drop its journal, in one durable transaction.

        What went over the line for its last part is kept with it, without its words and for the last 500 replies; a
        record takes the place of an earlier one of the same part, and one that cannot be stored is left out.
        """
        ...

    async def put_draft(self, conversation_id: str, draft: Draft) -> None:
        """Keep what stands in the composer; an empty draft is forgotten."""
        ...

    async def kept_drafts(self) -> tuple[KeptDraft, ...]:
        """Read the last texts that were lost as drafts or were sent; newest first, each once.

        They are kept by the calls that lose them, in the same transaction: a draft that is replaced or cleared, or
        whose conversation goes to the trash, a question, a queued message that is forgotten; and at the start each
        draft that no tab and no conversation leads to. With a conversation that is purged they go, too.
        """
        ...

    async def kept_draft(self, number: int) -> Draft | None:
        """Read one of them with its files, the caret at its end; None when it is gone."""
        ...

    async def delete_kept_draft(self, number: int) -> None:
        """Forget one of them; no error when it is gone."""
        ...

    async def clear_kept_drafts(self) -> None:
        """Forget all of them."""
        ...

    async def put_queued(self, queued: Queued, *, keeps_draft: bool = False) -> None:
        """Keep a message that waits to be sent, or put back one that was taken out.

        One transaction: the stored draft is cleared, unless it was not written in the composer (`keeps_draft`).
        Durable when it returns.
        """
        ...

    async def take_queued(self, queued: Queued, draft: Draft | None = None) -> None:
        """Forget a message that waits; no error when it is gone.

        One transaction: `draft`, unless it is None, is what stands in the composer now. Durable when it returns.
        """
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

    async def trash(self) -> tuple[ConversationSummary, ...]:
        """Read what lies in the trash, the one deleted last first."""
        ...

    async def delete_for_good(self, ids: Sequence[str]) -> None:
        """Delete conversations of the trash, with all that belongs to them; others are left alone.

        Nothing of their words is in the store's files when it returns; copies made before still hold them.
        """
        ...

    async def cost_since(self, since: float) -> float:
        """Sum of `cost_usd` of all replies created at or after `since` (seconds since the epoch)."""
        ...

    async def stream_records(self, message_id: str) -> tuple[StreamRecord, ...]:
        """Read what is kept of a reply, its parts in order; its `raw` and its body are None."""
        ...

    async def save_text(self, target: Path, text: str) -> None:
        """Write a file that the reader has asked for, readable for its owner only, replaced in one step.

        Raises:  StoreFull, StoreReadOnly, StoreError for the target.
        """
        ...

    async def close(self) -> None:
        """Write everything down and close the database; may be called twice."""
        ...


class StoreCare(Protocol):
    """The history's file as a whole, looked after beside the calls of `ConversationStore`.

    Raises:  StoreFull, StoreLocked, StoreReadOnly, StoreCorrupt from any call; StoreError once the store is closed.
    """

    @property
    def was_cut_off(self) -> bool:
        """Whether the program did not close the file the last time."""
        ...

    async def find_damage(self) -> str:
        """Check the whole file; gives what was found, nothing when it is sound."""
        ...

    async def back_up_weekly(self) -> bool:
        """Make the copy of this week if it is due; whether one was made."""
        ...

    async def copies(self) -> tuple[BackupCopy, ...]:
        """All copies that can be put back, newest first."""
        ...

    async def arrange(self, copy: BackupCopy) -> None:
        """Have a copy put back at the next start; today's state becomes a copy then."""
        ...

    async def is_arranged(self) -> bool:
        """Whether a copy lies ready for the next start."""
        ...

    async def drop_arranged(self) -> None:
        """Leave everything as it is at the next start."""
        ...

    async def ask_for_repair(self) -> None:
        """Have the next start offer the repair, although the file can be opened."""
        ...

    async def repair(self, on_progress: Callable[[float], None]) -> SalvageReport:
        """Read what can be read into a new file, while the store is not started; the damaged one is kept.

        Units:   the progress in shares, up to 1; told on the loop that asked.
        """
        ...

    async def set_aside(self) -> Path:
        """Keep a file that cannot be opened under another name, so that the next start makes an empty one."""
        ...


class AttachedFiles(Protocol):
    """Files that the reader wants to attach, in a thread of their own and with a deadline."""

    async def read(self, path: Path) -> Attachment:
        """Read a file; pictures that are larger than the API takes are made smaller.

        Raises:  NotAttachable.
        Cancel:  leaves a read that hangs behind.
        """
        ...

    async def take(self, name: str, make: Callable[[], bytes]) -> Attachment:
        """Attach what is no file yet; `make` gives its bytes, in the thread.

        Raises:  NotAttachable.
        """
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
