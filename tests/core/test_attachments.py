"""Which files can go out with a question, and what of them does."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_chat.core.attachments import (
    BYTES_MAX,
    COUNT_MAX,
    PDF,
    TEXT,
    TEXT_BYTES_MAX,
    Attachment,
    NotAttachable,
    check_together,
    is_attached,
    names_line,
)
from desktop_chat.core.messages import Draft, draft_of, edited_message, user_message

PNG = b"\x89PNG\r\n\x1a\n"
STEP_BYTES = 3 * 64 * 1024


@pytest.mark.parametrize(
    ("file", "media_type"),
    [
        (PNG + b"\0rest", "image/png"),
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"GIF87a\0", "image/gif"),
        (b"GIF89a\0", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"%PDF-1.7\n\xe2", PDF),
        ("Grüße, 世界\n".encode(), TEXT),
        (b"RIFF is a word", TEXT),
        (b"\xef\xbb\xbfwith a mark", TEXT),
    ],
)
def test_a_file_is_what_its_content_says(file: bytes, media_type: str) -> None:
    attachment = Attachment.of("misleading.exe", file)

    assert attachment.media_type == media_type
    assert attachment.id == hashlib.sha256(file).hexdigest()
    assert attachment.file == file


@pytest.mark.parametrize(
    "file", [b"RIFF\0\0\0\0WAVE", b"\x7fELF\2\0", "Grüße".encode("latin-1"), "text".encode("utf-16")]
)
def test_what_no_model_reads_is_refused(file: bytes) -> None:
    with pytest.raises(NotAttachable) as refused:
        Attachment.of("thing.bin", file)

    assert refused.value.title == "“thing.bin” cannot be attached."


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(NotAttachable, match="empty"):
        Attachment.of("nothing.txt", b"")


@pytest.mark.parametrize(
    ("head", "limit", "words"),
    [(PNG, BYTES_MAX, "It has 7.6 MB, 7.5 MB can"), (b"words", TEXT_BYTES_MAX, "It has 2.1 MB, 2 MB can")],
    ids=["picture", "text"],
)
def test_a_file_may_be_as_large_as_the_limit_and_no_larger(head: bytes, limit: int, words: str) -> None:
    assert Attachment.of("fits", head.ljust(limit, b"x")).size_bytes == limit

    with pytest.raises(NotAttachable) as refused:
        Attachment.of("does not fit", head.ljust(limit + 100_000, b"x"))

    assert words in refused.value.detail


@pytest.mark.parametrize("file", [PNG, PNG + b"1", PNG + b"12", "Grüße, 世界\n".encode()])
def test_the_size_is_that_of_the_file(file: bytes) -> None:
    assert Attachment.of("file", file).size_bytes == len(file)


@pytest.mark.parametrize("size_bytes", [9, 10, 11, STEP_BYTES - 1, STEP_BYTES, STEP_BYTES + 1, 3 * STEP_BYTES + 2])
def test_a_file_of_any_size_goes_out_and_comes_back_to_the_last_byte(size_bytes: int) -> None:
    file = (PNG + hashlib.shake_256(b"noise").digest(size_bytes))[:size_bytes]

    attachment = Attachment.of("noise.png", file)

    assert attachment.data == base64.b64encode(file).decode()
    assert attachment.file == file
    assert Attachment.stored(attachment.id, attachment.name, attachment.media_type, file).data == attachment.data


@given(st.text(min_size=1))
def test_any_text_goes_out_as_it_is(text: str) -> None:
    text = text.replace("\0", "")
    if not text:
        return
    attachment = Attachment.of("a.txt", text.encode())

    assert (attachment.data, attachment.file) == (text, text.encode())


def test_blocks_are_those_of_the_api() -> None:
    picture, pdf, text = (Attachment.of(name, file) for name, file in (("a", PNG), ("b", b"%PDF-"), ("c", b"words")))

    assert picture.block() == {
        "type": "image",
        "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="},
    }
    assert pdf.block() == {
        "type": "document",
        "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="},
        "title": "b",
    }
    assert text.block() == {
        "type": "document",
        "source": {"type": "text", "media_type": "text/plain", "data": "words"},
        "title": "c",
    }


def test_too_many_and_too_much_are_told_apart() -> None:
    few, large = [Attachment.of("a", b"a")] * COUNT_MAX, [Attachment.of("b", PNG.ljust(BYTES_MAX, b"x"))] * 3
    check_together(few)
    check_together(large[:2])

    with pytest.raises(NotAttachable, match="too many"):
        check_together([*few, few[0]])
    with pytest.raises(NotAttachable, match="too large together"):
        check_together(large)


def test_the_content_of_a_file_is_in_no_repr() -> None:
    assert "c2VjcmV0" not in repr(Attachment.of("a.png", PNG + b"secret"))
    assert "secret" not in repr(Draft("", 0, (Attachment.of("a.txt", b"secret"),)))


# --- what goes out with them


FILES = (Attachment.of("leaf.png", PNG), Attachment.of("seeds.txt", b"Rye"))


def test_files_stand_before_the_words() -> None:
    message = user_message("c", None, "Which is it?", FILES)

    assert [block["type"] for block in message.content] == ["image", "document", "text"]
    assert list(map(is_attached, message.content)) == [True, True, False]
    assert message.text == "Which is it?"


def test_files_alone_go_out_without_an_empty_text() -> None:
    assert [block["type"] for block in user_message("c", None, " \n", FILES).content] == ["image", "document"]


def test_what_was_sent_is_a_draft_again_with_its_files_as_they_were() -> None:
    asked = user_message("c", None, "Which is it?", FILES)
    draft = draft_of(asked)

    assert (draft.text, draft.caret) == ("Which is it?", 12)
    told = [(file.name, file.media_type, file.data, file.size_bytes) for file in draft.attachments]
    assert told == [
        ("Picture", FILES[0].media_type, FILES[0].data, FILES[0].size_bytes),
        (FILES[1].name, FILES[1].media_type, FILES[1].data, FILES[1].size_bytes),
    ]
    assert [file.block() for file in draft.attachments] == list(asked.content[:2])


def test_files_of_different_messages_and_twice_the_same_one_are_told_apart() -> None:
    twice = replace(user_message("c", None, "?"), content=(FILES[0].block(), FILES[0].block()))
    other = user_message("c", None, "?", FILES)

    files = (*draft_of(twice).attachments, *draft_of(other).attachments)
    assert len({file.id for file in files}) == 4
    assert [file.name for file in files[:2]] == ["Picture", "Picture 2"]


@pytest.mark.parametrize(
    "block",
    [
        {"type": "image", "source": {"type": "url", "url": "https://a.invalid/a.png"}},
        {"type": "document", "source": {"type": "file", "file_id": "f"}},
        {"type": "document", "source": {"type": "base64"}},
        {"type": "image", "source": None},
        {"type": "image"},
        {"type": "later"},
    ],
)
def test_what_lies_elsewhere_is_no_file_and_stays_in_another_wording(block: dict[str, Any]) -> None:
    asked = replace(user_message("c", None, "?"), content=(block, {"type": "text", "text": "?"}))

    assert draft_of(asked).attachments == ()
    assert edited_message(asked, Draft("What?")).content == (block, {"type": "text", "text": "What?"})


def test_another_wording_keeps_the_files_that_are_left() -> None:
    asked = user_message("c", None, "Which is it?", FILES)
    first, second = draft_of(asked).attachments
    said = {"type": "text", "text": "Which one?"}

    assert edited_message(asked, Draft("Which one?", 0, (first, second))).content == (*asked.content[:2], said)
    assert edited_message(asked, Draft("Which one?", 0, (second,))).content == (asked.content[1], said)
    assert edited_message(asked, Draft("Which one?")).content == (said,)


def test_without_words_a_wording_is_the_files_alone() -> None:
    asked = user_message("c", None, "Which is it?", FILES)

    assert edited_message(asked, replace(draft_of(asked), text=" \n")).content == asked.content[:2]
    assert edited_message(user_message("c", None, "Why?"), Draft()).content == ({"type": "text", "text": ""},)


def test_a_draft_of_files_alone_is_not_empty() -> None:
    assert not Draft("", 0, FILES).is_empty
    assert Draft(" \n", 1).is_empty


def test_names_stand_on_one_line() -> None:
    assert names_line(FILES) == "leaf.png, seeds.txt"
    assert names_line(()) == ""
