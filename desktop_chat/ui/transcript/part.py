"""A part: one thing of a message that is laid out, painted and pointed at by itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import ClassVar

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from desktop_chat.ui.transcript.marked import Marked
from desktop_chat.ui.transcript.style import Style


class Deed(Enum):
    """What a click on a target does."""

    FOLLOW_LINK = auto()
    COPY_CODE = auto()
    COPY_MESSAGE = auto()
    FOLD = auto()
    RETRY = auto()
    OPEN_KEY = auto()
    OPEN_SETTINGS = auto()
    PREVIOUS_SIBLING = auto()
    NEXT_SIBLING = auto()


@dataclass(frozen=True, slots=True)
class Target:
    """A place that can be clicked, or reached with Tab.

    Units:   `rect` in pixels from the part's top left corner.
    """

    name: str
    """The same after a new layout, so that focus and hover stay."""
    rect: QRectF
    deed: Deed
    value: str = ""
    tip: str = ""


@dataclass(slots=True)
class Canvas:
    """What a part needs for painting.

    Units:   `clip` in viewport pixels; `now_s` runs on for animations.
    """

    painter: QPainter
    style: Style
    clip: QRectF
    now_s: float
    hovered: Target | None = None
    """The target under the pointer, when it belongs to the part being painted."""
    copied: str = ""
    """Name of the target whose Copy was pressed a moment ago."""


class Part:
    """Base of all parts. A part is made without layout; `measure` lays it out for a width.

    Units:   pixels; offsets into the text in UTF-16 units.
    """

    is_selectable: ClassVar[bool] = False
    is_wide: ClassVar[bool] = False
    """Whether it may reach beyond the column, by `spread` on each side."""
    margins: tuple[float, float] = (0.0, 0.0)
    """Room wanted above and below; of two neighbours the larger wish counts."""
    gap: float = 0.0
    """Room above."""
    height: float = 0.0
    measured_width: float = -1.0
    spread: float = 0.0
    """Room beside the column on each side, for parts that are wide; known before `measure`."""
    is_dirty: bool = True
    """Whether it looks different from what was painted last."""

    def measure(self, width: float) -> None:
        """Lay out for a width and set `height`."""
        raise NotImplementedError

    def estimate(self, width: float) -> float:
        """A guess at the height, cheap."""
        return self.height

    def paint(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        """Draw; `marked` are the ranges of the text that are selected or were found."""
        raise NotImplementedError

    def targets(self) -> tuple[Target, ...]:
        """Places to click, in the order of Tab."""
        return ()

    @property
    def length(self) -> int:
        """Length of the selectable text."""
        return 0

    def offset_at(self, point: QPointF) -> int:
        """The text position nearest to a point."""
        return 0

    def word_at(self, offset: int) -> tuple[int, int]:
        """The word around a position."""
        return offset, offset

    def plain(self, start: int, end: int) -> str:
        """A range of the text, clean."""
        return ""

    def markdown(self, start: int, end: int) -> str:
        """A range of the text with its marks."""
        return self.plain(start, end)

    def scroll_sideways(self, by: float) -> bool:
        """Move wide content; True when it moved."""
        return False

    def retire(self) -> None:
        """Drop the layout; the next `measure` makes it anew."""
        self.measured_width = -1.0
