"""Files that are to be attached come in their order, each with a word, and nobody has to wait for them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from desktop_chat.chat.file_reader import FileReader, NewFile
from desktop_chat.chat.tasks import Tasks
from tests.helpers.fake_files import FakeFiles
from tests.helpers.signals import Heard, next_signal


@pytest.fixture
async def files() -> FakeFiles:
    return FakeFiles()


@pytest.fixture
async def reader(files: FakeFiles) -> AsyncIterator[FileReader]:
    bugs: list[BaseException] = []
    tasks = Tasks(bugs.append)
    yield FileReader(files, tasks)
    await tasks.close()
    assert bugs == []


async def test_files_are_told_in_their_order_each_by_its_wish(files: FakeFiles, reader: FileReader) -> None:
    read, refused = Heard(reader.file_read), Heard(reader.file_refused)

    token = reader.read((files.put("b.txt", b"second"), Path("/gone.txt"), files.put("a.txt", b"first")))
    assert await next_signal(reader.ended) == token

    assert [(key, attachment.name) for key, attachment in read] == [(token, "b.txt"), (token, "a.txt")]
    assert [(key, failure.title) for key, failure in refused] == [(token, "“gone.txt” is not there.")]


async def test_what_is_no_file_yet_is_taken_by_its_name(reader: FileReader) -> None:
    read = Heard(reader.file_read)

    reader.read((NewFile("Pasted picture.png", lambda: b"\x89PNG\r\n\x1a\n pixels"),))
    await next_signal(reader.ended)

    assert [attachment.name for _, attachment in read] == ["Pasted picture.png"]


async def test_what_was_left_is_told_no_more(files: FakeFiles, reader: FileReader) -> None:
    read, ended = Heard(reader.file_read), Heard(reader.ended)
    files.slow = {"slow.txt"}
    left = reader.read((files.put("slow.txt", b"slow"), files.put("after.txt", b"after")))
    other = reader.read((files.put("other.txt", b"other"),))
    await next_signal(reader.ended, matching=lambda token: token == other)

    reader.leave(left)
    reader.leave(other)
    files.wake.set()
    last = reader.read((files.put("last.txt", b"last"),))
    await next_signal(reader.ended, matching=lambda token: token == last)

    assert [attachment.name for _, attachment in read] == ["other.txt", "last.txt"]
    assert ended == [other, last]
    assert "after.txt" not in files.asked


async def test_the_program_ends_while_a_drive_does_not_answer(files: FakeFiles) -> None:
    bugs: list[BaseException] = []
    tasks = Tasks(bugs.append)
    reader = FileReader(files, tasks)
    told = Heard(reader.ended)
    files.slow = {"slow.txt"}
    reader.read((files.put("slow.txt", b"slow"),))

    await tasks.close()

    assert (told, bugs) == ([], [])
