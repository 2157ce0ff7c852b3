"""A server whose replies begin with a long text at once and go on at the pace of a fast model, as a process of its own.

Prints its address. The text is that of the corpus, one event a chunk, each written by itself.
"""

from __future__ import annotations

import argparse
import sys
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast

from tests.bench.corpus import chunks, reply_text
from tests.helpers.streams import MESSAGE_START, sse, text_delta


class ReplyServer(ThreadingHTTPServer):
    """Every question gets the same reply, which never ends."""

    daemon_threads = True

    def __init__(self, at_once_bytes: int, chunks_per_s: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.at_once_bytes = at_once_bytes
        self.chunks_per_s = chunks_per_s


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(404)
        self.end_headers()

    def do_POST(self) -> None:
        server = cast("ReplyServer", self.server)
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.end_headers()
        try:
            self.wfile.write(MESSAGE_START)
            block = {"type": "text", "text": ""}
            self.wfile.write(sse({"type": "content_block_start", "index": 0, "content_block": block}))
            self._write_reply(server)
        except ConnectionError:
            self.close_connection = True

    def _write_reply(self, server: ReplyServer) -> None:
        events, at = _reply(), 0
        while at < len(events) and events[at][0] < server.at_once_bytes:
            at += 1
        self.wfile.write(b"".join(data for _, data in events[:at]))
        began_s, sent = time.monotonic(), 0
        while True:
            time.sleep(max(0.0, began_s + sent / server.chunks_per_s - time.monotonic()))
            self.wfile.write(events[(at + sent) % len(events)][1])
            sent += 1

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: only the address is wanted."""


@cache
def _reply() -> tuple[tuple[int, bytes], ...]:
    """The events of a reply, each with how many characters came before it."""
    made, size = [], 0
    for piece in chunks(reply_text(1_000_000)):
        made.append((size, text_delta(piece)))
        size += len(piece)
    return tuple(made)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--at-once-bytes", type=int, default=0)
    parser.add_argument("--chunks-per-s", type=float, default=200.0)
    wishes = parser.parse_args()
    _reply()
    server = ReplyServer(wishes.at_once_bytes, wishes.chunks_per_s)
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
