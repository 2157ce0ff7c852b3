"""The stream inspector's window: what went over the line for one reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QKeyEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.core.settings import Settings
from desktop_chat.core.stream_figures import CHARACTERS_PER_TOKEN, length_s_of
from desktop_chat.core.stream_record import RECORDED_REPLIES_MAX, StreamRecord
from desktop_chat.ui.elided_label import ElidedLabel
from desktop_chat.ui.inspector.events_tab import ONLY_TIMES
from desktop_chat.ui.inspector.pages import Pages
from desktop_chat.ui.inspector.part_summary import PartSummary
from desktop_chat.ui.inspector.subject import Subject
from desktop_chat.ui.inspector.time_line import TimeLine
from desktop_chat.ui.own_escape import is_escape
from desktop_chat.ui.plain_label import plain_label
from desktop_chat.ui.return_key import ReturnPresses
from desktop_chat.ui.roles import set_role
from desktop_chat.ui.theme import Look

if TYPE_CHECKING:
    from desktop_chat.chat.stream_recorder import StreamRecorder

SIZE: Final = QSize(900, 640)
LEAST: Final = QSize(560, 420)
_LOW_PX: Final = 540
"""A window lower than this has no room for the figures above the time line; they have a page of their own."""
_LOADING: Final = "Reading what was kept of this reply…"
_NO_RECORD: Final = (
    "Nothing was kept of what went over the line for this reply.\n\n"
    f"The last {RECORDED_REPLIES_MAX} replies are kept, but none of the time before the program did so."
)


class InspectorWindow(QWidget):
    """Opened for a reply with `inspect`; another one may follow."""

    closed = Signal()
    save_requested = Signal(object, int)
    """Message, and which part."""
    curl_requested = Signal(object)
    """The request to be copied."""

    def __init__(self, look: Look, recorder: StreamRecorder, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        ReturnPresses(self)
        self.setWindowTitle("Stream inspector")
        self.setMinimumSize(LEAST)
        self.resize(SIZE)
        self._part = 0
        self._is_low = False
        self._is_part_wanted = False
        """Whether the reader has chosen the part."""
        self.subject = Subject(recorder, parent=self)
        course = self.subject.course
        self.summary = PartSummary(look, self.subject)
        self.time_line = TimeLine(look, course)
        self.pages = Pages(look, self.subject)
        self.copying = QPushButton("Copy as cURL")
        self.saving = QPushButton("Save as a replay file…")
        self.replaying = QPushButton("Play again")
        self._arrange()
        self._connect()
        self.time_line.setFocus()

    def _arrange(self) -> None:
        splitter = self._splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(9)
        splitter.addWidget(self.time_line)
        splitter.addWidget(self.pages)
        splitter.setStretchFactor(0, 0)
        splitter.setStretchFactor(1, 1)
        self._page = QWidget()
        column = QVBoxLayout(self._page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.summary)
        column.addWidget(splitter, 1)
        self._words = plain_label(role="dim")
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._page)
        self._stack.addWidget(self._words)
        self._said = ElidedLabel("")
        set_role(self._said, "dim")
        acts = QHBoxLayout()
        acts.setSpacing(8)
        acts.addWidget(self.copying)
        acts.addWidget(self.saving)
        acts.addWidget(self._said, 1)
        acts.addWidget(self.replaying)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 12, 16, 12)
        outer.setSpacing(10)
        outer.addWidget(self._stack, 1)
        outer.addLayout(acts)

    def _connect(self) -> None:
        subject = self.subject
        subject.begun_again.connect(self._begin_again)
        subject.grown.connect(self._grow)
        subject.settled.connect(self._settle)
        subject.ticked.connect(self._tick)
        self.summary.head.part_chosen.connect(self._choose_part)
        self.time_line.event_chosen.connect(self._choose_event)
        self.time_line.moment_chosen.connect(self._seek)
        self.pages.events.event_chosen.connect(self._follow_event)
        self.pages.shown.connect(lambda _page: self._fill_page())
        self.pages.play.position_changed.connect(lambda at_s: self.time_line.set_playing(at_s if at_s >= 0 else None))
        self.copying.clicked.connect(lambda: self.curl_requested.emit(self._record.request))
        self.saving.clicked.connect(lambda: self.save_requested.emit(subject.message, self._record.part))
        self.replaying.clicked.connect(self._play)

    # --- wishes

    def inspect(self, question: Message | None, message: Message) -> None:
        """Look at this reply, or at what has become of it."""
        is_other = self.subject.message is None or self.subject.message.id != message.id
        if is_other:
            self._is_part_wanted = False
            self.time_line.show_all()
            self.say("")
        if message != self.subject.message:
            self.pages.play.drop()
        self.subject.look_at(question, message)
        self._show_words()

    def say(self, words: str) -> None:
        """Tell how something went that was asked for here."""
        self._said.set_text(words)

    @property
    def said(self) -> str:
        """What was told last of how something went."""
        return self._said.full_text

    @property
    def words(self) -> str:
        """What is said in the place of a record; empty when there is one."""
        return self._words.text() if self._stack.currentWidget() is self._words else ""

    def show_settings(self, settings: Settings) -> None:
        """Follow the size of the text."""
        self.pages.show_settings(settings)

    # --- the records change

    @property
    def _record(self) -> StreamRecord:
        # Of another reply, whose figures are still made, there may be fewer parts.
        return self.subject.records[min(self._part, len(self.subject.records) - 1)]

    def _begin_again(self) -> None:
        self.pages.events.begin_again()
        self.time_line.select(None)
        self.pages.play.drop()

    def _grow(self) -> None:
        self.pages.events.grown(self.subject.is_live)
        self.time_line.refresh(self.subject.now_s)

    def _settle(self) -> None:
        records = self.subject.records
        if not self._is_part_wanted or self._part >= len(records):
            self._part = max(0, len(records) - 1)
        if not records:
            self._show_words()
            return
        ratio = self.subject.tokens_per_unit
        self.time_line.set_tokens_per_unit(1 / CHARACTERS_PER_TOKEN if ratio is None else ratio)
        self._show_part()
        message = self.subject.message
        if self.subject.is_live or message is None or message.status is MessageStatus.STREAMING:
            self.pages.play.drop()
        elif not self.pages.play.is_ready:
            self.pages.play.take(self.subject.question, message, records)
        self._show_words()

    def _tick(self, now_s: float) -> None:
        self.time_line.refresh(now_s)
        if self._has_figures:
            self.summary.show_figures(self._part)

    # --- showing

    def _show_words(self) -> None:
        """Show the page, or why there is none."""
        has_records = bool(self.subject.records)
        self._words.setText(_LOADING if self.subject.is_loading else _NO_RECORD)
        self._stack.setCurrentWidget(self._page if has_records else self._words)
        self.saving.setEnabled(has_records)
        self.copying.setEnabled(has_records and self._record.request.body is not None)
        self.replaying.setEnabled(has_records and self.pages.play.is_ready)

    @property
    def _has_figures(self) -> bool:
        """Whether those of the part are there; of one that has just begun they are still made."""
        return self._part < min(len(self.subject.records), len(self.subject.figures))

    def _show_part(self) -> None:
        if self._has_figures:
            self.summary.show_part(self._part)
            self.copying.setToolTip("" if self._record.request.body is not None else ONLY_TIMES)
            self._fill_page()

    def _fill_page(self) -> None:
        if self._has_figures:
            self.pages.fill(self._part)

    # --- choosing

    def _choose_part(self, part: int) -> None:
        self._is_part_wanted = True
        self._part = part
        course = self.subject.course
        end_s = course.starts[part] + length_s_of(self._record)
        self.time_line.show_stretch(course.starts[part], end_s)
        self._show_part()

    def _choose_event(self, number: int) -> None:
        self.pages.events.select(number)
        self._follow_part(number)

    def _follow_event(self, number: int) -> None:
        self.time_line.select(number)
        self._follow_part(number)

    def _follow_part(self, number: int) -> None:
        part = self.subject.course.part_of(number)
        if part != self._part:
            self._is_part_wanted = True
            self._part = part
            self._show_part()

    def _seek(self, at_s: float) -> None:
        if self.pages.page is self.pages.play:
            self.pages.play.seek(at_s)

    def _play(self) -> None:
        self.pages.show_page(self.pages.play)
        self.pages.play.start()

    # --- events

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.subject.set_watched(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.subject.set_watched(False)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.subject.close()
        self.pages.play.drop()
        super().closeEvent(event)
        self.closed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_low = self.height() < _LOW_PX
        self.summary.figures.setVisible(not is_low)
        if is_low and not self._is_low:
            # The pages get the room.
            self._splitter.setSizes((0, self.height()))
        self._is_low = is_low

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = QKeySequence.StandardKey
        if is_escape(event) or event.matches(keys.Close):
            self.close()
        elif event.matches(keys.Find):
            self.pages.open_find()
        elif event.matches(keys.FindNext) or event.matches(keys.FindPrevious):
            self.pages.find_step(1 if event.matches(keys.FindNext) else -1)
        else:
            super().keyPressEvent(event)
