"""Reads a trickle of small pieces a few dozen times a second, however many pieces come: the system gathers them.

A fast model sends hundreds of events a second, each in a packet of its own, and waking the program for each of them
would cost as much as showing them. This happens below the encryption and below HTTP, so that one read takes all that
came, in however many records and chunks.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import httpcore
import httpx
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
        self._sleep = sleep
        self._small_count = 0
        self._read_s = 0.0

    async def receive(self, max_bytes: int = 65536) -> bytes:
        if self._small_count >= SMALL_COUNT:
            await self._sleep(max(0.0, self._read_s + PAUSE_S - time.monotonic()))
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


class GatheringBackend(httpcore.AnyIOBackend):
    """Opens connections that gather."""

    async def connect_tcp(self, *where: Any, **wishes: Any) -> httpcore.AsyncNetworkStream:
        stream: Any = await super().connect_tcp(*where, **wishes)
        stream._stream = GatheringStream(stream._stream)
        return stream  # type: ignore[no-any-return]


def gathering(transport: httpx.AsyncHTTPTransport) -> httpx.AsyncHTTPTransport:
    """Let a transport, a proxy's too, gather what trickles.

    Neither httpx nor httpcore offers a way in; a test counts the reads of a real stream.
    """
    pool: Any = transport._pool
    pool._network_backend = GatheringBackend()
    return transport
