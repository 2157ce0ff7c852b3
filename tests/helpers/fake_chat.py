"""Stand-ins for the objects of chat, for tests of the window: no loop, no disk, no network; a test plays the reply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QObject, Signal

from desktop_chat.chat.conditions import Conditions
from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.attachments import Attachment
from desktop_chat.core.continuation import begun_again, can_be_continued
from desktop_chat.core.conversation import (
    UNTITLED,
    ConversationSummary,
    ConversationTree,
    OpenTab,
    branch_title,
    copied_path,
    title_from,
)
from desktop_chat.core.events import ReplyEvent
from desktop_chat.core.kept_draft import KeptDraft
from desktop_chat.core.keys import KeyCheck, KeySource, KeyState
from desktop_chat.core.messages import Draft, Message, MessageStatus, Role, edited_message, new_id, user_message
from desktop_chat.core.models import ModelCatalog, ModelInfo, ThinkingKind
from desktop_chat.core.outbox import Queued
from desktop_chat.core.provider import ANTHROPIC, ProviderProfile
from desktop_chat.core.rate_limits import RateLimits
from desktop_chat.core.settings import SettingProblem, Settings
from desktop_chat.core.totals import Totals, totals_of
from tests.helpers.fake_outbox import FakeOutbox

if TYPE_CHECKING:
    from desktop_chat.chat.keys import Keys
    from desktop_chat.chat.library import Library
    from desktop_chat.chat.preferences import Preferences
    from desktop_chat.chat.session import ChatSession

CATALOG = ModelCatalog(
    models=(
        ModelInfo("claude-large", "Claude Large", 200_000, thinking=ThinkingKind.ADAPTIVE),
        ModelInfo("claude-small", "Claude Small", 100_000),
    ),
    default_id="claude-large",
    checked_on="2026-11-23",
)


class FakeSession(QObject):
    """A conversation whose replies are played by the test: `begin_reply`, `write`, `end_reply`."""

    end_read = Signal(object)
    path_changed = Signal(object)
    message_added = Signal(object)
    event_arrived = Signal(str, object)
    turn_cut = Signal(object)
    turn_ended = Signal(object)
    rested = Signal()
    activity_changed = Signal(object)
    totals_changed = Signal(object)
    limits_changed = Signal(object)
    title_changed = Signal(str)
    draft_changed = Signal(object)
    draft_returned = Signal(object)
    model_changed = Signal(str)
    stored = Signal(object)
    store_failed = Signal(object)
    edit_failed = Signal(str, object)

    def __init__(self, conversation_id: str, is_loaded: bool = True) -> None:
        super().__init__()
        self.conversation_id = conversation_id
        self.title = UNTITLED
        self.is_loaded = is_loaded
        self.end: tuple[Message, ...] = ()
        self.activity = Activity()
        self.limits: RateLimits | None = None
        self.model_id = CATALOG.default_id
        self.tree = ConversationTree()
        self.outbox = FakeOutbox(conversation_id)
        self.conditions = Conditions(None, self)
        self.drafts: list[Draft] = []
        self.retried: list[str] = []
        self.stop_count = 0
        self.reconnect_now_count = 0

    @property
    def is_busy(self) -> bool:
        return self.activity.is_busy

    @property
    def is_empty(self) -> bool:
        return len(self.tree) == 0

    @property
    def totals(self) -> Totals:
        return totals_of(self.tree, self.tree.path(), 200_000)

    def path(self) -> tuple[Message, ...]:
        return self.tree.path()

    def siblings(self, message_id: str) -> tuple[str, ...]:
        return self.tree.siblings(message_id)

    def send(self, draft: Draft) -> bool:
        if draft.is_empty or not self.is_loaded:
            return False
        if self.is_busy or self.outbox.is_offline:
            self.outbox.add(draft)
            return True
        tip_id = self.tree.tip_id
        if self.is_empty:
            self.show_title(title_from(draft.text))
        question = user_message(self.conversation_id, tip_id, draft.text, draft.attachments)
        self.tree.add(question)
        self.set_activity(Activity(Phase.CONNECTING))
        self.message_added.emit(question)
        self.stored.emit(question)
        return True

    def send_now(self, draft: Draft) -> bool:
        if self.is_busy and not draft.is_empty:
            self.stop()
        return self.send(draft)

    def edit(self, message_id: str, draft: Draft) -> bool:
        if draft.is_empty or self.is_busy or not self.is_loaded:
            return False
        self.tree.add(edited_message(self.tree[message_id], draft))
        self.set_activity(Activity(Phase.CONNECTING))
        self.path_changed.emit(self.path())
        return True

    def keep_as_is(self, message_id: str) -> None:
        self.tree.add(replace(self.tree[message_id], status=MessageStatus.STOPPED))
        self.path_changed.emit(self.path())

    def stop(self) -> None:
        self.stop_count += 1
        if self.is_busy:
            self.end_reply(MessageStatus.STOPPED)

    def go_on(self, message_id: str) -> None:
        if self.is_busy or message_id != self.tree.tip_id or not can_be_continued(self.tree[message_id]):
            return
        self.tree.add(begun_again(self.tree[message_id]))
        self.set_activity(Activity(Phase.CONNECTING))
        self.path_changed.emit(self.path())

    def reconnect_now(self) -> None:
        self.reconnect_now_count += 1

    def retry(self, message_id: str) -> None:
        self.retried.append(message_id)

    def select_sibling(self, message_id: str, step: int) -> None:
        siblings = self.siblings(message_id)
        self.tree.select(siblings[siblings.index(message_id) + step])
        self.path_changed.emit(self.path())

    def keep_draft(self, draft: Draft) -> None:
        self.drafts.append(draft)

    def set_model(self, model_id: str) -> None:
        self.model_id = model_id
        self.model_changed.emit(model_id)

    def show_title(self, title: str) -> None:
        if title != self.title:
            self.title = title
            self.title_changed.emit(title)

    # --- played by the test

    def load(self, messages: tuple[Message, ...] = (), draft: Draft | None = None) -> None:
        """Have the disk answer."""
        self.is_loaded = True
        self.tree = ConversationTree(messages, messages[-1].id if messages else None)
        self.path_changed.emit(self.path())
        if draft is not None:
            self.draft_changed.emit(draft)
        self.totals_changed.emit(self.totals)

    def begin_reply(self) -> str:
        """Have the server begin a reply; give its id."""
        reply = reply_to(self.conversation_id, self.tree.tip_id, "", MessageStatus.STREAMING)
        self.tree.add(reply)
        self.message_added.emit(reply)
        self.set_activity(Activity(Phase.WRITING))
        return reply.id

    def tell(self, event: ReplyEvent) -> None:
        """Have an event arrive for the running reply."""
        self.event_arrived.emit(self.tree.tip_id, event)

    def end_reply(self, status: MessageStatus = MessageStatus.COMPLETE, text: str = "Done.") -> None:
        """Have the running turn end; a reply that never began is made."""
        tip_id = self.tree.tip_id
        assert tip_id is not None
        if self.tree[tip_id].role is Role.USER:
            tip_id = self.begin_reply()
        # What goes on stands behind what was there.
        content = (*self.tree[tip_id].content, {"type": "text", "text": text})
        reply = replace(self.tree[tip_id], content=content).as_ended(status)
        self.tree.add(reply)
        self.set_activity(Activity())
        self.totals_changed.emit(self.totals)
        self.turn_ended.emit(reply)

    def cut_reply(self, activity: Activity, text: str = "Half") -> None:
        """Have the line of the running turn fail, and the turn wait for it."""
        tip_id = self.tree.tip_id
        assert tip_id is not None
        content = ({"type": "text", "text": text},)
        reply = replace(self.tree[tip_id], content=content).as_ended(MessageStatus.FAILED, activity.failure)
        self.tree.add(reply)
        self.turn_cut.emit(reply)
        self.set_activity(activity)

    def set_activity(self, activity: Activity) -> None:
        """Have the turn take its next step."""
        self.activity = activity
        self.activity_changed.emit(activity)


class FakeRecentTexts(QObject):
    """Texts in memory; every wish is answered at once."""

    changed = Signal(object)
    taken = Signal(object)
    store_failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.texts: tuple[KeptDraft, ...] = ()
        self.attachments: tuple[Attachment, ...] = ()
        """The files that each of them comes with."""

    def read(self) -> None:
        self.changed.emit(self.texts)

    def take(self, number: int) -> None:
        text = next(kept.text for kept in self.texts if kept.number == number)
        self.taken.emit(Draft.with_caret_at_end(text, self.attachments))

    def delete(self, number: int) -> None:
        self.texts = tuple(kept for kept in self.texts if kept.number != number)
        self.read()

    def clear(self) -> None:
        self.texts = ()
        self.read()


class FakeTrash(QObject):
    """Deleted conversations in memory; every wish is answered at once."""

    changed = Signal(object)
    store_failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.deleted: tuple[ConversationSummary, ...] = ()
        self.restored_ids: list[str] = []

    def read(self) -> None:
        self.changed.emit(self.deleted)

    def restore(self, conversation_id: str) -> None:
        self.restored_ids.append(conversation_id)
        self.delete_for_good((conversation_id,))

    def delete_for_good(self, ids: Sequence[str]) -> None:
        self.deleted = tuple(summary for summary in self.deleted if summary.id not in ids)
        self.read()


class FakeLibrary(QObject):
    """The list and its sessions; deleting and restoring happen at once."""

    conversations_changed = Signal(object)
    activity_changed = Signal(str, object)
    unseen_changed = Signal(str, bool)
    waiting_changed = Signal(str, bool)
    today_cost_changed = Signal(float)
    store_failed = Signal(object)
    store_recovered = Signal()
    outgoing_changed = Signal()
    branch_made = Signal(str)

    def __init__(self, *summaries: ConversationSummary) -> None:
        super().__init__()
        self.recent_texts = FakeRecentTexts()
        self.trash = FakeTrash()
        self.summaries = {summary.id: summary for summary in summaries}
        self.deleted: dict[str, ConversationSummary] = {}
        self.sessions: dict[str, FakeSession] = {}
        self.messages: dict[str, tuple[Message, ...]] = {}
        self.released: list[str] = []
        self.remembered: list[tuple[OpenTab, ...]] = []
        self.unseen: set[str] = set()
        self.waiting: set[str] = set()
        self.today_cost_usd: float | None = None

    def conversations(self) -> tuple[ConversationSummary, ...]:
        return tuple(sorted(self.summaries.values(), key=lambda summary: summary.updated_at, reverse=True))

    def busy_ids(self) -> frozenset[str]:
        return frozenset(key for key, session in self.sessions.items() if session.is_busy)

    def unseen_ids(self) -> frozenset[str]:
        return frozenset(self.unseen)

    def waiting_ids(self) -> frozenset[str]:
        return frozenset(self.waiting)

    @property
    def outgoing_count(self) -> int:
        return sum(session.outbox.outgoing_count for session in self.sessions.values())

    def new_session(self) -> FakeSession:
        return self._opened(FakeSession(new_id()))

    def session(self, conversation_id: str) -> FakeSession:
        if conversation_id not in self.sessions:
            session = self._opened(FakeSession(conversation_id))
            if summary := self.summaries.get(conversation_id):
                session.show_title(summary.title)
            session.load(self.messages.get(conversation_id, ()))
        return self.sessions[conversation_id]

    def branch(self, conversation_id: str, message_id: str) -> None:
        session, key = self.sessions[conversation_id], new_id()
        path = session.path()
        place = next(place for place, message in enumerate(path, start=1) if message.id == message_id)
        self.messages[key] = copied_path(path[:place], key)
        self._put(ConversationSummary(key, branch_title(session.title), 0.0, 0.0))
        self.branch_made.emit(key)

    def release(self, conversation_id: str) -> None:
        self.released.append(conversation_id)
        if not self.sessions[conversation_id].is_busy:
            del self.sessions[conversation_id]

    def mark_seen(self, conversation_id: str) -> None:
        if conversation_id in self.unseen:
            self.unseen.discard(conversation_id)
            self.unseen_changed.emit(conversation_id, False)

    def rename(self, conversation_id: str, title: str) -> None:
        self._put(replace(self.summaries[conversation_id], title=title))
        if conversation_id in self.sessions:
            self.sessions[conversation_id].show_title(title)

    def set_pinned(self, conversation_id: str, is_pinned: bool) -> None:
        self._put(replace(self.summaries[conversation_id], is_pinned=is_pinned))

    def delete(self, conversation_id: str) -> None:
        self.deleted[conversation_id] = self.summaries.pop(conversation_id)
        if conversation_id in self.sessions:
            self.sessions[conversation_id].stop()
        self.conversations_changed.emit(self.conversations())

    def restore(self, conversation_id: str) -> None:
        self._put(self.deleted.pop(conversation_id))

    def put_back_queued(self, queued: Queued) -> None:
        self.sessions[queued.conversation_id].outbox.put_back(queued)

    def remember_tabs(self, tabs: tuple[OpenTab, ...]) -> None:
        self.remembered.append(tabs)

    def _opened(self, session: FakeSession) -> FakeSession:
        key = session.conversation_id
        self.sessions[key] = session
        session.activity_changed.connect(lambda activity: self.activity_changed.emit(key, activity))
        session.stored.connect(lambda message: self._follow(session, message))
        session.turn_ended.connect(lambda _message: self._end(key))
        session.outbox.changed.connect(lambda rows: self.waiting_changed.emit(key, bool(rows)))
        session.outbox.changed.connect(lambda _rows: self.outgoing_changed.emit())
        return session

    def _follow(self, session: FakeSession, message: Message) -> None:
        key = session.conversation_id
        known = self.summaries.get(key)
        start = known or ConversationSummary(key, session.title, message.created_at, message.created_at)
        self._put(replace(start, updated_at=message.created_at))

    def _end(self, conversation_id: str) -> None:
        if conversation_id in self.summaries:
            self.unseen.add(conversation_id)
            self.unseen_changed.emit(conversation_id, True)

    def _put(self, summary: ConversationSummary) -> None:
        self.summaries[summary.id] = summary
        self.conversations_changed.emit(self.conversations())


class FakePreferences(QObject):
    """Settings in memory."""

    settings_changed = Signal(object)
    problem_found = Signal(str)

    def __init__(self, settings: Settings | None = None, profile: ProviderProfile = ANTHROPIC) -> None:
        super().__init__()
        self.settings = settings or Settings()
        self.problems: tuple[SettingProblem, ...] = ()
        self._profile = profile

    def change(self, **values: Any) -> None:
        settings = replace(self.settings, **values)
        if settings != self.settings:
            self.settings = settings
            self.settings_changed.emit(settings)

    def profile(self) -> ProviderProfile:
        return self._profile


class FakeKeys(QObject):
    """A key in a keyring, unless the test says otherwise."""

    state_changed = Signal(object)
    check_ended = Signal(object)
    models_changed = Signal(object)

    def __init__(self, source: KeySource = KeySource.KEYRING) -> None:
        super().__init__()
        self.state = KeyState(source, "sk-ant-…wXyZ", "GNOME Keyring", ANTHROPIC.origin)
        self.models: tuple[ModelInfo, ...] = CATALOG.models
        self.checked: list[tuple[str, bool]] = []
        self.forget_count = 0

    def model(self, model_id: str) -> ModelInfo:
        return CATALOG.find(model_id) or ModelInfo(model_id, model_id)

    def check_and_keep(self, text: str, for_session_only: bool = False) -> None:
        self.checked.append((text, for_session_only))

    def forget(self) -> None:
        self.forget_count += 1

    def refresh(self) -> None:
        self.state_changed.emit(self.state)

    def end_check(self, check: KeyCheck) -> None:
        """Have the server answer the check; a good key is in the keyring then."""
        if check.is_good:
            self.state = replace(self.state, source=KeySource.KEYRING)
            self.state_changed.emit(self.state)
        self.check_ended.emit(check)


def reply_to(
    conversation_id: str, parent_id: str | None, text: str, status: MessageStatus = MessageStatus.COMPLETE
) -> Message:
    """Make a reply."""
    question = user_message(conversation_id, parent_id, text)
    content = ({"type": "text", "text": text},) if text else ()
    return replace(question, role=Role.ASSISTANT, content=content, status=status, model=CATALOG.default_id)


def exchange(conversation_id: str, question: str, answer: str) -> tuple[Message, ...]:
    """Make a question and its reply."""
    asked = user_message(conversation_id, None, question)
    return asked, reply_to(conversation_id, asked.id, answer)


# The window is typed for the real objects; these say once that the fakes stand in for them.


def as_library(fake: FakeLibrary) -> Library:
    return cast("Library", fake)


def as_preferences(fake: FakePreferences) -> Preferences:
    return cast("Preferences", fake)


def as_keys(fake: FakeKeys) -> Keys:
    return cast("Keys", fake)


def as_session(fake: FakeSession) -> ChatSession:
    return cast("ChatSession", fake)
