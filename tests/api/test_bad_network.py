"""The line made worse on purpose: what is late, what breaks, what is made up, and that all else is the server's own."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field

import httpx
import pytest
import pytest_asyncio

from desktop_chat.api.bad_events import MALFORMED
from desktop_chat.api.bad_network import BadNetwork, LineClock
from desktop_chat.api.call import LINE
from desktop_chat.api.client import ClientOptions, MessagesClient
from desktop_chat.api.quiet import Patience
from desktop_chat.core.bad_line import BadLine
from desktop_chat.core.errors import ApiError, NoConnection, Overloaded, RateLimited, StreamBroken
from desktop_chat.core.events import ReplyEnded, RetryScheduled, StillWaiting, StreamEvent
from desktop_chat.core.network_conditions import NetworkConditions
from desktop_chat.core.provider import profile_for
from tests.helpers.line_time import LineTime
from tests.helpers.raw_server import Stall, in_turn, raw_server, stream
from tests.helpers.streams import collected, reply, sse, text_delta, text_of

PATIENCE_S = 20.0
URL = "http://server.invalid/v1/messages"
EVENTS = [sse({"type": "ping"}), text_delta("Grüße"), text_delta(" aus"), sse({"type": "message_stop"})]


class Body(httpx.AsyncByteStream):
    """Gives its chunks; knows whether it was closed."""

    def __init__(self, chunks: Sequence[bytes]) -> None:
        self._chunks = chunks
        self.is_closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            yield chunk

    async def aclose(self) -> None:
        self.is_closed = True


@dataclass
class Server(httpx.AsyncBaseTransport):
    """The network below: answers every request with the same chunks."""

    chunks: Sequence[bytes] = (b"x" * 100,)
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "text/event-stream; charset=utf-8"})
    bodies: list[Body] = field(default_factory=list)
    has_closed: bool = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.bodies.append(Body(self.chunks))
        return httpx.Response(self.status, headers=self.headers, stream=self.bodies[-1], extensions={"is_real": True})

    async def aclose(self) -> None:
        self.has_closed = True


@dataclass
class Asked:
    """What one request came to."""

    status: int = 0
    headers: httpx.Headers = field(default_factory=httpx.Headers)
    pieces: list[bytes] = field(default_factory=list)
    error: httpx.TransportError | None = None
    is_real: bool = False

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)


async def ask(server: Server, line: BadLine, clock: LineClock, content: bytes = b"") -> Asked:
    """Send a request over this line and read the answer as far as it comes."""
    asked = Asked()
    request = httpx.Request("POST", URL, content=content, extensions={LINE: line})
    try:
        response = await BadNetwork(server, clock).handle_async_request(request)
        asked.status, asked.headers = response.status_code, response.headers
        asked.is_real = "is_real" in response.extensions
        assert isinstance(response.stream, httpx.AsyncByteStream)
        async for piece in response.stream:
            asked.pieces.append(piece)
        await response.aclose()
    except httpx.TransportError as error:
        asked.error = error
    return asked


async def under(conditions: NetworkConditions, server: Server | None = None, content: bytes = b"") -> Asked:
    """The same on a new line, where no wait is endless."""
    return await ask(server or Server(), BadLine(conditions), LineTime().clock, content)


# --- what is late


async def test_the_request_is_late_by_the_latency() -> None:
    time = LineTime()
    asked = await ask(Server(), BadLine(NetworkConditions(latency_s=0.4)), time.clock)
    assert (asked.body, time.waited_s) == (b"x" * 100, [0.4])


async def test_a_slow_line_carries_the_question_at_its_pace_and_the_answer_in_packets() -> None:
    time = LineTime()
    server = Server([b"a" * 1_000, b"b" * 1_000])
    asked = await ask(server, BadLine(NetworkConditions(bytes_per_s=1_000)), time.clock, content=b"q" * 500)
    assert asked.body == b"a" * 1_000 + b"b" * 1_000
    assert {len(piece) for piece in asked.pieces} == {50}
    assert time.waited_s[0] == 0.5
    assert sum(time.waited_s[1:]) == pytest.approx(2.0)


async def test_small_pieces_are_not_waited_for_one_by_one() -> None:
    time = LineTime()
    await ask(Server([b"abcdefgh"] * 100), BadLine(NetworkConditions(bytes_per_s=1_000)), time.clock)
    assert sum(time.waited_s) == pytest.approx(0.8, abs=0.02)
    assert len(time.waited_s) <= 40


async def test_jitter_holds_up_now_and_then_and_not_before_every_piece() -> None:
    time = LineTime()
    asked = await ask(Server([b"x"] * 50), BadLine(NetworkConditions(jitter_s=0.3)), time.clock)
    assert asked.body == b"x" * 50
    # Once before the request and once in the answer: the other pieces have come meanwhile.
    assert len(time.waited_s) == 2
    assert all(0.0 < wait < 0.3 for wait in time.waited_s)


async def test_jitter_is_the_same_again_with_the_same_seed() -> None:
    waits = []
    for seed in (1, 1, 2):
        time = LineTime()
        await ask(Server(), BadLine(NetworkConditions(jitter_s=0.3, seed=seed)), time.clock)
        waits.append(time.waited_s)
    assert waits[0] == waits[1] != waits[2]


async def test_what_is_not_due_passes_as_it_is() -> None:
    server = Server([b"one", b"two"], status=404, headers={"x-other": "1"})
    asked = await under(NetworkConditions(cut_after_bytes=1_000, malformed_after_events=1), server)
    assert (asked.status, asked.headers["x-other"], asked.pieces) == (404, "1", [b"one", b"two"])
    assert asked.is_real
    assert server.bodies[0].is_closed


# --- what breaks


@pytest.mark.parametrize("cut", [1, 99, 100, 150, 199])
async def test_the_connection_is_lost_after_exactly_so_many_bytes(cut: int) -> None:
    server = Server([b"a" * 100, b"b" * 100])
    asked = await under(NetworkConditions(cut_after_bytes=cut), server)
    assert len(asked.body) == cut
    assert isinstance(asked.error, httpx.ReadError)
    assert server.bodies[0].is_closed


async def test_lost_at_once_there_is_no_answer() -> None:
    server = Server()
    asked = await under(NetworkConditions(cut_after_bytes=0), server)
    assert isinstance(asked.error, httpx.RemoteProtocolError)
    assert (asked.status, server.bodies[0].is_closed) == (0, True)


async def test_a_stall_lasts_as_long_as_it_is_told_and_the_rest_follows() -> None:
    time = LineTime()
    conditions = NetworkConditions(stall_after_bytes=30, stall_s=8.0)
    asked = await ask(Server(), BadLine(conditions), time.clock)
    assert [len(piece) for piece in asked.pieces] == [30, 70]
    assert time.waited_s == [8.0]


@pytest.mark.parametrize("stall", [0, 30])
async def test_without_an_end_a_stall_gives_nothing_until_it_is_cancelled(stall: int) -> None:
    time, server = LineTime(), Server()
    task = asyncio.ensure_future(ask(server, BadLine(NetworkConditions(stall_after_bytes=stall)), time.clock))
    await time.is_endless.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


# --- what is made up


@pytest.mark.parametrize(("status", "kind"), [(429, "rate_limit_error"), (500, "api_error"), (529, "overloaded_error")])
async def test_a_made_up_answer_is_as_the_api_gives_it_and_the_server_is_not_asked(status: int, kind: str) -> None:
    server = Server()
    asked = await under(NetworkConditions(fail_status=status, retry_after_s=7.0), server)
    said = json.loads(asked.body)
    assert (asked.status, asked.headers["content-type"]) == (status, "application/json")
    assert (said["type"], said["error"]["type"]) == ("error", kind)
    assert said["error"]["message"]
    assert said["request_id"] == asked.headers["request-id"]
    assert said["request_id"].startswith("req_")
    assert asked.headers.get("retry-after") == ("7" if status == 429 else None)
    assert server.bodies == []


@pytest.mark.parametrize("chunk_size", [1, 2, 3, 7, 10_000])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
async def test_a_broken_event_stands_between_two_sound_ones(chunk_size: int, line_end: bytes) -> None:
    events = [event.replace(b"\n", line_end) for event in EVENTS]
    whole = b"".join(events)
    server = Server([whole[at : at + chunk_size] for at in range(0, len(whole), chunk_size)])
    asked = await under(NetworkConditions(malformed_after_events=2), server)
    assert asked.body == b"".join([*events[:2], MALFORMED, *events[2:]])
    with pytest.raises(ValueError):
        json.loads(MALFORMED.partition(b"data: ")[2])


@pytest.mark.parametrize("chunk_size", [1, 3, 10_000])
async def test_an_error_event_ends_the_stream(chunk_size: int) -> None:
    whole = b"".join(EVENTS)
    server = Server([whole[at : at + chunk_size] for at in range(0, len(whole), chunk_size)])
    asked = await under(NetworkConditions(error_after_events=2), server)
    begin = b"".join(EVENTS[:2]) + b"event: error\ndata: "
    assert asked.body.startswith(begin)
    said = json.loads(asked.body.removeprefix(begin))
    assert (said["type"], said["error"]) == ("error", {"type": "overloaded_error", "message": "Overloaded"})
    assert server.bodies[0].is_closed


@pytest.mark.parametrize(
    "server",
    [
        Server(EVENTS, headers={"content-type": "application/json"}),
        Server(EVENTS, headers={"content-type": "text/event-stream", "content-encoding": "gzip"}),
        Server(EVENTS, status=500),
    ],
    ids=["no stream", "packed", "an error"],
)
async def test_nothing_is_put_into_what_is_no_plain_stream(server: Server) -> None:
    asked = await under(NetworkConditions(malformed_after_events=1, error_after_events=2), server)
    assert asked.body == b"".join(EVENTS)


# --- lifted


@pytest.mark.parametrize("cut", [5, 30])
async def test_lifted_conditions_let_a_stalled_answer_go_on_and_make_nothing_worse_any_more(cut: int) -> None:
    time, server = LineTime(), Server([b"".join(EVENTS)])
    line = BadLine(
        NetworkConditions(stall_after_bytes=5, cut_after_bytes=cut, bytes_per_s=1_000, malformed_after_events=2)
    )
    task = asyncio.ensure_future(ask(server, line, time.clock))
    await time.is_endless.wait()
    line.lifted.set()
    asked = await task
    assert asked.error is None
    assert asked.body.replace(MALFORMED, b"") == b"".join(EVENTS)


@pytest.mark.parametrize("conditions", [NetworkConditions(fail_status=529), NetworkConditions(cut_after_bytes=0)])
async def test_lifted_before_the_request_they_do_nothing(conditions: NetworkConditions) -> None:
    line = BadLine(conditions)
    line.lifted.set()
    asked = await ask(Server(), line, LineTime().clock)
    assert (asked.status, asked.body) == (200, b"x" * 100)


async def test_the_clock_of_people_ends_a_wait_by_time_or_when_they_are_lifted() -> None:
    lifted = asyncio.Event()
    await LineClock().wait_for(lifted, 0.001)
    assert not lifted.is_set()
    lifted.set()
    await LineClock().wait_for(lifted, None)


async def test_closing_closes_the_transport_below() -> None:
    server = Server()
    await BadNetwork(server, LineClock()).aclose()
    assert server.has_closed


# --- as the client's


@pytest.fixture
def time() -> LineTime:
    return LineTime()


@pytest_asyncio.fixture
async def client(time: LineTime) -> AsyncGenerator[MessagesClient, None]:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    made = MessagesClient(ClientOptions(sleep=sleep, line_clock=time.clock))
    yield made
    await made.close()


async def collect(client: MessagesClient, url: str, line: BadLine) -> tuple[list[StreamEvent], ApiError | None]:
    body = {"model": "claude-test", "max_tokens": 64, "messages": [{"role": "user", "content": "Hi"}]}
    return await collected(client.stream(body, profile_for(url), None, line))


async def test_the_client_tries_again_as_with_a_real_answer(client: MessagesClient) -> None:
    line = BadLine(NetworkConditions(fail_status=429, fail_count=2, retry_after_s=3.0))
    async with raw_server(in_turn(stream(reply("Hi")))) as server:
        events, error = await collect(client, server.url, line)
    retries = [event for event in events if isinstance(event, RetryScheduled)]
    assert (error, text_of(events), len(server.requests)) == (None, "Hi", 1)
    assert [(event.failure.kind, event.delay_s, event.failure.status) for event in retries] == [
        ("RateLimited", 3.0, 429)
    ] * 2


@pytest.mark.parametrize(
    ("status", "kind"), [(429, RateLimited), (500, Overloaded), (529, Overloaded)], ids=["429", "500", "529"]
)
async def test_the_client_gives_up_as_with_a_real_answer(
    client: MessagesClient, status: int, kind: type[ApiError]
) -> None:
    async with raw_server(in_turn(stream(reply("Hi")))) as server:
        _, error = await collect(client, server.url, BadLine(NetworkConditions(fail_status=status)))
    assert isinstance(error, kind)
    assert (error.answer.status, error.answer.request_id) == (status, "req_conditions0004")
    assert server.requests == []


async def test_a_cut_is_a_broken_line_and_before_the_answer_it_is_tried_again(client: MessagesClient) -> None:
    async with raw_server(in_turn(stream(reply("Good ", "morning")))) as server:
        events, error = await collect(client, server.url, BadLine(NetworkConditions(cut_after_bytes=450)))
        assert isinstance(error, StreamBroken)
        assert text_of(events) == "Good "
        assert len(server.requests) == 1
        _, error = await collect(client, server.url, BadLine(NetworkConditions(cut_after_bytes=0)))
        assert isinstance(error, NoConnection)
        assert len(server.requests) == 6


async def test_an_error_event_in_the_middle_is_told_as_one(client: MessagesClient) -> None:
    async with raw_server(in_turn(stream(reply("Good ", "morning")))) as server:
        events, error = await collect(client, server.url, BadLine(NetworkConditions(error_after_events=3)))
    assert isinstance(error, Overloaded)
    assert (error.answer.error_type, text_of(events)) == ("overloaded_error", "Good ")


async def test_a_malformed_event_costs_no_word(client: MessagesClient) -> None:
    async with raw_server(in_turn(stream(reply("Good ", "morning")))) as server:
        events, error = await collect(client, server.url, BadLine(NetworkConditions(malformed_after_events=3)))
    assert (error, text_of(events)) == (None, "Good morning")
    assert isinstance(events[-1], ReplyEnded)


async def test_silence_on_the_line_is_told_and_given_up_as_any_other(time: LineTime) -> None:
    patience = Patience(notice_s=0.05, repeat_s=0.05, limit_s=1.0)
    client = MessagesClient(ClientOptions(patience=patience, line_clock=time.clock))
    async with raw_server(in_turn(stream(reply("Good ", "morning")))) as server:
        events, error = await collect(client, server.url, BadLine(NetworkConditions(stall_after_bytes=450)))
        await client.close()
    assert isinstance(error, StreamBroken)
    assert any(isinstance(event, StillWaiting) for event in events)


class HeldTime:
    """Lets some waits pass and holds the next one until it is cancelled."""

    def __init__(self, passing_count: int) -> None:
        self.reached = asyncio.Event()
        self._passing_count = passing_count

    async def wait_for(self, lifted: asyncio.Event, _seconds: float | None) -> None:
        if self._passing_count == 0:
            self.reached.set()
            await lifted.wait()
        self._passing_count -= 1


WAITS = {
    "for the latency": (NetworkConditions(latency_s=60.0), 0),
    "for a stall": (NetworkConditions(stall_after_bytes=300), 0),
    "for a slow question": (NetworkConditions(bytes_per_s=1), 0),
    "for a slow answer": (NetworkConditions(bytes_per_s=1), 1),
}


@pytest.mark.parametrize("name", WAITS)
async def test_stopping_ends_every_wait_and_closes_the_socket(name: str) -> None:
    conditions, passing_count = WAITS[name]
    time = HeldTime(passing_count)
    client = MessagesClient(ClientOptions(line_clock=LineClock(wait_for=time.wait_for)))
    async with asyncio.timeout(PATIENCE_S), raw_server(in_turn(stream(reply("Hi"), Stall()))) as server:
        task = asyncio.ensure_future(collect(client, server.url, BadLine(conditions)))
        await time.reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        if server.requests:
            await server.closed_by_client.wait()
    await client.close()


async def test_lines_do_not_touch_each_other_nor_requests_without_one(client: MessagesClient) -> None:
    body = {"model": "claude-test", "max_tokens": 64, "messages": [{"role": "user", "content": "Hi"}]}
    async with raw_server(in_turn(stream(reply("Hi")))) as server:
        _, bad = await collect(client, server.url, BadLine(NetworkConditions(cut_after_bytes=100)))
        good, error = await collect(client, server.url, BadLine(NetworkConditions(cut_after_bytes=100_000)))
        plain = [event async for event in client.stream(body, profile_for(server.url), None)]
    assert isinstance(bad, StreamBroken)
    assert (error, text_of(good), text_of(plain)) == (None, "Hi", "Hi")


def test_without_conditions_nothing_of_it_is_loaded() -> None:
    code = (
        "import asyncio, sys\n"
        "from desktop_chat.api.client import MessagesClient\n"
        "from desktop_chat.core.errors import NoConnection\n"
        "from desktop_chat.core.provider import profile_for\n"
        "async def main():\n"
        "    client = MessagesClient()\n"
        "    try:\n"
        "        await client.models(profile_for('http://127.0.0.1:9'), None)\n"
        "    except NoConnection:\n"
        "        pass\n"
        "    await client.close()\n"
        "asyncio.run(main())\n"
        "print([name for name in sys.modules if 'bad_network' in name or 'bad_events' in name])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
