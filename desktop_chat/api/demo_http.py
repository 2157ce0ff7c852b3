"""One HTTP connection of the demo server: requests in, answers out, and every way to break off."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import sys
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import h11

from desktop_chat.api.demo_validation import BODY_BYTES_MAX

READ_BYTES: Final = 65_536
_GZIP_WINDOW_BITS: Final = 31
_LINGER_ZERO: Final = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""SO_LINGER on, 0 s: closing sends RST instead of FIN."""

Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request as it was read; header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    is_too_large: bool = False

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query))


class Connection:
    """One client, from its first byte to its last."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER)
        self._arrived = asyncio.Event()
        self.gone_at: float | None = None
        """When the client hung up, as `time.monotonic`; None while it is there."""

    async def pump(self) -> None:
        """Read until the client hangs up; also while an answer is written, so that a hang-up is seen at once."""
        try:
            while chunk := await self._reader.read(READ_BYTES):
                self._http.receive_data(chunk)
                self._arrived.set()
        except ConnectionError:
            pass
        finally:
            self.gone_at = time.monotonic()

    async def next_request(self) -> HttpRequest | None:
        """Wait for the next request; None when this connection takes no more."""
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
        if self._http.our_state is not h11.IDLE:
            return None
        try:
            head = await self._next_event()
            if not isinstance(head, h11.Request):
                return None
            if self._http.they_are_waiting_for_100_continue:
                await self._send(h11.InformationalResponse(status_code=100, headers=[]))
            body, is_too_large = await self._body()
        except h11.RemoteProtocolError as error:
            await self._refuse(error)
            return None
        headers = {name.decode(): value.decode("latin-1") for name, value in head.headers}
        return HttpRequest(head.method.decode(), head.target.decode(), headers, body, is_too_large)

    async def answer(self, status: int, headers: Headers, body: bytes = b"", *, is_head: bool = False) -> None:
        """Send a whole answer."""
        await self._send(
            h11.Response(status_code=status, headers=[*_encoded(headers), (b"content-length", b"%d" % len(body))])
        )
        if body and not is_head:
            await self._send(h11.Data(data=body))
        await self._send(h11.EndOfMessage())

    async def open_stream(self, headers: Headers) -> None:
        """Begin an answer whose length is not known; chunked, as HTTP/1.1 wants it."""
        await self._send(h11.Response(status_code=200, headers=_encoded(headers)))

    async def write(self, chunk: bytes) -> None:
        """Send a part of the body as one HTTP chunk, in one write."""
        await self._send(h11.Data(data=chunk))

    async def end_stream(self) -> None:
        """End the body properly."""
        await self._send(h11.EndOfMessage())

    def reset(self) -> None:
        """Break off with RST, as a crashed proxy does; what is not yet sent is lost."""
        wire = self._writer.get_extra_info("socket")
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
        self._writer.transport.abort()

    async def _next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._arrived.clear()
            await self._arrived.wait()
        return event

    async def _body(self) -> tuple[bytes, bool]:
        """Read a body to its end; what is beyond the limit is thrown away, so that the client gets to its answer."""
        chunks: list[bytes] = []
        size_bytes = 0
        while isinstance(event := await self._next_event(), h11.Data):
            size_bytes += len(event.data)
            if size_bytes <= BODY_BYTES_MAX:
                chunks.append(bytes(event.data))
        is_too_large = size_bytes > BODY_BYTES_MAX
        return (b"" if is_too_large else b"".join(chunks)), is_too_large

    async def _refuse(self, error: h11.RemoteProtocolError) -> None:
        if self._http.our_state is h11.IDLE:
            await self.answer(error.error_status_hint, [("content-type", "text/plain"), ("connection", "close")])

    async def _send(self, event: h11.Event) -> None:
        wire_bytes = self._http.send(event)
        if wire_bytes:
            self._writer.write(wire_bytes)
            await self._writer.drain()


@dataclass(slots=True)
class BodyWriter:
    """Writes a stream's bytes in the form a test asks for: whole, in crumbs, compressed, or all at once."""

    connection: Connection
    chunk_bytes: tuple[int, int] | None = None
    in_one_write: bool = False
    gzip: bool = False
    _waiting: bytearray = field(default_factory=bytearray)
    _sizes: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311  always the same cuts
    _packer: zlib._Compress | None = None
    _next_size: int = 0

    async def write(self, chunk: bytes) -> None:
        """Take bytes; they leave now or later, as asked."""
        if self.gzip:
            self._packer = self._packer or zlib.compressobj(wbits=_GZIP_WINDOW_BITS)
            chunk = self._packer.compress(chunk) + self._packer.flush(zlib.Z_SYNC_FLUSH)
        if self.chunk_bytes is None and not self.in_one_write:
            await self.connection.write(chunk)
            return
        self._waiting += chunk
        if self.chunk_bytes is not None:
            await self._write_crumbs(self.chunk_bytes)

    async def flush(self) -> None:
        """Send what still waits, unless all is to go in one write."""
        if self._waiting and not self.in_one_write:
            await self.connection.write(bytes(self._waiting))
            self._waiting.clear()

    async def end(self) -> None:
        """Send the rest and end the body."""
        if self._packer:
            self._waiting += self._packer.flush()
        if self._waiting:
            await self.connection.write(bytes(self._waiting))
            self._waiting.clear()
        await self.connection.end_stream()

    async def _write_crumbs(self, bounds: tuple[int, int]) -> None:
        at = 0
        while len(self._waiting) - at >= (size := self._next_size or self._sizes.randint(*bounds)):
            await self.connection.write(bytes(self._waiting[at : at + size]))
            at += size
            self._next_size = self._sizes.randint(*bounds)
        del self._waiting[:at]


def _encoded(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
