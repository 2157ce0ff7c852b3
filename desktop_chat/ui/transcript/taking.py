"""Taking text out of the transcript: copying, the tick that says it was copied, the context menu."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QMimeData, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from desktop_chat.core.events import with_whole_surrogates
from desktop_chat.ui.transcript.code_block import CodePart
from desktop_chat.ui.transcript.page import Page, Spot
from desktop_chat.ui.transcript.selection import Selection, everything, texts_of

_TICK_MS: Final = 1500


class Taking(QObject):
    """Copies text; `ticked` tells that the tick of a Copy has to be shown or to go."""

    ticked = Signal()

    def __init__(self, page: Page, selection: Selection, parent: QObject) -> None:
        super().__init__(parent)
        self._page = page
        self._selection = selection
        self.copied: tuple[int, int, str] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._drop_tick)

    def texts(self) -> tuple[str, str]:
        """The selected text, plain and as markdown."""
        return texts_of(self._selection, self._page.rows)

    def copy(self) -> None:
        """Copy the selected text, if there is any."""
        plain, markdown = self.texts()
        if plain:
            put_on_clipboard(plain, markdown)

    def select_all(self) -> None:
        """Select the whole conversation."""
        chosen = everything(self._page.rows)
        self._selection.fixed, self._selection.moving = chosen.fixed, chosen.moving

    def copy_message(self, row: int) -> None:
        """Copy a message as it was written."""
        text = self._page.rows.item(row).text
        put_on_clipboard(text, text)

    def copy_code(self, part: CodePart) -> None:
        """Copy a code block, byte for byte."""
        put_on_clipboard(part.code, part.markdown(0, part.length))

    def show_tick(self, spot: Spot, name: str) -> None:
        """Let a Copy show a tick for a moment."""
        self.copied = (spot.row, spot.index, name)
        self._timer.start(_TICK_MS)
        self.ticked.emit()

    def _drop_tick(self) -> None:
        self.copied = None
        self.ticked.emit()

    def menu(self, spot: Spot | None, parent: QWidget) -> QMenu:
        """Make the context menu of a place."""
        menu = QMenu(parent)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction("Copy", self.copy)
        copy.setEnabled(not self._selection.is_empty)
        if spot is not None:
            row, part = spot.row, spot.part
            menu.addAction("Copy message", lambda: self.copy_message(row))
            if isinstance(part, CodePart):
                menu.addAction("Copy code block", lambda: self.copy_code(part))
        menu.addSeparator()
        menu.addAction("Select all", self.select_all)
        menu.aboutToHide.connect(self.ticked)
        return menu


def put_on_clipboard(plain: str, markdown: str) -> None:
    """Offer a text as `text/plain` and as `text/markdown`."""
    data = QMimeData()
    data.setText(with_whole_surrogates(plain))
    data.setData("text/markdown", with_whole_surrogates(markdown).encode())
    QGuiApplication.clipboard().setMimeData(data)
