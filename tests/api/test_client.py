"""The client over real sockets: what it sends, what it makes of answers, when it tries again, how it ends."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio

from desktop_chat import __version__
from desktop_chat.api.client import ClientOptions, MessagesClient
from desktop_chat.api.quiet import Patience
from desktop_chat.core.api_key import ApiKey
from desktop_chat.core.errors import (
    ApiError,
    BadReply,
    KeyMissing,
    KeyRejected,
    NoConnection,
    Overloaded,
    RateLimited,
    StreamBroken,
)
from desktop_chat.core.events import (
    REPLY_EVENTS,
    BodySent,
    LineOpened,
    PartSkipped,
    Reply,
    ReplyEnded,
    RequestSent,
    ResponseOpened,
    RetryScheduled,
    StillWaiting,
    StreamEvent,
    TextArrived,
    apply,
)
from desktop_chat.core.provider import ANTHROPIC, AuthStyle, ProviderProfile, profile_for
from tests.helpers.raw_server import Close, Pause, Reset, Stall, Step, answer, head, in_turn, raw_server, stream
from tests.helpers.streams import MESSAGE_START, MESSAGE_STOP, collected, reply, sse, text_delta, text_of

KEY = ApiKey("sk-ant-api03-SECRETsecretSECRET-wXyZ")
BODY: Mapping[str, Any] = {
    "model": "claude-test",
    "max_tokens": 64,
    "messages": [{"role": "user", "content": "Grüße"}],
}
JSON_TYPE = {"content-type": "application/json"}
OPEN_BLOCK = sse({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})
OVERLOADED = sse({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})


def error_answer(status: int, error_type: str, **headers: str) -> list[Step]:
    body = json.dumps({"type": "error", "error": {"type": error_type, "message": "Words."}}).encode()
    return answer(status, JSON_TYPE | {name.replace("_", "-"): value for name, value in headers.items()}, body)


class Sleeps:
    """Takes the place of waiting before a retry: notes the time and goes on at once."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def sleeps() -> Sleeps:
    return Sleeps()


@pytest_asyncio.fixture
async def client(sleeps: Sleeps) -> AsyncGenerator[MessagesClient, None]:
    made = MessagesClient(ClientOptions(sleep=sleeps))
    yield made
    await made.close()


async def collect(
    client: MessagesClient, profile: ProviderProfile, key: ApiKey | None = KEY
) -> tuple[list[StreamEvent], ApiError | None]:
    return await collected(client.stream(BODY, profile, key))


# --- what is sent -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", list(AuthStyle))
async def test_the_request_is_what_the_api_asks_for(client: MessagesClient, style: AuthStyle) -> None:
    async with raw_server(in_turn(stream(reply("Hi")))) as server:
        profile = replace(profile_for(server.url + "/base"), auth_style=style, api_version="2026-10-21")
        events, error = await collect(client, profile)
    assert error is None
    [request] = server.requests
    assert request.line == "POST /base/v1/messages HTTP/1.1"
    assert json.loads(request.body) == {**BODY, "stream": True}
    assert "Grüße".encode() in request.body
    assert request.headers["anthropic-version"] == "2026-10-21"
    assert request.headers["accept-encoding"] == "identity"
    assert request.headers["user-agent"] == f"desktop-chat/{__version__}"
    assert request.headers["content-type"] == "application/json"
    auth = {name: request.headers.get(name) for name in ("authorization", "x-api-key")}
    secret = KEY.reveal()
    assert auth == (
        {"authorization": f"Bearer {secret}", "x-api-key": None}
        if style is AuthStyle.BEARER
        else {"authorization": None, "x-api-key": secret}
    )
    assert events[:3] == [RequestSent(1, len(request.body)), LineOpened(), BodySent()]


async def test_a_server_that_cannot_be_reached_has_been_sent_nothing(client: MessagesClient) -> None:
    async with raw_server(in_turn(stream(reply("Hi")))) as server:
        profile = profile_for(server.url)
    events, error = await collect(client, profile)
    assert isinstance(error, NoConnection)
    assert {type(event) for event in events} == {RequestSent, RetryScheduled}


