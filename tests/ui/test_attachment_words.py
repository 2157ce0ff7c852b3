"""Attached files in words."""

from __future__ import annotations

import pytest

from desktop_chat.core.attachments import Attachment
from desktop_chat.ui.attachment_words import shown_name, sign_of, size_text, spoken
from tests.helpers.attached_samples import noise, words
from tests.helpers.file_samples import PDF


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("notes.md", "notes.md"),
        ("<b>a</b> & b.txt", "<b>a</b> & b.txt"),
        ("invoice\u202egnp.exe", "invoice\ufffdgnp.exe"),
        ("two\nlines\t.txt", "two lines .txt"),
        ("bell\a.txt", "bell␇.txt"),
        ("", "Nameless"),
    ],
)
def test_nothing_in_a_name_acts(name: str, shown: str) -> None:
    assert shown_name(words(name, "text")) == shown


def test_a_name_without_end_is_shown_with_its_beginning_and_its_end() -> None:
    shown = shown_name(words("a" * 1_000_000 + ".txt", "text"))
    assert len(shown) < 400
    assert shown.endswith("aaa.txt")


@pytest.mark.parametrize(
    ("attachment", "sign"),
    [
        (Attachment.of("paper", PDF), "PDF"),
        (words("notes.md", "text"), "MD"),
        (words("data.CSV", "a,b"), "CSV"),
        (words("Makefile", "all:"), "TEXT"),
        (words("a.verylong", "text"), "TEXT"),
        (words("a.\u202ex", "text"), "TEXT"),
    ],
)
def test_the_sign_says_what_it_is(attachment: Attachment, sign: str) -> None:
    assert sign_of(attachment) == sign


def test_what_is_read_aloud_says_all() -> None:
    picture = noise("shot.png", 1_300_000)
    assert size_text(picture) == "1.3 MB"
    assert spoken(picture) == "Attached picture shot.png, 1.3 MB"
    assert spoken(words("notes.md", "text")) == "Attached text notes.md, 4 bytes"
    assert spoken(Attachment.of("paper.pdf", PDF)).startswith("Attached PDF paper.pdf, ")
