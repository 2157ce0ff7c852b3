"""A server that streams an endless reply piece by piece and notes when each piece left."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, cast

from tests.helpers.streams import MESSAGE_START, TEXT_START, text_delta

PIECE_S: Final = (0.002, 0.03)
"""The least and the greatest time between two pieces."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One piece of text: when it was handed to the system (`time.monotonic`), and what it said."""

    at: float
    text: str


class PacedServer(ThreadingHTTPServer):
    """Every question gets a reply that never ends; `sent` is what the latest one consists of so far."""

    daemon_threads = True

    def __init__(self, seed: int = 0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.random = random.Random(seed)
        self._sent: list[Sent] = []
        self._by_question: dict[str, list[Sent]] = {}
        self._changed = threading.Condition()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def sent(self) -> tuple[Sent, ...]:
        """The pieces of the latest reply, oldest first."""
        with self._changed:
            return tuple(self._sent)

    def wait_for_pieces(self, count: int, timeout_s: float) -> None:
        """Wait until the latest reply has so many pieces.

        Raises:  TimeoutError.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._sent) >= count, timeout_s):
                raise TimeoutError(f"{len(self._sent)} of {count} pieces were sent within {timeout_s} s")

    def sent_for(self, question: str) -> tuple[Sent, ...]:
        """The pieces of the reply to this question, oldest first."""
        with self._changed:
            return tuple(self._by_question.get(question, ()))

    def wait_for_replies(self, questions: Collection[str], timeout_s: float) -> None:
        """Wait until each of these questions has the first piece of its reply.

        Raises:  TimeoutError.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: all(self._by_question.get(each) for each in questions), timeout_s):
                raise TimeoutError(f"only {', '.join(self._by_question)} were answered within {timeout_s} s")

    def forget(self) -> None:
        """Throw all notes away."""
        with self._changed:
            self._sent = []
            self._by_question = {}

    def begin(self, question: str) -> list[Sent]:
        """Start notes for the reply to a question, and give them."""
        with self._changed:
            self._sent = self._by_question[question] = []
            return self._sent

    def note(self, notes: list[Sent], text: str) -> None:
        """Take down that a piece has left."""
        with self._changed:
            notes.append(Sent(time.monotonic(), text))
            self._changed.notify_all()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(404)
        self.end_headers()

    def do_POST(self) -> None:
        server = cast("PacedServer", self.server)
        notes = server.begin(_question_in(self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.end_headers()
        try:
            self.wfile.write(MESSAGE_START + TEXT_START)
            number = 0
            while True:
                text = f"{number}: {'wörter 中 ' * server.random.randrange(4)}\n"
                self.wfile.write(text_delta(text))
                server.note(notes, text)
                time.sleep(server.random.uniform(*PIECE_S))
                number += 1
        except ConnectionError:
            self.close_connection = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: what it prints would stand among the results of the tests."""


def _question_in(body: bytes) -> str:
    content = json.loads(body)["messages"][-1]["content"]
    return content if isinstance(content, str) else "".join(block.get("text", "") for block in content)


@contextmanager
def paced_server(seed: int = 0) -> Iterator[PacedServer]:
    """A running server; its threads end with the block, or as soon as their client is gone."""
    server = PacedServer(seed)
    thread = threading.Thread(target=server.serve_forever, name="paced-server", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
