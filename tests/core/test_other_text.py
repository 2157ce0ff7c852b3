"""Texts that are not plain UTF-8, as files have them."""

from __future__ import annotations

import codecs

import pytest

from desktop_chat.core.attachments import TEXT, media_type_of
from desktop_chat.core.other_text import in_utf8

GERMAN = "Grüße aus Köln – „schön“ hier, wirklich sehr schön\r\n"


def test_utf_8_stays_as_it_is() -> None:
    assert in_utf8(GERMAN.encode()) == GERMAN.encode()
    assert in_utf8(b"plain\n") == b"plain\n"


def test_the_mark_at_the_beginning_goes() -> None:
    assert in_utf8(codecs.BOM_UTF8 + b"a,b\n") == b"a,b\n"


@pytest.mark.parametrize(
    "file", [codecs.BOM_UTF16_LE + GERMAN.encode("utf-16-le"), codecs.BOM_UTF16_BE + GERMAN.encode("utf-16-be")]
)
def test_utf_16_becomes_utf_8(file: bytes) -> None:
    assert in_utf8(file) == GERMAN.encode()


def test_western_european_letters_become_utf_8() -> None:
    assert in_utf8(GERMAN.encode("cp1252")) == GERMAN.encode()
    assert in_utf8("Déjà vu à la plage".encode("latin-1")) == "Déjà vu à la plage".encode()


@pytest.mark.parametrize(
    "file",
    [
        "Привет, как дела?".encode("koi8-r"),
        "こんにちは世界".encode("shift-jis"),
        b"MZ\x90\0\x03\0\0\0\x04",
        b"\x1f\x8b\x08 gzip has controls",
        codecs.BOM_UTF16_LE + b"\0\xd8odd half",
        codecs.BOM_UTF32_LE + "text".encode("utf-32-le"),
        b"\x81\x8d only holes of the code page",
    ],
)
def test_what_nobody_can_tell_is_not_taken_for_text(file: bytes) -> None:
    assert media_type_of(in_utf8(file)) != TEXT


def test_nothing_at_all_stays_nothing() -> None:
    assert in_utf8(b"") == b""
    assert in_utf8(codecs.BOM_UTF8) == b""
