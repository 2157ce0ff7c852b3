"""Code that is a patch: which lines came, went, or only say where."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto
from itertools import pairwise
from typing import Final

_LANGUAGES: Final = frozenset({"diff", "patch", "udiff"})
_PLAIN_LANGUAGES: Final = frozenset({"", "text", "txt", "plaintext", "plain"})
_HUNK: Final = re.compile(r"@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@")
_FILE: Final = ("diff ", "index ", "new file mode ", "deleted file mode ", "similarity index ", "rename ", "Only in ")
_LOOKED_AT_LINES: Final = 12
"""A patch shows what it is at its beginning."""


class Change(Enum):
    """What a line of a patch says."""

    NONE = auto()
    ADDED = auto()
    REMOVED = auto()
    PLACE = auto()
    """The head of a hunk."""
    FILE = auto()


_SIGNS: Final = {"+": Change.ADDED, "-": Change.REMOVED}


def may_be_diff(language: str) -> bool:
    """Whether code of a language is a patch, or may turn out to be one."""
    return language.lower() in _LANGUAGES | _PLAIN_LANGUAGES


def is_diff(language: str, lines: Sequence[str]) -> bool:
    """Whether code is a patch, by its language or, when it has none, plainly by its first lines."""
    name = language.lower()
    if name in _LANGUAGES:
        return True
    if name not in _PLAIN_LANGUAGES:
        return False
    first = lines[:_LOOKED_AT_LINES]
    has_files = any(one.startswith("--- ") and two.startswith("+++ ") for one, two in pairwise(first))
    return has_files or any(_HUNK.match(line) or line.startswith("diff --git ") for line in first)


def change_of(lines: Sequence[str], index: int) -> Change:
    """What one of the lines says."""
    line = lines[index]
    if line.startswith("--- ") and index + 1 < len(lines) and lines[index + 1].startswith("+++ "):
        return Change.FILE
    if line.startswith("+++ ") and index > 0 and lines[index - 1].startswith("--- "):
        return Change.FILE
    if line.startswith("@@"):
        return Change.PLACE
    if line.startswith(_FILE):
        return Change.FILE
    return _SIGNS.get(line[:1], Change.NONE)
