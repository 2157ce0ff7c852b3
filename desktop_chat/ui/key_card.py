"""The card that asks for the API key: at the first run in the window, later in the key dialog."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop_chat.core.failure import Failure
from desktop_chat.core.keys import KeyCheck, KeySource, KeyState
from desktop_chat.core.provider import ANTHROPIC_URL, is_unencrypted
from desktop_chat.ui.key_field import KeyField
from desktop_chat.ui.plain_label import plain_label
from desktop_chat.ui.roles import set_role
from desktop_chat.ui.theme import Look

KEYS_URL: Final = "https://platform.claude.com/settings/keys"
WIDTH_PX: Final = 480
LINK_RING_PX: Final = 2
WORD_JOINER: Final = "\u2060"
VARIABLE: Final = "ANTHROPIC_API_KEY"


class KeyCard(QFrame):
    """Takes a key, says where it goes, and tells in words how its check went."""

    check_requested = Signal(str, bool)
    """What was typed, and whether to keep it for this session only."""
    look_around_requested = Signal()
    link_clicked = Signal(str)

    def __init__(self, look: Look, is_first_run: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = KeyState()
        self._is_checking = False
        self._offers_session_only = False
        self._title = QLabel("Connect to Claude" if is_first_run else "API key", self)
        self._invitation = plain_label(parent=self)
        self._field = KeyField(look, self)
        self._check = QPushButton("Check", self)
        self._outcome = plain_label(role="error", parent=self)
        self._session = QPushButton("Use for this session only", self)
        self._source = plain_label(role="dim", parent=self)
        self._fate = plain_label(role="dim", parent=self)
        self._link = QPushButton("Get a key", self)
        self._around = QPushButton("Look around first", self)
        self._outcome.setVisible(False)
        self._around.setVisible(is_first_run)
        self._arrange(is_first_run)
        self._connect()
        self.show_state(self._state)

    def show_state(self, state: KeyState) -> None:
        """Show which key is in use, where one typed here would be stored and whom it is sent to."""
        self._state = state
        host = _host_of(state.origin)
        is_anthropic = state.origin in ("", ANTHROPIC_URL)
        self._invitation.setText(f"Paste your {'Anthropic' if is_anthropic else host} API key.")
        self._link.setVisible(is_anthropic)
        self._fate.setText(_fate_of(state, host))
        self._source.setText(_source_of(state))
        self._source.setVisible(bool(self._source.text()))
        has_key = state.source in (KeySource.KEYRING, KeySource.SESSION)
        self._field.set_placeholder("Paste another key to replace it" if has_key else "sk-ant-…" * is_anthropic)
        if state.problem is not None:
            self._tell(_sentence(state.problem), "warning")
        elif not self._is_checking and self._outcome.property("role") == "warning":
            self._tell("", "warning")
        self._refresh()

    def show_checking(self) -> None:
        """Say that the key is being checked; nothing can be typed meanwhile."""
        self._is_checking = True
        self._tell("", "dim")
        self._refresh()

    def show_check(self, check: KeyCheck) -> None:
        """Tell how the check went; a good key leaves the field at once, a bad one may be mended."""
        self._is_checking = False
        self._offers_session_only = check.offers_session_only
        if check.is_good and check.failure is None:
            self._field.wipe()
            self._tell("The key works.", "good")
        elif check.failure is not None:
            self._tell(_sentence(check.failure), "error")
        else:
            self._tell("The key was not accepted.", "error")
        self._field.set_wrong(not check.is_good and not check.offers_session_only)
        self._refresh()
        if not check.is_good:
            self._field.setFocus()

    def sizeHint(self) -> QSize:
        # The sentences wrap: only for a given width there is a height, and a layout above may not ask for it.
        width = max(self.width(), WIDTH_PX) if self.isVisible() else WIDTH_PX
        layout = self.layout()
        height = layout.totalHeightForWidth(width) if layout is not None else 0
        return QSize(WIDTH_PX, height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def focus(self) -> None:
        """Take the keyboard."""
        self._field.setFocus()

    def wipe(self) -> None:
        """Forget what was typed, and how its check went."""
        self._field.wipe()
        self._forget_outcome()

    def _ask(self, for_session_only: bool) -> None:
        if self._is_checking:
            return
        if self._field.is_empty():
            self._tell("Paste a key first.", "error")
            self._field.setFocus()
            return
        typed = self._field.typed()
        self.show_checking()
        self.check_requested.emit(typed, for_session_only)

    def _refresh(self) -> None:
        is_ruled = self._state.source is KeySource.ENVIRONMENT
        may_type = not self._is_checking and not is_ruled
        self._field.setEnabled(may_type)
        self._check.setEnabled(may_type and not self._field.is_empty())
        self._check.setText("Checking…" if self._is_checking else "Check")
        has_no_keyring = self._state.problem is not None or self._offers_session_only
        self._session.setVisible(has_no_keyring and not is_ruled)
        self._session.setEnabled(may_type)

    def _tell(self, text: str, role: str) -> None:
        set_role(self._outcome, role)
        self._outcome.setText(text)
        self._outcome.setAccessibleName(text)
        self._outcome.setVisible(bool(text))

    def _arrange(self, is_first_run: bool) -> None:
        set_role(self._title, "title")
        set_role(self._check, "primary")
        set_role(self._link, "link")
        set_role(self._around, "quiet_link")
        for button in (self._check, self._session, self._link, self._around):
            button.setAutoDefault(False)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        entry = QHBoxLayout()
        entry.setSpacing(8)
        entry.addWidget(self._field, 1)
        entry.addWidget(self._check)
        foot = QHBoxLayout()
        # The words of the links stand in line with what is above; the room for their focus rings sticks out.
        foot.setContentsMargins(-LINK_RING_PX, 0, -LINK_RING_PX, 0)
        foot.addWidget(self._link)
        foot.addStretch(1)
        foot.addWidget(self._around)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._invitation)
        column.addWidget(self._source)
        column.addSpacing(4)
        column.addLayout(entry)
        column.addWidget(self._outcome)
        column.addWidget(self._session, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._fate)
        column.addSpacing(4)
        column.addLayout(foot)
        if is_first_run:
            set_role(self, "card")
            self.setFixedWidth(WIDTH_PX)
            self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            column.setContentsMargins(24, 20, 24, 16)
        else:
            column.setContentsMargins(0, 0, 0, 0)

    def _connect(self) -> None:
        self._field.confirmed.connect(lambda: self._ask(for_session_only=False))
        self._field.edited.connect(self._forget_outcome)
        self._check.clicked.connect(lambda: self._ask(for_session_only=False))
        self._session.clicked.connect(lambda: self._ask(for_session_only=True))
        self._link.clicked.connect(lambda: self.link_clicked.emit(KEYS_URL))
        self._around.clicked.connect(self.look_around_requested)

    def _forget_outcome(self) -> None:
        if self._outcome.property("role") != "warning":
            self._tell("", "dim")
        self._field.set_wrong(False)
        self._refresh()


def _host_of(origin: str) -> str:
    return urlsplit(origin).netloc or origin or urlsplit(ANTHROPIC_URL).netloc


def _sentence(failure: Failure) -> str:
    return f"{failure.title}\n{failure.detail}" if failure.detail else failure.title


def _unbroken(mask: str) -> str:
    """Keep a mask on one line: a word joiner after every sign at which a line might end."""
    return mask.replace("-", f"-{WORD_JOINER}").replace("…", f"{WORD_JOINER}…{WORD_JOINER}")


def _fate_of(state: KeyState, host: str) -> str:
    """Where a key typed here would go."""
    on_the_way = ", unencrypted: it can be read on the way" if is_unencrypted(state.origin) else ""
    if state.source is KeySource.ENVIRONMENT:
        return f"Sent only to {host}{on_the_way}."
    if not state.place:
        return f"Kept in memory until the program ends, never written to disk; sent only to {host}{on_the_way}."
    return f"Stored in {state.place}; sent only to {host}{on_the_way}."


def _source_of(state: KeyState) -> str:
    """Which key is in use."""
    # Of a short key nothing is shown but the ellipsis, which says nothing.
    mask = f" ({_unbroken(state.mask)})" if state.mask.strip("…") else ""
    return {
        KeySource.UNKNOWN: "",
        KeySource.NONE: "",
        KeySource.NOT_NEEDED: "There is no key, and this server may not want one.",
        KeySource.ENVIRONMENT: f"{VARIABLE} is set in the environment and is used{mask}; "
        "to use a key from here, start the program without it.",
        KeySource.KEYRING: f"A key is stored{mask}.",
        KeySource.SESSION: f"A key is in use until the program ends{mask}.",
    }[state.source]
