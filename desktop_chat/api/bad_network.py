"""A transport that makes the line worse on purpose. It is loaded with the first request under network conditions.

The real transport stays below it: what is not delayed, cut or made up are the server's own bytes. Delays hold for what
the program sees: the handshake of a new connection, which lies below, takes no longer than it does.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import httpx

from desktop_chat.api.bad_events import BadEvents, made_up_body, request_id_of
from desktop_chat.api.call import LINE
from desktop_chat.core.bad_line import BadLine, Fate, source_of

if TYPE_CHECKING:
    from desktop_chat.api.connection_pool import WrapTransport

SLICE_S: Final = 0.05
"""A slow line gives what it can carry in this time at once, as packets do."""

QUOTA_STATUS: Final = 429
"""The one answer that says how long to wait."""

FIRST_BYTES: Final = 64 * 1024
"""So much of a question is waited for at once; what is longer goes out bit by bit."""

SHORTEST_WAIT_S: Final = 0.02
"""What is owed for less is waited for together with the next."""


async def wait_for(lifted: asyncio.Event, seconds: float | None) -> None:
    """Wait so long, for ever with None, or until the conditions are lifted."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await lifted.wait()


@dataclass(frozen=True, slots=True)
class LineClock:
    """How time passes on a bad line; tests have another one."""

    now: Callable[[], float] = time.monotonic
    wait_for: Callable[[asyncio.Event, float | None], Awaitable[None]] = wait_for


def worsened(wrap: WrapTransport | None, clock: LineClock | None) -> WrapTransport:
    """What puts a bad line around a transport that `wrap` has wrapped already; for requests that have a BadLine."""
    return lambda real: BadNetwork(wrap(real) if wrap else real, clock or LineClock())


