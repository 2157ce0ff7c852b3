"""What waits to be sent, as a small stack that looks out from behind the composer."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop_chat.core.outbox import Wait, Waiting
from desktop_chat.ui.announcement import announce
from desktop_chat.ui.outbox_row import HEAD_PX, LINK_PAD_PX, ROW_PX, OutboxHead, OutboxRow
from desktop_chat.ui.own_escape import has_kept_escape, is_escape
from desktop_chat.ui.roles import set_role, show_ground
from desktop_chat.ui.tab_order import put_before
from desktop_chat.ui.theme import Look

ROWS_MAX: Final = 3
"""More are folded away: the reply that is being read stays in sight in a small window too."""

OPEN_ROWS_MAX: Final = 6
"""Of a longer stack that was unfolded so many are seen at a time."""

INSET_PX: Final = 16
"""The stack is narrower than the composer by as much as that one's corners are round."""

RADIUS_PX: Final = 12
_PAD_PX: Final = 12
_ABOVE_PX: Final = 4


class OutboxRows(QWidget):
    """Shows rows in order, each group below the line that says what it waits for; Esc gives the keyboard back."""

    edit_requested = Signal(str)
    drop_requested = Signal(str)
    send_requested = Signal(str)
    """Id of a message."""
    resume_requested = Signal(object)
    """Wait: all that wait for this shall go out."""
    left = Signal()
    """The keyboard belongs to the composer again."""

    def __init__(self, look: Look, follower: QWidget) -> None:
        """`follower` is what Tab leads to behind the last row."""
        super().__init__()
        self._look = look
        self._follower = follower
        self._waiting: tuple[Waiting, ...] = ()
        self._is_open = False
        self._rows: dict[str, OutboxRow] = {}
        self._heads: dict[Wait, OutboxHead] = {}
        self._parts: tuple[OutboxHead | OutboxRow, ...] = ()
        """Heads and rows from top to bottom."""
        self._stack = QWidget()
        set_role(self._stack, "page")
        self._column = QVBoxLayout(self._stack)
        self._column.setContentsMargins(LINK_PAD_PX, 0, 0, 0)
        self._column.setSpacing(0)
        self._scroll = QScrollArea(self)
        show_ground(self._scroll)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._stack)
        self._more = QPushButton(self)
        set_role(self._more, "row_link")
        self._more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._more.setCursor(Qt.CursorShape.PointingHandCursor)
        self._more.clicked.connect(self._fold)
        outer = QVBoxLayout(self)
        # Words stand in line with words: a button has room for its ring beside them.
        outer.setContentsMargins(INSET_PX + _PAD_PX - LINK_PAD_PX, _ABOVE_PX, INSET_PX + _PAD_PX, _ABOVE_PX)
        outer.setSpacing(0)
        outer.addWidget(self._scroll)
        outer.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self.setAccessibleName("Queued messages")

    @property
    def words(self) -> tuple[str, ...]:
        """What is read from top to bottom."""
        said = (part.words if isinstance(part, OutboxHead) else part.text for part in self._parts)
        return (*said, *([] if self._more.isHidden() else [self._more.text()]))

    def show_rows(self, waiting: tuple[Waiting, ...]) -> None:
        """Show what waits now; the keyboard stays where it is, or goes to what has moved up there.

        From the last one that has gone it goes on as by Tab, to the composer.
        """
        before = self._caption
        focused = self._focused_place()
        self._waiting = waiting
        self._is_open = self._is_open and len(waiting) > ROWS_MAX
        self._arrange()
        if focused is not None and waiting:
            self._focus(*focused)
        if self._caption != before and waiting and self.isVisible():
            announce(self, self._caption)

    def event(self, event: QEvent) -> bool:
        return has_kept_escape(event) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_escape(event):
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = self._look.colors
        painter.setPen(QPen(QColor(colors.line), 1))
        painter.setBrush(QColor(colors.sidebar))
        # The lower corners are out of sight: there it goes on behind the composer.
        card = QRectF(self.rect()).adjusted(INSET_PX + 0.5, 0.5, -INSET_PX - 0.5, RADIUS_PX)
        painter.drawRoundedRect(card, RADIUS_PX, RADIUS_PX)

    # --- inside

    @property
    def _caption(self) -> str:
        """What is waited for first."""
        return self._heads[self._waiting[0].why].words if self._waiting else ""

    def _arrange(self) -> None:
        shown = self._waiting if self._is_open else self._waiting[:ROWS_MAX]
        # Not takeAt(): the item it returns belongs to the caller, and PySide never frees it.
        for part in self._parts:
            self._column.removeWidget(part)
        self._drop_gone(shown)
        parts: list[OutboxHead | OutboxRow] = []
        for why in dict.fromkeys(row.why for row in shown):
            parts += [self._head(why), *(self._row(row) for row in shown if row.why is why)]
        for part in parts:
            self._column.addWidget(part)
            # A layout shows its new widgets only later, and what is hidden cannot take the keyboard.
            part.show()
        self._parts = tuple(parts)
        folded_count = len(self._waiting) - ROWS_MAX
        self._more.setVisible(folded_count > 0)
        self._more.setText("Show fewer" if self._is_open else f"{folded_count} more")
        self._more.setAccessibleName("Show fewer queued messages" if self._is_open else "Show all queued messages")
        height = len(self._heads) * HEAD_PX + min(len(shown), OPEN_ROWS_MAX) * ROW_PX
        self._scroll.setFixedHeight(height)
        put_before(self._follower, self, self._links())
        self.updateGeometry()

    def _head(self, why: Wait) -> OutboxHead:
        head = self._heads.get(why)
        if head is None:
            head = self._heads[why] = OutboxHead(self._stack)
            head.resume_clicked.connect(lambda: self.resume_requested.emit(why))
        head.show_wait(why, sum(row.why is why for row in self._waiting))
        return head

    def _row(self, waiting: Waiting) -> OutboxRow:
        key = waiting.message.id
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = OutboxRow(waiting.message, self._stack)
            row.edit_clicked.connect(self.edit_requested)
            row.drop_clicked.connect(self.drop_requested)
            row.send_clicked.connect(self.send_requested)
        return row

    def _drop_gone(self, shown: tuple[Waiting, ...]) -> None:
        ids, reasons = {row.message.id for row in shown}, {row.why for row in shown}
        for key in self._rows.keys() - ids:
            _drop(self._rows.pop(key))
        for why in self._heads.keys() - reasons:
            _drop(self._heads.pop(why))

    def _fold(self) -> None:
        self._is_open = not self._is_open
        self._arrange()

    def _links(self) -> list[QPushButton]:
        """What the keyboard stops at, from top to bottom."""
        return [*(link for part in self._parts for link in part.links()), self._more]

    def _focused_place(self) -> tuple[int, int] | None:
        """On which row's which button the keyboard is; None when it is elsewhere."""
        for number, row in enumerate(self._ordered_rows()):
            for place, link in enumerate(row.links()):
                if link.hasFocus():
                    return number, place
        return None

    def _focus(self, number: int, place: int) -> None:
        rows = self._ordered_rows()
        rows[min(number, len(rows) - 1)].links()[place].setFocus(Qt.FocusReason.OtherFocusReason)

    def _ordered_rows(self) -> list[OutboxRow]:
        return [part for part in self._parts if isinstance(part, OutboxRow)]


def _drop(part: QWidget) -> None:
    part.hide()
    part.deleteLater()
