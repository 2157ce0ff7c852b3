"""The transcript widget: shows the messages of one conversation, follows what streams in, lets the reader take it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
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
from desktop_chat.core.conversation import ReadingPlace
from desktop_chat.core.events import ReplyEvent
from desktop_chat.core.messages import Message
from desktop_chat.core.settings import ColumnWidth, Following
from desktop_chat.ui.column import COLUMN_WIDTHS_PX
from desktop_chat.ui.plain_tip import plain_tip
from desktop_chat.ui.roles import show_ground
from desktop_chat.ui.theme import Colors, Look
from desktop_chat.ui.transcript.accessible.tree import AccessibleTree, Acts
from desktop_chat.ui.transcript.deeds import Deeds
from desktop_chat.ui.transcript.finding.find import Finder
from desktop_chat.ui.transcript.finding.scroll_marks import ScrollMarks
from desktop_chat.ui.transcript.frame_clock import CALM_MS, FRAME_MS, FrameClock
from desktop_chat.ui.transcript.menu import TranscriptMenu
from desktop_chat.ui.transcript.messages.arrivals import Arrivals
from desktop_chat.ui.transcript.messages.message_acts import MessageActs
from desktop_chat.ui.transcript.messages.words import waiting_of
from desktop_chat.ui.transcript.moving.caret import Caret
from desktop_chat.ui.transcript.moving.end_news import EndNews
from desktop_chat.ui.transcript.moving.focus import FocusWalk
from desktop_chat.ui.transcript.moving.keyboard import Keyboard
from desktop_chat.ui.transcript.moving.lead import Lead
from desktop_chat.ui.transcript.moving.motion import is_motion_reduced
from desktop_chat.ui.transcript.moving.mouse import Mouse
from desktop_chat.ui.transcript.moving.moves import Moves
from desktop_chat.ui.transcript.moving.pointer import Pointer
from desktop_chat.ui.transcript.moving.steps import LINE_PX, PAGE_OVERLAP_PX, Notches, wheel_step
from desktop_chat.ui.transcript.moving.walk import Walk
from desktop_chat.ui.transcript.newest_pill import NewestPill
from desktop_chat.ui.transcript.page import Page
from desktop_chat.ui.transcript.page_painter import PagePainter
from desktop_chat.ui.transcript.parts.part import ADDRESSES
from desktop_chat.ui.transcript.parts.style import Style
from desktop_chat.ui.transcript.taking.selection import Selection
from desktop_chat.ui.transcript.taking.stay import Stay
from desktop_chat.ui.transcript.taking.taking import Taking
from desktop_chat.ui.transcript.taking.text_drag import drag_out
from desktop_chat.ui.transcript.target_line import TargetLine
from desktop_chat.ui.transcript.watch import NoWatch, Watch

P = ParamSpec("P")

_TAKING_S: Final = 0.005
"""Time in one frame for taking what arrived; what it leaves over goes to the colours of code."""

_COLORING_S: Final = 0.002
_OPENING_S: Final = 0.008
"""The first frame of other messages takes that long for the colours that are seen in it, if its layout leaves as much:
the next frame would come 16 ms later."""

_WAITING_S: Final = 0.1
"""So often is looked what is being waited for: it is told in seconds."""

_RING_ROOM_PX: Final = 8.0
"""Kept around what Tab has gone to."""
_WISHES: Final = (
    "retry_requested",
    "continue_requested",
    "key_requested",
    "settings_requested",
    "sibling_requested",
    "link_opened",
)
"""What a click wants from others, under the same name here and in `Deeds`."""


def _watched(work: Callable[Concatenate[TranscriptView, P], None]) -> Callable[Concatenate[TranscriptView, P], None]:
    """Have the view's watch know of the work; after an exception it is taken for unfinished."""

    @wraps(work)
    def run(view: TranscriptView, /, *args: P.args, **named: P.kwargs) -> None:
        watch = view._watch
        watch.enter()
        work(view, *args, **named)
        watch.leave()
        if not view._clock.is_running:
            watch.rest()

    return run


