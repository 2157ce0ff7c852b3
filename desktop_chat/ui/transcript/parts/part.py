"""A part: one thing of a message that is laid out, painted and pointed at by itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum, auto
from typing import ClassVar, Final, TypeAlias

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from desktop_chat.ui.transcript.markdown.blocks import Leaf, Paragraph, Span
from desktop_chat.ui.transcript.parts.marked import Marked
from desktop_chat.ui.transcript.parts.seam import REACH_PX, SeamMark
from desktop_chat.ui.transcript.parts.style import Style

Strips: TypeAlias = tuple[tuple[float, float], ...]
"""Stretches of a part, each as its top and height in pixels."""


class Deed(Enum):
    """What a click on a target does."""

    FOLLOW_LINK = auto()
    TELL_ADDRESS = auto()
    """Nothing: while the pointer is there, an address is told that may not be opened."""
    COPY_CODE = auto()
    SAVE_CODE = auto()
    COPY_TABLE = auto()
    SHOW_PICTURE = auto()
    SAVE_FILE = auto()
    COPY_MESSAGE = auto()
    FOLD = auto()
    RETRY = auto()
    CONTINUE = auto()
    OPEN_KEY = auto()
    OPEN_SETTINGS = auto()
    EDIT = auto()
    BRANCH = auto()
    KEEP = auto()
    GO_ON_NOW = auto()
    STOP = auto()
    RAW = auto()
    INSPECT = auto()
    PREVIOUS_SIBLING = auto()
    NEXT_SIBLING = auto()


ADDRESSES: Final = (Deed.FOLLOW_LINK, Deed.TELL_ADDRESS)


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
    doubt: str = ""
    """Why a link should not be followed without a second look."""
    words: str = ""
    """What a screen reader calls it; the tip where this is empty."""

    @property
    def is_active(self) -> bool:
        """Whether a click does anything: the others are mere text to mouse, keyboard and screen readers."""
        return self.deed is not Deed.TELL_ADDRESS


@dataclass(slots=True)
class Canvas:
    """What a part needs for painting.

    Units:   `clip` in pixels of the page, each `zoom` of the device's wide; `now_s` runs on for animations.
    """

    painter: QPainter
    style: Style
    clip: QRectF
    now_s: float
    zoom: float = 1.0
    hovered: Target | None = None
    """The target under the pointer, when it belongs to the part being painted."""
    is_attended: bool = False
    """Whether the pointer or the keyboard is at the message."""
    is_pointed: bool = False
    """Whether the pointer is at the part being painted; known only where `offers_when_pointed`."""
    copied: str = ""
    """Name of the target whose Copy was pressed a moment ago."""


class Part:
    """Base of all parts. A part is made without layout; `measure` lays it out for a width.

    Units:   pixels; offsets into the text in UTF-16 units.
    """

    is_selectable: ClassVar[bool] = False
    is_wide: ClassVar[bool] = False
    """Whether it may reach beyond the column, by `spread` on each side."""
    is_pulsing: ClassVar[bool] = False
    """Whether it goes on moving while nothing happens."""
    offers_when_pointed: ClassVar[bool] = False
    """Whether it shows what can be done with it only while the pointer is at it."""
    margins: tuple[float, float] = (0.0, 0.0)
    """Room wanted above and below; of two neighbours the larger wish counts."""
    gap: float = 0.0
    """Room above."""
    height: float = 0.0
    measured_width: float = -1.0
    spread: float = 0.0
    """Room beside the column on each side, for parts that are wide; known before `measure`."""
    still_px: float = 0.0
    """How much at the top of the screen looks the same as before the page moved: what is there stays in sight."""
    hidden_px: float = 0.0
    """How much of it is above the screen; what folds by itself says here how much shall be."""
    seams: tuple[SeamMark, ...] = ()
    """Where a reply that was cut goes on in the text."""
    is_dirty: bool = True
    """Whether it looks different from what was painted last."""
    dirty_from: float = math.inf
    """Below this height it looks different, though not above."""

    @property
    def out_px(self) -> float:
        """How far it stands out of the column on each side."""
        return 0.0

    @property
    def is_settled(self) -> bool:
        """Whether a click can be meant for it: what it offers has not just come under the pointer."""
        return True

    @property
    def foot_px(self) -> float:
        """How much of its lower end looks the same as long as the part is as high as before."""
        return 0.0

    def measure(self, width: float) -> None:
        """Lay out for a width and set `height`."""
        raise NotImplementedError

    def estimate(self, width: float) -> float:
        """A guess at the height, cheap."""
        return self.height

    def paint(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        """Draw; `marked` are the ranges of the text that are selected or were found."""
        raise NotImplementedError

    def seam_rect(self, seam: SeamMark) -> QRectF | None:
        """Where a seam stands, one pixel wide, from the part's corner; None while it cannot be seen."""
        return None

    def seam_at(self, point: QPointF) -> SeamMark | None:
        """The seam a point is on."""
        for seam in self.seams:
            rect = self.seam_rect(seam)
            if rect is not None and rect.adjusted(-REACH_PX, 0.0, REACH_PX, 0.0).contains(point):
                return seam
        return None

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

    def taken(self, start: int, end: int) -> Leaf:
        """A range of the text as a leaf, to be written in another place."""
        return Leaf(Paragraph((Span(self.plain(start, end)),)))

    @property
    def whole(self) -> str:
        """The selectable text with what is folded away."""
        return self.plain(0, self.length)

    @property
    def spoken(self) -> str:
        """What a screen reader says of the part."""
        return self.plain(0, self.length)

    def fold_over(self, end: int) -> str:
        """The fold that hides the text before a position, once it is laid out; empty when it can be seen."""
        return ""

    def rects(self, start: int, end: int) -> list[QRectF]:
        """What a range of the text covers, line by line, from the part's corner, once it is laid out."""
        return []

    def reveal(self, start: int, end: int) -> None:
        """Move wide content so that a range can be seen."""

    def scroll_sideways(self, by: float) -> bool:
        """Move wide content; True when it moved."""
        return False

    def bar_rect(self) -> QRectF:
        """The handle of the sideways scroll bar, from the part's corner; empty when everything fits."""
        return QRectF()

    def drag_bar(self, by: float) -> bool:
        """Move the handle of the sideways scroll bar; True when the content moved."""
        return False

    @property
    def is_waiting(self) -> bool:
        """Whether something stands in for what a thread is still making."""
        return False

    def take_drawn(self) -> bool:
        """Take over what a thread has made; True when the part has to be laid out anew."""
        return False

    def latex_at(self, point: QPointF) -> str:
        """The formula under a point, without its delimiters; empty when there is none."""
        return ""

    def stand_below(self, hidden_px: float) -> Strips:
        """Learn how much of the part is above the screen; give what looks different now."""
        self.hidden_px = hidden_px
        return ()

    def toggle(self, fold: str) -> bool:
        """Fold or unfold something by its name; False when it is not this part's."""
        return False

    def retire(self) -> None:
        """Drop the layout; the next `measure` makes it anew."""
        self.measured_width = -1.0
