"""A question is edited in its place, in the composer's own field."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop_chat.core.messages import Draft, Message
from desktop_chat.core.settings import SendKey
from desktop_chat.ui.transcript.messages.edit_box import EditBox, EditText
from desktop_chat.ui.transcript.messages.edit_part import EditPart
from desktop_chat.ui.transcript.parts.bubble import BubblePart
from desktop_chat.ui.transcript.parts.part import Deed
from tests.helpers.samples import question
from tests.ui.transcript.stage import LONG, Stage, answer, told_by


def box_of(stage: Stage) -> EditBox:
    (box,) = [box for box in stage.view.findChildren(EditBox) if box.isVisible()]
    return box


def field(stage: Stage) -> EditText:
    found = box_of(stage).findChild(EditText)
    assert isinstance(found, EditText)
    return found


def opened(stage: Stage, text: str = "Why?", reply: str = "Because.") -> Message:
    """Show a turn and edit its question by a click."""
    asked = question("c", text)
    stage.show(asked, answer(reply))
    stage.click(Deed.EDIT)
    return asked


def type_in(stage: Stage, text: str) -> None:
    QTest.keyClicks(field(stage), text)
    stage.wait()


def press(stage: Stage, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(field(stage), key, held)
    stage.wait()


def test_the_editor_stands_where_the_question_stood_with_the_caret_at_the_end(stage: Stage) -> None:
    asked = question("c", "Why?")
    stage.show(asked, answer("Because."))
    top = stage.part(BubblePart).top
    stage.click(Deed.EDIT)
    room = stage.part(EditPart)
    assert room.top == top
    assert box_of(stage).geometry().topLeft().y() == round(top)
    assert room.part.height > box_of(stage).height()
    assert QApplication.focusWidget() is field(stage)
    type_in(stage, " Now")
    assert box_of(stage).draft() == Draft("Why? Now", 8)


def test_enter_sends_and_shift_enter_makes_a_line(stage: Stage) -> None:
    asked = opened(stage)
    sent = told_by(stage.view.acts.send_requested)
    press(stage, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    type_in(stage, "b")
    assert sent == []
    press(stage, Qt.Key.Key_Return)
    assert sent == [(asked.id, Draft("Why?\nb", 6))]
    assert box_of(stage).draft().text == "Why?\nb", "it stays until it is told that it was sent"


def test_the_send_key_is_that_of_the_settings(stage: Stage) -> None:
    opened(stage)
    sent = told_by(stage.view.acts.send_requested)
    stage.view.acts.editing.set_send_key(SendKey.CTRL_ENTER)
    press(stage, Qt.Key.Key_Return)
    assert sent == []
    press(stage, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(sent) == 1


def test_esc_puts_the_question_back_and_undo_brings_back_what_was_typed(stage: Stage) -> None:
    asked = opened(stage)
    type_in(stage, " Now")
    press(stage, Qt.Key.Key_Escape)
    bubble = stage.part(BubblePart).part
    assert bubble.plain(0, bubble.length) == "Why?"
    assert not [box for box in stage.view.findChildren(EditBox) if box.isVisible()]
    stage.view.acts.edit(asked.id)
    stage.wait()
    assert box_of(stage).draft().text == "Why?"
    field(stage).undo()
    assert box_of(stage).draft().text == "Why? Now"


def test_esc_gives_the_keyboard_back(stage: Stage) -> None:
    asked = question("c", "Why?")
    stage.show(asked, answer("Because."))
    stage.view.setFocus()
    stage.view.acts.edit(asked.id)
    stage.wait()
    press(stage, Qt.Key.Key_Escape)
    assert stage.view.hasFocus()


def test_nothing_blank_is_sent(stage: Stage) -> None:
    opened(stage)
    sent = told_by(stage.view.acts.send_requested)
    field(stage).selectAll()
    press(stage, Qt.Key.Key_Backspace)
    press(stage, Qt.Key.Key_Return)
    assert sent == []


def test_the_editor_grows_with_its_text_up_to_its_share_of_the_window(stage: Stage) -> None:
    opened(stage)
    low = box_of(stage).height()
    for _ in range(3):
        press(stage, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert box_of(stage).height() > low
    assert stage.part(EditPart).part.height > box_of(stage).height(), "the page makes room for it"
    field(stage).insert("line\n" * 200)
    stage.wait()
    assert box_of(stage).height() <= 0.6 * stage.view.height()
    assert box_of(stage).height() > 0.5 * stage.view.height()
    assert field(stage).viewport().rect().contains(field(stage).cursorRect()), "the caret is in sight"


def test_a_long_question_is_edited_at_its_end(stage: Stage) -> None:
    asked = question("c", "Why?")
    stage.view.resize(1000, 700)
    stage.show(asked, answer("Because."))
    stage.view.acts.edit(asked.id, Draft("line\n" * 40))
    stage.wait()
    assert field(stage).viewport().rect().contains(field(stage).cursorRect())


def test_what_was_typed_survives_being_scrolled_far_away(stage: Stage) -> None:
    asked = question("c", "Why?")
    rest = [message for _ in range(20) for message in (question("c", "More?"), answer(LONG))]
    stage.show(asked, answer(LONG), *rest)
    stage.view.acts.edit(asked.id)
    stage.wait()
    type_in(stage, " Now")
    stage.view.scroll_to_end()
    stage.wait()
    assert stage.view._page.rows[0].item is None, "its row has been dropped"
    assert not box_of(stage).geometry().intersects(stage.view.viewport().rect())
    assert QApplication.focusWidget() is field(stage)
    type_in(stage, "!")
    assert box_of(stage).geometry().intersects(stage.view.viewport().rect()), "whoever types wants to see it"
    assert box_of(stage).draft().text == "Why? Now!"


def test_what_was_typed_survives_another_path_and_back(stage: Stage) -> None:
    asked = opened(stage)
    told = answer("Because.")
    type_in(stage, " Now")
    stage.show(question("c", "Else?"), answer("Other."))
    assert not [box for box in stage.view.findChildren(EditBox) if box.isVisible()]
    stage.show(asked, told)
    assert box_of(stage).draft().text == "Why? Now"
    assert stage.part(EditPart).top == box_of(stage).y()


def test_a_question_that_was_sent_is_no_longer_edited(stage: Stage) -> None:
    asked = opened(stage)
    type_in(stage, " Now")
    stage.view.acts.editing.end(asked.id)
    stage.wait()
    assert stage.view.findChildren(EditBox) == [] or not any(b.isVisible() for b in stage.view.findChildren(EditBox))
    stage.view.acts.edit(asked.id, Draft("Why? Now"))
    stage.wait()
    assert box_of(stage).draft().text == "Why? Now"


def test_the_last_question_is_edited_on_request_and_brought_into_view(stage: Stage) -> None:
    last = question("c", "Last?")
    stage.show(question("c", "First?"), answer("1"), last, answer(LONG))
    stage.view.acts.edit_last()
    stage.wait()
    assert box_of(stage).message_id == last.id
    assert stage.view.viewport().rect().contains(box_of(stage).geometry())


def test_the_editor_moves_with_the_page(stage: Stage) -> None:
    asked = question("c", "Why?")
    stage.show(asked, answer(LONG))
    stage.view.acts.edit(asked.id)
    stage.wait()
    before = box_of(stage).y()
    stage.wheel(angle=-60)
    assert box_of(stage).y() == round(stage.part(EditPart).top) < before


def test_two_questions_can_be_edited_at_once(stage: Stage) -> None:
    stage.show(question("c", "One?"), answer("1"), question("c", "Two?"), answer("2"))
    stage.click(Deed.EDIT, 0)
    type_in(stage, " one")
    stage.click(Deed.EDIT, 0)
    texts = {box.draft().text for box in stage.view.findChildren(EditBox) if box.isVisible()}
    assert texts == {"One? one", "Two?"}


def test_a_hint_says_why_it_was_not_sent_until_the_next_key(stage: Stage) -> None:
    asked = opened(stage)
    stage.view.acts.editing.say(asked.id, "Still answering")
    assert box_of(stage)._hint.text() == "Still answering"
    type_in(stage, "x")
    assert box_of(stage)._hint.text() != "Still answering"


def test_the_editor_is_as_large_as_the_page(stage: Stage) -> None:
    opened(stage)
    width = box_of(stage).width()
    stage.view.resize(500, 500)
    stage.wait()
    assert box_of(stage).width() == round(stage.view._page.rows.width) < width


def test_esc_gives_the_keyboard_back_without_a_step_of_tab(stage: Stage) -> None:
    stage.view.setFocus()
    opened(stage)
    press(stage, Qt.Key.Key_Escape)
    assert stage.view.hasFocus()
    assert stage.view._focus.current is None
