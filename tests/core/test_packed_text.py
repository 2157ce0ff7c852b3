"""A text block packed says what it said before."""

from __future__ import annotations

import json
from typing import Any

import pytest

from desktop_chat.core.packed_text import PackedText, packed


@pytest.mark.parametrize("text", ["", "plain", "a — “quote” 漢字 👍🏽", "half \ud83d of a pair", "nul \0 and \u2028"])
def test_a_packed_block_is_equal_to_the_block_it_was(text: str) -> None:
    block = {"type": "text", "text": text}
    made = packed(block)
    assert isinstance(made, PackedText)
    assert (made == block, block == made, dict(made) == block) == (True, True, True)
    assert (made["text"], made.get("type"), made.get("citations"), "citations" in made) == (text, "text", None, False)
    assert json.dumps(dict(made)) == json.dumps(block)


def test_it_differs_from_another_text() -> None:
    assert packed({"type": "text", "text": "a"}) != {"type": "text", "text": "b"}


@pytest.mark.parametrize(
    "block",
    [
        {"type": "text", "text": "a", "citations": []},
        {"type": "text", "text": 7},
        {"type": "thinking", "thinking": "hm"},
        {"type": "texts", "text": "a"},
        {"text": "a"},
        {},
    ],
)
def test_any_other_block_is_left_as_it_is(block: dict[str, Any]) -> None:
    assert packed(block) is block


def test_what_is_no_block_is_refused() -> None:
    with pytest.raises(TypeError):
        packed(7)  # type: ignore[arg-type]
