"""What is measured before anybody scrolls to it."""

from __future__ import annotations

from tests.ui.transcript.scroll_acts import uneven
from tests.ui.transcript.stage import Stage


def unmeasured(stage: Stage, above_px: float) -> int:
    """How many parts that stand so far above the screen have heights that are only guessed."""
    page = stage.view._page
    bottom = float(page.scroll_value)
    count = 0
    for row, top in page.rows.between(bottom - above_px, bottom):
        stack = page.rows.item(row).stack
        first, last = (stack.index_at(y - top) for y in (bottom - above_px, bottom))
        count += sum(not stack.is_measured(part) for part in stack.parts[first : last + 1])
    return count


def test_half_a_screen_above_is_measured_once_the_page_stands_still(stage: Stage) -> None:
    stage.show(*uneven(60))
    half_px = stage.view._page.scrolling.page_px / 2
    for _ in range(10):
        stage.wheel(pixels=90)
        stage.wait_until(lambda: not stage.view._clock.is_running)
        assert unmeasured(stage, half_px) == 0


def test_a_turn_of_the_wheel_measures_nothing_in_the_frame_that_shows_it(stage: Stage) -> None:
    stage.show(*uneven(60))
    half_px = stage.view._page.scrolling.page_px / 2
    before = unmeasured(stage, half_px + 90.0)
    while not before:
        stage.wheel(pixels=90)
        stage.wait_until(lambda: not stage.view._clock.is_running)
        before = unmeasured(stage, half_px + 90.0)
    stage.view.verticalScrollBar().setValue(stage.value - 90)
    stage.view._frame()
    assert unmeasured(stage, half_px) == before
