"""What is said about files on their way into the composer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from desktop_chat.core.failure import Failure
from desktop_chat.ui.transcript.markdown.visible_text import visible

_NAMED_MAX: Final = 3
_RUN_MAX: Final = 40
"""A longer name without a blank would make the strip wider than the page."""

_CUT_MAX: Final = 36
"""Of a name in a notice."""

_LONG_RUN: Final = re.compile(rf"\S{{{_RUN_MAX + 1},}}")


def reading_words(names: Sequence[str]) -> str:
    """What is being read now."""
    return f"Reading {_named(names)}…"


def waiting_words(names: Sequence[str]) -> str:
    """What is being read now, and that a question waits for it."""
    return f"{reading_words(names)} Your question goes out once {'it is' if len(names) == 1 else 'they are'} read."


def withdrawn_words(names: Sequence[str]) -> str:
    """What is being read now, and that no question waits for it any more."""
    return f"{reading_words(names)} Nothing goes out until you send it."


def cut_words(names: Sequence[str], *, has_waited: bool) -> str:
    """What became of files whose tab was closed; short, as a notice is; `has_waited` tells that a text did."""
    shown = f"“{_short(_one_line(names[0]))}”" if len(names) == 1 else f"{len(names)} files"
    if has_waited:
        return f"Not sent, but kept: {shown} {'was' if len(names) == 1 else 'were'} still being read"
    return f"Not attached, as still being read: {shown}"


def known_words(found: Sequence[tuple[str, str]]) -> str:
    """What is attached already; of each file its name, and the name it is attached under."""
    (name, shown), *more = found
    if more:
        return f"{_named([name for name, _ in found])} are attached already."
    word = f"“{_one_line(shown)}”"
    return f"{word} is attached already." if name == shown else f"The same file is attached already, as {word}."


def refusal_words(failures: Sequence[Failure], *, has_waited: bool = False) -> str:
    """Why files are not attached; in full where there is but one reason, on one line for several.

    `has_waited` tells that a question did, which is not sent without them.
    """
    return _reasons(failures) + (" Nothing was sent." if has_waited else "")


def _reasons(failures: Sequence[Failure]) -> str:
    different = tuple(dict.fromkeys((failure.title, failure.detail) for failure in failures))
    if len(different) == 1:
        return _one_line(" ".join(different[0]))
    reasons = " ".join(title for title, _ in different[:_NAMED_MAX])
    more = f" And {len(different) - _NAMED_MAX} more." if len(different) > _NAMED_MAX else ""
    return _one_line(f"{len(failures)} files could not be attached: {reasons}{more}")


def _named(names: Sequence[str]) -> str:
    first = f"“{_one_line(names[0])}”"
    return first if len(names) == 1 else f"{first} and {len(names) - 1} more"


def _short(name: str) -> str:
    half = _CUT_MAX // 2
    return name if len(name) <= _CUT_MAX else f"{name[:half]}…{name[-half:]}"


def _one_line(text: str) -> str:
    return _LONG_RUN.sub(_shortened, " ".join(visible(text).split()))


def _shortened(run: re.Match[str]) -> str:
    half = _RUN_MAX // 2
    return f"{run[0][:half]}…{run[0][-half:]}"
