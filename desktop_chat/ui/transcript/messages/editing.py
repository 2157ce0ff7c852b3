"""Questions being edited: which, in which editor, and where that stands on the page."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QRect, QRectF, Signal
from PySide6.QtWidgets import QApplication, QWidget

from desktop_chat.core.messages import Draft, draft_of
from desktop_chat.core.settings import SendKey
from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.messages.edit_box import EditBox
from desktop_chat.ui.transcript.messages.edit_part import EditPart
from desktop_chat.ui.transcript.page import Page

WINDOW_SHARE: Final = 0.6
"""How much of the window's height an editor may take before its text scrolls."""

_BELOW_PX: Final = 16.0
"""Room between an editor and what stands below."""

_AROUND_PX: Final = 12.0
"""Room kept above and below an editor that is brought into view."""

_AWAY_PX: Final = 50


class Editing(QObject):
    """Owns the editors. One is never dropped while its text may be wanted: it is put out of sight instead.

    Units:   pixels of the screen, but for the room on the page.
    """

    send_requested = Signal(str, object)
    """Message id and Draft."""
    changed = Signal()
    """The page has to be laid out."""

    def __init__(self, look: Look, page: Page, viewport: QWidget) -> None:
        super().__init__(viewport)
        self._look = look
        self._page = page
        self._viewport = viewport
        self._send_key = SendKey.ENTER
        self._boxes: dict[str, EditBox] = {}
        self._left: dict[str, EditBox] = {}
        """Editors that were left with Esc: what was typed can be brought back."""
        self._waiting: dict[str, Draft] = {}
        """Edits whose questions are not shown yet."""
        self._came_from: QWidget | None = None
        self._fitted_to = (0.0, 0.0)
        """Width of the column and zoom the editors were made for."""

    # --- beginning and end

    def begin(self, message_id: str, draft: Draft | None = None) -> bool:
        """Edit a question, or go on; with a draft, that is put in. False when it is not on the path."""
        row = self._page.rows.index_of(message_id)
        if row is None:
            return False
        if not self._boxes:
            self._came_from = QApplication.focusWidget()
        box = self._opened(message_id, row)
        if draft is not None:
            box.set_draft(draft)
        box.to_end()
        self.fit()
        self._hold(row)
        self._make_room(box)
        self.changed.emit()
        box.show()
        box.focus()
        return True

    def _opened(self, message_id: str, row: int) -> EditBox:
        box = self._boxes.get(message_id) or self._left.pop(message_id, None)
        if box is None:
            box = self._made(message_id, draft_of(self._page.rows[row].message))
        self._boxes[message_id] = box
        return box

    def end(self, message_id: str) -> None:
        """The question was sent: its editor goes."""
        self._left.pop(message_id, None)
        box = self._boxes.pop(message_id, None)
        if box is not None:
            self._close(box)
            box.deleteLater()

    def say(self, message_id: str, hint: str) -> None:
        """Say in an editor why it was not sent."""
        if message_id in self._boxes:
            self._boxes[message_id].say(hint)

    def _leave(self, message_id: str) -> None:
        box = self._boxes.pop(message_id, None)
        if box is None:
            return
        self._left[message_id] = box
        # Before it is hidden: Qt would hand the keyboard on as Tab does, to whatever stands next.
        if box.has_keyboard and self._came_from is not None and self._came_from.isVisible():
            self._came_from.setFocus()
        self._close(box)

    def _close(self, box: EditBox) -> None:
        row = self._page.rows.index_of(box.message_id)
        if row is not None:
            self._hold(row)
            self._page.rows.set_edit_px(row, 0.0)
        box.hide()
        self.changed.emit()

    def _made(self, message_id: str, original: Draft) -> EditBox:
        box = EditBox(self._look, message_id, original, self._viewport)
        box.hide()
        box.set_send_key(self._send_key)
        box.send_requested.connect(self.send_requested)
        box.left.connect(self._leave)
        box.walked_past.connect(self._viewport.setFocus)
        box.height_changed.connect(self._follow_heights)
        box.edited.connect(self._show)
        return box

    # --- for another day

    def unsent(self) -> tuple[tuple[str, Draft], ...]:
        """What was changed and not sent, by message ids."""
        waiting = tuple(self._waiting.items())
        return waiting + tuple((key, box.draft()) for key, box in self._boxes.items() if box.is_changed)

    def take_up(self, unsent: tuple[tuple[str, Draft], ...]) -> None:
        """Go on with edits of another day, as soon as their questions are shown."""
        self._waiting.update(unsent)
        self.restore()

    # --- settings

    def set_send_key(self, key: SendKey) -> None:
        """Choose which key sends."""
        self._send_key = key
        for box in (*self._boxes.values(), *self._left.values()):
            box.set_send_key(key)

    # --- place

    def fit(self) -> None:
        """Keep to the size of the window and of the column."""
        self._fitted_to = (self._page.rows.width, self._page.zoom)
        most = min(WINDOW_SHARE * self._viewport.window().height(), self._viewport.height() - 2 * _AROUND_PX)
        for box in self._boxes.values():
            box.set_zoom(round(100 * self._page.zoom))
            box.resize(round(self._page.rows.width * self._page.zoom), box.height_px)
            box.set_max_height_px(round(most))

    def restore(self) -> None:
        """Another path is shown: make room again for the editors of its questions, put the others out of sight."""
        for message_id in tuple(self._waiting):
            row = self._page.rows.index_of(message_id)
            if row is not None:
                self._opened(message_id, row).set_draft(self._waiting.pop(message_id))
                self.fit()
        for box in self._boxes.values():
            if self._page.rows.index_of(box.message_id) is None:
                box.hide()
            else:
                self._make_room(box)

    def place(self) -> None:
        """Put the editors where their room is; one that is off the screen keeps the keyboard."""
        if not self._boxes:
            return
        if self._fitted_to != (self._page.rows.width, self._page.zoom):
            self.fit()
        rooms = {
            self._page.rows[spot.row].message.id: spot
            for spot in self._page.spots(0.0, self._page.scrolling.page_px)
            if isinstance(spot.part, EditPart)
        }
        zoom = self._page.zoom
        for message_id, box in self._boxes.items():
            if self._page.rows.index_of(message_id) is None:
                continue
            spot = rooms.get(message_id)
            left = round((spot.left if spot else self._page.left) * zoom)
            top = round(spot.top * zoom) if spot else -box.height_px - _AWAY_PX
            box.setGeometry(left, top, round(self._page.rows.width * zoom), box.height_px)
            box.show()

    def covered(self, other: QRect | None) -> QRect | None:
        """What lies above the page: the editors that can be seen, and something else."""
        if not self._boxes:
            return other
        whole = other or QRect()
        for box in self._boxes.values():
            if box.isVisible():
                whole = whole.united(box.geometry().intersected(self._viewport.rect()))
        return None if whole.isNull() else whole

    def _follow_heights(self) -> None:
        for box in self._boxes.values():
            self._make_room(box)
        self.changed.emit()

    def _make_room(self, box: EditBox) -> None:
        row = self._page.rows.index_of(box.message_id)
        if row is not None:
            self._page.rows.set_edit_px(row, box.height_px / self._page.zoom + _BELOW_PX)

    def _hold(self, row: int) -> None:
        """Keep the message where it is, or bring its top into view."""
        page = self._page
        top = page.top_of(row)
        room = page.scrolling.page_px
        box = self._boxes.get(page.rows[row].message.id)
        needed = box.height_px / page.zoom + 2 * _AROUND_PX if box is not None else 0.0
        top = max(_AROUND_PX, min(top, room - needed)) if box is not None else top
        page.scrolling.hold(row, 0, -top)

    def _show(self, message_id: str) -> None:
        """Whoever types wants to see it."""
        row = self._page.rows.index_of(message_id)
        box = self._boxes.get(message_id)
        if row is None or box is None or not box.isVisible():
            return
        if not QRectF(self._viewport.rect()).intersects(QRectF(box.geometry())):
            self._hold(row)
            self.changed.emit()
