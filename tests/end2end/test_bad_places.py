"""What stands in the way on disk: told in words, in the window or on standard error, and nothing is harmed or lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton

from desktop_chat.api.demo_faults import Faults
from desktop_chat.core.keys import KeySource
from desktop_chat.core.messages import MessageStatus
from desktop_chat.core.settings import Theme
from desktop_chat.paths import Paths
from desktop_chat.ui.key_card import KeyCard
from desktop_chat.ui.key_dialog import KeyDialog
from tests.end2end.processes import Home
from tests.end2end.processes import run as run_process
from tests.end2end.running import Place, Run, Running, until
from tests.guards import ExpectedLogs
from tests.helpers.demo import questions_to
from tests.helpers.dialogs import press, words_of
from tests.helpers.machine import need
from tests.store.files import fingerprints
from tests.store.mounts import small_disk

ASK = ("--demo", "--ask", "hello", "--once")


# --- the database


def corrupt(path: Path) -> None:
    path.write_bytes(os.urandom(20_000))


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 99")


@pytest.fixture(scope="module")
def first_use(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory as the program leaves it after one question."""
    folder = tmp_path_factory.mktemp("home")
    assert run_process(Home(folder, {"ANTHROPIC_API_KEY": None}), *ASK, "--data-dir", folder / "data").code == 0
    return folder / "data"


@pytest.fixture
def used(first_use: Path, tmp_path: Path) -> Path:
    """A data directory with a history."""
    return shutil.copytree(first_use, tmp_path / "data")


@pytest.mark.parametrize(("damage", "sentence"), [(corrupt, "damaged"), (newer, "newer version")])
def test_a_history_that_cannot_be_read_is_told_to_a_script_and_left_alone(
    home: Home, used: Path, damage: Callable[[Path], None], sentence: str
) -> None:
    damage(Paths.below(used).database)
    before = _histories(used)
    for options in (ASK, ("--export", used.parent / "export.json")):
        ended = run_process(home, *options, "--data-dir", used)
        assert (ended.code, ended.out) == (1, "")
        assert sentence in ended.err and "Traceback" not in ended.err
    assert _histories(used) == before
    assert not (used.parent / "export.json").exists()


async def test_a_damaged_history_may_be_put_aside(run: Run, place: Place, expect_log: ExpectedLogs) -> None:
    expect_log("cannot be opened")
    expect_log("damaged database is kept")
    async with run() as program:
        program.type_and_send("lost with the file")
        await program.reply()
    path = Paths.below(place.data_dir).database
    corrupt(path)
    damaged = path.read_bytes()
    async with run() as program:
        dialog = program.failure_dialog
        assert dialog is not None
        assert "damaged" in words_of(dialog)
        press(dialog, "Start empty")
        await until(lambda: program.window.is_settled)
        kept = next(path.parent.glob("desktop-chat.damaged-*"))
        assert kept.read_bytes() == damaged
        assert str(kept) in program.banner
        program.type_and_send("and on it goes")
        assert (await program.reply()).status is MessageStatus.COMPLETE


async def test_a_newer_history_is_not_put_aside(run: Run, place: Place, expect_log: ExpectedLogs) -> None:
    expect_log("cannot be opened")
    async with run():
        pass
    path = Paths.below(place.data_dir).database
    newer(path)
    before = _histories(place.data_dir)
    program = run()
    async with program:
        dialog = program.failure_dialog
        assert dialog is not None
        assert "newer version" in words_of(dialog)
        assert [button.text() for button in dialog.findChildren(QPushButton) if button.isVisible()] == ["Quit"]
        press(dialog, "Quit")
    assert program.code == 1
    assert _histories(place.data_dir) == before


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="this system mounts nothing")
def test_a_history_that_may_only_be_read_is_told(home: Home, used: Path) -> None:
    path = Paths.below(used).database
    before = _histories(used)
    with _read_only(path):
        ended = run_process(home, *ASK, "--data-dir", used)
    assert (ended.code, ended.out) == (1, "")
    assert "Nothing can be stored here." in ended.err and "Traceback" not in ended.err
    assert _histories(used) == before


# --- the folder


def test_a_data_directory_that_cannot_be_written_is_told(home: Home, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "1m") as disk:
        disk.remount("ro")
        ended = run_process(home, "--demo", "--data-dir", disk.folder / "data")
        assert (ended.code, ended.out) == (1, "")
        assert "The data folder cannot be written." in ended.err and str(disk.folder) in ended.err
        assert "Traceback" not in ended.err


