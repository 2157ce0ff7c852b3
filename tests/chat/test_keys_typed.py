"""What happens to a key that is typed, and to one that is to be forgotten."""

from __future__ import annotations

import pytest

from desktop_chat.core.api_key import ApiKey
from desktop_chat.core.errors import (
    Answer,
    ApiError,
    BadReply,
    KeyRejected,
    NoConnection,
    Overloaded,
    RateLimited,
    Refused,
)
from desktop_chat.core.keys import KeyCheck, KeySource
from desktop_chat.core.provider import ANTHROPIC
from tests.chat.desk import KEY, Desk
from tests.chat.key_cases import FROM_ENVIRONMENT, LOCAL, TYPED, checked, keys_of, state_of, use
from tests.helpers.signals import Heard, next_signal

# --- a key that is typed


async def test_a_good_key_is_checked_and_kept_in_the_keyring(desk: Desk) -> None:
    keys = keys_of(desk)
    states = Heard(keys.state_changed)

    assert await checked(keys, f" “{TYPED}”\n") == KeyCheck(True)

    assert desk.secrets.keys[ANTHROPIC.origin] == ApiKey(TYPED)
    assert [(call.name, call.key_mask) for call in desk.api.calls] == [("models", "sk-ant-…tYpD")]
    assert [(state.source, state.mask) for state in states] == [(KeySource.KEYRING, "sk-ant-…tYpD")]


async def test_a_key_for_this_session_never_reaches_the_keyring(desk: Desk) -> None:
    desk.secrets.keys.clear()
    keys = keys_of(desk)

    assert await checked(keys, TYPED, for_session_only=True) == KeyCheck(True)

    assert desk.secrets.keys == {}
    assert keys.state.source is KeySource.SESSION
    assert await keys.key_for(ANTHROPIC) == ApiKey(TYPED)


async def test_a_key_in_the_keyring_takes_the_place_of_one_for_the_session(desk: Desk) -> None:
    keys = keys_of(desk)
    await checked(keys, TYPED, for_session_only=True)

    await checked(keys, KEY.reveal())

    assert keys.state.source is KeySource.KEYRING
    assert await keys.key_for(ANTHROPIC) == KEY


@pytest.mark.parametrize(
    "error",
    [
        KeyRejected("The key was not accepted.", answer=Answer(401, "authentication_error", "req_1")),
        NoConnection("There is no connection."),
        RateLimited("Too many requests.", answer=Answer(429)),
        Overloaded("The server is busy.", answer=Answer(529)),
        BadReply("This is no Messages API."),
        Refused("The request was refused.", answer=Answer(400)),
        Refused("Not found.", answer=Answer(404)),
    ],
    ids=lambda error: f"{type(error).__name__}-{error.answer.status}",
)
async def test_a_check_that_fails_says_why_and_keeps_nothing(desk: Desk, error: ApiError) -> None:
    desk.api.model_list = error
    keys = keys_of(desk)

    check = await checked(keys, TYPED)

    assert check == KeyCheck(False, error.failure())
    assert desk.secrets.keys == {ANTHROPIC.origin: KEY}
    assert await keys.key_for(ANTHROPIC) == KEY


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "KeyMissing"),
        ("  \n", "KeyMissing"),
        ("''", "KeyMissing"),
        ("two words", "KeyRejected"),
        ("sk-ant-\nsecond line", "KeyRejected"),
        ("schlüssel", "KeyRejected"),
        ("sk-ant-\u200babc", "KeyRejected"),
    ],
)
async def test_what_cannot_be_a_key_is_told_without_asking_the_server(desk: Desk, text: str, kind: str) -> None:
    check = await checked(keys_of(desk), text)

    assert not check.is_good
    assert check.failure is not None
    assert check.failure.kind == kind
    assert text.strip("' \n") == "" or text not in f"{check.failure.title} {check.failure.detail}"
    assert desk.api.calls == []


@pytest.mark.parametrize(("trouble", "kind"), [("is_missing", "KeyringMissing"), ("is_locked", "KeyringLocked")])
async def test_a_good_key_that_the_keyring_refuses_may_be_used_for_this_session(
    desk: Desk, trouble: str, kind: str
) -> None:
    setattr(desk.secrets, trouble, True)
    keys = keys_of(desk)

    check = await checked(keys, TYPED)
    assert (check.is_good, check.offers_session_only) == (False, True)
    assert check.failure is not None
    assert check.failure.kind == kind

    assert await checked(keys, TYPED, for_session_only=True) == KeyCheck(True)
    assert await keys.key_for(ANTHROPIC) == ApiKey(TYPED)


async def test_a_server_without_a_list_of_models_still_takes_a_key(desk: Desk) -> None:
    use(desk, LOCAL.base_url)
    desk.api.model_list = Refused("Not found.", answer=Answer(404))
    keys = keys_of(desk)

    assert await checked(keys, "local-key") == KeyCheck(True)

    assert desk.secrets.keys[LOCAL.origin] == ApiKey("local-key")
    assert await keys.key_for(ANTHROPIC) == KEY


async def test_an_environment_key_still_counts_after_another_was_stored(desk: Desk) -> None:
    keys = keys_of(desk, {ANTHROPIC.origin: FROM_ENVIRONMENT})

    await checked(keys, TYPED)

    assert keys.state.source is KeySource.ENVIRONMENT
    assert desk.secrets.keys[ANTHROPIC.origin] == ApiKey(TYPED)


# --- forgetting


async def test_forgetting_deletes_the_key_everywhere(desk: Desk) -> None:
    keys = keys_of(desk)
    await checked(keys, TYPED)
    await checked(keys, TYPED, for_session_only=True)

    keys.forget()
    state = await next_signal(keys.state_changed)

    assert state.source is KeySource.NONE
    assert desk.secrets.keys == {}


async def test_forgetting_leaves_the_keys_of_other_servers(desk: Desk) -> None:
    desk.secrets.keys[LOCAL.origin] = ApiKey("local")
    keys = keys_of(desk)
    await state_of(keys)

    keys.forget()
    await next_signal(keys.state_changed)

    assert desk.secrets.keys == {LOCAL.origin: ApiKey("local")}


async def test_a_key_that_the_keyring_will_not_forget_is_told(desk: Desk) -> None:
    keys = keys_of(desk)
    await state_of(keys)
    desk.secrets.is_locked = True

    keys.forget()
    state = await next_signal(keys.state_changed)

    assert state.problem is not None
    assert state.problem.kind == "KeyringLocked"
