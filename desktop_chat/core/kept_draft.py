"""Texts that stood in a composer and were thrown away, replaced or sent: what of them is worth keeping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from desktop_chat.core.excerpt import line_of

KEPT_MAX: Final = 50
"""So many are kept, over all conversations."""

BYTES_LEAST: Final = 12
"""Less is faster typed again than found; in UTF-8, as four characters of Chinese say what twelve letters say."""


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """One of them.

    Shape:   `number` grows with time; `title` is that of its conversation now, as the list shows it.
    Units:   `kept_at` in seconds since the epoch.
    """

    number: int
    conversation_id: str
    title: str
    text: str
    kept_at: float
    file_names: tuple[str, ...] = ()
    """Of the files that were to go out with it; what was sent has its own in the message."""

    @property
    def line(self) -> str:
        """The beginning of it on one line, and its files."""
        return line_of(self.text, self.file_names)


def is_worth_keeping(text: str) -> bool:
    """Whether somebody might want a text back."""
    return _weight(text.strip()) >= BYTES_LEAST


def is_discarded(old: str, new: str) -> bool:
    """Whether a text is lost where another one stands now, more than by going on writing it.

    It is when less than half of it is left at its two ends, and what is missing was worth keeping.
    """
    if not is_worth_keeping(old):
        return False
    head = _shared_head(old, new)
    tail = _shared_head(old[head:][::-1], new[head:][::-1])
    return 2 * (head + tail) < len(old) and is_worth_keeping(old[head : len(old) - tail])


def outdoes(new: str, new_id: str, old: str, old_id: str) -> bool:
    """Whether a text that is kept now makes one that was kept before a double: the same, or its own beginning.

    The ids are those of their conversations.
    """
    return new == old or (new_id == old_id and new.startswith(old))


def _shared_head(one: str, other: str) -> int:
    """How many characters two texts begin with in common; by halves, as a loop over a megabyte takes too long."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _weight(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
