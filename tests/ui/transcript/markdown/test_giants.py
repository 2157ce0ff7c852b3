"""Texts without an end are read, laid out and taken piece by piece; the pieces are one text."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pyromark
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint

from desktop_chat.core.events import TextArrived, ThinkingArrived
from desktop_chat.core.messages import MessageStatus
from desktop_chat.ui.transcript.markdown.blocks import Code, Heading, Leaf, Marks, Paragraph, Span, Table, text_of
from desktop_chat.ui.transcript.markdown.giants import (
    PARAGRAPH_CHARACTERS_MAX,
    PIECE_UNITS_MAX,
    pieces_between,
    pieces_of,
)
from desktop_chat.ui.transcript.markdown.parser import parse
from desktop_chat.ui.transcript.markdown.splitter import Splitter
from desktop_chat.ui.transcript.markdown.visible_text import units
from desktop_chat.ui.transcript.messages import text_section
from desktop_chat.ui.transcript.parts.prose import ProsePart
from desktop_chat.ui.transcript.parts.rich_text import RichText
from desktop_chat.ui.transcript.parts.small_parts import ThinkingPart, UnreadPart
from tests.helpers.samples import question, reply
from tests.ui.transcript.stage import LONG, Stage, answer, clipboard

SENTENCE = "A *sentence* with `code`, **bold words** and [a link](https://example.com) that goes on and on "
LINES = "\n".join(f"{SENTENCE}{number}" for number in range(600))
WORDS = " ".join(f"{SENTENCE}{number}" for number in range(600))
LETTERS = "x" * 60_000
NUMBERS = "\n".join(f"{number} - {number}. # {number}" for number in range(5_000))
GIANTS = {"lines": LINES, "words": WORDS, "letters": LETTERS, "numbers": NUMBERS, "emoji": "👩‍👩‍👧🇨🇭é" * 4_000}


def split(text: str, steps: Iterator[int]) -> list[Leaf]:
    splitter = Splitter()
    at = 0
    while at < len(text):
        step = next(steps)
        splitter.append(text[at : at + step])
        at += step
    splitter.finish()
    return [leaf for block in splitter.blocks for leaf in block]


FRAMES_MAX = 8
"""A piece of text is handed out within so many frames."""


def spans_of(leaves: list[Leaf]) -> list[tuple[str, Marks, str]]:
    """All text with its marks, letter by letter, so that it does not matter where spans are cut."""
    contents = [leaf.content for leaf in leaves]
    assert all(isinstance(content, Paragraph) for content in contents)
    spans = [span for content in contents if isinstance(content, Paragraph) for span in content.spans]
    return [(letter, span.marks, span.href) for span in spans for letter in span.text]


def always(step: int) -> Iterator[int]:
    while True:
        yield step


@pytest.mark.parametrize("text", GIANTS.values(), ids=GIANTS.keys())
def test_a_giant_paragraph_has_the_text_and_the_marks_of_the_whole(text: str) -> None:
    leaves = split(text, always(8_000))
    shown = [entry for entry in spans_of(leaves) if entry[0] != " "]
    assert shown == [entry for entry in spans_of([*parse(text)[0].leaves]) if entry[0] != " "]
    assert [leaf.is_joined for leaf in leaves] == [False] + [True] * (len(leaves) - 1)
    assert max(len(text_of(leaf.content.spans)) for leaf in leaves if isinstance(leaf.content, Paragraph)) < 6_001


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(sorted(GIANTS)), st.integers(0, 2**32), st.sampled_from(["", "Text.\n\n", "```\nx\n```\n"]))
def test_where_a_giant_is_cut_depends_on_the_text_alone(name: str, seed: int, above: str) -> None:
    text = f"{above}{GIANTS[name][:30_000]}\n\n- end"
    dice = random.Random(seed)
    sizes = iter(lambda: dice.choice((300, 1_500, 9_000, 40_000)), 0)
    assert split(text, sizes) == split(text, always(8_000))


def test_a_long_list_is_cut_between_items_and_looks_the_same() -> None:
    text = "\n".join(f"{number}. Item *{number}*\n      - with another\n        below" for number in range(1, 1_500))
    assert split(text, always(5_000)) == [leaf for block in parse(text) for leaf in block.leaves]


def test_a_long_table_goes_on_below_its_head() -> None:
    text = "| a | b |\n|---|--:|\n" + "".join(f"| {number} | *x* |\n" for number in range(3_000))
    tables = [leaf.content for leaf in split(text, always(5_000))]
    assert all(isinstance(table, Table) and table.head == ((Span("a"),), (Span("b"),)) for table in tables)
    rows = [row for table in tables if isinstance(table, Table) for row in table.rows]
    assert [text_of(row[0]) for row in rows] == [str(number) for number in range(3_000)]


def test_code_without_an_end_stays_one_block() -> None:
    code = "x = 1\n" * 40_000
    assert split(f"```py\n{code}", always(8_000)) == [Leaf(Code("py", code))]
    assert split(f"```py\n{code}```\nEnd", always(8_000))[0] == Leaf(Code("py", code))


def test_work_for_a_giant_paragraph_does_not_grow_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    real = pyromark.events_with_range

    def counted(text: str, **options: Any) -> Any:
        read.append(len(text))
        return real(text, **options)

    monkeypatch.setattr(pyromark, "events_with_range", counted)
    splitter = Splitter()
    for at in range(0, 6 * PARAGRAPH_CHARACTERS_MAX, 100):
        read.clear()
        splitter.append(WORDS[at : at + 100])
        assert sum(read) <= 4 * PARAGRAPH_CHARACTERS_MAX


# --- pieces ---


@given(st.text(alphabet="ab \n🙂é\u0301\u200d👩日", max_size=300), st.integers(20, 60))
def test_pieces_are_the_text_and_none_is_too_long(text: str, most: int) -> None:
    pieces = [text[start:end] for start, end in pieces_between(text, most)]
    assert "".join(pieces) == text
    assert all(units(piece) <= most for piece in pieces)


@given(st.text(alphabet="ab \n🙂é日", min_size=100, max_size=300), st.integers(0, 100))
def test_pieces_that_are_full_stay_while_text_is_added(text: str, cut: int) -> None:
    before, after = list(pieces_between(text[:-cut], 40)), list(pieces_between(text, 40))
    assert after[: max(0, len(before) - 1)] == before[:-1]


def test_a_piece_ends_behind_a_blank_and_never_inside_a_character() -> None:
    words = "word " * 2_000
    assert all(words[:end].endswith(" ") for _, end in pieces_between(words))
    families = "👩‍👩‍👧" * 2_000
    assert all(start % 5 == 0 for start, _ in pieces_between(families))


def test_a_long_heading_and_a_marker_are_kept() -> None:
    leaf = Leaf(Heading(2, (Span("word " * 2_000),)), marker="•")
    pieces = list(pieces_of(leaf))
    assert [piece.marker for piece in pieces] == ["•", "", ""]
    assert all(isinstance(piece.content, Heading) for piece in pieces)


# --- on the screen ---


def prose(stage: Stage, row: int = 1) -> list[ProsePart]:
    return [part for part in stage.view._page.rows.item(row).stack.parts if isinstance(part, ProsePart)]


@pytest.fixture
def laid_out(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many units each layout had."""
    done: list[int] = []
    real: Callable[..., float] = RichText.measure

    def counted(text: RichText, *args: Any) -> float:
        done.append(text.length)
        return real(text, *args)

    monkeypatch.setattr(RichText, "measure", counted)
    return done


