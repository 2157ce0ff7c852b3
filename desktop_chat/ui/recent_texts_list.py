"""The list of recent texts: of each its first words, the conversation it was written in, and how long ago."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop_chat.core.kept_draft import KeptDraft
from desktop_chat.ui.figures import age_text
from desktop_chat.ui.fonts import SMALL_PX, TINY_PX, ui_font
from desktop_chat.ui.icon_button import paint_focus_ring
from desktop_chat.ui.plain_tip import plain_tip
from desktop_chat.ui.roles import show_ground
from desktop_chat.ui.theme import Look

ROW_PX: Final = 48
_PADDING_PX: Final = 10
_RADIUS_PX: Final = 8.0
_TIP_CHARACTERS: Final = 600
_TEXT_ROLE: Final = Qt.ItemDataRole.DisplayRole
_META_ROLE: Final = Qt.ItemDataRole.UserRole
_KEPT_ROLE: Final = Qt.ItemDataRole.UserRole + 1


class RecentTextsList(QListWidget):
    """Wishes carry what they are about."""

    chosen = Signal(int)
    delete_requested = Signal(int)
    """The number of one."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(_RowDelegate(look, self))
        self.setAccessibleName("Recent texts")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setStyleSheet("QListWidget { background: transparent; border: none; outline: none; }")
        show_ground(self)
        self.itemDoubleClicked.connect(lambda _item: self.choose())

    def show_texts(self, texts: tuple[KeptDraft, ...], now: float) -> None:
        """Show these, newest first; the row that was current stays so, or its place."""
        row, number = self.currentRow(), self.current_number
        self.clear()
        for kept in texts:
            words = kept.line
            meta = " · ".join(part for part in (kept.title, age_text(now - kept.kept_at)) if part)
            item = QListWidgetItem(words)
            item.setData(_META_ROLE, meta)
            item.setData(_KEPT_ROLE, kept)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{words}, {meta}")
            text = kept.text or kept.line
            tip = text if len(text) <= _TIP_CHARACTERS else f"{text[:_TIP_CHARACTERS]}…"
            item.setToolTip(plain_tip(tip))
            self.addItem(item)
        places = [place for place, kept in enumerate(texts) if kept.number == number]
        self.setCurrentRow(places[0] if places else max(0, min(row, len(texts) - 1)))

    @property
    def current_number(self) -> int | None:
        """The number of the text the keyboard is on."""
        kept = self._current()
        return kept.number if kept is not None else None

    def choose(self) -> None:
        """Take the text the keyboard is on."""
        if (number := self.current_number) is not None:
            self.chosen.emit(number)

    def delete_current(self) -> None:
        """Forget the text the keyboard is on."""
        if (number := self.current_number) is not None:
            self.delete_requested.emit(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.choose()
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_current()
        else:
            super().keyPressEvent(event)

    def _current(self) -> KeptDraft | None:
        item = self.currentItem()
        kept = item.data(_KEPT_ROLE) if item is not None else None
        return kept if isinstance(kept, KeptDraft) else None


class _RowDelegate(QStyledItemDelegate):
    """Paints two lines: the text, and below it where it is from."""

    def __init__(self, look: Look, view: RecentTextsList) -> None:
        super().__init__(view)
        self._look = look
        self._view = view
        self._text_font = ui_font(SMALL_PX)
        self._meta_font = ui_font(TINY_PX)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        colors, state = self._look.colors, option.state
        is_current = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect).adjusted(1, 1, -1, -1)
        if is_current or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.selected if is_current else colors.hover))
            painter.drawRoundedRect(box, _RADIUS_PX, _RADIUS_PX)
        if is_current and self._view.hasFocus():
            paint_focus_ring(painter, box, _RADIUS_PX, QColor(colors.accent))
        place = box.toRect().adjusted(_PADDING_PX, 5, -_PADDING_PX, -5)
        for font, color, role, side in (
            (self._text_font, colors.text, _TEXT_ROLE, Qt.AlignmentFlag.AlignTop),
            (self._meta_font, colors.dim, _META_ROLE, Qt.AlignmentFlag.AlignBottom),
        ):
            painter.setFont(font)
            painter.setPen(QColor(color))
            words = painter.fontMetrics().elidedText(str(index.data(role)), Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(place, side | Qt.TextFlag.TextSingleLine, words)
        painter.restore()
