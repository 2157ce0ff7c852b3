"""The guess at what a message says is made by shortcuts; it is the same as without them."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktop_chat.ui.transcript.finding.folding import folded
from desktop_chat.ui.transcript.finding.projection import projected, wanted
from tests.ui.transcript.stage import answer

LETTERS = "aKsS=iI .\n’“\u00a0éÉßſ\u212aﬁ\u0301\u0338çÇ中한\u1100\u1161Σς🙂\u200d\u0645\ud800"
"""Letters that change when compared, those that are like others, accents of their own, and half a character."""

MARKDOWN = ["](", "[^", "]", "[", "(", ")", "```", "`", "\n", "\n> ", "\r\n", "^", " ", '"t"', "py", "url", "É", "’"]


@given(st.text(alphabet=LETTERS, max_size=12), st.booleans())
def test_a_text_is_folded_as_character_by_character(text: str, is_case_kept: bool) -> None:
    assert wanted(text, is_case_kept) == folded(text, is_case_kept).text.encode("utf-8", "surrogatepass")


def test_the_small_form_of_a_dotted_capital_has_no_accent_of_its_own() -> None:
    assert wanted("İstanbul", is_case_kept=False) == b"istanbul"


@example("````py\ncode\n````\n", False)
@example("[a](b](c)[^[^d]", False)
@given(st.lists(st.sampled_from(MARKDOWN), max_size=24).map("".join), st.booleans())
def test_what_is_not_shown_is_left_out_as_its_patterns_say(text: str, is_case_kept: bool) -> None:
    source = wanted(text, is_case_kept)
    source = re.sub(rb"\]\([^\s()]*(?:\s+\"[^\"\n]*\")?\)", b"]", source)
    source = re.sub(rb"```[^`\n]*\n", b"\n", source)
    source = re.sub(rb"\[\^[^\]\s]+\]", b"", source)
    source = source.replace(b"\r\n", b"\n").replace(b"\n> ", b" ").replace(b"\n", b" ")
    expected = bytes(byte for byte in source if byte not in b"*_`~|\\[]")
    assert projected(answer(text), is_case_kept) == expected


@pytest.mark.parametrize("is_case_kept", [False, True])
def test_a_text_of_many_other_letters_is_folded_as_a_short_one(is_case_kept: bool) -> None:
    short = "Él said “так”"
    assert wanted(short * 90, is_case_kept) == wanted(short, is_case_kept) * 90
