"""Where sentences end, so that a screen reader hears whole ones. Pure functions, no Qt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_END: Final = re.compile(
    r"(?P<wide>[。！？｡]+[」』）〉》”’]*)"
    r"|(?P<sign>[.!?…؟۔।]+)[\"'”’»)\]]*(?=\s)"
    r"|(?P<line>\n)"
)
"""A sign of the end: in Chinese and Japanese by itself, elsewhere before a blank; a line end always."""

_ABBREVIATIONS: Final = frozenset(
    "approx bzw ca cf ch co corp dept dr ed eds eg eq esp est etc fig figs ie inc jr ltd max min mr mrs ms no nos nr "
    "p pp prof ref resp sec sr st usw vgl viz vol vs".split()
)
_WORD_BEFORE: Final = re.compile(r"[^\W_](?:[^\W_]|\.(?=[^\W_]))*$")
_NUMBER_OF_ITEM: Final = re.compile(r"(?:^|\n)\s*(?:\d{1,4}|[a-zA-Z])$")

_LOOK_BACK: Final = 24
"""Further back no abbreviation begins."""

_LONGEST: Final = 500
"""A text that goes on without an end is cut at a blank after so many characters: somebody is waiting."""


def sentence_ends(text: str) -> Iterator[int]:
    """The positions after each finished sentence.

    As more may come, an end counts once the first character of what follows is there: only that tells `3.` from `3.5`,
    and an abbreviation from the end of a sentence.
    """
    start = 0
    for found in _END.finditer(text):
        following = _after_blanks(text, found.end()) if found["sign"] else found.end()
        if following == len(text) and not found["line"]:
            break
        for cut in _cuts(text, start, found.end()):
            yield cut
            start = cut
        if found["sign"] and not _is_end(text, found.start("sign"), found["sign"], following):
            continue
        yield found.end()
        start = found.end()
    for cut in _cuts(text, start, len(text)):
        yield cut
        start = cut


def _after_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _is_end(text: str, at: int, sign: str, following: int) -> bool:
    """Whether a sign that stands before a blank ends its sentence."""
    if text[following].islower():
        # “Stop!” he said; approx. five; wait … what
        return False
    if sign != ".":
        return True
    before = text[max(0, at - _LOOK_BACK) : at]
    if _NUMBER_OF_ITEM.search(before):
        return False
    word = _WORD_BEFORE.search(before)
    if word is None:
        return True
    letters = word[0].replace(".", "").lower()
    is_initial = len(letters) == 1 and word[0].isupper()
    is_short = letters in _ABBREVIATIONS or ("." in word[0] and len(letters) <= 3 and not letters.isdigit())
    return not (is_initial or is_short)


def _cuts(text: str, start: int, end: int) -> Iterator[int]:
    """Places to cut a stretch that is far longer than a sentence."""
    while end - start > _LONGEST:
        cut = text.rfind(" ", start + _LONGEST // 2, start + _LONGEST) + 1 or start + _LONGEST
        yield cut
        start = cut
