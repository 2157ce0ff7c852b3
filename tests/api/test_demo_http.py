"""The demo server as an HTTP server: headers, methods, connections, the log, its life and its pace."""

from __future__ import annotations

import base64
import json
import re
import socket
import subprocess
import sys
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from desktop_chat.api.demo_faults import Faults, Pace
from desktop_chat.api.demo_server import DemoServer

QUESTION: dict[str, Any] = {
    "model": "claude-sonnet-5-5",
    "max_tokens": 2_000,
    "messages": [{"role": "user", "content": "hello"}],
}
STREAM = {**QUESTION, "stream": True}


def headers(server: DemoServer) -> dict[str, str]:
    return {"x-api-key": server.key.reveal(), "anthropic-version": "2023-06-01"}


def check_common_headers(response: httpx.Response) -> None:
    assert re.fullmatch(r"req_011[A-Za-z0-9]{21}", response.headers["request-id"])
    assert response.headers["anthropic-organization-id"]
    for name in ("requests", "tokens", "input-tokens", "output-tokens"):
        limit = int(response.headers[f"anthropic-ratelimit-{name}-limit"])
        assert 0 <= int(response.headers[f"anthropic-ratelimit-{name}-remaining"]) <= limit
        reset = datetime.fromisoformat(response.headers[f"anthropic-ratelimit-{name}-reset"])
        assert abs(reset.timestamp() - time.time()) < 65


def test_every_answer_carries_the_documented_headers(demo_server: DemoServer) -> None:
    with httpx.Client(base_url=demo_server.url, headers=headers(demo_server)) as client:
        answers = [
            client.post("/v1/messages", json=QUESTION),
            client.post("/v1/messages?beta=true", json=STREAM),
            client.post("/v1/messages", json={}),
            client.post("/v1/messages", content=b"{nonsense"),
            client.post("/v1/messages", json=[]),
            client.post("/v1/messages/count_tokens", json=QUESTION),
            client.get("/v1/models"),
            client.get("/v1/models", headers={"x-api-key": "wrong"}),
            client.get("/nowhere"),
            client.get("/v1/messages"),
        ]
    assert [answer.status_code for answer in answers] == [200, 200, 400, 400, 400, 200, 200, 401, 404, 405]
    for answer in answers:
        check_common_headers(answer)
        if answer.status_code != 200:
            error = answer.json()
            assert error["type"] == "error"
            assert error["request_id"] == answer.headers["request-id"]
            assert error["error"]["type"]
            assert error["error"]["message"]
    assert answers[0].headers["content-type"] == "application/json"
    assert answers[1].headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answers[1].headers["cache-control"] == "no-cache"
    assert answers[1].headers["transfer-encoding"] == "chunked"
    assert len({answer.headers["request-id"] for answer in answers}) == len(answers)


def test_a_key_may_come_as_bearer(demo_server: DemoServer) -> None:
    bearer = {"authorization": f"Bearer {demo_server.key.reveal()}", "anthropic-version": "2026-10-21"}
    assert httpx.get(f"{demo_server.url}/v1/models", headers=bearer).status_code == 200
    assert httpx.get(f"{demo_server.url}/v1/models", headers={**bearer, "authorization": "Basic x"}).status_code == 401
    assert httpx.get(f"{demo_server.url}/v1/models").status_code == 401


def test_one_connection_serves_many_requests(demo_server: DemoServer) -> None:
    with httpx.Client(base_url=demo_server.url, headers=headers(demo_server)) as client:
        ports = {
            client.post("/v1/messages", json=body).extensions["network_stream"].get_extra_info("client_addr")[1]
            for body in (STREAM, QUESTION, {}, STREAM)
        }
    assert len(ports) == 1


def test_head_and_options_have_no_body(demo_server: DemoServer) -> None:
    with httpx.Client(base_url=demo_server.url, headers=headers(demo_server)) as client:
        head = client.head("/v1/models")
        assert (head.status_code, head.content) == (200, b"")
        assert int(head.headers["content-length"]) == len(client.get("/v1/models").content)
        assert client.head("/").status_code == 404
        options = client.options("/v1/messages")
        assert (options.status_code, options.headers["allow"], options.content) == (204, "POST, OPTIONS", b"")
        check_common_headers(options)


def test_what_is_no_http_is_refused(demo_server: DemoServer) -> None:
    port = httpx.URL(demo_server.url).port
    with socket.create_connection(("127.0.0.1", port or 0), timeout=5) as wire:
        wire.sendall(b"\x16\x03\x01 this is TLS or nonsense\r\n\r\n")
        answer = wire.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400 ")


def test_a_big_upload_may_ask_first(demo_server: DemoServer) -> None:
    body = json.dumps(QUESTION).encode()
    lines = {**headers(demo_server), "host": "x", "content-length": str(len(body)), "expect": "100-continue"}
    with socket.create_connection(("127.0.0.1", httpx.URL(demo_server.url).port or 0), timeout=5) as wire:
        text = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        wire.sendall(f"POST /v1/messages HTTP/1.1\r\n{text}\r\n".encode())
        assert wire.recv(1_000).startswith(b"HTTP/1.1 100 ")
        wire.sendall(body)
        assert wire.recv(1_000).startswith(b"HTTP/1.1 200 ")


