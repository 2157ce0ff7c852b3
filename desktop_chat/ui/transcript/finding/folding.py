"""Texts as they are compared: case, composed accents and curly quotes do not count; positions stay right."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

ALIKE: Final = (
    *((quote, "'") for quote in "‘’"),
    *((quote, '"') for quote in "“”„"),
    *((blank, " ") for blank in "\u00a0\u202f"),
)
"""Signs nobody tells apart when he types; one for one, so that positions stay."""

_ALIKE_IN_ANY_CASE: Final = (*ALIKE, ("İ", "i"))
"""The small form of the dotted İ is an i with an accent of its own, which nobody types."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A text made comparable; `owners` says which character of the text each of its characters comes from.

    Shape:   `owners` has one more entry, the text's length; None when nothing moved.
    """

    text: str
    owners: Sequence[int] | None = None

    def found(self, word: str) -> Iterator[tuple[int, int]]:
        """Start and end of a folded word in the text it was made of, one behind the other."""
        at = self.text.find(word)
        while at >= 0:
            end = at + len(word)
            if self.owners is None:
                yield at, end
            elif self._is_border(at) and self._is_border(end):
                yield self.owners[at], self.owners[end]
            else:
                end = at + 1  # half an ß, or a letter without its accent
            at = self.text.find(word, end)

    def _is_border(self, at: int) -> bool:
        return at == 0 or self.owners is None or self.owners[at - 1] != self.owners[at]


def folded(text: str, is_case_kept: bool = False) -> Folded:
    """Make a text comparable."""
    if text.isascii():
        return Folded(text if is_case_kept else text.lower())
    plain = text
    for sign, common in ALIKE if is_case_kept else _ALIKE_IN_ANY_CASE:
        if sign in plain:
            plain = plain.replace(sign, common)
    if unicodedata.is_normalized("NFC", plain):
        same = plain if is_case_kept else plain.casefold()
        if len(same) == len(text):
            return Folded(same)
    return _folded_apart(plain, is_case_kept)


def _folded_apart(text: str, is_case_kept: bool) -> Folded:
    """Fold character by character where some get longer, or are written as several.

    MEASURED a third of the time of character by character, where each fifth has an accent of its own, 2026-11-23.
    """
    letters = set(text)
    marks = frozenset(filter(unicodedata.combining, letters))
    moving = "".join(sorted(marks | {letter for letter in letters if _moves(letter, is_case_kept)}))
    pieces: list[str] = []
    owners: list[int] = []
    at = 0
    for found in re.finditer(f"[{re.escape(moving)}]+", text) if moving else ():
        # A mark belongs to what stands before it.
        start = found.start() - (text[found.start()] in marks and found.start() > at)
        pieces.append(_same_length(text[at:start], is_case_kept))
        owners.extend(range(at, start))
        while start < found.end():
            end = start + 1
            while end < found.end() and text[end] in marks:
                end += 1
            piece = _cluster(text[start:end], is_case_kept)
            pieces.append(piece)
            owners.extend([start] * len(piece))
            start = end
        at = start
    pieces.append(_same_length(text[at:], is_case_kept))
    owners.extend(range(at, len(text) + 1))
    return Folded("".join(pieces), owners)


def _moves(letter: str, is_case_kept: bool) -> bool:
    """Whether what follows a letter stands elsewhere when that is folded, or it is written in another way."""
    return unicodedata.normalize("NFC", letter) != letter or (not is_case_kept and len(letter.casefold()) != 1)


def _same_length(text: str, is_case_kept: bool) -> str:
    return text if is_case_kept else text.casefold()


@lru_cache(maxsize=2_048)
def _cluster(text: str, is_case_kept: bool) -> str:
    """A letter with its marks, folded."""
    return _same_length(unicodedata.normalize("NFC", text), is_case_kept)
