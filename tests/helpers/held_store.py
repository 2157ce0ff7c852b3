"""A store whose queue can be held, as a busy disk or a locked database holds the real one."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

from desktop_chat.core.conversation import ConversationSummary, OpenTab
from desktop_chat.core.events import ReplyEvent
from desktop_chat.core.kept_draft import KeptDraft
from desktop_chat.core.messages import Draft, Message
from desktop_chat.core.outbox import Queued
from desktop_chat.core.stored import StoredConversation
from desktop_chat.core.stream_record import StreamRecord
from tests.helpers.fake_store import FakeStore

T = TypeVar("T")


class HeldStore(FakeStore):
    """Does one call after the other, in order, even if whoever asked is cancelled meanwhile.

    Between `hold` and `let_go` calls wait; `reached` tells that one does.
    """

    def __init__(self) -> None:
        super().__init__()
        self.reached = asyncio.Event()
        self.waiting: list[str] = []
        """Names of the calls that are asked for and not done."""
        self._open = asyncio.Event()
        self._open.set()
        self._one_at_a_time = asyncio.Lock()

    def hold(self) -> None:
        self.reached.clear()
        self._open.clear()

    def let_go(self) -> None:
        self._open.set()

    async def put(
        self,
        message: Message,
        title: str | None = None,
        *,
        keeps_draft: bool = False,
        queued_id: str | None = None,
    ) -> None:
        await self._queued("put", super().put(message, title, keeps_draft=keeps_draft, queued_id=queued_id))

    async def put_conversation(self, messages: Sequence[Message], title: str, made_at: float) -> None:
        await self._queued("put_conversation", super().put_conversation(tuple(messages), title, made_at))

    async def append_journal(self, batch: Sequence[tuple[str, Sequence[ReplyEvent]]]) -> None:
        copied = [(reply_id, tuple(events)) for reply_id, events in batch]
        await self._queued("append_journal", super().append_journal(copied))

    async def end_reply(self, reply: Message, record: StreamRecord | None = None) -> None:
        await self._queued("end_reply", super().end_reply(reply, record))

    async def put_draft(self, conversation_id: str, draft: Draft) -> None:
        await self._queued("put_draft", super().put_draft(conversation_id, draft))

    async def put_queued(self, queued: Queued, *, keeps_draft: bool = False) -> None:
        await self._queued("put_queued", super().put_queued(queued, keeps_draft=keeps_draft))

    async def take_queued(self, queued: Queued, draft: Draft | None = None) -> None:
        await self._queued("take_queued", super().take_queued(queued, draft))

    async def kept_drafts(self) -> tuple[KeptDraft, ...]:
        return await self._queued("kept_drafts", super().kept_drafts())

    async def delete_kept_draft(self, number: int) -> None:
        await self._queued("delete_kept_draft", super().delete_kept_draft(number))

    async def clear_kept_drafts(self) -> None:
        await self._queued("clear_kept_drafts", super().clear_kept_drafts())

    async def put_tabs(self, tabs: Sequence[OpenTab]) -> None:
        await self._queued("put_tabs", super().put_tabs(tabs))

    async def set_tip(self, conversation_id: str, message_id: str) -> None:
        await self._queued("set_tip", super().set_tip(conversation_id, message_id))

    async def rename(self, conversation_id: str, title: str) -> None:
        await self._queued("rename", super().rename(conversation_id, title))

    async def set_pinned(self, conversation_id: str, is_pinned: bool) -> None:
        await self._queued("set_pinned", super().set_pinned(conversation_id, is_pinned))

    async def restore(self, conversation_id: str) -> ConversationSummary:
        return await self._queued("restore", super().restore(conversation_id))

    async def delete(self, conversation_id: str) -> None:
        await self._queued("delete", super().delete(conversation_id))

    async def trash(self) -> tuple[ConversationSummary, ...]:
        return await self._queued("trash", super().trash())

    async def delete_for_good(self, ids: Sequence[str]) -> None:
        await self._queued("delete_for_good", super().delete_for_good(ids))

    async def load(self, conversation_id: str) -> StoredConversation | None:
        return await self._queued("load", super().load(conversation_id))

    async def _queued(self, name: str, work: Coroutine[Any, Any, T]) -> T:
        self.waiting.append(name)
        return await asyncio.shield(asyncio.ensure_future(self._in_turn(name, work)))

    async def _in_turn(self, name: str, work: Coroutine[Any, Any, T]) -> T:
        async with self._one_at_a_time:
            if not self._open.is_set():
                self.reached.set()
                await self._open.wait()
            self.waiting.remove(name)
            return await work