@pytest.mark.parametrize("letter", ["x", "word ", "日", "🙂"])
def test_only_the_last_piece_is_laid_out_again(stage: Stage, laid_out: list[int], letter: str) -> None:
    begun = stage.begin(letter * (30_000 // len(letter)))
    for _ in range(5):
        laid_out.clear()
        stage.stream(begun, letter * 20)
        assert max(laid_out) <= PIECE_UNITS_MAX
        assert len(laid_out) <= FRAMES_MAX


def test_pieces_stand_below_each_other_without_a_gap(stage: Stage) -> None:
    begun = stage.begin(LETTERS)
    parts = prose(stage)
    assert len(parts) > 10
    assert all(part.gap == 0 for part in parts[1:])
    assert "".join(part.plain(0, part.length) for part in parts) == LETTERS
    heights = [stage.view._page.rows.total]
    for _ in range(20):
        stage.stream(begun, "x" * 300)
        heights.append(stage.view._page.rows.total)
    assert heights == sorted(heights)


def test_a_piece_that_ends_with_a_line_end_has_no_empty_line(stage: Stage) -> None:
    stage.show(answer("\\\n".join("line" for _ in range(2_000))))
    stage.view.select_all()
    parts = prose(stage, 0)
    for part in parts:
        part.measure(600)
    assert sum(part.height for part in parts) == 2_000 * parts[0].first_line_px
    stage.view.copy()
    assert clipboard() == "\n".join("line" for _ in range(2_000))


def test_a_selection_across_pieces_is_copied_as_one_text(stage: Stage) -> None:
    text = " ".join(f"word{number}" for number in range(4_000))
    stage.show(question("c"), answer(text))
    stage.view.select_all()
    assert stage.view.text_of_selection().endswith(text)
    stage.view.verticalScrollBar().setValue(0)
    stage.wait()


def test_a_third_click_selects_all_pieces(stage: Stage) -> None:
    text = " ".join(f"word{number}" for number in range(4_000))
    stage.show(answer(f"Above.\n\n{text}\n\nBelow."))
    stage.view._page.scrolling.move_to(stage.most // 2, may_attach=False)
    stage.view._change()
    stage.wait()
    for _ in range(3):
        stage.click_at(QPoint(450, 250))
    assert stage.view.text_of_selection() == text


def test_a_long_line_of_code_is_laid_out_in_pieces_and_copied_whole(stage: Stage, laid_out: list[int]) -> None:
    line = "".join(f"f({number});" for number in range(9_000))
    stage.show(answer(f"```js\n{line}\nend\n```"))
    stage.view.select_all()
    stage.view.copy()
    assert clipboard() == f"{line}\nend"


def test_thinking_without_an_end_is_laid_out_in_pieces(stage: Stage, laid_out: list[int]) -> None:
    stage.show(question("c"))
    begun = reply("c", None, "", status=MessageStatus.STREAMING, content=())
    stage.view.add_message(begun)
    stage.view.apply_event(begun.id, ThinkingArrived(0, f"Hm. 🙂\n{LETTERS}"))
    stage.wait()
    laid_out.clear()
    stage.view.apply_event(begun.id, ThinkingArrived(0, "y"))
    stage.wait()
    assert sum(laid_out) <= 2 * PIECE_UNITS_MAX
    part = stage.part(ThinkingPart).part
    assert part.plain(0, part.length) == f"Hm. 🙂\n{LETTERS}y"


# --- read in slices ---


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every frame reads one step only."""
    monkeypatch.setattr(text_section, "READ_S", 0.0)


def frames(stage: Stage) -> Iterator[int]:
    """Step frame by frame until all is read; gives how many parts there are."""
    rows = stage.view._page.rows
    while rows.is_behind:
        stage.view._frame()
        yield len(rows.item(len(rows) - 1).stack.parts)


def test_a_stored_message_is_read_in_slices_and_its_end_is_shown_at_once(stage: Stage, slow: None) -> None:
    text = LONG * 40
    stage.view.show_path((answer(text),), lambda message_id: (message_id,))
    stage.view._frame()
    assert stage.view._page.rows.is_behind
    shown = [spot.part for spot in stage.spots() if isinstance(spot.part, ProsePart)]
    assert shown[-1].plain(0, 99) == "Paragraph 59 of a text that is longer than the screen."
    before = stage.most
    in_slices = len(text) - text_section._LAST_CHARACTERS
    assert len(list(frames(stage))) >= in_slices // text_section.READ_CHARACTERS - 2
    assert not any(isinstance(part, UnreadPart) for part in stage.view._page.rows.item(0).stack.parts)
    assert stage.most == pytest.approx(before, rel=0.5)
    assert stage.value == stage.most


def test_what_is_read_in_slices_is_what_a_stream_gives(stage: Stage, slow: None) -> None:
    text = LONG * 6 + LINES[:20_000]
    begun = stage.begin(text)
    streamed = [part.leaf for part in prose(stage)]
    ended = stage.end(begun, text)
    stage.show(question("c"))
    stage.show(question("c"), ended)
    assert [part.leaf for part in prose(stage)] == streamed


def test_the_line_under_the_eye_stays_while_the_text_above_is_read(stage: Stage, slow: None) -> None:
    stage.view.show_path((answer(LONG * 40),), lambda message_id: (message_id,))
    stage.view._frame()
    stage.view._moves.by(-30)
    stage.view._frame()
    before = {spot.part.plain(0, 99): spot.top for spot in stage.spots()}
    for _ in frames(stage):
        pass
    after = {spot.part.plain(0, 99): spot.top for spot in stage.spots()}
    assert len(after.keys() & before.keys()) > 8
    # A scroll bar stands on whole pixels.
    assert all(after[text] == pytest.approx(before[text], abs=1) for text in after.keys() & before.keys())


def test_a_message_that_is_not_read_yet_is_copied_whole(stage: Stage, slow: None) -> None:
    stage.view.show_path((answer(LINES),), lambda message_id: (message_id,))
    stage.view._frame()
    assert stage.view._page.rows.is_behind
    stage.view.select_all()
    assert stage.view._taking.clip().markdown() == LINES


def test_a_burst_lays_out_no_more_than_the_screen_shows(stage: Stage, slow: None, laid_out: list[int]) -> None:
    begun = stage.begin("First.\n\n")
    stage.view.apply_event(begun.id, TextArrived(0, LONG * 100))
    stage.view._frame()
    while stage.view._page.rows.is_behind:
        laid_out.clear()
        stage.view._frame()
        assert sum(laid_out) < 20_000
    stage.wait()
    stage.end(begun, "First.\n\n" + LONG * 100)
