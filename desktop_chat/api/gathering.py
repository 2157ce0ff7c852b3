"""Reads a trickle of small pieces a few dozen times a second, however many pieces come: the system gathers them.

A fast model sends hundreds of events a second, each in a packet of its own, and waking the program for each of them
would cost as much as showing them. This happens below the encryption and below HTTP, so that one read takes all that
came, in however many records and chunks. What has gathered is fetched without asking the loop whether there is
anything: MEASURED half of what a read cost, 2026-11-23.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import httpcore
import httpx
from anyio import BrokenResourceError, ClosedResourceError, EndOfStream
from anyio.abc import ByteStream

PAUSE_S: Final = 0.015
"""Less than a frame."""

SMALL_BYTES: Final = 8 * 1024
"""Larger pieces are no trickle: a long list, or a whole reply at once."""

SMALL_COUNT: Final = 4
"""So many small pieces in a row are a trickle; a handshake and the head of an answer are fewer."""


class GatheringStream(ByteStream):
    """The bytes of a connection; waits before it reads while they trickle."""

    def __init__(self, inner: ByteStream, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._inner = inner
        # As anyio has them: its own ways to them ask the system for the addresses of both ends each time.
        self._protocol: Any = getattr(inner, "_protocol", None)
        self._socket: Any = getattr(inner, "_raw_socket", None)
        self._sleep = sleep
        self._small_count = 0
        self._read_s = 0.0

    async def receive(self, max_bytes: int = 65536) -> bytes:
        if self._small_count >= SMALL_COUNT:
            await self._sleep(max(0.0, self._read_s + PAUSE_S - time.monotonic()))
            piece = self._gathered(max_bytes) or await self._inner.receive(max_bytes)
        else:
            piece = await self._inner.receive(max_bytes)
        self._read_s = time.monotonic()
        self._small_count = self._small_count + 1 if len(piece) < SMALL_BYTES else 0
        return piece

    async def send(self, item: bytes) -> None:
        self._small_count = 0
        await self._inner.send(item)

    async def send_eof(self) -> None:
        await self._inner.send_eof()

    async def aclose(self) -> None:
        await self._inner.aclose()

    @property
    def extra_attributes(self) -> Mapping[Any, Callable[[], Any]]:
        return self._inner.extra_attributes

    def _gathered(self, max_bytes: int) -> bytes:
        """What the system has; nothing where it has none, where the line has ended, or where it cannot be asked.

        Raises:  BrokenResourceError, as `receive`: the system tells of a failure only once.
        """
        # Windows reads ahead by itself. What the loop has read already comes first.
        if sys.platform == "win32" or self._socket is None or self._protocol.read_event.is_set():
            return b""
        try:
            return os.read(self._socket.fileno(), max_bytes)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise BrokenResourceError from error


class GatheringLine(httpcore.AsyncNetworkStream):
    """A connection as httpcore reads it.

    httpcore arms a deadline for each read, also when it has none, and reads one encrypted record at a time.
    """

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner
        stream: Any = inner
        self._stream: ByteStream = stream._stream
        self._encrypted: ssl.SSLObject | None = inner.get_extra_info("ssl_object")

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  Named as in httpcore.
        if timeout is not None:
            return await self._inner.read(max_bytes, timeout)
        try:
            piece = await self._stream.receive(max_bytes)
        except EndOfStream:
            return b""
        except (BrokenResourceError, ClosedResourceError) as error:
            raise httpcore.ReadError(error) from error
        return piece if self._encrypted is None else piece + _decrypted(self._encrypted, max_bytes - len(piece))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109  Named as in httpcore.
        if not buffer:
            # The end of a request whose length was told: an answer may be there already.
            return
        # A server that takes no request of this size says so at once and hangs up; who went on sending would lose its
        # words with the line. What has come over an encrypted one need not be words.
        if self._encrypted is None and self._inner.get_extra_info("is_readable"):
            # httpcore reads the answer then.
            raise httpcore.WriteError("answered before all was sent")
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(self, *what: Any, **wishes: Any) -> httpcore.AsyncNetworkStream:
        return GatheringLine(await self._inner.start_tls(*what, **wishes))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _decrypted(encrypted: ssl.SSLObject, max_bytes: int) -> bytes:
    """What else has come whole of an encrypted line."""
    pieces = []
    try:
        while max_bytes > 0 and (piece := encrypted.read(max_bytes)):
            pieces.append(piece)
            max_bytes -= len(piece)
    except ssl.SSLError:
        # No whole record is left; what is wrong with the line is told again by the next read.
        pass
    return b"".join(pieces)


class GatheringBackend(httpcore.AnyIOBackend):
    """Opens connections that gather."""

    async def connect_tcp(self, *where: Any, **wishes: Any) -> httpcore.AsyncNetworkStream:
        stream: Any = await super().connect_tcp(*where, **wishes)
        stream._stream = GatheringStream(stream._stream)
        return GatheringLine(stream)


def gathering(transport: httpx.AsyncHTTPTransport) -> httpx.AsyncHTTPTransport:
    """Let a transport, a proxy's too, gather what trickles.

    Neither httpx nor httpcore offers a way in; a test counts the reads of a real stream.
    """
    pool: Any = transport._pool
    pool._network_backend = GatheringBackend()
    return transport
