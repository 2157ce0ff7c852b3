"""The list of conversations in the sidebar: opens, renames in place, deletes, pins; 10,000 rows cost what ten cost."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop_chat.core.conversation import ConversationSummary
from desktop_chat.ui.fonts import SMALL_PX, TINY_PX, ui_font
from desktop_chat.ui.history_model import Heading, HistoryModel
from desktop_chat.ui.icon_button import paint_focus_ring
from desktop_chat.ui.roles import show_ground
from desktop_chat.ui.shortcuts import Command, with_key
from desktop_chat.ui.theme import Look
from desktop_chat.ui.title_edit import TitleEdit

ROW_PX: Final = 34
_SIDE_PX: Final = 10
_PADDING_PX: Final = 8
_DOT_PX: Final = 7
_CLOCK_PX: Final = 12.0
_CLOCK_PEN_PX: Final = 1.3
_RADIUS_PX: Final = 7.0


class HistoryList(QListView):
    """Wishes carry the id of the conversation."""

    open_requested = Signal(str, bool)
    """Conversation id; whether it must be a new tab."""
    rename_requested = Signal(str, str)
    delete_requested = Signal(str)
    undo_requested = Signal()
    pin_requested = Signal(str, bool)

    def __init__(self, look: Look, model: HistoryModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = model
        self.setModel(model)
        delegate = _RowDelegate(look, self)
        delegate.renamed.connect(self.rename_requested)
        self.setItemDelegate(delegate)
        self.setAccessibleName("Conversations")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        # A click opens, and whoever opens a conversation wants to read or write, not to stay in the list.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setStyleSheet("QListView { background: transparent; border: none; outline: none; }")
        show_ground(self)
        self.verticalScrollBar().setSingleStep(ROW_PX)
        # Otherwise the list would jump to the open conversation whenever any other one moves to the top.
        self.setAutoScroll(False)
        self._open_id = ""

    def set_open(self, conversation_id: str) -> None:
        """Highlight the conversation of the current tab and bring it into sight."""
        self.update(self.rows.index_of(self._open_id))
        self._open_id = conversation_id
        self._go_to_open()
        self.scrollTo(self.currentIndex())

    def catch_up(self) -> None:
        """Find the open conversation again after rows have moved, without scrolling."""
        self._go_to_open()

    def _go_to_open(self) -> None:
        self.setCurrentIndex(self.rows.index_of(self._open_id))

    @property
    def open_id(self) -> str:
        """The conversation of the current tab."""
        return self._open_id

    def selected_id(self) -> str | None:
        """The row the keyboard is on."""
        conversation = self.rows.conversation(self.currentIndex())
        return conversation.id if conversation else None

    def start_rename(self, conversation_id: str) -> bool:
        """Open the field in the row; False when the conversation is not in sight of the filter."""
        index = self.rows.index_of(conversation_id)
        if not index.isValid():
            return False
        self.setCurrentIndex(index)
        self.edit(index)
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            # The menu is about the row under the pointer; the selection stays with the open conversation.
            event.accept()
            return
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        conversation = self.rows.conversation(self.indexAt(event.position().toPoint()))
        if conversation is None:
            return
        is_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.button() == Qt.MouseButton.LeftButton:
            self.open_requested.emit(conversation.id, is_control)
        elif event.button() == Qt.MouseButton.MiddleButton:
            self.open_requested.emit(conversation.id, True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        selected_id = self.selected_id()
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo_requested.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and selected_id:
            self.open_requested.emit(selected_id, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        elif event.key() == Qt.Key.Key_Delete and selected_id:
            self.delete_requested.emit(selected_id)
        elif event.text().isprintable() and event.text():
            # Letters belong to the composer, wherever they are typed.
            event.ignore()
        else:
            super().keyPressEvent(event)
            self.scrollTo(self.currentIndex())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        is_by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if is_by_key else self.indexAt(event.pos())
        conversation = self.rows.conversation(index)
        if conversation is None:
            return
        at = self.viewport().mapToGlobal(self.visualRect(index).center()) if is_by_key else event.globalPos()
        self.menu_for(conversation).popup(at)

    def menu_for(self, conversation: ConversationSummary) -> QMenu:
        """Build the menu of one row; it goes away when it closes."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Open", lambda: self.open_requested.emit(conversation.id, False))
        menu.addAction("Open in a new tab", lambda: self.open_requested.emit(conversation.id, True))
        menu.addSeparator()
        pin = "Unpin" if conversation.is_pinned else "Pin"
        menu.addAction(pin, lambda: self.pin_requested.emit(conversation.id, not conversation.is_pinned))
        menu.addAction(with_key("Rename…", Command.RENAME), lambda: self.start_rename(conversation.id))
        menu.addSeparator()
        menu.addAction("Delete", lambda: self.delete_requested.emit(conversation.id))
        return menu


