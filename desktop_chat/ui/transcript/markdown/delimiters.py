r"""What opens and closes maths: `$…$`, `$$…$$`, `\(…\)`, `\[…\]`; and where a dollar sign is money.

The parser knows dollars alone, and takes many prices for maths. So a text is put before it with other signs of the
same length in some places, until what it finds is right: every position stays what it is in the source.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Any, Final, TypeAlias

Event: TypeAlias = tuple[Any, int, int]
"""An event of the parser, and where in the source it begins and ends, in bytes."""

_ROUNDS_MAX: Final = 12
"""Each round settles at least half of the prices that are left."""

_BACKSLASHED: Final = re.compile(
    r"(?<!\\)\\(?:\((?P<inline>(?:[^\\]|\\[^()\[\]])*?)\\\)|\[(?P<display>(?:[^\\]|\\[^()\[\]])*?)\\\])"
)
_BLANK_LINE: Final = re.compile(r"\n[ \t]*\n")
_NUMBER: Final = re.compile(r"[-+]?[\d.,]+")
_MONEY: Final = re.compile(r"[\d.,]+[ /-][^\\^_{}=+<>|]*[A-Za-z]{2}[^\\^_{}=+<>|]*")
"""An amount and words behind it: `5 a month, or 50`."""

_DISPLAY: Final = re.compile(
    r"^[ \t]*(?:\$\$(?![^\n]*\$\$)|\\\[(?![^\n]*\\\]))[^\n]*\n"
    r"(?:(?![ \t]*(?:[`~<|:\[_]|\d+[.)])|[^\n]*(?:\$\$|\\\]))[^\n]*\S[^\n]*(?:\n|\Z))*"
    r"(?:[ \t]*[-+*=#>][^\n]*(?:\$\$|\\\]))?",
    re.MULTILINE,
)
"""Display maths over several lines, to its end, to a blank line, or to what begins another block all the same."""

_LINE_SIGN: Final = re.compile(r"(?<=\n)[ \t]*([-+*=#>])")

_STAND_INS: Final = dict(zip("\x01\x02\x03\x04\x05\x06\x07", "$-+*=#>", strict=True))
"""What stands for a dollar that is money, and for signs that would begin a list or a heading within a formula."""

_INLINE: Final = frozenset(("Emphasis", "Strong", "Strikethrough", "Link", "Image"))
_DOLLAR, *_ = _STAND_INS
_BACK: Final = str.maketrans(_STAND_INS)
_SIGNS: Final = {meant: stand_in for stand_in, meant in _STAND_INS.items()}


class Delimiters:
    """The delimiters of one text: `text` is what the parser has to read, until `are_right` says that it did."""

    def __init__(self, source: str) -> None:
        self._source = source.encode()
        self._pairs: dict[int, int] = {}
        """Where a pair with backslashes begins and ends, in bytes."""
        self._prices: set[int] = set()
        """Dollar signs that are no delimiters."""
        self._rounds = 0
        if "\\(" in source or "\\[" in source:
            self._find_pairs(source)
        self._may_stand_in = not any(sign in source for sign in _STAND_INS)
        self._line_signs: dict[int, bytes] = {}
        """Signs at the start of lines of a formula, which are no markdown."""
        if self._may_stand_in:
            self._find_line_signs(source)

    def _find_pairs(self, source: str) -> None:
        at = position = 0
        for found in _BACKSLASHED.finditer(source):
            if _BLANK_LINE.search(found.group()) or not (found["inline"] or found["display"] or "").strip():
                continue
            start = position + len(source[at : found.start()].encode())
            position = start + len(found.group().encode())
            at = found.end()
            self._pairs[start] = position

    def _find_line_signs(self, source: str) -> None:
        at = position = 0
        for formula in _DISPLAY.finditer(source):
            for found in _LINE_SIGN.finditer(source, formula.start(), formula.end()):
                position += len(source[at : found.start(1)].encode())
                at = found.start(1)
                self._line_signs[position] = _SIGNS[found[1]].encode()

    @property
    def text(self) -> str:
        """The source with the parser's own signs in the place of others."""
        if not self._pairs and not self._prices and not self._line_signs:
            return self._source.decode()
        changed = bytearray(self._source)
        for at, sign in self._line_signs.items():
            changed[at : at + 1] = sign
        for start, end in self._pairs.items():
            changed[start : start + 2] = changed[end - 2 : end] = b"$$"
        for at in self._prices:
            changed[at : at + 1] = _DOLLAR.encode()
        return changed.decode()

    def are_right(self, events: list[Event]) -> bool:
        """Whether the parser found what it should; otherwise `text` is another one now."""
        formulas: dict[int, int] = {}
        prices: list[int] = []
        for event, start, end in events:
            if isinstance(event, str):
                continue
            if "DisplayMath" in event:
                formulas[start] = end
            elif "InlineMath" in event and self._is_price(event["InlineMath"], end):
                prices.append(start)
        wrong = [start for start, end in self._pairs.items() if formulas.get(start) != end]
        self._rounds += 1
        if (not wrong and not (prices and self._may_stand_in)) or self._rounds > 2 * _ROUNDS_MAX:
            return True
        if self._rounds > _ROUNDS_MAX:
            self._pairs.clear()
        elif wrong:
            # Those across two blocks go first: their delimiters may have kept others from being found.
            borders = _borders(events)
            across = [start for start in wrong if _is_crossed(borders, start, self._pairs[start])]
            for start in across or wrong:
                del self._pairs[start]
        if self._may_stand_in:
            self._prices.update(prices)
        return False

    def _is_price(self, content: str, end: int) -> bool:
        is_before_digit = self._source[end : end + 1].isdigit()
        return is_before_digit or _NUMBER.fullmatch(content) is not None or _MONEY.fullmatch(content) is not None

    def source_of(self, content: str, start: int, is_display: bool) -> str:
        """A formula as it was written, delimiters included."""
        sign = self._source[start : start + 2]
        content = content.translate(_BACK) if self._line_signs else content
        if sign == rb"\(":
            return rf"\({content}\)"
        if sign == rb"\[":
            return rf"\[{content}\]"
        return f"$${content}$$" if is_display else f"${content}$"

    def restored(self, event: Any) -> Any:
        """An event of the parser, as it would be if it had read the source itself."""
        has_stand_ins = self._prices or self._line_signs
        return _translated(event) if has_stand_ins and isinstance(event, dict) else event


def _borders(events: list[Event]) -> list[int]:
    """Where blocks begin and end."""
    found: list[int] = []
    for event, start, end in events:
        tag = event.get("Start") if isinstance(event, dict) else None
        if tag is not None and (tag if isinstance(tag, str) else next(iter(tag))) not in _INLINE:
            found += (start, end)
    return sorted(found)


def _is_crossed(borders: list[int], start: int, end: int) -> bool:
    at = bisect_right(borders, start)
    return at < len(borders) and borders[at] < end


def _translated(value: Any) -> Any:
    if isinstance(value, str):
        return value.translate(_BACK)
    if isinstance(value, dict):
        return {name: _translated(inner) for name, inner in value.items()}
    return value


def latex_of(source: str) -> tuple[str, bool]:
    """The content of a formula, and whether it is display maths; empty when it is not closed yet."""
    for opening, closing, is_display in (("$$", "$$", True), (r"\[", r"\]", True), (r"\(", r"\)", False)):
        if source.startswith(opening):
            is_whole = source.endswith(closing) and len(source) >= 4
            return (source[2:-2] if is_whole else "", is_display)
    return (source[1:-1] if len(source) > 2 and source.endswith("$") else "", False)
