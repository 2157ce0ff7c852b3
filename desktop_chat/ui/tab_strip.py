"""The row of tabs: it arranges, shrinks, scrolls and lets the reader drag; it decides nothing about conversations."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from desktop_chat.ui.icon_button import IconButton
from desktop_chat.ui.shortcuts import Command, key_text, with_key
from desktop_chat.ui.tab_button import TAB_HEIGHT_PX, TAB_MIN_PX, TabButton
from desktop_chat.ui.tab_fade import TabFade
from desktop_chat.ui.theme import Look

STRIP_HEIGHT_PX: Final = 40
_SIDE_PX: Final = 8
_BUTTON_PX: Final = 28
_GAP_PX: Final = 4
_WHEEL_STEP_PX: Final = 60


class TabStrip(QWidget):
    """All wishes carry the id of the tab they are about."""

    chosen = Signal(str)
    close_requested = Signal(str)
    close_others_requested = Signal(str)
    close_right_requested = Signal(str)
    new_requested = Signal()
    reopen_requested = Signal()
    sidebar_requested = Signal()
    renamed = Signal(str, str)
    rename_ended = Signal()
    order_changed = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._tabs: list[TabButton] = []
        self._scroll_px = 0
        self._drag_from_px: int | None = None
        self.may_reopen = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(STRIP_HEIGHT_PX)
        self.setAccessibleName("Tabs")
        self._sidebar = IconButton(
            look, "sidebar", f"Show the sidebar  {key_text(Command.TOGGLE_SIDEBAR)}", parent=self
        )
        self._sidebar.clicked.connect(self.sidebar_requested)
        self._sidebar.hide()
        self._lane = QWidget(self)
        self._left_fade = TabFade(look, is_left=True, parent=self._lane)
        self._right_fade = TabFade(look, is_left=False, parent=self._lane)
        self._plus = IconButton(look, "plus", f"New conversation  {key_text(Command.NEW_TAB)}", parent=self)
        self._plus.clicked.connect(self.new_requested)
        self._all = IconButton(look, "more", "All tabs", parent=self)
        self._all.clicked.connect(self._show_all)
        self._all.hide()

    def sizeHint(self) -> QSize:
        return QSize(400, STRIP_HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(TAB_MIN_PX + 3 * _BUTTON_PX, STRIP_HEIGHT_PX)

    def ids(self) -> tuple[str, ...]:
        """The tabs from left to right."""
        return tuple(tab.tab_id for tab in self._tabs)

    def current_id(self) -> str | None:
        """The tab that is joined with the page."""
        return next((tab.tab_id for tab in self._tabs if tab.isChecked()), None)

    def title(self, tab_id: str) -> str:
        """What a tab is called now."""
        return self._tab(tab_id).title

    def add_tab(self, tab_id: str, title: str, index: int | None = None) -> None:
        """Add a tab, at the end unless told otherwise; it does not become the current one."""
        tab = TabButton(self._look, tab_id, title, self._lane)
        tab.chosen.connect(self.chosen)
        tab.close_requested.connect(self.close_requested)
        tab.menu_requested.connect(self._show_menu)
        tab.renamed.connect(self.renamed)
        tab.rename_ended.connect(lambda _tab_id: self.rename_ended.emit())
        tab.dragged.connect(self._drag)
        tab.dropped.connect(self._drop)
        self._tabs.insert(len(self._tabs) if index is None else index, tab)
        tab.show()
        self._arrange()

    def remove_tab(self, tab_id: str) -> None:
        """Take a tab away."""
        tab = self._tab(tab_id)
        self._tabs.remove(tab)
        tab.hide()
        tab.deleteLater()
        self._arrange()

    def set_current(self, tab_id: str) -> None:
        """Join a tab with the page and bring it into sight."""
        self._tab(tab_id).setChecked(True)
        self._arrange()
        self._reveal(self._tab(tab_id))

    def set_title(self, tab_id: str, title: str) -> None:
        """Call a tab differently."""
        tab = self._tab(tab_id)
        if tab.title != title:
            tab.set_title(title)
            self._arrange()

    def set_busy(self, tab_id: str, is_busy: bool) -> None:
        """Show or hide the dot of a reply that is being written."""
        self._tab(tab_id).set_busy(is_busy)

    def set_unseen(self, tab_id: str, is_unseen: bool) -> None:
        """Show or hide the dot of a reply that was not looked at."""
        self._tab(tab_id).set_unseen(is_unseen)

    def set_worsened(self, tab_id: str, is_worsened: bool) -> None:
        """Show or hide the mark of a line that is made worse on purpose."""
        tab = self._tab(tab_id)
        if tab.is_worsened != is_worsened:
            tab.set_worsened(is_worsened)
            self._arrange()

    def set_sidebar_button_shown(self, is_shown: bool) -> None:
        """Offer the way back to a hidden sidebar."""
        self._sidebar.setVisible(is_shown)
        self._arrange()

    def move_tab(self, tab_id: str, step: int) -> None:
        """Move a tab by so many places; it stops at the ends."""
        tab = self._tab(tab_id)
        at = self._tabs.index(tab)
        target = max(0, min(len(self._tabs) - 1, at + step))
        if target != at:
            self._tabs.insert(target, self._tabs.pop(at))
            self._arrange()
            self._reveal(tab)
            self.order_changed.emit()

    def start_rename(self, tab_id: str) -> None:
        """Let the reader type another title into the tab."""
        self._reveal(self._tab(tab_id))
        self._tab(tab_id).start_rename()

    def _tab(self, tab_id: str) -> TabButton:
        return next(tab for tab in self._tabs if tab.tab_id == tab_id)

    def _widths(self, room_px: int) -> list[int]:
        """Give every tab what it wants, or a common limit so that all fit, but never less than the minimum."""
        wanted = [tab.sizeHint().width() for tab in self._tabs]
        if sum(wanted) <= room_px:
            return wanted
        left_px = room_px
        limit = TAB_MIN_PX
        for count, width in zip(range(len(wanted), 0, -1), sorted(wanted), strict=True):
            if width * count > left_px:
                limit = max(TAB_MIN_PX, left_px // count)
                break
            left_px -= width
        return [min(width, limit) for width in wanted]

    def _arrange(self) -> None:
        left = _SIDE_PX
        # isHidden, not isVisible: the strip is arranged before the window is shown.
        if not self._sidebar.isHidden():
            self._sidebar.setGeometry(left, (STRIP_HEIGHT_PX - _BUTTON_PX) // 2, _BUTTON_PX, _BUTTON_PX)
            left += _BUTTON_PX + _GAP_PX
        room = max(0, self.width() - left - _SIDE_PX - _BUTTON_PX - _GAP_PX)
        widths = self._widths(room)
        has_overflow = sum(widths) > room
        if has_overflow:
            room = max(0, room - _BUTTON_PX - _GAP_PX)
        self._all.setVisible(has_overflow)
        self._scroll_px = max(0, min(self._scroll_px, sum(widths) - room))
        x = -self._scroll_px
        for tab, width in zip(self._tabs, widths, strict=True):
            if self._drag_from_px is None or not tab.isChecked():
                tab.setGeometry(x, STRIP_HEIGHT_PX - TAB_HEIGHT_PX, width, TAB_HEIGHT_PX)
            x += width
        lane_px = min(room, sum(widths))
        self._lane.setGeometry(left, 0, lane_px, STRIP_HEIGHT_PX)
        top = (STRIP_HEIGHT_PX - _BUTTON_PX) // 2
        self._plus.setGeometry(left + lane_px + _GAP_PX, top, _BUTTON_PX, _BUTTON_PX)
        self._all.setGeometry(left + lane_px + 2 * _GAP_PX + _BUTTON_PX, top, _BUTTON_PX, _BUTTON_PX)
        self._fade_ends(lane_px)

    def _fade_ends(self, lane_px: int) -> None:
        """Soften the tabs that are cut off; the line below the strip stays whole."""
        ends = [(tab.x(), tab.x() + tab.width()) for tab in self._tabs]
        left_px = next((right for left, right in ends if left < 0 < right), 0)
        right_px = next((lane_px - left for left, right in ends if left < lane_px < right), 0)
        self._left_fade.cover(lane_px, left_px, STRIP_HEIGHT_PX - 1)
        self._right_fade.cover(lane_px, right_px, STRIP_HEIGHT_PX - 1)

    def _reveal(self, tab: TabButton) -> None:
        if tab.x() < 0:
            self._scroll_px += tab.x()
        elif tab.geometry().right() >= self._lane.width():
            self._scroll_px += tab.geometry().right() + 1 - self._lane.width()
        else:
            return
        self._arrange()

    def _drag(self, tab_id: str, moved_px: int) -> None:
        tab = self._tab(tab_id)
        if self._drag_from_px is None:
            self._drag_from_px = tab.x()
            tab.raise_()
        widest = max(0, self._lane.width() - tab.width())
        tab.move(max(0, min(widest, self._drag_from_px + moved_px)), tab.y())
        at = self._tabs.index(tab)
        # A neighbour gives way once the pulled tab covers its middle, from whichever side.
        before = sum(1 for other in self._tabs[:at] if other.geometry().center().x() <= tab.x())
        after = sum(1 for other in self._tabs[at + 1 :] if other.geometry().center().x() < tab.geometry().right())
        target = before + after
        others = [other for other in self._tabs if other is not tab]
        if at != target:
            others.insert(target, tab)
            self._tabs = others
            self._arrange()

    def _drop(self, _tab_id: str) -> None:
        self._drag_from_px = None
        self._arrange()
        self.order_changed.emit()

    def _show_menu(self, tab_id: str, at: QPoint) -> None:
        self.menu_for(tab_id).popup(at)

    def menu_for(self, tab_id: str) -> QMenu:
        """Build the menu of one tab; it goes away when it closes."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(with_key("Rename…", Command.RENAME), lambda: self.start_rename(tab_id))
        menu.addSeparator()
        menu.addAction(with_key("Close", Command.CLOSE_TAB), lambda: self.close_requested.emit(tab_id))
        others = menu.addAction("Close others", lambda: self.close_others_requested.emit(tab_id))
        others.setEnabled(len(self._tabs) > 1)
        right = menu.addAction("Close to the right", lambda: self.close_right_requested.emit(tab_id))
        right.setEnabled(self._tabs[-1].tab_id != tab_id)
        reopen = menu.addAction(with_key("Reopen closed", Command.REOPEN_TAB), self.reopen_requested.emit)
        reopen.setEnabled(self.may_reopen)
        return menu

    def _show_all(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for tab in self._tabs:
            action = menu.addAction(tab.text())
            action.triggered.connect(tab.click)
            action.setCheckable(True)
            action.setChecked(tab.isChecked())
        menu.popup(self._all.mapToGlobal(QPoint(0, self._all.height())))

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta()
        turned = delta.x() or delta.y()
        self._scroll_px -= round(turned / 120 * _WHEEL_STEP_PX)
        self._arrange()
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.new_requested.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
        if (tab_id := self.current_id()) is not None:
            self._reveal(self._tab(tab_id))

    def paintEvent(self, _event: QPaintEvent) -> None:
        colors = self._look.colors
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colors.sidebar))
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), QColor(colors.line))
        painter.end()
