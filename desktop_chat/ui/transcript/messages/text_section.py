"""A run of text blocks of a reply, read a little at a time."""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final

from desktop_chat.core.events import with_whole_surrogates
from desktop_chat.core.messages import Seam
from desktop_chat.ui.transcript.code.code_block import CodePart
from desktop_chat.ui.transcript.drawings.diagram_part import DiagramPart, is_diagram
from desktop_chat.ui.transcript.markdown.blocks import Code, Leaf, Leaves
from desktop_chat.ui.transcript.markdown.giants import pieces_of
from desktop_chat.ui.transcript.markdown.splitter import Splitter, plain_source
from desktop_chat.ui.transcript.messages.leaf_parts import kept_part, part_of
from desktop_chat.ui.transcript.messages.section import Section
from desktop_chat.ui.transcript.messages.section_seams import SectionSeams
from desktop_chat.ui.transcript.parts.folds import BlockFold, Folds
from desktop_chat.ui.transcript.parts.leaf_part import LeafPart
from desktop_chat.ui.transcript.parts.part import Part
from desktop_chat.ui.transcript.parts.small_parts import UnreadPart
from desktop_chat.ui.transcript.parts.style import Style
from desktop_chat.ui.transcript.tables.table import join_table

READ_S: Final = 0.004
"""What one frame may spend on reading; a step more may be begun just before."""

READ_CHARACTERS: Final = 2_000
"""One step of reading."""

_SLICE_CHARACTERS: Final = 64_000
_LAST_CHARACTERS: Final = 4_500
"""More than a screen of prose."""

_BLOCK_BORDER: Final = re.compile(r"(?<=\n\n)(?=[^\W\d_]|#)")
"""A line that begins a block, whatever stands above it, but for code."""


