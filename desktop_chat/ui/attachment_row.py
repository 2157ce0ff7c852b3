"""The files that go out with the question in the making, as chips above its text."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from desktop_chat.core.attachments import Attachment
from desktop_chat.ui.attachment_chip import CHIP_PX, AttachmentChip
from desktop_chat.ui.own_escape import has_kept_escape, is_escape
from desktop_chat.ui.roles import set_role, show_ground
from desktop_chat.ui.theme import Look

GAP_PX: Final = 6
_BAR_PX: Final = 12
"""Room at the right for the scroll bar, where there are more lines than are shown."""

_LOOK_MS: Final = 16
_STEPS: Final = {Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1}
_REMOVES: Final = frozenset((Qt.Key.Key_Delete, Qt.Key.Key_Backspace))


class AttachmentRow(QScrollArea):
    """Wraps onto further lines, and scrolls where those are too many; one stop for Tab, arrows walk from chip to chip.

    Delete takes the one with the keyboard out, Esc gives the keyboard back.
    """

    remove_requested = Signal(str)
    """Id of an attachment."""
    left = Signal()
    """The keyboard belongs to the text again."""
    height_changed = Signal()

    def __init__(self, look: Look, ahead: QWidget, parent: QWidget) -> None:
        """`ahead` is what Tab leads here from."""
        super().__init__(parent)
        self._look = look
        self._ahead = ahead
        self._attachments: tuple[Attachment, ...] = ()
        self._chips: dict[str, AttachmentChip] = {}
        self._lines_max = 1
        self._stop: AttachmentChip | None = None
        """Where Tab comes to."""
        self._stack = QWidget()
        set_role(self._stack, "page")
        show_ground(self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setAccessibleName("Attached files")
        self.setWidget(self._stack)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._take_drawn)

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """What is shown, in its order."""
        return self._attachments

    @property
    def stop(self) -> QWidget | None:
        """Where Tab comes to; None without files."""
        return self._stop if self._attachments else None

    def show_attachments(self, attachments: tuple[Attachment, ...]) -> None:
        """Show these; the keyboard stays where it is, or goes to what has moved up there, at last back to the text."""
        before = self._ordered()
        focused = next((place for place, chip in enumerate(before) if chip.hasFocus()), None)
        self._attachments = attachments
        # The same file may have another name in another draft.
        kept = {chip.attachment.id for chip in before if chip.attachment in attachments}
        gone = [self._chips.pop(key) for key in self._chips.keys() - kept]
        for attachment in attachments:
            if attachment.id not in self._chips:
                self._chips[attachment.id] = self._new_chip(attachment)
        chips = self._ordered()
        self._stand_in_order(chips)
        self._place()
        if focused is not None and before[focused] in gone:
            if chips:
                self._focus(min(focused, len(chips) - 1))
            else:
                self.left.emit()
        for chip in gone:
            chip.hide()
            chip.deleteLater()
        if len(chips) > len(before) and before:
            self.ensureWidgetVisible(chips[-1], 0, 0)

    def set_lines_max(self, count: int) -> None:
        """Show so many lines at a time."""
        if count != self._lines_max:
            self._lines_max = count
            self._place()

    def event(self, event: QEvent) -> bool:
        return has_kept_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        chips = self._ordered()
        here = next((place for place, chip in enumerate(chips) if chip.hasFocus()), None)
        key = Qt.Key(event.key())
        if is_escape(event):
            self.left.emit()
        elif here is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            event.ignore()
        elif key in _STEPS:
            self._focus(min(max(here + _STEPS[key], 0), len(chips) - 1))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._focus(0 if key == Qt.Key.Key_Home else len(chips) - 1)
        elif key in _REMOVES and not event.isAutoRepeat():
            self.remove_requested.emit(chips[here].attachment.id)
        else:
            event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    # --- inside

    def _ordered(self) -> list[AttachmentChip]:
        return [self._chips[attachment.id] for attachment in self._attachments]

    def _stand_in_order(self, chips: list[AttachmentChip]) -> None:
        stop = next((chip for chip in chips if chip is self._stop), chips[0] if chips else None)
        ahead = self._ahead
        for chip in chips:
            # Without it, Qt would leave the order as it is.
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            QWidget.setTabOrder(ahead, chip)
            ahead = chip
        if stop is not None:
            self._stop_at(stop)

    def _new_chip(self, attachment: Attachment) -> AttachmentChip:
        chip = AttachmentChip(self._look, attachment, self._stack)
        chip.remove_clicked.connect(lambda: self.remove_requested.emit(attachment.id))
        chip.focused.connect(self._follow_focus)
        chip.waits.connect(self._timer.start)
        if attachment.is_picture:
            chip.clicked.connect(lambda: self._show_picture(attachment))
        chip.show()
        return chip

    def _place(self) -> None:
        """Put as many beside each other as there is room for."""
        width = self.width()
        lines = self._lines(width)
        is_scrolling = len(lines) > self._lines_max
        if is_scrolling:
            width -= _BAR_PX
            lines = self._lines(width)
        bar = Qt.ScrollBarPolicy.ScrollBarAlwaysOn if is_scrolling else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(bar)
        self.verticalScrollBar().setSingleStep(CHIP_PX + GAP_PX)
        self._stack.setFixedSize(width, _height_px(len(lines)))
        for number, line in enumerate(lines):
            left = 0
            for chip in line:
                chip_px = min(chip.sizeHint().width(), width)
                chip.setGeometry(left, number * (CHIP_PX + GAP_PX), chip_px, CHIP_PX)
                left += chip_px + GAP_PX
        height = _height_px(min(len(lines), self._lines_max))
        if self.height() != height:
            self.setFixedHeight(height)
            self.height_changed.emit()

    def _lines(self, width: int) -> list[list[AttachmentChip]]:
        lines: list[list[AttachmentChip]] = []
        used = 0
        for chip in self._ordered():
            chip_px = min(chip.sizeHint().width(), width)
            if not lines or used + GAP_PX + chip_px > width:
                lines.append([chip])
                used = chip_px
            else:
                lines[-1].append(chip)
                used += GAP_PX + chip_px
        return lines

    def _focus(self, place: int) -> None:
        chip = self._ordered()[place]
        self._stop_at(chip)
        chip.setFocus(Qt.FocusReason.TabFocusReason)

    def _stop_at(self, chip: AttachmentChip) -> None:
        """Let Tab come to this one, and to no other."""
        self._stop = chip
        for other in self._chips.values():
            other.setFocusPolicy(Qt.FocusPolicy.TabFocus if other is chip else Qt.FocusPolicy.NoFocus)

    def _follow_focus(self) -> None:
        for chip in self._chips.values():
            if chip.hasFocus():
                self.ensureWidgetVisible(chip, 0, 0)

    def _take_drawn(self) -> None:
        waiting = [chip for chip in self._chips.values() if chip.is_waiting]
        for chip in waiting:
            chip.take_drawn()
        if not any(chip.is_waiting for chip in waiting):
            self._timer.stop()

    def _show_picture(self, attachment: Attachment) -> None:
        from desktop_chat.ui.transcript.code.saving import Saving
        from desktop_chat.ui.transcript.drawings.picture_viewer import PictureViewer
        from desktop_chat.ui.transcript.drawings.pictures import Picture
        from desktop_chat.ui.transcript.drawings.sent_file import SentFile
        from desktop_chat.ui.transcript.taking.picture_copying import PictureCopying

        picture = Picture(attachment.data)
        name = SentFile(attachment.name, attachment.media_type, attachment.data).name
        viewer = PictureViewer(picture, self)
        copying, saving = PictureCopying(viewer), Saving(viewer)
        viewer.copy_requested.connect(lambda: copying.copy(picture))
        viewer.save_requested.connect(lambda: saving.ask(picture.pieces, name, "Save picture"))
        viewer.open()


def _height_px(line_count: int) -> int:
    return line_count * CHIP_PX + max(0, line_count - 1) * GAP_PX
