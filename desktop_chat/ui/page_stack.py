"""The pages of the open conversations, each taken up when it is first looked at; of the others what was left there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from desktop_chat.core.conversation import ReadingPlace
from desktop_chat.core.messages import Draft
from desktop_chat.core.settings import Settings
from desktop_chat.ui.chat_tab import ChatTab
from desktop_chat.ui.connections import Connections
from desktop_chat.ui.spare_page import SparePage
from desktop_chat.ui.theme import Look

if TYPE_CHECKING:
    from desktop_chat.ui.desk import Desk


class PageStack(QStackedWidget):
    """Shows one page. The first one is there before any conversation, and goes to the one that is shown first.

    Order:   `attach`; then conversations are `add`ed and `show_page`n, and in the end `take_out` and `drop`ped.
    """

    title_changed = Signal(str, str)
    """Id and title of a conversation that has a page."""
    conditions_changed = Signal(str, object)
    """Id of a conversation that has a page, and the NetworkConditions of its line; None for none."""
    content_changed = Signal()
    """Whether a page has anything to keep may have changed."""
    moved = Signal()
    """The reader has moved a page."""
    queued_dropped = Signal(object)
    """Queued, thrown away on a page."""
    attachment_removed = Signal(str, object, int)
    """Conversation id, Attachment and its place."""
    reading_cut = Signal(object, bool)
    """Names of files that were still being read when their tab was closed, and whether a text waited for them."""
    recent_requested = Signal()
    attach_requested = Signal()
    key_requested = Signal()
    settings_requested = Signal()
    link_opened = Signal(str, str)
    inspect_requested = Signal(str, str)
    """Conversation id, and the id of one of its replies."""

    def __init__(self, look: Look, settings: Settings) -> None:
        super().__init__()
        self._look = look
        self._settings = settings
        self._desk: Desk | None = None
        self._pages: dict[str, ChatTab | None] = {}
        self._titles: dict[str, Connections] = {}
        self._places: dict[str, ReadingPlace | None] = {}
        """Where the reader stood in conversations that have no page now."""
        self._edits: dict[str, tuple[tuple[str, Draft], ...]] = {}
        """What was being edited in them."""
        self._is_looking_around = False
        self._find_word = ""
        """What was searched last, on whichever page."""
        self._spare = SparePage(self, self._new_page)
        self._first_page: ChatTab | None = self._new_page()
        self.addWidget(self._first_page)

    def attach(self, desk: Desk) -> None:
        """Get what conversations are shown from."""
        self._desk = desk
        self._spare.begin(desk.catalog.checked_on)

    # --- what can be asked

    def __contains__(self, conversation_id: object) -> bool:
        return conversation_id in self._pages

    def page(self) -> ChatTab:
        """The page in view."""
        page = self.currentWidget()
        assert isinstance(page, ChatTab)
        return page

    def is_blank(self, conversation_id: str) -> bool:
        """Whether nothing would be missed if a conversation were closed; one that nobody looked at has something."""
        page = self._pages[conversation_id]
        return page is not None and page.is_blank

    def place(self, conversation_id: str) -> ReadingPlace | None:
        """Where the reader stands in a conversation, or stood; None at the end."""
        page = self._pages[conversation_id]
        return self._places.get(conversation_id) if page is None else page.place

    # --- opening and closing

    def add(self, conversation_id: str) -> None:
        """Open a conversation; it gets its page when it is shown."""
        self._pages[conversation_id] = None

    def keep_place(self, conversation_id: str, place: ReadingPlace | None) -> None:
        """Remember where the reader stood in a conversation that has no page."""
        self._places[conversation_id] = place

    def show_page(self, conversation_id: str) -> ChatTab:
        """Bring a conversation into view, giving it a page the first time."""
        page = self._pages[conversation_id]
        if page is None:
            page, self._first_page = self._first_page or self._added_page(), None
            self._bind(conversation_id, page)
        self.setCurrentWidget(page)
        return page

    def take_out(self, conversation_id: str) -> ChatTab | None:
        """Close a conversation; its page, if it has one, stays in view until it is dropped."""
        return self._pages.pop(conversation_id)

    def drop(self, conversation_id: str, page: ChatTab) -> None:
        """End a page that was taken out; what the reader leaves there is remembered."""
        assert self._desk is not None
        if (place := page.place) is not None:
            self._places[conversation_id] = place
        if edits := page.edits:
            self._edits[conversation_id] = edits
        page.unbind()
        self._titles.pop(conversation_id).cut()
        self.removeWidget(page)
        page.deleteLater()
        self._desk.library.release(conversation_id)

    def _added_page(self) -> ChatTab:
        page = self._spare.take() or self._new_page()
        self.addWidget(page)
        return page

    def _new_page(self) -> ChatTab:
        page = ChatTab(self._look, self._settings, self)
        page.recent_requested.connect(self.recent_requested)
        page.attach_requested.connect(self.attach_requested)
        page.key_requested.connect(self.key_requested)
        page.settings_requested.connect(self.settings_requested)
        page.link_opened.connect(self.link_opened)
        page.inspect_requested.connect(self.inspect_requested)
        page.looking_around.connect(self._look_around)
        page.find_word_changed.connect(self._keep_find_word)
        page.content_changed.connect(self.content_changed)
        page.moved.connect(self.moved)
        page.queued_dropped.connect(self.queued_dropped)
        page.attachment_removed.connect(self.attachment_removed)
        page.reading_cut.connect(self.reading_cut)
        return page

    def _bind(self, conversation_id: str, page: ChatTab) -> None:
        assert self._desk is not None
        session = self._desk.library.session(conversation_id)
        self._pages[conversation_id] = page
        place, is_unread = self._places.pop(conversation_id, None), conversation_id in self._desk.library.unseen_ids()
        page.bind(session, self._desk, self._is_looking_around, place, is_unread)
        page.take_up_edits(self._edits.pop(conversation_id, ()))
        titles = self._titles[conversation_id] = Connections()
        titles.add(session.title_changed, lambda title: self.title_changed.emit(conversation_id, title))
        self.title_changed.emit(conversation_id, session.title)
        conditions = session.conditions
        titles.add(conditions.changed, lambda current: self.conditions_changed.emit(conversation_id, current))
        self.conditions_changed.emit(conversation_id, conditions.current)

    # --- what concerns all pages

    def flush_drafts(self) -> None:
        """Have every composer's text written down."""
        for page in self._pages.values():
            if page is not None:
                page.composer.flush_draft()

    def open_find(self) -> None:
        """Find in the conversation in view what was searched last."""
        self.page().open_find(self._find_word)

    def find_step(self, step: int) -> None:
        """Go to the next hit in view, or with -1 to the one before."""
        self.page().find_step(step, self._find_word)

    def _keep_find_word(self, word: str) -> None:
        self._find_word = word

    def _look_around(self) -> None:
        self._is_looking_around = True
        for page in self._pages.values():
            if page is not None:
                page.look_around()
        self.page().focus()
