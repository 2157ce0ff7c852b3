"""The demo server for tests: as fast as it goes, closed at the end; and what it was asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from desktop_chat.api.demo_faults import AT_ONCE
from desktop_chat.api.demo_record import RecordedRequest
from desktop_chat.api.demo_server import DemoServer


@pytest.fixture
def demo_server() -> Iterator[DemoServer]:
    """A running demo server without pace; set its `faults` to make it misbehave."""
    with DemoServer(pace=AT_ONCE) as server:
        yield server


def questions_to(server: DemoServer) -> list[RecordedRequest]:
    """The requests for a reply, oldest first."""
    return _questions(server.requests)


def wait_for_questions(server: DemoServer, count: int, timeout_s: float = 20.0) -> list[RecordedRequest]:
    """Wait until so many replies were asked for; blocks the thread.

    Raises:  TimeoutError.
    """
    requests = server.requests
    while len(questions := _questions(requests)) < count:
        requests = server.wait_for_requests(len(requests) + 1, timeout_s)
    return questions


def _questions(requests: Sequence[RecordedRequest]) -> list[RecordedRequest]:
    return [request for request in requests if request.path == "/v1/messages"]