async def test_without_a_key_no_auth_header_is_sent(client: MessagesClient) -> None:
    async with raw_server(in_turn(stream(reply("Hi")))) as server:
        await collect(client, profile_for(server.url), None)
    assert not {"authorization", "x-api-key"} & set(server.requests[0].headers)


async def test_a_missing_key_is_told_before_anything_is_sent(client: MessagesClient) -> None:
    events, error = await collect(client, ANTHROPIC, None)
    assert events == []
    assert isinstance(error, KeyMissing)


@pytest.mark.parametrize("text", ["ключ-0123456789abcdef", "two words 0123456789", "line\nend-0123456789"])
async def test_a_key_that_cannot_be_one_is_told_without_showing_it(client: MessagesClient, text: str) -> None:
    events, error = await collect(client, ANTHROPIC, ApiKey(text))
    assert events == []
    assert isinstance(error, KeyRejected)
    assert text not in repr(error.failure()) + str(error)


async def test_a_lone_surrogate_does_not_stop_a_question(client: MessagesClient) -> None:
    async with raw_server(in_turn(stream(reply("Hi")))) as server:
        body = {**BODY, "messages": [{"role": "user", "content": "a\ud83d"}]}
        events = [event async for event in client.stream(body, profile_for(server.url), KEY)]
    assert isinstance(events[-1], ReplyEnded)
    assert json.loads(server.requests[0].body)["messages"][0]["content"] == "a?"


async def test_the_key_is_in_no_log(client: MessagesClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with raw_server(in_turn(error_answer(500, "api_error"), stream(reply("Hi")))) as server:
        await collect(client, profile_for(server.url))
    assert caplog.records
    assert KEY.reveal() not in caplog.text


# --- what comes back ----------------------------------------------------------------------------------------------


async def test_events_come_as_they_arrive(client: MessagesClient) -> None:
    go_on = asyncio.Event()
    steps = stream(MESSAGE_START + OPEN_BLOCK + text_delta("one "), Pause(go_on), text_delta("two") + MESSAGE_STOP)
    seen: list[StreamEvent] = []
    async with (
        raw_server(in_turn(steps)) as server,
        aclosing(client.stream(BODY, profile_for(server.url), KEY)) as events,
    ):
        async for event in events:
            seen.append(event)
            if event == TextArrived(0, "one "):
                go_on.set()
    assert text_of(seen) == "one two"
    assert isinstance(seen[-1], ReplyEnded)


async def test_the_headers_are_told_before_the_first_event(client: MessagesClient) -> None:
    headers = {"request-id": "req_7", "anthropic-ratelimit-requests-remaining": "49"}
    async with raw_server(in_turn(stream(reply("Hi"), headers=headers))) as server:
        events, _ = await collect(client, profile_for(server.url))
    opened = events[3]
    assert isinstance(opened, ResponseOpened)
    assert opened.request_id == "req_7"
    assert opened.rate_limits is not None
    assert opened.rate_limits.requests.left == 49


async def test_a_reply_in_one_burst_and_in_single_bytes_is_the_same(client: MessagesClient) -> None:
    data = reply(*(f"w{number} " for number in range(50)))
    texts = []
    for steps in ([data], [data[at : at + 1] for at in range(len(data))]):
        async with raw_server(in_turn(stream(*steps))) as server:
            events, error = await collect(client, profile_for(server.url))
        assert error is None
        texts.append(text_of(events))
    assert texts[0] == texts[1]


async def test_a_hundred_thousand_small_events_arrive_whole(client: MessagesClient) -> None:
    async with raw_server(in_turn(stream(reply(*["x"] * 100_000)))) as server:
        events, error = await collect(client, profile_for(server.url))
    assert error is None
    assert text_of(events) == "x" * 100_000


async def test_an_event_of_eight_megabytes_arrives_whole(client: MessagesClient) -> None:
    # Each is written as an escape of six bytes.
    text = "é" * (8 * 1024 * 1024 // 6)
    async with raw_server(in_turn(stream(reply(text)))) as server:
        events, error = await collect(client, profile_for(server.url))
    assert error is None
    assert text_of(events) == text


async def test_invalid_utf8_costs_a_character_and_nothing_else(client: MessagesClient) -> None:
    data = reply("before", "after").replace(b"before", b"be\xfffore")
    async with raw_server(in_turn(stream(data))) as server:
        events, error = await collect(client, profile_for(server.url))
    assert error is None
    assert text_of(events) == "be\ufffdforeafter"


async def test_a_compressed_stream_is_unpacked(client: MessagesClient) -> None:
    packed = gzip.compress(reply("Hi ", "there"))
    async with raw_server(in_turn(stream(packed[:40], packed[40:], headers={"content-encoding": "gzip"}))) as server:
        events, error = await collect(client, profile_for(server.url))
    assert error is None
    assert text_of(events) == "Hi there"


async def test_a_whole_reply_instead_of_a_stream_is_taken(client: MessagesClient) -> None:
    message = {
        "type": "message",
        "id": "msg_1",
        "content": [{"type": "text", "text": "1141 m."}],
        "stop_reason": "end_turn",
    }
    async with raw_server(in_turn(answer(200, JSON_TYPE, json.dumps(message).encode()))) as server:
        events, error = await collect(client, profile_for(server.url))
    assert error is None
    built = Reply()
    for event in events:
        if isinstance(event, REPLY_EVENTS):
            apply(built, event)
    assert built.is_ended
    assert built.content() == ({"type": "text", "text": "1141 m."},)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/html", b"<html>Sign in</html>"),
        ("application/json", b'{"hello":"world"}'),
        ("application/json", b"no json"),
        ("text/plain", b"hello"),
        ("application/octet-stream", b"\0\1\2"),
    ],
)
async def test_a_server_of_another_kind_is_a_bad_reply(client: MessagesClient, content_type: str, body: bytes) -> None:
    async with raw_server(in_turn(answer(200, {"content-type": content_type}, body))) as server:
        _, error = await collect(client, profile_for(server.url))
    assert isinstance(error, BadReply)
    assert len(server.requests) == 1


