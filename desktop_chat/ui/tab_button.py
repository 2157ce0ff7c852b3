"""One tab of the strip: title, dot, close button; joined with the page when it is the current one."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from desktop_chat.ui.fonts import SMALL_PX, ui_font
from desktop_chat.ui.icon_button import IconButton, paint_focus_ring
from desktop_chat.ui.icons import icon
from desktop_chat.ui.plain_tip import plain_tip
from desktop_chat.ui.theme import Look
from desktop_chat.ui.title_edit import TitleEdit

TAB_MIN_PX: Final = 120
TAB_MAX_PX: Final = 240
TAB_HEIGHT_PX: Final = 38
_PADDING_PX: Final = 12
_GAP_PX: Final = 8
_DOT_PX: Final = 7
_RADIUS_PX: Final = 8.0
_MARK_PX: Final = 14
_MARK_GAP_PX: Final = 6
BAD_NETWORK_ICON: Final = "bad-network"
_CLOSE_SIDE_PX: Final = 24


class TabButton(QAbstractButton):
    """Knows its conversation only by id; says what the reader does with it."""

    chosen = Signal(str)
    close_requested = Signal(str)
    menu_requested = Signal(str, QPoint)
    renamed = Signal(str, str)
    rename_ended = Signal(str)
    dragged = Signal(str, int)
    """How far the tab was pulled since it was pressed, in pixels."""
    dropped = Signal(str)

    def __init__(self, look: Look, tab_id: str, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.tab_id = tab_id
        self.is_busy = False
        self.is_unseen = False
        self.is_worsened = False
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._pressed_at: QPoint | None = None
        self._is_dragging = False
        self._editor: TitleEdit | None = None
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFont(ui_font(SMALL_PX))
        self._close = IconButton(look, "close", "Close the tab", _CLOSE_SIDE_PX, 12, self)
        self._close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._close.clicked.connect(lambda: self.close_requested.emit(self.tab_id))
        self.clicked.connect(lambda: self.chosen.emit(self.tab_id))
        self.set_title(title)

    def set_title(self, title: str) -> None:
        """Show another title; the whole of it stands in the tool tip."""
        # A single & would be taken for a mnemonic.
        self.setText(title.replace("&", "&&"))
        self._title = title
        self.setToolTip(plain_tip(title))
        self._tell_state()

    @property
    def title(self) -> str:
        return self._title

    def set_busy(self, is_busy: bool) -> None:
        """Show that a reply is being written."""
        self.is_busy = is_busy
        self._tell_state()

    def set_unseen(self, is_unseen: bool) -> None:
        """Show that a finished reply was not looked at."""
        self.is_unseen = is_unseen
        self._tell_state()

    def set_worsened(self, is_worsened: bool) -> None:
        """Show that the network is made worse on purpose here."""
        self.is_worsened = is_worsened
        self._tell_state()

    def sizeHint(self) -> QSize:
        # Room for the dot is always counted in, so that tabs stay where they are when a reply begins or ends.
        width = self.fontMetrics().horizontalAdvance(self._title) + 2 * _PADDING_PX + _DOT_PX + 2 * _GAP_PX
        width += _CLOSE_SIDE_PX - _GAP_PX + (_MARK_PX + _MARK_GAP_PX if self.is_worsened else 0)
        return QSize(max(TAB_MIN_PX, min(TAB_MAX_PX, width)), TAB_HEIGHT_PX)

    def start_rename(self) -> None:
        """Let the reader type another title in place."""
        if self._editor is not None:
            return
        editor = TitleEdit(self._title, self)
        editor.setFont(self.font())
        editor.setGeometry(self._title_rect().adjusted(-4, 5, 0, -5))
        editor.committed.connect(self._end_rename)
        editor.cancelled.connect(lambda: self._end_rename(None))
        self._editor = editor
        editor.show()
        editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _end_rename(self, title: str | None) -> None:
        editor, self._editor = self._editor, None
        if editor is None:
            return
        editor.hide()
        editor.deleteLater()
        if title is not None and title != self._title:
            self.renamed.emit(self.tab_id, title)
        self.rename_ended.emit(self.tab_id)

    def _tell_state(self) -> None:
        state = ", reply is being written" if self.is_busy else ", new reply" if self.is_unseen else ""
        line = ", network made worse on purpose" if self.is_worsened else ""
        self.setAccessibleName(self._title + line + state)
        self.update()

    def _has_dot(self) -> bool:
        return self.is_busy or (self.is_unseen and not self.isChecked())

    def _mark_x(self) -> int:
        return _PADDING_PX + (_DOT_PX + _GAP_PX if self._has_dot() else 0)

    def _title_rect(self) -> QRect:
        left = self._mark_x() + (_MARK_PX + _MARK_GAP_PX if self.is_worsened else 0)
        right = self._close.x() - 2
        return QRect(left, 0, max(0, right - left), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        top = (self.height() - _CLOSE_SIDE_PX) // 2
        self._close.setGeometry(self.width() - _CLOSE_SIDE_PX - 5, top, _CLOSE_SIDE_PX, _CLOSE_SIDE_PX)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.globalPosition().toPoint()
            # Tabs answer to the press, not to the release, as in every browser.
            self.chosen.emit(self.tab_id)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed_at is None:
            return
        moved_px = event.globalPosition().toPoint().x() - self._pressed_at.x()
        if self._is_dragging or abs(moved_px) >= QApplication.startDragDistance():
            self._is_dragging = True
            self.dragged.emit(self.tab_id, moved_px)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_dragging = self._is_dragging
        self._pressed_at, self._is_dragging = None, False
        if was_dragging:
            self.dropped.emit(self.tab_id)
        elif event.button() == Qt.MouseButton.MiddleButton and self.rect().contains(event.position().toPoint()):
            self.close_requested.emit(self.tab_id)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.start_rename()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_requested.emit(self.tab_id, event.globalPos())

    def paintEvent(self, _event: QPaintEvent) -> None:
        colors = self._look.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.isChecked():
            self._paint_joined(painter)
        elif self.underMouse():
            painter.fillPath(self._outline(0.0), QColor(colors.hover))
        if self.hasFocus():
            paint_focus_ring(painter, QRectF(self.rect()), _RADIUS_PX, QColor(colors.accent))
        if self._has_dot():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.accent if self.is_busy else colors.dim))
            painter.drawEllipse(QRectF(_PADDING_PX, (self.height() - _DOT_PX) / 2, _DOT_PX, _DOT_PX))
        if self.is_worsened:
            place = QRect(self._mark_x(), (self.height() - _MARK_PX) // 2, _MARK_PX, _MARK_PX)
            icon(BAD_NETWORK_ICON, colors.warn, _MARK_PX).paint(painter, place)
        if self._editor is None:
            ink = colors.text if self.isChecked() or self.underMouse() else colors.dim
            painter.setPen(QColor(ink))
            rect = self._title_rect()
            title = self.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, rect.width())
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, title)
        painter.end()

    def _paint_joined(self, painter: QPainter) -> None:
        """Paint the page's colour over the strip's lower line, and a line around the other three sides."""
        colors = self._look.colors
        painter.fillPath(self._outline(0.0), QColor(colors.page))
        painter.setPen(QPen(QColor(colors.line), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(self._outline(0.5))

    def _outline(self, inset: float) -> QPainterPath:
        left, top = inset, inset
        right, bottom = self.width() - inset, float(self.height())
        path = QPainterPath()
        path.moveTo(left, bottom)
        path.lineTo(left, top + _RADIUS_PX)
        path.quadTo(left, top, left + _RADIUS_PX, top)
        path.lineTo(right - _RADIUS_PX, top)
        path.quadTo(right, top, right, top + _RADIUS_PX)
        path.lineTo(right, bottom)
        return path
