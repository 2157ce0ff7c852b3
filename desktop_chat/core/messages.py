"""Messages: what was said by whom, block by block, and how it ended."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, TypeAlias

from desktop_chat.core.attachments import Attachment, has_file
from desktop_chat.core.failure import Failure
from desktop_chat.core.usage import Usage

Block: TypeAlias = Mapping[str, Any]
"""One content block exactly as the API gave it (its JSON object); never changed once stored."""


class Role(StrEnum):
    """Who speaks; valued as on the wire and on disk."""

    USER = "user"
    ASSISTANT = "assistant"


class MessageStatus(StrEnum):
    """Where a message stands. It is final once it is not STREAMING."""

    STREAMING = "streaming"
    COMPLETE = "complete"
    STOPPED = "stopped"
    """The reader pressed Stop; what came is kept."""
    FAILED = "failed"
    """An error ended it; what came is kept, `failure` tells why."""
    INTERRUPTED = "interrupted"
    """The program ended while it streamed; found in the journal at the next start."""


@dataclass(frozen=True, slots=True)
class Timings:
    """How long a reply took.

    Units:   seconds since the request left; None where the moment never came.
    """

    first_event_s: float | None = None
    first_word_s: float | None = None
    thinking_s: float | None = None
    """How long it thought before the first word of the answer; of one that was cut, of each of its parts, in all."""
    ended_s: float | None = None


@dataclass(frozen=True, slots=True)
class Seam:
    """Where a reply that was cut goes on.

    Units:   `block` is an index of the message's content, `at` seconds since the epoch.
    """

    block: int
    at: float


@dataclass(frozen=True, slots=True)
class Message:
    """One node of a conversation's tree.

    Shape:   `content` holds every block of the API in order, unknown ones too.
    Units:   times in seconds since the epoch, `cost_usd` in US dollars at the prices of its day.
    """

    id: str
    conversation_id: str
    parent_id: str | None
    role: Role
    content: tuple[Block, ...]
    status: MessageStatus
    created_at: float
    ended_at: float | None = None
    model: str | None = None
    provider: str | None = None
    """Origin of the server that wrote it, e.g. `https://api.anthropic.com`."""
    usage: Usage | None = None
    cost_usd: float | None = None
    stop_reason: str | None = None
    stop_details: Mapping[str, Any] | None = None
    failure: Failure | None = None
    timings: Timings | None = None
    prefix_hash: str | None = None
    """Fingerprint of everything sent before this reply (see `core.request`); thinking is bound to it."""
    seams: tuple[Seam, ...] = ()
    """Where it was continued after it had been cut."""

    @property
    def text(self) -> str:
        """The visible text: all text blocks, joined without separators as the API asks."""
        return "".join(block["text"] for block in self.content if _is_text(block))

    @property
    def thinking(self) -> str:
        """The visible thinking, one paragraph per block."""
        parts = [block.get("thinking") for block in self.content if block.get("type") == "thinking"]
        return "\n\n".join(part for part in parts if isinstance(part, str) and part)

    @property
    def is_fully_counted(self) -> bool:
        """Whether `usage` is the whole of it: only the report that comes with the stop reason knows the output."""
        return self.usage is not None and (self.status is MessageStatus.COMPLETE or self.stop_reason is not None)

    def as_ended(self, status: MessageStatus, failure: Failure | None = None) -> Message:
        """Give the same message with its final status."""
        return replace(self, status=status, failure=failure, ended_at=time.time())


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in a composer: text, caret (a position in UTF-16 units, as Qt counts) and files."""

    text: str = ""
    caret: int = 0
    attachments: tuple[Attachment, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.attachments and not self.text.strip()

    @classmethod
    def with_caret_at_end(cls, text: str, attachments: tuple[Attachment, ...] = ()) -> Draft:
        """A text as it stands there when somebody has just written it."""
        return cls(text, utf16_count(text), attachments)


def utf16_count(text: str) -> int:
    """How Qt counts a text: a character outside the basic plane is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def user_message(
    conversation_id: str, parent_id: str | None, text: str, attachments: Sequence[Attachment] = ()
) -> Message:
    """Make the message of a question that is about to be sent; complete from the start. Files stand before the text."""
    now = time.time()
    content: list[Block] = [attachment.block() for attachment in attachments]
    if text.strip() or not content:
        # The API refuses an empty text.
        content.append({"type": "text", "text": text})
    return Message(
        id=new_id(),
        conversation_id=conversation_id,
        parent_id=parent_id,
        role=Role.USER,
        content=tuple(content),
        status=MessageStatus.COMPLETE,
        created_at=now,
        ended_at=now,
    )


def draft_of(message: Message) -> Draft:
    """What was in the composer when a question was sent; its files have other ids, each its place in the message.

    What lies elsewhere, at an address say, is none of them.
    """
    files: list[Attachment] = []
    counts = {"image": 0, "document": 0}
    for place, block in enumerate(message.content):
        if has_file(block):
            counts[block["type"]] += 1
            kind = "Picture" if block["type"] == "image" else "Document"
            name = f"{kind} {counts[block['type']]}" if counts[block["type"]] > 1 else kind
            files.append(Attachment.sent(_file_id(message, place), name, block))
    return Draft.with_caret_at_end(message.text, tuple(files))


def edited_message(message: Message, draft: Draft) -> Message:
    """Make the message of a question asked in other words: a sibling.

    Of the files in its `draft_of` those stay that the draft still has; so does what is neither such a file nor text.
    """
    text, left = draft.text, {attachment.id for attachment in draft.attachments}
    kept = tuple(
        block
        for place, block in enumerate(message.content)
        if not _is_text(block) and (not has_file(block) or _file_id(message, place) in left)
    )
    asked = user_message(message.conversation_id, message.parent_id, text)
    # Files may go out without a word; an empty text would be refused.
    said = asked.content if text.strip() or not kept else ()
    return replace(asked, content=(*kept, *said))


def _file_id(message: Message, place: int) -> str:
    return f"{message.id}/{place}"


_RANDOM_BYTES: Final = 10


class _Ids:
    """Gives ids that grow, in whichever thread and whatever the clock does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self, milliseconds: int) -> str:
        """The id for a moment; a moment that is not later than the last one's gives the number behind it."""
        number = (milliseconds & 0xFFFF_FFFF_FFFF) << 8 * _RANDOM_BYTES | int.from_bytes(os.urandom(_RANDOM_BYTES))
        with self._lock:
            self._last = number = max(number, self._last + 1)
        return f"{number:032x}"


_ids: Final = _Ids()


def new_id() -> str:
    """Make an id that sorts by time: 48 bits of milliseconds, 80 random bits, as 32 hex digits.

    Source:  the layout of ULID, written in hex; no two machines need to talk to keep it unique.
    """
    return _ids.next(time.time_ns() // 1_000_000)


def _is_text(block: Block) -> bool:
    return block.get("type") == "text" and isinstance(block.get("text"), str)