async def test_a_stream_of_another_protocol_is_a_bad_reply(client: MessagesClient) -> None:
    chunk = b'data: {"object":"chat.completion.chunk","choices":[{"delta":{"content":"Hi"}}]}\n\n'
    async with raw_server(in_turn(stream(chunk * 3 + b"data: [DONE]\n\n"))) as server:
        _, error = await collect(client, profile_for(server.url))
    assert isinstance(error, BadReply)
    assert "does not speak the Messages API" in error.title


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_by_any_call(client: MessagesClient, status: int) -> None:
    async with raw_server(in_turn(stream(reply("Hi")))) as other:
        async with raw_server(in_turn(answer(status, {"location": other.url + "/v1/messages"}))) as server:
            profile = profile_for(server.url)
            _, error = await collect(client, profile)
            with pytest.raises(BadReply, match="sends the request elsewhere"):
                await client.models(profile, KEY)
        assert other.connections_count == 0
    assert isinstance(error, BadReply)
    assert other.url in error.detail
    assert len(server.requests) == 2


async def test_a_key_goes_through_a_proxy_only_where_nobody_can_read_it(sleeps: Sleeps) -> None:
    async with raw_server(in_turn(answer(200, {}))) as proxy:
        client = MessagesClient(ClientOptions(sleep=sleeps, system_proxies=lambda: {"https": proxy.url}))
        await collect(client, profile_for("https://server.example"))
        await client.close()
    # What the proxy is told is where to connect to; all the rest would go through the line it opens.
    assert proxy.requests
    assert all(request.line == "CONNECT server.example:443 HTTP/1.1" for request in proxy.requests)
    assert all(KEY.reveal() not in str(request) for request in proxy.requests)


