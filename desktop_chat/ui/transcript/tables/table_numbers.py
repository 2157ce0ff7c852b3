"""Which columns of a table hold numbers: those stand at the right, so that digits stand below each other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_DIGITS: Final = r"(?:\d{1,3}(?:[,.'’\u00a0\u202f ]\d{3})+(?:[.,]\d*)?|\d+(?:[.,]\d*)?|[.,]\d+)"
_SIGN: Final = r"[+\-−–±~≈<>≤≥]{0,2}\s?"
_CURRENCY: Final = r"(?:[$€£¥₹₽₩₺₴฿]|US\$|CHF|EUR|USD|GBP|JPY)?\s?"
_UNIT: Final = r"(?:[eE][+\-−]?\d+)?\s?(?:[%‰°$€£¥₹₽₩]|[A-Za-zµμΩ°]{1,4}(?:/[A-Za-z]{1,5})?[²³]?|EUR|USD|GBP)?"
_NUMBER: Final = re.compile(rf"\(?{_SIGN}{_CURRENCY}{_SIGN}{_DIGITS}{_UNIT}\)?")
_NOTHING: Final = re.compile(r"[+\-−–—±~≈<>≤≥($€£¥.?…\s]*|[nN]/?[aA]?")
"""A cell without a value, or a value that has only begun to come; it says nothing about the column."""

_CODE: Final = re.compile(r"\d+")
_CELL_CHARACTERS_MAX: Final = 32


def is_number(text: str) -> bool:
    """Whether a cell holds one number, with a sign, a currency or a unit perhaps."""
    text = text.strip()
    return len(text) <= _CELL_CHARACTERS_MAX and _NUMBER.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Figures:
    """What the cells of a column, or of a stretch of it, have in common."""

    are_numbers: bool = True
    are_codes: bool = True
    """Whether they are whole numbers of one length, such as years or status codes."""
    length: int = 0
    """Of each value; 0 when there is none."""

    def with_more(self, other: Figures) -> Figures:
        """The same for both stretches together."""
        is_alike = not self.length or not other.length or self.length == other.length
        return Figures(
            self.are_numbers and other.are_numbers,
            self.are_codes and other.are_codes and is_alike,
            self.length or other.length,
        )

    def is_numeric(self, is_first: bool) -> bool:
        """Whether it is a column of numbers; codes in the first one are names of their rows."""
        return self.length > 0 and self.are_numbers and not (is_first and self.are_codes)


def figures_of(cells: Iterable[str]) -> Figures:
    """Look at some cells of a column, no farther than to the first one that is no number."""
    lengths: set[int] = set()
    are_codes = True
    for cell in cells:
        if _NOTHING.fullmatch(value := cell.strip()):
            continue
        if not is_number(value):
            return Figures(are_numbers=False, are_codes=False, length=len(value))
        lengths.add(len(value))
        are_codes = are_codes and len(lengths) == 1 and _CODE.fullmatch(value) is not None
    return Figures(True, are_codes, max(lengths, default=0))
