"""The place in the shown text where a source is cut: found in every kind of block, near it where it is not shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_chat.ui.transcript.markdown.seams import SIGN, carried, shown_text
from desktop_chat.ui.transcript.markdown.splitter import Splitter


def split(text: str, is_finished: bool = True) -> Splitter:
    made = Splitter()
    made.append(text)
    if is_finished:
        made.finish()
    return made


def around(splitter: Splitter, at: int) -> tuple[str, str] | None:
    """What is shown before and behind a place, within its leaf; None when only the leaf is known."""
    place = splitter.place_of(at)
    assert place is not None
    text = shown_text(splitter.leaves_of(place.block)[place.leaf])
    return None if place.characters is None else (text[: place.characters], text[place.characters :])


CASES = {
    "a word": ("One wo", "rd more.", ("One wo", "rd more.")),
    "between words": ("One", " word more.", ("One", " word more.")),
    "between paragraphs": ("One.", "\n\nTwo.", ("One.", "")),
    "bold": ("Some **bo", "ld** text", ("Some bo", "ld text")),
    "behind bold": ("Some **bold.**", " text", ("Some bold.", " text")),
    "inside the stars": ("Some *", "*bold** text", ("Some ", "bold text")),
    "code in a line": ("Call `f(", "x)` now", ("Call f(", "x) now")),
    "the words of a link": ("See [the pa", "ge](https://example.org/)", ("See the pa", "ge")),
    "a list": ("- one\n- tw", "o\n- three", ("tw", "o")),
    "a heading": ("# A tit", "le\n\nText.", ("A tit", "le")),
    "a quote": ("> Somebody sa", "id", ("Somebody sa", "id")),
    "a fence": ("Text\n\n```python\na = 1\nb", " = 2\n```\nEnd", ("a = 1\nb", " = 2\n")),
    "a fence in a list": ("- item\n\n  ```\n  ab", "cd\n  ```", ("ab", "cd\n")),
    "the end of a fence": ("```\na\n``", "`\n\nEnd", ("a\n", "")),
    "a table": ("| a | b |\n|---|---|\n| 1 | t", "wo |\n", ("a\nb\n1\nt", "wo\n")),
    "an escaped sign": ("a \\*b", " c\\*", ("a *b", " c*")),
    "a character of its own": ("🙂 Grüße 👩‍👩‍👧", " und", ("🙂 Grüße 👩‍👩‍👧", " und")),
    "html": ("<b>bo", "ld</b>", ("<b>bo", "ld</b>")),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize("is_finished", [True, False])
def test_a_place_is_found_in_what_is_shown(case: tuple[str, str, tuple[str, str]], is_finished: bool) -> None:
    first, second, shown = case
    assert around(split(first + second, is_finished), len(first)) == shown


def test_a_place_in_the_target_of_a_link_is_found_before_its_words() -> None:
    first, second = "See the [page](https://exa", "mple.org/) there"
    assert around(split(first + second), len(first)) == ("See the ", "page there")


@pytest.mark.parametrize("is_finished", [True, False])
def test_a_place_that_is_not_shown_is_at_the_edge_of_its_block(is_finished: bool) -> None:
    first, second = "Text.\n\n- item\n- [page](https://exa", "mple.org/)"
    assert around(split(first + second, is_finished), len(first)) == ("", "page")
    first, second = "Text.\n\n```py", "thon\na = 1\n```"
    assert around(split(first + second, is_finished), len(first)) == ("", "a = 1\n")
    first, second = "Text.\n\n[a]: https://exa", "mple.org/\n\nEnd."
    assert around(split(first + second, is_finished), len(first)) == ("", "End.")


def test_the_end_of_what_has_come_is_the_end_of_the_last_block() -> None:
    assert around(split("One.\n\n- two\n- thr", is_finished=False), 17) == ("thr", "")
    assert around(split("Text\n\n```\nx = ", is_finished=False), 11) == ("x", " = ")


def test_there_is_no_place_in_what_has_not_come() -> None:
    assert Splitter().place_of(0) is None
    assert split("One.").place_of(40) is None


def test_a_sign_of_the_same_kind_in_the_text_misleads_nobody() -> None:
    first, second = f"{SIGN} One wo", "rd"
    assert around(split(first + second), len(first)) == (f"{SIGN} One wo", "rd")


def test_a_reading_that_differs_by_marks_is_carried_over() -> None:
    assert carried("**foo.**", "foo. bar") == 4
    assert carried("", "x") == 0


@given(st.text(max_size=40), st.text(max_size=40), st.booleans())
def test_any_text_has_a_place_that_can_be_shown(first: str, second: str, is_finished: bool) -> None:
    splitter = split(first + second, is_finished)
    place = splitter.place_of(min(len(first), len(splitter.source)))
    if place is None:
        assert not [leaf for block in splitter.blocks for leaf in block]
        return
    text = shown_text(splitter.leaves_of(place.block)[place.leaf])
    assert place.characters is None or 0 <= place.characters <= len(text)
