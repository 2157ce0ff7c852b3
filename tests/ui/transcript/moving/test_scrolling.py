"""Where the page stands, and that it stays there; the contract of scrolling has a file of its own."""

from __future__ import annotations

import pytest
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


def test_the_pill_stays_where_it_is_when_the_reply_has_ended(stage: Stage) -> None:
    stage.show(question("c"), answer(LONG))
    stage.wheel(angle=120)
    page, pill = stage.view._page, stage.view._pill
    seen = set()
    for width_px in range(940, 1060, 8):
        stage.view.resize(width_px, 500)
        stage.wait()
        places = set()
        for is_writing, news in ((True, ""), (False, ""), (False, "Stopped")):
            pill.tell(news)
            pill.set_writing(is_writing)
            pill.stand(stage.view.viewport(), width_px, page)
            places.add(pill.x() >= page.left + page.rows.width)
        assert len(places) == 1, "beside the text or above it, but not one after the other"
        seen |= places
    assert seen == {True, False}


def test_walking_up_from_elsewhere_finds_the_first_message_too(stage: Stage) -> None:
    stage.show(question("c"), answer("Because."))
    stage.view.acts.step(-1)
    stage.view.acts.step(-1)
    stage.view.clearFocus()
    stage.view.acts.step(-1)
    assert stage.view.hasFocus(), "the bar beside the message is shown again"


WIDE_TABLE = "| a | b |\n|---|---|\n" + f"| {'word ' * 30} | {'word ' * 30} |\n"
WIDE_CODE = "```\n" + "wide " * 40 + "\n```"


@pytest.mark.parametrize("text", [WIDE_TABLE, WIDE_CODE])
@pytest.mark.parametrize("width_px", [1280, 800, 640])
def test_the_bar_beside_the_message_that_was_walked_to_lies_over_none_of_it(
    stage: Stage, text: str, width_px: int
) -> None:
    stage.view.resize(width_px, 500)
    stage.show(question("c"), answer(f"Look:\n\n{text}"))
    stage.view.acts.step(-1)
    stage.wait()
    wide = next(spot for spot in stage.spots() if spot.part.is_wide)
    left, right = bar_of(stage)
    assert left >= 0
    assert right <= wide.left - wide.part.out_px
    assert (wide.part.out_px > 0) == (width_px > 1000)


def test_the_bar_comes_back_to_the_text_when_what_is_wide_is_gone_from_the_screen(stage: Stage) -> None:
    stage.view.resize(1280, 500)
    stage.show(question("c"), answer(f"{WIDE_TABLE}\n\n{LONG}"))
    stage.view.acts.step(-1)
    stage.wait()
    far, _ = bar_of(stage)
    stage.wheel(angle=-1200)
    near, _ = bar_of(stage)
    assert far < near < stage.view._page.left


def bar_of(stage: Stage) -> tuple[int, int]:
    """The left and the right edge of what is on the screen in the bar's colour, over many lines."""
    image = stage.view.viewport().grab().toImage()
    accent = stage.view._style.inks.accent
    tall = [x for x in range(image.width()) if sum(image.pixelColor(x, y) == accent for y in range(0, 500, 5)) > 20]
    assert tall, "there is no bar"
    return tall[0], tall[-1] + 1
