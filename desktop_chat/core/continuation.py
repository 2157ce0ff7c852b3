"""Going on with a reply that was cut: whether it can be done, what is kept, and how the two parts are joined."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from desktop_chat.core.events import (
    INDEXED_EVENTS,
    THINKING_TYPES,
    BlockEnded,
    BlockStarted,
    ReplyChanged,
    ReplyEnded,
    ReplyEvent,
    TextArrived,
)
from desktop_chat.core.failure import only_skipped
from desktop_chat.core.messages import Message, MessageStatus, Role, Seam
from desktop_chat.core.stop_reason import StopReason

QUOTED_CHARACTERS: Final = 400
"""So much of the end is quoted to a model that has to be asked in words."""

OVERLAP_CHARACTERS_MAX: Final = 600
"""A model that was asked in words may repeat the quote and a little more."""

_SURE_CHARACTERS: Final = 12
"""A repetition of so many characters is none by chance."""

_LETTERS_MIN: Final = 2
"""Fewer letters at the beginning of an answer may be those of the tail by chance."""


def can_be_continued(message: Message) -> bool:
    """Whether a reply was cut and there is something to go on from."""
    if message.role is not Role.ASSISTANT or message.stop_reason == StopReason.REFUSAL:
        return False
    is_cut = message.status in (MessageStatus.STOPPED, MessageStatus.FAILED, MessageStatus.INTERRUPTED)
    return (is_cut or message.stop_reason == StopReason.MAX_TOKENS) and bool(text_to_go_on_from(message))


def may_be_asked_anew(message: Message) -> bool:
    """Whether a reply was cut before its first word: nothing that was read is said again when the question is."""
    is_blank = not text_to_go_on_from(message)
    kinds = {block.get("type") for block in message.content}
    return message.role is Role.ASSISTANT and is_blank and kinds <= {*THINKING_TYPES, "text"}


def text_to_go_on_from(message: Message) -> str:
    """The text of a reply that was cut, as it is sent.

    SPEC Messages API, Streaming, "Error recovery": blanks at its end are refused, and thinking and tool calls cannot
    be taken up again.
    """
    return message.text.rstrip()


def begun_again(message: Message) -> Message:
    """The reply as it goes on: streaming, behind everything that has come of it.

    Nothing is dropped before there is more: the line may fail again at once. Before its first word a reply has at
    most thought; texts that were only opened are none.
    """
    thinking = (block for block in message.content if block.get("type") in THINKING_TYPES)
    content = message.content if text_to_go_on_from(message) else tuple(thinking)
    return replace(
        message,
        content=content,
        status=MessageStatus.STREAMING,
        ended_at=None,
        stop_reason=None,
        stop_details=None,
        failure=only_skipped(message.failure),
        # Thinking is bound to what was asked, and the second part is asked for with another prefix.
        prefix_hash=None,
        seams=(*message.seams, Seam(len(content), time.time())),
    )


def asking_to_go_on(message: Message) -> str:
    """What a model that takes no beginning of its own answer is told; never shown as a message of the reader."""
    end = text_to_go_on_from(message)[-QUOTED_CHARACTERS:]
    return (
        "Your previous answer was cut off by the connection. It ends with the text between the two lines of signs:\n"
        f"<<<<<<<<\n{end}\n>>>>>>>>\n"
        "Go on exactly where it stops, in the middle of a word, a line of code or a table if it stops there. Begin by "
        "repeating its last ten words exactly, then go on. No introduction, no apology, no new code fence around the "
        "rest."
    )


class Joint:
    """Joins the second part of a text to the first while it streams: what is repeated is left out.

    `is_exact` says that the server goes on by itself exactly where the text it was sent ends.
    """

    def __init__(self, first: str, is_exact: bool) -> None:
        sent = first.rstrip()
        self._tail = sent[-OVERLAP_CHARACTERS_MAX:]
        self._blanks = first[len(sent) :]
        """Not sent, so whoever goes on writes them again."""
        self._held: str | None = None if is_exact else ""

    def feed(self, text: str) -> str:
        """Take a piece of the second part; give what may be shown of it."""
        if self._held is None:
            return self._without_blanks(text)
        self._held += text
        is_open = any(size > len(self._held) for size in self._overlaps(self._held))
        return "" if is_open else self.finish()

    def finish(self) -> str:
        """No more text comes, or no more is needed: give what was held back."""
        held, self._held = self._held or "", None
        sizes = (size for size in self._overlaps(held) if size <= len(held) and self._is_repetition(held, size))
        return self._without_blanks(held[next(sizes, 0) :])

    def _overlaps(self, held: str) -> Iterator[int]:
        """How much of the tail may be said again, the most first; more than is held while that is still open.

        Everything may, as long as nothing is held: a block opens with an empty piece.
        """
        tail = self._tail
        return (size for size in range(len(tail), 0, -1) if tail.startswith(held[:size], len(tail) - size))

    def _is_repetition(self, held: str, size: int) -> bool:
        """Whether so many characters are said twice; a few may be the same by chance.

        Whoever begins again begins with a word, not with a blank, nor inside of a word.
        """
        said = held[:size]
        if len(said.strip()) >= _SURE_CHARACTERS:
            # Rules and the lines below a table's head are made of repetitions.
            return any(map(str.isalnum, said))
        before = self._tail[-size - 1 : -size]
        is_at_word = not said[0].isspace() and not before.isalnum()
        return is_at_word and sum(map(str.isalpha, said)) >= _LETTERS_MIN

    def _without_blanks(self, text: str) -> str:
        while text and self._blanks:
            is_same = text[0] == self._blanks[0]
            text, self._blanks = (text[1:], self._blanks[1:]) if is_same else (text, "")
        return text


class Placing:
    """Makes the events of one part those of the whole reply: behind what there was before, nothing said twice.

    `first_index` is the number of blocks there were before; the first text of the part goes through `joint`.
    """

    def __init__(self, first_index: int, joint: Joint | None = None) -> None:
        self._first_index = first_index
        self._joint = joint
        self._joined_index: int | None = None
        """The block that is joined to what there was before."""

    def placed(self, event: ReplyEvent) -> Iterator[ReplyEvent]:
        """Give an event of the part as one of the whole; none while it may be a repetition, more where it is none."""
        if not isinstance(event, INDEXED_EVENTS):
            if isinstance(event, ReplyChanged | ReplyEnded):
                yield from self.rest()
            yield event
            return
        placed = replace(event, index=event.index + self._first_index) if self._first_index else event
        if self._joint is None:
            yield placed
        elif isinstance(placed, BlockStarted) and placed.block.get("type") == "text":
            yield replace(placed, block={**placed.block, "text": ""})
            yield from self._joined(self._joint, placed.index, str(placed.block.get("text") or ""))
        elif isinstance(placed, TextArrived) and self._joined_index in (None, placed.index):
            yield from self._joined(self._joint, placed.index, placed.text)
        elif isinstance(placed, BlockEnded) and placed.index == self._joined_index:
            yield from self.rest()
            yield placed
        else:
            yield placed

    def rest(self) -> Iterator[ReplyEvent]:
        """Give what was held back in search of a repetition: nothing follows that could make it one."""
        joint, self._joint = self._joint, None
        if joint is not None and self._joined_index is not None and (rest := joint.finish()):
            yield TextArrived(self._joined_index, rest)

    def _joined(self, joint: Joint, index: int, text: str) -> Iterator[ReplyEvent]:
        self._joined_index = index
        if shown := joint.feed(text):
            yield TextArrived(index, shown)
