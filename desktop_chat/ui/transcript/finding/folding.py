"""Texts as they are compared: case, composed accents and curly quotes do not count; positions stay right."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
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
    owners: tuple[int, ...] | None = None

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
    """Fold character by character, because some get longer, or are written as several."""
    pieces: list[str] = []
    owners: list[int] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        piece = unicodedata.normalize("NFC", text[start:end])
        piece = piece if is_case_kept else piece.casefold()
        pieces.append(piece)
        owners.extend([start] * len(piece))
        start = end
    return Folded("".join(pieces), (*owners, len(text)))
