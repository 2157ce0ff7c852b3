"""What every implementation of a port must do: the same tests run against the fake and the real one."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, aclosing
from enum import Enum, auto

import pytest

from desktop_chat.chat.ports import MessagesApi
from desktop_chat.core.api_key import ApiKey
from desktop_chat.core.errors import KeyRejected, StreamBroken
from desktop_chat.core.events import (
    REPLY_EVENTS,
    BodySent,
    LineOpened,
    Reply,
    ReplyEnded,
    RequestSent,
    ResponseOpened,
    StreamEvent,
    TextArrived,
    apply,
)
from desktop_chat.core.provider import ProviderProfile, profile_for

KEY = ApiKey("sk-ant-contract-0123456789-wXyZ")
BODY = {"model": "claude-test", "max_tokens": 16, "messages": [{"role": "user", "content": "Hi"}]}
PIECES = ("Good ", "morning", ".")


class ApiCase(Enum):
    """What the server does in one test."""

    REPLIES = auto()
    """Answers PIECES, complete; knows one model."""
    REJECTS_KEY = auto()
    CUTS = auto()
    """Closes the connection after the first piece."""
    HOLDS = auto()
    """Sends the first piece and then nothing more."""


def profile_of(url: str = "http://127.0.0.1:9") -> ProviderProfile:
    return profile_for(url)


class MessagesApiContract:
    """Subclass it, name the class Test…, and serve each case."""

    def served(self, case: ApiCase) -> AbstractAsyncContextManager[tuple[MessagesApi, ProviderProfile]]:
        raise NotImplementedError

    async def test_a_reply_begins_with_the_request_and_ends_with_its_end(self) -> None:
        async with self.served(ApiCase.REPLIES) as (api, profile):
            events = [event async for event in api.stream(BODY, profile, KEY)]
        assert isinstance(events[0], RequestSent)
        # Of the steps in between a fake need not tell.
        opened = next(event for event in events[1:] if not isinstance(event, LineOpened | BodySent))
        assert isinstance(opened, ResponseOpened)
        assert isinstance(events[-1], ReplyEnded)

    async def test_the_events_build_the_reply(self) -> None:
        reply = Reply()
        async with self.served(ApiCase.REPLIES) as (api, profile):
            async for event in api.stream(BODY, profile, KEY):
                if isinstance(event, REPLY_EVENTS):
                    apply(reply, event)
        assert reply.is_ended
        assert reply.stop_reason == "end_turn"
        assert [block["text"] for block in reply.content()] == ["".join(PIECES)]
        assert reply.usage.output_tokens == 5

    async def test_a_rejected_key_is_raised(self) -> None:
        async with self.served(ApiCase.REJECTS_KEY) as (api, profile):
            with pytest.raises(KeyRejected) as caught:
                [event async for event in api.stream(BODY, profile, KEY)]
        assert caught.value.title
        assert KEY.reveal() not in str(caught.value)

    async def test_a_cut_reply_gives_what_came_and_then_fails(self) -> None:
        events: list[StreamEvent] = []
        async with self.served(ApiCase.CUTS) as (api, profile):
            with pytest.raises(StreamBroken):
                async for event in api.stream(BODY, profile, KEY):
                    events.append(event)  # noqa: PERF401  a comprehension would lose them
        assert TextArrived(0, PIECES[0]) in events
        assert not any(isinstance(event, ReplyEnded) for event in events)

    async def test_closing_the_stream_ends_it_at_once(self) -> None:
        async with self.served(ApiCase.HOLDS) as (api, profile):
            async with aclosing(api.stream(BODY, profile, KEY)) as events:
                async for event in events:
                    if isinstance(event, TextArrived):
                        break
            assert [event async for event in events] == []

    async def test_cancelling_while_it_waits_is_not_swallowed(self) -> None:
        has_text = asyncio.Event()

        async def consume(api: MessagesApi, profile: ProviderProfile) -> None:
            async with aclosing(api.stream(BODY, profile, KEY)) as events:
                async for event in events:
                    if isinstance(event, TextArrived):
                        has_text.set()

        async with self.served(ApiCase.HOLDS) as (api, profile):
            task = asyncio.ensure_future(consume(api, profile))
            await has_text.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    async def test_models_have_ids(self) -> None:
        async with self.served(ApiCase.REPLIES) as (api, profile):
            models = await api.models(profile, KEY)
        assert [model.id for model in models] == ["claude-test"]

    async def test_closing_twice_is_harmless(self) -> None:
        async with self.served(ApiCase.REPLIES) as (api, _profile):
            await api.close()
            await api.close()
