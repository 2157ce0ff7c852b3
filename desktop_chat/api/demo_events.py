"""A planned reply as the events of a stream, and events as bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from desktop_chat.api.demo_reply import PlannedReply
from desktop_chat.api.demo_tokens import pieces_of

_RECORD: Final = re.compile(rb".*?(?:\n\n|\r\n\r\n|\r\r)|.+\Z", re.DOTALL)
_TIME: Final = re.compile(rb": \+(\d{1,6}\.\d{3})[\r\n]")
_PAIR_CHARACTERS: Final = 12
"""About how much of a tool's arguments comes at once."""


@dataclass(frozen=True, slots=True)
class DemoEvent:
    """One event, and how many tokens' time passes before it."""

    value: Mapping[str, Any]
    tokens: int = 0
    is_text: bool = False

    @property
    def characters_count(self) -> int:
        """How long a piece of text is."""
        return len(self.value["delta"]["text"])

    def shortened(self, characters_count: int) -> DemoEvent:
        """The beginning of a piece of text."""
        delta = self.value["delta"]
        return replace(self, value={**self.value, "delta": {**delta, "text": delta["text"][:characters_count]}})

    def encoded(self, line_end: bytes) -> bytes:
        """The event as a record of the stream."""
        name = str(self.value["type"]).encode()
        data = json.dumps(self.value, ensure_ascii=False, separators=(",", ":")).encode()
        return b"event: " + name + line_end + b"data: " + data + line_end + line_end


PING: Final = DemoEvent({"type": "ping"})


def events_of(reply: PlannedReply, piece_characters: int | None = None) -> Iterator[DemoEvent]:
    """Cut a reply into its events, one piece of text each; `piece_characters` fixes the size of the pieces."""
    yield DemoEvent({"type": "message_start", "message": reply.opening()})
    for index, block in enumerate(reply.content):
        yield DemoEvent({"type": "content_block_start", "index": index, "content_block": _start_of(block)})
        if index == 0:
            yield PING
        for delta, tokens in _deltas_of(block, reply, piece_characters):
            value = {"type": "content_block_delta", "index": index, "delta": delta}
            yield DemoEvent(value, tokens, is_text=delta["type"] == "text_delta")
        yield DemoEvent({"type": "content_block_stop", "index": index})
    yield DemoEvent({"type": "message_delta", "delta": reply.ending(), "usage": reply.last_usage()})
    yield DemoEvent({"type": "message_stop"})


def records_of(recorded: bytes) -> Iterator[bytes]:
    """Cut a recorded stream after its blank lines; joined, the records are the stream."""
    return (found[0] for found in _RECORD.finditer(recorded))


def time_of(record: bytes) -> float | None:
    """When a record came, in seconds since its request, where a comment such as `: +1.204` says so."""
    found = _TIME.match(record)
    return float(found[1]) if found else None


def _start_of(block: Mapping[str, Any]) -> dict[str, Any]:
    """The block as it is opened: what comes in deltas is still empty."""
    empty: dict[str, Any] = {}
    if block["type"] == "text":
        empty = {"text": "", "citations": None if block["citations"] is None else []}
    elif block["type"] == "thinking":
        empty = {"thinking": "", "signature": ""}
    elif "input" in block:
        empty = {"input": {}}
    return {**block, **empty}


def _deltas_of(
    block: Mapping[str, Any], reply: PlannedReply, piece_characters: int | None
) -> Iterator[tuple[dict[str, Any], int]]:
    if block["type"] == "text":
        for citation in block["citations"] or ():
            yield {"type": "citations_delta", "citation": citation}, 0
        for piece in _pieces(block["text"], piece_characters):
            yield {"type": "text_delta", "text": piece}, 1
    elif block["type"] == "thinking":
        for piece in pieces_of(block["thinking"]):
            yield {"type": "thinking_delta", "thinking": piece}, 1
        hidden_tokens = sum(1 for _ in pieces_of(reply.hidden_thinking))
        yield {"type": "signature_delta", "signature": block["signature"]}, hidden_tokens
    elif "input" in block:
        yield {"type": "input_json_delta", "partial_json": ""}, 0
        written = json.dumps(block["input"], ensure_ascii=False) if block["input"] else ""
        for start in range(0, len(written), _PAIR_CHARACTERS):
            yield {"type": "input_json_delta", "partial_json": written[start : start + _PAIR_CHARACTERS]}, 3


def _pieces(text: str, piece_characters: int | None) -> Iterator[str]:
    if piece_characters is None:
        return pieces_of(text)
    return (text[start : start + piece_characters] for start in range(0, len(text), piece_characters))
