"""The owner of the settings: changes are stored at once, overrides never."""

from __future__ import annotations

from desktop_chat.chat.preferences import Preferences
from desktop_chat.core.errors import SettingsError
from desktop_chat.core.provider import ANTHROPIC, profile_for
from desktop_chat.core.settings import SettingProblem, Settings, Theme
from tests.chat.desk import SettingsDisk
from tests.helpers.signals import Heard


def test_a_change_is_stored_and_told() -> None:
    disk = SettingsDisk()
    preferences = Preferences(Settings(), disk.save)
    told = Heard(preferences.settings_changed)

    preferences.change(theme=Theme.DARK, max_tokens=100)

    expected = Settings(theme=Theme.DARK, max_tokens=100)
    assert preferences.settings == expected
    assert disk.written == told == [expected]


def test_a_change_to_the_same_is_neither_stored_nor_told() -> None:
    disk = SettingsDisk()
    preferences = Preferences(Settings(theme=Theme.DARK), disk.save)
    told = Heard(preferences.settings_changed)

    preferences.change(theme=Theme.DARK)

    assert disk.written == told == []


def test_an_override_counts_and_is_never_stored() -> None:
    disk = SettingsDisk()
    preferences = Preferences(Settings(model="stored"), disk.save, overrides={"model": "from the line"})
    assert preferences.settings.model == "from the line"

    preferences.change(theme=Theme.DARK)

    assert disk.written == [Settings(model="stored", theme=Theme.DARK)]
    assert preferences.settings == Settings(model="from the line", theme=Theme.DARK)


def test_changing_what_is_overridden_ends_the_override() -> None:
    disk = SettingsDisk()
    overrides = {"model": "from the line"}
    preferences = Preferences(Settings(model="stored"), disk.save, overrides=overrides)
    told = Heard(preferences.settings_changed)

    preferences.change(model="chosen")

    assert disk.written == told == [Settings(model="chosen")]
    assert overrides == {"model": "from the line"}


def test_choosing_what_is_stored_ends_the_override_without_a_write() -> None:
    disk = SettingsDisk()
    preferences = Preferences(Settings(model="stored"), disk.save, overrides={"model": "from the line"})
    told = Heard(preferences.settings_changed)

    preferences.change(model="stored")

    assert disk.written == []
    assert told == [Settings(model="stored")]


def test_the_profile_follows_the_settings() -> None:
    preferences = Preferences(Settings(), SettingsDisk().save)
    assert preferences.profile() == ANTHROPIC

    preferences.change(base_url="http://localhost:11434/v1")

    assert preferences.profile() == profile_for("http://localhost:11434")


def test_a_bad_address_falls_back_to_anthropic() -> None:
    assert Preferences(Settings(base_url="nowhere"), SettingsDisk().save).profile() == ANTHROPIC


def test_the_server_of_this_run_goes_before_the_address() -> None:
    own = profile_for("http://127.0.0.1:8080")
    preferences = Preferences(Settings(), SettingsDisk().save, profile=own)

    preferences.change(base_url="http://localhost:11434")

    assert preferences.profile() == own


def test_settings_that_could_not_be_written_are_told_and_count_all_the_same() -> None:
    disk = SettingsDisk(failure=SettingsError("The settings could not be saved.", "The disk is full."))
    preferences = Preferences(Settings(), disk.save)
    problems = Heard(preferences.problem_found)

    preferences.change(theme=Theme.LIGHT)

    assert problems == ["The settings could not be saved. The disk is full."]
    assert preferences.settings.theme is Theme.LIGHT


def test_problems_of_the_file_are_kept_for_whoever_asks() -> None:
    problem = SettingProblem("theme", "“theme” must be one of these.")

    assert Preferences(Settings(), SettingsDisk().save, problems=(problem,)).problems == (problem,)