def test_a_file_in_place_of_the_data_directory_is_told(home: Home, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine", encoding="utf-8")
    for options in (("--demo",), ("--export", tmp_path / "export.json")):
        ended = run_process(home, *options, "--data-dir", taken)
        assert (ended.code, ended.out) == (1, "")
        assert f"A file stands where {taken} should be." in ended.err
        assert "Traceback" not in ended.err
    assert taken.read_text(encoding="utf-8") == "mine"


def test_a_lock_that_cannot_be_made_is_told(home: Home, tmp_path: Path) -> None:
    (tmp_path / "data" / "desktop-chat.lock").mkdir(parents=True)

    ended = run_process(home, "--demo", "--data-dir", str(tmp_path / "data"), "--ask", "hello", "--once")

    assert ended.code == 1
    assert "cannot be used" in ended.err
    assert "Traceback" not in ended.err


async def test_a_full_disk_loses_nothing_while_the_program_runs(run: Run, place: Place) -> None:
    text = "Every word of it is kept. " * 400
    place.server.faults = Faults(reply_text=text, events_per_s=1500)
    with small_disk(place.data_dir, "2m") as disk:
        async with run() as program:
            program.type_and_send("fill up")
            await program.writing()
            ballast = disk.folder / "ballast"
            _fill(ballast)
            await until(lambda: "The disk is full." in program.banner)
            await until(lambda: not program.session.is_busy, 20)
            reply = program.session.path()[-1]
            assert (reply.status, reply.text) == (MessageStatus.COMPLETE, text)
            assert "The disk is full." in program.banner
            ballast.unlink()
            await until(lambda: program.banner == "")
        async with run() as again:
            await until(lambda: again.session.is_loaded)
            assert again.session.path()[-1] == reply


async def test_a_question_that_cannot_be_stored_returns_to_the_composer(run: Run, place: Place) -> None:
    with small_disk(place.data_dir, "1m") as disk:
        async with run() as program:
            ballast = disk.folder / "ballast"
            _fill(ballast)
            question = "long enough to need a page of its own " * 200
            program.window.ask(question)
            await until(lambda: "The disk is full." in program.banner)
            composer = program.window.deck.page().composer
            await until(lambda: composer.draft().text == question)
            assert questions_to(place.server) == []
            ballast.unlink()
            await until(lambda: not program.session.is_busy)
            program.window.deck.page().ask(composer.draft().text)
            assert (await program.reply()).status is MessageStatus.COMPLETE


# --- settings


@pytest.mark.parametrize("content", [b"\x00\xff\xfe", b'{"theme": "dark"', b"[]", b'{"theme": "dark",}'])
async def test_damaged_settings_give_the_defaults_and_are_kept(run: Run, place: Place, content: bytes) -> None:
    paths = Paths.below(place.data_dir)
    paths.make()
    paths.settings.write_bytes(content)
    async with run() as program:
        assert "The settings file is damaged." in program.banner
        assert program.program._preferences.settings.theme is Theme.SYSTEM
        (kept,) = paths.settings.parent.glob("settings.damaged-*.json")
        assert kept.read_bytes() == content
        assert kept.name in program.banner


async def test_a_bad_value_in_the_settings_is_told_and_the_rest_holds(run: Run, place: Place) -> None:
    paths = Paths.below(place.data_dir)
    paths.make()
    paths.settings.write_text('{"theme": "dark", "max_tokens": -5, "unknown": 1}', encoding="utf-8")
    async with run() as program:
        assert "max_tokens" in program.banner
        assert program.program._preferences.settings.theme is Theme.DARK


# --- the key


async def test_without_a_key_the_window_asks_for_one_and_keeps_what_was_typed(run: Run, place: Place) -> None:
    without = Running(run()._app, Place(place.data_dir, place.server, has_key=False))
    async with without as program:
        await until(lambda: program.program._keys.state.source is KeySource.NONE)
        card = program.window.findChild(KeyCard)
        assert isinstance(card, KeyCard)
        await until(card.isVisible)
        assert program.window.ask("for later") is None
        composer = program.window.deck.page().composer
        assert composer.draft().text == "for later"
        assert place.server.requests == ()


async def test_a_wrong_key_is_told_where_it_was_typed(run: Run, place: Place) -> None:
    paths = Paths.below(place.data_dir)
    paths.make()
    paths.settings.write_text(f'{{"base_url": "{place.server.url}"}}', encoding="utf-8")
    without = Running(run()._app, Place(place.data_dir, place.server, has_key=False))
    async with without as program:
        await until(lambda: program.program._keys.state.source is KeySource.NOT_NEEDED)
        program.window._dialogs.open_key()
        dialog = program.window.findChild(KeyDialog)
        assert isinstance(dialog, KeyDialog)
        field = dialog.findChild(QLineEdit)
        assert isinstance(field, QLineEdit)
        QTest.keyClicks(field, "sk-ant-api03-wrong")
        press(dialog, "Check")
        await until(lambda: "The key was not accepted." in words_of(dialog))
        dialog.close()


# --- help


def _histories(data_dir: Path) -> dict[str, str]:
    return {name: value for name, value in fingerprints(data_dir).items() if "sqlite3" in name}


def _fill(ballast: Path) -> None:
    """Leave no room on the disk."""
    with ballast.open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 512, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue


@contextmanager
def _read_only(path: Path) -> Iterator[None]:
    """Make one file unwritable, for the administrator too."""
    need("mount", "mount")
    for command in (["mount", "--bind", f"{path}", f"{path}"], ["mount", "-o", "remount,ro,bind", f"{path}"]):
        outcome = subprocess.run(command, capture_output=True, text=True)
        if outcome.returncode:
            pytest.skip(f"this user may not mount: {outcome.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", path], check=True)
