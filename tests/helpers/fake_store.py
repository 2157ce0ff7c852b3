"""A store in memory that keeps to the port `ConversationStore`; the same contract runs against the real one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from desktop_chat.core.conversation import UNTITLED, ConversationSummary, ConversationTree, OpenTab
from desktop_chat.core.errors import StoreError
from desktop_chat.core.events import ReplyEvent
from desktop_chat.core.kept_draft import KeptDraft
from desktop_chat.core.messages import Draft, Message, MessageStatus, Role
from desktop_chat.core.outbox import Queued
from desktop_chat.core.stored import StartState, StoredConversation
from desktop_chat.core.stream_record import StreamRecord
from desktop_chat.store.journal import fold
from tests.helpers.fake_kept_drafts import FakeKeptDrafts
from tests.helpers.stream_samples import without_words


class FakeStore:
    """Forgets everything when it goes; `failure`, while it is set, is raised by every call that writes."""

    def __init__(self) -> None:
        self.summaries: dict[str, ConversationSummary] = {}
        self.tips: dict[str, str] = {}
        self.messages: dict[str, Message] = {}
        self.drafts: dict[str, Draft] = {}
        self.kept = FakeKeptDrafts()
        self.queued: dict[str, Queued] = {}
        self.tabs: tuple[OpenTab, ...] = ()
        self.journal: dict[str, list[ReplyEvent]] = {}
        self.stream_parts: dict[tuple[str, int], StreamRecord] = {}
        self.texts: dict[Path, str] = {}
        """Files that were written, by their path."""
        self.failure: StoreError | None = None
        self.calls: list[str] = []
        """Names of the calls that wrote what a reader has said or read, in order."""
        self.is_closed = False

    async def start(self) -> StartState:
        streaming = [message for message in self.messages.values() if message.status is MessageStatus.STREAMING]
        for message in streaming:
            self.messages[message.id] = fold(message, self.journal.get(message.id, ()), time.time())
        self.journal.clear()
        ended = [self.messages[message.id] for message in streaming]
        for conversation_id in self._unreachable_ids():
            draft = self.drafts.pop(conversation_id)
            self.kept.keep(conversation_id, draft.text, draft.attachments)
        shown = [summary for summary in self.summaries.values() if summary.deleted_at is None]
        return StartState(
            conversations=tuple(sorted(shown, key=lambda summary: (summary.updated_at, summary.id), reverse=True)),
            tabs=(
                *(tab for tab in self.tabs if not self._is_in_trash(tab.conversation_id)),
                *map(OpenTab, self._unseen_ids()),
            ),
            interrupted_count=sum(message.status is MessageStatus.INTERRUPTED for message in ended),
            waiting_ids=frozenset(queued.conversation_id for queued in self.queued.values()),
        )

    async def load(self, conversation_id: str) -> StoredConversation | None:
        return self._stored(conversation_id)

    def _stored(self, conversation_id: str) -> StoredConversation | None:
        summary = self.summaries.get(conversation_id)
        draft = self.drafts.get(conversation_id, Draft())
        waiting = (queued for queued in self.queued.values() if queued.conversation_id == conversation_id)
        queued = tuple(sorted(waiting, key=lambda each: (each.place, each.id)))
        if summary is None:
            if draft.is_empty and not queued:
                return None
            now = time.time()
            return StoredConversation(ConversationSummary(conversation_id, UNTITLED, now, now), (), None, draft, queued)
        messages = tuple(message for message in self.messages.values() if message.conversation_id == conversation_id)
        return StoredConversation(summary, messages, self.tips.get(conversation_id), draft, queued)

    def load_end(
        self, conversation_id: str, count: int, patience_s: float = 0.0
    ) -> asyncio.Future[tuple[Message, ...]]:
        stored = self._stored(conversation_id)
        end: tuple[Message, ...] = ()
        if stored is not None and stored.tip_id is not None:
            end = ConversationTree(stored.messages, stored.tip_id).path()[-count:]
        read = asyncio.get_running_loop().create_future()
        read.set_result(end)
        return read

    async def put(
        self,
        message: Message,
        title: str | None = None,
        *,
        keeps_draft: bool = False,
        queued_id: str | None = None,
    ) -> None:
        self._note("put")
        self._write(message, title)
        self.journal.pop(message.id, None)
        self.tips[message.conversation_id] = message.id
        if message.role is Role.USER:
            if not keeps_draft:
                self._take_draft(message.conversation_id, message.text)
            self.kept.keep(message.conversation_id, message.text)
        if queued_id is not None:
            self.queued.pop(queued_id, None)

    async def put_conversation(self, messages: Sequence[Message], title: str, made_at: float) -> None:
        self._note("put_conversation")
        key = messages[-1].conversation_id
        self.summaries[key] = ConversationSummary(key, title, made_at, made_at)
        self.messages.update({message.id: message for message in messages})
        self.tips[key] = messages[-1].id

    async def set_tip(self, conversation_id: str, message_id: str) -> None:
        self._note("set_tip")
        if conversation_id in self.summaries:
            self.tips[conversation_id] = message_id

    async def append_journal(self, batch: Sequence[tuple[str, Sequence[ReplyEvent]]]) -> None:
        self._note("append_journal")
        for reply_id, events in batch:
            self.journal.setdefault(reply_id, []).extend(events)

    async def end_reply(self, reply: Message, record: StreamRecord | None = None) -> None:
        self._note("end_reply")
        if record is not None:
            self.stream_parts[record.message_id, record.part] = without_words(record)
        self._write(reply, None)
        self.tips.setdefault(reply.conversation_id, reply.id)
        self.journal.pop(reply.id, None)

    async def put_draft(self, conversation_id: str, draft: Draft) -> None:
        self._note("put_draft")
        self._keep_draft(conversation_id, draft)

    async def put_queued(self, queued: Queued, *, keeps_draft: bool = False) -> None:
        self._note("put_queued")
        self.queued[queued.id] = queued
        if not keeps_draft:
            self._take_draft(queued.conversation_id, queued.text)

    async def take_queued(self, queued: Queued, draft: Draft | None = None) -> None:
        self._note("take_queued")
        self.queued.pop(queued.id, None)
        if draft is not None:
            self._keep_draft(queued.conversation_id, draft)
        else:
            self.kept.keep(queued.conversation_id, queued.text, queued.attachments)

    async def kept_drafts(self) -> tuple[KeptDraft, ...]:
        return self.kept.read(lambda key: self.summaries[key].title if key in self.summaries else UNTITLED)

    async def kept_draft(self, number: int) -> Draft | None:
        self._check()
        return self.kept.read_whole(number)

    async def delete_kept_draft(self, number: int) -> None:
        self._note("delete_kept_draft")
        self.kept.delete(number)

    async def clear_kept_drafts(self) -> None:
        self._note("clear_kept_drafts")
        self.kept.clear()

    async def put_tabs(self, tabs: Sequence[OpenTab]) -> None:
        self._note("put_tabs")
        self.tabs = tuple(tabs)

    async def rename(self, conversation_id: str, title: str) -> None:
        self._note("rename")
        if conversation_id in self.summaries:
            self.summaries[conversation_id] = replace(self.summaries[conversation_id], title=title)

    async def set_pinned(self, conversation_id: str, is_pinned: bool) -> None:
        self._note("set_pinned")
        if conversation_id in self.summaries:
            self.summaries[conversation_id] = replace(self.summaries[conversation_id], is_pinned=is_pinned)

    async def delete(self, conversation_id: str) -> None:
        self._note("delete")
        if conversation_id in self.summaries:
            draft = self.drafts.get(conversation_id, Draft())
            self.kept.keep(conversation_id, draft.text, draft.attachments)
            self.summaries[conversation_id] = replace(self.summaries[conversation_id], deleted_at=time.time())

    async def restore(self, conversation_id: str) -> ConversationSummary:
        self._note("restore")
        if conversation_id not in self.summaries:
            raise StoreError("This conversation is gone.")
        self.summaries[conversation_id] = replace(self.summaries[conversation_id], deleted_at=None)
        return self.summaries[conversation_id]

    async def trash(self) -> tuple[ConversationSummary, ...]:
        deleted = [summary for summary in self.summaries.values() if summary.deleted_at is not None]
        return tuple(sorted(deleted, key=lambda summary: (summary.deleted_at or 0.0, summary.id), reverse=True))

    async def delete_for_good(self, ids: Sequence[str]) -> None:
        self._note("delete_for_good")
        for key in ids:
            if self._is_in_trash(key):
                del self.summaries[key]
                self.messages = {name: each for name, each in self.messages.items() if each.conversation_id != key}
                self.queued = {name: each for name, each in self.queued.items() if each.conversation_id != key}
                self.drafts.pop(key, None)
                self.kept.forget(key)

    async def cost_since(self, since: float) -> float:
        return sum(message.cost_usd or 0.0 for message in self.messages.values() if message.created_at >= since)

    async def stream_records(self, message_id: str) -> tuple[StreamRecord, ...]:
        self._check()
        parts = sorted(part for known_id, part in self.stream_parts if known_id == message_id)
        return tuple(self.stream_parts[message_id, part] for part in parts)

    async def save_text(self, target: Path, text: str) -> None:
        self._check()
        self.texts[target] = text

    async def close(self) -> None:
        self.is_closed = True

    def _note(self, call: str) -> None:
        self._check()
        self.calls.append(call)

    def _check(self) -> None:
        if self.is_closed:
            raise StoreError("The history is closed.")
        if self.failure is not None:
            raise type(self.failure)(self.failure.title, self.failure.detail)

    def _take_draft(self, conversation_id: str, text: str) -> None:
        self.kept.keep_discarded(conversation_id, self.drafts.pop(conversation_id, Draft()), text)

    def _unreachable_ids(self) -> list[str]:
        reached = {*self.summaries, *(tab.conversation_id for tab in self.tabs)}
        reached |= {queued.conversation_id for queued in self.queued.values()}
        return [conversation_id for conversation_id in self.drafts if conversation_id not in reached]

    def _keep_draft(self, conversation_id: str, draft: Draft) -> None:
        self.kept.keep_discarded(conversation_id, self.drafts.get(conversation_id, Draft()), draft.text)
        if draft.is_empty:
            self.drafts.pop(conversation_id, None)
        else:
            self.drafts[conversation_id] = draft

    def _write(self, message: Message, title: str | None) -> None:
        moment = message.ended_at or message.created_at
        known = self.summaries.get(message.conversation_id)
        if known is None:
            known = ConversationSummary(message.conversation_id, title or UNTITLED, message.created_at, moment)
        self.summaries[known.id] = replace(known, updated_at=max(known.updated_at, moment))
        self.messages[message.id] = message

    def _unseen_ids(self) -> list[str]:
        known = self.summaries.keys() | {tab.conversation_id for tab in self.tabs}
        waiting = sorted(self.queued.values(), key=lambda queued: (queued.created_at, queued.conversation_id))
        return list(dict.fromkeys(at.conversation_id for at in waiting if at.conversation_id not in known))

    def _is_in_trash(self, conversation_id: str) -> bool:
        summary = self.summaries.get(conversation_id)
        return summary is not None and summary.deleted_at is not None
