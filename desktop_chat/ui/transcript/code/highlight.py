"""Colours for code, line by line, in small slices: pygments is asked only for what is new."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from functools import cache
from typing import Final, TypeAlias

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Generic, Keyword, Name, Number, Operator, String, Text, _TokenType
from pygments.util import ClassNotFound

Colored: TypeAlias = tuple[int, int, str]
"""Start, length (characters of the line) and role of the colour, a field name of Colors."""

_TEXT_CHARACTERS_MAX: Final = 400_000
"""Longer code stays in one colour: its lexing would occupy the GUI thread for seconds in sum."""

_PAUSE_S: Final = 0.2
"""Between two looks at code that grows; a new line stands in plain ink that long at most."""

_LOOSE_LINES: Final = 200
"""After so many lines without a place that is surely top level, any line outside of strings and comments will do:
lexing code without blank lines from its beginning again and again would cost more with every line."""

_AHEAD_LINES: Final = 60
"""So many lines below those on the screen are coloured with them."""

_ROLES: Final = (
    (Comment, "comment"),
    (Keyword, "keyword"),
    (Operator.Word, "keyword"),
    (String, "string"),
    (Number, "number"),
    (Name.Function, "function"),
    (Name.Builtin, "function"),
    (Name.Class, "function"),
    (Name.Decorator, "function"),
    (Name.Tag, "keyword"),
    (Name.Attribute, "function"),
    (Generic.Inserted, "good"),
    (Generic.Deleted, "bad"),
    (Generic.Heading, "comment"),
    (Generic.Subheading, "number"),
    (Generic.Prompt, "comment"),
)


class _Lexers:
    """Lexers by language.

    MEASURED 1–60 ms for the first use of a language (2026-11-23): the import and the compilation of its patterns run
    in a thread, the GUI thread only looks whether they are done.
    """

    def __init__(self) -> None:
        self._made: dict[str, Lexer | None] = {}
        self._asked: set[str] = set()

    def is_ready(self, language: str) -> bool:
        if language in self._made:
            return True
        if language not in self._asked:
            self._asked.add(language)
            threading.Thread(target=self._make, args=(language,), name="lexer import", daemon=True).start()
        return False

    def of(self, language: str) -> Lexer | None:
        return self._made[language]

    def _make(self, language: str) -> None:
        try:
            lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
            list(lexer.get_tokens_unprocessed("x"))
        except ClassNotFound:
            lexer = None
        self._made[language] = lexer


_lexers: Final = _Lexers()


class Highlighter:
    """The colours of one code block that may still grow."""

    def __init__(self, language: str) -> None:
        self._language = language.lower()
        self._lines: list[str] = []
        self._colored: list[list[Colored]] = []
        self._settled = 0
        """Lines before this one keep their colours: it begins outside of any string or comment."""
        self._run: Iterator[tuple[int, bool]] | None = None
        self._run_to = 0
        self._next_run_s = 0.0
        self._wanted_to = sys.maxsize
        self._is_hopeless = not language

    def put_lines(self, start: int, lines: list[str]) -> None:
        """Replace the lines from `start` on; only the last known line may differ from before."""
        self._lines[start:] = lines
        del self._colored[start:]
        self._settled = min(self._settled, start)
        self._run_to = min(self._run_to, start)
        if sum(map(len, lines)) > _TEXT_CHARACTERS_MAX or len(self._lines) > _TEXT_CHARACTERS_MAX // 8:
            self._is_hopeless = True

    def look_to(self, line: int) -> None:
        """Somebody sees the lines up to this one: those far below it can wait. All are wanted until it is told."""
        if self._wanted_to == sys.maxsize:
            self._wanted_to = 0
        self._wanted_to = max(self._wanted_to, line + 1)

    @property
    def is_done(self) -> bool:
        """Whether every line that is wanted has its colours."""
        return self._is_hopeless or (self._run is None and self._run_to >= min(self._wanted_to, len(self._lines)))

    def is_resting(self, now_s: float) -> bool:
        """Whether `work` would do nothing now: the last look at code that grows was a moment ago."""
        return self._run is None and now_s < self._next_run_s

    def colors_of(self, line: int) -> list[Colored]:
        """The colours of a line; none as long as it has not been looked at."""
        return self._colored[line] if line < len(self._colored) else []

    def work(self, budget_s: float) -> range:
        """Go on for a while; give the lines that have got new colours."""
        if self.is_done or not _lexers.is_ready(self._language):
            return range(0)
        lexer = _lexers.of(self._language)
        if lexer is None:
            self._is_hopeless = True
            return range(0)
        until = time.perf_counter() + budget_s
        first = last = -1
        if self._run is None:
            now_s = time.perf_counter()
            if now_s < self._next_run_s:
                return range(0)
            self._next_run_s = now_s + _PAUSE_S
            self._run_to = min(self._wanted_to + _AHEAD_LINES, len(self._lines))
            self._run = self._colors_from(lexer, self._settled)
        for line, is_new in self._run:
            if is_new:
                first, last = (line if first < 0 else first), line
            if time.perf_counter() > until:
                break
        else:
            self._run = None
        return range(first, last + 1) if first >= 0 else range(0)

    def _colors_from(self, lexer: Lexer, start: int) -> Iterator[tuple[int, bool]]:
        """Colour the lines from `start` on; yields each line as it is done, and whether it looks different now."""
        run_to = self._run_to
        text = "\n".join(self._lines[start:run_to]) + "\n"
        row: list[Colored] = []
        line, column = start, 0
        before: _TokenType = Text
        for _, kind, value in lexer.get_tokens_unprocessed(text):
            role = _role_of(kind)
            # Most tokens are part of a line; there are hundreds of them in every look.
            for index, piece in enumerate(value.split("\n") if "\n" in value else (value,)):
                if index:
                    if line >= self._run_to or line > len(self._colored):
                        return
                    yield line, self._put_colors(line, row)
                    row, column = [], 0
                    line += 1
                    if before is Text and line < run_to - 1 and self._may_settle(line, kind):
                        self._settled = line
                length = len(piece)
                if length and role:
                    row.append((column, length, role))
                column += length
            before = kind if role in ("string", "comment") else Text

    def _put_colors(self, line: int, row: list[Colored]) -> bool:
        before = self._colored[line] if line < len(self._colored) else []
        self._colored[line : line + 1] = [row]
        return row != before

    def _may_settle(self, line: int, kind: _TokenType) -> bool:
        """Whether lexing may start anew at this line: top level, after a blank line, in no string or comment."""
        text = self._lines[line]
        if not _is_of(kind, Text) or not text:
            return False
        is_top_level = not text[0].isspace() and line > 0 and not self._lines[line - 1].strip()
        return is_top_level or line - self._settled >= _LOOSE_LINES


@cache
def _role_of(kind: _TokenType) -> str:
    for family, role in _ROLES:
        if _is_of(kind, family):
            return role
    return ""


def _is_of(kind: _TokenType, family: _TokenType) -> bool:
    return kind[: len(family)] == family
