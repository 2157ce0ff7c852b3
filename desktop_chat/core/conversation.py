"""A conversation: a tree of messages of which one path, from the root to the tip, is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from desktop_chat.core.messages import Message, new_id

TITLE_CHARACTERS_MAX: Final = 60
UNTITLED: Final = "New conversation"
TRASH_DAYS: Final = 30
"""How long a deleted conversation can be brought back."""

_MARKS: Final = "#>*-` "
"""Markdown that may open a line and says nothing in a title."""


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    """A conversation as the sidebar and the tabs need it.

    Units:   times in seconds since the epoch; `deleted_at` is None unless it lies in the trash.
    """

    id: str
    title: str
    created_at: float
    updated_at: float
    is_pinned: bool = False
    deleted_at: float | None = None


@dataclass(frozen=True, slots=True)
class ReadingPlace:
    """Where a reader stands in a conversation: what is at the upper edge of the page.

    Units:   `share` of the part's height that lies above the edge; below 0 pixels of the room above the part.
    """

    message_id: str
    part: int = 0
    """A paragraph, a code block, … of the message, counted from 0."""
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class OpenTab:
    """A tab as it is restored at the next start, in the order of the tab bar."""

    conversation_id: str
    is_current: bool = False
    place: ReadingPlace | None = None
    """None stands for the end of the conversation."""


def title_from(text: str) -> str:
    """Make a title of the first question: its first line with words in it, shortened at a word's end."""
    lines = (" ".join(line.split()).lstrip(_MARKS) for line in text.splitlines())
    line = next((line for line in lines if line), "")
    if not line:
        return UNTITLED
    if len(line) <= TITLE_CHARACTERS_MAX:
        return line
    # One more than may stay: a blank right behind the last word shows that the word is whole.
    at_word = line[: TITLE_CHARACTERS_MAX + 1].rpartition(" ")[0]
    # Scripts without blanks, and very long words, are cut where they are.
    cut = at_word if len(at_word) > TITLE_CHARACTERS_MAX // 2 else line[:TITLE_CHARACTERS_MAX]
    return cut.rstrip(" ,.;:–-") + "…"


def branch_title(title: str) -> str:
    """Name the copy of a conversation: `Trip (branch)`, the copy of that `Trip (branch 2)`."""
    found = _BRANCH.search(title)
    if found is None:
        return f"{title} (branch)"
    return f"{title[: found.start()]} (branch {int(found[1] or 1) + 1})"


_BRANCH: Final = re.compile(r" \(branch(?: (\d{1,6}))?\)$")


def copied_path(path: Sequence[Message], conversation_id: str) -> tuple[Message, ...]:
    """Copy the messages of a path into another conversation: new ids, everything else as it was.

    Units:   `cost_usd` of a copied reply is 0: it was paid for where it was written.
    """
    copies: list[Message] = []
    parent_id: str | None = None
    for message in path:
        cost_usd = None if message.cost_usd is None else 0.0
        copy = replace(message, id=new_id(), conversation_id=conversation_id, parent_id=parent_id, cost_usd=cost_usd)
        copies.append(copy)
        parent_id = copy.id
    return tuple(copies)


class ConversationTree:
    """All messages of one conversation, and the tip of the path that is shown.

    The one owner is the session; nobody else changes it.
    """

    def __init__(self, messages: Iterable[Message] = (), tip_id: str | None = None) -> None:
        self._messages: dict[str, Message] = {}
        self._children: dict[str | None, tuple[str, ...]] = {}
        self._tip_id: str | None = None
        self._path: tuple[str | None, tuple[Message, ...]] | None = None
        """The tip and the path as last asked for, until a message changes."""
        for message in sorted(messages, key=lambda message: message.id):
            self._put(message)
        newest = max(self._messages, default=None)
        self._tip_id = tip_id if tip_id in self._messages else newest

    def __contains__(self, message_id: str) -> bool:
        return message_id in self._messages

    def __getitem__(self, message_id: str) -> Message:
        return self._messages[message_id]

    def __iter__(self) -> Iterator[Message]:
        return iter(self._messages.values())

    def __len__(self) -> int:
        return len(self._messages)

    @property
    def tip_id(self) -> str | None:
        """The last message that is shown; None in an empty conversation."""
        return self._tip_id

    def add(self, message: Message) -> None:
        """Put a new message, or the next state of a known one; a new one becomes the tip."""
        is_new = message.id not in self._messages
        self._put(message)
        if is_new:
            self._tip_id = message.id

    def remove(self, message_id: str) -> None:
        """Take back a message that has no children yet; its parent becomes the tip."""
        message = self._messages.pop(message_id)
        self._path = None
        self._children[message.parent_id] = tuple(
            child for child in self._children[message.parent_id] if child != message_id
        )
        self._tip_id = message.parent_id

    def path(self, tip_id: str | None = None) -> tuple[Message, ...]:
        """The messages from the root to the tip (or to `tip_id`), oldest first."""
        first = at = tip_id or self._tip_id
        if self._path is not None and self._path[0] == first:
            return self._path[1]
        way: list[Message] = []
        seen: set[str] = set()
        while at is not None and at in self._messages and at not in seen:
            seen.add(at)
            way.append(self._messages[at])
            at = self._messages[at].parent_id
        self._path = (first, tuple(reversed(way)))
        return self._path[1]

    def siblings(self, message_id: str) -> tuple[str, ...]:
        """The ids of all messages with the same parent, oldest first; the message itself among them."""
        return self._children[self._messages[message_id].parent_id]

    def select(self, message_id: str) -> None:
        """Show the path through this message, down to the newest message below it."""
        at = message_id
        seen = {at}
        # A damaged file may hold a ring of parents.
        while (children := self._children.get(at)) and children[-1] not in seen:
            at = children[-1]
            seen.add(at)
        self._tip_id = at

    def show_up_to(self, message_id: str | None) -> None:
        """Make this message the tip, so that the next one becomes its child."""
        self._tip_id = message_id

    def _put(self, message: Message) -> None:
        self._path = None
        if message.id not in self._messages:
            # Nearly all have one child: as lists they took 90 bytes each.
            self._children[message.parent_id] = (*self._children.get(message.parent_id, ()), message.id)
        self._messages[message.id] = message
