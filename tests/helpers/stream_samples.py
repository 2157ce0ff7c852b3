"""Records of what went over the line, made by hand and by chance."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

from desktop_chat.core.stream_record import HIDDEN_KEY, Arrival, SentRequest, Step, StepKind, StreamRecord

BODY = '{"model":"claude-test","messages":[{"role":"user","content":"It\'s “so”, $HOME `x` \\\\n\\n\u2028 世界"}]}'
REQUEST = SentRequest(
    "POST",
    "http://127.0.0.1:8080/v1/messages",
    (
        ("Host", "127.0.0.1:8080"),
        ("accept", "application/json"),
        ("x-api-key", HIDDEN_KEY),
        ("content-type", "application/json"),
    ),
    BODY,
    len(BODY.encode()),
)
STEPS = (
    Step(0.001, StepKind.CONNECTING, "127.0.0.1:8080"),
    Step(0.02, StepKind.CONNECTED),
    Step(0.05, StepKind.SECURED, "TLSv1.3"),
    Step(0.06, StepKind.SENT, "120 bytes"),
    Step(0.4, StepKind.OPENED, "200"),
)


def arrival(at_s: float, name: str, units: int = 0, data: str | None = None) -> Arrival:
    """An event; its data is some text of a fitting length unless it is given."""
    raw = data if data is not None else "." * (60 + units)
    return Arrival(at_s, name, len(raw.encode()), units, raw)


def delta(at_s: float, text: str) -> Arrival:
    """A piece of text as the API sends it."""
    value = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}
    return arrival(at_s, "content_block_delta", len(text), json.dumps(value, separators=(",", ":"), ensure_ascii=False))


def record(arrivals: Sequence[Arrival] = (), message_id: str = "m1", **fields: Any) -> StreamRecord:
    """One part, complete unless `fields` say otherwise."""
    last_s = arrivals[-1].at_s if arrivals else 0.5
    values: dict[str, Any] = {
        "message_id": message_id,
        "part": 0,
        "began_at": 1_790_000_000.5,
        "request": REQUEST,
        "status": 200,
        "request_id": "req_011",
        "headers": (("request-id", "req_011"), ("anthropic-ratelimit-tokens-remaining", "99"), ("server", "x")),
        "steps": (*STEPS, Step(last_s + 0.01, StepKind.ENDED)),
        "arrivals": tuple(arrivals),
    }
    return StreamRecord(**{**values, **fields})


def without_words(stored: StreamRecord) -> StreamRecord:
    """What of a record is left after a restart, with times in whole milliseconds."""
    return replace(
        stored,
        request=replace(stored.request, body=None),
        headers=tuple(header for header in stored.headers if header[0] != "server"),
        steps=tuple(replace(step, at_s=round(step.at_s * 1000) / 1000) for step in stored.steps),
        arrivals=tuple(each._replace(at_s=round(each.at_s * 1000) / 1000, raw=None) for each in stored.arrivals),
    )


def typical_arrivals(count: int, seed: int = 1) -> list[Arrival]:
    """The events of an answer as a model writes it: uneven times, pieces of one to ten characters, some of them odd."""
    chance = Random(seed)
    at_s = 0.6
    arrivals = [arrival(at_s, "message_start", 0, "s" * 420), arrival(at_s, "content_block_start", 0, "b" * 95)]
    arrivals.append(arrival(at_s, "ping", 0, '{"type": "ping"}'))
    while len(arrivals) < count - 3:
        at_s += chance.expovariate(1 / 0.018)
        letters = "etaoin shrdlu" * 4 + 'ü世"\n'
        arrivals.append(delta(at_s, "".join(chance.choices(letters, k=chance.randint(1, 10)))))
    arrivals += [arrival(at_s, "content_block_stop"), arrival(at_s, "message_delta"), arrival(at_s, "message_stop")]
    return arrivals
