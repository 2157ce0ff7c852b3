"""The list of events, and beside it the data of the one that is selected."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QSplitter,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_chat.ui.fonts import SMALL_PX, figures_font
from desktop_chat.ui.inspector.course import Course
from desktop_chat.ui.inspector.events_delegate import EventsDelegate
from desktop_chat.ui.inspector.events_model import DATA, DELTA, NAME, NUMBER, SIZE, TIME, EventsModel
from desktop_chat.ui.inspector.shown_text import Shown, parsed_text, raw_text
from desktop_chat.ui.inspector.text_pane import TextPane
from desktop_chat.ui.plain_label import plain_label
from desktop_chat.ui.roles import set_role
from desktop_chat.ui.theme import Look

ONLY_TIMES: Final = "Only the times are kept once the program was closed."
TOO_MUCH: Final = "The data of this event was not kept: the reply was too long."
_WIDTHS_PX: Final = {NUMBER: 44, TIME: 62, DELTA: 66, NAME: 164, SIZE: 82}
_SIZES_PX: Final = (580, 280)
_ROW_PX: Final = 24
_NARROW_PX: Final = 780
_BESIDE_PX: Final = 14
_FILTER_CHARACTERS_MAX: Final = 200


class EventsTab(QWidget):
    """Wants to be told through `grown` and `begin_again` what became of the course."""

    event_chosen = Signal(int)
    """The number of the event that is selected in the list."""

    def __init__(self, look: Look, course: Course, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._course = course
        self._is_telling = True
        self._is_live = False
        self._is_at_end = True
        self._chosen: int | None = None
        self.model = EventsModel(look, course, self)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter by name or data")
        self.filter.setAccessibleName("Filter events")
        self.filter.setMaxLength(_FILTER_CHARACTERS_MAX)
        self._count = plain_label(role="tiny", wraps=False)
        self.table = self._make_table(look)
        self.pane = TextPane("Data of the event")
        self.parsing = QToolButton()
        set_role(self.parsing, "toggle")
        self.parsing.setText("Parsed")
        self.parsing.setCheckable(True)
        self.parsing.setChecked(True)
        self.parsing.setToolTip("A line for each value; as it came otherwise")
        self.parsing.setAccessibleName("Parsed")
        self.parsing.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.parsing.setMinimumWidth(self.parsing.fontMetrics().horizontalAdvance(self.parsing.text()) + _BESIDE_PX)
        self.pane.bar.insertWidget(0, self.parsing)
        self._arrange()
        # The rows are laid out later than they come, and only then is there an end to go to.
        bar = self.table.verticalScrollBar()
        bar.valueChanged.connect(self._note_end)
        bar.rangeChanged.connect(self._follow_end)
        self.filter.textChanged.connect(self._set_filter)
        self.model.counted.connect(self._show_count)
        self.table.selectionModel().currentRowChanged.connect(self._follow_row)
        self.parsing.toggled.connect(lambda _is_on: self._show_data())
        self._show_data()

    def _make_table(self, look: Look) -> QTableView:
        table = QTableView()
        # As in `TextPane`: its font would be lost with `set_role`.
        table.setProperty("role", "events")
        table.setModel(self.model)
        table.setItemDelegate(EventsDelegate(look, self.model, table))
        table.setAccessibleName("Events")
        table.setFont(figures_font(SMALL_PX))
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows = table.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(_ROW_PX)
        heads = table.horizontalHeader()
        heads.setHighlightSections(False)
        heads.setMinimumSectionSize(32)
        for column, width in _WIDTHS_PX.items():
            heads.resizeSection(column, width)
        heads.setSectionResizeMode(DATA, QHeaderView.ResizeMode.Stretch)
        return table

    def _arrange(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(6)
        bar.addWidget(self.filter, 1)
        bar.addWidget(self._count)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(bar)
        column.addWidget(self.table, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(9)
        splitter.addWidget(left)
        splitter.addWidget(self.pane)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        splitter.setSizes(_SIZES_PX)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(splitter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # What an event says is worth more than its size.
        is_narrow = self.width() < _NARROW_PX
        for column in (DELTA, SIZE):
            self.table.setColumnHidden(column, is_narrow)

    # --- changes

    def grown(self, is_live: bool) -> None:
        """The course may have more events; the list follows one that is being written if its end is in sight."""
        # What comes with the end is followed, too.
        self._is_live = self._is_live or is_live
        self.model.take_grown()

    def begin_again(self) -> None:
        """The course is another one."""
        self._chosen = None
        self._is_live = False
        self.model.begin_again()
        self._show_data()

    def select(self, number: int) -> None:
        """Select an event; one that the filter leaves out is shown beside the list all the same."""
        self._chosen = number
        row = self.model.row_of(number)
        self._is_telling = False
        if row is None:
            self.table.clearSelection()
            self.table.selectionModel().clearCurrentIndex()
        else:
            self.table.setCurrentIndex(self.model.index(row, NAME))
        self._is_telling = True
        self._show_data()

    def set_zoom(self, percent: int) -> None:
        """Show the texts in another size."""
        self.pane.set_zoom(percent)
        self.table.setFont(figures_font(max(1, round(SMALL_PX * percent / 100))))
        self.table.verticalHeader().setDefaultSectionSize(max(12, round(_ROW_PX * percent / 100)))

    # --- showing

    def _note_end(self) -> None:
        bar = self.table.verticalScrollBar()
        self._is_at_end = bar.value() >= bar.maximum()

    def _follow_end(self) -> None:
        if self._is_live and self._is_at_end:
            self.table.verticalScrollBar().setValue(self.table.verticalScrollBar().maximum())
        self._note_end()

    def _set_filter(self, text: str) -> None:
        self.model.set_filter(text)
        if self._chosen is not None and (row := self.model.row_of(self._chosen)) is not None:
            self._is_telling = False
            self.table.setCurrentIndex(self.model.index(row, NAME))
            self._is_telling = True

    def _show_count(self) -> None:
        self._count.setText(self.model.words)
        self.filter.setAccessibleDescription(self.model.words)

    def _follow_row(self, index: QModelIndex, _before: QModelIndex) -> None:
        if index.isValid() and self._is_telling:
            # The focus alone makes a row the current one without selecting it.
            flags = QItemSelectionModel.SelectionFlag
            self.table.selectionModel().select(index, flags.ClearAndSelect | flags.Rows)
            self._chosen = self.model.number(index.row())
            self._show_data()
            self.event_chosen.emit(self._chosen)

    def _show_data(self) -> None:
        if self._chosen is None or self._chosen >= len(self._course):
            self.pane.show_text(Shown("", "Select an event to see its data."), "")
            return
        raw = self._course.arrivals[self._chosen].raw
        if raw is None:
            has_any = self._course.arrivals[0].raw is not None
            self.pane.show_text(Shown("", TOO_MUCH if has_any else ONLY_TIMES), "")
        else:
            self.pane.show_text(parsed_text(raw) if self.parsing.isChecked() else raw_text(raw), raw)