class _RowDelegate(QStyledItemDelegate):
    """Paints headings and titles; edits a title without writing into the model, which is the library's to change."""

    renamed = Signal(str, str)

    def __init__(self, look: Look, view: HistoryList) -> None:
        super().__init__(view)
        self._look = look
        self._view = view
        self._title_font = ui_font(SMALL_PX)
        self._heading_font = ui_font(TINY_PX)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = self._view.rows.row(index)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(row, Heading):
            self._paint_heading(painter, option.rect, row)
        elif row is not None:
            self._paint_title(painter, option, row)
        painter.restore()

    def _paint_heading(self, painter: QPainter, rect: QRect, heading: Heading) -> None:
        painter.setFont(self._heading_font)
        painter.setPen(QColor(self._look.colors.dim))
        place = rect.adjusted(_SIDE_PX + _PADDING_PX, 0, -_SIDE_PX, -5)
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, heading.title)

    def _paint_title(self, painter: QPainter, option: QStyleOptionViewItem, row: ConversationSummary) -> None:
        colors = self._look.colors
        state = option.state
        box = QRectF(option.rect.adjusted(_SIDE_PX, 0, -_SIDE_PX, 0))
        is_open = row.id == self._view.open_id
        if is_open or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.selected if is_open else colors.hover))
            painter.drawRoundedRect(box, _RADIUS_PX, _RADIUS_PX)
        if state & QStyle.StateFlag.State_HasFocus and self._view.hasFocus():
            paint_focus_ring(painter, box, _RADIUS_PX, QColor(colors.accent))
        place = box.toRect().adjusted(_PADDING_PX, 0, -_PADDING_PX, 0)
        is_busy = self._view.rows.is_busy(row)
        if is_busy or (self._view.rows.is_unseen(row) and not is_open):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.accent if is_busy else colors.dim))
            painter.drawEllipse(QRectF(place.right() - _DOT_PX + 1, box.center().y() - _DOT_PX / 2, _DOT_PX, _DOT_PX))
            place.setRight(place.right() - _DOT_PX - _PADDING_PX)
        if self._view.rows.is_waiting(row):
            self._paint_clock(painter, QPointF(place.right() - _CLOCK_PX / 2 + 1, box.center().y()))
            place.setRight(place.right() - round(_CLOCK_PX) - _PADDING_PX)
        painter.setFont(self._title_font)
        painter.setPen(QColor(colors.text))
        title = painter.fontMetrics().elidedText(row.title, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, title)

    def _paint_clock(self, painter: QPainter, center: QPointF) -> None:
        """Messages wait in the conversation."""
        painter.setPen(QPen(QColor(self._look.colors.dim), _CLOCK_PEN_PX))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius = (_CLOCK_PX - _CLOCK_PEN_PX) / 2
        painter.drawEllipse(center, radius, radius)
        painter.drawPolyline([center - QPointF(0, radius * 0.6), center, center + QPointF(radius * 0.45, 0)])

    def createEditor(
        self, parent: QWidget, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        editor = TitleEdit(str(index.data(Qt.ItemDataRole.EditRole)), parent)
        editor.setFont(self._title_font)
        self._view.rows.hold()
        return editor

    def destroyEditor(  # noqa: N802  Qt's name
        self, editor: QWidget, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().destroyEditor(editor, index)
        self._view.rows.release()

    def setEditorData(self, editor: QWidget, _index: QModelIndex | QPersistentModelIndex) -> None:
        # The title was put in when the field was made; one that arrives meanwhile must not replace what is typed.
        assert isinstance(editor, TitleEdit)

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> None:
        editor.setGeometry(option.rect.adjusted(_SIDE_PX + 2, 3, -_SIDE_PX - 2, -3))

    def setModelData(
        self, editor: QWidget, model: QAbstractItemModel, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        assert isinstance(editor, TitleEdit)
        assert isinstance(model, HistoryModel)
        conversation = model.conversation(index)
        title = " ".join(editor.text().split())
        if conversation is not None and title and title != conversation.title:
            self.renamed.emit(conversation.id, title)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        # While an input method composes, Return and Escape belong to it.
        if isinstance(editor, TitleEdit) and editor.is_composing and event.type() == QEvent.Type.KeyPress:
            return False
        return super().eventFilter(editor, event)
