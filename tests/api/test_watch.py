"""What an observer is told of a call: the request, the line, the answer, every event; and never the key."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import pytest_asyncio

from desktop_chat.api.call import Call
from desktop_chat.api.client import ClientOptions, MessagesClient
from desktop_chat.api.watch import HIDDEN, Watch
from desktop_chat.core.api_key import ApiKey
from desktop_chat.core.errors import ApiError
from desktop_chat.core.provider import AuthStyle, ProviderProfile, profile_for
from desktop_chat.core.stream_record import HIDDEN_KEY, SentRequest, StepKind
from tests.helpers.file_samples import image_block, png
from tests.helpers.raw_server import Reset, Step, answer, in_turn, raw_server, stream
from tests.helpers.streams import MESSAGE_STOP, reply, sse, text_delta

KEY = ApiKey("sk-ant-api03-Zq7RtW2/keyhygiene+XpL9vB4nMs=KqT")
BODY = {"model": "claude-test", "max_tokens": 64, "messages": [{"role": "user", "content": "Grüße"}]}


@dataclass
class Told:
    """A `StreamObserver` that keeps all it is told."""

    requests: list[SentRequest] = field(default_factory=list)
    steps: list[tuple[StepKind, str]] = field(default_factory=list)
    answers: list[tuple[int, str | None, dict[str, str]]] = field(default_factory=list)
    events: list[tuple[str, str, int]] = field(default_factory=list)

    def asked(self, request: SentRequest) -> None:
        self.requests.append(request)

    def stepped(self, kind: StepKind, words: str = "") -> None:
        self.steps.append((kind, words))

    def opened(self, status: int, request_id: str | None, headers: tuple[tuple[str, str], ...]) -> None:
        self.answers.append((status, request_id, dict(headers)))

    def arrived(self, name: str, data: str, units: int) -> None:
        self.events.append((name, data, units))

    @property
    def kinds(self) -> list[StepKind]:
        return [kind for kind, _ in self.steps]


async def no_sleep(_seconds: float) -> None:
    await asyncio.sleep(0)


@pytest_asyncio.fixture
async def client() -> AsyncGenerator[MessagesClient, None]:
    made = MessagesClient(ClientOptions(sleep=no_sleep, attempts_max=3))
    yield made
    await made.close()


async def told_of(
    client: MessagesClient,
    profile: ProviderProfile,
    key: ApiKey | None = KEY,
    body: dict[str, Any] = BODY,
) -> Told:
    """Make a call and give what the observer was told, however it ended."""
    told = Told()
    try:
        async with aclosing(client.stream(body, profile, key, observer=told)) as events:
            async for _ in events:
                pass
    except ApiError:
        return told
    return told


async def test_a_new_connection_is_told_step_by_step(client: MessagesClient) -> None:
    async with raw_server(in_turn(stream(reply("Hi")))) as server:
        told = await told_of(client, profile_for(server.url))

    host = server.url.removeprefix("http://")
    size = len(json.dumps({**BODY, "stream": True}, ensure_ascii=False, separators=(",", ":")).encode())
    assert told.steps == [
        (StepKind.CONNECTING, host),
        (StepKind.CONNECTED, ""),
        (StepKind.SENT, f"{size} bytes"),
    ]
    assert told.requests[0].size_bytes == size


async def test_of_a_connection_that_stands_nothing_is_told(client: MessagesClient) -> None:
    kept = [b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"]
    data = reply("Hi")
    steps: list[Step] = [*kept, b"%x\r\n%s\r\n0\r\n\r\n" % (len(data), data)]
    async with raw_server(in_turn(steps)) as server:
        first = await told_of(client, profile_for(server.url))
        second = await told_of(client, profile_for(server.url))

    assert StepKind.CONNECTED in first.kinds
    assert second.kinds == [StepKind.SENT]


@pytest.mark.parametrize("style", list(AuthStyle))
async def test_the_request_is_told_as_it_was_sent_without_the_key(client: MessagesClient, style: AuthStyle) -> None:
    async with raw_server(in_turn(stream(reply("Hi")))) as server:
        told = await told_of(client, replace(profile_for(server.url), auth_style=style))

    [came], request = server.requests, told.requests[-1]
    assert (request.method, request.url) == ("POST", f"{server.url}/v1/messages")
    assert request.body is not None
    assert request.body.encode() == came.body
    shown = {name.lower(): value for name, value in request.headers}
    secret = "x-api-key" if style is AuthStyle.X_API_KEY else "authorization"
    hidden = HIDDEN_KEY if style is AuthStyle.X_API_KEY else f"Bearer {HIDDEN_KEY}"
    assert shown == {**came.headers, secret: hidden}
    assert came.headers[secret].endswith(KEY.reveal())


async def test_of_a_large_request_the_files_are_told_by_their_length(client: MessagesClient) -> None:
    blocks = [image_block(png(size_bytes=300_000)), {"type": "text", "text": f"My key is {KEY.reveal()}."}]
    body = {**BODY, "messages": [{"role": "user", "content": blocks}]}
    async with raw_server(in_turn(stream(reply("Hi")))) as server:
        told = await told_of(client, profile_for(server.url), body=body)

    assert blocks[0]["source"]["data"].encode() in server.requests[0].body
    for request in told.requests:
        assert request.is_shortened
        assert request.size_bytes == len(server.requests[0].body)
        shown = json.loads(request.body or "")["messages"][0]["content"]
        assert shown[0]["source"]["data"] == "<base64, 400,000 characters>"
        assert shown[1]["text"] == f"My key is {HIDDEN_KEY}."
    assert (StepKind.SENT, f"{len(server.requests[0].body)} bytes") in told.steps


async def test_the_answer_is_told_with_its_headers_and_no_cookie(client: MessagesClient) -> None:
    headers = {"set-cookie": "session=secret", "anthropic-ratelimit-tokens-remaining": "7"}
    async with raw_server(in_turn(stream(reply("Hi"), headers=headers))) as server:
        told = await told_of(client, profile_for(server.url))
        again = await told_of(client, profile_for(server.url))

    [(status, request_id, shown)] = told.answers
    assert (status, request_id) == (200, "req_raw")
    assert (shown["set-cookie"], shown["anthropic-ratelimit-tokens-remaining"]) == (HIDDEN, "7")
    assert server.requests[-1].headers["cookie"] == "session=secret"
    assert ("Cookie", HIDDEN) in again.requests[-1].headers


async def test_every_event_is_told_as_it_came(client: MessagesClient) -> None:
    ping, unknown = b"event: ping\ndata: {}\n\n", b'data: {"type":"future"}\n\n'
    opening = sse({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "Well, "}})
    async with raw_server(in_turn(stream(opening, ping, unknown, text_delta("世界"), MESSAGE_STOP))) as server:
        told = await told_of(client, profile_for(server.url))

    names = [name for name, _, _ in told.events]
    assert names == ["content_block_start", "ping", "", "content_block_delta", "message_stop"]
    assert [units for _, _, units in told.events] == [6, 0, 0, 2, 0]
    assert told.events[1:3] == [("ping", "{}", 0), ("", '{"type":"future"}', 0)]


async def test_an_error_event_is_told_and_so_is_the_next_try(client: MessagesClient) -> None:
    error = sse({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})
    async with raw_server(in_turn(stream(error), stream(reply("Hi")))) as server:
        told = await told_of(client, profile_for(server.url))

    assert told.events[0][0] == "error"
    [words] = [words for kind, words in told.steps if kind is StepKind.RETRY]
    assert "overloaded" in words
    assert "Tried again after 0." in words
    assert len(told.answers) == 2


async def test_a_reply_that_is_no_stream_is_one_event(client: MessagesClient) -> None:
    whole = {"type": "message", "id": "m", "model": "c", "content": [{"type": "text", "text": "Hello."}], "usage": {}}
    async with raw_server(
        in_turn(answer(200, {"content-type": "application/json"}, json.dumps(whole).encode()))
    ) as server:
        told = await told_of(client, profile_for(server.url))

    assert told.events == [("message", json.dumps(whole), 6)]


async def test_a_server_that_is_not_there_is_told_of(client: MessagesClient) -> None:
    told = await told_of(client, profile_for("http://127.0.0.1:9"))

    assert told.requests[0].url == "http://127.0.0.1:9/v1/messages"
    assert told.kinds == [StepKind.CONNECTING, StepKind.RETRY] * 2 + [StepKind.CONNECTING]
    assert "refuses the connection" in told.steps[1][1]


async def test_a_line_that_breaks_is_tried_again_with_a_reason(client: MessagesClient) -> None:
    async with raw_server(in_turn([Reset()], stream(reply("Hi")))) as server:
        told = await told_of(client, profile_for(server.url))

    assert told.kinds.count(StepKind.RETRY) == 1
    assert len(told.answers) == 1


ECHOES = {
    "as it is": KEY.reveal(),
    "in JSON": KEY.reveal().replace("/", "\\/"),
    "in an address": "sk-ant-api03-Zq7RtW2%2Fkeyhygiene%2BXpL9vB4nMs%3DKqT",
}


@pytest.mark.parametrize("spelled", ECHOES.values(), ids=ECHOES)
async def test_a_key_that_comes_back_is_hidden_wherever_it_stands(client: MessagesClient, spelled: str) -> None:
    event = f'event: note-{spelled}\ndata: {{"type":"note","echo":"{spelled} {spelled}"}}\n\n'.encode()
    refusal = json.dumps({"error": {"type": "overloaded_error", "message": "XX"}}).replace("XX", spelled)
    refused = answer(529, {"content-type": "application/json", "x-echo": spelled}, refusal.encode())
    good = stream(event, reply("Hi"), headers={"request-id": f"req-{spelled}", "x-echo": spelled})
    body = {**BODY, "system": f"My key is {KEY.reveal()}."}
    async with raw_server(in_turn(refused, good)) as server:
        told = await told_of(client, profile_for(server.url), body=body)

    assert KEY.reveal().encode() in server.requests[0].body
    everything = repr(told)
    assert "keyhygiene" not in everything
    assert told.events[0][0] == f"note-{HIDDEN_KEY}"
    assert told.answers[-1][2]["request-id"] == f"req-{HIDDEN_KEY}"
    assert f"My key is {HIDDEN_KEY}." in (told.requests[-1].body or "")


async def test_a_word_in_place_of_a_key_is_hidden_in_the_headers_alone(client: MessagesClient) -> None:
    async with raw_server(in_turn(stream(reply("type")))) as server:
        told = await told_of(client, replace(profile_for(server.url), auth_style=AuthStyle.X_API_KEY), ApiKey("type"))

    assert dict(told.requests[-1].headers)["x-api-key"] == HIDDEN_KEY
    assert HIDDEN_KEY not in repr(told.events)


class Stream:
    """What httpcore gives once a line is encrypted."""

    def get_extra_info(self, name: str) -> Any:
        return self if name == "ssl_object" else None

    def version(self) -> str:
        return "TLSv1.3"


@dataclass
class TracedRequest:
    method: bytes
    headers: list[tuple[bytes, bytes]]


def test_the_way_through_a_proxy_is_no_request_of_ours() -> None:
    told = Told()
    watch = Watch(told, Call.to(profile_for("https://api.example"), KEY, "/v1/messages", BODY))
    asked = [(b"authorization", b"Bearer " + KEY.reveal().encode()), (b"Proxy-Authorization", b"Basic cHc=")]

    for method in (b"CONNECT", b"POST"):
        watch.traced("http11.send_request_headers.started", {"request": TracedRequest(method, asked)})
        watch.traced("http11.send_request_body.complete", {"return_value": None})
        watch.traced("proxy.start_tls.complete", {"return_value": Stream()})

    assert told.kinds == [StepKind.SECURED, StepKind.SENT, StepKind.SECURED]
    assert told.steps[0][1] == "TLSv1.3"
    assert told.requests[-1].headers == (("authorization", f"Bearer {HIDDEN_KEY}"), ("Proxy-Authorization", HIDDEN))
    assert len(told.requests) == 2
