"""What tests of keys share."""

from __future__ import annotations

from collections.abc import Mapping

from desktop_chat.chat.keys import Keys
from desktop_chat.core.api_key import ApiKey
from desktop_chat.core.keys import KeyCheck, KeyState
from desktop_chat.core.provider import profile_for
from tests.chat.desk import CATALOG, Desk
from tests.helpers.signals import next_signal

LOCAL = profile_for("http://localhost:11434")
OTHER = profile_for("https://gateway.example")
FROM_ENVIRONMENT = ApiKey("sk-ant-env-0123456789-eNvI")
LOOK = "look for the key"
"""Name of the task that finds out which key there is."""
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
