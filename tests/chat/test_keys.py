"""Which key goes to which server, and what happens to one that is typed."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from desktop_chat.chat.keys import Keys
from desktop_chat.chat.preferences import Preferences
from desktop_chat.chat.tasks import Tasks
from desktop_chat.core.api_key import ApiKey
from desktop_chat.core.errors import (
    Answer,
    ApiError,
    BadReply,
    KeyMissing,
    KeyRejected,
    KeyringLocked,
    KeyringMissing,
    NoConnection,
    Overloaded,
    RateLimited,
    Refused,
)
from desktop_chat.core.keys import KeyCheck, KeySource, KeyState
from desktop_chat.core.models import ModelInfo
from desktop_chat.core.provider import ANTHROPIC, profile_for
from desktop_chat.core.settings import Settings
from tests.chat.desk import CATALOG, FAKE_MODEL, KEY, OLD_MODEL, SMALL_MODEL, Desk, SettingsDisk
from tests.helpers.fake_api import FakeApi
from tests.helpers.fake_secrets import FakeSecrets
from tests.helpers.signals import Heard, next_signal

LOCAL = profile_for("http://localhost:11434")
OTHER = profile_for("https://gateway.example")
FROM_ENVIRONMENT = ApiKey("sk-ant-env-0123456789-eNvI")
TYPED = "sk-ant-typed-0123456789-tYpD"


def keys_of(
    desk: Desk, environment: Mapping[str, ApiKey] | None = None, own: Mapping[str, ApiKey] | None = None
) -> Keys:
    return Keys(desk.secrets, desk.api, desk.preferences, CATALOG, desk.tasks, environment or {}, own or {})


async def state_of(keys: Keys) -> KeyState:
    keys.refresh()
    state = await next_signal(keys.state_changed)
    assert isinstance(state, KeyState)
    return state


async def checked(keys: Keys, text: str, for_session_only: bool = False) -> KeyCheck:
    keys.check_and_keep(text, for_session_only)
    check = await next_signal(keys.check_ended)
    assert isinstance(check, KeyCheck)
    return check


def use(desk: Desk, base_url: str) -> None:
    desk.preferences.change(base_url=base_url)


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


@pytest.mark.parametrize(("trouble", "error"), [("is_missing", KeyringMissing), ("is_locked", KeyringLocked)])
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
    await desk.tasks.close()

    assert states == []


async def test_a_late_answer_of_the_keyring_does_not_hide_a_key_for_this_session(desk: Desk) -> None:
    keys = keys_of(desk)
    desk.secrets.hangs = True
    keys.refresh()

    await checked(keys, TYPED, for_session_only=True)
    assert keys.state.source is KeySource.SESSION
    desk.secrets.deadline.set()
    await desk.tasks.close()

    assert keys.state.source is KeySource.SESSION


async def test_a_late_answer_for_another_server_is_dropped(desk: Desk) -> None:
    keys = keys_of(desk, own={LOCAL.origin: ApiKey("own")})
    desk.secrets.hangs = True
    keys.refresh()

    use(desk, LOCAL.base_url)
    await next_signal(keys.state_changed)
    states = Heard(keys.state_changed)
    desk.secrets.deadline.set()
    await desk.tasks.close()

    assert keys.state.origin == LOCAL.origin
    assert all(state.origin == LOCAL.origin for state in states)


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


# --- models


async def test_the_picker_offers_what_the_catalog_lists(desk: Desk) -> None:
    assert keys_of(desk).models == (FAKE_MODEL, SMALL_MODEL)


async def test_anthropics_models_need_no_call_at_the_start(desk: Desk) -> None:
    await state_of(keys_of(desk))
    await desk.tasks.close()

    assert desk.api.calls == []


async def test_a_checked_key_brings_the_servers_models_merged_with_the_catalog(desk: Desk) -> None:
    newcomer = ModelInfo("claude-new", "Claude New", context_tokens=5)
    desk.api.model_list = (newcomer, ModelInfo("claude-fake-20260101", "Claude Fake (dated)"), OLD_MODEL)
    keys = keys_of(desk)
    offered = Heard(keys.models_changed)

    await checked(keys, TYPED)

    assert [model.id for model in keys.models] == ["claude-new", "claude-fake-20260101", "claude-old"]
    assert offered == [keys.models]
    dated = keys.models[1]
    assert (dated.name, dated.prices, dated.context_tokens) == ("Claude Fake (dated)", FAKE_MODEL.prices, 200_000)
    assert keys.model("claude-new") == newcomer


async def test_another_server_is_asked_for_its_models(desk: Desk) -> None:
    local = ModelInfo("llama", "Llama")
    desk.api.model_list = (local,)
    keys = keys_of(desk)

    use(desk, LOCAL.base_url)
    await next_signal(keys.models_changed)

    assert keys.models == (local,)
    assert keys.default_model_id() == "llama"
    assert desk.api.calls[-1].profile == LOCAL


async def test_back_at_anthropic_the_catalog_is_offered_again(desk: Desk) -> None:
    desk.api.model_list = (ModelInfo("llama", "Llama"),)
    keys = keys_of(desk)
    use(desk, LOCAL.base_url)
    await next_signal(keys.models_changed)

    use(desk, ANTHROPIC.base_url)

    assert keys.models == (FAKE_MODEL, SMALL_MODEL)
    assert keys.default_model_id() == "claude-fake"


async def test_a_server_that_lists_nothing_keeps_the_catalog(desk: Desk) -> None:
    desk.api.model_list = Refused("Not found.", answer=Answer(404))
    keys = keys_of(desk)

    use(desk, LOCAL.base_url)
    await next_signal(keys.state_changed)
    await desk.tasks.close()

    assert keys.models == (FAKE_MODEL, SMALL_MODEL)
    assert keys.default_model_id() == "claude-fake"


@pytest.mark.parametrize(
    ("listed", "wanted", "expected"),
    [
        (("a", "b"), "b", "b"),
        (("a", "b"), "gone", "a"),
        (("a", "b"), "", "a"),
        (("a", "claude-fake"), "", "claude-fake"),
        # A dated id is the wanted model under its full name, not a reason for another one.
        (("a", "claude-small-20260101"), "claude-small", "claude-small-20260101"),
    ],
)
async def test_the_default_model_is_one_the_server_has(
    desk: Desk, listed: tuple[str, ...], wanted: str, expected: str
) -> None:
    desk.api.model_list = tuple(ModelInfo(model_id, model_id) for model_id in listed)
    desk.preferences.change(model=wanted)
    keys = keys_of(desk)

    await checked(keys, TYPED)

    assert keys.default_model_id() == expected


async def test_an_unknown_model_is_known_by_its_id(desk: Desk) -> None:
    assert keys_of(desk).model("nobody-knows") == ModelInfo("nobody-knows", "nobody-knows")


async def test_a_change_of_other_settings_asks_nobody() -> None:
    preferences = Preferences(Settings(), SettingsDisk().save)
    bugs: list[BaseException] = []
    tasks, secrets = Tasks(bugs.append), FakeSecrets()
    keys = Keys(secrets, FakeApi(), preferences, CATALOG, tasks)

    preferences.change(max_tokens=5)
    await tasks.close()

    assert secrets.read_count == 0
    assert keys.state.source is KeySource.UNKNOWN
    assert bugs == []
