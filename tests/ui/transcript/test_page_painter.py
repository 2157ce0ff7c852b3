"""Of a page that moves only what looks different is painted, and what stands there is what a full paint gives."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QRegion

from desktop_chat.core.messages import Message
from desktop_chat.core.settings import ColumnWidth
from desktop_chat.ui.transcript.code.code_block import CodePart
from desktop_chat.ui.transcript.code.code_lines import CodeLines
from desktop_chat.ui.transcript.parts.part import Deed
from desktop_chat.ui.transcript.parts.prose import ProsePart
from desktop_chat.ui.transcript.parts.style import Role
from tests.ui.transcript.paint_watch import PaintWatch
from tests.ui.transcript.stage import Stage

FENCE = "```python\n" + "".join(f"def name_{number}(value):  # line {number}\n" for number in range(60)) + "```\n\n"
PROSE = (
    "Words with [a link](https://example.com) that go on for more than one line of the page, "
    "with **weight** and *stress*, until they are wrapped at last and end here.\n\n> A quote, and more of it.\n\n"
)
TABLE = "| a | b |\n|---|--:|\n" + "".join(f"| {number} | some words |\n" for number in range(12)) + "\n"
DIFF = "```diff\n" + "".join(f"{'+- '[number % 3]} line {number}\n" for number in range(30)) + "```\n\n"


def assert_fresh(stage: Stage, when: str) -> None:
    """What stands on the screen is what painting all of it anew gives."""
    shown = stage.view.screen().grabWindow(stage.view.winId()).toImage()
    assert shown == stage.view.grab().toImage().convertToFormat(shown.format()), when


def code_lines(stage: Stage) -> CodeLines:
    part = stage.part(CodePart).part
    assert isinstance(part, CodePart)
    return part._body.lines


def stream_in_pieces(stage: Stage, begun: Message, text: str) -> None:
    dice = random.Random(5)
    at = 0
    while at < len(text):
        length = dice.randint(1, 70)
        stage.stream(begun, text[at : at + length])
        at += length
        assert_fresh(stage, f"after {at} characters")


@pytest.mark.parametrize("zoom_percent", [100, 110, 200])
def test_whatever_streams_the_screen_is_what_a_full_paint_gives(stage: Stage, zoom_percent: int) -> None:
    stage.view.clearFocus()
    stage.view.set_reading(zoom_percent, ColumnWidth.NORMAL)
    stream_in_pieces(stage, stage.begin(), PROSE + FENCE + PROSE + TABLE + DIFF + PROSE)


def test_of_a_code_block_that_moves_under_its_header_only_the_last_rows_are_painted(stage: Stage) -> None:
    code = "".join(f"value = {number}\n" for number in range(60))
    begun = stage.begin(f"```python\n{code}")
    stage.view.clearFocus()
    lines = code_lines(stage)
    before, value = set(lines._layouts), stage.value
    stage.stream(begun, "more = 0\n")
    lines.forget()
    watch = PaintWatch(stage.view.viewport())
    stage.stream(begun, "more = 1\n")
    assert stage.value > value
    # A row that is drawn has a layout, and many more than these are on the screen.
    assert len(before) > 15
    assert 0 < len(lines._layouts) <= 2
    assert max(watch.heights) < 100
    assert_fresh(stage, "after the block has moved")


def test_a_ring_around_what_stays_at_the_top_does_not_move_with_the_lines(stage: Stage) -> None:
    begun = stage.begin(FENCE.removesuffix("```\n\n"))
    stage.key(Qt.Key.Key_Tab)
    found = stage.view._focus.current
    assert found is not None
    # It is in the header, and stands out of it.
    assert found[1].deed is Deed.FOLD
    for number in range(3):
        stage.stream(begun, f"more = {number}\n")
        assert_fresh(stage, f"after line {number}")


def test_of_a_paragraph_of_one_line_that_grows_nothing_else_is_painted(stage: Stage) -> None:
    begun = stage.begin(f"{FENCE}One")
    watch = PaintWatch(stage.view.viewport())
    stage.stream(begun, " word")
    assert 0 < max(watch.heights) <= Role.PROSE.line_px + 6
    assert_fresh(stage, "after a word")


def test_what_lies_between_two_places_that_are_painted_is_not_drawn(stage: Stage) -> None:
    stage.begin(FENCE)
    viewport, lines = stage.view.viewport(), code_lines(stage)
    lines.forget()
    places = QRegion(0, 100, viewport.width(), 10) + QRegion(0, 300, viewport.width(), 10)
    viewport.repaint(places)
    assert 0 < len(lines._layouts) <= 4
    assert_fresh(stage, "after two places were painted")


def test_a_part_that_is_painted_in_two_places_is_painted_once_in_each(stage: Stage) -> None:
    stage.begin("Some `words in a box` and others that follow. " * 40)
    spot, viewport = stage.part(ProsePart), stage.view.viewport()
    top, last = round(spot.top), round(spot.top + spot.part.height) - 24
    viewport.repaint(QRegion(0, top, viewport.width(), 24) + QRegion(0, last, viewport.width(), 24))
    assert_fresh(stage, "after two lines were painted")
