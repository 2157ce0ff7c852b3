"""Files of a message as they can be had back: what they are called, and their bytes."""

from __future__ import annotations

import base64
import random

import pytest

from desktop_chat.core.attachments import PDF, Attachment, pieces_of_base64
from desktop_chat.ui.transcript.drawings.sent_file import SentFile


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Report.pdf", "Report.pdf"),
        ("Report.PDF", "Report.PDF"),
        ("Report 2026", "Report 2026.pdf"),
        ("setup.exe", "setup.exe.pdf"),
        ("", "document.pdf"),
        ("...", "document.pdf"),
        ("/etc/passwd", "_etc_passwd.pdf"),
        ("../../.bashrc", "_.._.bashrc.pdf"),
        ("C:\\boot.ini", "C__boot.ini.pdf"),
        (".profile", "profile.pdf"),
        ("a\0b\x1b.pdf", "a_b_.pdf"),
        ("gnp\u202efdp.pdf", "gnp_fdp.pdf"),
        ("Grüße 🙂.pdf", "Grüße 🙂.pdf"),
    ],
)
def test_the_name_is_never_a_path_and_tells_that_it_is_a_pdf(title: str, name: str) -> None:
    assert SentFile(title, PDF, "QQ==").name == name


@pytest.mark.parametrize(
    ("title", "name"), [("Makefile", "Makefile"), ("notes.md", "notes.md"), ("", "document.txt"), ("a/b.c", "a_b.c")]
)
def test_a_text_keeps_its_name_whatever_its_ending(title: str, name: str) -> None:
    assert SentFile(title, "text/plain", "text", is_text=True).name == name


def test_a_long_name_is_cut_to_what_file_systems_take_and_keeps_its_ending() -> None:
    for letter in "aü🙂":
        name = SentFile(letter * 1_000 + ".pdf", PDF, "QQ==").name
        assert len(name.encode()) <= 255
        assert name.endswith(f"{letter}.pdf")


@pytest.mark.parametrize("count", [1, 2, 3, 196_607, 196_608, 196_609, 700_001])
def test_the_bytes_come_back_as_they_were(count: int) -> None:
    file = random.Random(count).randbytes(count)
    data = base64.b64encode(file).decode()
    assert b"".join(SentFile("", PDF, data).pieces()) == file
    in_lines = base64.encodebytes(file).decode()
    assert b"".join(pieces_of_base64(in_lines)) == file


def test_a_text_comes_back_as_utf_8() -> None:
    text = "Grüße 🙂\r\n" * 20_000
    file = Attachment.of("notes.md", text.encode())
    pieces = [*SentFile(file.name, file.media_type, file.data, is_text=True).pieces()]
    assert b"".join(pieces) == text.encode()
    assert max(map(len, pieces)) <= 4 * 64 * 1024


def test_what_is_no_base64_is_damaged() -> None:
    with pytest.raises(ValueError, match="base64"):
        list(SentFile("", PDF, "A").pieces())
