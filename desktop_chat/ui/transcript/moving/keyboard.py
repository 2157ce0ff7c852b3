"""The keyboard on the transcript."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from desktop_chat.ui.transcript.deeds import Deeds
from desktop_chat.ui.transcript.moving.caret import Caret
from desktop_chat.ui.transcript.moving.focus import FocusWalk
from desktop_chat.ui.transcript.moving.moves import Moves
from desktop_chat.ui.transcript.moving.steps import key_step
from desktop_chat.ui.transcript.page import Page
from desktop_chat.ui.transcript.taking.taking import Taking


class Keyboard:
    """What keys do while the transcript has the focus."""

    def __init__(self, page: Page, moves: Moves, focus: FocusWalk, taking: Taking, deeds: Deeds, caret: Caret) -> None:
        self._page = page
        self._moves = moves
        self._focus = focus
        self._taking = taking
        self._deeds = deeds
        self._caret = caret

    def press(self, event: QKeyEvent) -> bool:
        """Do what a key is for; False when it is for somebody else."""
        key, step = Qt.Key(event.key()), key_step(event, self._page.scrolling.page_px)
        if event.matches(QKeySequence.StandardKey.Copy):
            self._taking.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self._taking.select_all()
            self._moves.let_go()
        elif self._caret.press(event):
            pass
        elif step:
            self._moves.by(step)
        elif key == Qt.Key.Key_Home:
            self._moves.to_start()
        elif key == Qt.Key.Key_End:
            self._moves.to_end()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._focus.current is not None:
            self._deeds.perform(*self._focus.current)
        else:
            return False
        return True
