"""One tab's page: the transcript, the composer, the status line; welcome or key card while there is nothing to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from desktop_chat.core.activity import Activity
from desktop_chat.core.conversation import ReadingPlace
from desktop_chat.core.keys import KeyCheck, KeySource, KeyState
from desktop_chat.core.messages import Draft, Message, MessageStatus, utf16_count
from desktop_chat.core.models import ThinkingKind
from desktop_chat.core.settings import Settings, ThinkingMode
from desktop_chat.ui.column import Column, writing_px
from desktop_chat.ui.composer import Composer
from desktop_chat.ui.connections import Connections
from desktop_chat.ui.key_card import WIDTH_PX as CARD_PX
from desktop_chat.ui.key_card import KeyCard
from desktop_chat.ui.status_line import HEIGHT_PX as STATUS_PX
from desktop_chat.ui.status_line import StatusLine
from desktop_chat.ui.status_part import PAD_PX as STATUS_PAD_PX
from desktop_chat.ui.tab_acts import TabActs
from desktop_chat.ui.theme import Look
from desktop_chat.ui.welcome import Welcome

if TYPE_CHECKING:
    from desktop_chat.chat.session import ChatSession
    from desktop_chat.ui.desk import Desk
    from desktop_chat.ui.find_bar import FindBar
    from desktop_chat.ui.transcript.view import TranscriptView

_COMPOSER_SHARE: Final = 0.4
"""How much of the page's height the composer may take before its text scrolls."""