@pytest.mark.parametrize("echo", ["request-id", "x-request-id"])
async def test_a_key_echoed_in_a_header_is_masked(client: MessagesClient, echo: str) -> None:
    broken = stream(MESSAGE_START, Close(), headers={"request-id": "", echo: f"req-{KEY.reveal()}" + "x" * 1_000})
    async with raw_server(in_turn(broken)) as server:
        events, error = await collect(client, profile_for(server.url))
    opened = next(event for event in events if isinstance(event, ResponseOpened))
    assert opened.request_id is not None and len(opened.request_id) <= 120
    assert error is not None and error.answer.request_id == opened.request_id
    assert KEY.reveal() not in f"{events} {error.failure()}"


async def test_a_key_echoed_by_a_list_of_models_is_masked(client: MessagesClient) -> None:
    body = json.dumps({"data": [{"id": f"m-{KEY.reveal()}", "display_name": KEY.reveal()}]}).encode()
    async with raw_server(in_turn(answer(200, JSON_TYPE, body))) as server:
        (model,) = await client.models(profile_for(server.url), KEY)
    assert KEY.reveal() not in f"{model}"


async def test_a_key_echoed_in_the_text_is_masked(client: MessagesClient) -> None:
    async with raw_server(in_turn(stream(reply("You sent ", f"“{KEY.reveal()}”.")))) as server:
        events, error = await collect(client, profile_for(server.url))
    assert error is None
    assert text_of(events) == f"You sent “{KEY.mask}”."


async def test_a_short_key_may_be_a_word_of_the_text(client: MessagesClient) -> None:
    async with raw_server(in_turn(stream(reply("ollama runs here.")))) as server:
        events, _ = await collect(client, profile_for(server.url), ApiKey("ollama"))
    assert text_of(events) == "ollama runs here."


async def test_a_key_echoed_in_a_part_that_cannot_be_read_is_masked(client: MessagesClient) -> None:
    confused = sse({"type": "content_block_delta", "index": KEY.reveal(), "delta": {"type": "text_delta", "text": ""}})
    unknown = sse({"type": KEY.reveal()})
    async with raw_server(in_turn(stream(MESSAGE_START, confused, unknown, MESSAGE_STOP))) as server:
        events, _ = await collect(client, profile_for(server.url))
    assert any(isinstance(event, PartSkipped) for event in events)
    assert KEY.reveal() not in f"{events}"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"HTTP/1.1 200 OK\r\n" + b"x-more: nothing\r\n" * 20_000, "headers without an end"),
        (b"HTTP/1.1 200 OK\r\nx: " + b"x" * 300_000, "headers without an end"),
        (b"220 mail.example ESMTP\r\n\r\n", "does not answer as http should"),
        (b"\x15\x03\x01\x00\x02\x02\x46\r\n\r\n", "does not answer as http should"),
    ],
)
async def test_what_is_no_http_is_told_and_not_asked_again(
    client: MessagesClient, sleeps: Sleeps, said: bytes, words: str
) -> None:
    async with raw_server(in_turn([said, Close()])) as server:
        _, error = await collect(client, profile_for(server.url))
    assert isinstance(error, NoConnection)
    assert words in error.title
    assert sleeps.seconds == []


