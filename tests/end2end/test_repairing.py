"""A damaged history in the whole program: it is repaired, or a copy is put back, and nobody has to know how."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QApplication, QDialog

from desktop_chat import upkeep
from desktop_chat.core.messages import MessageStatus
from desktop_chat.paths import Paths
from desktop_chat.ui.notice_bar import NoticeBar
from desktop_chat.ui.repair_report import RepairReport
from desktop_chat.ui.restart_dialog import RestartDialog
from desktop_chat.ui.restore_dialog import RestoreDialog
from tests.end2end.running import Place, Run, until
from tests.guards import ExpectedLogs
from tests.helpers.dialogs import press, words_of
from tests.store.damage import PAGE_BYTES, overwrite
from tests.store.files import fingerprints

T = TypeVar("T", bound=QDialog)


async def shown(kind: type[T]) -> T:
    def found() -> T | None:
        return next(
            (each for each in QApplication.topLevelWidgets() if isinstance(each, kind) and each.isVisible()), None
        )

    await until(found)
    dialog = found()
    assert dialog is not None
    return dialog


async def use(run: Run, *texts: str) -> None:
    async with run() as program:
        for text in texts:
            program.type_and_send(text)
            await program.reply()


async def test_a_damaged_history_is_repaired_and_goes_on(run: Run, place: Place, expect_log: ExpectedLogs) -> None:
    expect_log("cannot be opened")
    expect_log("was repaired")
    await use(run, "keep me", "me too")
    path = Paths.below(place.data_dir).database
    overwrite(path, [1], random.Random(1))
    before = fingerprints(place.data_dir)[path.name]
    async with run() as program:
        dialog = program.failure_dialog
        assert dialog is not None
        assert "damaged" in words_of(dialog)
        press(dialog, "Repair")
        report = await shown(RepairReport)
        assert "Saved: 1 conversation with 4 messages" in words_of(report)
        kept = next(path.parent.glob("desktop-chat.damaged-*"))
        assert str(kept) in words_of(report)
        assert fingerprints(place.data_dir)[kept.name] == before
        press(report, "Close")
        await until(lambda: program.window.is_settled and len(program.session.path()) == 4)
        program.type_and_send("and on it goes")
        assert (await program.reply()).status is MessageStatus.COMPLETE


async def test_what_cannot_be_repaired_can_still_be_replaced(run: Run, place: Place, expect_log: ExpectedLogs) -> None:
    expect_log("cannot be opened")
    expect_log("could not be put right")
    await use(run, "in the copy")
    paths = Paths.below(place.data_dir)
    shutil.copy(paths.database, paths.backups_dir / "desktop-chat-weekly-2026-01-01-000000.sqlite3")
    await use(run, "not in it")
    paths.database.write_bytes(random.Random(2).randbytes(50_000))
    async with run() as program:
        dialog = program.failure_dialog
        assert dialog is not None
        press(dialog, "Repair")
        await until(lambda: "Nothing could be repaired." in words_of(dialog))
        press(dialog, "Restore a backup…")
        restoring = await shown(RestoreDialog)
        press(restoring, "Restore")
        await until(lambda: program.window.is_settled)
        assert "The damaged file is kept as" in program.banner
        assert [message.text for message in program.session.path()][:1] == ["in the copy"]
        assert len(program.session.path()) == 2


async def test_a_copy_is_put_back_by_a_restart(run: Run, place: Place) -> None:
    await use(run, "then")
    paths = Paths.below(place.data_dir)
    shutil.copy(paths.database, paths.backups_dir / "desktop-chat-weekly-2026-01-01-000000.sqlite3")
    program = run()
    async with program:
        program.type_and_send("today")
        await program.reply()
        program.window.restore_requested.emit()
        dialog = await shown(RestoreDialog)
        press(dialog, "Restore")
        await until(lambda: "when the program starts the next time" in words_of(dialog))
        press(dialog, "Restart now")
        await until(lambda: not program.window.isVisible())
    assert program.program.is_restart_wanted
    async with run() as again:
        await until(lambda: again.session.is_loaded)
        assert len(again.session.path()) == 2
    (replaced,) = paths.backups_dir.glob("*-replaced-*")
    with closing(sqlite3.connect(replaced)) as database:
        assert database.execute("SELECT count(*) FROM messages").fetchone() == (4,)


async def test_an_unclean_end_is_followed_by_a_check_that_offers_the_repair(
    run: Run, place: Place, tmp_path: Path, expect_log: ExpectedLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "CHECK_AFTER_MS", 0)
    expect_log("has damaged parts")
    expect_log("cannot be opened")
    await use(run, "one", "two")
    path = Paths.below(place.data_dir).database
    with closing(sqlite3.connect(path)) as database:
        (root,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'stream_records_by_age'").fetchone()
    with path.open("r+b") as file:
        file.seek((root - 1) * PAGE_BYTES + 8)
        file.write(b"\xa5" * (PAGE_BYTES - 8))
    with closing(sqlite3.connect(path)) as killed:
        killed.execute("PRAGMA journal_mode = WAL")
        killed.execute("UPDATE tabs SET read_part = 0")
        killed.commit()
        shutil.copytree(place.data_dir, tmp_path / "killed")
    shutil.rmtree(place.data_dir)
    shutil.move(tmp_path / "killed", place.data_dir)
    program = run()
    async with program:
        await until(lambda: "damaged parts" in program.banner)
        bar = program.window.findChild(NoticeBar)
        assert isinstance(bar, NoticeBar)
        press(bar, "Repair…")
        press(await shown(RestartDialog), "Restart")
        await until(lambda: program.program.is_restart_wanted)
    async with run() as again:
        assert again.failure_dialog is not None
        assert "damaged parts" in words_of(again.failure_dialog)


async def test_after_a_clean_end_nothing_is_checked(run: Run, place: Place) -> None:
    await use(run, "hello")
    async with run() as program:
        assert not program.program._store.care.was_cut_off


@pytest.mark.parametrize("answer", ["Start empty", "Quit"])
async def test_the_damaged_file_stays_whatever_is_chosen(
    run: Run, place: Place, expect_log: ExpectedLogs, answer: str
) -> None:
    expect_log("cannot be opened")
    if answer == "Start empty":
        expect_log("damaged database is kept")
    await use(run, "hello")
    path = Paths.below(place.data_dir).database
    overwrite(path, [1], random.Random(3))
    before = fingerprints(place.data_dir)[path.name]
    program = run()
    async with program:
        assert program.failure_dialog is not None
        press(program.failure_dialog, answer)
        if answer == "Start empty":
            await until(lambda: program.window.is_settled)
    assert before in fingerprints(place.data_dir).values()
