"""The body of a request as bytes: made once for all attempts, megabytes of files in slices that hold nobody up."""

from __future__ import annotations

import json
import secrets
import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from time import sleep
from typing import Any, Final, Self

from desktop_chat.core.file_stand_in import SHOWN_CHARACTERS_MAX, file_data, stand_in, with_data, words_for

SHOWN_BYTES_MAX: Final = 100_000
"""A body above this is told about without the data of its files."""

SHOWN_TEXT_CHARACTERS_MAX: Final = 256 * 1024
"""Nor with longer texts: who reads that much reads it elsewhere."""

_SLICE_CHARACTERS: Final = 64 * 1024
"""So much is written as JSON at once, and goes to the line at once. MEASURED 0.3 ms at most, 2026-11-23."""

_PLAIN: Final = (string.ascii_letters + string.digits + "+/=").encode()
"""Base64, which JSON writes as it is."""


@dataclass(frozen=True, slots=True)
class Body:
    """JSON, ready to be sent any number of times.

    Shape:   `shown` is the text of it, with a few words in the place of files and of very long texts if `is_shortened`.
    """

    chunks: tuple[bytes, ...] = field(repr=False)
    size_bytes: int
    shown: str = field(repr=False)
    is_shortened: bool = False

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Self:
        """Write a request down; in a thread, as much of it may be files.

        A lone surrogate cannot be sent in any form; it becomes a question mark.
        """
        mark = secrets.token_hex(16)
        long: list[_Long] = []
        marked = {**value, "messages": _marked(value.get("messages"), mark, long)} if "messages" in value else value
        # Escaping twenty megabytes in one go would hold the interpreter, and with it the window, for 70 ms.
        parts = json.dumps(marked, ensure_ascii=False, separators=(",", ":")).split(mark)
        chunks = list(_chunks(parts, long))
        size_bytes = sum(map(len, chunks))
        is_shortened = size_bytes > SHOWN_BYTES_MAX and any(each.words != each.text for each in long)
        shown = _chunks(parts, [_Long(each.words, each.words) for each in long]) if is_shortened else chunks
        return cls(tuple(chunks), size_bytes, b"".join(shown).decode(), is_shortened)


@dataclass(frozen=True, slots=True)
class _Long:
    """A string that is not escaped with the rest, and what is shown in its place."""

    text: str
    words: str


def _marked(messages: Any, mark: str, long: list[_Long]) -> Any:
    """The messages with a mark in the place of every long string, and these in their order."""
    if not isinstance(messages, list):
        return messages
    return [
        {**message, "content": [_marked_block(block, mark, long) for block in message["content"]]}
        if isinstance(message, Mapping) and isinstance(message.get("content"), list)
        else message
        for message in messages
    ]


def _marked_block(block: Any, mark: str, long: list[_Long]) -> Any:
    if not isinstance(block, Mapping):
        return block
    data = file_data(block)
    if data is not None and len(data) > SHOWN_CHARACTERS_MAX:
        long.append(_Long(data, stand_in(block, data)))
        return with_data(block, mark)
    text = block.get("text")
    if isinstance(text, str) and len(text) > _SLICE_CHARACTERS:
        long.append(_Long(text, text if len(text) <= SHOWN_TEXT_CHARACTERS_MAX else words_for("text", text)))
        return {**block, "text": mark}
    return block


def _chunks(parts: list[str], long: list[_Long]) -> Iterator[bytes]:
    for place, part in enumerate(parts):
        for piece in _slices(part):
            yield piece.encode("utf-8", "replace")
        if place < len(long):
            yield from map(_escaped, _slices(long[place].text))


def _slices(text: str) -> Iterator[str]:
    for start in range(0, len(text), _SLICE_CHARACTERS):
        # Whoever waits for the interpreter has it now.
        sleep(0)
        yield text[start : start + _SLICE_CHARACTERS]


def _escaped(piece: str) -> bytes:
    """A part of a string as it stands in JSON; each character is written by itself, wherever it is cut."""
    written = piece.encode("utf-8", "replace")
    if not written.translate(None, _PLAIN):
        return written
    return json.dumps(piece, ensure_ascii=False)[1:-1].encode("utf-8", "replace")


class Upload:
    """One body on its way: httpx asks for the next chunk when the one before has gone out.

    It is its own iterator: a generator would end outside of any task where a loop has no hooks for generators.
    """

    def __init__(self, body: Body, tell_going: Callable[[], None]) -> None:
        """`tell_going` is called for each chunk: the line takes what is sent."""
        self._body = body
        self._tell_going = tell_going
        self._next = 0
        self.sent_bytes = 0

    @property
    def is_under_way(self) -> bool:
        """Whether a part of it has gone out, and not all of it."""
        return 0 < self.sent_bytes < self._body.size_bytes

    @property
    def size_bytes(self) -> int:
        return self._body.size_bytes

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        if self._next:
            self._tell_going()
            self.sent_bytes += len(self._body.chunks[self._next - 1])
        if self._next == len(self._body.chunks):
            raise StopAsyncIteration
        self._next += 1
        return self._body.chunks[self._next - 1]
