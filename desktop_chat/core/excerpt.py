"""The beginning of a text, where a row has room for no more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

EXCERPT_CHARACTERS_MAX: Final = 300
"""No row is wider; a message of a megabyte is not laid out to find where its first line ends."""


def excerpt(text: str) -> str:
    """The beginning of a text on one line, as a row shows it."""
    # Blanks may be most of it.
    line = " ".join(text[: 4 * EXCERPT_CHARACTERS_MAX].split())
    is_whole = len(text) <= 4 * EXCERPT_CHARACTERS_MAX and len(line) <= EXCERPT_CHARACTERS_MAX
    return line if is_whole else _cut(line, EXCERPT_CHARACTERS_MAX)


def shortened(line: str, characters_max: int) -> str:
    """A line, or its beginning where it is longer."""
    return line if len(line) <= characters_max else _cut(line, characters_max)


def line_of(text: str, file_names: Sequence[str]) -> str:
    """A text and the names of the files beside it on one line."""
    return " · ".join(part for part in (excerpt(text), excerpt(", ".join(file_names))) if part)


def _cut(line: str, characters_max: int) -> str:
    return f"{line[:characters_max].rstrip()}…"
