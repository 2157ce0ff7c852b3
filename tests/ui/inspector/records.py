"""Records of streams, as the inspector's tests want them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from desktop_chat.core.stream_record import HIDDEN_KEY, Arrival, SentRequest, Step, StepKind, StreamRecord

BEGAN_AT = 1_800_000_000.0
HEADERS = (
    ("content-type", "text/event-stream"),
    ("request-id", "req_011CSample"),
    ("anthropic-ratelimit-requests-remaining", "46"),
    ("anthropic-ratelimit-tokens-remaining", "12000"),
)
STEPS = (
    Step(0.0, StepKind.CONNECTING),
    Step(0.012, StepKind.CONNECTED, "HTTP/1.1"),
    Step(0.050, StepKind.SECURED, "TLSv1.3"),
    Step(0.051, StepKind.SENT),
    Step(0.300, StepKind.OPENED),
)
"""A connection that is opened for this reply; the answer begins after 0.3 s."""


def event(at_s: float, name: str = "ping", units: int = 0, **fields: Any) -> Arrival:
    """An event with this data."""
    raw = json.dumps({"type": name, **fields}, ensure_ascii=False)
    return Arrival(at_s, name, len(raw.encode("utf-8", "surrogatepass")), units, raw)


def delta(at_s: float, text: str, kind: str = "text_delta", field: str = "text") -> Arrival:
    """A piece of text, or of something else."""
    return event(at_s, "content_block_delta", len(text), index=0, delta={"type": kind, field: text})


def reply_events(start_s: float = 0.3, count: int = 20, step_s: float = 0.05) -> tuple[Arrival, ...]:
    """A short reply: a start, so many words at an even pace, an end."""
    words = tuple(delta(start_s + 0.1 + step_s * number, f"word{number} ") for number in range(count))
    end_s = words[-1].at_s + 0.01 if words else start_s + 0.1
    return (
        event(start_s, "message_start", message={"id": "msg_1", "model": "claude-large"}),
        event(start_s + 0.01, "content_block_start", index=0, content_block={"type": "text", "text": ""}),
        *words,
        event(end_s, "content_block_stop", index=0),
        event(end_s + 0.01, "message_stop"),
    )


def record(
    arrivals: Sequence[Arrival] = (),
    *,
    steps: Sequence[Step] = STEPS,
    part: int = 0,
    message_id: str = "m",
    began_at: float = BEGAN_AT,
    ended: StepKind | None = StepKind.ENDED,
    body: str | None = '{"model":"claude-large","messages":[{"role":"user","content":"Why?"}]}',
    headers: tuple[tuple[str, str], ...] = HEADERS,
    status: int | None = 200,
) -> StreamRecord:
    """A part of a reply; with `ended` None it is being written."""
    last_s = max([step.at_s for step in steps] + [arrival.at_s for arrival in arrivals], default=0.0)
    closing = (Step(last_s, ended),) if ended is not None else ()
    request = SentRequest(
        "POST",
        "https://api.anthropic.com/v1/messages",
        (("x-api-key", HIDDEN_KEY), ("content-type", "application/json")),
        body,
        len(body or "") or 66,
    )
    return StreamRecord(
        message_id,
        part,
        began_at,
        request,
        status,
        "req_011CSample",
        headers,
        (*steps, *closing),
        tuple(arrivals),
    )
