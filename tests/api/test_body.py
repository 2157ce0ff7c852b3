"""The body of a request: the JSON that one dump would give, whatever is long in it; and what is shown of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_chat.api.body import SHOWN_BYTES_MAX, SHOWN_TEXT_CHARACTERS_MAX, Body, Upload
from tests.helpers.file_samples import image_block, pdf_block, png, text_block

SLICE = 64 * 1024
LONG = {
    "base64": "QUJD" * SLICE,
    "text": "Grüße “an” 世界\n\t\\ 👩‍🚀 \u2028" * 20_000,
    "quotes at the seam": "x" * (SLICE - 1) + '"\\' + "y" * SLICE,
    "an emoji at the seam": "x" * (SLICE - 1) + "🎈" + "y" * SLICE,
    "half a character at the seam": "x" * (SLICE - 1) + "\ud83c\udf88" + "y" * SLICE,
    "control characters": "\x00\x1f\x7f" * SLICE,
    "base64 that is none": "QUJD" * SLICE + '","evil":"',
}


def asking(*blocks: Any, **fields: Any) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": list(blocks)}], "system": "Kürze.", **fields}


def dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def is_as_one_dump(value: dict[str, Any]) -> bool:
    body = Body.of(value)
    return b"".join(body.chunks) == dumped(value) and body.size_bytes == len(dumped(value))


@pytest.mark.parametrize("data", LONG.values(), ids=LONG)
def test_what_is_long_is_written_as_in_one_dump(data: str) -> None:
    picture = {"type": "image", "source": {"type": "base64", "data": data, "media_type": "image/png"}, "after": 1}
    assert is_as_one_dump(
        asking(picture, {"type": "text", "text": data}, text_block(data), {"type": "text", "text": "?"})
    )


@given(st.lists(st.text(st.characters(codec=None), max_size=50), max_size=4), st.integers(1, 3))
def test_any_text_is_written_as_in_one_dump(texts: list[str], times: int) -> None:
    blocks = [text_block(text * 3_000 * times) for text in texts] + [{"type": "text", "text": text} for text in texts]
    assert is_as_one_dump(asking(*blocks))


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"messages": None},
        {"messages": [None, 3, {"role": "user"}, {"content": "plain"}, {"content": [None, 5, "x", {}]}]},
        {"messages": [{"content": [{"type": "image", "source": None}, {"type": "image", "source": {"data": 5}}]}]},
        {"system": "x" * 200_000},
    ],
)
def test_a_body_of_any_other_form_is_written_too(value: dict[str, Any]) -> None:
    assert is_as_one_dump(value)


def test_no_chunk_is_so_large_that_it_holds_anybody_up() -> None:
    body = Body.of(asking(image_block(png(size_bytes=3_000_000)), {"type": "text", "text": "ü" * 1_000_000}))
    assert max(map(len, body.chunks)) <= 2 * SLICE
    assert len(body.chunks) > 60


def test_a_small_body_is_one_chunk_and_shown_whole() -> None:
    value = asking(image_block(png(3, 2)), text_block("Grüße"))
    body = Body.of(value)
    assert body.shown.encode() == dumped(value)
    assert not body.is_shortened


def test_of_a_large_body_the_files_are_not_shown() -> None:
    big, small = image_block(png(size_bytes=300_000)), image_block(png(3, 2))
    body = Body.of(asking(big, small, text_block("n" * 2_000), pdf_block(), {"type": "text", "text": "Why?"}))
    assert body.is_shortened
    shown = json.loads(body.shown)["messages"][0]["content"]
    assert [block["source"]["data"] for block in shown[:4]] == [
        "<base64, 400,000 characters>",
        small["source"]["data"],
        "<text, 2,000 characters>",
        pdf_block()["source"]["data"],
    ]
    assert shown[4] == {"type": "text", "text": "Why?"}
    assert body.size_bytes > 400_000


@pytest.mark.parametrize(
    ("count", "is_whole"), [(SHOWN_TEXT_CHARACTERS_MAX, True), (SHOWN_TEXT_CHARACTERS_MAX + 1, False)]
)
def test_a_long_text_is_shown_and_a_very_long_one_is_not(count: int, is_whole: bool) -> None:
    value = asking({"type": "text", "text": "ü" * count})
    body = Body.of(value)
    assert (body.shown.encode() == dumped(value)) is is_whole
    assert body.is_shortened is not is_whole


def test_files_that_are_small_together_are_shown_whole() -> None:
    value = asking(text_block("n" * (SHOWN_BYTES_MAX // 2)))
    assert Body.of(value).shown.encode() == dumped(value)


async def test_an_upload_knows_how_far_it_is() -> None:
    body = Body.of(asking(image_block(png(size_bytes=200_000))))
    told: list[tuple[int, bool]] = []
    upload = Upload(body, lambda: told.append((upload.sent_bytes, upload.is_under_way)))
    chunks = [chunk async for chunk in upload]
    assert tuple(chunks) == body.chunks
    assert len(told) == len(chunks)
    assert told[0] == (0, False)
    assert told[-1][1]
    assert (upload.sent_bytes, upload.is_under_way) == (body.size_bytes, False)


def test_the_data_is_in_no_repr() -> None:
    assert "QUJD" not in repr(Body.of(asking(image_block(b"ABC" * 300))))
