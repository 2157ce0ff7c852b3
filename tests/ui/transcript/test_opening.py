"""Other messages come on the screen: whole in the first picture, with no work for what is not seen in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.code.code_block import CodePart
from desktop_chat.ui.transcript.view import TranscriptView
from tests.helpers.samples import question
from tests.ui.transcript.stage import LONG, SIZE_PX, Stage, answer

CODE = "```python\n# a comment\ndef first():\n    return 1\n```"


@pytest.fixture
def hidden(look: Look, qtbot: QtBot, stage: Stage) -> Iterator[TranscriptView]:
    """A transcript that nobody has looked at yet; the lexer of the code was used before."""
    stage.show(answer(CODE))
    view = TranscriptView(look)
    qtbot.addWidget(view)
    view.resize(*SIZE_PX)
    yield view
    view.close()


def show(view: TranscriptView, *texts: str) -> None:
    view.show_path(tuple(answer(text) for text in texts), lambda message_id: (message_id,))


def has_colors(view: TranscriptView) -> bool:
    part = next(spot.part for spot in view._page.spots(0.0, SIZE_PX[1]) if isinstance(spot.part, CodePart))
    return bool(part.is_colored and part._body.lines.layout(0).formats())


def test_code_has_its_colours_before_it_is_painted_first(stage: Stage) -> None:
    stage.show(answer(CODE))
    show(stage.view, CODE.replace("first", "second"))
    stage.view._frame()
    assert has_colors(stage.view)
    assert not stage.view._painter.uncolored


def test_a_page_that_is_shown_with_its_messages_is_never_painted_without_them(hidden: TranscriptView) -> None:
    show(hidden, CODE)
    hidden.show()
    assert hidden._painter._shown
    assert has_colors(hidden)


def test_what_was_not_painted_yet_is_not_told_to_be_on_the_screen(hidden: TranscriptView, qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    QVBoxLayout(page).addWidget(hidden)
    show(hidden, "Words.")
    page.show()
    assert not hidden.is_painted_up_to_date
    qtbot.waitUntil(lambda: hidden.is_painted_up_to_date)
    hidden.setParent(None)


def test_a_page_of_another_size_is_not_on_the_screen_before_it_is_painted(stage: Stage) -> None:
    stage.show(answer("Words."))
    stage.view.resize(SIZE_PX[0] - 100, SIZE_PX[1])
    assert not stage.view.is_painted_up_to_date
    stage.wait()


def test_only_what_is_seen_is_measured_for_the_first_picture(hidden: TranscriptView, qtbot: QtBot) -> None:
    show(hidden, *[LONG] * 3, *["words " * 100] * 30)
    hidden.show()
    seen_count = hidden._page.rows.built_count
    qtbot.waitUntil(lambda: hidden.is_painted_up_to_date and not hidden._page.is_short)
    assert hidden._page.rows.built_count > seen_count


def test_no_more_messages_are_made_for_the_first_picture_than_are_seen_in_it(hidden: TranscriptView) -> None:
    # Far higher than anybody would guess of so few characters.
    show(hidden, *["```\n" + "x\n" * 10 + "```"] * 30)
    hidden.show()
    seen = {spot.row for spot in hidden._page.spots(0.0, SIZE_PX[1])}
    assert hidden._page.rows.built_count == len(seen)


def test_what_is_measured_later_moves_nothing_on_the_screen(hidden: TranscriptView, qtbot: QtBot) -> None:
    show(hidden, *[LONG] * 3, *["words " * 100] * 30)
    hidden.show()
    first = [(spot.row, spot.top) for spot in hidden._page.spots(0.0, SIZE_PX[1])]
    qtbot.waitUntil(lambda: hidden.is_painted_up_to_date and not hidden._page.is_short)
    assert [(spot.row, spot.top) for spot in hidden._page.spots(0.0, SIZE_PX[1])] == first


def test_the_clock_rests_although_messages_came_to_a_page_that_nobody_sees(
    hidden: TranscriptView, qtbot: QtBot
) -> None:
    hidden.show_path((question("c", "What?"), answer(CODE)), lambda message_id: (message_id,))
    qtbot.waitUntil(lambda: not hidden._clock.is_running)
