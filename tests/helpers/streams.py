"""The recorded streams, small ones made on the spot, and what comes of them."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Any, Final

from desktop_chat.core.errors import ApiError
from desktop_chat.core.events import StreamEvent, TextArrived

FOLDER: Final = Path(__file__).parent.parent / "data" / "streams"
NAMES: Final = tuple(sorted(path.name for path in FOLDER.glob("*.sse")))
EXPECTED: Final[dict[str, dict[str, Any]]] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))


def recorded(name: str) -> bytes:
    """The bytes of one recorded stream."""
    return (FOLDER / name).read_bytes()


def sse(event: dict[str, Any]) -> bytes:
    """One event as the Messages API sends it."""
    return f"event: {event['type']}\ndata: {json.dumps(event, separators=(',', ':'))}\n\n".encode()


MESSAGE_START: Final = sse(
    {
        "type": "message_start",
        "message": {"id": "msg_1", "model": "claude-test", "usage": {"input_tokens": 7, "output_tokens": 1}},
    }
)
TEXT_START: Final = sse({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})
"""The beginning of block 0."""

MESSAGE_STOP: Final = sse({"type": "message_stop"})


async def collected(stream: AsyncGenerator[StreamEvent, None]) -> tuple[list[StreamEvent], ApiError | None]:
    """All events of one call, and the error that ended it."""
    events: list[StreamEvent] = []
    try:
        async with aclosing(stream) as given:
            async for event in given:
                events.append(event)  # noqa: PERF401  a comprehension would lose them
    except ApiError as error:
        return events, error
    return events, None


def text_of(events: Sequence[StreamEvent]) -> str:
    """The text that came, whatever came between."""
    return "".join(event.text for event in events if isinstance(event, TextArrived))


def text_delta(text: str) -> bytes:
    """A piece of text in block 0."""
    return sse({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}})


def reply(*pieces: str) -> bytes:
    """A whole reply of these pieces."""
    end = sse({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 5}})
    return MESSAGE_START + TEXT_START + b"".join(map(text_delta, pieces)) + end + MESSAGE_STOP
