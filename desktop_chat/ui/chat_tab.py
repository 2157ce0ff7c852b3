"""One tab's page: the transcript, the composer, the status line; welcome or key card while there is nothing to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QWidget

from desktop_chat.core.conversation import ReadingPlace
from desktop_chat.core.keys import KeySource
from desktop_chat.core.messages import Draft, MessageStatus, Role
from desktop_chat.core.settings import Settings
from desktop_chat.ui.attaching import Attaching
from desktop_chat.ui.column import writing_px
from desktop_chat.ui.composer import Composer
from desktop_chat.ui.connections import Connections
from desktop_chat.ui.page_layout import PageLayout
from desktop_chat.ui.status_line import StatusLine
from desktop_chat.ui.tab_acts import TabActs
from desktop_chat.ui.tab_conditions import TabConditions
from desktop_chat.ui.tab_finding import TabFinding
from desktop_chat.ui.tab_key_card import TabKeyCard
from desktop_chat.ui.tab_outbox import TabOutbox
from desktop_chat.ui.tab_reading import SafeReading, TabReading
from desktop_chat.ui.tab_status import TabStatus
from desktop_chat.ui.tab_writing import TabWriting
from desktop_chat.ui.theme import Look
from desktop_chat.ui.welcome import Welcome

if TYPE_CHECKING:
    from desktop_chat.chat.conditions import Conditions
    from desktop_chat.chat.session import ChatSession
    from desktop_chat.ui.brought import BroughtFiles, BroughtPicture
    from desktop_chat.ui.desk import Desk
    from desktop_chat.ui.safe_view import SafeView
    from desktop_chat.ui.transcript.view import TranscriptView
    from desktop_chat.ui.transcript.watch import Showing

_COMPOSER_SHARE: Final = 0.4
"""How much of the page's height the composer may take before its text scrolls."""


