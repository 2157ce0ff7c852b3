"""Selecting with mouse and keyboard: across messages, beyond the edge, while text streams in."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop_chat.core.events import BlockStarted, TextArrived
from desktop_chat.ui.transcript.code.code_block import CodePart
from desktop_chat.ui.transcript.parts.part import Part
from desktop_chat.ui.transcript.parts.prose import ProsePart
from tests.helpers.samples import question
from tests.ui.transcript.stage import LONG, Stage, answer, clipboard

SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton
PROSE = "alpha beta gamma.\n\nsecond line here.\n\nthird one."


def at(stage: Stage, kind: type[Part], number: int = 0, x: int = 1, y: int = 10) -> QPoint:
    spot = stage.part(kind, number)
    return QPoint(int(spot.left) + x, int(spot.top) + y)


def over(stage: Stage, text: str) -> QPoint:
    """The middle of some words on the screen."""
    for spot in stage.spots():
        found = spot.part.plain(0, spot.part.length).find(text) if spot.part.is_selectable else -1
        if found >= 0:
            rect = spot.part.rects(found, found + len(text))[0]
            return rect.translated(spot.left, spot.top).center().toPoint()
    raise LookupError(text)


def press(stage: Stage, point: QPoint) -> None:
    QTest.mousePress(stage.view.viewport(), LEFT, pos=point)


def move(stage: Stage, point: QPoint) -> None:
    QTest.mouseMove(stage.view.viewport(), point)


def release(stage: Stage, point: QPoint) -> None:
    QTest.mouseRelease(stage.view.viewport(), LEFT, pos=point)
    stage.wait()


def selected(stage: Stage) -> str:
    return stage.view.text_of_selection()


# --- mouse


def test_a_drag_that_begins_with_two_clicks_takes_whole_words(stage: Stage) -> None:
    stage.show(question("c"), answer(PROSE))
    start, end = over(stage, "beta"), over(stage, "line")
    press(stage, start)
    release(stage, start)
    press(stage, start)
    move(stage, end)
    assert selected(stage) == "beta gamma.\n\nsecond line"
    move(stage, over(stage, "alpha"))
    assert selected(stage) == "alpha beta"
    release(stage, over(stage, "alpha"))


def test_a_drag_that_begins_with_three_clicks_takes_whole_paragraphs(stage: Stage) -> None:
    stage.show(question("c"), answer(PROSE))
    start = over(stage, "line")
    for _ in range(2):
        press(stage, start)
        release(stage, start)
    press(stage, start)
    assert selected(stage) == "second line here."
    move(stage, over(stage, "third"))
    assert selected(stage) == "second line here.\n\nthird one."
    release(stage, over(stage, "third"))


def test_a_click_clears_the_selection(stage: Stage) -> None:
    stage.show(question("c"), answer(PROSE))
    stage.view.select_all()
    stage.click_at(QPoint(890, 490))
    assert not stage.view.has_selection


def test_a_click_on_selected_text_clears_it(stage: Stage) -> None:
    stage.show(question("c"), answer(PROSE))
    stage.view.select_all()
    press(stage, over(stage, "beta"))
    assert stage.view.has_selection, "it may be dragged away"
    release(stage, over(stage, "beta"))
    assert not stage.view.has_selection


def test_selected_text_is_dragged_out_in_three_forms(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[tuple[list[str], str, bool]] = []

    def carry(drag: QDrag, actions: Qt.DropAction) -> Qt.DropAction:
        taken.append((drag.mimeData().formats(), drag.mimeData().text(), drag.pixmap().isNull()))
        return actions

    monkeypatch.setattr(QDrag, "exec", carry)
    stage.show(question("c"), answer(PROSE))
    stage.drag(over(stage, "alpha") - QPoint(60, 0), over(stage, "second line here.") + QPoint(300, 0))
    text = selected(stage)
    start = over(stage, "beta")
    press(stage, start)
    move(stage, start + QPoint(3, 0))
    assert taken == []
    move(stage, start + QPoint(40, 0))
    assert taken == [(["text/plain", "text/html", "text/markdown"], "alpha beta gamma.\n\nsecond line here.", False)]
    assert selected(stage) == text, "what was dragged away stays selected"
    release(stage, start + QPoint(40, 0))


def test_the_page_goes_on_while_the_mouse_stands_still_beyond_the_edge(stage: Stage) -> None:
    stage.show(question("c"), answer(LONG))
    stage.view.verticalScrollBar().setValue(0)
    stage.wait()
    press(stage, at(stage, ProsePart))
    move(stage, QPoint(300, 300))
    move(stage, QPoint(300, stage.view.viewport().height() + 60))
    before = stage.value
    stage.qtbot.waitUntil(lambda: stage.value > before + 1500)
    assert len(selected(stage).split("\n\n")) > 20
    release(stage, QPoint(300, stage.view.viewport().height() + 60))
    assert not stage.view._mouse.is_scrolling
    after = stage.value
    QApplication.processEvents()
    assert stage.value == after


def test_a_selection_goes_from_a_row_far_away_to_a_click_with_shift(stage: Stage) -> None:
    turns = [(question("c", f"Ask {number}."), answer(f"Answer {number}.\n\nMore.")) for number in range(60)]
    stage.show(*(message for turn in turns for message in turn))
    stage.view.verticalScrollBar().setValue(0)
    stage.wait()
    stage.click_at(over(stage, "Answer 1."))
    stage.view.verticalScrollBar().setValue(stage.most)
    stage.wait()
    assert stage.view._page.rows[3].item is None, "the row is not laid out any more"
    QTest.mouseClick(stage.view.viewport(), LEFT, SHIFT, pos=over(stage, "Answer 59."))
    text = selected(stage)
    assert "Answer 1." not in text
    assert text.split("\n\n")[1:4] == ["More.", "Ask 2.", "Answer 2."]
    assert "Ask 59." in text
    assert not text.endswith("More.")


def test_words_of_a_question_far_away_are_taken_although_it_is_not_laid_out(stage: Stage) -> None:
    turns = [(question("c", f"Ask {number} twice."), answer(f"Answer {number}.\n\nMore.")) for number in range(60)]
    stage.show(*(message for turn in turns for message in turn))
    stage.view.verticalScrollBar().setValue(0)
    stage.wait()
    stage.click_at(over(stage, "Ask 1"))
    stage.view.verticalScrollBar().setValue(stage.most)
    stage.wait()
    QTest.mouseClick(stage.view.viewport(), LEFT, SHIFT, pos=over(stage, "Answer 59."))
    taken = selected(stage).split("\n\n")[0]
    assert taken.endswith(" twice.")
    assert taken != "Ask 1 twice."


def test_the_page_does_not_follow_while_something_is_selected(stage: Stage) -> None:
    begun = stage.begin(LONG)
    point = over(stage, "Paragraph 59")
    QTest.mouseClick(stage.view.viewport(), LEFT, pos=point)
    QTest.mouseDClick(stage.view.viewport(), LEFT, pos=point)
    assert stage.view.has_selection
    value = stage.value
    stage.stream(begun, "\n\n" + LONG)
    assert stage.value == value


# --- the selection stays on its words


def test_a_selection_stays_on_its_words_when_a_late_definition_changes_what_stands_above(stage: Stage) -> None:
    begun = stage.begin("See [the long label] and take `these` exact words.\n\nSecond paragraph.")
    stage.drag(over(stage, "these") - QPoint(1, 0), over(stage, "words.") + QPoint(100, 0))
    taken = selected(stage)
    assert taken.endswith("exact words.")
    stage.stream(begun, "\n\n[the long label]: https://example.org/\n\nEnd.")
    assert stage.view._page.rows.item(1).stack.parts[1].plain(0, 99).startswith("See the long label and")
    assert selected(stage) == taken


def test_a_selection_stays_when_the_end_makes_all_parts_anew(stage: Stage) -> None:
    begun = stage.begin("One.\n\nTwo three four.\n\nFive.")
    stage.drag(over(stage, "three") - QPoint(20, 0), over(stage, "Five.") + QPoint(200, 0))
    taken = selected(stage)
    stage.end(begun, "A word in front.\n\nOne.\n\nTwo three four.\n\nFive.\n\nSix.")
    assert selected(stage) == taken


def test_a_selection_stays_when_citations_come(stage: Stage) -> None:
    begun = stage.begin("It rains a lot.\n\nIt snows.")
    stage.drag(over(stage, "rains") - QPoint(20, 0), over(stage, "snows") + QPoint(0, 0))
    taken = selected(stage)
    source = {"url": "https://x.y", "title": "X"}
    cited = {"type": "text", "text": "It rains a lot.\n\nIt snows.", "citations": [source]}
    stage.end(begun, "", content=(cited,))
    assert selected(stage) == taken


def test_a_selection_stays_when_the_path_grows(stage: Stage) -> None:
    asked, said = question("c"), answer(PROSE)
    stage.show(asked, said)
    stage.drag(over(stage, "beta"), over(stage, "second"))
    taken = selected(stage)
    stage.show(asked, said, question("c", "More?"))
    assert selected(stage) == taken
    stage.show(asked)
    assert not stage.view.has_selection


# --- keyboard


def test_the_keyboard_selects_from_the_top_of_the_screen(stage: Stage) -> None:
    stage.show(question("c", "Ask."), answer(PROSE))
    for _ in range(3):
        stage.key(Qt.Key.Key_Right, SHIFT)
    assert selected(stage) == "Ask"
    stage.key(Qt.Key.Key_Left, SHIFT)
    assert selected(stage) == "As"


def test_the_keyboard_selects_words_lines_and_all(stage: Stage) -> None:
    stage.show(question("c", "Ask."), answer(PROSE))
    stage.click_at(over(stage, "beta") - QPoint(20, 0))
    stage.key(Qt.Key.Key_Home, SHIFT)
    start = selected(stage)
    assert "alpha".startswith(start.strip()) or start.startswith("alpha")
    stage.view.clear_selection()
    stage.click_at(at(stage, ProsePart))
    stage.key(Qt.Key.Key_Right, SHIFT | CONTROL)
    assert selected(stage) == "alpha"
    stage.key(Qt.Key.Key_Right, SHIFT | CONTROL)
    assert selected(stage) == "alpha beta"
    stage.key(Qt.Key.Key_Left, SHIFT | CONTROL)
    assert selected(stage).strip() == "alpha"
    stage.key(Qt.Key.Key_End, SHIFT)
    assert selected(stage) == "alpha beta gamma."
    stage.key(Qt.Key.Key_Down, SHIFT)
    assert selected(stage).startswith("alpha beta gamma.\n\nsecond line")
    stage.key(Qt.Key.Key_End, SHIFT | CONTROL)
    assert selected(stage) == PROSE
    stage.key(Qt.Key.Key_Home, SHIFT | CONTROL)
    assert selected(stage) == "Ask."


def test_lines_of_code_are_walked_one_by_one_blank_ones_too(stage: Stage) -> None:
    stage.show(question("c"), answer("```\none\n\nthree\n```"))
    spot = stage.part(CodePart)
    stage.click_at(spot.part.rects(0, 1)[0].translated(spot.left, spot.top).topLeft().toPoint() + QPoint(0, 3))
    for expected in ("one\n", "one\n\n"):
        stage.key(Qt.Key.Key_Down, SHIFT)
        assert selected(stage) == expected
    stage.key(Qt.Key.Key_Up, SHIFT)
    assert selected(stage) == "one\n"


def test_one_character_is_what_a_reader_counts_as_one(stage: Stage) -> None:
    stage.show(question("c"), answer("👩‍👩‍👧‍👦é `x` end"))
    stage.click_at(at(stage, ProsePart))
    seen = []
    for _ in range(5):
        stage.key(Qt.Key.Key_Right, SHIFT)
        seen.append(selected(stage))
    assert seen == ["👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦é", "👩‍👩‍👧‍👦é ", "👩‍👩‍👧‍👦é x", "👩‍👩‍👧‍👦é x "]
    for expected in reversed(seen[:-1]):
        stage.key(Qt.Key.Key_Left, SHIFT)
        assert selected(stage) == expected


def test_the_moving_end_stays_in_sight(stage: Stage) -> None:
    stage.show(question("c"), answer(LONG))
    stage.view.verticalScrollBar().setValue(0)
    stage.wait()
    stage.click_at(at(stage, ProsePart))
    for _ in range(4):
        stage.key(Qt.Key.Key_PageDown, SHIFT)
    end = stage.view._selection.moving
    assert end is not None
    assert (end.row, end.part) in [(spot.row, spot.index) for spot in stage.spots()]
    assert stage.value > 3 * 350
    assert stage.view._selection.has_caret


def test_copy_with_the_keyboard_in_another_place_takes_code_exactly(stage: Stage) -> None:
    stage.show(question("c"), answer("Text.\n\n```py\na = 1\n\tb = 2\nc\n```"))
    part = stage.part(CodePart)
    stage.drag(at(stage, CodePart, x=15, y=45), QPoint(int(part.left) + 400, int(part.top + part.part.height) - 12))
    stage.key(Qt.Key.Key_C, CONTROL)
    assert clipboard() == "a = 1\n\tb = 2\nc"
    assert clipboard("text/markdown") == "```py\na = 1\n\tb = 2\nc\n```"


def test_a_selection_of_the_streaming_reply_is_kept_as_it_was_when_copied(stage: Stage) -> None:
    begun = stage.begin("Now **this**")
    stage.view.select_all()
    stage.view.copy()
    stage.view.apply_event(begun.id, BlockStarted(0, {"type": "text", "text": ""}))
    stage.view.apply_event(begun.id, TextArrived(0, " and that"))
    stage.wait()
    assert clipboard() == "What?\n\nNow this"
