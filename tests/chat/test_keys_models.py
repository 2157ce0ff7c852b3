"""Which models are offered, and which one a new conversation gets."""

from __future__ import annotations

import asyncio

import pytest

from desktop_chat.chat.keys import Keys
from desktop_chat.chat.preferences import Preferences
from desktop_chat.chat.tasks import Tasks
from desktop_chat.core.api_key import ApiKey
from desktop_chat.core.errors import (
    Answer,
    Refused,
)
from desktop_chat.core.keys import KeySource
from desktop_chat.core.models import ModelInfo
from desktop_chat.core.provider import ANTHROPIC
from desktop_chat.core.settings import Settings
from tests.chat.desk import CATALOG, FAKE_MODEL, OLD_MODEL, SMALL_MODEL, Desk, SettingsDisk, all_ended
from tests.chat.key_cases import LOCAL, LOOK, TYPED, checked, keys_of, state_of, use
from tests.helpers.fake_api import FakeApi
from tests.helpers.fake_secrets import FakeSecrets
from tests.helpers.signals import Heard, next_signal


async def test_the_picker_offers_what_the_catalog_lists(desk: Desk) -> None:
    assert keys_of(desk).models == (FAKE_MODEL, SMALL_MODEL)


async def test_anthropics_models_need_no_call_at_the_start(desk: Desk) -> None:
    await state_of(keys_of(desk))
    await all_ended(LOOK)

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


async def test_the_models_of_a_check_are_not_offered_for_another_server(desk: Desk) -> None:
    keys = keys_of(desk)
    keys.check_and_keep(TYPED)
    await asyncio.sleep(0)
    assert desk.api.calls
    desk.api.model_list = Refused("Not found.", answer=Answer(404))

    use(desk, LOCAL.base_url)
    await next_signal(keys.check_ended)
    await all_ended(LOOK)

    assert keys.models == (FAKE_MODEL, SMALL_MODEL)
    assert desk.secrets.keys[ANTHROPIC.origin] == ApiKey(TYPED)


async def test_a_server_that_lists_nothing_keeps_the_catalog(desk: Desk) -> None:
    desk.api.model_list = Refused("Not found.", answer=Answer(404))
    keys = keys_of(desk)

    use(desk, LOCAL.base_url)
    await next_signal(keys.state_changed)
    await all_ended(LOOK)

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
    await all_ended(LOOK)

    assert secrets.read_count == 0
    assert keys.state.source is KeySource.UNKNOWN
    assert bugs == []
