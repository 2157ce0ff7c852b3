"""The files of a question that is edited: chips in its editor, which can be taken out and brought back."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton

from desktop_chat.core.attachments import COUNT_MAX, Attachment
from desktop_chat.core.messages import Draft, Message, draft_of, user_message
from desktop_chat.ui.attachment_chip import AttachmentChip
from desktop_chat.ui.attachment_row import AttachmentRow
from desktop_chat.ui.icon_button import IconButton
from desktop_chat.ui.send_button import SendButton
from desktop_chat.ui.transcript.drawings.picture_viewer import PictureViewer
from desktop_chat.ui.transcript.drawings.pictures import Card
from desktop_chat.ui.transcript.drawings.pictures_part import PicturesPart
from desktop_chat.ui.transcript.messages.edit_box import EditBox, EditText
from desktop_chat.ui.transcript.messages.edit_part import EditPart
from desktop_chat.ui.transcript.parts.part import Deed
from tests.helpers.attached_samples import words
from tests.helpers.file_samples import PDF, png
from tests.ui.transcript.messages.test_editing import box_of, field, press, type_in
from tests.ui.transcript.stage import Stage, answer, told_by

FILES = (Attachment.of("shot.png", png(64, 48)), Attachment.of("paper.pdf", PDF), words("notes.md", "# Notes"))
CTRL = Qt.KeyboardModifier.ControlModifier


def opened(stage: Stage, text: str = "Which?", files: tuple[Attachment, ...] = FILES) -> Message:
    """Show a turn and edit its question by a click."""
    asked = user_message("c", None, text, files)
    stage.show(asked, answer("That."))
    stage.click(Deed.EDIT)
    return asked


def chips_of(box: EditBox) -> list[AttachmentChip]:
    row = box.findChild(AttachmentRow)
    return row._ordered() if row is not None else []


def names(stage: Stage) -> list[str]:
    """The files in the editor."""
    return [chip.attachment.name for chip in chips_of(box_of(stage)) if chip.isVisible()]


def remove(stage: Stage, place: int) -> None:
    """Press × on a chip."""
    button = chips_of(box_of(stage))[place].findChild(IconButton)
    assert isinstance(button, QAbstractButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    stage.wait()


def press_focused(stage: Stage, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key, held)
    stage.wait()


def test_the_files_stand_in_the_editor_and_no_more_above_it(stage: Stage) -> None:
    asked = opened(stage)
    assert names(stage) == ["Picture", "paper.pdf", "notes.md"]
    assert not [spot for spot in stage.spots() if isinstance(spot.part, PicturesPart)]
    assert stage.part(EditPart).part.height > box_of(stage).height()
    assert box_of(stage).rect().contains(box_of(stage).childrenRect())
    press(stage, Qt.Key.Key_Escape)
    assert stage.part(PicturesPart)
    assert asked.content[0]["type"] == "image"


def test_what_lies_elsewhere_stays_above_the_editor(stage: Stage) -> None:
    far = {"type": "image", "source": {"type": "url", "url": "https://a.invalid/a.png"}}
    asked = user_message("c", None, "Which?", FILES[:1])
    stage.show(replace(asked, content=(far, *asked.content)), answer("That."))
    stage.click(Deed.EDIT)
    assert names(stage) == ["Picture"]
    far_only = stage.part(PicturesPart).part
    assert isinstance(far_only, PicturesPart)
    assert [thing.shown for thing in far_only._things] == [Card("Picture, not fetched", "https://a.invalid/a.png")]


def test_a_question_without_files_has_no_row(stage: Stage) -> None:
    opened(stage, files=())
    assert box_of(stage).findChild(AttachmentRow) is None


def test_what_is_left_goes_out_with_the_question(stage: Stage) -> None:
    asked = opened(stage)
    sent = told_by(stage.view.acts.send_requested)
    remove(stage, 1)
    assert names(stage) == ["Picture", "notes.md"]
    type_in(stage, "!")
    press(stage, Qt.Key.Key_Return)
    first, _, third = draft_of(asked).attachments
    assert sent == [(asked.id, Draft("Which?!", 7, (first, third)))]


def test_delete_takes_out_the_chip_with_the_keyboard(stage: Stage) -> None:
    opened(stage)
    press(stage, Qt.Key.Key_Tab)
    press_focused(stage, Qt.Key.Key_Right)
    press_focused(stage, Qt.Key.Key_Delete)
    assert names(stage) == ["Picture", "notes.md"]
    press_focused(stage, Qt.Key.Key_Delete)
    press_focused(stage, Qt.Key.Key_Delete)
    assert names(stage) == []
    assert isinstance(QApplication.focusWidget(), EditText)


def test_tab_goes_from_the_text_over_chips_and_buttons_and_on_to_the_page(stage: Stage) -> None:
    opened(stage)
    stops = []
    for _ in range(4):
        focused = QApplication.focusWidget()
        assert focused is not None
        stops.append(type(focused))
        press_focused(stage, Qt.Key.Key_Tab)
    assert stops == [EditText, AttachmentChip, QPushButton, SendButton]
    assert stage.view.hasFocus()
    field(stage).setFocus()
    press(stage, Qt.Key.Key_Tab)
    press_focused(stage, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert isinstance(QApplication.focusWidget(), EditText)
    press_focused(stage, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert stage.view.hasFocus()


def test_escape_on_a_chip_goes_back_to_the_text_and_there_leaves_the_editor(stage: Stage) -> None:
    opened(stage)
    press(stage, Qt.Key.Key_Tab)
    assert box_of(stage).has_keyboard
    press_focused(stage, Qt.Key.Key_Escape)
    assert isinstance(QApplication.focusWidget(), EditText)
    press_focused(stage, Qt.Key.Key_Escape)
    assert not [box for box in stage.view.findChildren(EditBox) if box.isVisible()]


def test_undo_brings_files_back_where_they_were_before_it_undoes_older_words(stage: Stage) -> None:
    opened(stage)
    type_in(stage, "!")
    remove(stage, 0)
    remove(stage, 1)
    assert names(stage) == ["paper.pdf"]
    press(stage, Qt.Key.Key_Z, CTRL)
    assert names(stage) == ["paper.pdf", "notes.md"]
    press(stage, Qt.Key.Key_Z, CTRL)
    assert names(stage) == ["Picture", "paper.pdf", "notes.md"]
    assert field(stage).text() == "Which?!"
    press(stage, Qt.Key.Key_Z, CTRL)
    assert field(stage).text() == "Which?"


def test_undo_takes_back_newer_words_first_then_the_file(stage: Stage) -> None:
    opened(stage)
    remove(stage, 0)
    type_in(stage, "!")
    press(stage, Qt.Key.Key_Z, CTRL)
    assert (field(stage).text(), names(stage)) == ("Which?", ["paper.pdf", "notes.md"])
    press(stage, Qt.Key.Key_Z, CTRL)
    assert names(stage) == ["Picture", "paper.pdf", "notes.md"]


def test_undo_on_a_chip_brings_a_file_back(stage: Stage) -> None:
    opened(stage)
    press(stage, Qt.Key.Key_Tab)
    press_focused(stage, Qt.Key.Key_Delete)
    press_focused(stage, Qt.Key.Key_Z, CTRL)
    assert names(stage) == ["Picture", "paper.pdf", "notes.md"]


def test_leaving_the_editor_puts_the_files_back(stage: Stage) -> None:
    asked = opened(stage)
    remove(stage, 0)
    assert stage.view.acts.editing.unsent() == ((asked.id, box_of(stage).draft()),)
    press(stage, Qt.Key.Key_Escape)
    assert stage.view.acts.editing.unsent() == ()
    stage.view.acts.edit(asked.id)
    stage.wait()
    assert names(stage) == ["Picture", "paper.pdf", "notes.md"]


def test_files_alone_can_be_sent_but_not_nothing(stage: Stage) -> None:
    opened(stage)
    sent = told_by(stage.view.acts.send_requested)
    button = box_of(stage).findChild(SendButton)
    assert button is not None
    field(stage).selectAll()
    press(stage, Qt.Key.Key_Backspace)
    assert button.isEnabled()
    for _ in FILES:
        remove(stage, 0)
    assert not button.isEnabled()
    press(stage, Qt.Key.Key_Return)
    assert sent == []
    press(stage, Qt.Key.Key_Z, CTRL)
    assert button.isEnabled()
    press(stage, Qt.Key.Key_Return)
    assert len(sent) == 1


def test_the_editor_is_as_high_as_its_files_need_within_its_share_of_the_window(stage: Stage) -> None:
    many = tuple(words(f"{number}.txt", f"{number}") for number in range(COUNT_MAX))
    opened(stage, files=many)
    with_all = box_of(stage).height()
    assert stage.part(EditPart).part.height > with_all
    field(stage).insert("line\n" * 200)
    stage.wait()
    assert box_of(stage).height() <= 0.6 * stage.view.height()
    assert field(stage).viewport().rect().contains(field(stage).cursorRect())
    box_of(stage).set_draft(Draft("Which?"))
    stage.wait()
    assert box_of(stage).height() < with_all
    assert stage.part(EditPart).part.height < with_all + 40, "the page follows"


def test_enter_on_the_chip_of_a_picture_shows_it(stage: Stage) -> None:
    opened(stage)
    press(stage, Qt.Key.Key_Tab)
    press_focused(stage, Qt.Key.Key_Space)
    viewer = box_of(stage).findChild(PictureViewer)
    assert viewer is not None
    viewer.close()
