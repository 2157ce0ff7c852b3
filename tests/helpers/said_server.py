"""A server that says the same bytes to every question, in a thread of its own, plain or under TLS."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

READ_BYTES: Final = 64 * 1024
NOT_FOUND: Final = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, and when it was read (`time.monotonic`)."""

    at: float
    line: str
    headers: dict[str, str]


class SaidServer:
    """Says `answer` to every POST and closes; a GET finds nothing."""

    def __init__(self, answer: bytes, context: ssl.SSLContext | None = None) -> None:
        self._answer = answer
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.asked: list[Asked] = []
        self.connections_count = 0
        self._thread = threading.Thread(target=self._serve, name="said-server", daemon=True)

    @property
    def url(self) -> str:
        return f"{'http' if self._context is None else 'https'}://127.0.0.1:{self.port}"

    @property
    def asked_at(self) -> list[float]:
        """When each question came."""
        return [asked.at for asked in self.asked if asked.line.startswith("POST ")]

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections_count += 1
                # A client that does not like the certificate hangs up in the middle of the handshake.
                with suppress(OSError), self._secured(connection) as line:
                    self._say(line)

    def _secured(self, connection: socket.socket) -> socket.socket:
        if self._context is None:
            return connection
        try:
            return self._context.wrap_socket(connection, server_side=True)
        except OSError:
            connection.close()
            raise

    def _say(self, line: socket.socket) -> None:
        asked = read_request(line)
        if asked is None:
            return
        self.asked.append(asked)
        is_question = asked.line.startswith("POST ")
        line.sendall(self._answer if is_question else NOT_FOUND)
        line.shutdown(socket.SHUT_WR)
        line.recv(1)


def read_request(line: socket.socket) -> Asked | None:
    """One request, whole; None when there is none any more."""
    text = b""
    while b"\r\n\r\n" not in text:
        if not (more := line.recv(READ_BYTES)):
            return None
        text += more
    head, _, body = text.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in rest)}
    missing = int(headers.get("content-length", "0")) - len(body)
    while missing > 0 and (more := line.recv(READ_BYTES)):
        missing -= len(more)
    return Asked(time.monotonic(), first, headers)


@contextmanager
def said_server(answer: bytes, context: ssl.SSLContext | None = None) -> Iterator[SaidServer]:
    """A running one; its thread ends with the block."""
    server = SaidServer(answer, context)
    server.start()
    try:
        yield server
    finally:
        server.close()
