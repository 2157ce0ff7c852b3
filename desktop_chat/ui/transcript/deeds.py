"""What a click on a target does, or Return on the one that has the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop_chat.core.messages import Role
from desktop_chat.ui.transcript.code.code_block import CodePart
from desktop_chat.ui.transcript.code.saving import Saving, suggested_name
from desktop_chat.ui.transcript.drawings.picture_viewer import PictureViewer
from desktop_chat.ui.transcript.drawings.pictures import Picture
from desktop_chat.ui.transcript.drawings.pictures_part import PicturesPart
from desktop_chat.ui.transcript.page import Page, Spot
from desktop_chat.ui.transcript.parts.part import Deed, Target
from desktop_chat.ui.transcript.tables.table import TablePart
from desktop_chat.ui.transcript.taking.selection import Selection
from desktop_chat.ui.transcript.taking.taking import Taking

if TYPE_CHECKING:
    from desktop_chat.ui.transcript.taking.picture_copying import PictureCopying

_SEEN_PX: Final = 96.0
"""Less than this of what was unfolded looks as if nothing had happened."""

_SEEN_SHARE: Final = 1 / 3
"""How much of the screen it gets then."""


class Deeds(QObject):
    """Does what the page itself can do, and tells the rest as wishes."""

    retry_requested = Signal(str)
    continue_requested = Signal(str)
    key_requested = Signal()
    settings_requested = Signal()
    sibling_requested = Signal(str, int)
    edit_requested = Signal(str)
    branch_requested = Signal(str)
    keep_requested = Signal(str)
    inspect_requested = Signal(str)
    go_on_now_requested = Signal()
    stop_requested = Signal()
    link_opened = Signal(str, str)
    folded = Signal(str, str)
    """Message id, and what of it was folded or unfolded: the page has to be laid out."""

    def __init__(self, page: Page, selection: Selection, taking: Taking, parent: QWidget) -> None:
        super().__init__(parent)
        self._page = page
        self._selection = selection
        self._taking = taking
        self._window = parent
        self._saving = Saving(parent)
        self._saving.saved.connect(self._show_saved)
        self._saved: tuple[Spot, str] | None = None
        """Where Save was clicked last."""
        self._copying: PictureCopying | None = None

    def perform(self, spot: Spot, target: Target) -> None:
        """Do what a target is for."""
        message_id = self._page.rows[spot.row].message.id
        match target.deed:
            case Deed.FOLLOW_LINK:
                self.link_opened.emit(target.value, target.doubt)
            case Deed.COPY_CODE:
                assert isinstance(spot.part, CodePart)
                self._taking.copy_code(spot.part)
                self._taking.show_tick(spot, target.name)
            case Deed.SAVE_CODE:
                assert isinstance(spot.part, CodePart)
                self._saved = (spot, target.name)
                self._saving.ask(spot.part.code, suggested_name(spot.part.language, spot.part.code))
            case Deed.SHOW_PICTURE:
                assert isinstance(spot.part, PicturesPart)
                self._show_picture(spot.part.picture(target.name))
            case Deed.SAVE_FILE:
                self.save_file(spot, target)
            case Deed.COPY_TABLE:
                assert isinstance(spot.part, TablePart)
                self._taking.copy_table(spot.part, target.value)
                self._taking.show_tick(spot, target.name)
            case Deed.COPY_MESSAGE:
                self._taking.copy_message(spot.row)
                self._taking.show_tick(spot, target.name)
            case Deed.FOLD | Deed.RAW:
                self._fold(spot, target)
            case Deed.RETRY:
                self.retry_requested.emit(message_id)
            case Deed.CONTINUE:
                self.continue_requested.emit(message_id)
            case Deed.OPEN_KEY:
                self.key_requested.emit()
            case Deed.OPEN_SETTINGS:
                self.settings_requested.emit()
            case Deed.EDIT:
                # Below a reply it is the question that can be asked in other words.
                row = spot.row if self._page.rows[spot.row].message.role is Role.USER else spot.row - 1
                if row >= 0:
                    self.edit_requested.emit(self._page.rows[row].message.id)
            case Deed.BRANCH:
                self.branch_requested.emit(message_id)
            case Deed.INSPECT:
                self.inspect_requested.emit(message_id)
            case Deed.KEEP:
                self.keep_requested.emit(message_id)
            case Deed.GO_ON_NOW:
                self.go_on_now_requested.emit()
            case Deed.STOP:
                self.stop_requested.emit()
            case Deed.PREVIOUS_SIBLING:
                self.sibling_requested.emit(message_id, -1)
            case Deed.NEXT_SIBLING:
                self.sibling_requested.emit(message_id, 1)

    def copy_picture(self, picture: Picture) -> None:
        """Copy a picture, and no text with it."""
        if self._copying is None:
            from desktop_chat.ui.transcript.taking.picture_copying import PictureCopying

            self._copying = PictureCopying(self._window)
        self._copying.copy(picture)

    def save_picture(self, picture: Picture) -> None:
        """Save a picture as it was sent."""
        self._saved = None
        self._saving.ask(picture.pieces, picture.name, "Save picture")

    def save_file(self, spot: Spot, target: Target) -> None:
        """Save the file of a card as it was sent."""
        assert isinstance(spot.part, PicturesPart)
        file = spot.part.file(target.name)
        if file is not None:
            self._saved = (spot, target.name)
            self._saving.ask(file.pieces, file.name, "Save file")

    def _show_saved(self) -> None:
        if self._saved is not None:
            self._taking.show_tick(*self._saved, "Saved")

    def _show_picture(self, picture: Picture) -> None:
        viewer = PictureViewer(picture, self._window)
        viewer.copy_requested.connect(lambda: self.copy_picture(picture))
        viewer.save_requested.connect(lambda: self.save_picture(picture))
        viewer.open()

    def _fold(self, spot: Spot, target: Target) -> None:
        """Fold or unfold; what was clicked stays under the pointer, unless what comes would be out of sight."""
        stack = self._page.rows.item(spot.row).stack
        before_px, goes_on = stack.height, spot.part.length > 0
        self._page.rows.toggle(spot.row, target.value)
        # A text that shows more of itself goes on where the eye is.
        up_px = 0.0 if goes_on else self._way_up(spot.rect_of(target).bottom(), stack.height - before_px)
        if spot.index < len(stack.parts) and stack.parts[spot.index] is spot.part:
            # It changed by itself: its text is the same, and it knows which line was at the top.
            below = spot.part.hidden_px if spot.top < 0 else -spot.top
        else:
            self._selection.clear()
            below = -spot.top
        self._page.scrolling.hold(spot.row, spot.index, below + up_px)
        self.folded.emit(self._page.rows[spot.row].message.id, target.value)

    def _way_up(self, bottom: float, grown_px: float) -> float:
        """How far the page goes up, so that what unfolded below a place can be seen."""
        screen_px = self._page.scrolling.page_px
        room = screen_px - bottom
        return max(0.0, min(grown_px, screen_px * _SEEN_SHARE) - room) if room < _SEEN_PX else 0.0
