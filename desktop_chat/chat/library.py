"""The list of conversations, and the sessions that are open."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal

from desktop_chat.chat.ports import StartState, StoredConversation
from desktop_chat.chat.recent_texts import RecentTexts
from desktop_chat.chat.saves import Saves
from desktop_chat.chat.session import ChatSession
from desktop_chat.chat.surroundings import Surroundings
from desktop_chat.chat.today_cost import TodayCost
from desktop_chat.chat.trash import Trash
from desktop_chat.core.conversation import ConversationSummary, ConversationTree, OpenTab, branch_title, copied_path
from desktop_chat.core.errors import StoreError
from desktop_chat.core.messages import Draft, Message, MessageStatus, Role, new_id
from desktop_chat.core.outbox import Queued, Waiting
from desktop_chat.core.rate_limits import RateLimits

_PAINTING_S: Final = 0.05
"""The end of a long conversation is painted in this time; the rest is read after it."""

_END_COUNT: Final = 24
"""So many of the last messages are read first: they are on the screen before the others come from the disk.
MEASURED 150 ms for reading 10,000, 2026-11-23."""

_PATIENCE_S: Final = 0.004
"""So long the window waits for them. MEASURED 1 ms, and 6 to 12 while the tab is being built meanwhile, as the two
threads take turns; an empty page that is painted first takes 8, 2026-11-24."""


class Library(QObject):
    """Owns the list and the open sessions; a session whose tab was closed lives until all that goes out by itself has
    been answered.
    """

    conversations_changed = Signal(object)
    """tuple[ConversationSummary, ...], newest first, without the trash."""
    activity_changed = Signal(str, object)
    """Conversation id and Activity."""
    unseen_changed = Signal(str, bool)
    """Conversation id, and whether there is a finished reply in it that nobody has looked at."""
    waiting_changed = Signal(str, bool)
    """Conversation id, and whether messages wait in it to be sent."""
    today_cost_changed = Signal(float)
    """In USD."""
    store_failed = Signal(object)
    """Failure: something could not be stored."""
    store_recovered = Signal()
    outgoing_changed = Signal()
    """Something was queued to go out by itself, or waits no more."""
    branch_made = Signal(str)
    """Id of a new conversation, a copy of another one's beginning; it is stored and can be opened."""

    def __init__(self, surroundings: Surroundings, start: StartState) -> None:
        super().__init__()
        self._with = surroundings
        self._summaries = {summary.id: summary for summary in start.conversations}
        self._in_order: tuple[ConversationSummary, ...] | None = None
        self._sessions: dict[str, ChatSession] = {}
        self._released: set[str] = set()
        self._trash: set[str] = set()
        self._unseen: set[str] = set()
        self._waiting = set(start.waiting_ids)
        self._limits: RateLimits | None = None
        self.recent_texts = RecentTexts(surroundings.store, surroundings.tasks, self)
        self.recent_texts.store_failed.connect(self.store_failed)
        self.trash = Trash(surroundings.store, surroundings.tasks, self._restore, self)
        self.trash.store_failed.connect(self.store_failed)
        self._saves = Saves(surroundings.tasks, self)
        self._saves.failed.connect(self.store_failed)
        surroundings.keeper.failed.connect(self.store_failed)
        surroundings.keeper.recovered.connect(self.store_recovered)
        self._today = TodayCost(surroundings.store, self._saves, self)
        self._today.changed.connect(self.today_cost_changed)

    # --- what can be asked

    def conversations(self) -> tuple[ConversationSummary, ...]:
        """All conversations that are not in the trash, newest first."""
        if self._in_order is None:
            # MEASURED 4 ms for 10,000 of them, and a new tab asks five times, 2026-11-23.
            in_order = sorted(self._summaries.values(), key=lambda summary: summary.updated_at, reverse=True)
            self._in_order = tuple(in_order)
        return self._in_order

    def busy_ids(self) -> frozenset[str]:
        """The conversations in which a reply is being written."""
        return frozenset(key for key, session in self._sessions.items() if session.is_busy)

    def unseen_ids(self) -> frozenset[str]:
        """The conversations with a finished reply that nobody has looked at."""
        return frozenset(self._unseen)

    def waiting_ids(self) -> frozenset[str]:
        """The conversations in which messages wait to be sent."""
        return frozenset(self._waiting)

    @property
    def outgoing_count(self) -> int:
        """How many messages wait and go out without a click, in all conversations."""
        return sum(session.outbox.outgoing_count for session in self._sessions.values())

    @property
    def today_cost_usd(self) -> float | None:
        """What was spent today, in all conversations; None until it is known."""
        return self._today.cost_usd

    # --- sessions

    def new_session(self) -> ChatSession:
        """Make an empty conversation; it joins the list with its first message."""
        session = self._opened(new_id())
        session.load(None)
        return session

    def session(self, conversation_id: str) -> ChatSession:
        """Give the session of a conversation; a new one loads in the background, `path_changed` follows."""
        self._released.discard(conversation_id)
        if conversation_id in self._sessions:
            return self._sessions[conversation_id]
        session = self._opened(conversation_id)
        if summary := self._summaries.get(conversation_id):
            session.show_title(summary.title)
        end = self._with.store.load_end(conversation_id, _END_COUNT, _PATIENCE_S)
        if end.done() and end.exception() is None:
            session.show_end(end.result())
        self._with.tasks.spawn(self._load(session, end), f"load {conversation_id}")
        return session

    def branch(self, conversation_id: str, message_id: str) -> None:
        """Copy an open conversation up to a message into a new one; `branch_made` tells when it is stored."""
        session = self._sessions.get(conversation_id)
        path = session.path() if session is not None else ()
        ends = [place for place, message in enumerate(path, start=1) if message.id == message_id]
        if session is None or not ends or path[ends[0] - 1].status is MessageStatus.STREAMING:
            return
        self._saves.begin(self._branch(path[: ends[0]], branch_title(session.title)), "branch a conversation")

    def release(self, conversation_id: str) -> None:
        """Tell that no tab shows this conversation any more.

        A running turn goes on, also when it waits for its line, and what is queued goes out in its turn.
        """
        session = self._sessions.get(conversation_id)
        if session is None:
            return
        self._released.add(conversation_id)
        self._drop_if_idle(conversation_id)

    def mark_seen(self, conversation_id: str) -> None:
        """Tell that the reader has the conversation in view."""
        if conversation_id in self._unseen:
            self._unseen.discard(conversation_id)
            self.unseen_changed.emit(conversation_id, False)

    async def close(self) -> None:
        """Stop all turns and wait until everything is stored."""
        for session in list(self._sessions.values()):
            # One that ends of itself meanwhile is not followed by the next question.
            session.outbox.hold()
            session.stop()
        for session in list(self._sessions.values()):
            await session.close()

    # --- the list

    def rename(self, conversation_id: str, title: str) -> None:
        """Give a conversation another title; blanks alone are no title."""
        title = " ".join(title.split())
        if not title or conversation_id not in self._summaries:
            return
        self._put_summary(replace(self._summaries[conversation_id], title=title))
        if conversation_id in self._sessions:
            self._sessions[conversation_id].show_title(title)
        self._saves.begin(self._with.store.rename(conversation_id, title), "rename a conversation")

    def set_pinned(self, conversation_id: str, is_pinned: bool) -> None:
        """Keep a conversation at the top of the list, or not."""
        if conversation_id in self._summaries:
            self._put_summary(replace(self._summaries[conversation_id], is_pinned=is_pinned))
            self._saves.begin(self._with.store.set_pinned(conversation_id, is_pinned), "pin a conversation")

    def delete(self, conversation_id: str) -> None:
        """Move a conversation to the trash; a reply that is being written in it is stopped and kept."""
        if conversation_id not in self._summaries:
            return
        del self._summaries[conversation_id]
        self._in_order = None
        self._trash.add(conversation_id)
        if conversation_id in self._sessions:
            self._sessions[conversation_id].outbox.hold()
            self._sessions[conversation_id].stop()
            self._drop_if_idle(conversation_id)
        self.mark_seen(conversation_id)
        self.conversations_changed.emit(self.conversations())
        self._saves.begin(self._with.store.delete(conversation_id), "delete a conversation")

    def restore(self, conversation_id: str) -> None:
        """Bring a conversation back from the trash."""
        self._saves.begin(self._restore(conversation_id), "restore a conversation")

    def put_back_queued(self, queued: Queued) -> None:
        """Undo the dropping of a queued message, also when its tab was closed meanwhile."""
        if queued.conversation_id in self._sessions:
            self._sessions[queued.conversation_id].outbox.put_back(queued)
        else:
            self._saves.begin(self._with.store.put_queued(queued, keeps_draft=True), "bring a queued message back")
            self._note_waiting(queued.conversation_id, is_waiting=True)

    def remember_tabs(self, tabs: tuple[OpenTab, ...]) -> None:
        """Keep the open tabs for the next start."""
        self._saves.begin(self._with.store.put_tabs(tabs), "remember the tabs")

    # --- inside

    def _opened(self, conversation_id: str) -> ChatSession:
        session = self._sessions[conversation_id] = ChatSession(conversation_id, self._with)
        session.stored.connect(self._follow_message)
        session.store_failed.connect(self.store_failed)
        session.limits_changed.connect(self._share_limits)
        session.activity_changed.connect(partial(self.activity_changed.emit, conversation_id))
        session.turn_ended.connect(partial(self._follow_end, conversation_id))
        session.rested.connect(partial(self._drop_if_idle, conversation_id))
        session.outbox.changed.connect(partial(self._follow_outbox, conversation_id))
        if self._limits is not None:
            session.limits = self._limits
        return session

    async def _load(self, session: ChatSession, reading_end: asyncio.Future[tuple[Message, ...]]) -> None:
        key = session.conversation_id
        try:
            end = await reading_end
            if end and self._sessions.get(key) is session:
                if not session.end:
                    session.show_end(end)
                # What is decoded in the store's thread meanwhile would delay the first paint.
                await asyncio.sleep(_PAINTING_S)
            stored = await self._with.store.load(key)
        except StoreError as error:
            self.store_failed.emit(error.failure())
            return
        tree = None
        if stored is not None and len(stored.messages) > _END_COUNT:
            # MEASURED 20 ms for 10,000 messages, 2026-11-23: too long for the GUI thread.
            tree = await asyncio.to_thread(_tree_of, stored, end)
        if self._sessions.get(key) is session:
            session.load(stored, tree)

    def _drop_if_idle(self, conversation_id: str) -> None:
        """End a session that no tab shows, unless something goes on in it."""
        session = self._sessions.get(conversation_id)
        # None: whoever heard of the end of its last turn has released it already.
        if session is None or conversation_id not in self._released:
            return
        if session.is_busy or session.outbox.outgoing_count:
            return
        self._released.discard(conversation_id)
        del self._sessions[conversation_id]
        self._with.tasks.spawn(self._delete_session(session), f"close {conversation_id}", is_saving=True)

    async def _delete_session(self, session: ChatSession) -> None:
        # A draft may be on its way to the disk still, and its failure is told through the session.
        await session.close()
        session.deleteLater()

    def _follow_message(self, message: Message) -> None:
        key = message.conversation_id
        session = self._sessions.get(key)
        known = self._summaries.get(key)
        if message.seams:
            # What its first part cost is counted already.
            self._today.add_up()
        elif message.cost_usd:
            self._today.add(message.cost_usd)
        if session is None or key in self._trash:
            return
        if message.role is Role.USER or known is not None:
            moment = message.ended_at or message.created_at
            start = known or ConversationSummary(key, session.title, message.created_at, moment)
            self._put_summary(replace(start, title=session.title, updated_at=moment))

    def _follow_end(self, conversation_id: str, message: Message) -> None:
        if conversation_id in self._summaries:
            self._unseen.add(conversation_id)
            self.unseen_changed.emit(conversation_id, True)

    def _follow_outbox(self, conversation_id: str, rows: Sequence[Waiting]) -> None:
        self._note_waiting(conversation_id, bool(rows))
        self.outgoing_changed.emit()

    def _note_waiting(self, conversation_id: str, is_waiting: bool) -> None:
        if is_waiting != (conversation_id in self._waiting):
            (self._waiting.add if is_waiting else self._waiting.discard)(conversation_id)
            self.waiting_changed.emit(conversation_id, is_waiting)

    def _put_summary(self, summary: ConversationSummary) -> None:
        self._summaries[summary.id] = summary
        self._in_order = None
        self.conversations_changed.emit(self.conversations())

    def _share_limits(self, limits: RateLimits) -> None:
        if limits is self._limits:
            return
        self._limits = limits
        for session in self._sessions.values():
            if session.limits is not limits:
                session.show_limits(limits)

    async def _branch(self, path: tuple[Message, ...], title: str) -> None:
        key = new_id()
        # A path of 10,000 messages takes longer to copy than a frame lasts.
        messages = await asyncio.to_thread(copied_path, path, key)
        now = time.time()
        await self._with.store.put_conversation(messages, title, now)
        summary = ConversationSummary(key, title, now, now)
        self._put_summary(summary)
        self._opened(key).load(StoredConversation(summary, messages, messages[-1].id, Draft()))
        self.branch_made.emit(key)

    async def _restore(self, conversation_id: str) -> None:
        summary = await self._with.store.restore(conversation_id)
        self._trash.discard(conversation_id)
        self._put_summary(summary)


def _tree_of(stored: StoredConversation, end: tuple[Message, ...]) -> ConversationTree:
    """The tree of a conversation, its path walked once; the messages that are shown already stay the same objects."""
    known = {message.id: message for message in end}
    messages = (known[at.id] if known.get(at.id) == at else at for at in stored.messages)
    tree = ConversationTree(messages, stored.tip_id)
    tree.path()
    return tree