class BadNetwork(httpx.AsyncBaseTransport):
    """Sends requests through the real transport, and lets happen to each what its line says."""

    def __init__(self, real: httpx.AsyncBaseTransport, clock: LineClock) -> None:
        self._real = real
        self._clock = clock

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request.

        Raises:  httpx.RemoteProtocolError when the line is cut before the answer; what the real transport raises.
        Cancel:  at once, in every wait.
        """
        line: BadLine = request.extensions[LINE]
        fate = line.next_fate()
        body_bytes = int(request.headers.get("content-length", "0"))
        await self._delay(line, fate, min(body_bytes, FIRST_BYTES))
        if fate.status is not None and not line.lifted.is_set():
            return _made_up(fate.status, line.conditions.retry_after_s, fate)
        if body_bytes > FIRST_BYTES and line.conditions.bytes_per_s:
            assert isinstance(request.stream, httpx.AsyncByteStream)
            request.stream = SlowUpload(request.stream, line, self._clock)
        response = await self._real.handle_async_request(request)
        if fate.cut_at_bytes == 0 and not line.lifted.is_set():
            await response.aclose()
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.", request=request)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        body = BadBody(response.stream, line, fate, self._clock, _events_of(response, fate))
        return httpx.Response(
            response.status_code, headers=response.headers, stream=body, extensions=response.extensions
        )

    async def aclose(self) -> None:
        await self._real.aclose()

    async def _delay(self, line: BadLine, fate: Fate, body_bytes: int) -> None:
        conditions = line.conditions
        late_s = source_of(conditions, fate.number, "latency").uniform(0.0, conditions.jitter_s)
        body_s = body_bytes / conditions.bytes_per_s if conditions.bytes_per_s else 0.0
        if (delay_s := conditions.latency_s + late_s + body_s) and not line.lifted.is_set():
            await self._clock.wait_for(line.lifted, delay_s)


class SlowUpload(httpx.AsyncByteStream):
    """The body of a large request, as fast as its line lets it out. It is its own iterator, as `BadBody`."""

    def __init__(self, real: httpx.AsyncByteStream, line: BadLine, clock: LineClock) -> None:
        self._chunks = aiter(real)
        self._line = line
        self._clock = clock
        self._waited_bytes = -FIRST_BYTES

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        chunk = await anext(self._chunks)
        bytes_per_s = self._line.conditions.bytes_per_s
        owed_bytes = min(len(chunk), self._waited_bytes + len(chunk))
        self._waited_bytes += len(chunk)
        if bytes_per_s and owed_bytes > 0 and not self._line.lifted.is_set():
            await self._clock.wait_for(self._line.lifted, owed_bytes / bytes_per_s)
        return chunk


class BadBody(httpx.AsyncByteStream):
    """The body of one answer, as much and as fast as its line lets through.

    It is its own iterator: a generator would end outside of any task where a loop has no hooks for generators.
    """

    def __init__(
        self, real: httpx.AsyncByteStream, line: BadLine, fate: Fate, clock: LineClock, events: BadEvents | None
    ) -> None:
        self._real = real
        self._chunks = aiter(real)
        self._line = line
        self._fate = fate
        self._clock = clock
        self._events = events
        self._chance = source_of(line.conditions, fate.number, "jitter")
        self._held = b""
        """What has come and was not let through yet."""
        self._passed_bytes = 0
        self._free_at = self._steady_until = clock.now()

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        """Give the next bytes.

        Raises:  httpx.ReadError when the line is cut.
        """
        if not self._is_lifted:
            await self._fail_where_due()
        if not self._held:
            self._held = await self._next_chunk()
        if not self._is_lifted:
            await self._hold_up()
        size = len(self._held) if self._is_lifted else self._allowed_bytes()
        piece, self._held = self._held[:size], self._held[size:]
        self._passed_bytes += size
        return piece

    async def aclose(self) -> None:
        # The line first: an iterator that is dropped would close it outside of any task.
        await self._real.aclose()
        if isinstance(self._chunks, AsyncGenerator):
            await self._chunks.aclose()

    @property
    def _is_lifted(self) -> bool:
        return self._line.lifted.is_set()

    async def _fail_where_due(self) -> None:
        """Fall silent, or break off, where so much has passed."""
        if self._passed_bytes == self._fate.stall_at_bytes:
            await self._clock.wait_for(self._line.lifted, self._line.conditions.stall_s)
        if self._passed_bytes == self._fate.cut_at_bytes and not self._is_lifted:
            await self.aclose()
            raise httpx.ReadError("The connection was lost.")

    async def _next_chunk(self) -> bytes:
        """Read from the server; with events of ours in between, where there are to be some.

        Raises:  StopAsyncIteration at the end of the answer.
        """
        events = self._events
        if events is None or self._is_lifted:
            return await anext(self._chunks)
        if events.is_over:
            raise StopAsyncIteration
        return events.feed(await anext(self._chunks))

    async def _hold_up(self) -> None:
        """Let what is to pass next wait until the line can carry it."""
        conditions, clock = self._line.conditions, self._clock
        if conditions.jitter_s and clock.now() >= self._steady_until:
            await clock.wait_for(self._line.lifted, self._chance.uniform(0.0, conditions.jitter_s))
            # Then it runs evenly for a while: a pause before every piece would make it slow, not uneven.
            self._steady_until = clock.now() + conditions.jitter_s
        if conditions.bytes_per_s:
            now = clock.now()
            self._free_at = max(self._free_at, now) + self._allowed_bytes() / conditions.bytes_per_s
            if self._free_at - now >= SHORTEST_WAIT_S:
                await clock.wait_for(self._line.lifted, self._free_at - now)

    def _allowed_bytes(self) -> int:
        """How much of what has come may pass now: up to the next place where something happens."""
        bytes_per_s = self._line.conditions.bytes_per_s
        slice_bytes = max(1, round(bytes_per_s * SLICE_S)) if bytes_per_s else len(self._held)
        places = (self._fate.cut_at_bytes, self._fate.stall_at_bytes)
        ahead = [place - self._passed_bytes for place in places if place is not None]
        return min(slice_bytes, len(self._held), *(size for size in ahead if size > 0))


def _events_of(response: httpx.Response, fate: Fate) -> BadEvents | None:
    """Who counts the events of an answer; None where none of ours come between them, or where none can."""
    is_stream = response.headers.get("content-type", "").lower().startswith("text/event-stream")
    is_plain = response.headers.get("content-encoding", "identity") == "identity"
    return BadEvents(fate) if fate.has_events and response.status_code == 200 and is_stream and is_plain else None


def _made_up(status: int, retry_after_s: float, fate: Fate) -> httpx.Response:
    headers = {"content-type": "application/json", "request-id": request_id_of(fate)}
    if status == QUOTA_STATUS:
        headers["retry-after"] = f"{retry_after_s:g}"
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(made_up_body(status, fate)))
