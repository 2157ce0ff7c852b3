"""The transcript widget: paints the messages of one conversation, follows what streams in, lets the reader take it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QMenu, QToolTip, QWidget

from desktop_chat.core.activity import Activity
from desktop_chat.core.events import ReplyEvent
from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.ui.theme import Colors, Look
from desktop_chat.ui.transcript.clipboard import put_on_clipboard
from desktop_chat.ui.transcript.code_block import CodePart
from desktop_chat.ui.transcript.focus import FocusWalk
from desktop_chat.ui.transcript.frame_clock import CALM_MS, FRAME_MS, FrameClock
from desktop_chat.ui.transcript.message_item import ReplyItem
from desktop_chat.ui.transcript.motion import is_motion_reduced
from desktop_chat.ui.transcript.newest_pill import NewestPill
from desktop_chat.ui.transcript.pacing import Pacer
from desktop_chat.ui.transcript.page import Page, Spot
from desktop_chat.ui.transcript.part import Canvas, Deed, Target
from desktop_chat.ui.transcript.pointer import Pointer
from desktop_chat.ui.transcript.selection import Selection, everything, texts_of
from desktop_chat.ui.transcript.small_parts import WaitingPart
from desktop_chat.ui.transcript.style import Style
from desktop_chat.ui.transcript.words import waiting_of

_LINE_STEP_PX: Final = 48
_WHEEL_STEP_PX: Final = 90
"""For one notch of a wheel (120 units)."""

_PAGE_OVERLAP_PX: Final = 48
_PILL_MARGIN_PX: Final = 8
_TICK_MS: Final = 1500
_WORK_S: Final = 0.003
"""Time for colours of code in one frame."""

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
        self._pacer = Pacer()
        self._endings: dict[str, Message] = {}
        self._activity = Activity()
        self._is_writing_value = False
        self._was_at_end = True
        self._copied: tuple[int, int, str] | None = None
        self._uncolored: list[CodePart] = []
        self._has_animation = False
        self._needs_layout = True
        self._clock = FrameClock(self)
        self._clock.ticked.connect(self._frame)
        self._tick_timer = QTimer(self)
        self._tick_timer.setSingleShot(True)
        self._tick_timer.timeout.connect(self._drop_tick)
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
        bar = self.verticalScrollBar()
        bar.setSingleStep(_LINE_STEP_PX)
        bar.valueChanged.connect(self._scroll_bar_moved)
        bar.sliderPressed.connect(self._let_go)

    # --- the seam: what is shown ---

    def show_path(self, messages: tuple[Message, ...], siblings: Callable[[str], tuple[str, ...]]) -> None:
        """Show these messages; the page stands at the end unless it shares messages with what was shown."""
        rows = self._page.rows
        is_other = not any(rows.index_of(message.id) is not None for message in messages)
        self._selection.clear()
        self._focus.clear()
        self._pointer.hovered = None
        rows.show(messages, siblings)
        if is_other:
            self._page.scrolling.is_following = True
        self._tell_text()
        self._change()

    def add_message(self, message: Message) -> None:
        """Show a new message at the end: the reader's own, or a reply that will stream."""
        rows = self._page.rows
        if rows.index_of(message.id) is not None:
            return
        index = rows.add(message)
        rows.item(index)
        if message.status is not MessageStatus.STREAMING:
            self._page.scrolling.is_following = True
        self._change()

    def apply_event(self, reply_id: str, event: ReplyEvent) -> None:
        """Let a streaming reply grow; it is painted with the next frames."""
        self._pacer.put(reply_id, event, time.monotonic())
        self._clock.run()

    def end_message(self, message: Message) -> None:
        """Show the final state of a reply, once all its text is painted."""
        self._endings[message.id] = message
        self._clock.run()

    def show_activity(self, activity: Activity) -> None:
        """Show what is being waited for, in the place of the coming reply."""
        self._activity = activity
        self._change()

    def scroll_to_end(self) -> None:
        """Go to the end and follow it."""
        self._page.scrolling.is_following = True
        self._change()

    @property
    def is_at_end(self) -> bool:
        """Whether the newest text is on the screen."""
        return self._page.scrolling.is_at_end

    @property
    def is_painted_up_to_date(self) -> bool:
        """Whether everything that arrived is on the screen, colours included."""
        return self._pacer.is_empty and not self._endings and not self._needs_layout and not self._uncolored

    # --- taking text ---

    def text_of_selection(self) -> str:
        """The selected text, clean."""
        return texts_of(self._selection, self._page.rows)[0]

    def copy(self) -> None:
        """Put the selected text on the clipboard."""
        plain, markdown = texts_of(self._selection, self._page.rows)
        if plain:
            put_on_clipboard(plain, markdown)

    def select_all(self) -> None:
        """Select the whole conversation."""
        chosen = everything(self._page.rows)
        self._selection.fixed, self._selection.moving = chosen.fixed, chosen.moving
        self._let_go()
        self.viewport().update()

    # --- frames ---

    def _change(self) -> None:
        """Something is different: lay out and paint with the next frame."""
        self._needs_layout = True
        self._clock.run()

    def _frame(self) -> None:
        """One frame: take what arrived, lay out, move the scroll bar, paint."""
        now_s = time.monotonic()
        is_hurried = bool(self._endings) or is_motion_reduced()
        changed = self._take_events(now_s, is_hurried)
        if self._pacer.is_empty and self._endings:
            self._take_endings()
            changed = True
        changed = self._page.rows.set_waiting(waiting_of(self._activity)) or changed
        changed = self._color_code() or changed
        if changed or self._needs_layout:
            self._arrange()
            self.viewport().update()
        elif self._has_animation:
            self.viewport().update()
        self._rest_if_done()

    def _rest_if_done(self) -> None:
        if not self._pacer.is_empty or self._endings or self._needs_layout or self._uncolored:
            return
        if self._has_animation:
            self._clock.calm_down()
        else:
            self._clock.stop()

    def _take_events(self, now_s: float, is_hurried: bool) -> bool:
        taken = self._pacer.take(now_s, is_hurried)
        touched: set[int] = set()
        rows = self._page.rows
        for reply_id, event in taken:
            index = rows.index_of(reply_id)
            if index is None:
                continue
            item = rows.item(index)
            if isinstance(item, ReplyItem):
                item.apply(event)
                touched.add(index)
        for index in touched:
            self._refresh(index)
        return bool(touched)

    def _refresh(self, index: int) -> None:
        """Show what changed in a reply; measured at once, so that it never gets lower while it streams."""
        rows = self._page.rows
        stack = rows.item(index).stack
        first = rows.refresh(index)
        if first is not None:
            stack.settle_from(first)
            rows.remeasured(index)

    def _take_endings(self) -> None:
        rows = self._page.rows
        for message_id, message in self._endings.items():
            index = rows.index_of(message_id)
            if index is None:
                continue
            item = rows.item(index)
            if isinstance(item, ReplyItem):
                item.end(message)
            self._refresh(index)
            rows[index].message = message
        self._endings.clear()
        self._tell_text()

    def _color_code(self) -> bool:
        until_s = time.perf_counter() + _WORK_S
        has_changed = False
        for part in self._uncolored:
            left_s = until_s - time.perf_counter()
            if left_s <= 0:
                break
            has_changed = part.work(left_s) or has_changed
        self._uncolored = [part for part in self._uncolored if not part.is_colored]
        return has_changed

    def _arrange(self) -> None:
        """Lay out what is visible and write the scroll value: the only place that does."""
        self._needs_layout = False
        viewport = self.viewport()
        # The column stands in the middle of the whole widget, as the composer below does, scroll bar or not.
        self._page.resize(self.width(), viewport.height())
        value = self._page.settle()
        bar = self.verticalScrollBar()
        self._is_writing_value = True
        bar.setPageStep(max(1, viewport.height() - _PAGE_OVERLAP_PX))
        bar.setRange(0, self._page.scrolling.most)
        bar.setValue(value)
        self._is_writing_value = False
        self._page.scroll_value = value
        self._place_pill()

    def _place_pill(self) -> None:
        is_at_end = self.is_at_end
        self._pill.set_writing(self._activity.is_busy)
        self._pill.move(
            (self.width() - self._pill.width()) // 2, self.viewport().height() - self._pill.height() - _PILL_MARGIN_PX
        )
        self._pill.setVisible(not is_at_end)
        if is_at_end != self._was_at_end:
            self._was_at_end = is_at_end
            self.at_end_changed.emit(is_at_end)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._needs_layout:
            self._arrange()
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        clip = QRectF(event.rect())
        painter.fillRect(clip, self._style.inks.page)
        canvas = Canvas(painter, self._style, clip, time.monotonic())
        has_animation = False
        for spot in self._page.spots(clip.top(), clip.bottom()):
            self._paint_spot(canvas, spot)
            has_animation = has_animation or isinstance(spot.part, WaitingPart)
        self._focus.paint(painter, self._style, self.hasFocus())
        painter.end()
        self._has_animation = has_animation
        if has_animation or self._uncolored:
            self._clock.run(FRAME_MS if self._uncolored else CALM_MS)

    def _paint_spot(self, canvas: Canvas, spot: Spot) -> None:
        hovered = self._pointer.hovered
        is_hovered = hovered is not None and (hovered[0].row, hovered[0].index) == (spot.row, spot.index)
        canvas.hovered = hovered[1] if hovered and is_hovered else None
        is_copied = self._copied is not None and self._copied[:2] == (spot.row, spot.index)
        canvas.copied = self._copied[2] if self._copied and is_copied else ""
        marked = self._selection.within(spot.row, spot.index, spot.part)
        spot.part.paint(canvas, spot.left, spot.top, marked)
        part = spot.part
        if isinstance(part, CodePart) and not part.is_colored and part not in self._uncolored:
            self._uncolored.append(part)

    # --- scrolling ---

    def _scroll_bar_moved(self, value: int) -> None:
        if self._is_writing_value:
            return
        self._page.scrolling.move_to(value, may_attach=True)
        self._change()

    def _let_go(self) -> None:
        self._page.scrolling.let_go()
        self._place_pill()

    def _scroll_by(self, pixels: int) -> None:
        if pixels < 0:
            self._page.scrolling.let_go()
        scrolling = self._page.scrolling
        scrolling.move_to(scrolling.value() + pixels, may_attach=pixels > 0)
        self._change()

    def wheelEvent(self, event: QWheelEvent) -> None:
        pixels, angle = event.pixelDelta(), event.angleDelta()
        across = pixels.x() or round(angle.x() * _WHEEL_STEP_PX / 120)
        along = pixels.y() or round(angle.y() * _WHEEL_STEP_PX / 120)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and not across:
            across, along = along, 0
        if angle.y() > 0 or pixels.y() > 0:
            self._let_go()
        if abs(across) > abs(along):
            spot = self._page.spot_at(event.position())
            if spot is not None and spot.part.scroll_sideways(-across):
                self.viewport().update()
        elif along:
            self._scroll_by(-along)
        event.accept()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Nothing: the frame paints at the new place."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._change()
        self._arrange()
        self.viewport().update()

    # --- keyboard ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        page_px = max(_LINE_STEP_PX, self.viewport().height() - _PAGE_OVERLAP_PX)
        steps = {
            Qt.Key.Key_Up: -_LINE_STEP_PX,
            Qt.Key.Key_Down: _LINE_STEP_PX,
            Qt.Key.Key_PageUp: -page_px,
            Qt.Key.Key_PageDown: page_px,
        }
        key = Qt.Key(event.key())
        is_plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        elif is_plain and key in steps:
            self._scroll_by(steps[key])
        elif key == Qt.Key.Key_Home:
            self._page.scrolling.let_go()
            self._page.scrolling.move_to(0, may_attach=False)
            self._change()
        elif key == Qt.Key.Key_End:
            self.scroll_to_end()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._focus.current is not None:
            self._perform(*self._focus.current)
        else:
            # Whatever else is typed belongs to the composer: the window passes it on.
            event.ignore()

    def focusNextPrevChild(self, is_next: bool) -> bool:
        if self._focus.step(1 if is_next else -1):
            self.viewport().update()
            return True
        self.viewport().update()
        return super().focusNextPrevChild(is_next)

    # --- mouse ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._focus.clear()
            self._pointer.press(event)
            if self._pointer.is_selecting:
                self._let_go()
            self.viewport().update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pointer.move(event):
            self.viewport().update()
        if self._pointer.is_selecting:
            self._scroll_while_dragging(event.position().y())
        self.viewport().setCursor(self._pointer.cursor)

    def _scroll_while_dragging(self, y: float) -> None:
        height = self.viewport().height()
        if y < 0:
            self._scroll_by(round(y))
        elif y > height:
            self._page.scrolling.move_to(self._page.scrolling.value() + y - height, may_attach=False)
            self._change()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        clicked = self._pointer.release(event)
        if clicked is not None:
            self._perform(*clicked)

    def leaveEvent(self, event: QEvent) -> None:
        if self._pointer.leave():
            self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            found = self._pointer.target_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), found[1].tip if found else "", self.viewport())
            return True
        return super().viewportEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        point = QPointF(event.pos())
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction("Copy", self.copy)
        copy.setEnabled(not self._selection.is_empty)
        spot = self._page.spot_at(point)
        if spot is not None:
            message = self._page.rows[spot.row].message
            menu.addAction("Copy message", lambda: put_on_clipboard(message.text, message.text))
            part = spot.part
            if isinstance(part, CodePart):
                menu.addAction("Copy code block", lambda: put_on_clipboard(part.code, part.markdown(0, part.length)))
        menu.addSeparator()
        menu.addAction("Select all", self.select_all)
        menu.popup(event.globalPos())

    # --- deeds ---

    def _perform(self, spot: Spot, target: Target) -> None:
        """Do what a target is for."""
        message = self._page.rows[spot.row].message
        match target.deed:
            case Deed.FOLLOW_LINK:
                if target.value:
                    self.link_opened.emit(target.value)
            case Deed.COPY_CODE:
                if isinstance(spot.part, CodePart):
                    put_on_clipboard(spot.part.code, spot.part.markdown(0, spot.part.length))
                    self._show_tick(spot, target)
            case Deed.COPY_MESSAGE:
                put_on_clipboard(message.text, message.text)
                self._show_tick(spot, target)
            case Deed.FOLD:
                self._fold(spot, target)
            case Deed.RETRY:
                self.retry_requested.emit(message.id)
            case Deed.OPEN_KEY:
                self.key_requested.emit()
            case Deed.OPEN_SETTINGS:
                self.settings_requested.emit()
            case Deed.PREVIOUS_SIBLING:
                self.sibling_requested.emit(message.id, -1)
            case Deed.NEXT_SIBLING:
                self.sibling_requested.emit(message.id, 1)

    def _fold(self, spot: Spot, target: Target) -> None:
        self._let_go()
        self._selection.clear()
        self._page.rows.item(spot.row).toggle(target.value)
        self._page.rows[spot.row].floor = 0.0
        self._page.rows.refresh(spot.row)
        self._change()

    def _show_tick(self, spot: Spot, target: Target) -> None:
        self._copied = (spot.row, spot.index, target.name)
        self._tick_timer.start(_TICK_MS)
        self.viewport().update()

    def _drop_tick(self) -> None:
        self._copied = None
        self.viewport().update()

    # --- look and speech ---

    def _put_on_colors(self, colors: Colors) -> None:
        self._style = Style(colors)
        self._page.rows.set_style(self._style)
        self._pill.put_on(self._style)
        self._uncolored.clear()
        self._change()

    def _tell_text(self) -> None:
        """Give screen readers the last finished text as the description."""
        rows = self._page.rows
        finished = [row.message for row in rows if row.message.status is not MessageStatus.STREAMING]
        self.setAccessibleDescription(finished[-1].text[:_DESCRIPTION_CHARACTERS_MAX] if finished else "")
