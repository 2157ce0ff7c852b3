"""The transcript widget: shows the messages of one conversation, follows what streams in, lets the reader take it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from desktop_chat.core.activity import Activity
from desktop_chat.core.events import ReplyEvent
from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.core.settings import ColumnWidth
from desktop_chat.ui.theme import Colors, Look
from desktop_chat.ui.transcript.arrivals import Arrivals
from desktop_chat.ui.transcript.deeds import Deeds
from desktop_chat.ui.transcript.focus import FocusWalk
from desktop_chat.ui.transcript.frame_clock import CALM_MS, FRAME_MS, FrameClock
from desktop_chat.ui.transcript.keyboard import Keyboard
from desktop_chat.ui.transcript.motion import is_motion_reduced
from desktop_chat.ui.transcript.moves import Moves
from desktop_chat.ui.transcript.newest_pill import NewestPill
from desktop_chat.ui.transcript.page import Page
from desktop_chat.ui.transcript.page_painter import PagePainter
from desktop_chat.ui.transcript.pointer import Pointer
from desktop_chat.ui.transcript.selection import Selection
from desktop_chat.ui.transcript.steps import LINE_PX, PAGE_OVERLAP_PX, wheel_step
from desktop_chat.ui.transcript.style import COLUMN_WIDTHS_PX, Style
from desktop_chat.ui.transcript.taking import Taking
from desktop_chat.ui.transcript.words import waiting_of

_PILL_MARGIN_PX: Final = 8
_TAKING_S: Final = 0.005
"""Time in one frame for taking what arrived; what it leaves over goes to the colours of code."""

_COLORING_S: Final = 0.002

_DESCRIPTION_CHARACTERS_MAX: Final = 4_000


class TranscriptView(QAbstractScrollArea):
    """The messages of one conversation.

    Order:   `show_path` first; then `add_message`, `apply_event` and `end_message` as things happen.
    """

    retry_requested = Signal(str)
    """Message id."""
    key_requested = Signal()
    settings_requested = Signal()
    sibling_requested = Signal(str, int)
    """Message id, and -1 or +1."""
    link_opened = Signal(str)
    """A web or mail address the reader clicked; the view itself opens nothing."""
    at_end_changed = Signal(bool)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = Style(look.colors)
        self._page = Page(self._style)
        self._selection = Selection()
        self._pointer = Pointer(self._page, self._selection)
        self._focus = FocusWalk(self._page)
        self._painter = PagePainter(self._page, self._selection, self._pointer, self._focus)
        self._arrivals = Arrivals(self._page.rows)
        self._taking = Taking(self._page, self._selection, self)
        self._taking.ticked.connect(self._show_marks)
        self._deeds = Deeds(self._page, self._selection, self._taking, self)
        self._moves = Moves(self._page, self)
        self._keyboard = Keyboard(self._page, self._moves, self._focus, self._taking, self._deeds)
        self._activity = Activity()
        self._is_writing_value = False
        self._was_at_end = True
        self._needs_layout = True
        self._awaits_paint = False
        self._clock = FrameClock(self)
        self._clock.ticked.connect(self._frame)
        self._pill = NewestPill(self._style, self.viewport())
        self._pill.clicked.connect(self.scroll_to_end)
        self._set_up_widget()
        look.colors_changed.connect(self._put_on_colors)

    def _set_up_widget(self) -> None:
        self.setObjectName("transcript")
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Conversation")
        for wish in ("retry_requested", "key_requested", "settings_requested", "sibling_requested", "link_opened"):
            getattr(self._deeds, wish).connect(getattr(self, wish))
        self._deeds.folded.connect(self._change)
        self._moves.moved.connect(self._change)
        bar = self.verticalScrollBar()
        bar.setSingleStep(LINE_PX)
        bar.valueChanged.connect(self._scroll_bar_moved)
        bar.sliderPressed.connect(self._moves.let_go)

    # --- what is shown ------------------------------------------------------------------------------------------

    def show_path(self, messages: tuple[Message, ...], siblings: Callable[[str], tuple[str, ...]]) -> None:
        """Show these messages; the page stands at the end unless it shares messages with what was shown."""
        rows = self._page.rows
        is_other = not any(rows.index_of(message.id) is not None for message in messages)
        self._selection.clear()
        self._focus.clear()
        self._pointer.forget()
        self._taking.copied = None
        rows.show(messages, siblings)
        if is_other:
            self._arrivals.drop()
            self._page.scrolling.is_following = True
        self._tell_text()
        self._change()

    def add_message(self, message: Message) -> None:
        """Show a new message at the end: the reader's own, or a reply that will stream."""
        rows = self._page.rows
        if rows.index_of(message.id) is not None:
            return
        rows.item(rows.add(message))
        if message.status is not MessageStatus.STREAMING:
            self._page.scrolling.is_following = True
        self._change()

    def apply_event(self, reply_id: str, event: ReplyEvent) -> None:
        """Let a streaming reply grow; it is painted with the next frames."""
        self._arrivals.put(reply_id, event, time.monotonic())
        self._run_clock()

    def end_message(self, message: Message) -> None:
        """Show the final state of a reply, once all its text is painted; nothing jumps, the selection stays."""
        self._arrivals.end(message)
        self._run_clock()

    def show_activity(self, activity: Activity) -> None:
        """Show what is being waited for, in the place of the coming reply."""
        self._activity = activity
        self._run_clock()

    def set_reading(self, zoom_percent: int, column: ColumnWidth) -> None:
        """Show the text larger or smaller, the column narrower or wider; the line under the eye stays."""
        self._page.zoom = zoom_percent / 100
        self._page.column_px = COLUMN_WIDTHS_PX[column]
        self._painter.forget()
        self._change()

    def scroll_to_end(self) -> None:
        """Go to the end and follow it."""
        self._moves.to_end()

    @property
    def is_at_end(self) -> bool:
        """Whether the newest text is on the screen."""
        return self._page.scrolling.is_at_end

    @property
    def is_painted_up_to_date(self) -> bool:
        """Whether everything that arrived is on the screen, colours included."""
        is_settled = self._is_all_taken and not self._needs_layout and not self._awaits_paint
        return is_settled and not self._painter.uncolored

    @property
    def _is_all_taken(self) -> bool:
        return self._arrivals.is_empty and not self._page.rows.is_behind

    def text_of_selection(self) -> str:
        """The selected text, clean."""
        return self._taking.texts()[0]

    def copy(self) -> None:
        """Put the selected text on the clipboard."""
        self._taking.copy()

    def select_all(self) -> None:
        """Select the whole conversation."""
        self._taking.select_all()
        self._moves.let_go()
        self._show_marks()

    # --- frames -------------------------------------------------------------------------------------------------

    def _change(self) -> None:
        """Something is different: lay out and paint with the next frame."""
        self._needs_layout = True
        self._run_clock()

    def _run_clock(self) -> None:
        # In a tab behind others nobody sees an even pace: it takes more at once, less often.
        self._clock.run(FRAME_MS if self.isVisible() else CALM_MS)

    def _frame(self) -> None:
        """One frame: take what arrived, lay out, move the scroll bar, ask for painting."""
        began_s = time.perf_counter()
        is_hurried = not self.isVisible() or is_motion_reduced()
        has_changed = self._page.rows.read_on()
        has_taken, has_ended = self._arrivals.take(time.monotonic(), is_hurried)
        has_changed = has_changed or has_taken
        has_changed = self._page.rows.set_waiting(waiting_of(self._activity)) or has_changed
        spare_s = _TAKING_S - (time.perf_counter() - began_s)
        has_changed = self._painter.color_code(min(_COLORING_S, spare_s)) or has_changed
        if has_changed or self._needs_layout:
            self._arrange()
            pill = self._pill.geometry() if self._pill.isVisible() else None
            will_paint = self._painter.refresh(self.viewport(), pill)
            self._awaits_paint = self._awaits_paint or (will_paint and self.isVisible())
        elif self._painter.waiting is not None:
            self.viewport().update(self._painter.waiting)
        if has_ended:
            self._tell_text()
        self._rest_if_done()

    def _rest_if_done(self) -> None:
        if not self._is_all_taken or (self.isVisible() and not self.is_painted_up_to_date):
            return
        if self.isVisible() and (self._painter.waiting is not None or self._activity.is_busy):
            self._clock.calm_down()
        else:
            self._clock.stop()

    def _arrange(self) -> None:
        """Lay out what is visible and write the scroll value: the only place that does."""
        self._needs_layout = False
        viewport = self.viewport()
        # The column stands in the middle of the whole widget, as the composer below does, scroll bar or not.
        self._page.resize(self.width(), viewport.height())
        value = self._page.settle()
        bar = self.verticalScrollBar()
        self._is_writing_value = True
        bar.setPageStep(max(1, round(self._page.scrolling.page_px) - PAGE_OVERLAP_PX))
        bar.setRange(0, self._page.scrolling.most)
        bar.setValue(value)
        self._is_writing_value = False
        self._page.scroll_value = value
        self._place_pill()

    def _place_pill(self) -> None:
        is_at_end = self.is_at_end
        self._pill.set_writing(self._activity.is_busy)
        left = (self.width() - self._pill.width()) // 2
        self._pill.move(left, self.viewport().height() - self._pill.height() - _PILL_MARGIN_PX)
        self._pill.setVisible(not is_at_end)
        if is_at_end != self._was_at_end:
            self._was_at_end = is_at_end
            self.at_end_changed.emit(is_at_end)

    def _show_marks(self) -> None:
        """Hover, selection, focus or a tick look different: paint what is on the screen again."""
        self._painter.copied = self._taking.copied
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        self._awaits_paint = False
        self._painter.paint(self.viewport(), event.region(), self._style, self.hasFocus())
        if self._painter.uncolored or self._painter.waiting is not None:
            self._clock.run(FRAME_MS if self._painter.uncolored else CALM_MS)

    def showEvent(self, event: QShowEvent) -> None:
        self._change()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
        self._painter.forget()
        self._painter.refresh(self.viewport(), None)

    # --- scrolling ----------------------------------------------------------------------------------------------

    def _scroll_bar_moved(self, value: int) -> None:
        if not self._is_writing_value:
            self._moves.to(value)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Nothing: the next frame moves the page."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        across, along = wheel_step(event)
        if abs(across) > abs(along):
            spot = self._page.spot_at(self._on_page(event.position()))
            if spot is not None and spot.part.scroll_sideways(across / self._page.zoom):
                self.viewport().update()
        elif along or event.angleDelta().y() > 0:
            # A turn too small for a pixel lets go all the same.
            self._moves.by((along or -1) / self._page.zoom)
        event.accept()

    # --- keyboard -----------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._keyboard.press(event):
            self._show_marks()
        else:
            # Whatever else is typed belongs to the composer: the window passes it on.
            event.ignore()

    def focusNextPrevChild(self, is_next: bool) -> bool:
        has_moved = self._focus.step(1 if is_next else -1)
        self.viewport().update()
        return has_moved or super().focusNextPrevChild(is_next)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._focus.clear()
        self.viewport().update()
        super().focusOutEvent(event)

    # --- mouse --------------------------------------------------------------------------------------------------

    def _on_page(self, point: QPointF) -> QPointF:
        """A point of the viewport in pixels of the page."""
        return point / self._page.zoom

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._focus.clear()
            is_extending = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._pointer.press(self._on_page(event.position()), is_extending)
            self._show_marks()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = self._on_page(event.position())
        if self._pointer.move(point, bool(event.buttons() & Qt.MouseButton.LeftButton)):
            self.viewport().update()
        if self._pointer.is_selecting and not self._selection.is_empty:
            self._moves.let_go()
            self._scroll_while_dragging(point.y())
        self.viewport().setCursor(self._pointer.cursor)

    def _scroll_while_dragging(self, y: float) -> None:
        beyond = y if y < 0 else max(0.0, y - self._page.scrolling.page_px)
        if beyond:
            self._moves.drag_by(beyond)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            clicked = self._pointer.release(self._on_page(event.position()))
            if clicked is not None:
                self._deeds.perform(*clicked)

    def leaveEvent(self, event: QEvent) -> None:
        if self._pointer.leave():
            self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            found = self._pointer.target_at(self._on_page(QPointF(event.pos())))
            QToolTip.showText(event.globalPos(), found[1].tip if found else "", self.viewport())
            return True
        return super().viewportEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._taking.menu(self._page.spot_at(self._on_page(QPointF(event.pos()))), self).popup(event.globalPos())

    # --- look and speech ----------------------------------------------------------------------------------------

    def _put_on_colors(self, colors: Colors) -> None:
        self._style = Style(colors)
        self._page.rows.set_style(self._style)
        self._pill.put_on(self._style)
        self._painter.uncolored.clear()
        self._pointer.forget()
        self._change()

    def _tell_text(self) -> None:
        """Give screen readers the last finished text as the description."""
        self.setAccessibleDescription(self._page.rows.last_finished_text()[:_DESCRIPTION_CHARACTERS_MAX])
