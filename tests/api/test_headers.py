"""What headers say about waiting and quotas."""

from __future__ import annotations

import pytest

from desktop_chat.api.headers import rate_limits, request_id, retry_after_s, should_retry
from desktop_chat.core.rate_limits import Quota

NOW = 1_794_997_600.0  # 2026-11-18T10:26:40Z


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "32"}, 32.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "250", "retry-after": "32"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "32"}, 32.0),
        ({"retry-after-ms": "0", "retry-after": "32"}, 32.0),
        ({"retry-after": "0"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "Wed, 18 Nov 2026 10:27:10 GMT"}, 30.0),
        ({"retry-after": "Wed, 18 Nov 2026 10:27:10 -0000"}, 30.0),
        ({"retry-after": "Wed, 18 Nov 2026 10:00:00 GMT"}, None),
        ({"retry-after": "tomorrow"}, None),
        ({"retry-after": "Wed, 99 Nov 2026 10:00:00 GMT"}, None),
    ],
)
def test_the_wait_a_server_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("value", "expected"), [("true", True), ("false", False), (" TRUE ", True), ("maybe", None), (None, None)]
)
def test_the_server_may_order_a_retry_or_forbid_it(value: str | None, expected: bool | None) -> None:
    assert should_retry({} if value is None else {"x-should-retry": value}) is expected


def test_the_quota_is_read_with_its_reset() -> None:
    limits = rate_limits(
        {
            "anthropic-ratelimit-requests-limit": "50",
            "anthropic-ratelimit-requests-remaining": "49",
            "anthropic-ratelimit-requests-reset": "2026-11-18T10:27:40Z",
            "anthropic-ratelimit-input-tokens-remaining": "many",
            "anthropic-ratelimit-output-tokens-reset": "later",
        },
    )
    assert limits is not None
    assert limits.requests == Quota(50, 49, NOW + 60)
    assert limits.input_tokens == limits.output_tokens == limits.tokens == Quota()


def test_a_server_without_a_quota_gives_none() -> None:
    assert rate_limits({"content-type": "text/event-stream"}) is None
    assert rate_limits({"anthropic-ratelimit-requests-limit": "9" * 400}) is None


def test_the_request_id_has_two_spellings() -> None:
    assert request_id({"request-id": "req_1"}) == "req_1"
    assert request_id({"x-request-id": "abc"}) == "abc"
    assert request_id({}) is None
