"""A Messages API without a network: every call plays the next script."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from desktop_chat.core.api_key import ApiKey
from desktop_chat.core.bad_line import BadLine
from desktop_chat.core.events import (
    REPLY_EVENTS,
    BlockEnded,
    BlockStarted,
    CitationArrived,
    FieldsArrived,
    PingArrived,
    ReplyChanged,
    ReplyEnded,
    ReplyStarted,
    RequestSent,
    ResponseOpened,
    RetryScheduled,
    SignatureArrived,
    StreamEvent,
    TextArrived,
    ThinkingArrived,
)
from desktop_chat.core.models import ModelInfo
from desktop_chat.core.provider import ProviderProfile
from desktop_chat.core.replay_file import wire_form
from desktop_chat.core.stream_observer import StreamObserver
from desktop_chat.core.stream_record import HIDDEN_KEY, SentRequest, StepKind


@dataclass
class Gate:
    """Holds a script until it is opened; `reached` tells that the script has come to it."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    _opened: asyncio.Event = field(default_factory=asyncio.Event)

    def open(self) -> None:
        self._opened.set()

    async def pass_through(self) -> None:
        self.reached.set()
        await self._opened.wait()


Step: TypeAlias = StreamEvent | BaseException | Gate


@dataclass(frozen=True)
class ApiCall:
    """One call as it was made; the key only as its mask."""

    name: str
    body: Mapping[str, Any] | None
    profile: ProviderProfile
    key_mask: str | None


def reply_events(*pieces: str, stop_reason: str = "end_turn", output_tokens: int = 5) -> tuple[StreamEvent, ...]:
    """The events of a whole reply, without those of the line."""
    return (
        ReplyStarted("msg_fake", "claude-fake", {"input_tokens": 7, "output_tokens": 1}),
        BlockStarted(0, {"type": "text", "text": ""}),
        *(TextArrived(0, piece) for piece in pieces),
        BlockEnded(0),
        ReplyChanged(stop_reason, None, None, {"output_tokens": output_tokens}),
        ReplyEnded(),
    )


def _request(body: Mapping[str, Any], profile: ProviderProfile) -> SentRequest:
    text = json.dumps({**body, "stream": True})
    headers = (("x-api-key", HIDDEN_KEY), ("content-type", "application/json"))
    return SentRequest("POST", f"{profile.base_url}/v1/messages", headers, text, len(text))


def _tell(observer: StreamObserver, event: StreamEvent) -> None:
    match event:
        case ResponseOpened(request_id):
            observer.opened(200, request_id, (("request-id", request_id or ""),))
        case PingArrived():
            observer.arrived("ping", '{"type":"ping"}', 0)
        case RetryScheduled(failure=failure):
            observer.stepped(StepKind.RETRY, failure.title)
        case SignatureArrived() | CitationArrived() | FieldsArrived():
            observer.arrived("content_block_delta", "{}", 0)
        case _ if isinstance(event, REPLY_EVENTS):
            form = wire_form(event)
            units = len(event.text) if isinstance(event, TextArrived | ThinkingArrived) else 0
            observer.arrived(form["type"], json.dumps(form), units)


class FakeApi:
    """Keeps to `chat.ports.MessagesApi`. `script` queues what the next calls of `stream` do.

    Without a script a call answers "Hello." `model_list` is what `models` gives; an exception in its
    place is raised.
    """

    def __init__(self) -> None:
        self.calls: list[ApiCall] = []
        self.lines: list[BadLine | None] = []
        """What each call of `stream` goes over."""
        self.model_list: tuple[ModelInfo, ...] | Exception = (ModelInfo("claude-fake", "Claude Fake"),)
        self.closed_streams_count = 0
        self.is_closed = False
        self._scripts: deque[tuple[Step, ...]] = deque()

    def script(self, *steps: Step) -> None:
        """Queue the steps of one call: an event is given, an exception raised, a gate waited for.

        RequestSent and ResponseOpened are put before the steps unless they begin with a RequestSent.
        """
        if not (steps and isinstance(steps[0], RequestSent)):
            steps = (RequestSent(1, 0), ResponseOpened("req_fake", None), *steps)
        self._scripts.append(steps)

    @property
    def bodies(self) -> list[Mapping[str, Any]]:
        """The bodies of all calls of `stream`, in order."""
        return [call.body for call in self.calls if call.name == "stream" and call.body is not None]

    async def stream(
        self,
        body: Mapping[str, Any],
        profile: ProviderProfile,
        key: ApiKey | None,
        line: BadLine | None = None,
        observer: StreamObserver | None = None,
    ) -> AsyncGenerator[StreamEvent, None]:
        self._note("stream", body, profile, key)
        self.lines.append(line)
        if observer is not None:
            observer.asked(_request(body, profile))
        if not self._scripts:
            self.script(*reply_events("Hello."))
        try:
            for step in self._scripts.popleft():
                if isinstance(step, Gate):
                    await step.pass_through()
                elif isinstance(step, BaseException):
                    raise step
                else:
                    if observer is not None:
                        _tell(observer, step)
                    yield step
        finally:
            self.closed_streams_count += 1

    async def models(self, profile: ProviderProfile, key: ApiKey | None) -> tuple[ModelInfo, ...]:
        self._note("models", None, profile, key)
        if isinstance(self.model_list, Exception):
            raise self.model_list
        return self.model_list

    async def close(self) -> None:
        self.is_closed = True

    def _note(self, name: str, body: Mapping[str, Any] | None, profile: ProviderProfile, key: ApiKey | None) -> None:
        self.calls.append(ApiCall(name, body, profile, key.mask if key else None))