class TranscriptView(QAbstractScrollArea):
    """The messages of one conversation.

    Order:   `show_path` first; then `add_message`, `apply_event` and `end_message` as things happen.
    """

    retry_requested = Signal(str)
    """Message id."""
    continue_requested = Signal(str)
    """Message id of a reply that was cut."""
    key_requested = Signal()
    settings_requested = Signal()
    sibling_requested = Signal(str, int)
    """Message id, and -1 or +1."""
    link_opened = Signal(str, str)
    """A web or mail address the reader clicked, and why it should be looked at twice, if it should; the view itself
    opens nothing."""
    moved = Signal()
    """The reader has moved the page."""
    quote_requested = Signal(str)
    """The selected text as a quote in markdown, to be put into the composer."""
    zoom_requested = Signal(int)
    """So many steps larger; below 0 smaller."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = Style(look.colors)
        self._page = Page(self._style)
        self._selection = Selection()
        self._pointer = Pointer(self._page, self._selection)
        self._focus = FocusWalk(self._page)
        self._walk = Walk(self._page)
        self._painter = PagePainter(self._page, self._selection, self._pointer, self._focus, self._walk)
        self._arrivals = Arrivals(self._page.rows)
        self._taking = Taking(self._page, self._selection, self)
        self._taking.ticked.connect(self._show_marks)
        self._deeds = Deeds(self._page, self._selection, self._taking, self)
        self._moves = Moves(self._page, self)
        self._lead = Lead(self._page)
        self._end_news = EndNews(self._page.rows)
        self.finder = self._painter.finder = Finder(self._page, self._selection, self)
        self._scroll_marks = ScrollMarks(self.finder, self._page, self._style, self.verticalScrollBar())
        self._mouse = Mouse(self._page, self._selection, self._pointer, self._moves, self._taking, self)
        self._mouse.changed.connect(self._show_marks)
        self._mouse.drag_wanted.connect(self._drag_out)
        self._caret = self._painter.caret = Caret(self._page, self._selection, self._moves, self._focus)
        self._stay = self._page.rows.stay = Stay(self._selection)
        self._keyboard = Keyboard(self._page, self._moves, self._focus, self._taking, self._deeds, self._caret)
        self.acts = MessageActs(look, self._page, self._walk, self._focus, self._deeds, self)
        """What can be done with whole messages."""
        self._menu = TranscriptMenu(
            self._page, self._selection, self._taking, self._deeds, self.acts, self._focus, self._walk, self
        )
        self._menu.changed.connect(self._show_marks)
        self._menu.quote_requested.connect(self.quote_requested)
        acts = Acts(self._focus, self._walk, self._moves, self._deeds, self._taking, self._selection)
        self._tree = AccessibleTree(self._page, acts, self)
        self._activity = Activity()
        self._is_writing_value = False
        self._zoom_notches = Notches()
        self._needs_layout = True
        self._told_waiting_s = -math.inf
        """When the page was told last what is being waited for."""
        self._written: tuple[int, int] | None = None
        """The largest and the present value of the scroll bar, as last written."""
        self._is_opening = False
        """Whether other messages are to be shown with the next frame."""
        self._awaits_paint = False
        self._watch: Watch = NoWatch()
        self._clock = FrameClock(self)
        self._clock.ticked.connect(self._frame)
        self._pill = NewestPill(self._style, self.viewport())
        self._has_pill = False
        self._pill.clicked.connect(self.scroll_to_end)
        self._target_line = TargetLine(self._style, self.viewport())
        self._set_up_widget()
        look.colors_changed.connect(self._put_on_colors)

    def _set_up_widget(self) -> None:
        self.setObjectName("transcript")
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        show_ground(self)
        self.setAccessibleName("Conversation")
        for wish in _WISHES:
            getattr(self._deeds, wish).connect(getattr(self, wish))
        self._deeds.folded.connect(self.finder.leave_fold)
        self._deeds.folded.connect(self._change)
        self.finder.moved.connect(self._change)
        self.finder.marks_changed.connect(self._show_marks)
        self.acts.changed.connect(self._change)
        self._moves.moved.connect(self._change)
        self._moves.moved.connect(self.moved)
        bar = self.verticalScrollBar()
        bar.setSingleStep(LINE_PX)
        bar.valueChanged.connect(self._scroll_bar_moved)
        bar.sliderPressed.connect(self._moves.let_go)
        bar.sliderReleased.connect(self._moves.release)

    # --- what is shown ------------------------------------------------------------------------------------------

    def be_watched(self, watch: Watch) -> None:
        """Tell somebody from now on when work begins that might break or hang."""
        self._watch = watch

    def show_path(self, messages: tuple[Message, ...], siblings: Callable[[str], tuple[str, ...]]) -> None:
        """Show these messages; the page opens where it shall unless it shares messages with what was shown."""
        rows = self._page.rows
        last_id = rows[len(rows) - 1].message.id if len(rows) else None
        is_other = not (len(rows) and any(rows.index_of(message.id) is not None for message in messages))
        if not is_other:
            # A reply goes on that has just been cut: its end comes before its next beginning.
            self._arrivals.take(time.monotonic(), is_hurried=True)
        selected = self._stay.ends(rows)
        self._focus.clear()
        self._pointer.forget()
        self._taking.copied = None
        rows.show(messages, siblings)
        self._stay.restore(selected, rows)
        if is_other:
            self._arrivals.drop()
            self._lead.land()
            self._end_news.forget()
        else:
            self._lead.change_path(last_id)
        self.acts.follow_path()
        self.finder.begin_again()
        self._tree.forget_gone()
        self._change()
        self._is_opening = is_other
        if is_other and self.isVisible():
            self._clock.hurry()

    def add_message(self, message: Message) -> None:
        """Show a new message at the end: the reader's own, or a reply that will stream."""
        if self._page.rows.index_of(message.id) is not None:
            return
        self._lead.add(message, self.isVisible())
        self._tree.add(message)
        self._change()

    def apply_event(self, reply_id: str, event: ReplyEvent) -> None:
        """Let a streaming reply grow; it is painted with the next frames."""
        self._arrivals.put(reply_id, event, time.monotonic())
        if not self._clock.is_at_full_pace:
            self._run_clock()

    def end_message(self, message: Message) -> None:
        """Show the final state of a reply, once all its text is painted; nothing jumps, the selection stays."""
        self._arrivals.end(message)
        if not self.isVisible():
            self._lead.end_unseen(message)
        self._run_clock()

    def show_activity(self, activity: Activity) -> None:
        """Show what is being waited for, in the place of the coming reply."""
        self._activity = activity
        self._told_waiting_s = -math.inf
        self._needs_layout = True
        self._tree.speech.show_activity(activity)
        self._run_clock()

    def set_reading(self, zoom_percent: int, column: ColumnWidth) -> None:
        """Show the text larger or smaller, the column narrower or wider; the line under the eye stays."""
        if (zoom_percent / 100, COLUMN_WIDTHS_PX[column]) == (self._page.zoom, self._page.column_px):
            return
        self._page.zoom = zoom_percent / 100
        self._page.column_px = COLUMN_WIDTHS_PX[column]
        self._painter.forget()
        self._change()

    def set_following(self, following: Following) -> None:
        """Choose what the page does by itself from the next question on."""
        self._lead.following = following

    def open_at(self, place: ReadingPlace | None, is_unread: bool) -> None:
        """Let the messages to come open at this place (None is the end), or at the start of an unread reply."""
        self._lead.open_at(place, is_unread)

    @property
    def place(self) -> ReadingPlace | None:
        """Where the reader stands; None at the end."""
        return self._lead.place

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
        is_drawn = not self._painter.uncolored and not self._painter.undrawn
        return is_settled and is_drawn and not self._page.scrolling.is_gliding

    @property
    def _is_all_taken(self) -> bool:
        return self._arrivals.is_empty and not self._page.rows.is_behind

    def text_of_selection(self) -> str:
        """The selected text, clean."""
        return self._taking.clip().plain()

    @property
    def has_selection(self) -> bool:
        return not self._selection.is_empty

    def clear_selection(self) -> bool:
        """Select nothing; False when nothing was selected."""
        had_selection = self.has_selection
        self._selection.clear()
        self._show_marks()
        return had_selection

    def copy_last_answer(self) -> bool:
        """Copy the newest reply; False when there is none."""
        return self._taking.copy_last_answer()

    def copy_last_code(self) -> bool:
        """Copy the newest code block; False when there is none."""
        return self._taking.copy_last_code()

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

    @_watched
    def _frame(self) -> None:
        """One frame: take what arrived, lay out, move the scroll bar, ask for painting."""
        began_s, now_s = time.perf_counter(), time.monotonic()
        is_visible = self.isVisible()
        has_moved = self._page.scrolling.glide(now_s)
        has_moved = self._page.rows.read_on() or has_moved
        if not self._arrivals.is_empty:
            self._lead.note_growth()
        has_taken, has_grown = self._arrivals.take(now_s, is_hurried=not is_visible or is_motion_reduced())
        has_moved = has_moved or has_grown
        if now_s - self._told_waiting_s >= _WAITING_S:
            self._told_waiting_s = now_s
            has_moved = self._page.rows.set_waiting(waiting_of(self._activity)) or has_moved
        spare_s = _TAKING_S - (time.perf_counter() - began_s)
        if self._painter.undrawn:
            has_moved = self._painter.take_drawn() or has_moved
        has_colored = bool(self._painter.uncolored) and self._painter.color_code(min(_COLORING_S, spare_s))
        if has_taken and self.finder.searched is not None:
            self.finder.note_growth()
            has_moved = True
        is_short = self._needs_layout or self._page.is_short
        if has_moved or is_short or ((has_taken or has_colored) and not self._painter.is_in_place):
            self._arrange()
            is_opening, self._is_opening = self._is_opening and is_visible, False
            if is_opening:
                self._painter.color_ahead(max(_COLORING_S, _OPENING_S - (time.perf_counter() - began_s)))
            if self.finder.searched is not None:
                self._scroll_marks.note_change()
            pill = self._pill.geometry() if self._has_pill else None
            will_paint = self._painter.refresh(self.viewport(), self.acts.editing.covered(pill))
            self.acts.editing.place()
            self._awaits_paint = self._awaits_paint or (will_paint and is_visible)
        elif has_taken or has_colored:
            # Most frames: a line has got longer, and nothing stands elsewhere for that.
            will_paint = self._painter.refresh_in_place(self.viewport())
            self._awaits_paint = self._awaits_paint or (will_paint and is_visible)
        elif self._painter.waiting is not None:
            self.viewport().update(self._painter.waiting)
        if QAccessible.isActive():
            self._tree.speech.frame(time.monotonic(), is_visible)
        # What has just asked for painting is not done: that is nearly every frame, and costs no look at the rest.
        if not self._awaits_paint or not is_visible:
            self._rest_if_done(is_visible)

    def _rest_if_done(self, is_visible: bool) -> None:
        if not self._is_all_taken or self._page.is_short or (is_visible and not self.is_painted_up_to_date):
            return
        if is_visible and (self._painter.waiting is not None or self._activity.is_busy):
            self._clock.calm_down()
        else:
            self._clock.stop()

    def _arrange(self) -> None:
        """Lay out what is visible and write the scroll value: the only place that does."""
        self._needs_layout = False
        viewport = self.viewport()
        # The column stands in the middle of the whole widget, as the composer below does, scroll bar or not.
        has_resized = self._page.resize(self.width(), viewport.height())
        value = self._page.settle(self._is_opening)
        if not self._pointer.is_selecting and self._lead.keep_end():
            value = self._page.settle(self._is_opening)
        # While it follows, it stands as far down as it can.
        most = value if self._page.scrolling.is_following else self._page.scrolling.most
        if has_resized or self._written != (most, value):
            self._written = (most, value)
            self._write_value(most, value)
        if value != self._page.scroll_value:
            self._page.scroll_value = value
            self._target_line.show_target(None)
            if self._pointer.settle():
                self._show_marks()
                self.viewport().setCursor(self._pointer.cursor)
        if self._walk.settle():
            self.viewport().update()
        self._place_pill()

    def _write_value(self, most: int, value: int) -> None:
        bar = self.verticalScrollBar()
        self._is_writing_value = True
        bar.setPageStep(max(1, round(self._page.scrolling.page_px) - PAGE_OVERLAP_PX))
        bar.setRange(0, most)
        bar.setValue(value)
        self._is_writing_value = False

    def _place_pill(self) -> None:
        is_at_end = self.is_at_end
        news = self._end_news.settle(is_at_end)
        # While text is being selected nothing lies above it.
        is_wanted = not is_at_end and not self._pointer.is_selecting
        if is_wanted:
            self._pill.tell(news)
            self._pill.set_writing(self._activity.is_busy)
            self._pill.stand(self.viewport(), self.width(), self._page)
        if is_wanted is not self._has_pill:
            self._has_pill = is_wanted
            self._pill.setVisible(is_wanted)

    def _show_marks(self) -> None:
        """Hover, selection, focus or a tick look different: paint what is on the screen again."""
        self._painter.copied = self._taking.copied
        self.viewport().update()
        self._show_target()

    def _show_target(self) -> None:
        """Say where the link under the pointer leads, or the one the keyboard is on."""
        found = self._pointer.hovered or (self._focus.current if self.hasFocus() else None)
        self._target_line.show_target(found[1] if found else None)

    @_watched
    def paintEvent(self, event: QPaintEvent) -> None:
        self._awaits_paint = False
        self._painter.paint(self.viewport(), event.region(), self._style, self.hasFocus(), not self._needs_layout)
        is_unfinished = bool(self._painter.uncolored or self._painter.undrawn)
        if is_unfinished or self._painter.waiting is not None:
            self._clock.run(FRAME_MS if is_unfinished else CALM_MS)

    def showEvent(self, event: QShowEvent) -> None:
        self._lead.come_back()
        self._change()
        if self._is_opening:
            # The page shall not be painted as it is before its first frame: empty, or without the colours of code.
            self._frame()

    @_watched
    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
        self._scroll_marks.note_change()
        self._painter.forget()
        self._awaits_paint = (self._painter.refresh(self.viewport(), None) and self.isVisible()) or self._awaits_paint
        self.acts.editing.fit()
        self.acts.editing.place()

    # --- scrolling ----------------------------------------------------------------------------------------------

    def _scroll_bar_moved(self, value: int) -> None:
        if not self._is_writing_value:
            self._written = None
            self._moves.to(value, self.verticalScrollBar().isSliderDown())

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Nothing: the next frame moves the page."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if notches := self._zoom_notches.take(event):
                self.zoom_requested.emit(notches)
            event.accept()
            return
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
        if event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            self._menu.open_at_keyboard()
        elif self.acts.press(event) or self._keyboard.press(event):
            self._show_marks()
            self._tree.tell_focus()
        else:
            # Whatever else is typed belongs to the composer: the window passes it on.
            event.ignore()

    def focusNextPrevChild(self, is_next: bool) -> bool:
        has_moved = self._focus.step(1 if is_next else -1)
        self._reveal_focus()
        self._show_marks()
        self._tree.tell_focus()
        return has_moved or super().focusNextPrevChild(is_next)

    def _reveal_focus(self) -> None:
        """Nobody should have to guess which word of it is half out of sight."""
        found = self._focus.current
        if found is None:
            return
        (spot, target), screen_px = found, self._page.scrolling.page_px
        ring = spot.rect_of(target)
        if ring.top() < 0 or ring.bottom() > screen_px:
            rect = target.rect
            self._moves.reveal(spot.row, spot.index, rect.top(), rect.bottom(), _RING_ROOM_PX)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._focus.enter(1 if event.reason() is Qt.FocusReason.TabFocusReason else -1)
            self._show_marks()
            self._tree.tell_focus()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._focus.clear()
        self._show_marks()
        super().focusOutEvent(event)

    # --- mouse --------------------------------------------------------------------------------------------------

    def _on_page(self, point: QPointF) -> QPointF:
        """A point of the viewport in pixels of the page."""
        return point / self._page.zoom

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._focus.clear()
            is_extending = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._mouse.press(self._on_page(event.position()), is_extending)
            self._show_marks()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = self._on_page(event.position())
        is_elsewhere = self._walk.hover(point.y())
        if self._mouse.move(point, bool(event.buttons() & Qt.MouseButton.LeftButton)) or is_elsewhere:
            self._show_marks()
        self.viewport().setCursor(self._pointer.cursor)

    def _drag_out(self) -> None:
        drag_out(self._taking.clip(), self._style, self, self.devicePixelRatioF())
        self._mouse.end_drag()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            if self._pointer.is_selecting:
                self._change()
            clicked = self._mouse.release(self._on_page(event.position()))
            self._show_marks()
            if clicked is not None:
                self._deeds.perform(*clicked)

    def leaveEvent(self, event: QEvent) -> None:
        is_elsewhere = self._walk.hover(None)
        if self._pointer.leave() or is_elsewhere:
            self._show_marks()

    def viewportEvent(self, event: QEvent) -> bool:
        # The class first: the type of an event becomes a Python enum, and every paint comes this way.
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._tip_at(self._on_page(QPointF(event.pos()))), self.viewport())
            return True
        return super().viewportEvent(event)

    def _tip_at(self, point: QPointF) -> str:
        found = self._pointer.target_at(point)
        # Where a link leads is said by a line of its own, without delay.
        if found is not None and found[1].tip and found[1].deed not in ADDRESSES:
            return plain_tip(found[1].tip)
        seam = self._page.seam_at(point)
        return seam.words if seam is not None else ""

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            self._menu.open_at_keyboard()
        else:
            self._menu.open_at(self._on_page(QPointF(event.pos())), event.globalPos())

    # --- look and speech ----------------------------------------------------------------------------------------

    def _put_on_colors(self, colors: Colors) -> None:
        self._style = Style(colors)
        self._page.rows.set_style(self._style)
        self._pill.put_on(self._style)
        self._target_line.put_on(self._style)
        self._scroll_marks.put_on(self._style)
        self._painter.uncolored.clear()
        self._painter.undrawn.clear()
        self._pointer.forget()
        self._change()