async def test_an_answer_of_json_has_a_limit(client: MessagesClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop_chat.api.answers.JSON_BODY_BYTES_MAX", 100_000)
    async with raw_server(
        in_turn([*answer(200, JSON_TYPE | {"content-length": "9000000"}, b"[0," * 40_000)])
    ) as server:
        profile = profile_for(server.url)
        _, error = await collect(client, profile)
        with pytest.raises(BadReply, match="without an end"):
            await client.models(profile, KEY)
    assert isinstance(error, BadReply) and "without an end" in error.title


@pytest.mark.parametrize(
    ("name", "piece"),
    [
        ("TEXT_CHARACTERS_MAX", text_delta("x" * 100)),
        ("OTHER_CHARACTERS_MAX", sse({"type": "content_block_stop", "index": 0})),
        ("PIECES_MAX", text_delta("")),
    ],
)
async def test_a_reply_beyond_all_measure_ends_and_its_beginning_is_kept(
    client: MessagesClient, monkeypatch: pytest.MonkeyPatch, name: str, piece: bytes
) -> None:
    monkeypatch.setattr(f"desktop_chat.api.reply_reader.{name}", 1_000)
    async with raw_server(in_turn(stream(MESSAGE_START, text_delta("Begun."), *[piece] * 2_000, Stall()))) as server:
        events, error = await collect(client, profile_for(server.url))
        await asyncio.wait_for(server.closed_by_client.wait(), 5)
    assert isinstance(error, BadReply) and "beyond all measure" in error.title
    assert text_of(events).startswith("Begun.")


async def test_a_key_echoed_in_a_stream_s_error_is_masked(client: MessagesClient) -> None:
    event = sse({"type": "error", "error": {"type": "authentication_error", "message": f"bad {KEY.reveal()}"}})
    async with raw_server(in_turn(stream(event))) as server:
        _, error = await collect(client, profile_for(server.url))
    assert isinstance(error, KeyRejected)
    assert KEY.reveal() not in repr(error.failure()) + str(error) + repr(error.answer)


async def test_text_after_the_end_is_ignored_and_the_line_is_used_again(client: MessagesClient) -> None:
    late = reply("Hi") + text_delta("late")
    kept_open = {"content-type": "text/event-stream", "transfer-encoding": "chunked"}
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(late), late)
    async with raw_server(in_turn([head(200, kept_open), chunked])) as server:
        for _ in range(3):
            events, error = await collect(client, profile_for(server.url))
            assert error is None
            assert text_of(events) == "Hi"
    assert len(server.requests) == 3
    assert server.connections_count == 1


async def test_a_line_that_breaks_after_the_end_breaks_nothing(client: MessagesClient) -> None:
    data = reply("Hi")
    chunked = stream(b"%x\r\n%b\r\n" % (len(data), data), Close(), headers={"transfer-encoding": "chunked"})
    async with raw_server(in_turn(chunked)) as server:
        events, error = await collect(client, profile_for(server.url))
    assert error is None
    assert isinstance(events[-1], ReplyEnded)
    assert len(server.requests) == 1


# --- trying again -------------------------------------------------------------------------------------------------


async def test_an_overloaded_server_is_asked_again(client: MessagesClient, sleeps: Sleeps) -> None:
    answers = in_turn(
        error_answer(529, "overloaded_error"),
        error_answer(429, "rate_limit_error", retry_after="7"),
        stream(reply("Hi")),
    )
    async with raw_server(answers) as server:
        events, error = await collect(client, profile_for(server.url))
    assert error is None
    assert text_of(events) == "Hi"
    retries = [event for event in events if isinstance(event, RetryScheduled)]
    assert [(event.attempt, event.attempts_max, event.failure.kind) for event in retries] == [
        (2, 5, "Overloaded"),
        (3, 5, "RateLimited"),
    ]
    assert [event.attempt for event in events if isinstance(event, RequestSent)] == [1, 2, 3]
    assert sleeps.seconds == [event.delay_s for event in retries]
    assert 0.375 <= sleeps.seconds[0] <= 0.5
    assert sleeps.seconds[1] == 7.0
    # The headers of a failed attempt open nothing.
    assert sum(isinstance(event, ResponseOpened) for event in events) == 1


async def test_after_five_attempts_the_reader_is_told(client: MessagesClient, sleeps: Sleeps) -> None:
    async with raw_server(in_turn(error_answer(500, "api_error"))) as server:
        _, error = await collect(client, profile_for(server.url))
    assert isinstance(error, Overloaded)
    assert len(server.requests) == 5
    assert len(sleeps.seconds) == 4


async def test_a_long_wait_is_not_slept_through(client: MessagesClient, sleeps: Sleeps) -> None:
    async with raw_server(in_turn(error_answer(429, "rate_limit_error", retry_after="3600"))) as server:
        _, error = await collect(client, profile_for(server.url))
    assert isinstance(error, RateLimited)
    assert error.answer.retry_after_s == 3600.0
    assert (len(server.requests), sleeps.seconds) == (1, [])


async def test_a_refused_connection_is_tried_again_and_then_told(client: MessagesClient, sleeps: Sleeps) -> None:
    async with raw_server(in_turn(stream(reply("Hi")))) as server:
        url = server.url
    _, error = await collect(client, profile_for(url))
    assert isinstance(error, NoConnection)
    assert error.title == f"{url.removeprefix('http://')} refuses the connection."
    assert len(sleeps.seconds) == 4


