"""Words that are put at the end of what is shown make the same as reading all of it again, at every moment."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_chat.ui.transcript.markdown import plain_growth
from desktop_chat.ui.transcript.markdown.blocks import Leaves, Paragraph, Span
from desktop_chat.ui.transcript.markdown.splitter import Splitter

WORDS = (
    "foo", "bar", "x y", " ", "  ", " ", "and, so", "(one)", "I said: no.", "2 of 3", "é", "日本", "don't", "…", "ok?",
    "http", ":", "1", "12.", "3) ", "x)", ".", ",", "-", ";", "(", ")", '"', "a - b",
)  # fmt: skip
SIGNS = (
    "\n", "\n", "\n\n", "    ", "# ", " #", "- ", "- ", "- [x", "]", " x", "1. ", "> ", "---", "===", "*", "**", "_",
    "`", "`c`", "~~", "**b**", "[", "[a](b", "[a]", "[^1]", "![", "/", "//", "://", "http://a.b", "<b", "<div", ">",
    "&amp", "&", "|", "| a | b", "|-|-|\n", "$x", "$5", "\\(", "\\[", "\\", "\u00a0", "🙂", "[l]: ", "[l]", "\t", "= ",
    "+ ", "$", "$x$", "$5 and $6", "$$", "\\)", "\\(a\\)", "\\]", "[a](b)", "](", "](b)", "[^1]: ", "&lt;", "<",
    "a < b",
)  # fmt: skip
TEXTS = st.one_of(
    st.lists(st.sampled_from(WORDS + SIGNS), max_size=25).map("".join),
    st.lists(st.sampled_from(WORDS * 4 + SIGNS), max_size=40).map("".join),
)


class ReadsAgain(Splitter):
    """Reads the whole open block again, whatever comes."""

    def _grow_words(self) -> bool:
        return False


def shown_at_every_step(splitter: Splitter, pieces: list[str]) -> list[list[Leaves]]:
    shown = []
    for piece in pieces:
        splitter.append(piece)
        shown.append(splitter.blocks)
    splitter.finish()
    return [*shown, splitter.blocks]


def pieces_of(text: str, sizes: list[int]) -> list[str]:
    pieces, at = [], 0
    for size in [*sizes, *[3] * len(text)]:
        pieces.append(text[at : at + size])
        at += size
    return [piece for piece in pieces if piece]


@settings(max_examples=1000, deadline=None)
@given(TEXTS, st.lists(st.integers(1, 9), max_size=60))
def test_what_is_shown_is_at_every_moment_what_reading_all_of_it_shows(text: str, sizes: list[int]) -> None:
    pieces = pieces_of(text, sizes)
    assert shown_at_every_step(Splitter(), pieces) == shown_at_every_step(ReadsAgain(), pieces)


LOOKS_LIKE_WORDS = {
    "blanks at the end": ("foo", " ", " ", "bar ", "(baz) "),
    "a number that begins a list": ("1", ". ", "a"),
    "a number in a list that begins a list": ("- 1", ".", " a"),
    "a line that is not shown yet": ("foo x\n- [x", "y"),
    "a box in a list": ("- [x", "] ", "done"),
    "a sign that looks at what follows": ("a _b", "_", "c"),
    "signs at the end of a heading": ("# a #", "b", " ", "#"),
    "a star that is out of reach": ("so *a", *["wordy, words "] * 10, "end"),
    "a star of the line above that is out of reach": ("so *a\n", *["wordy, words "] * 10, "end"),
    "a star of the item above": ("- so *a\n- b", "c", "* d"),
    "a formula": ("$x", "y", "$"),
    "a price": ("$5", "0 and more", "$"),
    "maths in brackets": ("\\(a", "b", "\\)"),
    "words behind maths": ("\\(a\\)", "-b", " c"),
    "a sign that is open in its line alone": ("`; a\n(*`*", "c", ";a("),
    "words far behind maths": ("\\(a\\)    ", "b", " c"),
    "maths between words": ("See $x", "y$ and", " more", " words"),
    "a price behind a formula": ("$x$", "5", " and $y"),
    "maths on its own": ("\\[a + b", " c", "d", "\\] e"),
    "maths over lines": ("$$a and", " b", " c", "$$"),
    "words behind a link": ("[a](b) and", " c", " (d)", ")"),
    "a target with brackets": ("[a](b(c)", "d", ") e"),
    "marks that begin": ("a b", " *c", " d* e"),
    "code that begins": ("a b", " `c", " d` e"),
    "a tag": ("<di", "v", " x>"),
    "an entity": ("a &am", "p; b"),
    "the target of a link": ("[a](b", "c)", " d"),
    "the title of a link": ('[a](b "c', '"', ")"),
    "a definition": ("end\n\n[l]: /the-", "end", "\n\n[l]"),
    "a footnote": ("a[^1]\n\n[^1]: no", "te", " more"),
    "an address": ("see http://a.b", "c", ".d", " e"),
    "an address behind a dot": ("http://a.", "b", "c"),
    "words behind an address": ("http://a.b ", "c", " d"),
    "the head of a table": ("| a | b", "c", " |"),
    "a row of a table": ("a|b\n-|-\nc", "d", " e"),
    "code": ("    co", "de", " more"),
    "an item without words": ("- a\n-", " b", " c"),
    "an underline": ("foo\n=", "=", "= a"),
}


@pytest.mark.parametrize("pieces", LOOKS_LIKE_WORDS.values(), ids=LOOKS_LIKE_WORDS.keys())
def test_what_only_looks_like_words_is_read(pieces: tuple[str, ...]) -> None:
    assert shown_at_every_step(Splitter(), [*pieces]) == shown_at_every_step(ReadsAgain(), [*pieces])


@pytest.mark.parametrize("length", [300, 990, 1_990, 5_980, 12_000])
def test_a_paragraph_that_only_grows_by_words_is_cut_where_it_would_be_anyway(length: int) -> None:
    pieces = ["foo", *[" bar, baz"] * (length // 9), *"and (the) end."]
    assert shown_at_every_step(Splitter(), pieces) == shown_at_every_step(ReadsAgain(), pieces)


def test_of_what_grows_by_words_all_but_the_end_stays_the_same() -> None:
    splitter = Splitter()
    splitter.append("- one\n- two\n- thr")
    before = splitter.blocks[-1]
    splitter.append("ee, four")
    after = splitter.blocks[-1]
    assert after[0] is before[0] and after[1] is before[1]
    assert after[2].content == Paragraph((Span("three, four"),))


@pytest.mark.parametrize(
    "before",
    [
        "See `this` and **that**, it",
        "See [this](https://example.org/a_b) and it",
        "It costs $5 to $6, and $x^2$ is \\(y\\), it",
        "1 < 2\n&amp; 3, it",
        "See this[^1].\n\n[^1]: A note that",
    ],
    ids=["signs", "a link", "dollars", "HTML", "a footnote"],
)
def test_words_are_not_parsed(before: str, monkeypatch: pytest.MonkeyPatch) -> None:
    splitter = Splitter()
    splitter.append(before)
    monkeypatch.setattr(plain_growth, "is_all_closed", None)
    splitter.append(" grows (by words only): don't look again,")
    assert splitter.blocks[-1][-1].content.spans[-1].text.endswith("again,")  # type: ignore[union-attr]
