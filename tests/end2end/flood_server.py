"""A server that never stops: replies, heads and packed answers without an end, as fast as loopback takes them."""

from __future__ import annotations

import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import repeat
from typing import Final

from tests.helpers.said_server import NOT_FOUND, read_request
from tests.helpers.streams import MESSAGE_START, TEXT_START, reply, sse, text_delta

WRITE_BYTES: Final = 64 * 1024
_HEAD: Final = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n"
_OPEN: Final = MESSAGE_START + TEXT_START
_LINE: Final = "A line of a reply that never ends, and each is like the one before. "


def _stream(of: bytes, headers: bytes = b"") -> Iterator[bytes]:
    yield _HEAD + headers + b"\r\n" + _OPEN
    yield from repeat(of * max(1, WRITE_BYTES // len(of)))


def _bomb(inside: bytes, begin: bytes = b"") -> Iterator[bytes]:
    """What unpacks to a thousand times its size, for ever."""
    yield _HEAD + b"content-encoding: gzip\r\n\r\n"
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    yield packer.compress(begin) + packer.flush(zlib.Z_SYNC_FLUSH)
    block = inside * (16 * 1024 * 1024 // len(inside))
    while True:
        yield packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)


def _head_without_end(line: bytes) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    yield from repeat(line * max(1, WRITE_BYTES // len(line)))


def _error_body() -> Iterator[bytes]:
    yield b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n"
    yield from repeat(b"{" * WRITE_BYTES)


def _json_body() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n["
    yield from repeat(b"[]," * (WRITE_BYTES // 3))


def _lists_in_an_event() -> Iterator[bytes]:
    """Events just as large as they may be, of what takes most memory once it is read."""
    from desktop_chat.api.sse import EVENT_BYTES_MAX

    begin, end = b'data: {"type":"content_block_start","index":1,"content_block":{"type":"x","x":[', b"[]]}}\n\n"
    yield _HEAD + b"\r\n" + _OPEN
    while True:
        yield begin
        yield from repeat(b"[]," * (WRITE_BYTES // 3), (EVENT_BYTES_MAX - 1024) // WRITE_BYTES)
        yield end


def _blocks() -> Iterator[bytes]:
    yield _HEAD + b"\r\n" + MESSAGE_START
    number = 0
    while True:
        block = {"type": "text", "text": "One more. "}
        yield b"".join(
            sse({"type": "content_block_start", "index": index, "content_block": block})
            for index in range(number, number + 500)
        )
        number += 500


def _million() -> Iterator[bytes]:
    """A reply of a million events, with an end."""
    yield _HEAD + b"\r\n" + reply().removesuffix(sse({"type": "message_stop"}))
    yield from repeat(text_delta("é") * 1_000, 1_000)
    yield sse({"type": "message_stop"})


FLOODS: Final[Mapping[str, Callable[[], Iterator[bytes]]]] = {
    "endless text": lambda: _stream(text_delta(_LINE)),
    "endless text of single letters": lambda: _stream(text_delta("é")),
    "endless thinking": lambda: _stream(
        sse({"type": "content_block_delta", "index": 1, "delta": {"type": "thinking_delta", "thinking": _LINE}})
    ),
    "endless text in one line": lambda: _stream(text_delta("x" * 4_000)),
    "endless pings": lambda: _stream(sse({"type": "ping"})),
    "endless comments": lambda: _stream(b": nothing\n\n"),
    "endless unknown events": lambda: _stream(b"data: 7\n\n"),
    "endless blank lines": lambda: _stream(b"\n"),
    "endless blocks": _blocks,
    "endless events of lists": _lists_in_an_event,
    "a line without an end": lambda: _stream(b"data: " + b"x" * WRITE_BYTES),
    "a packed line without an end": lambda: _bomb(b"\0"),
    "packed text without an end": lambda: _bomb(text_delta(_LINE), _OPEN),
    "packed comments without an end": lambda: _bomb(b": nothing\n\n"),
    "headers without an end": lambda: _head_without_end(b"x-more: nothing\r\n"),
    "a header without an end": lambda: _head_without_end(b"x"),
    "interim answers without an end": lambda: repeat(b"HTTP/1.1 102 Processing\r\n\r\n" * 2_000),
    "an error without an end": _error_body,
    "JSON without an end": _json_body,
    "a million events": _million,
}


class FloodServer:
    """Answers every question with one flood; `closed_at` is when the line was found closed (`time.monotonic`)."""

    def __init__(self, name: str) -> None:
        self._flood = FLOODS[name]
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.sent_bytes = 0
        self.asked_at: list[float] = []
        """When each question was read (`time.monotonic`)."""
        self.closed_at = 0.0
        self.closed = threading.Event()
        self._threads = [threading.Thread(target=self._listen, name="flood-server", daemon=True)]
        self._open: list[socket.socket] = []

    def start(self) -> None:
        self._threads[0].start()

    def close(self) -> None:
        """End everything."""
        for each in (self._listener, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._open.append(connection)
                thread = threading.Thread(target=self._answer, args=(connection,), name="flood", daemon=True)
                self._threads.append(thread)
                thread.start()

    def _answer(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            while asked := read_request(connection):
                if not asked.line.startswith("POST /v1/messages HTTP"):
                    connection.sendall(NOT_FOUND)
                    continue
                self.asked_at.append(asked.at)
                try:
                    for piece in self._flood():
                        connection.sendall(piece)
                        self.sent_bytes += len(piece)
                    connection.shutdown(socket.SHUT_WR)
                    connection.recv(1)
                finally:
                    self.closed_at = time.monotonic()
                    self.closed.set()


@contextmanager
def flood_server(name: str) -> Iterator[FloodServer]:
    """A running one; its threads end with the block."""
    server = FloodServer(name)
    server.start()
    try:
        yield server
    finally:
        server.close()
