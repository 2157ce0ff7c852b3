"""The contract of scrolling, sentence by sentence; `test_lead.py` has what the page does by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop_chat.core.events import TextArrived
from desktop_chat.core.messages import Message
from desktop_chat.core.settings import ColumnWidth, Following
from desktop_chat.ui.transcript.parts.bubble import BubblePart
from desktop_chat.ui.transcript.parts.part import Part
from desktop_chat.ui.transcript.parts.prose import ProsePart
from tests.helpers.samples import question
from tests.ui.transcript.scroll_acts import MORE, moved_px, places, send, uneven
from tests.ui.transcript.stage import LONG, Stage, answer


@pytest.fixture
def attached(stage: Stage) -> Message:
    """A long reply that streams, with the page at its end."""
    return stage.begin(LONG)


# --- Detach ---


def find(stage: Stage) -> None:
    """Look for something far above."""
    stage.view.finder.open()
    stage.view.finder.search("Paragraph 7 ")
    stage.qtbot.waitUntil(lambda: stage.view.finder.is_settled)
    stage.wait()


GESTURES: dict[str, Callable[[Stage], object]] = {
    "wheel up": lambda stage: stage.wheel(angle=120),
    "touch pad up by one pixel": lambda stage: stage.wheel(pixels=1),
    "less than a pixel of the wheel": lambda stage: stage.wheel(angle=1),
    "page up": lambda stage: stage.key(Qt.Key.Key_PageUp),
    "home": lambda stage: stage.key(Qt.Key.Key_Home),
    "up": lambda stage: stage.key(Qt.Key.Key_Up),
    "press on the scroll bar": lambda stage: stage.view.verticalScrollBar().setSliderDown(True),
    "text selection": lambda stage: stage.drag(QPoint(100, 100), QPoint(300, 160)),
    "find": find,
    "everything selected": lambda stage: stage.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier),
}


@pytest.mark.parametrize("gesture", GESTURES)
def test_detaches_at_once_on(stage: Stage, attached: Message, gesture: str) -> None:
    GESTURES[gesture](stage)
    before = stage.value
    stage.stream(attached, MORE)
    assert stage.value == before < stage.most
    stage.view.verticalScrollBar().setSliderDown(False)


def test_detaches_not_on_mouse_move(stage: Stage, attached: Message) -> None:
    QTest.mouseMove(stage.view.viewport(), QPoint(100, 100))
    QTest.mouseMove(stage.view.viewport(), QPoint(300, 200))
    stage.stream(attached, MORE)
    assert stage.value == stage.most


def test_detaches_not_on_focus(stage: Stage, attached: Message) -> None:
    for kind in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
        QApplication.sendEvent(stage.view, QFocusEvent(kind))
    stage.stream(attached, MORE)
    assert stage.value == stage.most


def test_detaches_not_on_resize(stage: Stage, attached: Message) -> None:
    stage.view.resize(700, 420)
    stage.stream(attached, MORE)
    assert stage.value == stage.most


def test_detaches_not_on_a_click(stage: Stage, attached: Message) -> None:
    stage.click_at(QPoint(300, 200))
    stage.stream(attached, MORE)
    assert stage.value == stage.most


# --- Re-attach ---

RETURNS: dict[str, Callable[[Stage], object]] = {
    "the wheel": lambda stage: stage.wheel(angle=-240),
    "down": lambda stage: stage.key(Qt.Key.Key_Down),
    "page down": lambda stage: stage.key(Qt.Key.Key_PageDown),
    "the scroll bar": lambda stage: stage.view.verticalScrollBar().setValue(stage.most),
    "end": lambda stage: stage.key(Qt.Key.Key_End),
    "the pill": lambda stage: stage.view._pill.click(),
}


@pytest.mark.parametrize("way", RETURNS)
def test_attaches_again_by(stage: Stage, attached: Message, way: str) -> None:
    stage.wheel(pixels=40)
    RETURNS[way](stage)
    stage.stream(attached, MORE)
    assert stage.value == stage.most


def test_attaches_again_within_a_line_of_the_end_and_not_before(stage: Stage, attached: Message) -> None:
    stage.wheel(pixels=100)
    stage.wheel(pixels=-75)
    stage.stream(attached, MORE)
    assert stage.value < stage.most
    stage.key(Qt.Key.Key_End)
    stage.wheel(pixels=100)
    stage.wheel(pixels=-76)
    stage.stream(attached, MORE)
    assert stage.value == stage.most


def test_attaches_not_on_the_way_up_close_to_the_end(stage: Stage, attached: Message) -> None:
    stage.view.verticalScrollBar().setValue(stage.most - 5)
    before = stage.value
    stage.stream(attached, MORE)
    assert stage.value == before


def test_attaches_not_when_the_text_reaches_the_reader_and_never_by_time(stage: Stage) -> None:
    begun = stage.begin("Short.")
    stage.wheel(angle=120)
    for _ in range(20):
        stage.stream(begun, MORE)
    assert stage.value == 0


def test_attaches_not_by_dragging_a_selection_to_the_end(stage: Stage, attached: Message) -> None:
    stage.wheel(pixels=30)
    stage.drag(QPoint(100, 100), QPoint(300, 560))
    before = stage.value
    stage.stream(attached, MORE)
    assert stage.value == before < stage.most


def test_the_pill_has_a_dot_while_text_is_written(stage: Stage, attached: Message) -> None:
    stage.wheel(angle=120)
    width = stage.view._pill.width()
    stage.view._pill.set_writing(True)
    assert stage.view._pill.width() > width


# --- One owner ---


def test_the_scroll_value_is_written_at_most_once_a_frame(stage: Stage, attached: Message) -> None:
    writes = [0]

    def note_write(_value: int) -> None:
        writes[-1] += 1

    stage.view.verticalScrollBar().valueChanged.connect(note_write)
    stage.view._clock.ticked.connect(lambda: writes.append(0))
    for _ in range(5):
        for _ in range(5):
            stage.view.apply_event(attached.id, TextArrived(0, MORE))
        stage.wait()
    assert sum(writes) > 3
    assert max(writes) == 1


def test_a_gesture_ends_the_way_to_the_top(stage: Stage) -> None:
    stage.view.set_following(Following.QUESTION)
    stage.show(question("c", "First?"), answer(LONG))
    stage.view.add_message(question("c", "Second?\n" * 9))
    with stage.qtbot.waitSignal(stage.view.verticalScrollBar().valueChanged):
        pass
    assert stage.view._page.scrolling.is_gliding
    before = stage.value
    stage.wheel(pixels=1)
    assert stage.value == before - 1


# --- What changes above ---


def test_guessed_heights_that_turn_out_different_do_not_move_the_line_under_the_eye(stage: Stage) -> None:
    stage.show(*uneven(60))
    for _ in range(40):
        before = places(stage)
        stage.wheel(pixels=90)
        assert moved_px(stage, before) == {90.0}


def test_code_that_gets_its_colours_does_not_move_the_line_under_the_eye(stage: Stage) -> None:
    code = "```python\n" + "def name(value):\n    return value + 1\n" * 300 + "```\n\n" + LONG
    stage.show(question("c"), answer(code))
    stage.view.verticalScrollBar().setValue(stage.most - 900)
    stage.view._change()
    before = places(stage)
    stage.wait()
    assert moved_px(stage, before) <= {0.0}


def test_what_gets_ready_above_does_not_move_the_line_under_the_eye(stage: Stage) -> None:
    stage.show(question("c"), answer(LONG))
    stage.view.verticalScrollBar().setValue(700)
    stage.wait()
    before, value = places(stage), stage.value
    stack = stage.view._page.rows.item(1).stack
    early = stack.parts[2]
    assert early not in before
    guessed = stack._heights[2]
    early.height += 77
    stack._heights[2] = early.gap + early.height
    stage.view._page.rows.remeasured(1)
    stage.view._change()
    stage.wait()
    assert moved_px(stage, before) == {0.0}
    assert stage.value == value + stack._heights[2] - guessed != value


def test_what_unfolds_above_does_not_move_the_line_under_the_eye(stage: Stage) -> None:
    thinking = {"type": "thinking", "thinking": "line\n\n" * 30}
    card = {"type": "tool_use", "id": "t", "name": "look", "input": {"a": list(range(30))}}
    stage.show(question("c"), answer("", content=(thinking, card, {"type": "text", "text": LONG})))
    stage.view.verticalScrollBar().setValue(400)
    stage.wait()
    before = places(stage)
    for fold in ("thinking0", "card1", "thinking0", "card1"):
        stage.view._page.rows.toggle(1, fold)
        stage.view._change()
        stage.wait()
        assert places(stage) == before


@pytest.mark.parametrize("zoom_percent", [50, 110, 300])
def test_the_line_under_the_eye_stays_at_every_zoom(stage: Stage, zoom_percent: int) -> None:
    text = "\n\n".join(f"Paragraph {number}: " + "words and words " * 300 for number in range(9))
    stage.show(question("c"), answer(text))
    stage.view.verticalScrollBar().setValue(stage.most // 2)
    stage.wait()
    first = stage.spots()[0]
    share = -first.top / first.part.height
    assert 0.1 < share < 0.9
    for percent in (zoom_percent, 100):
        stage.view.set_reading(percent, ColumnWidth.NORMAL)
        stage.wait()
        again = stage.spots()[0]
        assert again.part is first.part
        assert -again.top / again.part.height == pytest.approx(share, abs=0.01)


# --- The end of an answer ---


def test_the_end_of_an_answer_moves_nothing_and_keeps_the_selection(stage: Stage, attached: Message) -> None:
    stage.drag(QPoint(100, 100), QPoint(300, 160))
    selected, before = stage.view.text_of_selection(), places(stage)
    stage.stream(attached, MORE)
    stage.end(attached, LONG + MORE)
    assert moved_px(stage, before) == {0.0}
    assert stage.view.text_of_selection() == selected != ""


def test_actions_and_the_cost_that_appear_move_nothing_that_is_held(stage: Stage) -> None:
    begun = send(stage)
    stage.stream(begun, "Short." + MORE)
    kept = (BubblePart, ProsePart)
    before: dict[Part, float] = {part: top for part, top in places(stage).items() if isinstance(part, kept)}
    stage.end(begun, "Short." + MORE)
    assert moved_px(stage, before) == {0.0}
