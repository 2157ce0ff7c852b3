"""Of a page that moves only what looks different is painted, and what stands there is what a full paint gives."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QRegion

from desktop_chat.core.events import BlockStarted, CitationArrived, TextArrived, ThinkingArrived
from desktop_chat.core.messages import Message
from desktop_chat.core.settings import ColumnWidth
from desktop_chat.ui.transcript.code.code_block import CodePart
from desktop_chat.ui.transcript.code.code_body import CodeBody
from desktop_chat.ui.transcript.code.code_lines import CodeLines
from desktop_chat.ui.transcript.markdown.giants import PIECE_ROWS
from desktop_chat.ui.transcript.parts.part import Deed
from desktop_chat.ui.transcript.parts.prose import ProsePart
from desktop_chat.ui.transcript.parts.style import Role
from desktop_chat.ui.transcript.tables.table import TablePart
from tests.ui.transcript.paint_watch import PaintWatch
from tests.ui.transcript.stage import Stage, answer

FENCE = "```python\n" + "".join(f"def name_{number}(value):  # line {number}\n" for number in range(60)) + "```\n\n"
PROSE = (
    "Words with [a link](https://example.com) that go on for more than one line of the page, "
    "with **weight** and *stress*, until they are wrapped at last and end here.\n\n> A quote, and more of it.\n\n"
)
TABLE = "| a | b |\n|---|--:|\n" + "".join(f"| {number} | some words |\n" for number in range(12)) + "\n"
DIFF = "```diff\n" + "".join(f"{'+- '[number % 3]} line {number}\n" for number in range(30)) + "```\n\n"


def assert_fresh(stage: Stage, when: str) -> None:
    """What stands on the screen is what painting all of it anew gives, with a new look at where everything is."""
    shown = stage.view.screen().grabWindow(stage.view.winId()).toImage()
    stage.view._needs_layout = True
    assert shown == stage.view.grab().toImage().convertToFormat(shown.format()), when
    stage.view._needs_layout = False


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


def test_a_line_that_gets_longer_moves_nothing_and_nothing_is_looked_at_for_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, settled = stage.begin(f"{PROSE}{FENCE}One"), list[int]()
    settle = stage.view._page.settle

    def noted(is_new: bool = False) -> int:
        settled.append(settle(is_new))
        return settled[-1]

    monkeypatch.setattr(stage.view._page, "settle", noted)
    for words in (" word", " and *others*", ", too"):
        stage.stream(begun, words)
        assert_fresh(stage, f"after {words}")
    assert not settled
    stage.stream(begun, "\n\nA paragraph of its own")
    assert settled


def test_what_stands_below_a_text_that_grows_into_room_it_had_moves_with_it(stage: Stage) -> None:
    begun = stage.begin()
    stage.view.apply_event(begun.id, ThinkingArrived(1, "A thought.\n" * 12))
    stage.wait()
    stage.view.apply_event(begun.id, TextArrived(2, "Words."))
    stage.view.apply_event(begun.id, CitationArrived(2, {"url": "https://example.org/a", "title": "A source"}))
    stage.view.apply_event(begun.id, BlockStarted(3, {"type": "text", "text": ""}))
    stage.wait()
    height = stage.view._page.rows.total
    for number in range(3):
        stage.view.apply_event(begun.id, TextArrived(3, f" Words that are wrapped, line {number} of them." * 4))
        stage.wait()
        assert_fresh(stage, f"after {number} lines")
        tops = [(spot.top, spot.part.height) for spot in stage.spots() if isinstance(spot.part, ProsePart)]
        assert all(below >= top + px for (top, px), (below, _) in pairwise(tops))
    assert stage.view._page.rows.total == height


def test_columns_that_get_wider_in_mid_row_are_as_wide_in_the_rows_above(stage: Stage) -> None:
    rows = "".join(f"| {number} | words |\n" for number in range(2 * PIECE_ROWS))
    begun = stage.begin(f"| a | b |\n|---|---|\n{rows}| 48 | so")
    assert len([spot for spot in stage.spots() if isinstance(spot.part, TablePart)]) == 2
    stage.stream(begun, " many words that the column gets wider")
    assert len([spot for spot in stage.spots() if isinstance(spot.part, TablePart)]) == 2
    assert_fresh(stage, "after a wide cell")


def test_the_header_of_a_block_that_is_folded_stands_at_its_top_again(stage: Stage) -> None:
    stage.show(answer(FENCE))
    stage.click(Deed.FOLD)
    stage.view.verticalScrollBar().setValue(stage.most // 2)
    stage.wait()
    part = stage.part(CodePart).part
    assert isinstance(part, CodePart)
    assert part._header.top > 0
    fold = next(target for _, target in stage.targets(Deed.FOLD) if target.name == part._fold.name)
    stage.view._deeds.perform(stage.part(CodePart), fold)
    stage.wait()
    assert stage.part(CodePart).top >= 0
    assert part._header.top == 0.0


def test_what_is_painted_before_the_next_frame_is_what_is_shown_now(stage: Stage) -> None:
    stage.show(answer(PROSE * 3))
    before = stage.view.grab().toImage()
    stage.view.show_path((answer("Other words."),), lambda message_id: (message_id,))
    assert stage.view.grab().toImage() != before


def test_the_scroll_bar_shows_where_the_page_stands_though_both_were_moved_between_two_frames(stage: Stage) -> None:
    stage.show(answer(PROSE * 20))
    bar = stage.view.verticalScrollBar()
    bar.setValue(stage.most // 2)
    stage.wait()
    value = stage.value
    bar.setValue(value + 100)
    stage.view._moves.by(-100)
    stage.wait()
    assert stage.value == value


@pytest.mark.parametrize("zoom_percent", [100, 110])
def test_lines_that_fit_into_their_block_look_the_same_without_being_cut_at_its_edges(
    stage: Stage, zoom_percent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.view.set_reading(zoom_percent, ColumnWidth.NORMAL)
    stage.begin("```python\n" + "".join(f"def name_{number}():\n\tpass  # jgq|\n" for number in range(6)) + "```\n")
    whole = stage.view.grab().toImage()
    monkeypatch.setattr(CodeBody, "is_wider_than", lambda body, width: True)
    assert stage.view.grab().toImage() == whole


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
