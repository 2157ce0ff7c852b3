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

_LONG_RUN: Final = re.compile(rf"\S{{{_RUN_MAX + 1},}}")


def reading_words(names: Sequence[str]) -> str:
    """What is being read now."""
    return f"Reading {_named(names)}…"


def not_sent_words(names: Sequence[str]) -> str:
    """Why a question does not go out yet."""
    verb = "is" if len(names) == 1 else "are"
    return f"{_named(names)} {verb} still being read. Nothing was sent: try again in a moment, or leave it out."


def refusal_words(failures: Sequence[Failure]) -> str:
    """Why files are not attached; in full where there is but one reason, on one line for several."""
    different = tuple(dict.fromkeys((failure.title, failure.detail) for failure in failures))
    if len(different) == 1:
        return _one_line(" ".join(different[0]))
    reasons = " ".join(title for title, _ in different[:_NAMED_MAX])
    more = f" And {len(different) - _NAMED_MAX} more." if len(different) > _NAMED_MAX else ""
    return _one_line(f"{len(failures)} files could not be attached: {reasons}{more}")


def _named(names: Sequence[str]) -> str:
    first = f"“{_one_line(names[0])}”"
    return first if len(names) == 1 else f"{first} and {len(names) - 1} more"


def _one_line(text: str) -> str:
    return _LONG_RUN.sub(_shortened, " ".join(visible(text).split()))


def _shortened(run: re.Match[str]) -> str:
    half = _RUN_MAX // 2
    return f"{run[0][:half]}…{run[0][-half:]}"
