"""What reading files to attach has to keep to; run against the fake and against the disk."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop_chat.chat.ports import AttachedFiles
from desktop_chat.core.attachments import NotAttachable

PNG = b"\x89PNG\r\n\x1a\n and pixels"


class AttachedFilesContract:
    """Subclasses give the fixtures `files`, and `put`, which puts a file there and gives its path."""

    async def test_a_file_is_read(self, files: AttachedFiles, put: Callable[[str, bytes], Path]) -> None:
        attachment = await files.read(put("notes.txt", "Größe\n".encode()))

        assert (attachment.name, attachment.media_type, attachment.data) == ("notes.txt", "text/plain", "Größe\n")

    async def test_what_is_no_file_yet_is_taken(self, files: AttachedFiles) -> None:
        attachment = await files.take("shot.png", lambda: PNG)

        assert (attachment.name, attachment.media_type) == ("shot.png", "image/png")
        assert base64.b64decode(attachment.data) == PNG

    async def test_a_file_that_is_not_there_is_told(
        self, files: AttachedFiles, put: Callable[[str, bytes], Path]
    ) -> None:
        path = put("notes.txt", b"text")

        with pytest.raises(NotAttachable, match=r"“gone\.txt” is not there"):
            await files.read(path.with_name("gone.txt"))

    async def test_a_file_of_another_kind_is_told(
        self, files: AttachedFiles, put: Callable[[str, bytes], Path]
    ) -> None:
        with pytest.raises(NotAttachable, match="“program” cannot be attached"):
            await files.read(put("program", b"\x7fELF\0\0"))

    async def test_what_comes_next_is_read_after_one_that_cannot_be(
        self, files: AttachedFiles, put: Callable[[str, bytes], Path]
    ) -> None:
        with pytest.raises(NotAttachable):
            await files.read(put("nothing", b""))

        assert (await files.read(put("notes.txt", b"text"))).data == "text"
