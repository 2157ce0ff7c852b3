"""The context menu of the transcript: what can be done with what lies under the pointer, or where the keyboard is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from desktop_chat.ui.transcript.code.code_block import CodePart
from desktop_chat.ui.transcript.deeds import Deeds
from desktop_chat.ui.transcript.drawings.pictures_part import PicturesPart
from desktop_chat.ui.transcript.messages.message_acts import MessageActs
from desktop_chat.ui.transcript.moving.focus import FocusWalk
from desktop_chat.ui.transcript.moving.walk import Walk
from desktop_chat.ui.transcript.page import Page, Spot
from desktop_chat.ui.transcript.parts.part import ADDRESSES, Deed, Target
from desktop_chat.ui.transcript.tables.table import TablePart
from desktop_chat.ui.transcript.tables.table_offers import CSV, MARKDOWN
from desktop_chat.ui.transcript.taking.selection import Selection
from desktop_chat.ui.transcript.taking.taking import Taking, put_text

_ADDRESS_CHARACTERS_MAX: Final = 60
_WORDS: Final = {
    Deed.COPY_CODE: "Copy co&de",
    Deed.SAVE_CODE: "&Save code…",
}
"""What a target offers in the menu of its part, and how it is called there."""


class TranscriptMenu(QObject):
    """Builds and opens the menu."""

    quote_requested = Signal(str)
    """The selected text, each line behind a mark of quoting."""
    changed = Signal()
    """Something is selected now, or the menu has gone."""

    def __init__(
        self,
        page: Page,
        selection: Selection,
        taking: Taking,
        deeds: Deeds,
        acts: MessageActs,
        focus: FocusWalk,
        walk: Walk,
        view: QWidget,
    ) -> None:
        super().__init__(view)
        self._page = page
        self._selection = selection
        self._taking = taking
        self._deeds = deeds
        self._acts = acts
        self._focus = focus
        self._walk = walk
        self._view = view

    # --- opening

    def open_at(self, point: QPointF, place: QPoint) -> None:
        """Open for a point of the page; `place` is where on the screen."""
        # Between two parts the one below is meant: the message is the same.
        spot = self._page.spot_at(point) or next(iter(self._page.spots(point.y(), point.y())), None)
        latex = spot.part.latex_at(spot.local(point)) if spot else ""
        self.build(spot, spot.target_at(point) if spot else None, latex).popup(place)

    def open_at_keyboard(self) -> None:
        """Open where the keyboard is: a target, the end of the selection, a message, or the first text in sight."""
        spot, target, point = self._keyboard_place()
        corner = (point * self._page.zoom).toPoint()
        self.build(spot, target).popup(self._view.mapToGlobal(corner))

    def _keyboard_place(self) -> tuple[Spot | None, Target | None, QPointF]:
        if self._focus.current is not None:
            spot, target = self._focus.current
            return spot, target, spot.rect_of(target).bottomLeft()
        spots = list(self._page.spots(0.0, self._page.scrolling.page_px))
        end = self._selection.moving
        wanted = (spot for spot in spots if end and (spot.row, spot.index) == (end.row, end.part))
        walked = (spot for spot in spots if spot.row == self._walk.row and spot.part.is_selectable)
        first = (spot for spot in spots if spot.part.is_selectable)
        found = next(wanted, None) or next(walked, None) or next(first, None)
        if found is None:
            return None, None, QPointF(self._page.left, 0.0)
        y = max(0.0, found.top)
        if end is not None and (found.row, found.index) == (end.row, end.part):
            rects = found.part.rects(max(0, min(end.offset, found.part.length) - 1), min(end.offset, found.part.length))
            y = found.top + rects[-1].bottom() if rects else y
        return found, None, QPointF(found.left, min(y, self._page.scrolling.page_px))

    # --- what it offers

    def build(self, spot: Spot | None, target: Target | None, latex: str = "") -> QMenu:
        """Make the menu of a place; `latex` is the formula that is there."""
        menu = QMenu(self._view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._add_link(menu, spot, target)
        self._add_file(menu, spot, target)
        self._add_selection(menu)
        if latex:
            menu.addAction("Copy La&TeX", lambda: put_text(latex))
        if spot is not None:
            self._add_part(menu, spot)
            menu.addSeparator()
            message = menu.addMenu("M&essage")
            self._acts.fill_menu(message, spot.row)
            if message.isEmpty():
                message.addAction("&Copy", lambda: self._taking.copy_message(spot.row))
        menu.addSeparator()
        menu.addAction(_with_key("Select &all", QKeySequence.StandardKey.SelectAll), self._select_all)
        menu.aboutToHide.connect(self.changed)
        return menu

    def _add_link(self, menu: QMenu, spot: Spot | None, target: Target | None) -> None:
        if spot is None or target is None or target.deed not in ADDRESSES:
            return
        address = target.tip
        if len(address) > _ADDRESS_CHARACTERS_MAX:
            address = address[:_ADDRESS_CHARACTERS_MAX] + "…"
        # A single & would be taken for a mnemonic.
        opening = menu.addAction(f"&Open {address.replace('&', '&&')}", lambda: self._deeds.perform(spot, target))
        opening.setEnabled(bool(target.value))
        copying = menu.addAction("Copy &link address", lambda: put_text(target.value))
        copying.setEnabled(bool(target.value))
        menu.addSeparator()

    def _add_file(self, menu: QMenu, spot: Spot | None, target: Target | None) -> None:
        """What can be done with the one picture or file that is meant, of those that stand side by side."""
        if spot is None or target is None or not isinstance(spot.part, PicturesPart):
            return
        if target.deed is Deed.SHOW_PICTURE:
            picture = spot.part.picture(target.name)
            menu.addAction("Copy p&icture", lambda: self._deeds.copy_picture(picture))
            menu.addAction("&Save picture…", lambda: self._deeds.save_picture(picture))
        elif spot.part.file(target.name) is not None:
            menu.addAction("&Save file…", lambda: self._deeds.save_file(spot, target))
        menu.addSeparator()

    def _add_selection(self, menu: QMenu) -> None:
        taking = self._taking
        added: list[QAction] = [
            menu.addAction(_with_key("&Copy", QKeySequence.StandardKey.Copy), taking.copy),
            menu.addAction("Copy as &Markdown", taking.copy_markdown),
            menu.addAction("Copy as &plain text", taking.copy_plain),
            menu.addAction("&Quote in reply", lambda: self.quote_requested.emit(taking.quoted())),
        ]
        for action in added:
            action.setEnabled(not self._selection.is_empty)

    def _add_part(self, menu: QMenu, spot: Spot) -> None:
        """What the part itself can do."""
        menu.addSeparator()
        # What is used most stands first here; in a header it stands last, at the right.
        for target in sorted(spot.part.targets(), key=lambda target: target.deed is not Deed.COPY_CODE):
            words = _WORDS.get(target.deed)
            if words:
                menu.addAction(words, self._doing(spot, target))
        part = spot.part
        if isinstance(part, CodePart) and (commands := part.commands):
            menu.addAction("Copy c&ommands only", lambda: put_text(commands))
        if isinstance(part, TablePart):
            # Of a long table any row may be under the pointer, not only the head with its words.
            menu.addAction("Copy &table", lambda: self._taking.copy_part(part))
            menu.addAction("Copy table as CS&V", lambda: self._taking.copy_table(part, CSV))
            menu.addAction("Copy table as Mark&down", lambda: self._taking.copy_table(part, MARKDOWN))

    def _doing(self, spot: Spot, target: Target) -> Callable[[], None]:
        return lambda: self._deeds.perform(spot, target)

    def _select_all(self) -> None:
        self._taking.select_all()
        self.changed.emit()


def _with_key(text: str, key: QKeySequence.StandardKey) -> str:
    return f"{text}\t{QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)}"
