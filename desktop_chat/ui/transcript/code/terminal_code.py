"""Code that is what a terminal showed: prompts, what was typed behind them, and what came back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_SESSIONS: Final = frozenset(
    {"console", "shell-session", "shellsession", "sh-session", "terminal", "pwsh-session", "ps1con", "doscon"}
)
_SHELLS: Final = frozenset({"", "bash", "sh", "shell", "zsh", "fish", "powershell", "ps1", "pwsh", "text"})
_PROMPT: Final = re.compile(
    r"(?:\([\w.-]+\) )?"  # a Python environment
    r"(?:(?:\[?[\w.-]+@[\w.-]+[: ]?[^\s$#%>\]]*\]?|~[\w./-]*|/[\w./-]*|(?:ba|z)?sh-[\d.]+)[$%#>] "
    r"|PS [A-Z~/][^>\n]*> |[A-Z]:\\[^>\n]*> ?|[$%] )"
)
"""A prompt that is plainly one: `$ `, `% `, `ada@host:~# `, `PS C:\\> `."""

_BARE: Final = re.compile(r"[#>] ")
"""Also a comment or a quotation: a prompt only where nothing else can be meant."""


class Terminal:
    """The prompts of one block, line by line.

    `lines` is the block's own list: it may have grown since.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._has_plain_prompt: bool | None = None

    def prompt_length(self, index: int) -> int:
        """Characters of the prompt a line begins with; 0 for what the program wrote."""
        line = self._lines[index]
        found = _PROMPT.match(line)
        if found:
            return found.end()
        if not _BARE.match(line):
            return 1 if line in ("$", "%") else 0
        if line[0] == "#":
            # Behind `$ ` a sharp is a comment, which nobody has to type.
            return 0 if self._begins_with_a_prompt else 2
        return 2 if not self._begins_with_a_prompt or self._goes_on(index) else 0

    def is_typed(self, index: int) -> bool:
        """Whether a line is a command, or goes on the one above it."""
        while not self.prompt_length(index):
            if index == 0 or not self._lines[index - 1].endswith("\\"):
                return False
            index -= 1
        return True

    @property
    def _begins_with_a_prompt(self) -> bool:
        if self._has_plain_prompt is None and self._lines:
            self._has_plain_prompt = any(_PROMPT.match(line) for line in self._lines[:_LOOKED_AT_LINES])
        return bool(self._has_plain_prompt)

    def _goes_on(self, index: int) -> bool:
        """Whether a line continues the command above it."""
        while index > 0 and (self._lines[index].startswith("> ") or self._lines[index - 1].endswith("\\")):
            index -= 1
        return _PROMPT.match(self._lines[index]) is not None

    def commands(self) -> str:
        """What was typed, without prompts and output."""
        typed = (at for at in range(len(self._lines)) if self.is_typed(at))
        return "".join(f"{self._lines[at][self.prompt_length(at) :]}\n" for at in typed)


_LOOKED_AT_LINES: Final = 40


def may_be_terminal(language: str) -> bool:
    """Whether code of a language is a terminal's, or may turn out to be."""
    return language.lower() in _SHELLS | _SESSIONS


def is_terminal(language: str, lines: Sequence[str]) -> bool:
    """Whether code is a terminal's: by its language, or a shell's whose first line has a prompt."""
    name = language.lower()
    if name not in _SHELLS:
        return name in _SESSIONS
    first = next((line for line in lines if line.strip()), "")
    return _PROMPT.match(first) is not None
