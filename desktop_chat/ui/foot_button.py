"""The words at the sidebar's foot, which can be clicked."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from desktop_chat.ui.fonts import TINY_PX, ui_font
from desktop_chat.ui.roles import set_role

BETWEEN: Final = " · "
_PADDING_PX: Final = 14
_NAME_PX: Final = 28
"""A name that gets less says nothing, and is left out."""


class FootButton(QPushButton):
    """They are shortened before the sidebar has to become wider."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = self._short = self._name = ""
        set_role(self, "quiet")
        self.setFont(ui_font(TINY_PX))
        # Narrower than the buttons of dialogs: the words stand on the line of the list's titles.
        self.setStyleSheet(
            "QPushButton { padding: 2px 5px; font-size: 12px; text-align: left; }"
            "QPushButton:focus { padding: 1px 4px; }"
        )
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_words(self, words: str, short: str = "", name: str = "") -> None:
        """Show these words, or the short ones where they do not fit; of those the name in them gives way first."""
        self._words, self._short, self._name = words, short or words, name
        self.setAccessibleName(words)
        self.updateGeometry()
        self._shorten()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._words) + _PADDING_PX, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._shorten()

    def _shorten(self) -> None:
        room = max(0, self.width() - _PADDING_PX + 1)
        metrics = self.fontMetrics()
        words = self._words if metrics.horizontalAdvance(self._words) <= room else self._short
        if self._name and metrics.horizontalAdvance(words) > room:
            before, _name, after = words.partition(self._name)
            name_px = room - metrics.horizontalAdvance(before + after)
            if name_px >= _NAME_PX:
                words = before + metrics.elidedText(self._name, Qt.TextElideMode.ElideMiddle, name_px) + after
            elif not before:
                words = after.removeprefix(BETWEEN)
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
        self.setText(shown.replace("&", "&&"))
