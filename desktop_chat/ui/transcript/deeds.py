"""What a click on a target does, or Return on the one that has the focus."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from desktop_chat.ui.transcript.code_block import CodePart
from desktop_chat.ui.transcript.page import Page, Spot
from desktop_chat.ui.transcript.part import Deed, Target
from desktop_chat.ui.transcript.selection import Selection
from desktop_chat.ui.transcript.taking import Taking


class Deeds(QObject):
    """Does what the page itself can do, and tells the rest as wishes."""

    retry_requested = Signal(str)
    key_requested = Signal()
    settings_requested = Signal()
    sibling_requested = Signal(str, int)
    link_opened = Signal(str)
    folded = Signal()
    """Something was folded or unfolded: the page has to be laid out."""

    def __init__(self, page: Page, selection: Selection, taking: Taking, parent: QObject) -> None:
        super().__init__(parent)
        self._page = page
        self._selection = selection
        self._taking = taking

    def perform(self, spot: Spot, target: Target) -> None:
        """Do what a target is for."""
        message_id = self._page.rows[spot.row].message.id
        match target.deed:
            case Deed.FOLLOW_LINK:
                if target.value:
                    self.link_opened.emit(target.value)
            case Deed.COPY_CODE:
                assert isinstance(spot.part, CodePart)
                self._taking.copy_code(spot.part)
                self._taking.show_tick(spot, target.name)
            case Deed.COPY_MESSAGE:
                self._taking.copy_message(spot.row)
                self._taking.show_tick(spot, target.name)
            case Deed.FOLD:
                self._fold(spot, target)
            case Deed.RETRY:
                self.retry_requested.emit(message_id)
            case Deed.OPEN_KEY:
                self.key_requested.emit()
            case Deed.OPEN_SETTINGS:
                self.settings_requested.emit()
            case Deed.PREVIOUS_SIBLING:
                self.sibling_requested.emit(message_id, -1)
            case Deed.NEXT_SIBLING:
                self.sibling_requested.emit(message_id, 1)

    def _fold(self, spot: Spot, target: Target) -> None:
        """Fold or unfold; what was clicked stays under the pointer."""
        self._page.scrolling.hold(spot.row, spot.index, -spot.top)
        self._selection.clear()
        self._page.rows.toggle(spot.row, target.value)
        self.folded.emit()
