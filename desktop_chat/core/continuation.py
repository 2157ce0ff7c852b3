"""Going on with a reply that was cut: whether it can be done, what is kept, and how the two parts are joined."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Final

from desktop_chat.core.messages import Block, Message, MessageStatus, Role, Seam

REFUSAL: Final = "refusal"
MAX_TOKENS: Final = "max_tokens"
QUOTED_CHARACTERS: Final = 400
"""So much of the end is quoted to a model that has to be asked in words."""

OVERLAP_CHARACTERS_MAX: Final = 600
"""A model that was asked in words may repeat the quote and a little more."""

_SURE_CHARACTERS: Final = 12
"""A repetition of so many characters is none by chance."""

_WORD_CHARACTERS: Final = 3


def can_be_continued(message: Message) -> bool:
    """Whether a reply was cut and there is something to go on from."""
    if message.role is not Role.ASSISTANT or message.stop_reason == REFUSAL:
        return False
    is_cut = message.status in (MessageStatus.STOPPED, MessageStatus.FAILED, MessageStatus.INTERRUPTED)
    return (is_cut or message.stop_reason == MAX_TOKENS) and bool(kept_content(message.content))


def kept_content(content: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks up to the last one with text: thinking and tool calls behind it cannot be taken up again.

    SPEC PROTOCOL 2.4: blanks at the end are not taken either; whoever goes on writes them again.
    """
    for end in range(len(content), 0, -1):
        block = content[end - 1]
        text = str(block.get("text") or "").rstrip()
        if block.get("type") == "text" and text:
            return (*content[: end - 1], {**block, "text": text})
    return ()


def begun_again(message: Message) -> Message:
    """The reply as it goes on: streaming, with what is kept of it."""
    kept = kept_content(message.content)
    return replace(
        message,
        content=kept,
        status=MessageStatus.STREAMING,
        ended_at=None,
        stop_reason=None,
        stop_details=None,
        failure=None,
        # Thinking is bound to what was asked, and the second part is asked for with another prefix.
        prefix_hash=None,
        seams=(*message.seams, Seam(len(kept), time.time())),
    )


def asking_to_go_on(message: Message) -> str:
    """What a model that takes no beginning of its own answer is told; never shown as a message of the reader."""
    end = message.text[-QUOTED_CHARACTERS:]
    return (
        "Your previous answer was cut off by the connection. It ends with the text between the two lines of signs:\n"
        f"<<<<<<<<\n{end}\n>>>>>>>>\n"
        "Go on exactly where it stops, in the middle of a word, a line of code or a table if it stops there. Begin by "
        "repeating its last words exactly, then go on. No introduction, no apology, no new code fence around the rest."
    )


class Joint:
    """Joins the second part of a text to the first while it streams: what is repeated is left out.

    `is_exact` says that the server goes on by itself exactly where the first part ends.
    """

    def __init__(self, first: str, is_exact: bool) -> None:
        self._tail = first[-OVERLAP_CHARACTERS_MAX:]
        self._held: str | None = None if is_exact else ""

    def feed(self, text: str) -> str:
        """Take a piece of the second part; give what may be shown of it."""
        if self._held is None:
            return text
        self._held += text
        open_ones = (at for at in self._candidates() if len(self._tail) - at > len(self._held))
        return "" if next(open_ones, None) is not None else self.finish()

    def finish(self) -> str:
        """No more text comes, or no more is needed: give what was held back."""
        held, self._held = self._held or "", None
        overlaps = [len(self._tail) - at for at in self._candidates_of(held) if len(self._tail) - at <= len(held)]
        return held[next((size for size in overlaps if self._is_repetition(held, size)), 0) :]

    def _candidates(self) -> list[int]:
        return self._candidates_of(self._held or "")

    def _candidates_of(self, held: str) -> list[int]:
        """Where in the first part a repetition may begin, the longest one first."""
        tail, size = self._tail, len(self._tail)
        return [at for at in range(size) if held and tail.startswith(held[: size - at], at)]

    def _is_repetition(self, held: str, size: int) -> bool:
        """Whether so many characters are said twice; a few may be the same by chance."""
        said = held[:size].strip()
        if len(said) >= _SURE_CHARACTERS:
            return True
        before, after = self._tail[-size - 1 : -size], held[size : size + 1]
        is_whole = not before[-1:].isalnum() and not after[:1].isalnum()
        return is_whole and len(said) >= _WORD_CHARACTERS and said.isalpha()
