"""A line on loopback as bad as it is told to be: real sockets on both sides, in a thread and a loop of its own.

What TCP makes of a bad line is what a program sees of it: a lost packet is a wait for its retransmission, in which
all that came behind it stands still; a line without a link is silence; a crashed router is a reset.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Final, Self, TypeVar

PACKET_BYTES: Final = 1_400
RETRANSMIT_S: Final = 0.2
"""How long TCP waits for the first time before it sends a lost packet again; twice as long each time after that."""

RETRANSMIT_S_MAX: Final = 3.2
"""Where the doubling ends here; the system's own end lies at two minutes."""

AHEAD_PACKETS: Final = 32
"""What is under way at once, as a window of 45 kB."""

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Conditions:
    """How a line is; the default is a good one.

    Units:   `delay_s` and `jitter_s` for one way; `bytes_per_s` for each direction, None for as fast as it goes;
             `loss` is the share of packets.
    """

    delay_s: float = 0.0
    jitter_s: float = 0.0
    bytes_per_s: float | None = None
    loss: float = 0.0
    is_up: bool = True
    """Whether anything passes at all. What is under way when it goes down is kept, as TCP sends it again."""

    def squeezed(self, times: float) -> Conditions:
        """The same line in a world in which everything is so much faster."""
        speed = None if self.bytes_per_s is None else self.bytes_per_s * times
        return replace(self, delay_s=self.delay_s / times, jitter_s=self.jitter_s / times, bytes_per_s=speed)


GOOD: Final = Conditions()
SLOW_3G: Final = Conditions(delay_s=0.15, jitter_s=0.03, bytes_per_s=50_000.0, loss=0.01)
"""300 ms there and back, 400 kbit/s, 1 % loss."""
LOSSY: Final = Conditions(delay_s=0.02, loss=0.3)
MODEM: Final = Conditions(delay_s=0.1, bytes_per_s=7_000.0)
"""56 kbit/s."""
NO_LINK: Final = Conditions(is_up=False)


@dataclass(slots=True)
class Carried:
    """One connection that went over the line.

    Units:   times as `time.monotonic`; None where it has not happened.
    """

    opened_at: float
    up_bytes: int = 0
    down_bytes: int = 0
    closed_by_client_at: float | None = None
    closed_by_server_at: float | None = None
    closed: threading.Event = field(default_factory=threading.Event)
    """Set once both ends are closed."""


