"""Settings: every option is explained, bad values fall back and are told."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_chat.core.provider import ANTHROPIC, AuthStyle
from desktop_chat.core.settings import (
    GROUPS,
    AuthChoice,
    SendKey,
    Settings,
    Theme,
    ThinkingMode,
    options,
    settings_from,
    values_of,
)

SETTINGS = st.builds(
    Settings,
    theme=st.sampled_from(Theme),
    send_key=st.sampled_from(SendKey),
    model=st.text(max_size=20),
    max_tokens=st.integers(1, 128_000),
    thinking=st.sampled_from(ThinkingMode),
    system_prompt=st.text(),
    base_url=st.sampled_from(["https://api.anthropic.com", "http://localhost:11434", "https://gateway.example/a"]),
    auth_style=st.sampled_from(AuthChoice),
    api_version=st.sampled_from(["", "2023-06-01"]),
    window_geometry=st.text(max_size=20),
    sidebar_px=st.integers(0, 2_000),
    is_sidebar_shown=st.booleans(),
)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize("name", options())
def test_every_option_is_explained(name: str) -> None:
    option = options()[name]

    assert option.label
    assert option.label[0].isupper()
    assert option.sentence.endswith(".")
    assert option.group in GROUPS


def test_options_stand_in_the_order_of_their_groups() -> None:
    groups = [GROUPS.index(option.group) for option in options().values()]

    assert groups == sorted(groups)


def test_defaults_lie_within_their_bounds_and_need_no_mending() -> None:
    assert settings_from(values_of(Settings())) == (Settings(), ())
    assert settings_from({}) == (Settings(), ())


@given(SETTINGS)
def test_settings_come_back_from_a_file_as_they_were(settings: Settings) -> None:
    text = json.dumps(values_of(settings))

    assert settings_from(json.loads(text)) == (settings, ())


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("theme", "purple", "system, light, dark"),
        ("theme", None, "system, light, dark"),
        ("theme", ["dark"], "system, light, dark"),
        ("send_key", "Enter", "enter, ctrl+enter"),
        ("model", 5, "must be text"),
        ("model", None, "must be text"),
        ("max_tokens", 0, "between 1 and 128000"),
        ("max_tokens", 128_001, "between 1 and 128000"),
        ("max_tokens", "many", "whole number"),
        ("max_tokens", 1.5, "whole number"),
        ("max_tokens", True, "whole number"),
        ("is_sidebar_shown", 1, "true or false"),
        ("is_sidebar_shown", "true", "true or false"),
        ("base_url", "api.anthropic.com", "not a web address"),
        ("base_url", "http://localhost:99999", "port"),
        ("base_url", "", "not a web address"),
        ("api_version", "2023\n06", "no API version"),
        ("api_version", "zwölf", "no API version"),
    ],
)
def test_a_bad_value_falls_back_to_its_default_and_is_told(name: str, value: object, words: str) -> None:
    settings, problems = settings_from({name: value})

    assert settings == Settings()
    assert [problem.key for problem in problems] == [name]
    assert words in problems[0].sentence
    assert problems[0].sentence.endswith(".")
    assert "default is used" in problems[0].sentence


@pytest.mark.parametrize("tokens", [1, 128_000])
def test_a_value_on_its_bound_is_good(tokens: int) -> None:
    assert settings_from({"max_tokens": tokens})[0].max_tokens == tokens


def test_a_bad_value_leaves_the_good_ones_alone() -> None:
    settings, problems = settings_from({"theme": "dark", "max_tokens": -1, "model": "m"})

    assert (settings.theme, settings.max_tokens, settings.model) == (Theme.DARK, Settings().max_tokens, "m")
    assert len(problems) == 1


def test_unknown_keys_are_passed_over() -> None:
    assert settings_from({"from_the_future": 1, "theme": "light"}) == (Settings(theme=Theme.LIGHT), ())


@given(st.dictionaries(st.sampled_from([item.name for item in fields(Settings)]), JSON))
def test_whatever_a_file_holds_gives_usable_settings(values: dict[str, Any]) -> None:
    settings, problems = settings_from(values)

    settings.profile()
    assert settings_from(values_of(settings)) == (settings, ())
    kept = values_of(settings)
    told = {problem.key for problem in problems}
    assert all(kept[name] == value for name, value in values.items() if name not in told)


def test_the_profile_follows_the_settings() -> None:
    assert Settings().profile() == ANTHROPIC
    assert Settings(auth_style=AuthChoice.BEARER).profile().auth_style is AuthStyle.BEARER
    assert Settings(api_version=" 2023-06-01 ").profile().api_version == "2023-06-01"
    assert Settings(base_url="http://localhost:1/v1").profile().base_url == "http://localhost:1"


def test_settings_without_an_address_have_no_profile() -> None:
    with pytest.raises(ValueError, match="not a web address"):
        Settings(base_url="nowhere").profile()
