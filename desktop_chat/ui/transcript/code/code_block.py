"""A code block: a header that stays in sight, lines in colours, wide lines scroll inside, a long block is folded."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPen

from desktop_chat.ui.transcript.code.code_body import PADDING_PX, CodeBody, body_px
from desktop_chat.ui.transcript.code.code_foot import FOOT_PX, CodeFoot, paint_fade
from desktop_chat.ui.transcript.code.code_header import HEADER_PX, RADIUS_PX, CodeHeader, Offer
from desktop_chat.ui.transcript.code.terminal_code import Terminal
from desktop_chat.ui.transcript.markdown.blocks import Code, Leaf
from desktop_chat.ui.transcript.markdown.visible_text import cut, units
from desktop_chat.ui.transcript.parts.folds import BlockFold, always_open
from desktop_chat.ui.transcript.parts.leaf_part import LeafPart
from desktop_chat.ui.transcript.parts.marked import UNMARKED, Marked
from desktop_chat.ui.transcript.parts.part import Canvas, Deed, Strips, Target
from desktop_chat.ui.transcript.parts.seam import SeamMark
from desktop_chat.ui.transcript.parts.sideways import BAR_PX, paint_handle
from desktop_chat.ui.transcript.parts.style import Style

FOLDED_LINES: Final = 30
"""A longer block shows so many lines until the reader wants all."""

COPY: Final = "copy"
SAVE: Final = "save"
_COPY_OFFER: Final = Offer("Copy", Deed.COPY_CODE, COPY, "Copy code")
_SAVE_OFFER: Final = Offer("Save", Deed.SAVE_CODE, SAVE, "Save code as a file")
_BAR_BELOW_PX: Final = 3.0
_EDGES_PX: Final = 2.0
_CORNER_PX: Final = RADIUS_PX + 1.0


class CodePart(LeafPart):
    """One code block: joins header, body and foot to the fold, and to the room there is."""

    is_wide = True
    first_line_px = HEADER_PX

    def __init__(self, leaf: Leaf, style: Style, fold: BlockFold | None = None) -> None:
        super().__init__(leaf, style)
        self._fold = fold or always_open()
        self._width = self._column = 0.0
        self._laid_out: tuple[tuple[float, float, float, int, bool], float] | None = None
        """What the layout of an open block followed from, and its height."""

    @property
    def _content(self) -> Code:
        assert isinstance(self.leaf.content, Code)
        return self.leaf.content

    @cached_property
    def _body(self) -> CodeBody:
        """The lines; made when they are looked at first, most of a long answer never is."""
        lines_max = None if self._fold.is_open else FOLDED_LINES
        return CodeBody(self._content.text, self._content.language, self.style, lines_max)

    @cached_property
    def _header(self) -> CodeHeader:
        return CodeHeader(self._content.language, self.style)

    @cached_property
    def _foot(self) -> CodeFoot:
        return CodeFoot(self.line_count, self._fold.name, self.style)

    # --- text ---

    @property
    def code(self) -> str:
        """The exact code, as Copy gives it."""
        return self._content.text

    @property
    def language(self) -> str:
        return self._content.language

    @property
    def commands(self) -> str:
        """What was typed, without prompts and output, when the code is what a terminal showed; else empty."""
        if self._body.lines.terminal is None:
            return ""
        return Terminal(self.code.split("\n")).commands()

    @property
    def line_count(self) -> int:
        text = self._content.text
        return max(1, text.count("\n") + (not text.endswith("\n")))

    @property
    def is_folded(self) -> bool:
        """Whether only the first lines are shown."""
        return not self._fold.is_open and self.line_count > FOLDED_LINES

    def update(self, leaf: Leaf) -> bool:
        code, old = leaf.content, self._content
        if not isinstance(code, Code) or leaf.frames != self.leaf.frames:
            return False
        if code.language != old.language or not code.text.startswith(old.text):
            return False
        self.leaf = leaf
        self.__dict__.pop("_foot", None)
        if "_body" not in self.__dict__:
            self.is_dirty = True
            return True
        dirty_from = HEADER_PX + self._body.top_of(self._body.grow(code.text))
        self.dirty_from = dirty_from if dirty_from < self.dirty_from else self.dirty_from
        self.is_dirty = self.is_dirty or self.is_folded
        if self.measured_width >= 0:
            self.height = self._laid_out_height()
        return True

    @cached_property
    def _length(self) -> tuple[str, int]:
        return "", 0

    @property
    def length(self) -> int:
        code = self._content.text
        if self._length[0] is not code:
            self._length = code, units(code) - code.endswith("\n")
        return self._length[1]

    def plain(self, start: int, end: int) -> str:
        return cut(self.code, start, end)

    # --- folding and wrapping ---

    def toggle(self, fold: str) -> bool:
        if not self._fold.toggle(fold):
            return False
        first = self.offset_at(QPointF(0.0, self.hidden_px + HEADER_PX))
        self._body.show_lines(None if self._fold.is_open else FOLDED_LINES)
        self.height = self._laid_out_height()
        if self.is_folded:
            self.hidden_px = self._header.top = 0.0
        elif fold == self._fold.wrap_name and self.hidden_px > 0:
            self.hidden_px = self.rects(first, first)[0].top() - HEADER_PX
        self.is_dirty = True
        return True

    def stay_open(self) -> None:
        """Do not fold a short block, however long it gets."""
        if self._fold.is_open or self.is_folded:
            return
        self._fold.toggle(self._fold.name)
        if "_body" in self.__dict__:
            self._body.show_lines(None)

    def fold_over(self, end: int) -> str:
        return self._fold.name if self.is_folded and end > self._body.text.shown_length else ""

    def rects(self, start: int, end: int) -> list[QRectF]:
        return [rect.translated(self._left, HEADER_PX) for rect in self._body.rects(start, end)]

    def seam_rect(self, seam: SeamMark) -> QRectF | None:
        if seam.offset is not None and self.fold_over(seam.offset):
            return None
        rect = super().seam_rect(seam)
        if rect is None or seam.offset is None or self.is_picture:
            return rect
        # Nothing is painted over the header, which stays in sight, nor beside the lines, which may be moved sideways.
        below = self._header.top + HEADER_PX
        is_beside = not self._left < rect.left() < self._left + self._width - 1
        return None if rect.top() < below or is_beside else rect

    def reveal(self, start: int, end: int) -> None:
        self._body.reveal(start, end)

    # --- layout ---

    def estimate(self, width: float) -> float:
        lines = min(self.line_count, FOLDED_LINES) if self.is_folded else self.line_count
        return self._height_around(body_px(lines))

    def _height_around(self, body: float) -> float:
        return HEADER_PX + body + (FOOT_PX if self.is_folded else 0.0) + _EDGES_PX

    def measure_content(self, width: float) -> float:
        self._column = width
        return self._laid_out_height()

    def _laid_out_height(self) -> float:
        text, fold = self._body.text, self._fold
        laid_out_by = (self._column, self.spread, text.widest_px, text.row_count, fold.is_wrapped)
        if self._laid_out is not None and fold.is_open and self._laid_out[0] == laid_out_by:
            return self._laid_out[1]
        is_wide = self._body.is_wider_than(self._column)
        is_wrapped = is_wide and self._fold.is_wrapped
        # All the room there is, not just enough: while it streams it gets wider once at most.
        has_spread = is_wide and not is_wrapped and not self.leaf.frames
        width = self._column + (2 * self.spread if has_spread else 0.0)
        self.is_dirty = self.is_dirty or width != self._width
        self._width = width
        self._body.fit(width, is_wrapped)
        self.is_dirty = self._header.set_offers(self._offers(is_wide), width) or self.is_dirty
        height = self._height_around(self._body.height)
        self._laid_out = (laid_out_by, height) if fold.is_open else None
        return height

    def _offers(self, is_wide: bool) -> list[Offer]:
        offers = [_COPY_OFFER, _SAVE_OFFER]
        if is_wide:
            word, tip = ("Unwrap", "Long lines as they are") if self._fold.is_wrapped else ("Wrap", "Break long lines")
            offers.append(Offer(word, Deed.FOLD, self._fold.wrap_name, tip))
        if self._fold.is_open and self._fold.is_foldable and self.line_count > FOLDED_LINES:
            offers.append(Offer("Show less", Deed.FOLD, self._fold.name, f"Show the first {FOLDED_LINES} lines"))
        return offers

    @property
    def out_px(self) -> float:
        return (self._width - self._column) / 2

    @property
    def _left(self) -> float:
        """The left edge of the block, from the part's corner."""
        return self.indent - self.out_px

    @property
    def foot_px(self) -> float:
        # Where the lines can be moved sideways their bar tells how wide they are.
        return 0.0 if self._body.sideways.is_needed else PADDING_PX[1] + _EDGES_PX

    @property
    def _lines_px(self) -> float:
        """From the top of the block to the end of the lines."""
        return self.height - (FOOT_PX if self.is_folded else 0.0)

    def retire(self) -> None:
        super().retire()
        if "_body" in self.__dict__:
            self._body.forget()

    def stand_below(self, hidden_px: float) -> Strips:
        header, before = self._header.top, self.hidden_px
        most = max(0.0, self.height - HEADER_PX - 2 * RADIUS_PX)
        self.hidden_px = hidden_px
        self._header.top = min(max(0.0, hidden_px), most)
        # Near the upper corners the edge of the block moves beside the header.
        is_still = header == before > _CORNER_PX and self._header.top == hidden_px > _CORNER_PX
        self.still_px = HEADER_PX + 1 if is_still else 0.0  # its lower edge is below it
        return () if header == self._header.top else ((header, HEADER_PX), (self._header.top, HEADER_PX))

    def scroll_sideways(self, by: float) -> bool:
        return self._body.sideways.move(by)

    def look_down_to(self, bottom: float) -> None:
        """What is above this height of the part will be painted, and wants its colours."""
        self._body.look_down_to(bottom - HEADER_PX)

    def work(self, budget_s: float) -> bool:
        """Colour some more lines; True when something looks different now."""
        first = self._body.lines.work(budget_s)
        if first is not None:
            self.dirty_from = min(self.dirty_from, HEADER_PX + self._body.top_of(first))
        return first is not None

    def is_resting(self, now_s: float) -> bool:
        """Whether its colours are not looked at before later."""
        return self._body.lines.is_resting(now_s)

    @property
    def is_colored(self) -> bool:
        """Whether all lines that are on the screen have their colours."""
        return self._body.lines.is_colored

    # --- painting ---

    def paint_content(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        is_folded = self.is_folded
        left, top = left - self.out_px, round(top)
        self._paint_ground(canvas, left, top)
        if is_folded or marked is not UNMARKED or self._header.top > 0 or self._body.is_wider_than(self._column):
            self._paint_cut(canvas, left, top, marked)
        else:
            # Nothing of the lines reaches out of their place, as with most that grow.
            self._body.paint(canvas, left, top + HEADER_PX, self._width, marked)
        if is_folded:
            self._foot.paint(canvas, left, top + self._lines_px, self._width)
        self._header.paint(canvas, left, top)

    def _paint_cut(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        """Draw the lines that are cut at the edges of their place."""
        painter = canvas.painter
        painter.save()
        body = QRectF(left + 1, top + HEADER_PX, self._width - 2, self._lines_px - HEADER_PX - 1)
        painter.setClipRect(body, Qt.ClipOperation.IntersectClip)
        self._body.paint(canvas, left, top + HEADER_PX, self._width, marked, self._header.top)
        if self.is_folded:
            paint_fade(canvas, body)
        if self._body.sideways.is_needed:
            paint_handle(painter, self.bar_rect().translated(left - self._left, top), canvas.style.inks.thumb)
        painter.restore()

    def _paint_ground(self, canvas: Canvas, left: float, top: float) -> None:
        """Draw the block without what is in it; only what is near the clip: a shape that high is slow to fill."""
        painter, inks, clip = canvas.painter, canvas.style.inks, canvas.clip
        first, last = max(top, clip.top() - 2 * RADIUS_PX), min(top + self.height, clip.bottom() + 2 * RADIUS_PX)
        is_between = top + _CORNER_PX <= clip.top() and clip.bottom() <= top + self.height - _CORNER_PX
        if is_between and canvas.zoom % 1 == 0:
            # Nothing is round between the corners. MEASURED 20 µs instead of 160 in a frame, 2026-11-23.
            painter.fillRect(QRectF(left, first, self._width, last - first), inks.line)
            painter.fillRect(QRectF(left + 1, first, self._width - 2, last - first), inks.code)
            return
        painter.setPen(QPen(inks.line, 1))
        painter.setBrush(inks.code)
        painter.drawRoundedRect(
            QRectF(left + 0.5, first + 0.5, self._width - 1, last - first - 1), RADIUS_PX, RADIUS_PX
        )

    def bar_rect(self) -> QRectF:
        top = self._lines_px - BAR_PX - _BAR_BELOW_PX
        return self._body.sideways.handle(self._left + PADDING_PX[0], top)

    def drag_bar(self, by: float) -> bool:
        return self._body.sideways.drag(by)

    # --- pointing ---

    def targets(self) -> tuple[Target, ...]:
        found = [*self._header.targets(self._left)]
        if self.is_folded:
            found.append(self._foot.target(self._left, self._lines_px, self._width))
        return tuple(found)

    def offset_at(self, point: QPointF) -> int:
        return self._body.offset_at(point - QPointF(self._left, HEADER_PX))

    def word_at(self, offset: int) -> tuple[int, int]:
        return self._body.word_at(offset)