class ChatTab(QWidget):
    """Usable before there is a conversation: what is typed then stays in the composer when one is bound to it."""

    key_requested = Signal()
    settings_requested = Signal()
    looking_around = Signal()
    link_opened = Signal(str, str)
    """An address, and why it should be looked at twice, if it should."""
    find_word_changed = Signal(str)
    content_changed = Signal()
    """Whether there is anything to keep (`is_blank`) may have changed."""
    attach_requested = Signal()
    """The reader wants to choose files."""
    attachment_removed = Signal(str, object, int)
    """Conversation id, Attachment and its place: a file was taken out of what is being written."""
    reading_cut = Signal(object, bool)
    """Names of files that were still being read when the tab was closed, and whether a text waited for them."""
    recent_requested = Signal()
    """The reader wants to take again what was written before."""
    moved = Signal()
    """The reader has moved the page."""
    queued_dropped = Signal(object)
    """Queued: it waits no more, unless that is undone."""
    inspect_requested = Signal(str, str)
    """Conversation id, and the id of one of its replies."""

    def __init__(self, look: Look, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._session: ChatSession | None = None
        self._desk: Desk | None = None
        self._connections = Connections()
        self._safe_connections = Connections()
        self._writing: TabWriting | None = None
        self._transcript: TranscriptView | None = None
        self._status: StatusLine | None = None
        self._safe_view: SafeView | None = None
        self._key_card: TabKeyCard | None = None
        self._upper_px = 0
        """How much of the page's upper end is taken by what stands above the conversation."""
        self._is_looking_around = False
        self._finding = TabFinding(look, self)
        self._finding.word_changed.connect(self.find_word_changed)
        self.composer = Composer(look)
        self.composer.set_send_key(settings.send_key)
        self.composer.recent_requested.connect(self.recent_requested)
        self._welcome = Welcome()
        self._layout = PageLayout(self, self.composer, self._welcome)
        self._attaching = Attaching(self.composer, self._layout, look)
        self.composer.attach_requested.connect(self.attach_requested)
        self.composer.send_requested.connect(self._note_early)
        self._early: Draft | None = None
        """What was to be sent before there was a conversation to send it in."""
        self._show_reading(settings)
        self._welcome.starter_chosen.connect(self._take_starter)

    # --- binding

    def prepare(self, prices_checked_on: str) -> None:
        """Make what a conversation is shown with; may be done ahead, as it takes most of the time."""
        # The transcript brings the markdown parser and the highlighter: not before the first paint.
        from desktop_chat.ui.transcript.view import TranscriptView

        self._transcript = TranscriptView(self._look)
        self._status = StatusLine(self._look, prices_checked_on)
        self._layout.put_status(self._status)
        self._layout.put_transcript(self._transcript)

    def dress(self, size: QSize) -> None:
        """Put on ahead what the style sheet says, and lay everything out for a page of this size."""
        for part in self.findChildren(QWidget):
            part.ensurePolished()
        self.resize(size)
        self._layout.activate()

    def bind(
        self,
        session: ChatSession,
        desk: Desk,
        is_looking_around: bool,
        place: ReadingPlace | None = None,
        is_unread: bool = False,
    ) -> None:
        """Show this conversation from now on: at this place (None is the end), or at the start of an unread reply."""
        if self._transcript is None or self._status is None:
            self.prepare(desk.catalog.checked_on)
        transcript, status = self._transcript_of(), self._status
        assert status is not None
        self._session = session
        self._desk = desk
        self._is_looking_around = is_looking_around
        self._welcome.set_demo(desk.is_demo)
        transcript.set_following(desk.preferences.settings.following)
        transcript.open_at(place, is_unread)
        if desk.showing is not None:
            transcript.be_watched(desk.showing.watch(session.conversation_id))
        self._join_key(desk)
        self._join_transcript(session, desk, transcript, opens_at_end=place is None)
        self._join_composer(session, desk, transcript)
        told = TabStatus(session, desk, status)
        told.connect_all(self._connections)
        told.show_all()
        self._join_page(desk)
        self._join_conditions(session)
        self._arrange()

    def unbind(self) -> None:
        """Let go of the conversation, which may live on; the composer's text is handed over first."""
        self.composer.flush_draft()
        names = self._attaching.names
        has_waited = self._writing is not None and self._writing.has_wish and bool(self.composer.draft().text.strip())
        self._attaching.unbind()
        self._connections.cut()
        self._safe_connections.cut()
        self._session = self._writing = None
        if names:
            self.reading_cut.emit(names, has_waited)

    def _join_key(self, desk: Desk) -> None:
        card = self._key_card = TabKeyCard(desk.keys, self._look, self._layout)
        card.connect_all(self._connections)
        card.looking_around.connect(self.looking_around)
        card.link_clicked.connect(lambda address: self.link_opened.emit(address, ""))
        self._connections.add(desk.keys.state_changed, lambda _state: self._arrange())

    def _join_transcript(
        self, session: ChatSession, desk: Desk, transcript: TranscriptView, opens_at_end: bool
    ) -> None:
        add = self._connections.add
        add(transcript.moved, self.moved)
        add(transcript.key_requested, self.key_requested)
        add(transcript.settings_requested, self.settings_requested)
        add(transcript.link_opened, self.link_opened)
        conversation_id = session.conversation_id
        add(transcript.acts.inspect_requested, lambda key: self.inspect_requested.emit(conversation_id, key))
        acts = TabActs(session, desk, transcript.acts, self.composer)
        acts.connect_all(self._connections)
        add(acts.key_requested, self.key_requested)
        reading = TabReading(session, desk, transcript, opens_at_end)
        add(reading.emptiness_changed, self._arrange)
        if desk.showing is not None and session.conversation_id in desk.showing.suspect_ids:
            self._read_safely(session, desk.showing, reading)
        else:
            self._read(reading)

    def _read(self, reading: TabReading) -> None:
        reading.connect_all(self._connections)
        reading.show_all()

    def _read_safely(self, session: ChatSession, showing: Showing, reading: TabReading) -> None:
        """Show plain text in the place of the transcript, which gets to see nothing of the conversation."""
        from desktop_chat.ui.safe_view import SafeView

        connections = self._safe_connections
        view = self._safe_view = SafeView(self._look)
        self._layout.lend_place(view)
        view.stand_before(self.composer.focusProxy() or self.composer)
        safe = SafeReading(session, view)
        safe.connect_all(connections)
        safe.show_all()
        connections.add(session.path_changed, lambda _path: self._arrange())

        def show_as_usual() -> None:
            showing.suspect_ids.discard(session.conversation_id)
            connections.cut()
            self._finding.drop()
            self._safe_view = None
            self._layout.put_transcript(self._transcript_of())
            self._read(reading)
            self.focus()

        view.normal_requested.connect(show_as_usual)

    def _join_composer(self, session: ChatSession, desk: Desk, transcript: TranscriptView) -> None:
        add = self._connections.add
        writing = self._writing = TabWriting(session, desk, self.composer, self._attaching)
        writing.connect_all(self._connections)
        add(writing.key_requested, self.key_requested)
        add(writing.changed, self.content_changed)
        add(transcript.quote_requested, writing.quote)
        writing.show_all()
        conversation_id = session.conversation_id
        add(
            self.composer.attachment_removed,
            lambda attachment, place: self.attachment_removed.emit(conversation_id, attachment, place),
        )
        if desk.files is not None:
            self._attaching.bind(desk.files, self._connections)
        outbox = TabOutbox(session, writing, self.composer, self._layout, self._look)
        outbox.connect_all(self._connections)
        if self._early is not None:
            writing.send_early(self._early)
            self._early = None
        add(outbox.dropped, self.queued_dropped)
        add(outbox.changed, self.content_changed)
        outbox.show_all()

    def _note_early(self, draft: Draft) -> None:
        if self._writing is None:
            self._early = draft

    def _join_conditions(self, session: ChatSession) -> None:
        conditions = TabConditions(session.conditions, self._look, self._layout)
        conditions.connect_all(self._connections)
        self._connections.add(conditions.height_changed, self._make_room_above)
        self._connections.add(conditions.focus_left, self.focus)
        conditions.show_all()

    def _make_room_above(self, height_px: int) -> None:
        self._upper_px = height_px
        self._finding.stand_below(self._read_from_px)

    @property
    def _read_from_px(self) -> int:
        """Where on the page what is read begins, in pixels from its top."""
        return self._upper_px + (self._safe_view.head_px if self._safe_view is not None else 0)

    def _join_page(self, desk: Desk) -> None:
        add = self._connections.add
        add(desk.preferences.settings_changed, self._show_reading)
        self._show_reading(desk.preferences.settings)

    # --- what can be asked

    @property
    def is_blank(self) -> bool:
        """Whether nothing would be missed if this tab were gone: no message, no text, no file, nothing that waits."""
        session = self._session
        is_empty = session is not None and session.is_loaded and session.is_empty and not session.outbox.rows
        return is_empty and self.composer.draft().is_empty and not self._attaching.is_reading

    @property
    def is_settled(self) -> bool:
        """Whether nothing is on its way to the screen."""
        session, transcript, desk = self._session, self._transcript, self._desk
        if session is None or transcript is None or desk is None:
            return False
        if not session.is_loaded or session.is_busy or desk.keys.state.source is KeySource.UNKNOWN:
            return False
        # Behind the safe view nothing is ever painted.
        return session.is_empty or self._safe_view is not None or transcript.is_painted_up_to_date

    @property
    def place(self) -> ReadingPlace | None:
        """Where the reader stands; None at the end."""
        return self._transcript.place if self._transcript is not None else None

    @property
    def written_px(self) -> int:
        """How much of the page's lower end belongs to the composer and what stands below it."""
        return self._layout.written_px

    @property
    def edits(self) -> tuple[tuple[str, Draft], ...]:
        """Questions being edited and what stands there; not sent yet."""
        return self._transcript.acts.editing.unsent() if self._transcript is not None else ()

    def take_up_edits(self, edits: tuple[tuple[str, Draft], ...]) -> None:
        """Go on with what was being edited when the tab was closed."""
        self._transcript_of().acts.editing.take_up(edits)

    @property
    def conditions(self) -> Conditions | None:
        """How the conversation's line is made worse; None before there is a conversation."""
        return self._session.conditions if self._session is not None else None

    # --- wishes of the window

    @property
    def may_attach(self) -> bool:
        """Whether there is a composer to be seen that files could go into."""
        return self.composer.isVisibleTo(self)

    def attach(self, found: BroughtFiles | BroughtPicture) -> None:
        """Take files or a picture into the composer, and the keyboard with them."""
        self._attaching.take(found)
        self.composer.focus()

    def focus(self) -> None:
        """Put the keyboard where the next thing is typed."""
        if self._key_card is not None and self._key_card.is_shown:
            self._key_card.focus()
        else:
            self.composer.focus()

    def look_around(self) -> None:
        """Show the composer in place of the key card; the key is asked for at the first send."""
        self._is_looking_around = True
        self._arrange()

    def ask(self, text: str) -> bool:
        """Send a text as if it had been typed; when it cannot be sent now, False, and it stays in the composer."""
        if self._writing is None:
            return False
        draft = Draft.with_caret_at_end(text)
        if not self._writing.send(draft):
            # Without a key, say: it waits where it would have been typed.
            self._writing.give_back(draft)
            return False
        return True

    def scroll_to_end(self) -> None:
        """Go to the newest text and follow it."""
        view = self._safe_view or self._transcript
        if view is not None:
            view.scroll_to_end()

    def stop(self) -> None:
        """Stop the reply that is being written here; a question that has not gone out yet is taken back first, and
        what is selected is let go of.
        """
        if self._writing is not None and self._writing.withdraw():
            return
        if self._transcript is not None and self._transcript.clear_selection():
            return
        if self._session is not None:
            self._session.stop()

    def open_find(self, word: str) -> None:
        """Let the reader find what he has selected, or this word, or another one."""
        view = self._safe_view or self._transcript
        if view is None or not view.isVisible():
            return
        self._finding.open(view.finder, word, self._read_from_px)

    def find_step(self, step: int, word: str) -> None:
        """Go to the next hit, or with -1 to the one before; without the bar, to the first one of this word."""
        if self._finding.is_open:
            self._finding.step(step)
        else:
            self.open_find(word)

    def copy_last_answer(self) -> bool:
        """Copy the newest reply; False when there is none."""
        return self._transcript is not None and self._transcript.copy_last_answer()

    def copy_last_code(self) -> bool:
        """Copy the newest code block; False when there is none."""
        return self._transcript is not None and self._transcript.copy_last_code()

    def close_find(self) -> bool:
        """Close the find bar; False when it was not open."""
        return self._finding.close()

    def walk(self, step: int) -> None:
        """Walk to the next or former message."""
        if self._transcript is not None and self._transcript.isVisible():
            self._transcript.acts.step(step)

    @property
    def has_reply(self) -> bool:
        """Whether there is one to inspect."""
        if self._safe_view is not None:
            return self._last_reply_id() is not None
        return self._transcript is not None and bool(self._transcript.acts.reply_rows)

    def inspect(self) -> bool:
        """Ask for the inspector of the reply the keyboard is on, else of the last one; False when there is none."""
        if self._safe_view is not None and self._session is not None and (reply_id := self._last_reply_id()):
            self.inspect_requested.emit(self._session.conversation_id, reply_id)
            return True
        return self._transcript is not None and self._transcript.acts.inspect()

    def _last_reply_id(self) -> str | None:
        path = self._session.path() if self._session is not None else ()
        return next((message.id for message in reversed(path) if message.role is Role.ASSISTANT), None)

    def regenerate(self) -> None:
        """Ask for the last reply again, or for the one that never came."""
        if self._session is None or self._session.is_busy:
            return
        path = self._session.path()
        if path and path[-1].status is not MessageStatus.STREAMING:
            self._session.retry(path[-1].id)

    def go_on(self) -> None:
        """Continue the last reply where it was cut."""
        if self._session is not None and (path := self._session.path()):
            self._session.go_on(path[-1].id)

    def _take_starter(self, text: str) -> None:
        self.composer.replace_with(text)
        self.composer.focus()

    # --- showing

    def _transcript_of(self) -> TranscriptView:
        assert self._transcript is not None
        return self._transcript

    def _show_reading(self, settings: Settings) -> None:
        """Keep what is written below in line with the text above."""
        self._layout.set_reading(writing_px(settings.column, settings.zoom_percent))
        self.composer.set_zoom(settings.zoom_percent)

    def _arrange(self) -> None:
        """Choose between transcript, welcome and key card."""
        session, desk, card = self._session, self._desk, self._key_card
        if session is None or desk is None or card is None:
            return
        is_empty = session.is_loaded and session.is_empty
        was_card = card.is_shown
        has_card = is_empty and not self._is_looking_around and desk.keys.state.source is KeySource.NONE
        # Whoever is writing already shall not write the rest into the field for the key.
        has_card = has_card and (was_card or self.composer.draft().is_empty)
        focused = self.window().focusWidget()
        had_focus = focused is not None and self.isAncestorOf(focused)
        if has_card:
            card.show()
        self._layout.arrange(is_empty, has_card)
        if not has_card:
            card.drop()
        self.composer.set_placeholder("Ask Claude…" if is_empty else "Reply to Claude…")
        if has_card != was_card and had_focus:
            self.focus()
        self.content_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys that the composer had no use for: its caret was at the end already, its text is one page."""
        if event.matches(QKeySequence.StandardKey.MoveToEndOfDocument):
            self.scroll_to_end()
        elif event.matches(QKeySequence.StandardKey.Copy) and self._transcript is not None:
            # Nothing is selected below, where the keyboard is nearly always.
            (self._safe_view or self._transcript).copy()
        elif _is_page_key(event) and self._safe_view is not None:
            self._safe_view.turn_page(1 if event.matches(QKeySequence.StandardKey.MoveToNextPage) else -1)
        elif _is_page_key(event) and self._transcript is not None:
            self._transcript.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.composer.set_max_height_px(round(self.height() * _COMPOSER_SHARE))
        self._finding.stand_below(self._read_from_px)


def _is_page_key(event: QKeyEvent) -> bool:
    keys = QKeySequence.StandardKey
    return event.matches(keys.MoveToPreviousPage) or event.matches(keys.MoveToNextPage)
