"""Everything the demo server can do wrong, looked at byte by byte."""

from __future__ import annotations

import gzip
import json
import re
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import httpx
import pytest

from desktop_chat.api.demo_faults import TRICKS, Faults, Pace, trick_in, without_trick
from desktop_chat.api.demo_server import DemoServer
from tests.helpers import streams

EVENT = re.compile(rb"event: (\w+)\r?\ndata: ([^\r\n]*)\r?\n\r?\n")


@pytest.fixture
def client(demo_server: DemoServer) -> Iterator[httpx.Client]:
    headers = {"x-api-key": demo_server.key.reveal(), "anthropic-version": "2023-06-01"}
    # Without the system's certificates, which take longer to read than most tests.
    with httpx.Client(base_url=demo_server.url, headers=headers, timeout=10, verify=False) as client:
        yield client


def question(text: str = "hello", **more: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": text}]
    return {"model": "claude-sonnet-5-5", "max_tokens": 4_000, "stream": True, "messages": messages, **more}


def chunks_of(client: httpx.Client, text: str = "hello") -> list[bytes]:
    """The stream as it comes, one item for each HTTP chunk."""
    with client.stream("POST", "/v1/messages", json=question(text)) as response:
        assert response.status_code == 200
        return list(response.iter_raw())


def names_of(stream: bytes) -> list[str]:
    return [name.decode() for name, _ in EVENT.findall(stream)]


def text_of(stream: bytes) -> str:
    values = [json.loads(data) for _, data in EVENT.findall(stream)]
    return "".join(value["delta"].get("text", "") for value in values if value["type"] == "content_block_delta")


def test_a_good_stream_has_its_events_in_order(client: httpx.Client) -> None:
    stream = b"".join(chunks_of(client))
    names = names_of(stream)
    assert EVENT.sub(b"", stream) == b"", "nothing but events"
    assert names[:3] == ["message_start", "content_block_start", "ping"]
    assert names[-3:] == ["content_block_stop", "message_delta", "message_stop"]
    assert names.count("content_block_start") == names.count("content_block_stop") == 2
    assert text_of(stream).startswith("This is the built-in demonstration")


@pytest.mark.parametrize("bounds", [(1, 1), (1, 3), (2, 50)])
def test_chunks_cut_anywhere_and_lose_nothing(
    client: httpx.Client, demo_server: DemoServer, bounds: tuple[int, int]
) -> None:
    text = "日本語 and 👩‍🚀, " * 20
    demo_server.faults = Faults(chunk_bytes=bounds, crlf=True, reply_text=text)
    chunks = chunks_of(client)
    assert text_of(b"".join(chunks)) == text
    assert {len(chunk) for chunk in chunks[:-1]} == set(range(bounds[0], bounds[1] + 1))
    assert any(chunk.endswith(b"\r") for chunk in chunks)
    assert any(0x80 <= chunk[0] < 0xC0 for chunk in chunks), "some chunk begins inside a character"


def test_lines_may_end_with_crlf(client: httpx.Client, demo_server: DemoServer) -> None:
    demo_server.faults = Faults(crlf=True)
    stream = b"".join(chunks_of(client))
    assert stream.count(b"\n") == stream.count(b"\r\n") > 0


def test_a_burst_is_one_write(client: httpx.Client, demo_server: DemoServer) -> None:
    demo_server.faults = Faults(in_one_write=True)
    demo_server.pace = Pace(tokens_per_s=1.0, first_event_s=0.0)
    (chunk,) = chunks_of(client)
    assert names_of(chunk)[-1] == "message_stop"


@pytest.mark.parametrize("count", [0, 1, 7])
def test_a_cut_stream_ends_without_message_stop(client: httpx.Client, demo_server: DemoServer, count: int) -> None:
    demo_server.faults = Faults(cut_after_events=count)
    names = names_of(b"".join(chunks_of(client)))
    assert len(names) == count
    assert "message_stop" not in names


def test_an_empty_stream_is_a_proper_answer(client: httpx.Client, demo_server: DemoServer) -> None:
    demo_server.faults = Faults(empty_body=True)
    assert chunks_of(client) == []


@pytest.mark.parametrize("count", [0, 4])
def test_a_reset_breaks_the_connection(client: httpx.Client, demo_server: DemoServer, count: int) -> None:
    demo_server.faults = Faults(reset_after_events=count)
    with pytest.raises(httpx.ReadError):
        chunks_of(client)
    (request,) = demo_server.requests
    assert request.done.wait(5)


def test_a_connection_may_be_dropped_before_the_answer(client: httpx.Client, demo_server: DemoServer) -> None:
    demo_server.faults = Faults(drops_before_headers=True, count=1)
    with pytest.raises(httpx.ReadError):
        chunks_of(client)
    assert names_of(b"".join(chunks_of(client)))[-1] == "message_stop"


def test_an_error_event_ends_the_stream(client: httpx.Client, demo_server: DemoServer) -> None:
    demo_server.faults = Faults(error_at_event=4, error_type="api_error", error_message="It broke.")
    stream = b"".join(chunks_of(client))
    assert names_of(stream) == ["message_start", "content_block_start", "ping", "error"]
    error = json.loads(EVENT.findall(stream)[-1][1])
    assert error["error"] == {"type": "api_error", "message": "It broke."}
    assert error["request_id"].startswith("req_")


def test_a_stall_ends_when_it_is_told_to(client: httpx.Client, demo_server: DemoServer) -> None:
    demo_server.faults = Faults(stall_after_events=3, stall_s=0.2, chunk_bytes=(64, 64))
    arrivals = []
    with client.stream("POST", "/v1/messages", json=question()) as response:
        received = b""
        for chunk in response.iter_raw():
            received += chunk
            arrivals.append((time.monotonic(), len(names_of(received))))
    gaps = [later[0] - sooner[0] for sooner, later in pairwise(arrivals)]
    longest = gaps.index(max(gaps))
    assert gaps[longest] >= 0.15
    assert arrivals[longest][1] == 3, "three whole events had come before the silence"
    assert names_of(received)[-1] == "message_stop"


def test_a_stall_lasts_until_the_client_gives_up(client: httpx.Client, demo_server: DemoServer) -> None:
    demo_server.faults = Faults(stall_after_events=3)
    with (
        pytest.raises(httpx.ReadTimeout),
        client.stream("POST", "/v1/messages", json=question(), timeout=0.2) as response,
    ):
        list(response.iter_raw())


def test_a_status_comes_with_its_headers_and_for_so_many_requests(
    client: httpx.Client, demo_server: DemoServer
) -> None:
    demo_server.faults = Faults(status=529, retry_after="3", retry_after_ms="2500", should_retry=False, count=2)
    answers = [client.post("/v1/messages", json=question()) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [529, 529, 200]
    assert answers[0].headers["retry-after"] == "3"
    assert answers[0].headers["retry-after-ms"] == "2500"
    assert answers[0].headers["x-should-retry"] == "false"
    assert client.get("/v1/models").status_code == 200, "the faults are for one path"
    demo_server.faults = Faults(status=500, path=None)
    assert client.get("/v1/models").status_code == 500


def test_a_proxy_may_answer_with_a_page(client: httpx.Client, demo_server: DemoServer) -> None:
    demo_server.faults = Faults(is_html=True)
    answer = client.post("/v1/messages", json=question())
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html")
    assert "request-id" not in answer.headers
    assert "<h1>502 Bad Gateway</h1>" in answer.text
    demo_server.faults = Faults(is_html=True, status=200)
    assert client.post("/v1/messages", json=question()).status_code == 200


def test_a_stream_may_be_compressed(client: httpx.Client, demo_server: DemoServer) -> None:
    demo_server.faults = Faults(gzip=True)
    with client.stream("POST", "/v1/messages", json=question()) as response:
        assert response.headers["content-encoding"] == "gzip"
        packed = list(response.iter_raw())
    assert len(packed) > 20, "compressed event by event, not held back"
    assert names_of(gzip.decompress(b"".join(packed)))[-1] == "message_stop"


@pytest.mark.parametrize("content_type", ["text/event-stream; charset=iso-8859-1", "text/plain", "application/json"])
def test_the_content_type_may_be_wrong(client: httpx.Client, demo_server: DemoServer, content_type: str) -> None:
    demo_server.faults = Faults(content_type=content_type)
    answer = client.post("/v1/messages", json=question("emoji"))
    assert answer.headers["content-type"] == content_type
    assert "👩‍🚀" in text_of(answer.content)


def test_pings_may_come_between_any_two_events(client: httpx.Client, demo_server: DemoServer) -> None:
    plain = text_of(b"".join(chunks_of(client)))
    demo_server.faults = Faults(ping_every=1)
    stream = b"".join(chunks_of(client))
    names = names_of(stream)
    assert names.count("ping") > len(names) / 2
    assert names[-1] == "message_stop"
    assert text_of(stream) == plain


@pytest.mark.parametrize("name", streams.NAMES)
def test_a_recording_is_played_byte_for_byte(client: httpx.Client, demo_server: DemoServer, name: str) -> None:
    demo_server.faults = Faults(replay=streams.FOLDER / name)
    assert b"".join(chunks_of(client)) == streams.recorded(name)


def test_a_recording_may_be_spoiled_too(client: httpx.Client, demo_server: DemoServer) -> None:
    demo_server.faults = Faults(replay=streams.FOLDER / "12_crlf.sse", chunk_bytes=(1, 1))
    chunks = chunks_of(client)
    assert {len(chunk) for chunk in chunks} == {1}
    demo_server.faults = Faults(replay=streams.FOLDER / "12_crlf.sse", cut_after_events=2)
    assert names_of(b"".join(chunks_of(client))) == names_of(b"".join(chunks))[:2]


def test_a_given_text_comes_whole_and_in_the_pieces_asked_for(client: httpx.Client, demo_server: DemoServer) -> None:
    demo_server.faults = Faults(reply_text="abcdefghij" * 1_000, piece_characters=7)
    stream = b"".join(chunks_of(client))
    assert text_of(stream) == "abcdefghij" * 1_000, "not cut by max_tokens"
    assert names_of(stream).count("content_block_delta") == 1_429
    assert names_of(stream).count("content_block_start") == 1, "no thinking"


def test_a_given_text_keeps_its_pace(client: httpx.Client, demo_server: DemoServer) -> None:
    demo_server.faults = Faults(reply_text="x" * 100, piece_characters=1, events_per_s=400.0)
    started_at = time.monotonic()
    stream = b"".join(chunks_of(client))
    assert time.monotonic() - started_at >= 0.24
    assert text_of(stream) == "x" * 100


def test_delays_come_before_the_first_byte_and_between_events(client: httpx.Client, demo_server: DemoServer) -> None:
    demo_server.faults = Faults(first_byte_delay_s=0.1, event_delay_s=0.02, reply_text="abcdef", piece_characters=1)
    started_at = time.monotonic()
    with client.stream("POST", "/v1/messages", json=question()) as response:
        opened_at = time.monotonic()
        response.read()
    assert opened_at - started_at >= 0.1
    assert time.monotonic() - opened_at >= 0.15


# --- what a person can ask for ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("/demo cut", "cut"),
        ("Explain SQL, but /demo rate-limit please", "rate-limit"),
        ("first line\n/DEMO Stall", "stall"),
        ("nothing", None),
        ("/demo nonsense", None),
        ("a path like /usr/share/demo cut", None),
        ("x/demo cut", None),
    ],
)
def test_a_trick_is_found_where_it_is_meant(text: str, name: str | None) -> None:
    trick = trick_in(text)
    assert (trick.name if trick else None) == name


