"""Zoomed pages: sharp, whole, and as cheap to keep up to date as at 100 %."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage

from desktop_chat.core.settings import ColumnWidth
from desktop_chat.core.zoom import ZOOM_STEPS
from desktop_chat.ui.transcript.view import TranscriptView
from tests.helpers.samples import question
from tests.ui.transcript.paint_watch import PaintWatch
from tests.ui.transcript.stage import Stage, answer

TEXT = (
    "# Head\n\nSome *prose* with `code` in it.\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n"
    "```python\nvalue = 1\n```\n\n> Quoted.\n\n- one\n- two\n\n"
) * 12


_EDGE_PX = 2
"""At the upper edge the tail of a letter may be left over whose line has gone."""


def on_screen(view: TranscriptView) -> QImage:
    """What is on the screen, painted piece by piece as it came."""
    return _comparable(view.screen().grabWindow(view.winId()).toImage())


def painted_anew(view: TranscriptView) -> QImage:
    """The same, painted in one go."""
    return _comparable(view.grab().toImage())


def _comparable(image: QImage) -> QImage:
    return image.convertToFormat(QImage.Format.Format_RGB32).copy(0, _EDGE_PX, image.width(), image.height())


@pytest.mark.parametrize("zoom_percent", ZOOM_STEPS)
def test_no_gap_and_no_stale_strip_at_any_zoom(stage: Stage, zoom_percent: int) -> None:
    begun = stage.begin("")
    stage.view.set_reading(zoom_percent, ColumnWidth.NORMAL)
    for piece in (TEXT, "One more line", " that goes on", "\n\nand another.\n\n" * 3):
        stage.stream(begun, piece)
        assert on_screen(stage.view) == painted_anew(stage.view)
    for turn in (120, 40, -75, 120, -3):
        stage.wheel(angle=turn)
        assert on_screen(stage.view) == painted_anew(stage.view)


@pytest.mark.parametrize("zoom_percent", [67, 110, 125])
def test_a_line_that_grows_is_all_that_is_painted_at_an_uneven_zoom(stage: Stage, zoom_percent: int) -> None:
    begun = stage.begin(TEXT + "The last line")
    stage.view.set_reading(zoom_percent, ColumnWidth.NORMAL)
    stage.wait()
    paints = PaintWatch(stage.view.viewport())
    stage.stream(begun, " goes on")
    assert paints.heights
    assert max(paints.heights) < stage.view.viewport().height() // 4


def test_the_column_is_as_wide_as_its_zoom_has_it(stage: Stage) -> None:
    stage.view.resize(1600, 500)
    stage.show(question("c"), answer(TEXT))
    for zoom_percent in (100, 150, 200):
        stage.view.set_reading(zoom_percent, ColumnWidth.NARROW)
        stage.wait()
        page = stage.view._page
        assert page.rows.width * page.zoom == 640 * zoom_percent / 100
