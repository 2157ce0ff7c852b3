"""A text that grows in place is laid out as one that is made anew."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QTextCharFormat

from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.markdown.blocks import Mark, Span, Spans
from desktop_chat.ui.transcript.parts.rich_text import RichText
from desktop_chat.ui.transcript.parts.style import Role, Style

WIDTH_PX = 130.0
WORDS = ("word ", "a", "longword" * 3, " ", "12 ", "(", ", ", "é", "日本", "🙂", "👩‍💻",
         "🏴", "\U000e0067\U000e007f", "مرحبا ", "\u200f", "\x07", "\n", "fi")  # fmt: skip
TEXTS = st.lists(st.sampled_from(WORDS), max_size=8).map("".join)
LOOKS = st.sampled_from(((Mark.NONE, ""), (Mark.BOLD, ""), (Mark.CODE, ""), (Mark.NONE, "https://a.b")))
SPANS = st.lists(st.tuples(TEXTS.filter(bool), LOOKS), max_size=3).map(
    lambda spans: tuple(Span(text, *look) for text, look in spans)
)


def laid_out(text: RichText) -> tuple[object, ...]:
    """All that can be seen of a text."""
    rects: list[QRectF] = text.rects(0, text.length)
    places = [text.rects(at, at + 1) for at in range(text.length)]
    formats = [(drawn.start, drawn.length, QTextCharFormat(drawn.format)) for drawn in text._layout.formats()]
    size = (text.length, text.width, text.height)
    return text._layout.text(), size, rects, places, formats, text._stretches, text._boxes


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spans=SPANS, pieces=st.lists(TEXTS, min_size=1, max_size=5), is_piece=st.booleans())
@example(spans=(Span("12 "),), pieces=["مرحبا "], is_piece=False)
@example(spans=(Span("🏴󠁧󠁢"),), pieces=["󠁳󠁣", "󠁴󠁿"], is_piece=True)
def test_a_text_that_has_grown_is_laid_out_as_one_made_anew(
    look: Look, spans: Spans, pieces: list[str], is_piece: bool
) -> None:
    style = Style(look.colors)
    grown = RichText(spans, Role.PROSE, style, is_piece=is_piece)
    grown.measure(WIDTH_PX)
    for piece in pieces:
        former_text = RichText(spans, Role.PROSE, style, is_piece=is_piece)
        former_text.measure(WIDTH_PX)
        last = spans[-1] if spans else Span("")
        spans = (*spans[:-1], Span(last.text + piece, last.marks, last.href))
        whole = RichText(spans, Role.PROSE, style, is_piece=is_piece)
        whole.measure(WIDTH_PX)
        former = grown.grow(spans)
        if former is None:
            is_plain = last.text and not last.marks and not last.href and "\n" not in spans[-1].text
            assert not is_plain or grown._is_right is not whole._is_right
            grown = whole
            continue
        grown.measure(WIDTH_PX)
        assert laid_out(grown) == laid_out(whole)
        assert grown.same_since(former) == former_text.same_to(whole)


@pytest.mark.parametrize(
    "after",
    [(Span("one"), Span("two")), (Span("One more"),), (Span("one more", Mark.BOLD),), (Span("one more", href="a"),)],
    ids=["another span", "other words", "another look", "a link"],
)
def test_what_is_more_than_words_at_the_end_does_not_grow_in_place(look: Look, after: Spans) -> None:
    text = RichText((Span("one"),), Role.PROSE, Style(look.colors))
    assert text.grow(after) is None
    assert text._layout.text() == "one"
