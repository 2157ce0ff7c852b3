"""The row of actions below a message: always in the layout, shown while the reader is at the message."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from PySide6.QtCore import QPointF, QRectF

from desktop_chat.ui.transcript.parts.marked import Marked
from desktop_chat.ui.transcript.parts.part import Canvas, Deed, Part, Target
from desktop_chat.ui.transcript.parts.rich_text import RichText, label
from desktop_chat.ui.transcript.parts.style import Role, Style

_GAP_PX: Final = 16.0
_JOINED_GAP_PX: Final = 4.0
_TARGET_MARGIN_PX: Final = 3.0
_TARGET_LEAST_PX: Final = 24.0
"""What a finger or a hasty mouse needs; a single sign such as ‹ is far narrower."""

_LINE_PX: Final = _TARGET_LEAST_PX


@dataclass(frozen=True, slots=True)
class ActionItem:
    """One word of the row.

    Shape:   without a deed it only tells something; one that `is_joined` stands close to the one after it.
    """

    words: str
    deed: Deed | None = None
    tip: str = ""
    value: str = ""
    is_joined: bool = False
    is_quiet: bool = True
    """Whether it waits for the reader to come by; what tells something is always shown."""
    is_faint: bool = False
    """Whether it only keeps the place of something that cannot be done here."""


class ActionsPart(Part):
    """What can be done with a message, and at the right what it cost."""

    margins = (4.0, 2.0)
    height = _LINE_PX

    def __init__(
        self, items: tuple[ActionItem, ...], words: str, style: Style, *, is_right: bool = False, is_kept: bool = False
    ) -> None:
        self.items = items
        self._is_right = is_right
        self._is_kept = is_kept
        """Whether all of it is shown all the time."""
        inks = style.inks
        self._dim = [label(item.words, Role.NOTE, style, inks.thumb if item.is_faint else inks.dim) for item in items]
        self._said = words
        self._style = style
        self._corners: list[QPointF] = []
        """Where each word begins, as laid out."""
        self._width = self._last_line_px = 0.0

    # Seen once the reader is at the message, which of most he never is.

    @cached_property
    def _strong(self) -> list[RichText]:
        return [label(item.words, Role.NOTE, self._style) for item in self.items]

    @cached_property
    def _tick(self) -> RichText:
        return label("✓", Role.NOTE, self._style)

    @cached_property
    def _words(self) -> RichText:
        return label(self._said, Role.NOTE, self._style, self._style.inks.dim)

    def measure(self, width: float) -> None:
        lines = self._broken_into_lines(width)
        self._corners = []
        for number, (indices, line_px) in enumerate(lines):
            x = float(round(width - line_px)) if self._is_right else 0.0
            for index in indices:
                self._corners.append(QPointF(x, number * _LINE_PX))
                x += self._dim[index].width + self._gap_after(index)
            self._last_line_px = line_px
        self.height = _LINE_PX * max(1, len(lines))
        self._width = self.measured_width = width

    def _broken_into_lines(self, width: float) -> list[tuple[list[int], float]]:
        """The words line by line, with the width of each line; what is joined stays together."""
        lines: list[tuple[list[int], float]] = []
        for group in self._groups():
            group_px = sum(self._dim[index].width + self._gap_after(index) for index in group) - _GAP_PX
            if lines and lines[-1][1] + _GAP_PX + group_px <= width:
                indices, line_px = lines[-1]
                lines[-1] = ([*indices, *group], line_px + _GAP_PX + group_px)
            else:
                lines.append((group, group_px))
        return lines

    def _groups(self) -> list[list[int]]:
        groups: list[list[int]] = []
        is_joined = False
        for index, item in enumerate(self.items):
            if is_joined:
                groups[-1].append(index)
            else:
                groups.append([index])
            is_joined = item.is_joined
        return groups

    def _gap_after(self, index: int) -> float:
        return _JOINED_GAP_PX if self.items[index].is_joined else _GAP_PX

    def paint(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        is_shown = self._is_kept or canvas.is_attended
        hovered = canvas.hovered.name if canvas.hovered else ""
        lower = (_LINE_PX - Role.NOTE.line_px) / 2
        for index, (item, corner) in enumerate(zip(self.items, self._corners, strict=True)):
            if item.is_quiet and not is_shown:
                continue
            drawn = self._strong[index] if hovered == f"{index}" else self._dim[index]
            if canvas.copied == f"{index}":
                drawn = self._tick
            drawn.paint(canvas.painter, left + corner.x(), top + corner.y() + lower)
        if is_shown and self._last_line_px + _GAP_PX + self._words.width <= self._width:
            y = top + self.height - _LINE_PX + lower
            self._words.paint(canvas.painter, left + self._width - self._words.width, y)

    def targets(self) -> tuple[Target, ...]:
        found = []
        for index, (item, corner) in enumerate(zip(self.items, self._corners, strict=False)):
            if item.deed is not None:
                drawn_px = self._dim[index].width
                width = max(_TARGET_LEAST_PX, drawn_px + 2 * _TARGET_MARGIN_PX)
                rect = QRectF(corner.x() + (drawn_px - width) / 2, corner.y(), width, _LINE_PX)
                found.append(Target(f"{index}", rect, item.deed, item.value, item.tip, words=item.words))
        return tuple(found)