def test_a_trick_does_not_choose_the_answer() -> None:
    assert without_trick("Show me tables /demo overloaded 2").strip() == "Show me tables"


def test_every_trick_is_told_of_in_the_default_answer(client: httpx.Client) -> None:
    text = text_of(b"".join(chunks_of(client, "what can you do?")))
    assert [trick.name for trick in TRICKS if f"`/demo {trick.name}`" not in text] == []


def test_a_trick_with_a_number_fails_so_often_and_then_answers(client: httpx.Client) -> None:
    tries = [client.post("/v1/messages", json=question("/demo overloaded 2")).status_code for _ in range(4)]
    assert tries == [529, 529, 200, 200]
    limited = [client.post("/v1/messages", json=question("/demo rate-limit")) for _ in range(2)]
    assert [answer.status_code for answer in limited] == [429, 200]
    assert limited[0].headers["retry-after"] == "5"


@pytest.mark.parametrize(
    ("name", "status", "last"),
    [
        ("overloaded", 529, None),
        ("html", 502, None),
        ("key", 401, None),
        ("cut", 200, "content_block_delta"),
        ("error", 200, "error"),
        ("burst", 200, "message_stop"),
        ("crumbs", 200, "message_stop"),
        ("refuse", 200, "message_stop"),
        ("redact", 200, "message_stop"),
        ("max-tokens", 200, "message_stop"),
    ],
)
def test_a_trick_does_what_it_says(client: httpx.Client, name: str, status: int, last: str | None) -> None:
    answer = client.post("/v1/messages", json=question(f"Plan a trip /demo {name}"))
    assert answer.status_code == status
    names = names_of(answer.content)
    assert (names[-1] if names else None) == last
    signs = {"refuse": b'"refusal"', "redact": b'"redacted_thinking"', "max-tokens": b'"max_tokens"'}
    assert signs.get(name, b"") in answer.content


@pytest.mark.parametrize("text", ["Hello!", "How long should a client wait between retries?"])
def test_an_answer_that_breaks_off_has_some_text_and_not_all_of_it(client: httpx.Client, text: str) -> None:
    thinking = {"type": "adaptive", "display": "summarized"}
    whole = text_of(client.post("/v1/messages", json=question(text, thinking=thinking)).content)
    broken = client.post("/v1/messages", json=question(f"{text} /demo error", thinking=thinking)).content
    assert b"thinking_delta" in broken
    assert names_of(broken)[-1] == "error"
    assert len(text_of(broken)) > 150
    assert whole.startswith(text_of(broken))


def test_redacted_thinking_can_be_sent_back(client: httpx.Client) -> None:
    first = question("hello /demo redact", stream=False)
    reply = client.post("/v1/messages", json=first).json()
    assert reply["content"][0]["type"] == "redacted_thinking"
    messages = [
        *first["messages"],
        {"role": "assistant", "content": reply["content"]},
        {"role": "user", "content": "more"},
    ]
    assert client.post("/v1/messages", json=question(messages=messages)).status_code == 200
