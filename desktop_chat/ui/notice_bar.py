"""Notices: one banner across the top for the state of the whole program, small toasts for what was just done."""

from __future__ import annotations

from itertools import count
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from desktop_chat.ui.elided_label import ElidedLabel
from desktop_chat.ui.icons import icon
from desktop_chat.ui.roles import set_role
from desktop_chat.ui.theme import Look

TOASTS_MAX: Final = 3
TOAST_WIDTH_MAX_PX: Final = 480
TOAST_BOTTOM_PX: Final = 24
"""Room between the lowest toast and the window's lower edge."""

BUTTON_PX: Final = 28
UNDO_S: Final = 10.0
"""How long it is offered to take something back."""


class NoticeBar(QWidget):
    """At most one banner; empty, it takes no room."""

    action_clicked = Signal()
    """The button of the banner in view was pressed."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._is_error = False
        self._frame = QFrame(self)
        set_role(self._frame, "banner")
        self._sign = QLabel(self._frame)
        self._text = QLabel(self._frame)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._action = QPushButton(self._frame)
        self._action.clicked.connect(self.action_clicked)
        self._dismiss = _close_button(self._frame, "Dismiss")
        row = QHBoxLayout(self._frame)
        row.setContentsMargins(12, 4, 6, 4)
        row.setSpacing(8)
        row.addWidget(self._sign)
        row.addWidget(self._text, 1)
        row.addWidget(self._action)
        row.addWidget(self._dismiss)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(12, 8, 12, 0)
        outer.addWidget(self._frame)
        self._dismiss.clicked.connect(self.hide_banner)
        look.colors_changed.connect(self._draw)
        self.setVisible(False)

    @property
    def text(self) -> str:
        """What the banner says; empty while there is none."""
        return "" if self.isHidden() else self._text.text()

    @property
    def is_error(self) -> bool:
        """Whether it tells of something that went wrong."""
        return self._is_error and not self.isHidden()

    def show_banner(self, text: str, *, is_error: bool = False, action_label: str = "") -> None:
        """Say something about the whole program, in place of what was said before; with a button if it has a label."""
        self._is_error = is_error
        self._action.setText(action_label)
        self._action.setVisible(bool(action_label))
        self._text.setText(text)
        self._frame.setAccessibleName(text)
        self._draw()
        self.setVisible(True)

    def hide_banner(self) -> None:
        """Take the banner away."""
        self.setVisible(False)

    def _draw(self) -> None:
        colors = self._look.colors
        self._frame.setProperty("is_error", self._is_error)
        self._frame.style().polish(self._frame)
        color = colors.bad if self._is_error else colors.warn
        self._sign.setPixmap(icon("warning", color, 16).pixmap(QSize(16, 16), self.devicePixelRatioF()))
        self._dismiss.setIcon(icon("close", colors.dim, 14))


class Toasts(QWidget):
    """Lies over the lower edge of its parent; up to three small notices, each for some seconds.

    As long as one of them has a button, Ctrl+Z presses the newest, wherever the keyboard is; a text keeps the key while
    there is something in it to undo.
    """

    action_clicked = Signal(str)
    """The token of the toast whose button was pressed; the toast is gone then."""
    lapsed = Signal(str)
    """The token of one that has gone otherwise: what it offered is not to be had any more."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._ground = parent
        self._numbers = count(1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._toasts: dict[str, _Toast] = {}
        self._bottom_px = TOAST_BOTTOM_PX
        self._undo = QShortcut(QKeySequence.StandardKey.Undo, self)
        self._undo.setEnabled(False)
        self._undo.activated.connect(self._act_on_newest)
        self.setAccessibleName("Notices")
        self.setVisible(False)
        parent.installEventFilter(self)

    @property
    def texts(self) -> tuple[str, ...]:
        """What is shown, oldest first."""
        return tuple(toast.text for toast in self._toasts.values())

    def show_toast(self, text: str, action_label: str | None = None, seconds: float = 5.0) -> str:
        """Say what was done and offer to take it back; give the token of the notice.

        The time stands still while the pointer or the focus is on it. A fourth notice takes the oldest one's place.
        """
        while len(self._toasts) >= TOASTS_MAX:
            self.dismiss(next(iter(self._toasts)))
        token = f"toast-{next(self._numbers)}"
        toast = _Toast(self._look, text, action_label, round(seconds * 1000), self)
        toast.action_clicked.connect(lambda: self._act(token))
        toast.ended.connect(lambda: self.dismiss(token))
        self._toasts[token] = toast
        self._undo.setEnabled(self._undo.isEnabled() or toast.has_action)
        self._column.addWidget(toast, 0, Qt.AlignmentFlag.AlignHCenter)
        toast.show()
        # Placed first: shown elsewhere, it would flash there, and a pointer resting there would hold it.
        self._place()
        self.show()
        self.raise_()
        return token

    def offer_undo(self, text: str, bottom_px: int) -> str:
        """Say what was done and offer to take it back; give the token of the notice.

        From now on so much room is left below, so that what is being written stays in sight.
        """
        self._bottom_px = bottom_px + TOAST_BOTTOM_PX
        return self.show_toast(text, "Undo", UNDO_S)

    def dismiss(self, token: str) -> None:
        """Take a notice away; one that is gone already is no error."""
        if self._take_away(token):
            self.lapsed.emit(token)

    def _take_away(self, token: str) -> bool:
        toast = self._toasts.pop(token, None)
        if toast is None:
            return False
        toast.stop()
        self._undo.setEnabled(any(other.has_action for other in self._toasts.values()))
        self._column.removeWidget(toast)
        toast.hide()
        toast.deleteLater()
        if self._toasts:
            self._place()
        else:
            self.hide()
        return True

    def _act_on_newest(self) -> None:
        self._act(next(token for token, toast in reversed(self._toasts.items()) if toast.has_action))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self._toasts:
            self._place()
        return super().eventFilter(watched, event)

    def _act(self, token: str) -> None:
        if self._take_away(token):
            self.action_clicked.emit(token)

    def _place(self) -> None:
        parent = self._ground
        room = max(0, min(TOAST_WIDTH_MAX_PX, parent.width() - 2 * TOAST_BOTTOM_PX))
        for toast in self._toasts.values():
            toast.setMaximumWidth(room)
        self._column.activate()
        size = self._column.sizeHint()
        width = min(size.width(), room)
        top = parent.height() - size.height() - self._bottom_px
        self.setGeometry((parent.width() - width) // 2, top, width, size.height())


class _Toast(QFrame):
    """One notice; its time runs only while nobody is at it."""

    action_clicked = Signal()
    ended = Signal()

    def __init__(self, look: Look, text: str, action_label: str | None, lasts_ms: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.text = text
        set_role(self, "toast")
        self.setAccessibleName(text)
        label = ElidedLabel(text, self, Qt.TextElideMode.ElideMiddle)
        close = _close_button(self, "Dismiss")
        close.setIcon(icon("close", look.colors.page, 14))
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 5, 6, 5)
        row.setSpacing(8)
        row.addWidget(label, 1)
        self._action: QPushButton | None = None
        if action_label is not None:
            self._action = QPushButton(action_label, self)
            self._action.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._action.clicked.connect(self.action_clicked)
            row.addWidget(self._action)
        row.addWidget(close)
        close.clicked.connect(self.ended)
        self._left_ms = lasts_ms
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._end_unless_held)
        self._timer.start(lasts_ms)

    def stop(self) -> None:
        """Let the time stand still for good."""
        self._timer.stop()

    @property
    def has_action(self) -> bool:
        """Whether there is something to take back."""
        return self._action is not None

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._left_ms = max(self._timer.remainingTime(), 1_000)
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._timer.start(self._left_ms)

    def _end_unless_held(self) -> None:
        focused = self.focusWidget()
        if focused is not None and focused.hasFocus():
            self._timer.start(1_000)
        else:
            self.ended.emit()


def _close_button(parent: QWidget, name: str) -> QToolButton:
    button = QToolButton(parent)
    button.setFixedSize(BUTTON_PX, BUTTON_PX)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setToolTip(name)
    button.setAccessibleName(name)
    return button
