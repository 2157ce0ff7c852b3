"""A loopback server that says exactly the bytes it is told: for a client's behaviour at the edge of HTTP."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True)
class Pause:
    """Wait before the next bytes, until `event` is set."""

    event: asyncio.Event


@dataclass(frozen=True)
class Stall:
    """Say nothing more and keep the line open until the client closes it."""


@dataclass(frozen=True)
class Reset:
    """Break the line with an RST, as a crashed peer does."""


@dataclass(frozen=True)
class Close:
    """Close the line in good order, wherever the answer stands."""


Step: TypeAlias = bytes | Pause | Stall | Reset | Close
STREAM_HEADERS = {"content-type": "text/event-stream; charset=utf-8", "connection": "close", "request-id": "req_raw"}


def answer(status: int, headers: dict[str, str], body: bytes = b"") -> list[Step]:
    """Steps of a whole answer with a content length."""
    lines = {"content-length": str(len(body)), "connection": "close", **headers}
    return [head(status, lines) + body]


def head(status: int, headers: dict[str, str]) -> bytes:
    """Status line and headers."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} Whatever\r\n{lines}\r\n".encode("latin-1")


def stream(*steps: Step, headers: dict[str, str] | None = None) -> list[Step]:
    """Steps of a stream that ends when the connection closes."""
    return [head(200, STREAM_HEADERS | (headers or {})), *steps]


@dataclass
class Request:
    """What arrived: the request line, the headers by lower-case name, the body."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class RawServer:
    """Answers each request with the steps that `choose` gives for it."""

    choose: Callable[[Request], Sequence[Step]]
    url: str = ""
    requests: list[Request] = field(default_factory=list)
    connections_count: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once a request has been read."""
    closed_by_client: asyncio.Event = field(default_factory=asyncio.Event)
    closed_at: float = 0.0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections_count += 1
        try:
            while (request := await _read_request(reader)) is not None:
                self.requests.append(request)
                self.arrived.set()
                if not await self._say(self.choose(request), reader, writer):
                    break
        except ConnectionError:
            self._note_close()
        finally:
            writer.close()

    async def _say(self, steps: Sequence[Step], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Go through the steps; whether the connection stays open for another request."""
        for step in steps:
            if isinstance(step, bytes):
                writer.write(step)
                await writer.drain()
            elif isinstance(step, Pause):
                await step.event.wait()
            elif isinstance(step, Reset):
                sock: socket.socket = writer.get_extra_info("socket")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
                return False
            elif isinstance(step, Close):
                return False
            else:
                await reader.read()
                self._note_close()
                return False
        return not any(isinstance(step, bytes) and b"connection: close" in step for step in steps)

    def _note_close(self) -> None:
        self.closed_at = asyncio.get_running_loop().time()
        self.closed_by_client.set()


async def _read_request(reader: asyncio.StreamReader) -> Request | None:
    try:
        text = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    line, *rest = text.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in rest)}
    try:
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    except asyncio.IncompleteReadError:
        return None
    return Request(line, headers, body)


def in_turn(*answers: Sequence[Step]) -> Callable[[Request], Sequence[Step]]:
    """The n-th request gets the n-th answer; the last one is given again and again."""
    left = list(answers)
    return lambda _request: left.pop(0) if len(left) > 1 else left[0]


@asynccontextmanager
async def raw_server(choose: Callable[[Request], Sequence[Step]]) -> AsyncGenerator[RawServer, None]:
    """Run a server on a free port of loopback."""
    raw = RawServer(choose)
    listening = socket.create_server(("127.0.0.1", 0))
    raw.url = url_of(listening)
    async with serving(raw.serve, listening):
        yield raw


def url_of(listening: socket.socket) -> str:
    """Where a server that listens here is asked."""
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


@asynccontextmanager
async def serving(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], listening: socket.socket
) -> AsyncGenerator[None, None]:
    """Serve each connection in a task of its own; at the end all are closed."""
    connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        # Cancelled only below; on Python 3.11 a cancelled connection would be logged as an error.
        with suppress(asyncio.CancelledError):
            await serve(reader, writer)

    server = await asyncio.start_server(connected, sock=listening)
    try:
        yield
    finally:
        server.close()
        for task in connections:
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        await server.wait_closed()