class TextSection(Section):
    """A run of text blocks: together one markdown text, read a little at a time.

    What is not read yet stands at the end as a gap of about the right height; of a long one the last lines are shown.
    """

    def __init__(self, name: str, is_streaming: bool = False) -> None:
        super().__init__(name)
        self._is_streaming = is_streaming
        """Whether it is seen growing: then long blocks are not folded under the reader's eyes."""
        self._folds: Folds = {}
        self._splitter = Splitter()
        self._arrived: list[str] = []
        self._unread: deque[str] = deque()
        self._unread_count = self._unread_lines = 0
        self._read_parts: list[Part] = []
        self._last_lines: list[Part] = []
        """What is shown of the end while it is not read yet."""
        self._has_new_end = False
        self._starts: list[int] = []
        self._seams = SectionSeams()
        self._open_from: int | None = None
        """The first part of a text that goes on: long blocks from there on are not folded under the reader's eyes."""
        self._is_finished = False
        self._is_ending = False

    @property
    def source(self) -> str:
        """The whole text so far, line ends made `\\n`."""
        if len(self._arrived) > 1:
            self._arrived = ["".join(self._arrived)]
        return plain_source(with_whole_surrogates(self._arrived[0])) if self._arrived else ""

    @property
    def is_behind(self) -> bool:
        return self._unread_count > 0 and not self.is_read_again

    @property
    def read_parts_count(self) -> int:
        return len(self._read_parts)

    def append(self, text: str) -> None:
        """Add text; it is read with the next `synced`, a long one with several."""
        if text:
            self._arrived.append(text)
            self._unread.append(text)
            self._unread_count += len(text)
            self._unread_lines += text.count("\n")
            self.is_stale = self._has_new_end = True

    def finish(self) -> None:
        """No more text will come."""
        if not self._is_ending:
            self._is_ending = self.is_stale = True

    def go_on(self) -> None:
        """More text will come after all.

        It is read anew: the end was read as an end. Until that is done everything stays as it is, and of the parts all
        stay that say the same.
        """
        text = self.source
        self._arrived = [text] if text else []
        self._unread = deque()
        self._put_back(text, 0)
        self._unread_count, self._unread_lines = len(text), text.count("\n")
        self._splitter, self._starts = Splitter(), [0]
        self._is_finished = self._is_ending = False
        self.is_read_again = self.is_stale = True
        self._open_from = len(self._read_parts)
        last = self._read_parts[-1] if self._read_parts else None
        if isinstance(last, CodePart) and not last.is_folded:
            last.stay_open()
            self._open_from -= 1

    def put_seam(self, seam: Seam) -> None:
        """Another part of the text begins here."""
        self._seams.put(seam, self.source)
        self.is_stale = True

    def keep_seams(self, seams: Sequence[Seam]) -> None:
        """Forget those that turned out to be none."""
        self._seams.keep_only(seams)
        self.is_stale = self.is_stale or self._seams.is_stale

    def _read(self) -> None:
        """Read what arrived, as much as one frame bears."""
        until_s = time.perf_counter() + READ_S
        while self._unread:
            taken = self._next_unread()
            self._unread_count -= len(taken)
            self._unread_lines -= taken.count("\n")
            self._splitter.append(taken)
            has_more = self._unread_count > _LAST_CHARACTERS or bool(self._last_lines)
            if has_more and time.perf_counter() >= until_s:
                break
        if self._is_ending and not self._unread and not self._is_finished:
            self._is_finished = True
            self._splitter.finish()

    def _next_unread(self) -> str:
        """Take about as much as one step reads; of more, whole lines: half a line would be read twice."""
        taken: list[str] = []
        size = 0
        while self._unread and size < READ_CHARACTERS:
            text = self._unread.popleft()
            if size + len(text) > READ_CHARACTERS:
                room = READ_CHARACTERS - size
                room = text.rfind("\n", 0, room) + 1 or room
                self._put_back(text, room)
                text = text[:room]
            taken.append(text)
            size += len(text)
            if self._unread and text.endswith("\n") and len(text) > READ_CHARACTERS // 2:
                break
        return "".join(taken)

    def _put_back(self, text: str, start: int) -> None:
        """Keep the rest of a text in slices: cutting millions of characters again and again would copy all of them."""
        if len(text) - start <= _SLICE_CHARACTERS:
            self._unread.appendleft(text[start:])
            return
        ends = range(start, len(text), _SLICE_CHARACTERS)
        self._unread.extendleft(reversed([text[at : at + _SLICE_CHARACTERS] for at in ends]))

    def synced(self, style: Style, folds: Folds) -> int | None:
        if not self.is_stale:
            return None
        if folds is not self._folds:
            self._folds = folds
            if self._is_streaming:
                # Kept with the folds: the parts, and this section, may be made anew.
                folds[self._comes_folded] = False
        if self.is_read_again or self._last_lines or self._unread_count <= _LAST_CHARACTERS:
            self._read()
        # Else the end is shown first: to read something in the same frame, too, would be too much.
        self.is_stale = self._unread_count > 0
        self.is_read_again = self.is_read_again and self.is_stale
        if self.is_read_again:
            return None
        if self._last_lines and not self._has_new_end and 0 < self._unread_count <= _LAST_CHARACTERS:
            # What is read now is on the screen already, as the last lines: it changes places with them at once.
            return None
        first = self._synced_read_parts(style)
        if first is None and (self.is_behind or len(self.parts) != len(self._read_parts)):
            first = len(self._read_parts)
        self.parts = self._read_parts + self._parts_behind(style)
        return first

    def _synced_read_parts(self, style: Style) -> int | None:
        first_block, blocks = self._splitter.taken_changes()
        first = self._synced_blocks(first_block, blocks, style)
        self._seams.place(self._splitter, first_block, self._starts, self._read_parts)
        return first

    def _synced_blocks(self, first_block: int, blocks: list[Leaves], style: Style) -> int | None:
        del self._starts[first_block + 1 :]
        at = self._starts[first_block] if first_block < len(self._starts) else len(self._read_parts)
        if first_block >= len(self._starts):
            self._starts.append(at)
        first_changed: int | None = None
        for block in blocks:
            for whole in block:
                if first_changed is None and self._shows(at, whole):
                    at += 1
                    continue
                for leaf in pieces_of(whole):
                    candidate = self._read_parts[at] if at < len(self._read_parts) else None
                    part = kept_part(candidate, leaf) or self._made_part(leaf, at, style)
                    join_table(self._part_above(at), part)
                    if part is candidate and candidate.leaf is not leaf:
                        # It says the same, which is seen at a glance the next time.
                        candidate.leaf = leaf
                    elif first_changed is None:
                        first_changed = at
                    self._read_parts[at : at + 1] = [part]
                    at += 1
            self._starts.append(at)
        self._starts.pop()
        if at < len(self._read_parts):
            del self._read_parts[at:]
            first_changed = at if first_changed is None else first_changed
        return first_changed

    def _shows(self, at: int, leaf: Leaf) -> bool:
        """Whether a part shows this very leaf: of what grows by words, all but the end stays the same object."""
        part = self._read_parts[at] if at < len(self._read_parts) else None
        return isinstance(part, LeafPart) and part.leaf is leaf

    def _part_above(self, at: int) -> Part | None:
        return self._read_parts[at - 1] if at else None

    def _made_part(self, leaf: Leaf, index: int, style: Style) -> LeafPart:
        if not isinstance(leaf.content, Code):
            return part_of(leaf, style)
        name = f"{self.name}.{index}"
        if self._open_from is not None and index >= self._open_from:
            self._folds.setdefault(name, True)
        is_open = not self._folds.get(self._comes_folded, True)
        kind = DiagramPart if is_diagram(leaf) else CodePart
        return kind(leaf, style, BlockFold(self._folds, name, is_open))

    @property
    def _comes_folded(self) -> str:
        """Name of the note whether long blocks are folded before the reader has said a word about it."""
        return f"{self.name}.comes_folded"

    def _parts_behind(self, style: Style) -> list[Part]:
        """What stands for the text that is not read yet."""
        if not self.is_behind:
            self._last_lines = []
            return []
        if self._has_new_end or not self._last_lines:
            self._last_lines = list(self._made_last_lines(style))
            self._has_new_end = False
        return [UnreadPart(max(0, self._unread_count - _LAST_CHARACTERS), self._unread_lines), *self._last_lines]

    def _made_last_lines(self, style: Style) -> Iterator[Part]:
        tail, size = deque[str](), 0
        for text in reversed(self._unread):
            tail.appendleft(text[-_LAST_CHARACTERS:])
            size += len(tail[0])
            if size >= _LAST_CHARACTERS:
                break
        text = "".join(tail)[-_LAST_CHARACTERS:]
        border = _BLOCK_BORDER.search(text)
        last = Splitter()
        last.append(text[border.start() :] if border else text)
        last.finish()
        for block in last.blocks:
            for leaf in block:
                yield from (part_of(piece, style) for piece in pieces_of(leaf))

    def restyle(self, style: Style) -> None:
        leaves = [part.leaf for part in self._read_parts if isinstance(part, LeafPart)]
        self._read_parts = []
        for index, leaf in enumerate(leaves):
            part = self._made_part(leaf, index, style)
            join_table(self._part_above(index), part)
            self._read_parts.append(part)
        self._last_lines = []
        if not self.is_read_again:
            self._seams.follow(self._splitter, self._starts, self._read_parts)
        self.parts = self._read_parts + self._parts_behind(style)