def test_the_log_shows_what_was_asked_and_hides_the_key(demo_server: DemoServer) -> None:
    httpx.post(f"{demo_server.url}/v1/messages?beta=true", json=QUESTION, headers=headers(demo_server))
    httpx.get(f"{demo_server.url}/v1/models", headers={"authorization": "Bearer sk-ant-demo-abcdefghijkl-wXyZ"})
    asked, listed = demo_server.wait_for_requests(2)
    assert (asked.method, asked.path, asked.status, asked.body) == ("POST", "/v1/messages?beta=true", 200, QUESTION)
    assert asked.at <= time.monotonic()
    assert asked.done.wait(5)
    assert asked.closed_at is None
    assert listed.headers["authorization"] == "sk-ant-…wXyZ"
    assert demo_server.key.reveal() not in repr(demo_server.requests)
    with pytest.raises(TimeoutError, match="2 of 3"):
        demo_server.wait_for_requests(3, timeout_s=0.01)


def test_a_client_that_hangs_up_is_noticed_at_once(demo_server: DemoServer) -> None:
    demo_server.faults = Faults(stall_after_events=5)
    url = f"{demo_server.url}/v1/messages"
    with httpx.stream("POST", url, json=STREAM, headers=headers(demo_server)) as response:
        chunks = response.iter_raw()
        next(chunks)
        left_at = time.monotonic()
    (request,) = demo_server.requests
    assert request.done.wait(5)
    assert request.closed_at is not None
    assert left_at <= request.closed_at


def test_closing_ends_every_stream_and_the_thread() -> None:
    server = DemoServer(Faults(stall_after_events=1))
    url = server.start()
    assert server.start() == url, "a second start changes nothing"
    with httpx.stream("POST", f"{url}/v1/messages", json=STREAM, headers=headers(server)) as response:
        chunks = response.iter_raw()
        next(chunks)
        server.close()
        with pytest.raises(httpx.RemoteProtocolError):
            next(chunks)
    server.close()
    assert "demo-server" not in {thread.name for thread in threading.enumerate()}
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_a_server_that_was_closed_comes_back_at_its_address() -> None:
    server = DemoServer()
    url = server.start()
    server.close()
    with server:
        assert server.url == url
        assert httpx.get(f"{url}/v1/models", headers=headers(server)).status_code == 200


def test_a_taken_port_is_an_error(demo_server: DemoServer) -> None:
    with pytest.raises(OSError, match="address already in use"):
        DemoServer(port=int(demo_server.url.rpartition(":")[2])).start()


def test_an_old_conversation_goes_on_with_a_new_server(demo_server: DemoServer) -> None:
    first = httpx.post(f"{demo_server.url}/v1/messages", json=QUESTION, headers=headers(demo_server)).json()
    follow_up = [
        *QUESTION["messages"],
        {"role": "assistant", "content": first["content"]},
        {"role": "user", "content": "more"},
    ]
    with DemoServer() as other:
        request = {**QUESTION, "messages": follow_up}
        assert httpx.post(f"{other.url}/v1/messages", json=request, headers=headers(other)).status_code == 200


def test_the_human_pace_takes_its_time() -> None:
    with DemoServer(pace=Pace(tokens_per_s=200.0)) as server:
        started_at = time.monotonic()
        first_at = None
        with httpx.stream("POST", f"{server.url}/v1/messages", json=STREAM, headers=headers(server)) as response:
            for chunk in response.iter_raw():
                if b"text_delta" in chunk and first_at is None:
                    first_at = time.monotonic()
    assert first_at is not None
    assert first_at - started_at >= 0.4
    assert first_at + 0.1 < time.monotonic()


def test_it_runs_as_a_program_of_its_own(tmp_path: Path) -> None:
    answer = tmp_path / "answer.txt"
    answer.write_text("Only this.", encoding="utf-8")
    command = [
        sys.executable,
        "-W",
        "error",
        "-m",
        "desktop_chat.api.demo_server",
        "--at-once",
        "--reply-file",
        str(answer),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        url = program.stdout.readline().strip()
        reply = httpx.post(f"{url}/v1/messages", json=QUESTION, headers=headers(DemoServer())).json()
        program.terminate()
        _, said = program.communicate(timeout=10)
    assert [block["text"] for block in reply["content"]] == ["Only this."]
    assert (program.returncode, said) == (0, "")


def test_the_http_side_is_loaded_only_when_it_starts() -> None:
    code = "import sys, desktop_chat.api.demo_server; sys.exit('h11' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_signatures_are_base64(demo_server: DemoServer) -> None:
    reply = httpx.post(f"{demo_server.url}/v1/messages", json=QUESTION, headers=headers(demo_server)).json()
    assert base64.b64decode(reply["content"][0]["signature"], validate=True)
