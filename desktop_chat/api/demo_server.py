"""The built-in demo server: the Messages API on loopback, in this very process, and able to misbehave.

It runs in a thread and an event loop of its own: it has to answer while the GUI thread is busy, as a real server
would, and a socket on the Qt loop would cost two and a half times as much (MEASURED 2.5, 2026-11-23).
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Final, Self

from desktop_chat.api.demo_faults import AT_ONCE, HUMAN, NO_FAULTS, Faults, Pace
from desktop_chat.api.demo_limits import LIMITS, Limits
from desktop_chat.api.demo_record import RecordedRequest
from desktop_chat.core.api_key import ApiKey

if TYPE_CHECKING:
    from desktop_chat.api.demo_service import Service

HOST: Final = "127.0.0.1"
DEMO_KEY: Final = ApiKey("sk-ant-demo-not-a-secret")
_REQUESTS_KEPT: Final = 500
_BODIES_BYTES_MAX: Final = 64 * 1024 * 1024
"""With pictures in them, a few requests fill as much memory as hundreds without."""

_CLOSE_S: Final = 5.0


class DemoServer:
    """A demo server that can be started, told to misbehave, asked what it saw, and closed; from any thread."""

    key: Final = DEMO_KEY
    """A key that it accepts; so is every other one that begins with `sk-ant-demo`."""

    def __init__(self, faults: Faults = NO_FAULTS, pace: Pace = HUMAN, limits: Limits = LIMITS, port: int = 0) -> None:
        self.pace = pace
        self.limits = limits
        self._port = port
        self._lock = threading.Condition()
        self._faults = faults
        self._faults_used = 0
        self._requests: deque[RecordedRequest] = deque(maxlen=_REQUESTS_KEPT)
        self._started = threading.Event()
        self._failure: OSError | None = None
        self._service: Service | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> str:
        """Listen, and give the base URL; after `close` it comes back at the same address.

        Raises:  OSError when the port is taken.
        """
        if self._thread is None:
            self._started.clear()
            self._failure = self._service = None
            self._thread = threading.Thread(target=self._run, name="demo-server", daemon=True)
            self._thread.start()
            self._started.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure
        return self.url

    def close(self) -> None:
        """Break off everything and end the thread; may be called twice."""
        thread, self._thread = self._thread, None
        if thread is not None:
            if self._service is not None:
                self._service.stop()
            thread.join(_CLOSE_S)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def url(self) -> str:
        """The base URL, e.g. `http://127.0.0.1:40123`; known once it has started."""
        return f"http://{HOST}:{self._port}"

    @property
    def faults(self) -> Faults:
        """What goes wrong; a new value is in force from the next request on, and counts from there."""
        return self._faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        with self._lock:
            self._faults = faults
            self._faults_used = 0

    @property
    def requests(self) -> Sequence[RecordedRequest]:
        """The latest requests, oldest first."""
        with self._lock:
            return tuple(self._requests)

    def wait_for_requests(self, count: int, timeout_s: float = 5.0) -> Sequence[RecordedRequest]:
        """Wait until so many requests have come, whether answered or not; blocks the thread.

        Raises:  TimeoutError.
        """
        with self._lock:
            if not self._lock.wait_for(lambda: len(self._requests) >= count, timeout_s):
                raise TimeoutError(f"{len(self._requests)} of {count} requests came within {timeout_s} s")
            return tuple(self._requests)

    def take_faults(self, path: str) -> Faults:
        """The faults for a request that has just come; called by the server's own thread."""
        with self._lock:
            faults = self._faults
            is_meant = faults.path is None or faults.path == path
            is_spent = faults.count is not None and self._faults_used >= faults.count
            if not is_meant or is_spent:
                return NO_FAULTS
            self._faults_used += 1
            return faults

    def record(self, request: RecordedRequest) -> None:
        """Put a request into the log; called by the server's own thread."""
        with self._lock:
            self._requests.append(request)
            size_bytes = sum(len(each.raw_body) for each in self._requests)
            while size_bytes > _BODIES_BYTES_MAX and len(self._requests) > 1:
                size_bytes -= len(self._requests.popleft().raw_body)
            self._lock.notify_all()

    def _run(self) -> None:
        # Here and not at the top: a program without --demo never loads the HTTP side.
        from desktop_chat.api.demo_service import Service

        # A plain loop, whatever policy is installed: under qasync the default one would need Qt.
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            try:
                runner.run(self._serve(Service))
            except OSError as error:
                self._failure = error
            finally:
                self._started.set()

    async def _serve(self, make_service: Callable[[DemoServer], Service]) -> None:
        service = make_service(self)
        self._port = await service.listen(HOST, self._port)
        self._service = service
        self._started.set()
        await service.run_until_stopped()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as a program of its own, for benchmarks and for other clients: prints the URL, serves until SIGTERM."""
    options = _parser().parse_args(arguments)
    faults = Faults(
        reply_text=options.reply_file.read_text(encoding="utf-8") if options.reply_file else None,
        piece_characters=options.piece_characters,
        events_per_s=options.events_per_s,
        chunk_bytes=tuple(options.chunk_bytes) if options.chunk_bytes else None,
        replay=options.replay,
    )
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with DemoServer(faults, AT_ONCE if options.at_once else HUMAN, port=options.port) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        stopped.wait()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m desktop_chat.api.demo_server", description=main.__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one (default)")
    parser.add_argument("--at-once", action="store_true", help="write as fast as it goes")
    parser.add_argument("--reply-file", type=Path, help="reply with the text of this file")
    parser.add_argument("--piece-characters", type=int, default=4, help="characters per event of that reply")
    parser.add_argument("--events-per-s", type=float, help="a fixed pace for that reply, or for --replay")
    parser.add_argument("--chunk-bytes", type=int, nargs=2, metavar=("LEAST", "MOST"), help="cut the stream so")
    parser.add_argument("--replay", type=Path, help="send this recorded stream")
    return parser


if __name__ == "__main__":
    sys.exit(main())
