"""Text that reads from right to left stands at the right: in the reader's bubble, in lists, in quotes."""

from __future__ import annotations

import pytest

from desktop_chat.ui.transcript.parts.bubble import BubblePart
from desktop_chat.ui.transcript.parts.leaf_part import LeafPart
from desktop_chat.ui.transcript.parts.prose import ProsePart
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
