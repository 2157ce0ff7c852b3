"""Wherever a cancel falls, the pool is left with idle connections alone."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, suppress
from typing import Any

import httpx
import pytest

from desktop_chat.api.client import MessagesClient
from desktop_chat.api.closing import ClosingTransport
from desktop_chat.core.errors import Refused
from desktop_chat.core.provider import ProviderProfile, profile_for
from tests.helpers.contracts import BODY, KEY
from tests.helpers.raw_server import Stall, Step, head, raw_server
from tests.helpers.streams import MESSAGE_START, reply, sse

STEPS_MAX = 80
"""Steps of the loop; a reply takes about thirty."""


def _chunk(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(body), body)


def _answer(*body: Step, **more: str) -> list[Step]:
    return [head(200, {"content-type": "text/event-stream", "transfer-encoding": "chunked", **more}), *body]


REFUSED = sse({"type": "error", "error": {"type": "invalid_request_error", "message": "No."}})
ANSWERS: Mapping[str, list[Step]] = {
    "whole, kept alive": _answer(_chunk(reply("Hi")) + _chunk(b"")),
    "whole, closed": _answer(_chunk(reply("Hi")) + _chunk(b""), connection="close"),
    # The client leaves in the middle: more would come.
    "left half-way": _answer(_chunk(MESSAGE_START + REFUSED), Stall()),
}


async def ask(client: MessagesClient, profile: ProviderProfile) -> None:
    with suppress(Refused):
        async with aclosing(client.stream(BODY, profile, KEY)) as events:
            async for _ in events:
                pass


def left_in(client: MessagesClient) -> list[str]:
    """The connections that are neither idle nor closed, and the requests that still wait."""
    assert client._http is not None
    transport = client._http._transport
    assert isinstance(transport, ClosingTransport)
    assert isinstance(transport._inner, httpx.AsyncHTTPTransport)
    pool = transport._inner._pool
    working = [each.info() for each in pool.connections if not (each.is_idle() or each.is_closed())]
    return [*working, *map(str, pool._requests)]


async def assert_nothing_is_left(answer: list[Step]) -> None:
    """Cancel at each step of the loop, and look into the pool."""
    client = MessagesClient()
    async with raw_server(lambda _request: answer) as server:
        profile = profile_for(server.url)
        await ask(client, profile)
        for count in range(STEPS_MAX):
            asking = asyncio.ensure_future(ask(client, profile))
            for _ in range(count):
                await asyncio.sleep(0)
            asking.cancel()
            await asyncio.wait({asking})
            assert left_in(client) == [], f"after {count} steps"
        await client.close()
    # A generator that was dropped in the middle would be reported now: in no task, as when the collector comes by.
    asyncio.get_running_loop().call_soon(gc.collect)
    await asyncio.sleep(0.01)


@pytest.mark.parametrize("name", ANSWERS)
async def test_no_cancel_leaves_a_connection_behind(name: str) -> None:
    await assert_nothing_is_left(ANSWERS[name])


class _BreaksWhileClosing(httpx.AsyncByteStream):
    def __init__(self) -> None:
        self.may_break = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b""

    async def aclose(self) -> None:
        await self.may_break.wait()
        raise httpx.ReadError("gone")


async def test_a_line_that_breaks_while_a_cancel_closes_it_is_nobodys_error() -> None:
    body = _BreaksWhileClosing()
    inner: Any = httpx.MockTransport(lambda _request: httpx.Response(200, stream=body))
    response = await ClosingTransport(inner).handle_async_request(httpx.Request("GET", "http://server.example"))
    closing = asyncio.ensure_future(response.aclose())
    await asyncio.sleep(0)
    closing.cancel()
    await asyncio.sleep(0)
    body.may_break.set()
    with pytest.raises(asyncio.CancelledError):
        await closing
    del closing, response
    # An exception that nobody has taken would be reported as an error now.
    gc.collect()
    await asyncio.sleep(0)
