"""Titles of conversations, made of their first question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_chat.core.conversation import TITLE_CHARACTERS_MAX, UNTITLED, title_from

FIFTY_EIGHT = "Explain how to make a window that shows very many messages"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Why does it rain?", "Why does it rain?"),
        ("\n\n  Why\tdoes   it rain?  \nBecause.", "Why does it rain?"),
        ("# Heading\n\ntext", "Heading"),
        ("> quoted", "quoted"),
        ("- [ ] a task", "[ ] a task"),
        ("**bold** words", "bold** words"),
        ("```python\nprint()\n```", "python"),
        ("```\nprint(1)\n```", "print(1)"),
        ("---\nThe text", "The text"),
        ("***\n\n> - # \nwords", "words"),
        ("", UNTITLED),
        ("  \n\t\n", UNTITLED),
        ("---\n```", UNTITLED),
        ("天気予報を教えてください", "天気予報を教えてください"),
    ],
)
def test_the_first_line_with_words_is_the_title(text: str, title: str) -> None:
    assert title_from(text) == title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"{FIFTY_EIGHT} a", f"{FIFTY_EIGHT} a"),
        # A word that just fits stays, one that does not goes whole.
        (f"{FIFTY_EIGHT} a b", f"{FIFTY_EIGHT} a…"),
        (f"{FIFTY_EIGHT} at once", f"{FIFTY_EIGHT}…"),
        (f"{FIFTY_EIGHT}, all", f"{FIFTY_EIGHT}…"),
        ("a" * 61, "a" * 60 + "…"),
        ("one " + "x" * 90, "one " + "x" * 56 + "…"),
        ("天" * 80, "天" * 60 + "…"),
    ],
)
def test_a_long_line_is_cut_at_the_end_of_a_word_where_there_is_one(text: str, title: str) -> None:
    assert title_from(text) == title


@given(st.text(max_size=200))
def test_a_title_is_one_short_line_and_never_empty(text: str) -> None:
    title = title_from(text)

    assert title.strip() == title != ""
    assert len(title) <= TITLE_CHARACTERS_MAX + 1
    assert len(title.splitlines()) == 1
    assert "  " not in title


@given(st.text(max_size=200))
def test_a_title_is_a_piece_of_the_text(text: str) -> None:
    title = title_from(text)

    assert title == UNTITLED or title.removesuffix("…") in " ".join(text.split())
