"""The settings file: read whatever is in it, lose nothing that is in it."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_chat.core.errors import SettingsError
from desktop_chat.core.settings import SendKey, Settings, Theme
from desktop_chat.store.settings_file import JsonSettingsFile
from tests.store.mounts import small_disk

CHANGED = replace(
    Settings(), theme=Theme.DARK, send_key=SendKey.CTRL_ENTER, system_prompt="Zeile 1\nいろは \ud83d", max_tokens=7
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


def test_a_missing_file_gives_the_defaults(path: Path) -> None:
    assert JsonSettingsFile(path).read() == (Settings(), ())
    assert not path.exists()


def test_settings_come_back(path: Path) -> None:
    JsonSettingsFile(path).write(CHANGED)

    assert JsonSettingsFile(path).read() == (CHANGED, ())


def test_the_file_is_for_people_too(path: Path) -> None:
    JsonSettingsFile(path).write(replace(CHANGED, system_prompt="いろは"))

    text = path.read_text(encoding="utf-8")
    assert '  "theme": "dark",\n' in text
    assert '"いろは"' in text


def test_keys_of_other_versions_are_kept(path: Path) -> None:
    path.write_text('{"from_the_future": {"a": [1]}, "theme": "light"}', encoding="utf-8")

    JsonSettingsFile(path).write(CHANGED)

    values = json.loads(path.read_text(encoding="utf-8"))
    assert values["from_the_future"] == {"a": [1]}
    assert values["theme"] == "dark"


def test_a_bad_value_falls_back_and_is_told(path: Path) -> None:
    path.write_text('{"theme": "pink", "max_tokens": 7}', encoding="utf-8")

    settings, (problem,) = JsonSettingsFile(path).read()

    assert (settings.theme, settings.max_tokens) == (Theme.SYSTEM, 7)
    assert problem.key == "theme"


def test_a_byte_order_mark_does_no_harm(path: Path) -> None:
    path.write_bytes(b'\xef\xbb\xbf{"max_tokens": 7}')

    assert JsonSettingsFile(path).read() == (replace(Settings(), max_tokens=7), ())


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b'{\n"theme": "dark",\n oops}', "line 3"),
        (b"", "line 1"),
        (b'{\n"theme": "\xff"}', "line 2"),
        (b"[1, 2]", "not one JSON object"),
        (b"[" * 100_000, "damaged"),
        (b'{"max_tokens": ' + b"9" * 5000 + b"}", "damaged"),
        (bytes(range(256)), "damaged"),
    ],
)
@pytest.mark.parametrize("writes", [False, True])
def test_a_damaged_file_is_told_and_kept_beside(path: Path, content: bytes, line: str, writes: bool) -> None:
    path.write_bytes(content)
    file = JsonSettingsFile(path)

    if writes:
        file.write(CHANGED)
        assert file.read() == (CHANGED, ())
    else:
        settings, (problem,) = file.read()
        assert settings == Settings()
        assert line in problem.sentence and str(path) in problem.sentence

    (kept,) = path.parent.glob("settings.damaged-*.json")
    assert kept.read_bytes() == content


def test_a_file_that_cannot_be_read_is_told_and_left(path: Path) -> None:
    path.mkdir()

    settings, (problem,) = JsonSettingsFile(path).read()

    assert settings == Settings()
    assert "cannot be read" in problem.sentence
    assert path.is_dir()


def test_what_cannot_be_saved_is_told_and_leaves_the_old_file(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        path = disk.folder / "settings.json"
        JsonSettingsFile(path).write(CHANGED)
        (disk.folder / "ballast").write_bytes(bytes(1024 * 1024 - 3 * 4096))

        with pytest.raises(SettingsError, match="cannot be saved") as caught:
            JsonSettingsFile(path).write(replace(CHANGED, system_prompt="x" * 100_000))

        assert str(path) in caught.value.detail
        assert JsonSettingsFile(path).read() == (CHANGED, ())
        assert {item.name for item in disk.folder.iterdir()} == {"settings.json", "ballast"}


def test_nobody_else_can_read_the_settings(path: Path) -> None:
    old = os.umask(0)
    try:
        JsonSettingsFile(path).write(CHANGED)
    finally:
        os.umask(old)

    assert path.stat().st_mode & 0o777 == 0o600