class NoSuchName(httpx.AsyncBaseTransport):
    """Fails as a name service does that does not know the name."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no such name") from socket.gaierror(socket.EAI_NONAME, "not known")


async def test_an_unknown_host_is_told_by_name(sleeps: Sleeps) -> None:
    client = MessagesClient(ClientOptions(sleep=sleeps, wrap_transport=lambda _real: NoSuchName()))
    _, error = await collect(client, profile_for("https://no-such-host.example"))
    await client.close()
    assert isinstance(error, NoConnection)
    assert error.title == "The name no-such-host.example cannot be found."
    assert len(sleeps.seconds) == 4


async def test_a_host_name_that_cannot_be_is_told(client: MessagesClient, sleeps: Sleeps) -> None:
    _, error = await collect(client, profile_for("http://☃..x"))
    assert isinstance(error, NoConnection)
    assert "☃..x" in error.title
    assert sleeps.seconds == []


async def test_https_to_a_plain_server_is_told(client: MessagesClient, sleeps: Sleeps) -> None:
    async def babble(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    _, error = await collect(client, profile_for(f"https://127.0.0.1:{port}"))
    server.close()
    await server.wait_closed()
    assert isinstance(error, NoConnection)
    assert error.title == f"No secure connection to 127.0.0.1:{port}."
    assert sleeps.seconds == []


@pytest.mark.parametrize("fault", [[Reset()], [b"HTTP/1.1 200", Close()], stream(), stream(Reset())])
async def test_a_line_that_breaks_before_the_reply_is_tried_again(client: MessagesClient, fault: list[Step]) -> None:
    async with raw_server(in_turn(fault, stream(reply("Hi")))) as server:
        events, error = await collect(client, profile_for(server.url))
    assert error is None
    assert text_of(events) == "Hi"
    assert [event.failure.kind for event in events if isinstance(event, RetryScheduled)] == ["NoConnection"]


@pytest.mark.parametrize("before", [b"", MESSAGE_START, MESSAGE_START + sse({"type": "ping"})])
async def test_an_error_event_before_any_content_is_tried_again(client: MessagesClient, before: bytes) -> None:
    async with raw_server(in_turn(stream(before + OVERLOADED), stream(reply("Hi")))) as server:
        events, error = await collect(client, profile_for(server.url))
    assert error is None
    assert text_of(events) == "Hi"
    assert len(server.requests) == 2


async def test_an_error_event_after_content_keeps_what_came(client: MessagesClient, sleeps: Sleeps) -> None:
    data = MESSAGE_START + OPEN_BLOCK + text_delta("Half ") + OVERLOADED + text_delta("never")
    async with raw_server(in_turn(stream(data))) as server:
        events, error = await collect(client, profile_for(server.url))
    assert isinstance(error, Overloaded)
    assert text_of(events) == "Half "
    assert (len(server.requests), sleeps.seconds) == (1, [])


@pytest.mark.parametrize("end", [[], [Reset()]])
async def test_a_stream_cut_in_the_middle_is_broken_and_not_repeated(client: MessagesClient, end: list[Step]) -> None:
    go_on = asyncio.Event()
    seen: list[StreamEvent] = []
    async with raw_server(
        in_turn(stream(MESSAGE_START + OPEN_BLOCK + text_delta("Half "), Pause(go_on), *end))
    ) as server:
        with pytest.raises(StreamBroken) as caught:
            async with aclosing(client.stream(BODY, profile_for(server.url), KEY)) as events:
                async for event in events:
                    seen.append(event)
                    if isinstance(event, TextArrived):
                        go_on.set()
    assert text_of(seen) == "Half "
    assert len(server.requests) == 1
    assert caught.value.answer.request_id == "req_raw"


async def test_a_wait_before_a_retry_can_be_cancelled() -> None:
    is_waiting = asyncio.Event()

    async def wait_for_ever(_seconds: float) -> None:
        is_waiting.set()
        await asyncio.Event().wait()

    client = MessagesClient(ClientOptions(sleep=wait_for_ever))
    async with raw_server(in_turn(error_answer(529, "overloaded_error"))) as server:
        task = asyncio.ensure_future(collect(client, profile_for(server.url)))
        await is_waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    await client.close()


# --- silence and the end ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "kind"),
    [([Stall()], NoConnection), (stream(MESSAGE_START + OPEN_BLOCK + text_delta("Half"), Stall()), StreamBroken)],
)
async def test_silence_is_told_and_given_up_in_the_end(steps: list[Step], kind: type[ApiError]) -> None:
    client = MessagesClient(ClientOptions(patience=Patience(notice_s=0.05, repeat_s=0.05, limit_s=0.4)))
    async with raw_server(in_turn(steps)) as server:
        events, error = await collect(client, profile_for(server.url))
        await server.closed_by_client.wait()
    await client.close()
    assert type(error) is kind
    assert "fell silent" in error.title
    assert sum(isinstance(event, StillWaiting) for event in events) >= 2
    assert len(server.requests) == 1


@pytest.mark.parametrize("steps", [[Stall()], stream(MESSAGE_START + OPEN_BLOCK + text_delta("Half"), Stall())])
async def test_cancelling_closes_the_socket_within_100_ms(client: MessagesClient, steps: list[Step]) -> None:
    async with raw_server(in_turn(steps)) as server:
        task = asyncio.ensure_future(collect(client, profile_for(server.url)))
        await server.arrived.wait()
        cancelled_at = asyncio.get_running_loop().time()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await server.closed_by_client.wait()
    assert server.closed_at - cancelled_at < 0.1


async def test_leaving_the_stream_closes_the_socket_at_once(client: MessagesClient) -> None:
    async with raw_server(in_turn(stream(MESSAGE_START + OPEN_BLOCK + text_delta("Half"), Stall()))) as server:
        async with aclosing(client.stream(BODY, profile_for(server.url), KEY)) as events:
            async for event in events:
                if isinstance(event, TextArrived):
                    break
            left_at = asyncio.get_running_loop().time()
        await server.closed_by_client.wait()
    assert server.closed_at - left_at < 0.1


async def test_two_streams_do_not_disturb_each_other(client: MessagesClient) -> None:
    go_on = asyncio.Event()
    held = stream(MESSAGE_START + OPEN_BLOCK, Pause(go_on), text_delta("slow") + MESSAGE_STOP)
    async with raw_server(in_turn(held, stream(reply("fast")))) as server:
        slow = asyncio.ensure_future(collect(client, profile_for(server.url)))
        await server.arrived.wait()
        fast, _ = await collect(client, profile_for(server.url))
        assert not slow.done()
        go_on.set()
        events, error = await slow
    assert error is None
    assert (text_of(fast), text_of(events)) == ("fast", "slow")


# --- the small calls ----------------------------------------------------------------------------------------------


async def test_all_pages_of_models_are_read(client: MessagesClient) -> None:
    pages = [
        {"data": [{"id": "a"}, {"id": "b"}], "has_more": True, "last_id": "b"},
        {"data": [{"id": "c"}], "has_more": False},
    ]
    async with raw_server(in_turn(*(answer(200, JSON_TYPE, json.dumps(page).encode()) for page in pages))) as server:
        models = await client.models(profile_for(server.url), KEY)
    assert [model.id for model in models] == ["a", "b", "c"]
    assert [request.line for request in server.requests] == [
        "GET /v1/models?limit=1000 HTTP/1.1",
        "GET /v1/models?limit=1000&after_id=b HTTP/1.1",
    ]


async def test_a_list_of_models_that_never_ends_is_cut(client: MessagesClient) -> None:
    page = {"data": [{"id": "a"}], "has_more": True, "last_id": "a"}
    async with raw_server(in_turn(answer(200, JSON_TYPE, json.dumps(page).encode()))) as server:
        models = await client.models(profile_for(server.url), KEY)
    assert [model.id for model in models] == ["a"]
    assert len(server.requests) == 20


@pytest.mark.parametrize("body", [b"{}", b"[]", b"<html>", b'{"data":"many"}', b'{"data":true}'])
async def test_a_strange_answer_to_a_small_call_is_a_bad_reply(client: MessagesClient, body: bytes) -> None:
    async with raw_server(in_turn(answer(200, JSON_TYPE, body))) as server:
        with pytest.raises(BadReply):
            await client.models(profile_for(server.url), KEY)


async def test_a_small_call_is_not_repeated(client: MessagesClient, sleeps: Sleeps) -> None:
    async with raw_server(in_turn(error_answer(529, "overloaded_error"))) as server:
        with pytest.raises(Overloaded):
            await client.models(profile_for(server.url), KEY)
    assert (len(server.requests), sleeps.seconds) == (1, [])


async def test_a_small_call_has_a_deadline() -> None:
    client = MessagesClient(ClientOptions(deadline_s=0.1))
    async with raw_server(in_turn([Stall()])) as server:
        with pytest.raises(NoConnection, match="does not answer"):
            await client.models(profile_for(server.url), KEY)
        await server.closed_by_client.wait()
    await client.close()


# --- around it ----------------------------------------------------------------------------------------------------


async def test_a_proxy_that_cannot_be_used_is_told_when_it_is_needed() -> None:
    client = MessagesClient(ClientOptions(system_proxies=lambda: {"all": "socks9://localhost:1"}, attempts_max=1))
    client.warm_up()
    _, error = await collect(client, profile_for("http://server.example"))
    await client.close()
    assert isinstance(error, NoConnection)
    assert "proxy" in error.title


async def test_a_proxy_that_wants_a_password_is_told_once(sleeps: Sleeps) -> None:
    async with raw_server(in_turn(answer(407, {}))) as proxy:
        client = MessagesClient(ClientOptions(sleep=sleeps, system_proxies=lambda: {"https": proxy.url}))
        _, error = await collect(client, profile_for("https://server.example"))
        await client.close()
    assert isinstance(error, NoConnection)
    assert "proxy" in error.title
    assert "407" in error.detail
    assert proxy.requests[0].line == "CONNECT server.example:443 HTTP/1.1"
    assert KEY.reveal() not in str(proxy.requests)
    assert sleeps.seconds == []


async def test_a_request_goes_through_the_proxy_of_the_system() -> None:
    async with raw_server(in_turn(stream(reply("Hi")))) as proxy:
        client = MessagesClient(ClientOptions(system_proxies=lambda: {"http": proxy.url}))
        events, error = await collect(client, profile_for("http://server.example"))
        await client.close()
    assert error is None
    assert text_of(events) == "Hi"
    assert proxy.requests[0].line == "POST http://server.example/v1/messages HTTP/1.1"


async def test_a_closed_client_can_be_used_again(client: MessagesClient) -> None:
    async with raw_server(in_turn(stream(reply("Hi")))) as server:
        await client.close()
        _, error = await collect(client, profile_for(server.url))
    assert error is None


def test_importing_the_client_loads_no_http_library() -> None:
    code = (
        "import sys, desktop_chat.api.client\n"
        "heavy = {'httpx', 'httpcore', 'anyio', 'truststore', 'h11', 'PySide6'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


def test_after_the_warm_up_the_first_request_loads_nothing_more() -> None:
    code = """if True:
        import asyncio, sys
        from desktop_chat.api.client import MessagesClient
        from desktop_chat.core.provider import profile_for
        from tests.helpers.raw_server import in_turn, raw_server, stream
        from tests.helpers.streams import reply

        async def main():
            client = MessagesClient()
            client.warm_up()
            async with raw_server(in_turn(stream(reply("Hi")))) as server:
                before = set(sys.modules)
                events = [event async for event in client.stream({}, profile_for(server.url), None)]
                late = set(sys.modules) - before
            await client.close()
            # sniffio is there in some installations only, and small.
            return [name for name in late if not name.startswith("sniffio")]

        late = asyncio.run(main())
        sys.exit(f"loaded late: {late}" if late else 0)
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
