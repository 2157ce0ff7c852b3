"""The tabs: which conversations are open, in which order, and which of them is in view."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_chat.core.activity import Activity
from desktop_chat.core.conversation import UNTITLED, ConversationSummary, OpenTab
from desktop_chat.core.settings import Settings
from desktop_chat.ui.chat_tab import ChatTab
from desktop_chat.ui.page_stack import PageStack
from desktop_chat.ui.tab_strip import TabStrip
from desktop_chat.ui.theme import Look

if TYPE_CHECKING:
    from desktop_chat.core.network_conditions import NetworkConditions
    from desktop_chat.ui.desk import Desk

_CLOSED_MAX: Final = 25
_PLACE_MS: Final = 1_000
"""So long after the reader has moved a page its place is kept."""

_BEFORE_START: Final = ""
"""Id of the tab that is shown until the conversations are known."""


@dataclass(frozen=True, slots=True)
class ClosedTab:
    """Where a closed tab stood."""

    conversation_id: str
    index: int


class TabDeck(QWidget):
    """A conversation is open in one tab at most. Closing a tab neither asks nor stops a reply."""

    current_changed = Signal(str)
    title_changed = Signal(str)
    """Title of the current tab."""
    sidebar_requested = Signal()

    def __init__(self, look: Look, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk: Desk | None = None
        self._closed: list[ClosedTab] = []
        self._remembered: tuple[OpenTab, ...] | None = None
        self._place_timer = QTimer(self)
        self._place_timer.setSingleShot(True)
        self._place_timer.setInterval(_PLACE_MS)
        self._place_timer.timeout.connect(self.remember)
        self.strip = TabStrip(look)
        self.pages = PageStack(look, settings)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.strip)
        layout.addWidget(self.pages, 1)
        self._connect_pages()
        self.strip.add_tab(_BEFORE_START, UNTITLED)
        self.strip.set_current(_BEFORE_START)

    def _connect_pages(self) -> None:
        pages = self.pages
        pages.title_changed.connect(self._show_title)
        pages.conditions_changed.connect(self._show_conditions)
        pages.content_changed.connect(self.remember)
        pages.moved.connect(self._place_timer.start)

    def _connect_strip(self) -> None:
        strip = self.strip
        strip.chosen.connect(self.activate)
        strip.close_requested.connect(self.close_tab)
        strip.close_others_requested.connect(self.close_others)
        strip.close_right_requested.connect(self.close_right)
        strip.new_requested.connect(self.open_new)
        strip.reopen_requested.connect(self.reopen)
        strip.renamed.connect(self._rename)
        strip.rename_ended.connect(self.focus)
        strip.order_changed.connect(self.remember)

    def attach(self, desk: Desk, tabs: tuple[OpenTab, ...]) -> None:
        """Restore the tabs; only the current one gets its page now, and it keeps what was typed so far."""
        self._desk = desk
        self.pages.attach(desk)
        self.strip.sidebar_requested.connect(self.sidebar_requested)
        self._connect_strip()
        self.strip.remove_tab(_BEFORE_START)
        for tab in tabs:
            self.pages.keep_place(tab.conversation_id, tab.place)
            self._add(tab.conversation_id)
        current_id = next(
            (tab.conversation_id for tab in tabs if tab.is_current), tabs[-1].conversation_id if tabs else ""
        )
        if not tabs:
            current_id = desk.library.new_session().conversation_id
            self._add(current_id)
        self._remembered = tabs
        desk.library.activity_changed.connect(self._show_activity)
        desk.library.unseen_changed.connect(self._show_unseen)
        desk.library.branch_made.connect(lambda conversation_id: self.open(conversation_id, in_new_tab=True))
        desk.library.conversations_changed.connect(self._show_titles)
        self.strip.set_current(current_id)
        self.activate(current_id)

    # --- what can be asked

    def ids(self) -> tuple[str, ...]:
        """The open conversations from left to right."""
        return self.strip.ids()

    @property
    def current_id(self) -> str | None:
        """The conversation in view; None before the start is over."""
        return self.strip.current_id() or None

    @property
    def current_title(self) -> str:
        return self.strip.title(self.current_id or _BEFORE_START)

    def page(self) -> ChatTab:
        """The page in view."""
        return self.pages.page()

    # --- opening

    def open(self, conversation_id: str, in_new_tab: bool = False) -> None:
        """Show a conversation: in its tab when it has one, in place of a blank tab, else in a new one beside it."""
        if self._desk is None:
            return
        if conversation_id in self.pages:
            self.activate(conversation_id)
            return
        blank_id = self.current_id if self.page().is_blank and not in_new_tab else None
        place = self.ids().index(self.current_id) + 1 if self.current_id else None
        self._add(conversation_id, place)
        self.activate(conversation_id)
        if blank_id is not None:
            self.close_tab(blank_id)

    def open_new(self) -> None:
        """Open a tab with an empty conversation."""
        if self._desk is None:
            return
        session = self._desk.library.new_session()
        self._add(session.conversation_id)
        self.activate(session.conversation_id)

    def reopen(self) -> None:
        """Open the tab again that was closed last, where it was."""
        while self._closed:
            closed = self._closed.pop()
            self.strip.may_reopen = bool(self._closed)
            if closed.conversation_id not in self.pages:
                self.open_at(closed)
                return

    def open_at(self, closed: ClosedTab, *, is_shown: bool = True) -> None:
        """Open a tab at its old place, in view or behind the one that is read."""
        if self._desk is None or closed.conversation_id in self.pages:
            return
        self._add(closed.conversation_id, min(closed.index, len(self.ids())))
        if is_shown:
            self.activate(closed.conversation_id)
        else:
            self.remember()

    def activate(self, conversation_id: str) -> None:
        """Bring a tab into view, building its page the first time."""
        assert self._desk is not None
        page = self.pages.show_page(conversation_id)
        self.strip.set_current(conversation_id)
        self.strip.set_unseen(conversation_id, False)
        self._desk.library.mark_seen(conversation_id)
        self.current_changed.emit(conversation_id)
        self.title_changed.emit(self.current_title)
        self.remember()
        page.focus()

    def activate_number(self, number: int) -> None:
        """Bring the nth tab into view, counted from 1; -1 is the last. Nothing happens where there is none."""
        ids = self.ids()
        if self._desk is not None and number <= len(ids):
            self.activate(ids[number if number < 0 else number - 1])

    def step(self, step: int) -> None:
        """Go to the tab so many places to the right; after the last comes the first."""
        ids = self.ids()
        if self.current_id is not None:
            self.activate(ids[(ids.index(self.current_id) + step) % len(ids)])

    def move_current(self, step: int) -> None:
        """Move the tab in view by so many places."""
        if self.current_id is not None:
            self.strip.move_tab(self.current_id, step)

    # --- closing

    def close_tab(self, conversation_id: str) -> ClosedTab | None:
        """Close a tab; its reply is written on. After the last one a new, empty tab opens."""
        if self._desk is None or conversation_id not in self.pages:
            return None
        ids = self.ids()
        closed = ClosedTab(conversation_id, ids.index(conversation_id))
        if not self.pages.is_blank(conversation_id):
            self._closed = [*self._closed[1 - _CLOSED_MAX :], closed]
            self.strip.may_reopen = True
        page = self.pages.take_out(conversation_id)
        was_current = conversation_id == self.current_id
        if len(ids) == 1:
            self.open_new()
        elif was_current:
            self.activate(ids[closed.index + 1] if closed.index + 1 < len(ids) else ids[closed.index - 1])
        self.strip.remove_tab(conversation_id)
        if page is not None:
            self.pages.drop(conversation_id, page)
        self.remember()
        return closed

    def close_current(self) -> None:
        """Close the tab in view."""
        if self.current_id is not None:
            self.close_tab(self.current_id)

    def close_others(self, conversation_id: str) -> None:
        """Close all tabs but this one."""
        self.activate(conversation_id)
        for other in self.ids():
            if other != conversation_id:
                self.close_tab(other)

    def close_right(self, conversation_id: str) -> None:
        """Close the tabs to the right of this one."""
        ids = self.ids()
        right = ids[ids.index(conversation_id) + 1 :]
        if self.current_id in right:
            self.activate(conversation_id)
        for other in right:
            self.close_tab(other)

    def forget_closed(self, conversation_id: str) -> None:
        """Do not offer this tab for reopening: its conversation was deleted."""
        self._closed = [closed for closed in self._closed if closed.conversation_id != conversation_id]
        self.strip.may_reopen = bool(self._closed)

    # --- the rest

    def focus(self) -> None:
        """Put the keyboard into the page in view."""
        self.page().focus()

    def start_rename(self) -> None:
        """Let the reader type another title into the current tab."""
        if self.current_id is not None and not self.page().is_blank:
            self.strip.start_rename(self.current_id)

    def _add(self, conversation_id: str, place: int | None = None) -> None:
        assert self._desk is not None
        known = (summary.title for summary in self._desk.library.conversations() if summary.id == conversation_id)
        title = next(known, UNTITLED)
        self.pages.add(conversation_id)
        self.strip.add_tab(conversation_id, title, place)
        self.strip.set_busy(conversation_id, conversation_id in self._desk.library.busy_ids())
        self.strip.set_unseen(conversation_id, conversation_id in self._desk.library.unseen_ids())

    def _rename(self, conversation_id: str, title: str) -> None:
        assert self._desk is not None
        self._desk.library.rename(conversation_id, title)

    def _show_title(self, conversation_id: str, title: str) -> None:
        self.strip.set_title(conversation_id, title)
        if conversation_id == self.current_id:
            self.title_changed.emit(title)

    def _show_conditions(self, conversation_id: str, conditions: NetworkConditions | None) -> None:
        self.strip.set_worsened(conversation_id, conditions is not None)

    def _show_titles(self, conversations: tuple[ConversationSummary, ...]) -> None:
        for summary in conversations:
            if summary.id in self.pages:
                self._show_title(summary.id, summary.title)

    def _show_activity(self, conversation_id: str, activity: Activity) -> None:
        if conversation_id in self.pages:
            self.strip.set_busy(conversation_id, activity.is_busy)

    def _show_unseen(self, conversation_id: str, _is_unseen: bool) -> None:
        if conversation_id in self.pages and self._desk is not None:
            # Asked, not taken from the signal: whoever heard it first may have told that it has been seen since.
            self.strip.set_unseen(conversation_id, conversation_id in self._desk.library.unseen_ids())

    def remember(self) -> None:
        """Have the open tabs kept for the next start; blank ones are not worth it."""
        if self._desk is None:
            return
        kept, current_id = [], self.current_id
        for conversation_id in self.ids():
            if conversation_id in self.pages and not self.pages.is_blank(conversation_id):
                place = self.pages.place(conversation_id)
                kept.append(OpenTab(conversation_id, conversation_id == current_id, place))
        tabs = tuple(kept)
        if tabs != self._remembered:
            self._remembered = tabs
            self._desk.library.remember_tabs(tabs)
