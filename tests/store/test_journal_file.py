"""The journal's file: nothing in it twice, nothing with a hole, nothing left in it, and synced although nobody asks."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_chat.core.events import TextArrived
from desktop_chat.core.messages import Message, MessageStatus, Seam
from desktop_chat.store import journal_file, journal_writer
from desktop_chat.store.journal_file import JournalFile, part_of
from desktop_chat.store.store import Store
from tests.helpers.samples import reply
from tests.store.files import journal_in, started

BEGUN = reply("c", None, id="r1")
EIO = OSError(errno.EIO, "Input/output error")


@pytest.fixture
def file(tmp_path: Path) -> JournalFile:
    """A journal in which one reply streams."""
    made = JournalFile(tmp_path / "a.journal")
    made.follow(BEGUN)
    return made


def write(file: JournalFile, *texts: str, reply_id: str = BEGUN.id) -> None:
    for text in texts:
        file.append([(reply_id, [TextArrived(0, text)])], 1.5)


def text_in(path: Path) -> str:
    return "".join(
        event.text
        for arrival in JournalFile(path).arrivals()
        for event in arrival.events
        if isinstance(event, TextArrived)
    )


def ended(message: Message) -> Message:
    return replace(message, status=MessageStatus.COMPLETE)


def test_what_was_written_is_read_in_order(file: JournalFile) -> None:
    write(file, "one ", "zwei ", "三\n", "\ud83d")
    write(file, "other", reply_id="r2")

    assert [(each.reply_id, each.at) for each in file.arrivals()] == [("r1", 1.5)] * 4 + [("r2", 1.5)]
    assert text_in(file.path) == "one zwei 三\n\ud83dother"
    file.close()


def test_nothing_is_written_for_nothing(file: JournalFile) -> None:
    file.append([("r1", [])], 1.5)
    assert not file.path.exists()


def test_the_last_reply_that_ends_empties_it(file: JournalFile) -> None:
    other = reply("c", None, id="r2")
    file.follow(other)
    write(file, "text")

    file.follow(ended(other))
    assert text_in(file.path) == "text"
    file.follow(ended(BEGUN))

    assert file.path.read_bytes() == b""
    file.close()
    assert not file.path.exists()


def test_what_is_not_folded_outlives_the_close(file: JournalFile) -> None:
    write(file, "text")
    file.close()
    assert text_in(file.path) == "text"


# --- a power cut


@pytest.mark.parametrize("count", range(1, 40, 3))
def test_a_torn_end_costs_the_last_line_alone(file: JournalFile, count: int) -> None:
    write(file, "one ", "two ", "three")
    file.close()
    os.truncate(file.path, file.path.stat().st_size - count)
    assert text_in(file.path) == "one two "


def test_behind_a_hole_in_what_was_not_synced_there_is_nothing(file: JournalFile) -> None:
    write(file, "one ", "two ", "three ", "four")
    lines = file.path.read_bytes().splitlines(keepends=True)
    file.close()
    file.path.write_bytes(b"".join([lines[0], bytes(len(lines[1])), *lines[2:]]))
    assert text_in(file.path) == "one "


async def synced(store: Store) -> None:
    """Wait until nothing of the journal is only in the memory of the system."""
    async with asyncio.timeout(10):
        # The thread does it by itself and tells nobody.
        while not await store._database.read(lambda _: store._database.journal.is_synced):  # noqa: ASYNC110
            await asyncio.sleep(0.005)


def kept_in(folder: Path) -> list[Path]:
    """The journals that were put aside."""
    return list(folder.glob("desktop-chat.kept-*.journal"))


async def test_it_is_synced_even_if_nothing_more_arrives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_writer, "SYNC_EVERY_S", 0.01)
    async with started(tmp_path) as store:
        await store.put(BEGUN)
        await store.append_journal([(BEGUN.id, [TextArrived(0, "not synced")])])
        await synced(store)


async def test_a_sync_that_fails_unasked_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_writer, "SYNC_EVERY_S", 0.01)
    async with started(tmp_path) as store:
        await store.put(BEGUN)
        failures = refuse_syncs(monkeypatch, 2)
        await store.append_journal([(BEGUN.id, [TextArrived(0, "not synced")])])
        await synced(store)
        assert len(failures) == 2


# --- a disk that fails


def refuse_syncs(monkeypatch: pytest.MonkeyPatch, count: int) -> list[int]:
    """Let so many syncs fail; those that did are listed in what is given back."""
    failed: list[int] = []
    sync = journal_file._sync

    def refuse(descriptor: int) -> None:
        if len(failed) == count:
            return sync(descriptor)
        failed.append(descriptor)
        raise EIO

    monkeypatch.setattr(journal_file, "_sync", refuse)
    return failed


def test_a_failed_sync_has_everything_written_again_that_the_system_may_have_dropped(
    file: JournalFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(file, "one ")
    file.sync()
    first = file.path.stat().st_size
    write(file, "two ")
    size = file.path.stat().st_size
    refuse_syncs(monkeypatch, 2)
    with pytest.raises(OSError, match="Input/output"):
        file.sync()
    # The system drops what it could not write.
    with file.path.open("r+b") as dropped:
        dropped.seek(first)
        dropped.write(bytes(size - first))
    with pytest.raises(OSError, match="Input/output"):
        write(file, "three ")

    write(file, "three ", "four")

    file.close()
    assert text_in(file.path) == "one two three four"


def test_what_is_written_does_not_wait_for_a_sync(file: JournalFile, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, gate = threading.Event(), threading.Event()

    def hang(descriptor: int) -> None:
        begun.set()
        assert gate.wait(30)

    monkeypatch.setattr(journal_file, "_sync", hang)
    write(file, "one ")
    with ThreadPoolExecutor() as pool:
        syncing = pool.submit(file.sync)
        assert begun.wait(30)
        write(file, "two")
        assert text_in(file.path) == "one two"
        assert not syncing.done()
        gate.set()
    assert not file.is_synced, "what came during the sync is still due"
    file.close()


async def test_what_is_written_does_not_wait_for_the_database(tmp_path: Path) -> None:
    gate = threading.Event()
    async with started(tmp_path) as store:
        await store.put(BEGUN)
        busy = asyncio.ensure_future(store._database.read(lambda _: gate.wait(30)))
        await store.append_journal([(BEGUN.id, [TextArrived(0, "text")])])
        assert text_in(journal_in(tmp_path)) == "text"
        gate.set()
        await busy


def test_a_file_that_is_emptied_during_a_sync_begins_anew(file: JournalFile, monkeypatch: pytest.MonkeyPatch) -> None:
    sync = journal_file._sync

    def end_meanwhile(descriptor: int) -> None:
        monkeypatch.setattr(journal_file, "_sync", sync)
        file.follow(ended(BEGUN))
        file.follow(BEGUN)
        write(file, "new")

    write(file, "old ")
    monkeypatch.setattr(journal_file, "_sync", end_meanwhile)
    file.sync()
    assert not file.is_synced
    file.close()
    assert text_in(file.path) == "new"


@pytest.mark.parametrize("written", [0, 1, 20])
def test_a_line_that_was_refused_in_the_middle_stands_there_once(
    file: JournalFile, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    write(file, "one ")
    real = os.write

    def refuse(descriptor: int, data: bytes) -> int:
        if written and len(data) > written:
            monkeypatch.setattr(os, "write", full)
            return real(descriptor, data[:written])
        return full(descriptor, data)

    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", refuse)
    with pytest.raises(OSError, match="No space"):
        write(file, "two, which is rather long, ")
    monkeypatch.setattr(os, "write", real)
    write(file, "2 ", "three")

    file.close()
    assert text_in(file.path) == "one 2 three"


def test_a_file_that_cannot_be_emptied_harms_nobody(file: JournalFile, monkeypatch: pytest.MonkeyPatch) -> None:
    write(file, "old text that is long enough")
    real = os.ftruncate

    def refuse(descriptor: int, size: int) -> None:
        raise EIO

    monkeypatch.setattr(os, "ftruncate", refuse)
    file.follow(ended(BEGUN))
    monkeypatch.setattr(os, "ftruncate", real)
    again = replace(BEGUN, seams=(Seam(1, 2.5),))
    file.follow(again)
    write(file, "new")

    (arrival,) = (each for each in file.arrivals() if each.part == part_of(again))
    assert arrival.events == [TextArrived(0, "new")]
    file.close()


# --- the start


async def test_what_the_history_does_not_know_is_kept(tmp_path: Path) -> None:
    async with started(tmp_path) as store:
        await store.append_journal([("of another database", [TextArrived(0, "text")])])
    before = journal_in(tmp_path).read_bytes()

    async with started(tmp_path) as store:
        (kept,) = kept_in(tmp_path)
        assert kept.read_bytes() == before
        await store.put(BEGUN)
        await store.append_journal([(BEGUN.id, [TextArrived(0, "goes on")])])

    assert text_in(journal_in(tmp_path)) == "goes on"


async def test_a_journal_that_cannot_be_read_does_not_keep_the_history_from_opening(
    tmp_path: Path, expect_log: Callable[[str], None]
) -> None:
    expect_log("journal cannot be read and is kept")
    async with started(tmp_path) as store:
        await store.put(BEGUN)
    journal_in(tmp_path).mkdir()

    async with started(tmp_path) as store:
        assert await store.load("c") is not None

    assert [kept.is_dir() for kept in kept_in(tmp_path)] == [True]
