"""The page follows the end until the reader moves it, and never moves by itself after that."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from desktop_chat.core.messages import MessageStatus
from tests.helpers.samples import question
from tests.ui.transcript.stage import LONG, Stage, answer

MORE = "\n\nOne more paragraph." * 5


def test_a_conversation_opens_at_its_end(stage: Stage) -> None:
    stage.show(question("c"), answer(LONG))
    assert stage.value == stage.most > 0
    assert stage.view.is_at_end


def test_the_page_follows_what_is_written(stage: Stage) -> None:
    begun = stage.begin(LONG)
    before = stage.most
    stage.stream(begun, MORE)
    assert stage.most > before
    assert stage.value == stage.most


def test_one_notch_up_lets_go(stage: Stage) -> None:
    begun = stage.begin(LONG)
    stage.wheel(angle=120)
    before = stage.value
    stage.stream(begun, MORE)
    assert stage.value == before
    assert not stage.view.is_at_end


def test_one_pixel_up_lets_go(stage: Stage) -> None:
    begun = stage.begin(LONG)
    stage.wheel(pixels=1)
    before = stage.value
    stage.stream(begun, MORE)
    assert stage.value == before


def test_keys_up_let_go(stage: Stage) -> None:
    for key in (Qt.Key.Key_Up, Qt.Key.Key_PageUp, Qt.Key.Key_Home):
        begun = stage.begin(LONG)
        stage.view.scroll_to_end()
        stage.wait()
        stage.key(key)
        before = stage.value
        assert before < stage.most
        stage.stream(begun, MORE)
        assert stage.value == before


def test_home_goes_to_the_beginning(stage: Stage) -> None:
    stage.show(question("c"), answer(LONG))
    stage.key(Qt.Key.Key_Home)
    assert stage.value == 0


def test_pressing_the_scroll_bar_lets_go(stage: Stage) -> None:
    begun = stage.begin(LONG)
    stage.view.verticalScrollBar().setSliderDown(True)
    before = stage.value
    stage.stream(begun, MORE)
    assert stage.value == before
    stage.view.verticalScrollBar().setSliderDown(False)


def test_dragging_the_scroll_bar_moves_the_page(stage: Stage) -> None:
    begun = stage.begin(LONG)
    stage.view.verticalScrollBar().setValue(40)
    stage.stream(begun, MORE)
    assert stage.value == 40


def test_selecting_text_lets_go(stage: Stage) -> None:
    begun = stage.begin(LONG)
    stage.drag(QPoint(100, 100), QPoint(300, 160))
    before = stage.value
    stage.stream(begun, MORE)
    assert stage.value == before


def test_moving_the_mouse_and_resizing_do_not_let_go(stage: Stage) -> None:
    begun = stage.begin(LONG)
    QTest.mouseMove(stage.view.viewport(), QPoint(100, 100))
    stage.view.resize(700, 420)
    stage.stream(begun, MORE)
    assert stage.value == stage.most


def test_wheeling_down_to_the_end_follows_again(stage: Stage) -> None:
    begun = stage.begin(LONG)
    stage.wheel(angle=120)
    stage.wheel(angle=-240)
    stage.stream(begun, MORE)
    assert stage.value == stage.most


def test_the_end_key_follows_again(stage: Stage) -> None:
    begun = stage.begin(LONG)
    stage.key(Qt.Key.Key_Home)
    stage.key(Qt.Key.Key_End)
    stage.stream(begun, MORE)
    assert stage.value == stage.most


def test_the_pill_leads_back_to_the_end(stage: Stage) -> None:
    begun = stage.begin(LONG)
    assert not stage.view._pill.isVisible()
    stage.wheel(angle=120)
    assert stage.view._pill.isVisible()
    stage.view._pill.click()
    stage.stream(begun, MORE)
    assert stage.value == stage.most
    assert not stage.view._pill.isVisible()


def test_text_that_reaches_the_screen_does_not_make_it_follow(stage: Stage) -> None:
    begun = stage.begin("Short.")
    stage.wheel(angle=120)
    stage.stream(begun, "\n\n" + LONG)
    assert stage.value == 0


def test_sending_goes_to_the_end(stage: Stage) -> None:
    stage.show(question("c"), answer(LONG))
    stage.key(Qt.Key.Key_Home)
    stage.view.add_message(question("c", "And now?"))
    stage.wait()
    assert stage.value == stage.most


def test_the_end_of_a_reply_moves_nothing(stage: Stage) -> None:
    begun = stage.begin(LONG)
    stage.wheel(angle=360)
    before = [(spot.part, spot.top) for spot in stage.spots()]
    stage.end(begun, LONG, status=MessageStatus.STOPPED)
    assert [(spot.part, spot.top) for spot in stage.spots()] == before


def test_the_line_under_the_eye_stays_when_the_window_gets_narrower(stage: Stage) -> None:
    wide = "\n\n".join(f"Paragraph {number}: " + "words and words " * 30 for number in range(40))
    stage.show(question("c"), answer(wide))
    stage.view.verticalScrollBar().setValue(stage.most // 2)
    stage.wait()
    first = next(spot for spot in stage.spots() if spot.top > 0)
    stage.view.resize(500, 500)
    stage.wait()
    moved = next(spot for spot in stage.spots() if spot.part is first.part)
    assert abs(moved.top - first.top) < 200


def test_the_line_under_the_eye_stays_when_something_above_it_unfolds(stage: Stage) -> None:
    thinking = {"type": "thinking", "thinking": "line\n" * 30}
    stage.show(question("c"), answer("", content=(thinking, {"type": "text", "text": LONG})))
    stage.view.verticalScrollBar().setValue(400)
    stage.wait()
    before = [(spot.part, spot.top) for spot in stage.spots()]
    stage.view._page.rows.toggle(1, "thinking0")
    stage.view._change()
    stage.wait()
    assert [(spot.part, spot.top) for spot in stage.spots()] == before


def test_at_end_is_told_when_it_changes(stage: Stage) -> None:
    stage.show(question("c"), answer(LONG))
    told: list[bool] = []
    stage.view.at_end_changed.connect(told.append)
    stage.wheel(angle=120)
    stage.key(Qt.Key.Key_End)
    assert told == [False, True]
