"""Reading in the window: places are found again, the text's size follows keys and wheel, columns stand in line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_chat.core.conversation import OpenTab
from desktop_chat.core.messages import Draft
from desktop_chat.core.settings import ColumnWidth, Following, Motion, Settings, Theme
from desktop_chat.ui.column import COLUMN_PADDING_PX, COLUMN_WIDTHS_PX
from desktop_chat.ui.composer import Composer
from desktop_chat.ui.shortcuts import Command
from desktop_chat.ui.status_line import StatusLine
from desktop_chat.ui.status_part import PAD_PX
from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.moving.motion import is_motion_reduced
from desktop_chat.ui.transcript.parts.bubble import BubblePart
from desktop_chat.ui.transcript.parts.style import PAGE_PADDING_PX
from desktop_chat.ui.transcript.view import TranscriptView
from tests.helpers.fake_chat import exchange
from tests.helpers.window_kit import WindowKit, window_kits

LONG = "\n\n".join(f"Paragraph {number} of a text that is longer than the screen." for number in range(60))


class Reader:
    """A window whose conversations are long, and what somebody does who reads in it."""

    def __init__(self, kit: WindowKit, qtbot: QtBot) -> None:
        self.kit = kit
        self.qtbot = qtbot
        for key in ("a", "b", "c"):
            kit.library.messages[key] = exchange(key, "What?", LONG)

    def open(self, *keys: str, current: str | None = None, tabs: tuple[OpenTab, ...] = ()) -> None:
        self.kit.attach(*keys, current=current, tabs=tabs)
        with self.qtbot.waitExposed(self.kit.window):
            self.kit.window.show()
        self.wait()

    @property
    def view(self) -> TranscriptView:
        """The transcript in view."""
        view = self.kit.deck.page().findChild(TranscriptView)
        assert view is not None
        return view

    @property
    def value(self) -> int:
        return self.view.verticalScrollBar().value()

    def wait(self) -> None:
        self.qtbot.waitUntil(lambda: self.view.is_painted_up_to_date)
        QApplication.sendPostedEvents()

    def scroll_to(self, value: int) -> None:
        self.view.verticalScrollBar().setValue(value)
        self.wait()

    def do(self, command: Command) -> None:
        self.kit.window.actions_by_command[command].trigger()
        self.wait()

    def wheel(self, angle: int) -> None:
        middle = QPointF(400.0, 200.0)
        held = Qt.KeyboardModifier.ControlModifier
        turn = QWheelEvent(
            middle,
            middle,
            QPoint(),
            QPoint(0, angle),
            Qt.MouseButton.NoButton,
            held,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.view.viewport(), turn)
        self.wait()

    def lines(self) -> list[tuple[int, int, float]]:
        """What stands where: the scroll value alone says little, heights above are guesses at first."""
        height = float(self.view.viewport().height())
        return [(spot.row, spot.index, spot.top) for spot in self.view._page.spots(0.0, height)]

    def question_top(self) -> float:
        height = float(self.view.viewport().height())
        return [spot for spot in self.view._page.spots(0.0, height) if isinstance(spot.part, BubblePart)][-1].top


@pytest.fixture
def reader(look: Look, qtbot: QtBot) -> Iterator[Reader]:
    for kit in window_kits(look):
        yield Reader(kit, qtbot)


# --- places ---


def test_another_tab_and_back_keeps_the_place(reader: Reader) -> None:
    reader.open("a", "b", current="a")
    reader.scroll_to(500)
    reader.kit.deck.activate("b")
    reader.wait()
    reader.kit.deck.activate("a")
    reader.wait()
    assert reader.value == 500


def test_a_tab_that_is_opened_again_stands_where_the_reader_was(reader: Reader) -> None:
    reader.open("a", "b", current="a")
    reader.scroll_to(500)
    before = reader.lines()
    reader.kit.deck.close_tab("a")
    reader.kit.deck.reopen()
    reader.wait()
    assert reader.lines() == before
    reader.kit.deck.close_tab("a")
    reader.kit.deck.open("a")
    reader.wait()
    assert reader.lines() == before


def test_the_next_start_stands_where_the_reader_was(reader: Reader, look: Look, qtbot: QtBot) -> None:
    reader.open("a", "b", current="a")
    reader.scroll_to(500)
    reader.kit.window.quit_now()
    tabs = reader.kit.library.remembered[-1]
    assert [tab.place is None for tab in tabs] == [False, True]
    for kit in window_kits(look):
        again = Reader(kit, qtbot)
        kit.library.messages.update(reader.kit.library.messages)
        again.open(tabs=tabs)
        assert again.lines() == reader.lines()


def test_a_place_is_kept_soon_after_the_reader_has_moved(reader: Reader) -> None:
    reader.open("a")
    reader.scroll_to(500)
    reader.qtbot.waitUntil(lambda: bool(reader.kit.library.remembered))
    assert reader.kit.library.remembered[-1][0].place == reader.view.place is not None


def test_a_tab_nobody_looked_at_keeps_its_place_for_the_start_after(reader: Reader) -> None:
    reader.open("a", "b", current="a")
    reader.scroll_to(500)
    tab = OpenTab("a", False, reader.view.place)
    reader.kit.deck.pages.keep_place("b", tab.place)
    reader.kit.deck.remember()
    assert [known.place for known in reader.kit.library.remembered[-1]] == [tab.place, tab.place]


def test_an_answer_that_ended_in_a_closed_tab_opens_at_its_start(reader: Reader) -> None:
    reader.open("a", "b", current="a")
    session = reader.kit.stream()
    reader.kit.deck.close_tab("a")
    session.end_reply(text=LONG)
    reader.kit.deck.open("a")
    reader.wait()
    assert reader.question_top() == PAGE_PADDING_PX


def test_an_answer_that_ended_in_a_tab_behind_is_found_at_its_start(reader: Reader) -> None:
    reader.open("a", "b", current="a")
    reader.kit.preferences.change(following=Following.END)
    session = reader.kit.stream()
    reader.kit.deck.activate("b")
    session.end_reply(text=LONG)
    reader.wait()
    reader.kit.deck.activate("a")
    reader.wait()
    assert reader.question_top() == PAGE_PADDING_PX


def test_a_title_that_arrives_moves_nothing(reader: Reader) -> None:
    reader.open("a")
    reader.scroll_to(500)
    reader.kit.session.show_title("Another title")
    reader.wait()
    assert reader.value == 500


# --- the way to the end ---


def test_a_key_goes_to_the_newest_text_from_anywhere(reader: Reader) -> None:
    reader.open("a")
    reader.scroll_to(0)
    reader.do(Command.NEWEST)
    assert reader.view.is_at_end


def test_in_the_composer_the_key_first_goes_to_the_end_of_what_is_typed(reader: Reader) -> None:
    reader.open("a")
    reader.scroll_to(0)
    composer = reader.kit.deck.page().composer
    composer.set_draft(Draft("Two words", 0))
    composer.focus()
    text = composer._text
    QTest.keyClick(text, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert (composer.draft().caret, reader.value) == (9, 0)
    QTest.keyClick(text, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    reader.wait()
    assert reader.view.is_at_end


def test_from_the_composer_a_page_is_turned_as_long_as_its_own_text_is_one(reader: Reader) -> None:
    reader.open("a")
    reader.scroll_to(0)
    composer = reader.kit.deck.page().composer
    composer.focus()
    QTest.keyClick(composer._text, Qt.Key.Key_PageDown)
    reader.wait()
    turned = reader.value
    assert turned > 0
    composer.set_draft(Draft("\n".join("lines" for _ in range(200)), 0))
    QTest.keyClick(composer._text, Qt.Key.Key_PageDown)
    reader.wait()
    assert reader.value == turned
    assert composer.draft().caret > 0


# --- size ---


def test_keys_and_the_wheel_change_the_size_of_all_open_pages(reader: Reader) -> None:
    reader.open("a", "b")
    views = reader.kit.window.findChildren(TranscriptView)
    reader.do(Command.ZOOM_IN)
    assert [view._page.zoom for view in views] == [1.1] * len(views)
    assert reader.kit.preferences.settings.zoom_percent == 110
    reader.wheel(120)
    assert reader.kit.preferences.settings.zoom_percent == 125
    reader.do(Command.ZOOM_OUT)
    reader.do(Command.ZOOM_OUT)
    reader.wheel(-120)
    assert reader.kit.preferences.settings.zoom_percent == 90
    reader.do(Command.ZOOM_RESET)
    assert reader.view._page.zoom == 1.0


def test_small_turns_of_the_wheel_add_up_to_a_step_and_scroll_nothing(reader: Reader) -> None:
    reader.open("a")
    reader.scroll_to(500)
    for _ in range(3):
        reader.wheel(30)
    assert (reader.kit.preferences.settings.zoom_percent, reader.value) == (100, 500)
    reader.wheel(30)
    assert reader.kit.preferences.settings.zoom_percent == 110


def test_what_is_typed_is_as_large_as_what_is_read(reader: Reader) -> None:
    reader.open("a")
    composer = reader.kit.deck.page().composer
    height = composer.height()
    reader.kit.preferences.change(zoom_percent=200)
    reader.qtbot.waitUntil(lambda: composer.height() > height)


# --- columns ---


def column_of(widget: QWidget, window: QWidget, overhang_px: int = 0) -> tuple[float, float]:
    left = widget.mapTo(window, QPoint()).x()
    return left + overhang_px, left + widget.width() - overhang_px


@pytest.mark.parametrize("zoom_percent", [100, 110, 150])
@pytest.mark.parametrize("column", [ColumnWidth.NARROW, ColumnWidth.NORMAL, ColumnWidth.WIDE])
def test_what_is_written_stands_in_line_with_what_is_read(
    look: Look, qtbot: QtBot, column: ColumnWidth, zoom_percent: int
) -> None:
    for kit in window_kits(look, Settings(theme=Theme.LIGHT, column=column, zoom_percent=zoom_percent)):
        reader = Reader(kit, qtbot)
        reader.open("a")
        page, view, zoom = kit.deck.page(), reader.view, reader.view._page.zoom
        composer, status = page.findChild(Composer), page.findChild(StatusLine)
        assert composer is not None and status is not None
        for width_px in (800, 1280, 1920):
            kit.window.resize(width_px, 840)
            reader.wait()
            left = view.mapTo(kit.window, QPoint()).x() + view._page.left * zoom
            transcript = (left, left + view._page.rows.width * zoom)
            assert column_of(composer, kit.window) == pytest.approx(transcript, abs=zoom), width_px
            assert column_of(status, kit.window, PAD_PX) == pytest.approx(transcript, abs=zoom), width_px
            assert transcript[1] - transcript[0] <= COLUMN_WIDTHS_PX[column] * zoom, width_px


def test_at_full_width_the_composer_stays_as_wide_as_a_line_reads(reader: Reader) -> None:
    reader.kit.window.resize(1920, 840)
    reader.open("a")
    reader.kit.preferences.change(column=ColumnWidth.FULL)
    composer = reader.kit.deck.page().composer
    reader.qtbot.waitUntil(lambda: composer.width() == 1000)
    assert reader.view._page.rows.width == reader.view.width() - 2 * COLUMN_PADDING_PX


# --- motion ---


def test_motion_is_reduced_by_the_readers_own_setting(reader: Reader) -> None:
    reader.open("a")
    assert not is_motion_reduced()
    reader.kit.preferences.change(motion=Motion.REDUCED)
    assert is_motion_reduced()
    reader.kit.preferences.change(motion=Motion.SYSTEM)
    assert not is_motion_reduced()
