"""One conversation at work: its tree, its one running turn, its figures."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_chat.chat.conditions import Conditions
from desktop_chat.chat.outbox import Outbox
from desktop_chat.chat.ports import StoredConversation
from desktop_chat.chat.reconnecting import Reconnecting, is_of_line
from desktop_chat.chat.saves import Saves
from desktop_chat.chat.surroundings import Surroundings
from desktop_chat.chat.turn import Turn, TurnListener
from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.attachments import names_line
from desktop_chat.core.continuation import begun_again, can_be_continued
from desktop_chat.core.conversation import UNTITLED, ConversationTree, title_from
from desktop_chat.core.errors import StoreError
from desktop_chat.core.messages import Draft, Message, MessageStatus, Role, edited_message, new_id, user_message
from desktop_chat.core.outbox import Queued, pause_after
from desktop_chat.core.rate_limits import RateLimits
from desktop_chat.core.request import RequestOptions
from desktop_chat.core.totals import Totals, totals_of


class ChatSession(QObject):
    """Owns the tree of one conversation and the turn that may run in it; `outbox` has what waits to be sent in it.

    A turn belongs to the session, not to a view: switching or closing a tab does not touch it.
    """

    end_read = Signal(object)
    """tuple[Message, ...]: `end` is there."""
    path_changed = Signal(object)
    """tuple[Message, ...]: what is shown now."""
    message_added = Signal(object)
    """Message: a question or the new, still empty reply, at the end of the path."""
    event_arrived = Signal(str, object)
    """Reply id and ReplyEvent."""
    turn_cut = Signal(object)
    """Message: the reply as the line has left it, stored; the turn waits for the line, and goes on by itself."""
    turn_ended = Signal(object)
    """Message: the reply in its final state, stored."""
    rested = Signal()
    """A turn is over, and no other one has followed it."""
    activity_changed = Signal(object)
    """Activity: what the turn does now."""
    totals_changed = Signal(object)
    """Totals: the figures of the path that is shown."""
    limits_changed = Signal(object)
    """RateLimits: what is left of the account's quota."""
    title_changed = Signal(str)
    draft_changed = Signal(object)
    """Draft to put into the composer, as it is on the disk."""
    draft_returned = Signal(object)
    """Draft to put into the composer: it could not be stored as what it was to become."""
    model_changed = Signal(str)
    """Id of the model of the next reply."""
    stored = Signal(object)
    """Message: it is on disk; the list of conversations follows."""
    store_failed = Signal(object)
    """Failure: something could not be stored."""
    edit_failed = Signal(str, object)
    """Message id and Draft: the edited question could not be stored; it goes on being edited."""

    def __init__(self, conversation_id: str, surroundings: Surroundings) -> None:
        super().__init__()
        self.conversation_id = conversation_id
        self.title = UNTITLED
        self.is_loaded = False
        self.end: tuple[Message, ...] = ()
        """The last messages of a long conversation, while the others are still being read."""
        self.activity = Activity()
        self.limits: RateLimits | None = None
        self._with = surroundings
        self._tree = ConversationTree()
        self._model_id: str | None = None
        self._task: asyncio.Task[None] | None = None
        self._turn: Turn | None = None
        self._reconnecting: Reconnecting | None = None
        self._is_stopping = False
        self._has_begun = False
        self._ended: Message | None = None
        """The reply of the last turn, once it has ended."""
        saves = self._saves = Saves(surroundings.tasks, self)
        saves.failed.connect(self.store_failed)
        outbox = self.outbox = Outbox(conversation_id, surroundings, saves, self)
        self.conditions = Conditions(surroundings.conditions, self)
        outbox.send_requested.connect(self._send_queued)
        outbox.stop_requested.connect(self.stop)
        outbox.text_returned.connect(self.draft_returned)

    # --- what can be asked

    @property
    def is_busy(self) -> bool:
        """Whether a turn runs."""
        return self._task is not None

    @property
    def is_empty(self) -> bool:
        """Whether no message was sent yet."""
        return len(self._tree) == 0

    @property
    def model_id(self) -> str:
        """The model of the next reply."""
        return self._model_id or self._with.keys.default_model_id()

    @property
    def totals(self) -> Totals:
        """The figures of the path that is shown."""
        limit_tokens = self._with.keys.model(self.model_id).context_tokens
        return totals_of(self._tree, self._tree.path(), limit_tokens)

    def path(self) -> tuple[Message, ...]:
        """The messages that are shown, oldest first; the running reply with what it has so far."""
        turn = self._turn
        path = self._tree.path()
        return path if turn is None else tuple(turn.so_far() if at.id == turn.message.id else at for at in path)

    def siblings(self, message_id: str) -> tuple[str, ...]:
        """The ids a reader can switch between at this message; failed tries without a word do not count."""
        return tuple(
            sibling
            for sibling in self._tree.siblings(message_id)
            if sibling == message_id or not _is_empty_failure(self._tree[sibling])
        )

    # --- wishes

    def show_end(self, end: tuple[Message, ...]) -> None:
        """Take over the last messages, ahead of all."""
        self.end = end
        self.end_read.emit(end)

    def load(self, stored: StoredConversation | None, tree: ConversationTree | None = None) -> None:
        """Take over what the disk holds; None for a conversation that has no message yet.

        `tree` is the tree of what is stored, where it was made already.
        """
        self.is_loaded = True
        self.end = ()
        if stored is not None:
            self._tree = tree or ConversationTree(stored.messages, stored.tip_id)
            self.show_title(stored.summary.title)
            last = next((message for message in reversed(self._tree.path()) if message.model), None)
            self._model_id = last.model if last else None
        self.path_changed.emit(self.path())
        if stored is not None:
            self.outbox.load(stored.queued)
            if not stored.draft.is_empty:
                self.draft_changed.emit(stored.draft)
        self.totals_changed.emit(self.totals)
        self.model_changed.emit(self.model_id)

    def send(self, draft: Draft) -> bool:
        """Put the question at the end of the path and ask for the reply, or queue what cannot be asked now.

        False when it was not taken.
        """
        if draft.is_empty or not self.is_loaded:
            return False
        if self.is_busy or self.outbox.is_offline:
            self.outbox.add(draft)
        else:
            self._send(draft)
        return True

    def send_now(self, draft: Draft) -> bool:
        """Send before all that waits, network or not; a running reply is stopped. False when it was not taken."""
        if draft.is_empty or not self.is_loaded:
            return False
        if self.is_busy:
            self.outbox.send_now(self.outbox.add(draft).id)
        else:
            self._send(draft)
        return True

    def edit(self, message_id: str, draft: Draft) -> bool:
        """Ask an earlier question in other words, with those of its files that the draft has: a sibling of it, with a
        reply of its own; the old branch stays.

        False when nothing was sent.
        """
        if draft.is_empty or self.is_busy or not self.is_loaded or message_id not in self._tree:
            return False
        edited = self._tree[message_id]
        if edited.role is not Role.USER:
            return False
        question = edited_message(edited, draft)
        tip_id = self._tree.tip_id
        self._tree.add(question)
        self._start(self._ask_edited(question, draft, message_id, tip_id))
        self.path_changed.emit(self.path())
        self.totals_changed.emit(self.totals)
        return True

    def retry(self, message_id: str) -> None:
        """Ask again for the reply to this question, or beside this reply; the old reply stays."""
        if self.is_busy or message_id not in self._tree:
            return
        message = self._tree[message_id]
        question_id = message.id if message.role is Role.USER else message.parent_id
        if question_id is None or question_id not in self._tree:
            return
        self._tree.show_up_to(question_id)
        self._start(self._answer(self._tree[question_id]))
        self.path_changed.emit(self.path())

    def go_on(self, message_id: str) -> None:
        """Continue a reply that was cut, in the same message; only the last one of the path can be."""
        if self.is_busy or not self.is_loaded or message_id != self._tree.tip_id:
            return
        cut = self._tree[message_id]
        question_id = cut.parent_id
        if can_be_continued(cut) and question_id is not None and question_id in self._tree:
            self._start(self._stream(begun_again(cut), question_id))

    def stop(self) -> None:
        """End the running turn at once, or its wait for the line; what came is kept."""
        if self._task is None or self._is_stopping:
            return
        self._is_stopping = True
        # A second cancel would break the saving that follows the first, or that of a reply that has just ended.
        # A task that is cancelled before its first step never runs its `finally`: it cancels itself.
        if self._has_begun and not (self._turn is not None and self._turn.is_over):
            self._task.cancel()

    def reconnect_now(self) -> None:
        """Go on at once with the reply whose line has failed."""
        if self._reconnecting is not None:
            self._reconnecting.hurry()

    def select_sibling(self, message_id: str, step: int) -> None:
        """Show the next (+1) or previous (-1) message with the same parent, and what follows it."""
        siblings = self.siblings(message_id)
        place = siblings.index(message_id) + step
        if self.is_busy or not 0 <= place < len(siblings):
            return
        self._tree.select(siblings[place])
        self.path_changed.emit(self.path())
        self.totals_changed.emit(self.totals)
        tip_id = self._tree.tip_id
        assert tip_id is not None
        self._saves.begin(self._with.store.set_tip(self.conversation_id, tip_id), "remember the path")

    def keep_as_is(self, message_id: str) -> None:
        """Take an interrupted reply for ended: it is not offered for repair any more."""
        if self.is_busy or message_id not in self._tree:
            return
        message = self._tree[message_id]
        if message.status is not MessageStatus.INTERRUPTED:
            return
        kept = replace(message, status=MessageStatus.STOPPED)
        self._tree.add(kept)
        self.path_changed.emit(self.path())
        self._saves.begin(self._with.store.end_reply(kept), "keep an interrupted reply")

    def keep_draft(self, draft: Draft) -> None:
        """Have what stands in the composer written down."""
        self._saves.begin(self._with.store.put_draft(self.conversation_id, draft), "keep a draft")

    def set_model(self, model_id: str) -> None:
        """Use this model for the next reply, and for new conversations."""
        self._model_id = model_id
        self._with.preferences.change(model=model_id)
        self.model_changed.emit(model_id)
        self.totals_changed.emit(self.totals)

    def show_title(self, title: str) -> None:
        """Take over a title; storing it is the caller's part."""
        if title != self.title:
            self.title = title
            self.title_changed.emit(title)

    def show_limits(self, limits: RateLimits) -> None:
        """Take over what any session has read: limits hold for the account, not for a conversation."""
        self.limits = limits
        self.limits_changed.emit(limits)

    async def close(self) -> None:
        """Stop the turn, send nothing more, and wait until everything is stored."""
        self.outbox.hold()
        self.stop()
        if self._task is not None:
            await asyncio.wait((self._task,))
        await self._saves.finish()

    # --- a turn

    def _send(self, draft: Draft, queued: Queued | None = None) -> None:
        title = title_from(draft.text.strip() or names_line(draft.attachments)) if self.is_empty else None
        question = user_message(self.conversation_id, self._tree.tip_id, draft.text, draft.attachments)
        self._tree.add(question)
        if title is not None:
            self.show_title(title)
        if queued is None:
            self.outbox.pass_over()
        self._start(self._ask(question, title, draft, queued))
        self.message_added.emit(question)

    def _send_queued(self, queued: Queued) -> None:
        self._send(queued.as_draft(), queued)

    def _start(self, turn: Coroutine[Any, Any, None]) -> None:
        self._is_stopping = self._has_begun = False
        self._ended = None
        self.outbox.begin_turn()
        self._task = self._with.tasks.spawn(self._until_rest(turn), f"turn in {self.conversation_id}")
        self._set_activity(Activity(Phase.CONNECTING))

    async def _until_rest(self, turn: Coroutine[Any, Any, None]) -> None:
        self._has_begun = True
        task = asyncio.current_task()
        assert task is not None
        if self._is_stopping:
            task.cancel()
        try:
            await turn
        finally:
            # Whoever heard of the end may have started the next turn already.
            if self._task is task:
                self._rest()
            if not self.is_busy:
                self.outbox.end_turn(pause_after(self._ended, self._is_stopping))
            if not self.is_busy:
                self.rested.emit()

    def _rest(self) -> None:
        self._task = None
        self._set_activity(Activity())

    async def _ask(self, question: Message, title: str | None, draft: Draft, queued: Queued | None) -> None:
        if queued is None:
            put = self._with.store.put(question, title)
        else:
            # What stands in the composer meanwhile is another text.
            put = self._with.store.put(question, title, keeps_draft=True, queued_id=queued.id)
        await self._answer_once_stored(question, put, partial(self._take_back, draft, queued))

    async def _ask_edited(self, question: Message, draft: Draft, edited_id: str, tip_id: str | None) -> None:
        # What stands in the composer is another text.
        put = self._with.store.put(question, keeps_draft=True)
        await self._answer_once_stored(question, put, partial(self._edit_again, draft, edited_id, tip_id))

    async def _answer_once_stored(
        self, question: Message, put: Coroutine[Any, Any, None], take_back: Callable[[], None]
    ) -> None:
        storing = self._with.tasks.spawn(self._store(question, put, take_back), "store a question", is_saving=True)
        try:
            is_stored = await asyncio.shield(storing)
        except asyncio.CancelledError:
            # Stopped before the disk answered: the question is the reader's word, so it is stored all the same.
            await asyncio.wait((storing,))
            raise
        if is_stored:
            await self._answer(question)

    async def _store(self, question: Message, put: Coroutine[Any, Any, None], take_back: Callable[[], None]) -> bool:
        try:
            await put
        except StoreError as error:
            self._tree.remove(question.id)
            take_back()
            self.store_failed.emit(error.failure())
            return False
        self.stored.emit(question)
        return True

    def _take_back(self, draft: Draft, queued: Queued | None) -> None:
        """Undo a send that could not be stored: text and files return to where they came from."""
        if self.is_empty:
            self.show_title(UNTITLED)
        self.path_changed.emit(self.path())
        if queued is None:
            self.draft_returned.emit(Draft.with_caret_at_end(draft.text, draft.attachments))
        else:
            self.outbox.return_unsent(queued)

    def _edit_again(self, draft: Draft, edited_id: str, tip_id: str | None) -> None:
        """Undo an edit that could not be stored: the former question is shown again, and goes on being edited."""
        self._tree.show_up_to(tip_id)
        self.path_changed.emit(self.path())
        self.edit_failed.emit(edited_id, Draft.with_caret_at_end(draft.text, draft.attachments))

    async def _answer(self, question: Message) -> None:
        reply = Message(
            id=new_id(),
            conversation_id=self.conversation_id,
            parent_id=question.id,
            role=Role.ASSISTANT,
            content=(),
            status=MessageStatus.STREAMING,
            created_at=time.time(),
            model=self.model_id,
            provider=self._with.preferences.profile().origin,
        )
        await self._stream(reply, question.id)

    async def _stream(self, reply: Message, question_id: str) -> None:
        """See a reply through, a new one or one that goes on; where its line fails, it is waited for."""
        reconnecting = self._reconnecting = Reconnecting(self._with.network, self._with.reconnect)
        try:
            await self._stream_part(reply, question_id)
            while self._may_reconnect(cut := self._tree[reply.id], reconnecting):
                self.turn_cut.emit(cut)
                await reconnecting.wait(self._with.preferences.profile(), cut, self._set_activity)
                self._set_activity(Activity(Phase.CONNECTING))
                await self._stream_part(begun_again(cut), question_id)
        finally:
            ended = self._ended = self._tree[reply.id]
            self._reconnecting = None
            self._rest()
            self.stored.emit(ended)
            self.totals_changed.emit(self.totals)
            self.turn_ended.emit(ended)

    def _may_reconnect(self, cut: Message, reconnecting: Reconnecting) -> bool:
        """Whether the reply goes on by itself; a Stop that came while it was being stored counts."""
        if self._is_stopping or not self._with.preferences.settings.reconnects:
            return False
        return reconnecting.may_follow(cut)

    async def _stream_part(self, reply: Message, question_id: str) -> None:
        """Stream a reply, or the rest of it, until it ends in whatever way."""
        profile = self._with.preferences.profile()
        settings = self._with.preferences.settings
        path = self._tree.path(question_id)
        model = self._with.keys.model(self.model_id)
        tell = TurnListener(partial(self.event_arrived.emit, reply.id), self._set_activity, self.show_limits)
        is_new = reply.id not in self._tree
        around = self._with
        turn = self._turn = Turn(
            reply, around.api, around.keys, around.keeper, around.recorder, tell, self.conditions.line
        )
        self._tree.add(reply)
        if is_new:
            self.message_added.emit(reply)
        else:
            self.path_changed.emit(self.path())
        options = RequestOptions(model, settings.max_tokens, settings.thinking, settings.system_prompt)
        try:
            await turn.run(path, profile, options)
        finally:
            self._turn = None
            self._tree.add(turn.message)
            if is_of_line(turn.message.failure):
                self._with.network.doubt(profile)

    def _set_activity(self, activity: Activity) -> None:
        if activity != self.activity:
            self.activity = activity
            self.activity_changed.emit(activity)


def _is_empty_failure(message: Message) -> bool:
    return message.status is MessageStatus.FAILED and not message.content
