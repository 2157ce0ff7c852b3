"""A server that never stops: replies, heads and packed answers without an end, as fast as loopback takes them.

`python -m tests.end2end.floods` lets each loose on the program and prints what it cost.
"""

from __future__ import annotations

import argparse
import json
import socket
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Final

from tests.end2end.processes import Home, Process
from tests.helpers.streams import MESSAGE_START, reply, sse, text_delta

WRITE_BYTES: Final = 64 * 1024
_HEAD: Final = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n"
_OPEN: Final = MESSAGE_START + sse(
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
)
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

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

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
            while question := _read_question(connection):
                if not question.startswith(b"POST /v1/messages HTTP"):
                    connection.sendall(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
                    continue
                self.asked_at.append(time.monotonic())
                try:
                    for piece in self._flood():
                        connection.sendall(piece)
                        self.sent_bytes += len(piece)
                    connection.shutdown(socket.SHUT_WR)
                    connection.recv(1)
                finally:
                    self.closed_at = time.monotonic()
                    self.closed.set()


def _read_question(connection: socket.socket) -> bytes:
    """One request, whole; empty when there is none any more."""
    head = b""
    while b"\r\n\r\n" not in head:
        if not (more := connection.recv(WRITE_BYTES)):
            return b""
        head += more
    head, _, body = head.partition(b"\r\n\r\n")
    length = next((line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), b":0")
    missing = int(length.partition(b":")[2]) - len(body)
    while missing > 0 and (more := connection.recv(missing)):
        missing -= len(more)
    return head


@contextmanager
def flood_server(name: str) -> Iterator[FloodServer]:
    """A running one; its threads end with the block."""
    server = FloodServer(name)
    server.start()
    try:
        yield server
    finally:
        server.close()


@dataclass(frozen=True, slots=True)
class Survived:
    """What a flood has cost the program.

    Units:   `closed_ms` from the click on Stop to the end of the connection, None when the program had ended it
             before; `peak_mb` is the most memory that was resident at once, the window and Qt with it.
    """

    title: str
    """Of the failure the reader sees; empty when the reply simply went on."""
    status: str
    characters: int
    peak_mb: int
    longest_gap_ms: int
    closed_ms: float | None
    sent_mb: float
    tries: int


def flooded(name: str, folder: Path, stop_after_s: float) -> Survived:
    """Let one flood loose on a program of its own, whose reader clicks Stop after so long.

    Raises:  AssertionError when the program did not live through it.
    """
    home = Home(folder / "home")
    with flood_server(name) as server:
        command = [sys.executable, "-m", "tests.end2end.flood_child", str(server.port), str(folder / "data")]
        process = Process([*command, str(stop_after_s)], home.environment(), Path(__file__).parents[2])
        try:
            ended = process.ended(60.0 + stop_after_s)
        finally:
            process.close()
        assert ended.code == 0, ended.err
        assert server.closed.wait(5.0)
        told = json.loads(ended.out)
        return Survived(
            told["title"],
            told["status"],
            told["characters"],
            told["peak_mb"],
            told["longest_gap_ms"],
            round(1000 * (server.closed_at - told["clicked_at"]), 1) if told["clicked_at"] else None,
            round(server.sent_bytes / 1_000_000, 1),
            len(server.asked_at),
        )


def main() -> int:
    """Let all floods loose, or those whose names are given, and print a line for each."""
    parser = argparse.ArgumentParser(prog="python -m tests.end2end.floods", description=main.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--seconds", type=float, default=10.0, help="until Stop is clicked")
    options = parser.parse_args()
    rows = ["| flood | ends with | characters kept | peak, MB | longest gap, ms | Stop to closed, ms | sent, MB |"]
    rows.append("|---|---|---|---|---|---|---|")
    for name in options.names or FLOODS:
        with tempfile.TemporaryDirectory() as folder:
            cost = flooded(name, Path(folder), options.seconds)
        end = cost.title or cost.status
        closed = "—" if cost.closed_ms is None else f"{cost.closed_ms:.0f}"
        cells = (name, end, f"{cost.characters:,}", cost.peak_mb, cost.longest_gap_ms, closed, cost.sent_mb)
        rows.append("| " + " | ".join(map(str, cells)) + " |")
        sys.stderr.write(f"{rows[-1]}\n")
    sys.stdout.write("\n".join(rows) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
