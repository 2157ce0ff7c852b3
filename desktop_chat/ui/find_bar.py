"""The bar for finding in a conversation: it lies over the upper right corner of the transcript and moves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from desktop_chat.ui.icon_button import IconButton
from desktop_chat.ui.own_escape import has_kept_escape, is_escape
from desktop_chat.ui.roles import set_role
from desktop_chat.ui.shortcuts import Command, key_text
from desktop_chat.ui.theme import Look

if TYPE_CHECKING:
    from desktop_chat.ui.plain_finder import PlainFinder
    from desktop_chat.ui.transcript.finding.find import Figures, Finder

_WIDTH_PX: Final = 384
_HEIGHT_PX: Final = 42
_MARGIN_PX: Final = 8
_BESIDE_BAR_PX: Final = 18
"""Room at the right, so that the scroll bar with its marks stays free."""

_WORD_CHARACTERS_MAX: Final = 200
_COUNT_PX: Final = 98


class FindBar(QFrame):
    """Field, count and steps; the finder does the work."""

    word_changed = Signal(str)

    def __init__(self, look: Look, finder: Finder | PlainFinder, parent: QWidget) -> None:
        super().__init__(parent)
        self._finder = finder
        self._focus_before: QWidget | None = None
        set_role(self, "find")
        self.setAccessibleName("Find in conversation")
        self.field = _Field(self)
        self._count = QLabel(self)
        set_role(self._count, "tiny")
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._count.setFixedWidth(_COUNT_PX)
        self._count.setTextFormat(Qt.TextFormat.PlainText)
        self.case = QToolButton(self)
        self.case.setText("Aa")
        self.case.setCheckable(True)
        set_role(self.case, "toggle")
        self.case.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.case.setToolTip("Match case")
        self.case.setAccessibleName("Match case")
        self.back = IconButton(look, "chevron-up", f"Previous hit ({key_text(Command.FIND_PREVIOUS)})", parent=self)
        self.onward = IconButton(look, "chevron-down", f"Next hit ({key_text(Command.FIND_NEXT)})", parent=self)
        self.shut = IconButton(look, "close", "Close (Esc)", icon_px=12, parent=self)
        for button, name in ((self.back, "Previous hit"), (self.onward, "Next hit"), (self.shut, "Close")):
            button.setAccessibleName(name)
        self._top_px = 0
        self._arrange()
        self._connect()
        self.hide()

    def _arrange(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 5, 6, 5)
        row.setSpacing(2)
        row.addWidget(self.field, 1)
        row.addWidget(self._count)
        row.addSpacing(4)
        for button in (self.case, self.back, self.onward, self.shut):
            row.addWidget(button)

    def _connect(self) -> None:
        self.field.textChanged.connect(self._search)
        self.field.step_wanted.connect(self.step)
        self.case.toggled.connect(lambda _is_on: self._search(self.field.text()))
        self.back.clicked.connect(lambda: self.step(-1))
        self.onward.clicked.connect(lambda: self.step(1))
        self.shut.clicked.connect(self.close_bar)
        self._finder.figures_changed.connect(self._show_figures)

    # --- opening and closing

    def open_bar(self, word: str) -> None:
        """Show the bar with a word in its field, selected, so that typing replaces it."""
        if not self.isVisible():
            self._focus_before = QApplication.focusWidget()
            self._finder.open(self.case.isChecked())
            self.place()
            self.show()
            self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if word and word != self.field.text():
            self.field.setText(word)
        elif self._finder.searched is None:
            self._search(self.field.text())
        self.field.selectAll()

    def close_bar(self) -> None:
        """Hide the bar and give the keyboard back; the reader stays where he is."""
        if not self.isVisible():
            return
        before, had_focus = self._focus_before, self._has_focus()
        self._focus_before = None
        self.hide()
        self._finder.close()
        if had_focus and before is not None and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def _has_focus(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and self.isAncestorOf(focused)

    def place(self) -> None:
        """Stand in the corner of the parent, however small it is."""
        ground = self.parentWidget()
        assert ground is not None
        width = max(0, min(_WIDTH_PX, ground.width() - _MARGIN_PX - _BESIDE_BAR_PX))
        self.setGeometry(ground.width() - width - _BESIDE_BAR_PX, self._top_px + _MARGIN_PX, width, _HEIGHT_PX)

    def stand_below(self, top_px: int) -> None:
        """Leave so much of the parent's upper end free."""
        self._top_px = top_px
        self.place()

    # --- searching

    def step(self, step: int) -> None:
        """Go to the next hit, or with -1 to the one before."""
        self._finder.step(step)

    def _search(self, word: str) -> None:
        if not self.isVisible():
            return
        self._finder.search(word, self.case.isChecked())
        self.word_changed.emit(word)

    def _show_figures(self, figures: Figures) -> None:
        words = words_of(figures, bool(self.field.text()))
        self._count.setText(words)
        self._count.setAccessibleName(words)
        self.field.setAccessibleDescription(words)
        for button in (self.back, self.onward):
            button.setEnabled(figures.count > 0)

    @property
    def words(self) -> str:
        """What the bar says about the hits."""
        return self._count.text()

    def event(self, event: QEvent) -> bool:
        return has_kept_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_escape(event):
            self.close_bar()
        # Nothing typed here is for the composer.
        event.accept()


class _Field(QLineEdit):
    """Takes the word; Return goes on, Escape closes; an input method is not disturbed."""

    step_wanted = Signal(int)

    def __init__(self, bar: FindBar) -> None:
        super().__init__(bar)
        self._bar = bar
        self._is_composing = False
        self.setObjectName("findField")
        self.setPlaceholderText("Find")
        self.setAccessibleName("Find in conversation")
        self.setMaxLength(_WORD_CHARACTERS_MAX)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        self._is_composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def event(self, event: QEvent) -> bool:
        return has_kept_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if self._is_composing or key not in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Escape:
            self._bar.close_bar()
        else:
            is_back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.step_wanted.emit(-1 if is_back else 1)


def words_of(figures: Figures, has_word: bool) -> str:
    """What is said about the hits."""
    if not has_word:
        return ""
    if figures.is_counting:
        return f"{figures.count:,}…" if figures.count else "…"
    if not figures.count:
        return "No matches"
    arrow = "↻ " if figures.has_wrapped else ""
    if figures.is_folded:
        return f"{figures.count:,} folded"
    place = f"{figures.number:,} of " if figures.number else ""
    return f"{arrow}{place}{figures.count:,}"
