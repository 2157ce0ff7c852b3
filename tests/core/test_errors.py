"""Expected failures, and what of them is stored and shown."""

from __future__ import annotations

import pytest

from desktop_chat.core.errors import (
    Answer,
    ApiError,
    ChatError,
    KeyMissing,
    KeyRejected,
    RateLimited,
    SecretError,
    SettingsError,
    StoreError,
)
from desktop_chat.core.failure import Action, Failure


def family(kind: type[ChatError]) -> list[type[ChatError]]:
    """The class and all below it."""
    children = (child for child in kind.__subclasses__() if child.__module__ == ChatError.__module__)
    return [kind, *(member for child in children for member in family(child))]


@pytest.mark.parametrize("kind", family(ChatError))
def test_every_failure_carries_its_words_and_its_name(kind: type[ChatError]) -> None:
    error = kind("It failed.", "Nothing is lost.")

    failure = error.failure()

    assert (failure.kind, failure.title, failure.detail) == (kind.__name__, "It failed.", "Nothing is lost.")
    assert str(error) == "It failed. Nothing is lost."
    assert str(kind("It failed.")) == "It failed."


@pytest.mark.parametrize("kind", family(ApiError))
def test_failures_of_the_server_offer_to_try_again_or_the_key(kind: type[ChatError]) -> None:
    expected = Action.OPEN_KEY if kind in (KeyMissing, KeyRejected) else Action.RETRY

    assert kind("It failed.").failure().action is expected


@pytest.mark.parametrize(
    ("kind", "action"), [(StoreError, None), (SecretError, Action.OPEN_KEY), (SettingsError, Action.OPEN_SETTINGS)]
)
def test_other_failures_offer_what_helps(kind: type[ChatError], action: Action | None) -> None:
    assert {each("It failed.").failure().action for each in family(kind)} == {action}


def test_the_servers_answer_is_kept_for_details() -> None:
    error = RateLimited("Too many.", "Wait.", Answer(429, "rate_limit_error", "req_1", '{"type":"error"}', 12.5))

    assert error.failure() == Failure(
        "RateLimited", "Too many.", "Wait.", Action.RETRY, 429, "rate_limit_error", "req_1", '{"type":"error"}'
    )
    assert error.answer.retry_after_s == 12.5


def test_a_failure_without_an_answer_has_no_details() -> None:
    failure = ApiError("It failed.").failure()

    assert (failure.status, failure.type, failure.request_id, failure.raw) == (None, None, None, None)
