"""A part of a reply as a file: a stream of server-sent events as any client reads it, its times in comments.

Each event is preceded by a line such as `: +1.204`, in seconds since the request; lines that begin with a colon mean
nothing to who only wants the stream.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from desktop_chat.core.events import (
    BlockEnded,
    BlockStarted,
    InputJsonArrived,
    ReplyChanged,
    ReplyEnded,
    ReplyEvent,
    ReplyStarted,
    TextArrived,
    ThinkingArrived,
)
from desktop_chat.core.messages import Message
from desktop_chat.core.replaying import Share, events_of_part, shares_of
from desktop_chat.core.stream_figures import PING, length_s_of
from desktop_chat.core.stream_record import StreamRecord


def replay_text(record: StreamRecord, message: Message, records: Sequence[StreamRecord]) -> str:
    """Write down one part of a reply, of which `records` are all parts.

    What the server sent is rebuilt from the message where it is no longer there word for word; a comment says so.
    """
    is_rebuilt = any(arrival.raw is None for arrival in record.arrivals)
    lines = [": a recorded reply; the times are in seconds since the request"]
    lines += [f": {name} {_one_line(value)}" for name, value in _facts(record, message) if value]
    if is_rebuilt:
        lines.append(": rebuilt from the stored message and its times, not what the server sent word for word")
    told = _rebuilt(record, message, records) if is_rebuilt else _as_it_came(record)
    return "\n".join((*lines, "", "")) + "".join(told)


def wire_form(event: ReplyEvent) -> dict[str, Any]:
    """The JSON of an event as the Messages API sends it; deltas of kinds a message shows whole are not written."""
    match event:
        case ReplyStarted():
            return {"type": "message_start", "message": _opening(event)}
        case BlockStarted(index, block):
            return {"type": "content_block_start", "index": index, "content_block": dict(block)}
        case TextArrived(index, text):
            return _delta(index, {"type": "text_delta", "text": text})
        case ThinkingArrived(index, text):
            return _delta(index, {"type": "thinking_delta", "thinking": text})
        case InputJsonArrived(index, json_text):
            return _delta(index, {"type": "input_json_delta", "partial_json": json_text})
        case BlockEnded(index):
            return {"type": "content_block_stop", "index": index}
        case ReplyChanged():
            why = {"stop_reason": event.stop_reason, "stop_sequence": event.stop_sequence}
            details = {} if event.stop_details is None else {"stop_details": dict(event.stop_details)}
            return {"type": "message_delta", "delta": {**why, **details}, "usage": dict(event.usage)}
        case ReplyEnded():
            return {"type": "message_stop"}
    raise ValueError(f"{type(event).__name__} is no part of a stored message")


def _facts(record: StreamRecord, message: Message) -> Iterator[tuple[str, str | None]]:
    yield "model", message.model
    yield "request-id", record.request_id
    yield "status", str(record.status) if record.status is not None else None


def _as_it_came(record: StreamRecord) -> Iterator[str]:
    for arrival in record.arrivals:
        yield _written(arrival.at_s, arrival.name, arrival.raw or "")


def _rebuilt(record: StreamRecord, message: Message, records: Sequence[StreamRecord]) -> Iterator[str]:
    parts = dict(zip((each.part for each in records), shares_of(message, records), strict=True))
    is_last = all(each.part <= record.part for each in records)
    share = parts.get(record.part, Share(0, 0))
    for arrival, events in events_of_part(message, record, share, is_last=is_last):
        at_s = arrival.at_s if arrival is not None else length_s_of(record)
        if arrival is not None and arrival.name == PING:
            yield _written(at_s, PING, '{"type":"ping"}')
        for event in events:
            form = wire_form(event)
            yield _written(at_s, form["type"], _json(form))


def _written(at_s: float, name: str, data: str) -> str:
    named = f"event: {name}\n" if name else ""
    lines = "".join(f"data: {line}\n" for line in data.split("\n"))
    return f": +{at_s:.3f}\n{named}{lines}\n"


def _opening(event: ReplyStarted) -> dict[str, Any]:
    return {
        "id": event.message_id or "msg_replayed",
        "type": "message",
        "role": "assistant",
        "model": event.model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": dict(event.usage),
    }


def _delta(index: int, delta: dict[str, Any]) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": delta}


def _json(value: dict[str, Any]) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # Half a surrogate pair, deep inside a block, cannot be written but as an escape.
    return text if _is_utf8(text) else json.dumps(value, separators=(",", ":"))


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _one_line(text: str) -> str:
    return " ".join(text.split())
