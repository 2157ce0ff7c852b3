"""Markdown that grows: closed blocks are frozen, only the open last one is parsed again.

The result after `finish` equals the blocks of the whole text parsed at once; a property test holds it to that. A block
that gets too long for being parsed again and again is cut; where, depends on the text alone, not on how it came.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from desktop_chat.core.events import with_whole_surrogates
from desktop_chat.ui.transcript.markdown.blocks import Code, Leaf, Leaves, Paragraph, Table
from desktop_chat.ui.transcript.markdown.giants import (
    BLOCK_CHARACTERS_MAX,
    GUARD,
    PARAGRAPH_CHARACTERS_MAX,
    TABLE_CHARACTERS,
    Cut,
    cut_of,
    with_end,
    without_guard,
)
from desktop_chat.ui.transcript.markdown.half_written import (
    PIPE,
    closed_cell,
    with_half_written,
    with_open_signs_closed,
)
from desktop_chat.ui.transcript.markdown.parser import TopBlock, definitions_in, normalised, parse
from desktop_chat.ui.transcript.markdown.plain_growth import with_words, words_end, words_from
from desktop_chat.ui.transcript.markdown.seams import OPENING_FENCE, Place, place_in

# The last line while it is still coming, when it may yet become anything: shown, it would flicker (a lone dash makes
# a heading of the line above it, three stars a rule).
_UNDECIDED_LINE: Final = re.compile(
    r"[ \t]*(?:[-=*+#>`~|_:]{1,3}|\d{1,9}[.)]?|[-*+] \[[ xX]?\]?|\|[ \t]+[*_~`]{1,3})[ \t]*\Z"
)
_FENCE_STEP_CHARACTERS: Final = 64_000
"""Code in an open fence is only added, so more of it can be taken at once."""

_TABLE_HEAD: Final = re.compile(r"(\|[ \t][^\n]*)(?:\n[|:\- \t]*)?")
"""What begins with a bar and a blank is hardly anything else than a table."""

_LIMITS: Final = sorted((*TABLE_CHARACTERS, PARAGRAPH_CHARACTERS_MAX, BLOCK_CHARACTERS_MAX))
"""The tail is looked at when it has one of these lengths."""

_BLANK_LINES: Final = re.compile(rb"\n[ \t]*\n")
_SPECIAL: Final = re.compile(r"([\\<>&])")
_ESCAPED: Final = r"\\\1"


@dataclass(slots=True)
class _Frozen:
    """A closed block and the source it came from, link definitions after it included."""

    source: str
    leaves: Leaves
    guard: str = ""
    """What it was read behind, when it goes on a block that was cut."""
    cut: Cut | None = None
    """How it was cut itself."""

    @property
    def is_code(self) -> bool:
        """Whether no definition can change it."""
        return all(isinstance(leaf.content, Code) for leaf in self.leaves)


@dataclass(slots=True)
class _OpenFence:
    """A code block whose end has not come: its lines are added without asking the parser."""

    character: str
    length: int
    language: str
    text: str = ""
    """All whole lines."""


class Splitter:
    """The blocks of one text that only grows."""

    def __init__(self) -> None:
        self._frozen: list[_Frozen] = []
        self._tail = ""
        self._guard = ""
        """What the tail is read behind."""
        self._open: list[Leaves] = []
        self._words_end = 0
        """How much of the tail is shown, while mere words need not be parsed; else 0."""
        self._definitions: dict[str, tuple[str, str]] = {}
        self._footnotes: list[str] = []
        self._fence: _OpenFence | None = None
        self._lines_from = 0
        self._ends_with_cr = False
        self._half = ""
        """First half of a character whose second half has not come."""
        self._changed_from = 0

    @property
    def blocks(self) -> list[Leaves]:
        """The leaves of every block so far."""
        return [block.leaves for block in self._frozen] + self._open

    @property
    def source(self) -> str:
        """The text so far, line ends made `\\n`."""
        return "".join(block.source for block in self._frozen) + self._tail

    def place_of(self, at: int) -> Place | None:
        """Where in the blocks a place of the source is; None while it is not there, or nothing stands before it.

        Units:   `at` in characters of `source`.
        """
        for index, block in enumerate(self._frozen):
            if at <= len(block.source):
                return place_in(block.source, at, block.leaves, partial(self._leaves_of, block.guard), index)
            at -= len(block.source)
        if at > len(self._tail) or not self._open:
            return None
        leaves = tuple(leaf for block in self._open for leaf in block)
        place = place_in(self._tail, at, leaves, partial(self._leaves_of, self._guard))
        return place and self._in_open(place)

    def leaves_of(self, block: int) -> Leaves:
        """The leaves of one block."""
        frozen = len(self._frozen)
        return self._frozen[block].leaves if block < frozen else self._open[block - frozen]

    def _leaves_of(self, guard: str, text: str) -> Leaves:
        return tuple(leaf for block in self._parsed(text, guard) for leaf in block.leaves)

    def _in_open(self, place: Place) -> Place:
        """A place in the leaves of all open blocks as one in a block of them."""
        leaf = place.leaf
        for index, block in enumerate(self._open):
            if leaf < len(block):
                return Place(len(self._frozen) + index, leaf, place.characters)
            leaf -= len(block)
        return place

    def taken_changes(self) -> tuple[int, list[Leaves]]:
        """What changed since the last call: the blocks from the returned index on replace the former ones."""
        start = min(self._changed_from, len(self._frozen))
        self._changed_from = len(self._frozen)
        return start, [block.leaves for block in self._frozen[start:]] + self._open

    def append(self, text: str) -> None:
        """Add text at the end."""
        if not text.isascii() or self._half:
            text = self._with_whole_characters(text)
        if self._ends_with_cr or "\r" in text or "\x00" in text:
            text = self._with_plain_line_ends(text)
        self._feed(text)

    def _feed(self, text: str) -> None:
        at = 0
        while at < len(text):
            step = self._step()
            self._tail += text[at : at + step]
            at += step
            self._read_tail()

    def _step(self) -> int:
        """How much may be added before the tail is looked at again, so that it is cut at the same place anyway."""
        if self._fence is not None:
            return _FENCE_STEP_CHARACTERS
        length = len(self._tail)
        return _LIMITS[bisect_right(_LIMITS, length)] - length

    def _read_tail(self) -> None:
        if self._fence is not None:
            self._grow_fence()
        elif not self._grow_words():
            self._parse_tail(is_final=False)
        while self._is_giant():
            self._cut_tail()

    def _is_giant(self) -> bool:
        if self._fence is not None or len(self._tail) >= BLOCK_CHARACTERS_MAX:
            return self._fence is None
        if len(self._tail) in TABLE_CHARACTERS and _is_table(self._open):
            return True
        return len(self._tail) == PARAGRAPH_CHARACTERS_MAX and _is_paragraph(self._open)

    def _cut_tail(self) -> None:
        """Freeze the first part of a block that would go on growing."""
        cut = cut_of(self._tail, self._guard)
        head, self._tail = self._tail[: cut.at], self._tail[cut.at :]
        block = _Frozen(head, (), self._guard, cut)
        self._read_again(block)
        self._frozen.append(block)
        self._guard = cut.guard
        self._parse_tail(is_final=False)

    def _read_again(self, block: _Frozen) -> None:
        """Read the source of a frozen block, with what is known now."""
        cut = block.cut
        text = block.source[: cut.text_to] if cut and cut.between else block.source
        leaves = tuple(leaf for part in self._parsed(text, block.guard) for leaf in part.leaves)
        block.leaves = with_end(leaves, cut) if cut else leaves

    def _put_frozen(self, source: str, leaves: Leaves) -> None:
        self._frozen.append(_Frozen(source, leaves, self._guard))
        self._guard = ""

    def finish(self) -> None:
        """Nothing more will come: what was held back is shown."""
        if self._half or self._ends_with_cr:
            self._tail += "\n" * self._ends_with_cr + "\ufffd" * bool(self._half)
            self._half, self._ends_with_cr = "", False
        if self._fence is not None and len(self._tail) > BLOCK_CHARACTERS_MAX:
            self._end_fence()
            return
        self._fence = None
        self._parse_tail(is_final=True)

    def _with_whole_characters(self, text: str) -> str:
        text = self._half + text
        self._half = text[-1] if "\ud800" <= text[-1:] <= "\udbff" else ""
        return with_whole_surrogates(text[:-1] if self._half else text)

    def _with_plain_line_ends(self, text: str) -> str:
        if self._ends_with_cr:
            text = "\r" + text
        self._ends_with_cr = text.endswith("\r")
        if self._ends_with_cr:
            text = text[:-1]
        return plain_source(text)

    # --- prose: the open block is parsed again, unless only words came ---

    def _grow_words(self) -> bool:
        """Put what came at the end of the last words; False when it may be more than words."""
        words = words_from(self._tail, self._words_end) if self._words_end else None
        if words:
            self._open = with_words(self._open, words)
            self._words_end += len(words)
        return words is not None

    def _parse_tail(self, is_final: bool) -> None:
        cut = self._tail.rfind("\n") + 1
        whole_lines = self._tail[:cut]
        if is_final or cut == len(self._tail):
            shown = self._tail
        else:
            shown = whole_lines if _UNDECIDED_LINE.match(self._tail, cut) else self._tail
        is_all_shown = shown is self._tail
        self._learn(self._guard + (shown if is_final else whole_lines))
        blocks = self._parsed(shown, self._guard)
        length = len(self._tail)
        if len(blocks) > 1:
            # Only whole lines decide: an unfinished one may still join two blocks.
            settled = blocks if shown is whole_lines or len(shown) == cut else self._parsed(whole_lines, self._guard)
            done = self._freeze(settled, whole_lines)
            blocks = blocks[done:]
        self._open = [block.leaves for block in blocks]
        if not is_final:
            rest, guard = shown[length - len(self._tail) :], self._guard

            def read(text: str) -> list[TopBlock]:
                return self._parsed(text, guard)

            closed = with_half_written(rest, read)
            if not closed and guard != GUARD:
                # What goes on a giant paragraph is read once.
                closed = with_open_signs_closed(rest, self._open, read)
            self._open = closed or self._open
            if (
                blocks
                and "|" in rest
                and (begun := _begun_table(shown.encode()[blocks[-1].start :].decode(), blocks[-1]))
            ):
                self._open = [*(block.leaves for block in blocks[:-1]), self._parsed(begun)[0].leaves]
        self._words_end = words_end(self._tail, self._open) if is_all_shown and not is_final else 0
        if not is_final and len(blocks) == 1 and blocks[0].is_fenced_code:
            self._enter_fence(blocks[0].leaves[0])

    def _freeze(self, blocks: list[TopBlock], whole_lines: str) -> int:
        """Close all blocks of the whole lines but the last; give their number."""
        source = whole_lines.encode()
        first, start = 0, 0
        for index in range(1, len(blocks)):
            line = source.rfind(b"\n", 0, blocks[index].start) + 1
            if not _is_border(source, blocks[index - 1], blocks[index], line):
                continue
            leaves = tuple(leaf for block in blocks[first:index] for leaf in block.leaves)
            self._put_frozen(source[start:line].decode(), leaves)
            first, start = index, line
        self._tail = self._tail[len(source[:start].decode()) :]
        return first

    def _parsed(self, text: str, guard: str = "") -> list[TopBlock]:
        known = self._known_to(text)
        if not known and not guard:
            return parse(text, self._definitions)
        start, offset = len(known.encode()), len((known + guard).encode())
        blocks = [
            replace(block, start=max(0, block.start - offset), end=max(0, block.end - offset))
            for block in parse(known + guard + text, self._definitions)
            if block.start >= start
        ]
        if guard == GUARD and blocks and blocks[0].leaves:
            blocks[0] = replace(blocks[0], leaves=without_guard(blocks[0].leaves))
        elif guard and blocks and blocks[0].leaves:
            # Rows of a table read behind its head: they go on the rows above.
            first, *others = blocks[0].leaves
            blocks[0] = replace(blocks[0], leaves=(replace(first, is_joined=True), *others))
        return blocks

    def _known_to(self, text: str) -> str:
        """What has to stand above a text because the parser asks for it there."""
        known = ""
        if "]:" in text:
            # Of two definitions the first holds, also when only the second is in this text.
            defined = definitions_in(text)
            again = {label: self._definitions[label][0] for label in defined if label in self._definitions}
            known = "".join(
                f"[{label}]: <{_SPECIAL.sub(_ESCAPED, target)}>\n\n"
                for label, target in again.items()
                if target != defined[label][0]
            )
        if "[^" in text:
            # A reference to a footnote counts only where the footnote is defined.
            folded = normalised(text)
            used = (label for label in self._footnotes if f"[{normalised('^' + label)}" in folded)
            known += "".join(f"[^{label}]: x\n\n" for label in used)
        # The rule keeps an indented line from joining what stands above it.
        return f"{known}---\n\n" if known else ""

    # --- definitions: they also count for what stands above them ---

    def _learn(self, text: str) -> None:
        if "]:" not in text:
            return
        links = {label: target for label, target in definitions_in(text).items() if label not in self._definitions}
        footnotes: list[str] = []
        if "[^" in text:
            footnotes = [block.footnote for block in parse(text) if block.footnote not in ("", *self._footnotes)]
        if not links and not footnotes:
            return
        self._definitions.update(links)
        self._footnotes += footnotes
        labels = [*links, *(normalised(f"^{label}") for label in footnotes)]
        sign = "[" if links else "[^"
        for index, block in enumerate(self._frozen):
            # MEASURED 30 ms for a megabyte without this look, 2026-11-23.
            if sign not in block.source or block.is_code:
                continue
            folded = normalised(block.source).replace("[ ", "[")
            if any(f"[{label}" in folded for label in labels):
                self._read_again(block)
                self._changed_from = min(self._changed_from, index)

    # --- an open code fence: lines are only added ---

    def _enter_fence(self, leaf: Leaf) -> None:
        opening = OPENING_FENCE.match(self._tail)
        if opening is None or not isinstance(leaf.content, Code):
            return
        mark = opening.group(1)
        self._fence = _OpenFence(mark[0], len(mark), leaf.content.language)
        self._lines_from = opening.end()
        self._grow_fence()

    def _grow_fence(self) -> None:
        fence = self._fence
        assert fence is not None
        first = self._lines_from
        while (end := self._tail.find("\n", self._lines_from) + 1) > 0:
            if _closes(fence, self._tail[self._lines_from : end]):
                fence.text += self._tail[first : self._lines_from]
                self._close_fence(end)
                return
            self._lines_from = end
        fence.text += self._tail[first : self._lines_from]
        rest = self._tail[self._lines_from :]
        may_close = rest.lstrip(" ")[:1] in ("", fence.character)
        self._open = [(Leaf(Code(fence.language, fence.text if may_close else fence.text + rest, is_open=True)),)]

    def _close_fence(self, end: int) -> None:
        """The end has come: nothing can change this block any more."""
        fence, self._fence = self._fence, None
        assert fence is not None
        self._put_frozen(self._tail[:end], (Leaf(Code(fence.language, fence.text)),))
        rest, self._tail, self._open = self._tail[end:], "", []
        self._feed(rest)

    def _end_fence(self) -> None:
        """The text is over and the fence still open: there is no need to read all of it again."""
        fence, self._fence = self._fence, None
        assert fence is not None
        rest = self._tail[self._lines_from :]
        code = Code(fence.language, fence.text if _closes(fence, rest) else fence.text + rest)
        self._put_frozen(self._tail, (Leaf(code),))
        self._tail, self._open = "", []


def _begun_table(text: str, block: TopBlock) -> str:
    """The head of a table whose second line has not come, as a whole table; empty when it looks like something else.

    Shown as it is read, it would be a paragraph for a moment, and jump.
    """
    head = _TABLE_HEAD.fullmatch(text)
    if head is None or len(block.leaves) != 1 or not isinstance(block.leaves[0].content, Paragraph):
        return ""
    line = closed_cell(head[1].rstrip())
    count = len(PIPE.findall(line)) - line.endswith("|")
    return f"{line.removesuffix('|')}|\n|{'---|' * max(1, count)}\n"


def _is_table(blocks: list[Leaves]) -> bool:
    leaves = [leaf for block in blocks for leaf in block]
    if len(leaves) != 1 or leaves[0].frames or not isinstance(leaves[0].content, Table):
        return False
    return len(leaves[0].content.rows) > 1


def _is_paragraph(blocks: list[Leaves]) -> bool:
    leaves = [leaf for block in blocks for leaf in block]
    return len(leaves) == 1 and isinstance(leaves[0].content, Paragraph) and not leaves[0].frames


def _is_border(source: bytes, above: TopBlock, below: TopBlock, line: int) -> bool:
    """Whether the text from `line` on means the same by itself as after what stands above it."""
    if source[above.end : line].strip() or _ends_in_definition(source[above.start : line]):
        # A link definition right above may still take in the line that now looks like a block.
        return False
    # Deep in a footnote another one may begin; by itself such a line would be code.
    indent = source[line : below.start]
    return (len(indent) < 4 and b"\t" not in indent) or isinstance(below.leaves[0].content, Code)


def _ends_in_definition(source: bytes) -> bool:
    """Whether the last lines may define a link: those that stand right below a list count as the list's."""
    *_, last = _BLANK_LINES.split(source)
    return b"]:" in last


def plain_source(text: str) -> str:
    """A text as the parser reads it: line ends made `\\n`, the null character replaced."""
    if "\r" not in text and "\x00" not in text:
        return text
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")


def _closes(fence: _OpenFence, line: str) -> bool:
    stripped = line.lstrip(" ")
    if len(line) - len(stripped) > 3:
        return False
    mark = stripped.rstrip(" \t\n")
    return len(mark) >= fence.length and not mark.strip(fence.character)
