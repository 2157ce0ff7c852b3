"""The time line: events over time, to be looked at closer, pointed at and walked along."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from desktop_chat.ui.figures import counted
from desktop_chat.ui.icon_button import paint_focus_ring
from desktop_chat.ui.inspector.axis import Axis
from desktop_chat.ui.inspector.course import Course
from desktop_chat.ui.inspector.pointing import Pointing
from desktop_chat.ui.inspector.time_line_painter import Bands, TimeLinePainter
from desktop_chat.ui.inspector.words import time_words
from desktop_chat.ui.plain_tip import plain_tip
from desktop_chat.ui.theme import Colors, Look

_DRAG_PX: Final = 4.0
"""Less than this between press and release is a click."""
_NOTCH: Final = 120
_HEIGHT_PX: Final = 128
_LEAST_PX: Final = 96


class TimeLine(QWidget):
    """Shows a course; the course is changed by others, who then call `refresh`."""

    event_chosen = Signal(int)
    """The number of an event, from a click or a key."""
    moment_chosen = Signal(float)
    """Seconds on the axis, from a click anywhere."""

    def __init__(self, look: Look, course: Course, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._course = course
        self.axis = Axis()
        self._pointing = Pointing(course, self.axis)
        self._painter = TimeLinePainter(course, self.axis, look.colors)
        self._picture: QPixmap | None = None
        self._now_s: float | None = None
        self._hovered: int | None = None
        self._selected: int | None = None
        self._playing_s: float | None = None
        self._pressed_x: float | None = None
        self._dragged_x: float | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(_LEAST_PX)
        self.setAccessibleName("Time line")
        look.colors_changed.connect(self._put_on_colors)

    def sizeHint(self) -> QSize:
        return QSize(600, _HEIGHT_PX)

    # --- what is shown

    def refresh(self, now_s: float | None = None) -> None:
        """Show the course as it is; `now_s` is where a reply that is being written has got to, on the axis."""
        self._now_s = now_s
        if self._selected is not None and self._selected >= len(self._course):
            self._selected = None
        self._hovered = None
        self.axis.set_end(max(self._course.end_s, now_s or 0.0))
        self.setAccessibleDescription(self._summary())
        self._redraw()

    def show_all(self) -> None:
        """Bring everything into view."""
        self.axis.show_all()
        self._redraw()

    def show_stretch(self, start_s: float, end_s: float) -> None:
        """Bring a stretch of time into view."""
        self.axis.show_stretch(start_s, end_s)
        self._redraw()

    def select(self, number: int | None) -> None:
        """Mark an event and bring it into view."""
        if number is not None and number >= len(self._course):
            return
        self._selected = number
        if number is not None:
            was = self.axis.left_s
            self.axis.reveal(self._course.times[number])
            if was != self.axis.left_s:
                self._redraw()
        self.update()

    def set_playing(self, at_s: float | None) -> None:
        """Draw where playing again has got to."""
        self._playing_s = at_s
        self.update()

    def set_tokens_per_unit(self, ratio: float) -> None:
        """Say how many tokens a character stands for."""
        self._painter.tokens_per_unit = ratio
        self._redraw()

    @property
    def selected(self) -> int | None:
        return self._selected

    def _summary(self) -> str:
        gaps = self._course.gaps(self._now_s)
        silences = f", {counted(len(gaps), 'silence')} above a second" if gaps else ""
        return f"{counted(len(self._course), 'event')} in {time_words(self.axis.end_s)}{silences}"

    def _redraw(self) -> None:
        self._picture = None
        self.update()

    def _put_on_colors(self, colors: Colors) -> None:
        self._painter.colors = colors
        self._redraw()

    # --- drawing

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._picture is None:
            self._picture = self._drawn()
        colors = self._look.colors
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        bands = Bands.of(self.height())
        for number, role in ((self._hovered, colors.dim), (self._selected, colors.text)):
            if number is not None:
                x = math.floor(self.axis.x_of(self._course.times[number])) + 0.5
                painter.setPen(QPen(QColor(role), 1.0))
                painter.drawRect(QRectF(x - 2.5, bands.ticks_top, 5.0, bands.ticks_bottom - bands.ticks_top))
        if self._playing_s is not None:
            x = math.floor(self.axis.x_of(self._playing_s)) + 0.5
            painter.fillRect(QRectF(x - 1, 2.0, 2.0, bands.rate_bottom - 2.0), QColor(colors.accent))
        if self.hasFocus():
            paint_focus_ring(painter, QRectF(self.rect()), 2.0, QColor(colors.accent))
        painter.end()

    def _drawn(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(math.ceil(self.width() * ratio), math.ceil(self.height() * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(QColor(self._look.colors.code))
        painter = QPainter(picture)
        self._painter.paint(painter, self.height(), self._now_s)
        painter.end()
        return picture

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.axis.width_px = max(1.0, float(self.width()))
        self._redraw()

    # --- pointing

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(
                event.globalPos(), plain_tip(self._pointing.words_at(float(event.pos().x()), self._now_s)), self
            )
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_x = self._dragged_x = event.position().x()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._pressed_x is not None and self._dragged_x is not None:
            if abs(x - self._pressed_x) > _DRAG_PX or self._dragged_x != self._pressed_x:
                self.axis.pan(self._dragged_x - x)
                self._dragged_x = x
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                self._redraw()
            return
        hovered = self._pointing.event_at(x)
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._pressed_x is None:
            return
        is_click = self._dragged_x == self._pressed_x
        self._pressed_x = self._dragged_x = None
        self.unsetCursor()
        if is_click:
            self._choose_at(event.position())

    def _choose_at(self, point: QPointF) -> None:
        self.moment_chosen.emit(max(0.0, min(self.axis.end_s, self.axis.s_of(point.x()))))
        number = self._pointing.event_at(point.x())
        if number is not None:
            self.select(number)
            self.event_chosen.emit(number)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hovered = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta()
        if abs(turned.x()) > abs(turned.y()):
            self.axis.pan(-turned.x())
        else:
            self.axis.zoom(turned.y() / _NOTCH, event.position().x())
        self._redraw()
        event.accept()

    # --- keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, is_by_event = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            by = -1 if key == Qt.Key.Key_Left else 1
            if is_by_event:
                self._walk(by)
            else:
                self.axis.step(by)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.axis.zoom(-1 if key == Qt.Key.Key_Minus else 1, self._fixed_x())
        elif key == Qt.Key.Key_Home:
            self.axis.pan(self.axis.x_of(0.0))
        elif key == Qt.Key.Key_End:
            self.axis.pan(self.axis.x_of(self.axis.end_s))
        elif key == Qt.Key.Key_0:
            self.axis.show_all()
        else:
            super().keyPressEvent(event)
            return
        self._redraw()

    def _fixed_x(self) -> float | None:
        """The keyboard looks closer at what is selected, if that is in view."""
        if self._selected is None:
            return None
        x = self.axis.x_of(self._course.times[self._selected])
        return x if 0 <= x <= self.axis.width_px else None

    def _walk(self, by: int) -> None:
        """Go to the next event, or with -1 to the one before; at first to the first one in view."""
        if not len(self._course):
            return
        first = min(self._course.before(self.axis.left_s), len(self._course) - 1)
        wanted = first if self._selected is None else self._selected + by
        if 0 <= wanted < len(self._course):
            self.select(wanted)
            self.event_chosen.emit(wanted)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()
