"""Text that reads from right to left stands at the right: in the reader's bubble, in lists, in quotes."""

from __future__ import annotations

import pytest

from desktop_chat.ui.transcript.finding.passages import found_in
from desktop_chat.ui.transcript.markdown.blocks import Leaf, Mark, Paragraph, Span
from desktop_chat.ui.transcript.parts.bubble import BubblePart
from desktop_chat.ui.transcript.parts.leaf_part import LeafPart
from desktop_chat.ui.transcript.parts.part import Deed
from desktop_chat.ui.transcript.parts.prose import ProsePart
from desktop_chat.ui.transcript.parts.rich_text import RichText
from desktop_chat.ui.transcript.parts.seam import laid_offset
from desktop_chat.ui.transcript.parts.style import Role
from desktop_chat.ui.transcript.tables.table import TablePart
from tests.helpers.samples import question
from tests.ui.transcript.stage import Stage, answer

ARABIC = "مرحبا بالعالم"
HEBREW = "שלום עולם"


def ink_columns(stage: Stage, left: float, top: float, width: float, height: float) -> list[int]:
    """The columns of a stretch of the screen in which anything but its ground is painted."""
    image = stage.view.viewport().grab().toImage()
    ground = image.pixel(round(left), round(top))
    rows = range(round(top), round(top + height))
    return [
        column
        for column in range(round(left), round(left + width))
        if any(image.pixel(column, row) != ground for row in rows)
    ]


@pytest.mark.parametrize("text", [ARABIC, HEBREW])
def test_the_readers_own_words_stand_inside_their_bubble(stage: Stage, text: str) -> None:
    stage.show(question("c", text))
    spot = stage.part(BubblePart)
    assert isinstance(spot.part, BubblePart)
    bubble = spot.part._bubble.translated(spot.left, spot.top)
    inside = bubble.adjusted(12, 8, -12, -8)
    inked = ink_columns(stage, inside.left(), inside.top(), inside.width(), inside.height())
    assert len(inked) > inside.width() / 2


@pytest.mark.parametrize("source", [f"- {HEBREW}", f"1. {ARABIC}", f"- [x] {HEBREW}", f"> {ARABIC}"])
def test_bullets_numbers_boxes_and_bars_stand_at_the_right(stage: Stage, source: str) -> None:
    stage.show(question("c"), answer(source))
    spot = stage.part(ProsePart)
    part = spot.part
    assert isinstance(part, LeafPart)
    assert part.content_left == 0
    right = spot.left + part.measured_width
    assert ink_columns(stage, right - part.indent, spot.top, part.indent, part.height), "the mark"
    assert not ink_columns(stage, spot.left - 2, spot.top, part.indent, part.height), "nothing at the left"


def test_the_dot_of_a_number_stands_between_it_and_the_words(stage: Stage) -> None:
    stage.show(question("c"), answer(f"1. {ARABIC}"))
    spot = stage.part(ProsePart)
    part = spot.part
    assert isinstance(part, LeafPart)
    left = spot.left + part.measured_width - part.indent
    number = ink_columns(stage, left, spot.top, part.indent, part.height)
    digit = ink_columns(stage, left, spot.top, part.indent, part.height / 2)
    assert number[-1] == digit[-1]
    assert number[0] < digit[0] - 1


def test_a_click_on_a_word_of_a_list_finds_it(stage: Stage) -> None:
    stage.show(question("c"), answer(f"- {HEBREW}"))
    spot = stage.part(ProsePart)
    [first] = spot.part.rects(0, 1)
    assert spot.part.offset_at(first.center()) in (0, 1)
    assert first.right() <= spot.part.measured_width - spot.part.indent  # type: ignore[attr-defined]


WITH_CODE = "קרא ל־`open()` או `[x]` עכשיו, [כאן](https://a.example/)."
SHOWN = "קרא ל־open() או [x] עכשיו, כאן."


@pytest.mark.parametrize("source", [WITH_CODE, f"- {WITH_CODE}", f"# {WITH_CODE}", f"| {WITH_CODE} |\n|---|\n| x |"])
def test_code_reads_from_left_to_right_in_it(stage: Stage, source: str) -> None:
    stage.show(question("c"), answer(source))
    part = stage.part(TablePart if source.startswith("|") else ProsePart).part
    assert isinstance(part, LeafPart)
    for code in ("open()", "[x]"):
        [(start, end)] = found_in(part, code, is_case_kept=True)
        assert part.plain(start, end) == code, "found, marked and copied where it stands"
        places = [part.rects(at, at + 1)[0].center().x() for at in range(start, end)]
        assert places == sorted(places)
    assert part.plain(0, part.length).splitlines()[0].removeprefix("• ") == SHOWN, "what keeps it apart is not copied"
    [link] = [target for target in part.targets() if target.deed is Deed.FOLLOW_LINK]
    [(start, end)] = found_in(part, "כאן", is_case_kept=True)
    assert link.rect.width() == part.rects(start, end)[0].width()


def test_code_grows_in_it_as_it_would_come_in_one_piece(stage: Stage) -> None:
    begun = stage.begin()
    for piece in (WITH_CODE[:9], WITH_CODE[9:20], WITH_CODE[20:]):
        stage.stream(begun, piece)
    grown = stage.part(ProsePart).part
    assert grown.plain(0, grown.length) == SHOWN


def test_a_seam_stands_behind_the_same_letter_in_it(stage: Stage) -> None:
    spans = (Span("קרא "), Span("open()", Mark.CODE), Span(" עכשיו"))
    leaf, text = Leaf(Paragraph(spans)), RichText(spans, Role.PROSE, stage.view._style)
    offset = laid_offset(leaf, len("קרא open() עכש"))
    assert [span.text for span in text.spans_between(0, offset)] == ["קרא ", "open()", " עכש"]
    assert laid_offset(leaf, len("קרא open() עכשיו")) == text.length


@pytest.mark.parametrize(("start", "end"), [(4, 8), (4, 5), (9, 13), (4, 13), (2, 8)])
def test_what_is_marked_is_what_stands_there(stage: Stage, start: int, end: int) -> None:
    """The letters of a range, and no others: in two directions its ends do not tell where it is."""
    text = f"{HEBREW[:3]} word more {HEBREW}"
    stage.show(question("c"), answer(text))
    part = stage.part(ProsePart).part
    each = [part.rects(at, at + 1)[0] for at in range(start, end)]
    marked = part.rects(start, end)
    assert sum(rect.width() for rect in marked) == pytest.approx(sum(rect.width() for rect in each), abs=1)
    for rect in each:
        assert any(whole.adjusted(-0.5, 0, 0.5, 0).contains(rect) for whole in marked)


def test_words_in_it_are_apart_from_what_follows_them(stage: Stage) -> None:
    stage.show(question("c"), answer(f"{HEBREW} word {HEBREW}"))
    part = stage.part(ProsePart).part
    at = len(HEBREW)
    assert len(part.rects(at - 2, at + 3)) == 2, "the end of the one is not beside the beginning of the other"
