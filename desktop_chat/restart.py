"""Starts the program anew in the place of itself, as it was started, once everything is closed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Final

_ONCE: Final = ("--ask", "--screenshot")
"""Options, each with a value, that were done already."""


def restart() -> int:
    """Replace this process by a new one; where a system cannot do that, start one beside it, which is given time."""
    command = command_again(sys.orig_argv, sys.argv)
    if getattr(sys, "frozen", False):
        command = [sys.executable, *without_errands(sys.argv[1:])]
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606  our own command line
    subprocess.Popen(command)  # noqa: S603
    return 0


def command_again(original: Sequence[str], seen: Sequence[str]) -> list[str]:
    """The interpreter and its options as they were given, then the program's own without what was done already."""
    options_count = len(seen) - 1
    head = original[: len(original) - options_count] if options_count else original
    return [sys.executable, *head[1:], *without_errands(seen[1:])]


def without_errands(options: Sequence[str]) -> list[str]:
    """The options that hold for the next run, too."""
    kept: list[str] = []
    is_value = False
    for option in options:
        if is_value:
            is_value = False
        elif option in _ONCE:
            is_value = True
        elif not option.startswith(tuple(f"{name}=" for name in _ONCE)):
            kept.append(option)
    return kept
