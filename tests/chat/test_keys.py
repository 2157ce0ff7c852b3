"""Which key goes to which server, and what happens to one that is typed."""

from __future__ import annotations

import asyncio

import pytest

from desktop_chat.core.api_key import ApiKey
from desktop_chat.core.errors import (
    KeyMissing,
    KeyringLocked,
)
from desktop_chat.core.keys import KeySource, KeyState
from desktop_chat.core.provider import ANTHROPIC, profile_for
from tests.chat.desk import KEY, Desk, all_ended
from tests.chat.key_cases import FROM_ENVIRONMENT, LOCAL, LOOK, OTHER, TYPED, checked, keys_of, state_of, use
from tests.helpers.signals import Heard, next_signal

# --- the key of a request


async def test_the_key_comes_from_the_keyring_anew_for_each_request(desk: Desk) -> None:
    keys = keys_of(desk)

    assert await keys.key_for(ANTHROPIC) == KEY
    assert await keys.key_for(ANTHROPIC) == KEY
    assert desk.secrets.read_count == 2


async def test_no_key_is_held_that_is_in_the_keyring(desk: Desk) -> None:
    keys = keys_of(desk)
    await checked(keys, TYPED)
    await keys.key_for(ANTHROPIC)

    assert TYPED not in repr(vars(keys))
    assert not any(isinstance(value, ApiKey) for value in vars(keys).values())
    assert keys._session_keys == {}


async def test_the_environment_goes_before_a_session_key_and_that_before_the_keyring(desk: Desk) -> None:
    keys = keys_of(desk)
    await checked(keys, TYPED, for_session_only=True)
    assert await keys.key_for(ANTHROPIC) == ApiKey(TYPED)

    keys = keys_of(desk, {ANTHROPIC.origin: FROM_ENVIRONMENT})
    await checked(keys, TYPED, for_session_only=True)
    assert await keys.key_for(ANTHROPIC) == FROM_ENVIRONMENT

    own = ApiKey("own")
    keys = keys_of(desk, {ANTHROPIC.origin: FROM_ENVIRONMENT}, {ANTHROPIC.origin: own})
    assert await keys.key_for(ANTHROPIC) == own


async def test_keys_go_only_to_their_own_servers(desk: Desk) -> None:
    keys = keys_of(desk, {ANTHROPIC.origin: FROM_ENVIRONMENT}, {LOCAL.origin: ApiKey("own")})

    assert await keys.key_for(OTHER) is None
    assert await keys.key_for(LOCAL) == ApiKey("own")
    assert await keys.key_for(profile_for("http://api.anthropic.com")) is None


async def test_without_a_key_anthropic_cannot_be_asked(desk: Desk) -> None:
    desk.secrets.keys.clear()

    with pytest.raises(KeyMissing):
        await keys_of(desk).key_for(ANTHROPIC)
    assert await keys_of(desk).key_for(LOCAL) is None


@pytest.mark.parametrize(("trouble", "error"), [("is_missing", KeyMissing), ("is_locked", KeyringLocked)])
async def test_a_keyring_that_fails_stops_only_servers_that_want_a_key(
    desk: Desk, trouble: str, error: type[Exception]
) -> None:
    setattr(desk.secrets, trouble, True)

    with pytest.raises(error):
        await keys_of(desk).key_for(ANTHROPIC)
    assert await keys_of(desk).key_for(LOCAL) is None


# --- the state that is shown


async def test_at_first_nothing_is_known(desk: Desk) -> None:
    assert keys_of(desk).state == KeyState(origin=ANTHROPIC.origin)
    assert not keys_of(desk).state.is_usable


async def test_a_key_in_the_keyring_is_shown_as_its_mask(desk: Desk) -> None:
    assert await state_of(keys_of(desk)) == KeyState(
        KeySource.KEYRING, "sk-ant-…wXyZ", "Fake Keyring", ANTHROPIC.origin
    )


async def test_a_key_of_the_environment_is_said_to_be_one(desk: Desk) -> None:
    state = await state_of(keys_of(desk, {ANTHROPIC.origin: FROM_ENVIRONMENT}))

    assert (state.source, state.mask, state.place) == (KeySource.ENVIRONMENT, "sk-ant-…eNvI", "Fake Keyring")
    assert desk.secrets.read_count == 0


async def test_a_key_of_the_programs_own_server_lives_for_the_session(desk: Desk) -> None:
    own = {ANTHROPIC.origin: ApiKey("sk-ant-demo-0123456789-dEmO")}

    assert (await state_of(keys_of(desk, own, own))).source is KeySource.SESSION


async def test_without_a_key_it_depends_on_the_server(desk: Desk) -> None:
    desk.secrets.keys.clear()
    assert (await state_of(keys_of(desk))).source is KeySource.NONE

    use(desk, LOCAL.base_url)
    state = await state_of(keys_of(desk))
    assert (state.source, state.is_usable) == (KeySource.NOT_NEEDED, True)


@pytest.mark.parametrize(
    ("trouble", "kind", "place"),
    [("is_missing", "KeyringMissing", ""), ("is_locked", "KeyringLocked", "Fake Keyring")],
)
async def test_a_keyring_that_fails_is_told(desk: Desk, trouble: str, kind: str, place: str) -> None:
    setattr(desk.secrets, trouble, True)

    state = await state_of(keys_of(desk))

    assert state.problem is not None
    assert (state.source, state.problem.kind, state.place) == (KeySource.NONE, kind, place)


async def test_looking_again_at_the_same_key_tells_nothing(desk: Desk) -> None:
    keys = keys_of(desk)
    await state_of(keys)
    states = Heard(keys.state_changed)

    keys.refresh()
    await all_ended(LOOK)

    assert states == []


async def test_a_late_answer_of_the_keyring_does_not_hide_a_key_for_this_session(desk: Desk) -> None:
    keys = keys_of(desk)
    desk.secrets.hangs = True
    keys.refresh()

    await checked(keys, TYPED, for_session_only=True)
    assert keys.state.source is KeySource.SESSION
    desk.secrets.deadline.set()
    await all_ended(LOOK)

    assert keys.state.source is KeySource.SESSION


async def test_a_late_answer_for_another_server_is_dropped(desk: Desk) -> None:
    keys = keys_of(desk, own={LOCAL.origin: ApiKey("own")})
    desk.secrets.hangs = True
    keys.refresh()
    await asyncio.sleep(0)
    assert desk.secrets.read_count == 1

    use(desk, LOCAL.base_url)
    await next_signal(keys.state_changed)
    states = Heard(keys.state_changed)
    desk.secrets.deadline.set()
    await all_ended(LOOK)

    assert keys.state.origin == LOCAL.origin
    assert all(state.origin == LOCAL.origin for state in states)