_BELOW_STATUS_PX: Final = 7
_ABOVE_STRETCH, _BELOW_STRETCH = 5, 7
"""In an empty conversation the composer stands a little above the middle, where the eye is."""


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
    moved = Signal()
    """The reader has moved the page."""

    def __init__(self, look: Look, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._session: ChatSession | None = None
        self._opens_at_end = True
        self._desk: Desk | None = None
        self._connections = Connections()
        self._transcript: TranscriptView | None = None
        self._status: StatusLine | None = None
        self._key_card: KeyCard | None = None
        self._find_bar: FindBar | None = None
        self._is_looking_around = False
        self._is_checking = False
        self.composer = Composer(look)
        self.composer.set_send_key(settings.send_key)
        self._welcome = Welcome(look)
        self._above, self._below = _space(), _space()
        self._above.hide()
        self._below.hide()
        self._welcome_column = Column(self._welcome)
        self._welcome_column.hide()
        self._composer_column = Column(self.composer)
        self._status_column: Column | None = None
        self._show_reading(settings)
        self._status_place = QWidget()
        self._status_place.setFixedHeight(STATUS_PX + _BELOW_STATUS_PX)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._transcript_place: QWidget = _space()
        self._layout.addWidget(self._transcript_place, 1)
        self._layout.addWidget(self._above, _ABOVE_STRETCH)
        self._layout.addWidget(self._welcome_column)
        self._layout.addWidget(self._composer_column)
        self._layout.addWidget(self._below, _BELOW_STRETCH)
        self._layout.addWidget(self._status_place)
        self._welcome.starter_chosen.connect(self._take_starter)

    # --- binding

    def bind(
        self,
        session: ChatSession,
        desk: Desk,
        is_looking_around: bool,
        place: ReadingPlace | None = None,
        is_unread: bool = False,
    ) -> None:
        """Show this conversation from now on: at this place (None is the end), or at the start of an unread reply."""
        # The transcript brings the markdown parser and the highlighter: not before the first paint.
        from desktop_chat.ui.transcript.view import TranscriptView

        self._session = session
        self._desk = desk
        self._is_looking_around = is_looking_around
        self._welcome.set_demo(desk.is_demo)
        self._transcript = TranscriptView(self._look)
        self._transcript.set_following(desk.preferences.settings.following)
        self._transcript.open_at(place, is_unread)
        self._opens_at_end = place is None
        self._put_in_place_of(self._transcript_place, self._transcript)
        self._transcript_place = self._transcript
        self._status = StatusLine(self._look, desk.catalog.checked_on)
        self._status_column = status_column = Column(self._status, below_px=_BELOW_STATUS_PX, overhang_px=STATUS_PAD_PX)
        self._put_in_place_of(self._status_place, status_column)
        self._status_place = status_column
        self._connect_widgets(session, desk, self._transcript)
        self._connect_facts(session, desk)
        self._show_all(session, desk)

    def unbind(self) -> None:
        """Let go of the conversation, which may live on; the composer's text is handed over first."""
        self.composer.flush_draft()
        self._connections.cut()
        self._session = None

    def _put_in_place_of(self, old: QWidget, new: QWidget) -> None:
        self._layout.replaceWidget(old, new)
        self._layout.setStretchFactor(new, 1 if old is self._transcript_place else 0)
        new.show()
        old.hide()
        old.deleteLater()

    def _connect_widgets(self, session: ChatSession, desk: Desk, transcript: TranscriptView) -> None:
        add = self._connections.add
        add(self.composer.send_requested, self._send)
        add(self.composer.stop_requested, session.stop)
        add(self.composer.draft_changed, self._keep_draft)
        add(self.composer.model_chosen, session.set_model)
        add(self.composer.thinking_chosen, lambda mode: desk.preferences.change(thinking=ThinkingMode(mode)))
        add(transcript.moved, self.moved)
        add(transcript.quote_requested, self._quote)
        add(transcript.zoom_requested, desk.zoom)
        add(transcript.retry_requested, session.retry)
        add(transcript.sibling_requested, session.select_sibling)
        add(transcript.key_requested, self.key_requested)
        add(transcript.settings_requested, self.settings_requested)
        add(transcript.link_opened, self.link_opened)
        acts = TabActs(session, desk, transcript.acts, self.composer)
        acts.connect_all(self._connections)
        add(acts.key_requested, self.key_requested)

    def _connect_facts(self, session: ChatSession, desk: Desk) -> None:
        add = self._connections.add
        add(session.path_changed, lambda _path: self._show_path())
        add(session.end_read, self._show_end)
        add(session.message_added, self._add_message)
        add(session.event_arrived, self._transcript_of().apply_event)
        add(session.turn_ended, self._end_turn)
        add(session.activity_changed, self._show_activity)
        add(session.totals_changed, lambda _totals: self._show_totals())
        add(session.limits_changed, self._status_of().show_limits)
        add(session.draft_changed, self._take_draft)
        add(session.model_changed, lambda _model_id: self._show_models())
        add(desk.library.today_cost_changed, lambda _usd: self._show_totals())
        add(desk.keys.models_changed, lambda _models: self._show_models())
        add(desk.keys.state_changed, self._show_key)
        add(desk.keys.check_ended, self._show_check)
        add(desk.preferences.settings_changed, self._show_settings)

    def _show_all(self, session: ChatSession, desk: Desk) -> None:
        self._show_path()
        self._show_activity(session.activity)
        self._show_totals()
        self._status_of().show_limits(session.limits)
        self._show_settings(desk.preferences.settings)
        self._arrange()

    # --- what can be asked

    @property
    def is_blank(self) -> bool:
        """Whether nothing would be missed if this tab were gone: no message, no text."""
        is_empty = self._session is not None and self._session.is_loaded and self._session.is_empty
        return is_empty and self.composer.draft().is_empty

    @property
    def is_settled(self) -> bool:
        """Whether nothing is on its way to the screen."""
        session, transcript, desk = self._session, self._transcript, self._desk
        if session is None or transcript is None or desk is None:
            return False
        if not session.is_loaded or session.is_busy or desk.keys.state.source is KeySource.UNKNOWN:
            return False
        return session.is_empty or transcript.is_painted_up_to_date

    @property
    def place(self) -> ReadingPlace | None:
        """Where the reader stands; None at the end."""
        return self._transcript.place if self._transcript is not None else None

    @property
    def written_px(self) -> int:
        """How much of the page's lower end belongs to the composer and what stands below it."""
        is_at_bottom = self._composer_column.isVisibleTo(self) and not self._below.isVisibleTo(self)
        return self.height() - self._composer_column.y() if is_at_bottom else 0

    @property
    def edits(self) -> tuple[tuple[str, str], ...]:
        """Questions being edited and what was typed; not sent yet."""
        return self._transcript.acts.editing.unsent() if self._transcript is not None else ()

    def take_up_edits(self, edits: tuple[tuple[str, str], ...]) -> None:
        """Go on with what was being edited when the tab was closed."""
        self._transcript_of().acts.editing.take_up(edits)

    # --- wishes of the window

    def focus(self) -> None:
        """Put the keyboard where the next thing is typed."""
        if self._key_card is not None and not self._composer_column.isVisibleTo(self):
            self._key_card.focus()
        else:
            self.composer.focus()

    def look_around(self) -> None:
        """Show the composer in place of the key card; the key is asked for at the first send."""
        self._is_looking_around = True
        self._arrange()

    def ask(self, text: str) -> bool:
        """Send a text as if it had been typed; when it cannot be sent now, False, and it stays in the composer."""
        if self._session is None:
            return False
        draft = Draft.with_caret_at_end(text)
        if not self._send(draft):
            # Without a key, say: it waits where it would have been typed.
            self._take_draft(draft)
            return False
        return True

    def scroll_to_end(self) -> None:
        """Go to the newest text and follow it."""
        if self._transcript is not None:
            self._transcript.scroll_to_end()

    def stop(self) -> None:
        """Stop the reply that is being written here; what is selected is let go of first."""
        if self._transcript is not None and self._transcript.clear_selection():
            return
        if self._session is not None:
            self._session.stop()

    def open_find(self, word: str) -> None:
        """Let the reader find what he has selected, or this word, or another one."""
        transcript = self._transcript
        if transcript is None or not transcript.isVisible():
            return
        if self._find_bar is None:
            from desktop_chat.ui.find_bar import FindBar

            self._find_bar = FindBar(self._look, transcript.finder, self)
            self._find_bar.word_changed.connect(self.find_word_changed)
        self._find_bar.open_bar(transcript.finder.selected_line or word)

    def find_step(self, step: int, word: str) -> None:
        """Go to the next hit, or with -1 to the one before; without the bar, to the first one of this word."""
        if self._find_bar is not None and self._find_bar.isVisible():
            self._find_bar.step(step)
        else:
            self.open_find(word)

    def copy_last_answer(self) -> bool:
        """Copy the newest reply; False when there is none."""
        return self._transcript is not None and self._transcript.copy_last_answer()

    def copy_last_code(self) -> bool:
        """Copy the newest code block; False when there is none."""
        return self._transcript is not None and self._transcript.copy_last_code()

    def _quote(self, quote: str) -> None:
        """Put a quote into the composer, on lines of its own."""
        before = self.composer.draft()
        has_line = before.text[: before.caret].rstrip(" ")[-1:] not in ("", "\n")
        self.composer.insert_text(("\n\n" if has_line else "") + f"{quote}\n")
        self.composer.focus()

    def close_find(self) -> bool:
        """Close the find bar; False when it was not open."""
        is_open = self._find_bar is not None and self._find_bar.isVisible()
        if self._find_bar is not None:
            self._find_bar.close_bar()
        return is_open

    def walk(self, step: int) -> None:
        """Walk to the next or former message."""
        if self._transcript is not None and self._transcript.isVisible():
            self._transcript.acts.step(step)

    def regenerate(self) -> None:
        """Ask for the last reply again, or for the one that never came."""
        if self._session is None or self._session.is_busy:
            return
        path = self._session.path()
        if path and path[-1].status is not MessageStatus.STREAMING:
            self._session.retry(path[-1].id)

    # --- writing

    def _send(self, draft: Draft) -> bool:
        assert self._session is not None
        assert self._desk is not None
        if self._desk.keys.state.source is KeySource.NONE:
            # The text stays where it is until there is a key to send it with.
            self.key_requested.emit()
            return False
        if not self._session.send(draft):
            return False
        if draft.text == self.composer.draft().text:
            self.composer.clear_sent()
        return True

    def _keep_draft(self, draft: Draft) -> None:
        assert self._session is not None
        # Before the stored draft has come, it must not be replaced by what was typed meanwhile.
        if self._session.is_loaded:
            self._session.keep_draft(draft)
        self.content_changed.emit()

    def _take_draft(self, draft: Draft) -> None:
        """Put a text back that was stored or could not be sent; what stands there already comes after it."""
        typed = self.composer.draft()
        if typed.text == draft.text:
            return
        if typed.is_empty:
            self.composer.set_draft(draft)
        else:
            joined = f"{draft.text}\n\n"
            self.composer.set_draft(Draft(joined + typed.text, utf16_count(joined) + typed.caret))
            self._keep_draft(self.composer.draft())
        self.content_changed.emit()

    def _take_starter(self, text: str) -> None:
        self.composer.set_draft(Draft.with_caret_at_end(text))
        self.composer.focus()

    # --- showing

    def _transcript_of(self) -> TranscriptView:
        assert self._transcript is not None
        return self._transcript

    def _status_of(self) -> StatusLine:
        assert self._status is not None
        return self._status

    def _show_end(self, messages: tuple[Message, ...]) -> None:
        """Show the last messages of a long conversation before all of it is there."""
        assert self._session is not None
        if self._opens_at_end and not self._session.is_loaded:
            self._transcript_of().show_path(messages, lambda message_id: (message_id,))

    def _show_path(self) -> None:
        assert self._session is not None
        self._transcript_of().show_path(self._session.path(), self._session.siblings)
        self._transcript_of().show_activity(self._session.activity)
        self._arrange()

    def _add_message(self, message: Message) -> None:
        self._arrange()
        self._transcript_of().add_message(message)

    def _end_turn(self, message: Message) -> None:
        self._transcript_of().end_message(message)
        self._arrange()

    def _show_activity(self, activity: Activity) -> None:
        self.composer.set_busy(activity.is_busy)
        self._transcript_of().show_activity(activity)
        self._status_of().show_activity(activity)

    def _show_totals(self) -> None:
        assert self._session is not None
        assert self._desk is not None
        self._status_of().show_totals(self._session.totals, self._desk.library.today_cost_usd)

    def _show_models(self) -> None:
        assert self._session is not None
        assert self._desk is not None
        model_id = self._session.model_id
        self.composer.set_models(self._desk.keys.models, model_id)
        kind = self._desk.keys.model(model_id).thinking
        self.composer.set_thinking(self._desk.preferences.settings.thinking, kind is not ThinkingKind.NONE)

    def _show_settings(self, settings: Settings) -> None:
        self.composer.set_send_key(settings.send_key)
        self._transcript_of().acts.editing.set_send_key(settings.send_key)
        self._transcript_of().set_reading(settings.zoom_percent, settings.column)
        self._transcript_of().set_following(settings.following)
        self._show_reading(settings)
        self._show_models()

    def _show_reading(self, settings: Settings) -> None:
        """Keep what is written below in line with the text above."""
        width_px = writing_px(settings.column, settings.zoom_percent)
        for column in (self._composer_column, self._status_column):
            if column is not None:
                column.set_width(width_px)
        self.composer.set_zoom(settings.zoom_percent)

    def _show_key(self, state: KeyState) -> None:
        if self._key_card is not None:
            self._key_card.show_state(state)
        self._arrange()

    def _show_check(self, check: KeyCheck) -> None:
        # The key dialog may have asked, too.
        if self._key_card is not None and self._is_checking:
            self._key_card.show_check(check)
        self._is_checking = False

    def _arrange(self) -> None:
        """Choose between transcript, welcome and key card."""
        session, desk = self._session, self._desk
        if session is None or desk is None:
            return
        is_empty = session.is_loaded and session.is_empty
        has_card = is_empty and not self._is_looking_around and desk.keys.state.source is KeySource.NONE
        focused = self.window().focusWidget()
        had_focus = focused is not None and self.isAncestorOf(focused)
        was_card = self._key_card is not None and not self._composer_column.isVisibleTo(self)
        if has_card:
            self._show_card(desk)
        self._transcript_place.setVisible(not is_empty)
        for space in (self._above, self._below):
            space.setVisible(is_empty)
        self._welcome_column.setVisible(is_empty and not has_card)
        self._composer_column.setVisible(not has_card)
        if self._key_card is not None and not has_card:
            self._drop_card()
        self.composer.set_placeholder("Ask Claude…" if is_empty else "Reply to Claude…")
        if has_card != was_card and had_focus:
            self.focus()
        self.content_changed.emit()

    def _show_card(self, desk: Desk) -> None:
        if self._key_card is not None:
            return
        card = self._key_card = KeyCard(self._look)
        card.check_requested.connect(self._check_key)
        card.look_around_requested.connect(self.looking_around)
        card.link_clicked.connect(lambda address: self.link_opened.emit(address, ""))
        card.show_state(desk.keys.state)
        self._card_column = Column(card, width_px=CARD_PX)
        self._layout.insertWidget(self._layout.indexOf(self._composer_column), self._card_column)
        # A layout shows its new widgets only later, and what is hidden cannot take the keyboard.
        self._card_column.show()

    def _drop_card(self) -> None:
        self._key_card = None
        self._card_column.hide()
        self._card_column.deleteLater()

    def _check_key(self, text: str, for_session_only: bool) -> None:
        if self._key_card is not None and self._desk is not None:
            self._is_checking = True
            self._key_card.show_checking()
            self._desk.keys.check_and_keep(text, for_session_only)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the key to the end that the composer had no use for: its caret was there already."""
        if event.matches(QKeySequence.StandardKey.MoveToEndOfDocument):
            self.scroll_to_end()
        elif event.matches(QKeySequence.StandardKey.Copy) and self._transcript is not None:
            # Nothing is selected below, where the keyboard is nearly always.
            self._transcript.copy()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.composer.set_max_height_px(round(self.height() * _COMPOSER_SHARE))
        if self._find_bar is not None:
            self._find_bar.place()


def _space() -> QWidget:
    space = QWidget()
    space.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
    return space
