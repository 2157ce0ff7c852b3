"""Where the page stands, and that it stays there; the contract of scrolling has a file of its own."""

from __future__ import annotations

from PySide6.QtCore import Qt

from desktop_chat.core.messages import MessageStatus
from tests.helpers.samples import question
from tests.ui.transcript.stage import LONG, Stage, answer

MORE = "\n\nOne more paragraph." * 5


def test_a_conversation_opens_at_its_end(stage: Stage) -> None:
    stage.show(question("c"), answer(LONG))
    assert stage.value == stage.most > 0
    assert stage.view.is_at_end


def test_home_goes_to_the_beginning(stage: Stage) -> None:
    stage.show(question("c"), answer(LONG))
    stage.key(Qt.Key.Key_Home)
    assert stage.value == 0


def test_dragging_the_scroll_bar_moves_the_page(stage: Stage) -> None:
    begun = stage.begin(LONG)
    stage.view.verticalScrollBar().setValue(40)
    stage.stream(begun, MORE)
    assert stage.value == 40


def test_the_pill_leads_back_to_the_end(stage: Stage) -> None:
    begun = stage.begin(LONG)
    assert not stage.view._pill.isVisible()
    stage.wheel(angle=120)
    assert stage.view._pill.isVisible()
    stage.view._pill.click()
    stage.stream(begun, MORE)
    assert stage.value == stage.most
    assert not stage.view._pill.isVisible()


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


def test_the_pill_stands_beside_the_text_where_there_is_room(stage: Stage) -> None:
    stage.show(question("c"), answer(LONG))
    stage.wheel(angle=120)
    page, pill = stage.view._page, stage.view._pill
    for width_px, is_beside in ((1200, True), (640, False)):
        stage.view.resize(width_px, 500)
        stage.wait()
        assert (pill.x() >= page.left + page.rows.width) == is_beside
        assert pill.geometry().right() < stage.view.viewport().width()
