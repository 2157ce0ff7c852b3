"""Files as they lie on disks: large, without end, gone, forbidden, or on a drive that does not answer."""

from __future__ import annotations

import asyncio
import codecs
import os
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from desktop_chat.core.attachments import BYTES_MAX, TEXT_BYTES_MAX, NotAttachable
from desktop_chat.store.attached_files import PICTURE_BYTES_MAX, FilesOnDisk
from tests.helpers.attached_files_contract import PNG, AttachedFilesContract
from tests.helpers.fake_files import FakeFiles
from tests.helpers.privileges import bound_by_permissions, can_be_bound

needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")


def as_it_is(_name: str, file: bytes) -> bytes:
    return file


@pytest.fixture
async def files() -> AsyncIterator[FilesOnDisk]:
    made = FilesOnDisk(as_it_is)
    yield made
    made.close()


async def refusal(files: FilesOnDisk, path: Path) -> str:
    with pytest.raises(NotAttachable) as raised:
        await files.read(path)
    return str(raised.value)


class TestOnDisk(AttachedFilesContract):
    @pytest.fixture
    def put(self, tmp_path: Path) -> Callable[[str, bytes], Path]:
        def put(name: str, file: bytes) -> Path:
            (tmp_path / name).write_bytes(file)
            return tmp_path / name

        return put


class TestFake(AttachedFilesContract):
    @pytest.fixture
    def files(self) -> FakeFiles:
        return FakeFiles()

    @pytest.fixture
    def put(self, files: FakeFiles) -> Callable[[str, bytes], Path]:
        return files.put


