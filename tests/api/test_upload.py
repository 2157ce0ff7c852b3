"""A large question on its way out: lines that are slow, stall or break in the middle of it, and servers that refuse."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from desktop_chat.api.client import ClientOptions, MessagesClient
from desktop_chat.api.quiet import Patience
from desktop_chat.core.bad_line import BadLine
from desktop_chat.core.errors import ApiError, NoConnection, Refused
from desktop_chat.core.events import (
    BodySent,
    LineOpened,
    ReplyEnded,
    RequestSent,
    RetryScheduled,
    StillWaiting,
    StreamEvent,
)
from desktop_chat.core.network_conditions import NetworkConditions
from desktop_chat.core.provider import profile_for
from tests.helpers.file_samples import image_block, png, text_block
from tests.helpers.line_time import LineTime
from tests.helpers.link import MODEM, link_to
from tests.helpers.raw_server import head, in_turn, raw_server, serving, stream, url_of
from tests.helpers.streams import collected, reply, text_of

BODY: dict[str, Any] = {
    "model": "claude-test",
    "max_tokens": 64,
    "messages": [
        {"role": "user", "content": [image_block(png(size_bytes=3_750_000)), text_block("Grüße “an” alle.\n" * 1_000)]}
    ],
}
SENT = json.dumps({**BODY, "stream": True}, ensure_ascii=False, separators=(",", ":")).encode()
"""About five megabytes."""

PATIENCE_S = 20.0
READ_BEFORE_BYTES = 1_000_000
TOO_LARGE = head(413, {"content-type": "text/html", "content-length": "5"}) + b"nginx"


async def no_sleep(_seconds: float) -> None:
    await asyncio.sleep(0)


@dataclass
class SlowServer:
    """Reads of each request as much as it is told to, and goes on as it is told to."""

    go_on: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
    url: str = ""
    has_read: asyncio.Event = field(default_factory=asyncio.Event)
    connections_count: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections_count += 1
        try:
            await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(READ_BEFORE_BYTES)
            self.has_read.set()
            await self.go_on(reader, writer)
        except ConnectionError:
            # The client has gone.
            pass
        finally:
            writer.transport.abort()


@asynccontextmanager
async def slow_server(
    go_on: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncGenerator[SlowServer, None]:
    """Run one; little of what it does not read fits into its side of the line."""
    slow = SlowServer(go_on)
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
    slow.url = url_of(listening)
    async with serving(slow.serve, listening):
        yield slow


async def stall(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def reset(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    sock: socket.socket = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def take_the_rest(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readexactly(len(SENT) - READ_BEFORE_BYTES)
    writer.write(b"".join(step for step in stream(reply("Hi")) if isinstance(step, bytes)))
    await writer.drain()
    writer.close()
    await writer.wait_closed()


@pytest_asyncio.fixture
async def client() -> AsyncGenerator[MessagesClient, None]:
    made = MessagesClient(ClientOptions(sleep=no_sleep, attempts_max=3))
    yield made
    await made.close()


async def come_of(
    client: MessagesClient, url: str, line: BadLine | None = None
) -> tuple[list[StreamEvent], ApiError | None]:
    """All events of one question, and how it failed."""
    async with asyncio.timeout(PATIENCE_S):
        return await collected(client.stream(BODY, profile_for(url), None, line))


# --- it goes well


async def test_five_megabytes_arrive_as_one_dump_of_them_would(client: MessagesClient) -> None:
    async with raw_server(in_turn(stream(reply("Hi")))) as server:
        events, error = await come_of(client, server.url)

    [came] = server.requests
    assert error is None
    assert came.body == SENT
    assert came.headers["content-length"] == str(len(SENT))
    assert "transfer-encoding" not in came.headers
    assert events[0] == RequestSent(1, len(SENT))
    assert text_of(events) == "Hi"


async def test_it_is_sent_only_when_it_has_gone_out() -> None:
    client = MessagesClient(ClientOptions(patience=Patience(notice_s=0.3)))
    goes_on = asyncio.Event()

    async def wait_and_take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await goes_on.wait()
        await take_the_rest(reader, writer)

    seen: list[StreamEvent] = []
    async with (
        asyncio.timeout(PATIENCE_S),
        slow_server(wait_and_take) as server,
        aclosing(client.stream(BODY, profile_for(server.url), None)) as given,
    ):
        async for event in given:
            seen.append(event)
            if isinstance(event, StillWaiting):
                # Whatever the system could take for sent, it has taken by now.
                goes_on.set()
    kinds = [type(event) for event in seen]
    await client.close()
    assert kinds.index(LineOpened) < kinds.index(StillWaiting) < kinds.index(BodySent)
    assert isinstance(seen[-1], ReplyEnded)


async def test_a_modem_may_take_its_time() -> None:
    """Twelve minutes in the world outside, at 56 kbit/s; five is all that silence is borne there."""
    squeeze = 500.0
    patience = Patience(notice_s=20 / squeeze, repeat_s=10 / squeeze, limit_s=300 / squeeze)
    client = MessagesClient(ClientOptions(patience=patience))
    async with raw_server(in_turn(stream(reply("Hi")))) as server:
        with link_to(urlsplit(server.url).port or 0, MODEM.squeezed(squeeze)) as link:
            events, error = await come_of(client, link.url)
        await client.close()

    assert error is None
    assert server.requests[0].body == SENT
    assert sum(isinstance(event, RequestSent) for event in events) == 1
    assert isinstance(events[-1], ReplyEnded)


async def test_under_network_conditions_it_goes_out_bit_by_bit() -> None:
    time = LineTime()
    client = MessagesClient(ClientOptions(line_clock=time.clock))
    async with raw_server(in_turn(stream(reply("Hi")))) as server:
        events, error = await come_of(client, server.url, BadLine(NetworkConditions(bytes_per_s=7_000)))
    await client.close()

    assert error is None
    assert server.requests[0].body == SENT
    waits = time.waited_s[: len(SENT) // 70_000]
    assert max(waits) <= 10.0
    assert sum(time.waited_s) == pytest.approx(len(SENT) / 7_000, rel=0.02)
    assert isinstance(events[-1], ReplyEnded)


# --- it does not


async def test_a_line_that_breaks_in_the_middle_is_tried_again_with_all_of_it(client: MessagesClient) -> None:
    broken: list[bool] = []

    async def break_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not broken:
            broken.append(True)
            await reset(reader, writer)
        else:
            await take_the_rest(reader, writer)

    async with slow_server(break_once) as server:
        events, error = await come_of(client, server.url)

    assert error is None
    [retry] = [event for event in events if isinstance(event, RetryScheduled)]
    assert retry.failure.title == f"{urlsplit(server.url).netloc} closed the connection before all was sent."
    assert server.connections_count == 2
    assert isinstance(events[-1], ReplyEnded)


async def test_a_line_that_breaks_every_time_is_told_with_how_far_it_came(client: MessagesClient) -> None:
    async with slow_server(reset) as server:
        _, error = await come_of(client, server.url)

    assert isinstance(error, NoConnection)
    assert error.title.endswith("closed the connection before all was sent.")
    assert "of 5.0 MB had gone out." in error.detail
    assert 1.0 <= float(error.detail.split()[0]) < 5.0
    assert "takes no request of this size" in error.detail
    assert server.connections_count == 3


async def test_a_server_that_takes_nothing_more_is_given_up_and_not_asked_again() -> None:
    client = MessagesClient(ClientOptions(patience=Patience(notice_s=0.1, repeat_s=0.1, limit_s=0.4), attempts_max=3))
    async with slow_server(stall) as server:
        events, error = await come_of(client, server.url)
    await client.close()

    assert isinstance(error, NoConnection)
    assert error.title == f"{urlsplit(server.url).netloc} takes nothing more."
    assert "of 5.0 MB had gone out." in error.detail
    assert server.connections_count == 1
    assert any(isinstance(event, StillWaiting) for event in events)
    assert not any(isinstance(event, BodySent) for event in events)


async def test_a_refusal_in_the_middle_is_read_at_once(client: MessagesClient) -> None:
    rest_bytes = 0

    async def refuse_and_throw_the_rest_away(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal rest_bytes
        writer.write(TOO_LARGE)
        while piece := await reader.read(65_536):
            rest_bytes += len(piece)

    async with slow_server(refuse_and_throw_the_rest_away) as server:
        events, error = await come_of(client, server.url)

    assert isinstance(error, Refused)
    assert error.answer.status == 413
    assert "too large" in error.title
    assert server.connections_count == 1
    assert not any(isinstance(event, RetryScheduled) for event in events)
    assert rest_bytes < len(SENT) // 2


async def test_stop_in_the_middle_closes_the_line_at_once(client: MessagesClient) -> None:
    has_stopped, has_ended = asyncio.Event(), asyncio.Event()

    async def read_to_the_end(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await has_stopped.wait()
        try:
            while await reader.read(65_536):
                pass
        finally:
            has_ended.set()

    async with asyncio.timeout(PATIENCE_S), slow_server(read_to_the_end) as server:
        asking = asyncio.ensure_future(come_of(client, server.url))
        await server.has_read.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            # The server reads nothing meanwhile: stopping waits for nobody.
            await asking
        has_stopped.set()
        await has_ended.wait()
