"""Which texts are worth keeping once they are thrown away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_chat.core.kept_draft import is_discarded, is_worth_keeping, outdoes

LONG = "Why does the moon pull the water up on the far side, too?"


@pytest.mark.parametrize(
    ("text", "is_worth"),
    [("", False), ("  \n ", False), ("ok, go on", False), ("please go on", True), (LONG, True), ("月はなぜ", True)],
)
def test_a_text_of_some_substance_is_worth_keeping(text: str, is_worth: bool) -> None:
    assert is_worth_keeping(text) is is_worth


@pytest.mark.parametrize(
    "new",
    ["", " ", "Something quite different, about tides.", LONG[:20], LONG[-20:], "x"],
)
def test_a_text_that_was_cleared_or_replaced_is_discarded(new: str) -> None:
    assert is_discarded(LONG, new)


@pytest.mark.parametrize(
    "new",
    [
        LONG,
        LONG + " And when?",
        "So: " + LONG,
        LONG[:40],
        LONG.replace("moon", "sun"),
        LONG.replace("pull the water up", "do that"),
        LONG.upper()[:1].lower() + LONG[1:],
    ],
)
def test_a_text_that_is_written_on_is_not(new: str) -> None:
    assert not is_discarded(LONG, new)


def test_a_few_letters_are_no_loss() -> None:
    assert not is_discarded("hm, so", "")
    assert not is_discarded("please go on", "please do")


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_what_is_left_at_both_ends_counts_and_nothing_breaks_on_any_text(head: str, middle: str, tail: str) -> None:
    assert not is_discarded(head + tail, head + middle + tail)
    is_discarded(head + middle, tail + middle)


def test_a_text_outdoes_itself_and_its_own_beginnings() -> None:
    assert outdoes(LONG, "a", LONG, "b")
    assert outdoes(LONG, "a", LONG[:20], "a")
    assert not outdoes(LONG, "a", LONG[:20], "b")
    assert not outdoes(LONG[:20], "a", LONG, "a")