async def test_a_link_is_followed_and_gives_its_own_name(files: FilesOnDisk, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("text")
    link = tmp_path / "link.txt"
    link.symlink_to("notes.txt")

    attachment = await files.read(link)

    assert (attachment.name, attachment.data) == ("link.txt", "text")


async def test_a_link_that_leads_nowhere_is_told(files: FilesOnDisk, tmp_path: Path) -> None:
    (tmp_path / "link.txt").symlink_to("gone.txt")
    assert await refusal(files, tmp_path / "link.txt") == "“link.txt” is not there. It may have been moved or deleted."


async def test_a_folder_is_told(files: FilesOnDisk, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    assert await refusal(files, tmp_path / "photos") == "“photos” is a folder. Attach the files in it."
    assert await refusal(files, Path("/")) == "“/” is a folder. Attach the files in it."


@needs_pipes
async def test_a_pipe_is_told_and_not_waited_for(files: FilesOnDisk, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert (await refusal(files, tmp_path / "pipe")).startswith("“pipe” is no file.")


@needs_pipes
async def test_a_pipe_that_has_taken_the_place_of_a_file_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, real = tmp_path / "notes.txt", os.open
    path.write_text("text")

    def open_late(opened: Path, flags: int) -> int:
        if opened == path:
            path.unlink()
            os.mkfifo(path)
        return real(opened, flags)

    monkeypatch.setattr(os, "open", open_late)
    files = FilesOnDisk(as_it_is, deadline_s=2.0)

    assert (await refusal(files, path)).startswith("“notes.txt” is no file.")
    files.close()


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no such device")
async def test_a_device_is_told_and_not_read(files: FilesOnDisk) -> None:
    assert (await refusal(files, Path("/dev/zero"))).startswith("“zero” is no file.")


@pytest.mark.parametrize("head", [b"text", b"%PDF-1.7", PNG])
async def test_a_huge_file_is_not_read(files: FilesOnDisk, tmp_path: Path, head: bytes) -> None:
    with (tmp_path / "film").open("wb") as film:
        film.write(head)
        film.truncate(3_200_000_000)
    limit = PICTURE_BYTES_MAX if head is PNG else BYTES_MAX

    words = await refusal(files, tmp_path / "film")

    assert words == f"“film” is too large. It has 3.2 GB, {limit / 1e6:g} MB can be attached."


async def test_a_file_that_grows_while_it_is_read_is_not_read_for_ever(files: FilesOnDisk, tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"x" * 100)
    real = os.fstat

    def grow(descriptor: int) -> os.stat_result:
        state = real(descriptor)
        with path.open("r+b") as log:
            log.truncate(3_200_000_000)
        return state

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fstat", grow)
        words = await refusal(files, path)
    assert words.startswith("“log” is too large.")


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="this system has no such files")
async def test_a_file_that_says_it_is_empty_is_read_all_the_same(files: FilesOnDisk) -> None:
    assert (await files.read(Path("/proc/version"))).data.startswith("Linux")


async def test_a_large_picture_is_read_for_it_can_be_made_smaller(tmp_path: Path) -> None:
    files = FilesOnDisk(lambda _name, file: file[:99])
    (tmp_path / "photo.png").write_bytes(PNG + bytes(BYTES_MAX))

    assert (await files.read(tmp_path / "photo.png")).size_bytes == 99
    files.close()


async def test_a_text_that_no_model_could_read_is_told(files: FilesOnDisk, tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_bytes(b"x" * (TEXT_BYTES_MAX + 1))
    assert (await refusal(files, tmp_path / "log.txt")).startswith("“log.txt” is too large.")


@pytest.mark.skipif(not can_be_bound(), reason="permissions bind nobody here")
async def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("text")
    (tmp_path / "secret.txt").chmod(0)
    with bound_by_permissions():
        files = FilesOnDisk(as_it_is)
        assert await refusal(files, tmp_path / "secret.txt") == "“secret.txt” may not be read. Check its permissions."
        files.close()


async def test_texts_in_other_encodings_become_utf_8(files: FilesOnDisk, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(codecs.BOM_UTF16_LE + "Größe;1\n".encode("utf-16-le"))
    (tmp_path / "b.csv").write_bytes("Größe der Stadt;1\n".encode("cp1252"))
    assert (await files.read(tmp_path / "a.csv")).data == "Größe;1\n"
    assert (await files.read(tmp_path / "b.csv")).data == "Größe der Stadt;1\n"


@pytest.mark.skipif(os.name == "nt", reason="names are no bytes there")
async def test_a_name_that_is_no_utf_8_can_be_stored(files: FilesOnDisk, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.txt")
    path.write_text("text")

    attachment = await files.read(path)

    assert attachment.name.encode() == "caf\ufffd.txt".encode()


class SlowDrive:
    """Files in a folder whose reading begins when `wake` is set."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_asked, self.wake = threading.Event(), threading.Event()
        self.path = path / "slow.txt"
        self.path.write_text("late")
        real = os.open

        def open_slowly(path: Path, flags: int) -> int:
            if path == self.path:
                self.is_asked.set()
                self.wake.wait()
            return real(path, flags)

        monkeypatch.setattr(os, "open", open_slowly)

    async def asked(self) -> None:
        await asyncio.to_thread(self.is_asked.wait, 10)


async def test_a_drive_that_does_not_answer_is_told_and_holds_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive = SlowDrive(tmp_path, monkeypatch)
    (tmp_path / "notes.txt").write_text("text")
    files = FilesOnDisk(as_it_is, deadline_s=0.05)

    words = await refusal(files, drive.path)
    after = await files.read(tmp_path / "notes.txt")

    assert words.startswith("“slow.txt” could not be read within 0.05 seconds. Its drive does not answer:")
    assert after.data == "text"
    drive.wake.set()
    files.close()


async def test_each_file_has_a_deadline_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drive = SlowDrive(tmp_path, monkeypatch)
    (tmp_path / "notes.txt").write_text("text")
    files = FilesOnDisk(as_it_is, deadline_s=0.2)

    slow, quick = await asyncio.gather(
        files.read(drive.path), files.read(tmp_path / "notes.txt"), return_exceptions=True
    )

    assert isinstance(slow, NotAttachable)
    assert not isinstance(quick, BaseException)
    assert quick.data == "text"
    drive.wake.set()
    files.close()


async def test_a_read_that_nobody_waits_for_any_more_holds_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive = SlowDrive(tmp_path, monkeypatch)
    (tmp_path / "notes.txt").write_text("text")
    files = FilesOnDisk(as_it_is)
    left = asyncio.ensure_future(files.read(drive.path))
    await drive.asked()

    left.cancel()
    with pytest.raises(asyncio.CancelledError):
        await left

    assert (await files.read(tmp_path / "notes.txt")).data == "text"
    drive.wake.set()
    files.close()


async def test_a_drive_that_hangs_does_not_keep_the_program_from_ending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive = SlowDrive(tmp_path, monkeypatch)
    files = FilesOnDisk(as_it_is)
    left = asyncio.ensure_future(files.read(drive.path))
    await drive.asked()
    threads = [thread for thread in threading.enumerate() if thread.name == "attached files"]

    left.cancel()
    files.close()

    assert threads
    assert all(thread.daemon for thread in threads)
    drive.wake.set()
    with pytest.raises(asyncio.CancelledError):
        await left


async def test_a_pdf_is_never_taken_for_a_text_of_another_country(files: FilesOnDisk, tmp_path: Path) -> None:
    pdf = b"%PDF-1.4\n%\x93\x8c\x8b\x9e ReportLab\n" + b"stream of letters " * 100
    (tmp_path / "report.pdf").write_bytes(pdf)
    assert (await files.read(tmp_path / "report.pdf")).file == pdf


@pytest.mark.parametrize("name", ["a\0b.txt", "\ud800.txt"])
async def test_a_name_that_no_file_can_have_is_told(files: FilesOnDisk, tmp_path: Path, name: str) -> None:
    with pytest.raises(NotAttachable):
        await files.read(tmp_path / name)
