"""The time line on the screen: where things stand, and what pointer and keys do."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from desktop_chat.core.stream_record import Arrival, Step, StepKind, StreamRecord
from desktop_chat.ui.inspector.course import Course
from desktop_chat.ui.inspector.kinds import Kind, color_of
from desktop_chat.ui.inspector.pointing import Pointing
from desktop_chat.ui.inspector.time_line import TimeLine
from desktop_chat.ui.inspector.time_line_painter import Bands, tick_height
from desktop_chat.ui.theme import Look
from tests.ui.inspector.records import STEPS, delta, event, record

WIDTH_PX, HEIGHT_PX = 1000, 140
SECOND = event(1.0, "error")
EVENTS = (delta(0.5, "first"), SECOND, delta(2.0, "x" * 400), event(8.0, "ping"))
"""One second is 100 pixels: the reply takes ten."""


class Line:
    """A time line of one reply of ten seconds."""

    def __init__(self, look: Look, qtbot: QtBot) -> None:
        self.course = Course()
        self.widget = TimeLine(look, self.course)
        self.pointing = Pointing(self.course, self.widget.axis)
        qtbot.addWidget(self.widget)
        self.widget.resize(WIDTH_PX, HEIGHT_PX)
        with qtbot.waitExposed(self.widget):
            self.widget.show()
        self.chosen: list[int] = []
        self.moments: list[float] = []
        self.widget.event_chosen.connect(self.chosen.append)
        self.widget.moment_chosen.connect(self.moments.append)

    def show(self, *arrivals: Arrival, end_s: float = 10.0) -> None:
        self.take(record(arrivals, steps=(*STEPS, Step(end_s, StepKind.ENDED)), ended=None))

    def take(self, *records: StreamRecord, now_s: float | None = None) -> None:
        self.course.show(records)
        self.course.read_on(1_000_000)
        self.widget.refresh(now_s)

    def click(self, x: int) -> None:
        QTest.mouseClick(self.widget, Qt.MouseButton.LeftButton, pos=QPoint(x, 60))

    def wheel(self, x: int, notches: int) -> None:
        place = QPointF(x, 60)
        turn = QWheelEvent(
            place, self.widget.mapToGlobal(place), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(self.widget, turn)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.widget, key, modifier)

    def picture(self) -> QImage:
        return self.widget.grab().toImage()


@pytest.fixture
def line(look: Look, qtbot: QtBot) -> Line:
    made = Line(look, qtbot)
    made.show(*EVENTS)
    return made


def test_an_event_is_hit_near_its_tick_and_not_far_from_it(line: Line) -> None:
    assert line.pointing.event_at(100.0) == 1
    assert line.pointing.event_at(104.0) == 1
    assert line.pointing.event_at(96.0) == 1
    assert line.pointing.event_at(120.0) is None


def test_of_two_near_ones_the_nearer_is_hit(line: Line) -> None:
    line.show(event(1.0), event(1.08, "x" * 200), event(3.0))
    assert line.pointing.event_at(100.5) == 0
    assert line.pointing.event_at(107.5) == 1


def test_of_those_that_share_a_tick_the_largest_is_hit(line: Line) -> None:
    line.show(event(1.0), delta(1.001, "x" * 500), event(1.002))
    assert line.pointing.event_at(100.0) == 1


def test_a_click_chooses_the_event_and_the_moment(line: Line) -> None:
    line.click(202)
    assert line.chosen == [2]
    assert line.moments == [pytest.approx(2.02)]
    line.click(500)
    assert line.chosen == [2]
    assert line.moments[1] == pytest.approx(5.0)


def test_the_wheel_looks_closer_where_the_pointer_is(line: Line) -> None:
    line.wheel(200, 3)
    assert line.widget.axis.span_s < 3.0
    assert line.widget.axis.s_of(200.0) == pytest.approx(2.0)
    line.wheel(200, -9)
    assert line.widget.axis.is_whole


def test_dragging_moves_along_and_chooses_nothing(line: Line) -> None:
    line.wheel(500, 4)
    left_s = line.widget.axis.left_s
    QTest.mousePress(line.widget, Qt.MouseButton.LeftButton, pos=QPoint(300, 60))
    QTest.mouseMove(line.widget, QPoint(200, 60))
    QTest.mouseRelease(line.widget, Qt.MouseButton.LeftButton, pos=QPoint(200, 60))
    assert line.widget.axis.left_s == pytest.approx(left_s + 100 / WIDTH_PX * line.widget.axis.span_s)
    assert line.moments == []


def test_the_keyboard_walks_along_the_events(line: Line) -> None:
    for _ in range(3):
        line.key(Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    line.key(Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert line.chosen == [0, 1, 2, 1]
    assert line.widget.selected == 1


def test_the_keyboard_looks_closer_moves_along_and_shows_everything(line: Line) -> None:
    axis = line.widget.axis
    line.key(Qt.Key.Key_Plus)
    line.key(Qt.Key.Key_Plus)
    assert axis.span_s < 5.0
    line.key(Qt.Key.Key_End)
    assert axis.right_s == pytest.approx(10.0)
    right_s = axis.right_s
    line.key(Qt.Key.Key_Left)
    assert axis.right_s < right_s
    line.key(Qt.Key.Key_Home)
    assert axis.left_s == 0.0
    line.key(Qt.Key.Key_0)
    assert axis.is_whole


def test_what_is_selected_out_of_view_is_brought_into_view(line: Line) -> None:
    line.wheel(0, 6)
    line.widget.select(3)
    assert line.widget.axis.left_s < 8.0 < line.widget.axis.right_s


def test_a_tick_has_the_colour_of_its_kind_and_its_height_tells_the_size(line: Line, look: Look) -> None:
    picture, bands = line.picture(), Bands.of(HEIGHT_PX)

    def height(x: int, kind: Kind) -> int:
        color = color_of(kind, look.colors)
        return sum(picture.pixelColor(x, y).name() == color for y in range(int(bands.ticks_bottom)))

    assert height(50, Kind.TEXT) > 0
    assert height(200, Kind.TEXT) > 1.5 * height(50, Kind.TEXT)
    assert height(100, Kind.ERROR) > 0
    assert height(800, Kind.PING) > 0


def test_a_silence_is_shaded_and_told(line: Line) -> None:
    picture = line.picture()
    bands = Bands.of(HEIGHT_PX)
    y = int(bands.ticks_top) + 3
    assert picture.pixelColor(550, y) != picture.pixelColor(60, y)
    assert line.pointing.words_at(550.0, None) == "Nothing came for 6.00 s"


def test_retries_and_seams_are_told_where_they_stand(line: Line) -> None:
    steps = (*STEPS, Step(2.0, StepKind.RETRY, "Overloaded <b>529</b>"), Step(10.0, StepKind.ENDED))
    line.take(record([event(4.0)], steps=steps, ended=None))
    assert line.pointing.words_at(200.0, None) == "Tried again: Overloaded <b>529</b>"


def test_the_tip_of_an_event_names_it_its_time_and_its_size(line: Line) -> None:
    assert line.pointing.words_at(100.0, None).splitlines()[:2] == [
        "#2 error (Error)",
        "1.00 s, 500 ms after the one before",
    ]


def test_the_tool_tip_tells_what_is_below_the_pointer_until_now(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _place, words, _widget: told.append(words))
    line.course.show((record([event(1.0)], ended=None),))
    line.course.read_on(10)
    line.widget.refresh(10.0)
    for x in (100, 900):
        place = QPoint(x, 60)
        QApplication.sendEvent(line.widget, QHelpEvent(QEvent.Type.ToolTip, place, line.widget.mapToGlobal(place)))
    assert [words.split("\n")[0] for words in told] == ["#1 ping (Ping)", "Nothing came for 9.00 s"]


def test_50_000_events_are_one_tick_a_column(line: Line) -> None:
    line.show(*(event(0.0001 * number, "ping") for number in range(50_000)))
    assert len(line.widget._painter._columns()) <= WIDTH_PX / 2 + 1
    assert line.pointing.event_at(250.0) is not None


def test_an_error_among_thousands_is_seen(line: Line) -> None:
    line.show(*(event(0.0001 * number, "error" if number == 25_000 else "ping") for number in range(50_000)))
    kinds = [kind for _x, kind, _height in line.widget._painter._columns()]
    assert kinds.count(Kind.ERROR) == 1


def test_the_pace_stands_where_the_text_came(line: Line) -> None:
    line.show(*(delta(4.0 + 0.01 * number, "word") for number in range(100)))
    points, most = line.widget._painter.rates()
    assert most == pytest.approx(100.0, rel=0.05)
    assert all(pace == 0 for x, pace in points if x < 370 or x > 530)


def test_while_it_is_written_the_end_is_followed(line: Line) -> None:
    running = record(EVENTS, ended=None)
    line.take(running, now_s=10.0)
    line.wheel(WIDTH_PX, 4)
    line.take(running, now_s=12.0)
    assert line.widget.axis.right_s == pytest.approx(12.0)
    assert line.widget.accessibleDescription() == "4 events in 12.0 s, 3 silences above a second"


def test_heights_grow_with_sizes() -> None:
    heights = [tick_height(size, 100_000) for size in (0, 10, 100, 1_000, 100_000)]
    assert heights == sorted(heights)
    assert heights[0] > 0.1
    assert heights[-1] > 0.99


def test_an_empty_one_can_be_pointed_at(look: Look, qtbot: QtBot) -> None:
    empty = Line(look, qtbot)
    empty.widget.refresh()
    empty.click(100)
    empty.key(Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert empty.chosen == []
    assert not empty.picture().isNull()
