"""The left side of the window: a new conversation, the filter, the list, and at its foot the key and the settings."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop_chat.core.conversation import ConversationSummary
from desktop_chat.core.keys import KeySource, KeyState
from desktop_chat.core.provider import is_unencrypted
from desktop_chat.ui.fonts import SMALL_PX, ui_font
from desktop_chat.ui.foot_button import BETWEEN, FootButton
from desktop_chat.ui.history_list import HistoryList
from desktop_chat.ui.history_model import HistoryModel
from desktop_chat.ui.icon_button import paint_focus_ring
from desktop_chat.ui.own_escape import has_kept_escape, is_escape
from desktop_chat.ui.plain_tip import plain_tip
from desktop_chat.ui.roles import set_role
from desktop_chat.ui.shortcuts import Command, key_text
from desktop_chat.ui.theme import Look

SIDEBAR_MIN_PX: Final = 200
SIDEBAR_MAX_PX: Final = 400
SIDEBAR_PX: Final = 264
_SIDE_PX: Final = 10
_FIELD_PX: Final = 36
_RADIUS_PX: Final = 8.0

UNENCRYPTED: Final = "Its address begins with http://: what you send and the key can be read on the way."

_KEY_WORDS: Final = {
    KeySource.UNKNOWN: ("looking for the key…", "looking…"),
    KeySource.NONE: ("no key yet", "no key"),
    KeySource.NOT_NEEDED: ("no key", "no key"),
    KeySource.ENVIRONMENT: ("key from environment", "variable"),
    KeySource.KEYRING: ("key in keyring", "keyring"),
    KeySource.SESSION: ("key for this session", "session"),
}
"""Where the key comes from, and the same where room is short."""


class Sidebar(QWidget):
    """Shows what it is told; wishes about conversations come from its `history`."""

    new_requested = Signal()
    key_requested = Signal()
    settings_requested = Signal()
    help_requested = Signal(QPoint)
    """Where the menu shall stand with its lower left corner, in pixels of the screen."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._is_filled = False
        self.model = HistoryModel(self)
        self.history = HistoryList(look, self.model, self)
        self._new = _NewButton(look, self)
        self._new.clicked.connect(self.new_requested)
        self.filter = FilterField(self)
        self.filter.textChanged.connect(self._apply_filter)
        self.filter.left_downwards.connect(self._enter_list)
        self._empty = QLabel(self)
        self._empty.setTextFormat(Qt.TextFormat.PlainText)
        set_role(self._empty, "dim")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._empty.setWordWrap(True)
        self._empty.setMargin(24)
        self._empty.hide()
        self._key = FootButton(self)
        self._key.clicked.connect(self.key_requested)
        self._help = FootButton(self)
        self._help.set_words("Help")
        self._help.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._help.setToolTip(f"Help  {key_text(Command.HELP_MENU)}")
        self._help.clicked.connect(self.request_help)
        self._settings = FootButton(self)
        self._settings.set_words("Settings")
        self._settings.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._settings.setToolTip(f"Settings  {key_text(Command.SETTINGS)}")
        self._settings.clicked.connect(self.settings_requested)
        self._arrange()

    def _arrange(self) -> None:
        foot = QHBoxLayout()
        foot.setContentsMargins(_SIDE_PX, 5, _SIDE_PX, 7)
        foot.addWidget(self._key, 1)
        foot.addWidget(self._help)
        foot.addWidget(self._settings)
        top = QVBoxLayout()
        top.setContentsMargins(_SIDE_PX, 12, _SIDE_PX, 4)
        top.setSpacing(8)
        top.addWidget(self._new)
        top.addWidget(self.filter)
        layout = QVBoxLayout(self)
        # One pixel at the right for the line to the page.
        layout.setContentsMargins(0, 0, 1, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self._empty)
        layout.addWidget(self.history, 1)
        layout.addLayout(foot)
        for before, after in pairwise((self._new, self.filter, self.history, self._key, self._help, self._settings)):
            QWidget.setTabOrder(before, after)

    def show_conversations(self, conversations: tuple[ConversationSummary, ...]) -> None:
        """Fill the list, newest first."""
        self._is_filled = True
        self.model.set_conversations(conversations)
        self.history.catch_up()
        self._tell_if_empty()

    def show_key(self, provider: str, state: KeyState) -> None:
        """Say at the foot where the key comes from."""
        words, short = (f"{provider}{BETWEEN}{source}" for source in _KEY_WORDS[state.source])
        tip = f"{words}  {state.mask}".strip()
        if is_unencrypted(state.origin):
            # First, because the end is cut off where room is short.
            words, short, tip = f"Not encrypted · {words}", f"Not encrypted · {short}", f"{tip}\n{UNENCRYPTED}"
        self._key.set_words(words, short, provider)
        self._key.setToolTip(plain_tip(tip))

    def show_demo(self) -> None:
        """Say at the foot that nothing here comes from a real service."""
        self._key.set_words("Demonstration")
        self._key.setToolTip("Replies come from a server inside this program.")

    @property
    def key_words(self) -> str:
        """What the foot says about the key."""
        return self._key.accessibleName()

    def request_help(self) -> None:
        """Ask for the help menu above its button."""
        self.help_requested.emit(self._help.mapToGlobal(QPoint(0, 0)))

    def focus_filter(self) -> None:
        """Put the keyboard into the filter, its text selected."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def _apply_filter(self, text: str) -> None:
        self.model.set_filter(text)
        self.history.scrollToTop()
        self._tell_if_empty()

    def _tell_if_empty(self) -> None:
        is_empty = self._is_filled and self.model.rowCount() == 0
        wanted = self.model.filter_text
        self._empty.setText(f"No title with “{wanted}”" if wanted else "Your conversations appear here")
        self._empty.setVisible(is_empty)
        # A list without rows has nothing to show the keyboard at.
        self.history.setFocusPolicy(Qt.FocusPolicy.NoFocus if is_empty else Qt.FocusPolicy.TabFocus)

    def _enter_list(self) -> None:
        for number in range(self.model.rowCount()):
            index = self.model.index(number)
            if self.model.conversation(index) is not None:
                self.history.setCurrentIndex(index)
                break
        self.history.setFocus(Qt.FocusReason.TabFocusReason)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colors = self._look.colors
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colors.sidebar))
        painter.fillRect(QRect(self.width() - 1, 0, 1, self.height()), QColor(colors.line))
        line_y = self._key.geometry().top() - 5
        painter.fillRect(QRect(_SIDE_PX, line_y, self.width() - 2 * _SIDE_PX, 1), QColor(colors.line))
        painter.end()


class FilterField(QLineEdit):
    """Escape empties it first; the arrow down leads into the list."""

    left_downwards = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        # Files are let go of anywhere in the window, and they bring their paths as text along.
        self.setAcceptDrops(False)
        self.setFont(ui_font(SMALL_PX))
        self.setPlaceholderText("Filter conversations")
        self.setAccessibleName("Filter conversations")
        self.setFixedHeight(_FIELD_PX)
        # Where the words of the button above begin; QLineEdit moves its own to the right.
        self.setTextMargins(-2, 0, 0, 0)
        self._hint = QLabel(key_text(Command.FILTER), self)
        self._hint.setFont(ui_font(SMALL_PX))
        set_role(self._hint, "dim")
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.textChanged.connect(self._place_hint)

    def event(self, event: QEvent) -> bool:
        # With a text in it Escape means "show all again", not the window's Stop.
        return (bool(self.text()) and has_kept_escape(event)) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_escape(event) and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left_downwards.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._place_hint()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._place_hint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_hint()

    def _place_hint(self) -> None:
        size = self._hint.sizeHint()
        text_px = self.fontMetrics().horizontalAdvance(self.placeholderText())
        has_room = self.width() > text_px + size.width() + 3 * _SIDE_PX
        self._hint.setVisible(has_room and not self.text() and not self.hasFocus())
        left = self.width() - size.width() - _SIDE_PX
        self._hint.setGeometry(left, (self.height() - size.height()) // 2, size.width(), size.height())


class _NewButton(QAbstractButton):
    """“New conversation”, with its key at the right."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setText("New conversation")
        self.setFont(ui_font(SMALL_PX))
        self.setFixedHeight(_FIELD_PX + 2)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        return QSize(SIDEBAR_MIN_PX, _FIELD_PX + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colors = self._look.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        fill = colors.selected if self.isDown() else colors.hover if self.underMouse() else colors.page
        painter.setPen(QPen(QColor(colors.line), 1))
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(box, _RADIUS_PX, _RADIUS_PX)
        if self.hasFocus():
            paint_focus_ring(painter, QRectF(self.rect()), _RADIUS_PX, QColor(colors.accent))
        place = self.rect().adjusted(11, 0, -11, 0)
        painter.setPen(QColor(colors.text))
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.setPen(QColor(colors.dim))
        key = key_text(Command.NEW_TAB)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, key)
        painter.end()
