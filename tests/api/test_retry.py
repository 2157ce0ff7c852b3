"""Which failures are tried again, and when."""

from __future__ import annotations

import json

import pytest

from desktop_chat.api.asked import Asked
from desktop_chat.api.failures import failure_of_answer
from desktop_chat.api.retry import ATTEMPTS_MAX, AttemptFailed, delay_s
from desktop_chat.core.errors import Answer, Overloaded


def failed(status: int, headers: dict[str, str] | None = None, code: str = "") -> AttemptFailed:
    body = {"error": {"type": "x", "message": "m", "details": {"error_code": code}}}
    return failure_of_answer(status, headers or {}, json.dumps(body).encode(), Asked("server.example"))


@pytest.mark.parametrize("status", [408, 409, 429, 500, 501, 502, 503, 504, 529])
def test_passing_trouble_is_tried_again(status: int) -> None:
    assert delay_s(failed(status), 1) is not None


@pytest.mark.parametrize("status", [302, 400, 401, 402, 403, 404, 405, 412, 413, 422, 431, 499])
def test_lasting_trouble_is_not_tried_again(status: int) -> None:
    assert delay_s(failed(status), 1) is None


def test_the_server_decides_when_it_says_so() -> None:
    assert delay_s(failed(529, {"x-should-retry": "false"}), 1) is None
    assert delay_s(failed(400, {"x-should-retry": "true"}), 1) is not None


@pytest.mark.parametrize("code", ["contract_spend_limit_reached", "enforced_spend_limit_reached"])
def test_a_spending_limit_does_not_pass_by_waiting(code: str) -> None:
    assert delay_s(failed(429, code=code), 1) is None
    assert delay_s(failed(429, {"retry-after": "3"}, "ramp_limit_exceeded"), 1) == 3.0


def test_the_wait_doubles_up_to_eight_seconds() -> None:
    waits = [delay_s(failed(500), attempt, attempts_max=9, fraction=lambda: 0.0) for attempt in range(1, 8)]
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


def test_chance_only_shortens_the_wait_by_a_quarter() -> None:
    assert delay_s(failed(500), 3, fraction=lambda: 1.0) == 1.5
    assert all(1.5 <= (delay_s(failed(500), 3) or 0) <= 2.0 for _ in range(200))


def test_the_server_s_own_delay_is_kept_exactly() -> None:
    assert delay_s(failed(429, {"retry-after": "7"}), 1, fraction=lambda: 1.0) == 7.0
    assert delay_s(failed(529, {"retry-after-ms": "20"}), 4) == 0.02


def test_a_long_wait_is_left_to_the_reader() -> None:
    assert delay_s(failed(429, {"retry-after": "60"}), 1) == 60.0
    long_wait = failed(429, {"retry-after": "61"})
    assert delay_s(long_wait, 1) is None
    assert long_wait.error.answer.retry_after_s == 61.0


def test_five_attempts_are_enough() -> None:
    assert ATTEMPTS_MAX == 5
    assert delay_s(failed(500), 4) is not None
    assert delay_s(failed(500), 5) is None


def test_a_failure_that_is_no_passing_one_is_never_tried_again() -> None:
    error = Overloaded("Busy.", "", Answer(retry_after_s=1.0))
    assert delay_s(AttemptFailed(error, is_temporary=False), 1) is None