class Link:
    """A line to one port of this machine; everything may be called from any thread, while it carries."""

    def __init__(self, port: int, conditions: Conditions = GOOD, seed: int = 0, squeeze: float = 1.0) -> None:
        self._target = port
        self._conditions = conditions
        self._squeeze = squeeze
        self._chance = random.Random(seed)
        self._port = 0
        self._carried: list[Carried] = []
        self._has_more = threading.Condition()
        self._open: dict[asyncio.Task[None], tuple[asyncio.StreamWriter, ...]] = {}
        self._server: asyncio.Server | None = None
        self._loop = asyncio.SelectorEventLoop()
        self._changed = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_forever, name="link", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    # --- what a test turns and sees

    @property
    def port(self) -> int:
        return self._port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def carried(self) -> tuple[Carried, ...]:
        """All connections so far, oldest first."""
        return tuple(self._carried)

    def wait_for_connections(self, count: int, timeout_s: float = 5.0) -> None:
        """Wait until so many connections have come; blocks the thread.

        Raises:  TimeoutError.
        """
        with self._has_more:
            if not self._has_more.wait_for(lambda: len(self._carried) >= count, timeout_s):
                raise TimeoutError(f"{len(self._carried)} of {count} connections came within {timeout_s} s")

    def lead_to(self, port: int) -> None:
        """Let connections from now on end elsewhere."""
        self._target = port

    def set(self, conditions: Conditions) -> None:
        """Change the line, under connections that stand, too."""

        async def change() -> None:
            self._conditions = conditions
            self._changed.set()
            self._changed = asyncio.Event()

        self._do(change())

    def reset(self) -> None:
        """Break all connections with a reset, as a router does that starts anew."""
        self._do(self._end_all(_reset))

    def hang_up(self) -> None:
        """Close all connections in good order, wherever they stand."""
        self._do(self._end_all(_hang_up))

    def refuse(self) -> None:
        """Take no connections any more: whoever tries is refused. Those that stand go on."""
        self._do(self._stop_listening())

    def accept(self) -> None:
        """Take connections again, at the same port."""
        self._do(self._listen())

    # --- in its thread

    def _do(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", self._port)
            for listening in self._server.sockets:
                # Else megabytes of what is sent would have left the program, and wait here.
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, AHEAD_PACKETS * PACKET_BYTES)
            self._port = self._server.sockets[0].getsockname()[1]

    async def _stop_listening(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()

    async def _close(self) -> None:
        await self._stop_listening()
        await self._end_all(_reset)
        for task in tuple(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _end_all(self, end: Callable[[asyncio.StreamWriter], None]) -> None:
        for writers in tuple(self._open.values()):
            for writer in writers:
                end(writer)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of our own: on Python 3.11 the cancelling of the server's is reported as an error.
        task = self._loop.create_task(self._carry(reader, writer))
        self._open[task] = (writer,)
        with suppress(asyncio.CancelledError):
            await asyncio.wait({task})
        self._open.pop(task, None)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        carried = Carried(time.monotonic())
        with self._has_more:
            self._carried.append(carried)
            self._has_more.notify_all()
        far_writer: asyncio.StreamWriter | None = None
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
            this = asyncio.current_task()
            assert this is not None
            self._open[this] = (writer, far_writer)

            def count_up(count: int) -> None:
                carried.up_bytes += count

            def count_down(count: int) -> None:
                carried.down_bytes += count

            def note_client() -> None:
                carried.closed_by_client_at = time.monotonic()

            def note_server() -> None:
                carried.closed_by_server_at = time.monotonic()

            async with asyncio.TaskGroup() as group:
                up = group.create_task(self._pump(reader, far_writer, count_up, note_client))
                down = group.create_task(self._pump(far_reader, writer, count_down, note_server))
                # A client that has gone reads nothing more; a server that has said all may still be asked nothing.
                up.add_done_callback(lambda _: down.cancel())
                down.add_done_callback(lambda _: up.cancel())
        except OSError:
            _reset(writer)
        finally:
            for each in (writer, far_writer):
                if each is not None:
                    each.close()
            carried.closed.set()

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        count: Callable[[int], None],
        note_end: Callable[[], None],
    ) -> None:
        """Carry one direction to its end; an end is passed on behind what came before it, a reset at once."""
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(AHEAD_PACKETS)
        delivering = self._loop.create_task(self._deliver(waiting, writer, count))
        due = 0.0
        try:
            while packet := await reader.read(PACKET_BYTES):
                due = self._due(len(packet), due)
                await waiting.put((due, packet))
            note_end()
            await waiting.put((due, b""))
            await delivering
        except ConnectionError:
            note_end()
            _reset(writer)
        finally:
            delivering.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await delivering

    def _due(self, size: int, before: float) -> float:
        """When a packet arrives that is sent now: never before the one ahead of it."""
        line = self._conditions
        wait_s = line.delay_s + self._chance.uniform(-line.jitter_s, line.jitter_s)
        again_s = RETRANSMIT_S / self._squeeze
        while line.loss and self._chance.random() < line.loss:
            wait_s += again_s
            again_s = min(2 * again_s, RETRANSMIT_S_MAX / self._squeeze)
        takes_s = size / line.bytes_per_s if line.bytes_per_s else 0.0
        return max(before + takes_s, self._loop.time() + wait_s + takes_s)

    async def _deliver(
        self,
        waiting: asyncio.Queue[tuple[float, bytes]],
        writer: asyncio.StreamWriter,
        count: Callable[[int], None],
    ) -> None:
        while True:
            due, packet = await waiting.get()
            await _sleep_until(self._loop, due)
            while not self._conditions.is_up:
                await self._changed.wait()
            if not packet:
                if writer.can_write_eof():
                    writer.write_eof()
                return
            writer.write(packet)
            await writer.drain()
            count(len(packet))


def _sleep_until(loop: asyncio.AbstractEventLoop, due: float) -> Awaitable[None]:
    return asyncio.sleep(max(0.0, due - loop.time()))


def _reset(writer: asyncio.StreamWriter) -> None:
    sock: socket.socket = writer.get_extra_info("socket")
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def _hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()


@contextmanager
def link_to(port: int, conditions: Conditions = GOOD, seed: int = 0, squeeze: float = 1.0) -> Iterator[Link]:
    """A line that carries; its thread ends with the block."""
    with Link(port, conditions, seed, squeeze) as link:
        yield link
