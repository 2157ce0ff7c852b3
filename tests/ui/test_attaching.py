"""How files come into the composer: pasted, chosen, read a moment later; what is said meanwhile, and of failures."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from desktop_chat.core.attachments import COUNT_MAX, is_attached
from desktop_chat.core.keys import KeySource, KeyState
from desktop_chat.core.messages import Draft, Message
from desktop_chat.ui.attach_note import AttachNote
from desktop_chat.ui.attaching import PATIENCE_MS
from desktop_chat.ui.brought import BroughtFiles
from desktop_chat.ui.composer_text import ComposerText
from desktop_chat.ui.key_dialog import KeyDialog
from desktop_chat.ui.notice_bar import Toasts
from desktop_chat.ui.outbox_rows import OutboxRows
from desktop_chat.ui.send_button import SendButton
from desktop_chat.ui.shortcuts import Command
from desktop_chat.ui.theme import Look
from tests.helpers.attached_samples import words
from tests.helpers.fake_chat import FakeSession
from tests.helpers.window_kit import WindowKit, active_kits
from tests.ui.test_shrinking import file_of, picture

THERE = words("there.txt", "there")
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    for made in active_kits(look, qtbot, "a"):
        text = text_of(made)
        qtbot.waitUntil(text.hasFocus)
        yield made
    # What Python put there would be let go of when Python is no more.
    QGuiApplication.clipboard().clear()


@pytest.fixture
def early_kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    """A window that has no conversations yet."""
    yield from active_kits(look, qtbot)


def text_of(kit: WindowKit) -> ComposerText:
    found = kit.deck.page().composer.findChild(ComposerText)
    assert found is not None
    return found


def draft_of(kit: WindowKit) -> Draft:
    return kit.deck.page().composer.draft()


def attached(kit: WindowKit) -> list[str]:
    return [attachment.name for attachment in draft_of(kit).attachments]


def note_of(kit: WindowKit) -> AttachNote | None:
    """The strip above the composer, where it says something."""
    found = kit.deck.page().findChild(AttachNote)
    return found if found is not None and found.isVisible() else None


def said(kit: WindowKit) -> str:
    note = note_of(kit)
    return note.text if note is not None else ""


def button_of(kit: WindowKit) -> QPushButton:
    """The button of the strip."""
    note = note_of(kit)
    assert note is not None
    button = note.findChild(QPushButton)
    assert button is not None
    return button


def press_note(kit: WindowKit) -> None:
    QTest.mouseClick(button_of(kit), Qt.MouseButton.LeftButton)


def put_file(folder: Path, name: str = "notes.txt", file: bytes = b"text") -> Path:
    (folder / name).write_bytes(file)
    return folder / name


def attach(kit: WindowKit, *paths: Path) -> None:
    kit.deck.page().attach(BroughtFiles(paths))


def copy(data: QMimeData) -> None:
    QGuiApplication.clipboard().setMimeData(data)


def picture_data(text: str | None = None) -> QMimeData:
    data = QMimeData()
    data.setData("image/png", file_of(picture(8, 8), "png"))
    if text is not None:
        data.setText(text)
    return data


def files_data(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    data.setText("\n".join(str(path) for path in paths))
    return data


# --- pasting


def test_a_pasted_picture_is_attached_under_a_name_of_its_own(kit: WindowKit, qtbot: QtBot) -> None:
    copy(picture_data())
    QTest.keyClick(text_of(kit), Qt.Key.Key_V, CTRL)
    qtbot.waitUntil(lambda: attached(kit) == ["Pasted picture.png"])
    assert draft_of(kit).attachments[0].file == file_of(picture(8, 8), "png")
    other = QMimeData()
    other.setImageData(picture(9, 9))
    copy(other)
    QTest.keyClick(text_of(kit), Qt.Key.Key_V, CTRL)
    qtbot.waitUntil(lambda: attached(kit) == ["Pasted picture.png", "Pasted picture 2.png"])
    assert draft_of(kit).text == ""


def test_pictures_pasted_one_right_after_the_other_have_different_names(kit: WindowKit, qtbot: QtBot) -> None:
    for side in (8, 9):
        data = QMimeData()
        data.setImageData(picture(side, side))
        copy(data)
        QTest.keyClick(text_of(kit), Qt.Key.Key_V, CTRL)
    qtbot.waitUntil(lambda: attached(kit) == ["Pasted picture.png", "Pasted picture 2.png"])


def test_pasted_files_are_attached(kit: WindowKit, qtbot: QtBot, tmp_path: Path) -> None:
    copy(files_data(put_file(tmp_path, "a.txt", b"a"), put_file(tmp_path, "b.txt", b"b")))
    QTest.keyClick(text_of(kit), Qt.Key.Key_V, CTRL)
    qtbot.waitUntil(lambda: attached(kit) == ["a.txt", "b.txt"])
    assert draft_of(kit).text == ""


def test_text_is_pasted_as_text(kit: WindowKit) -> None:
    copy(picture_data("Name\tSum"))
    QTest.keyClick(text_of(kit), Qt.Key.Key_V, CTRL)
    assert draft_of(kit).text == "Name\tSum"


def test_with_shift_the_text_is_pasted_whatever_else_is_there(kit: WindowKit, tmp_path: Path) -> None:
    copy(files_data(tmp_path / "notes.txt"))
    QTest.keyClick(text_of(kit), Qt.Key.Key_V, CTRL | SHIFT)
    assert draft_of(kit).text == str(tmp_path / "notes.txt")
    copy(picture_data())
    QTest.keyClick(text_of(kit), Qt.Key.Key_V, CTRL | SHIFT)
    assert draft_of(kit).text == str(tmp_path / "notes.txt")
    assert kit.files.asked_count == 0


@pytest.mark.parametrize("held", [CTRL, CTRL | SHIFT])
def test_what_is_pasted_elsewhere_in_the_window_goes_to_the_composer(kit: WindowKit, held: Qt.KeyboardModifier) -> None:
    kit.window.setFocus()
    data = QMimeData()
    data.setText("pasted")
    copy(data)
    QTest.keyClick(kit.window, Qt.Key.Key_V, held)
    assert draft_of(kit).text == "pasted"


# --- choosing


def dialog_of(kit: WindowKit, qtbot: QtBot) -> QFileDialog:
    qtbot.waitUntil(lambda: bool(kit.window.findChildren(QFileDialog)))
    return kit.window.findChildren(QFileDialog)[-1]


@pytest.mark.parametrize("key", [Qt.Key.Key_O, Qt.Key.Key_U])
def test_the_keys_open_the_choice_of_files_and_stop_nothing(kit: WindowKit, qtbot: QtBot, key: Qt.Key) -> None:
    QTest.keyClick(text_of(kit), key, CTRL)
    dialog = dialog_of(kit, qtbot)
    assert dialog.fileMode() is QFileDialog.FileMode.ExistingFiles
    assert [line.partition(" (")[0] for line in dialog.nameFilters()] == ["What can be attached", "All files"]
    dialog.reject()


def test_the_chip_opens_it_too(kit: WindowKit, qtbot: QtBot) -> None:
    kit.deck.page().composer.attach_requested.emit()
    dialog_of(kit, qtbot).reject()


def test_chosen_files_are_attached_and_the_next_choice_begins_where_they_were(
    kit: WindowKit, qtbot: QtBot, tmp_path: Path
) -> None:
    paths = [put_file(tmp_path, "a.txt", b"a"), put_file(tmp_path, "b.txt", b"b")]
    kit.window.actions_by_command[Command.ATTACH].trigger()
    dialog = dialog_of(kit, qtbot)
    dialog.filesSelected.emit([str(path) for path in paths])
    dialog.reject()
    qtbot.waitUntil(lambda: attached(kit) == ["a.txt", "b.txt"])
    kit.window.actions_by_command[Command.ATTACH].trigger()
    again = dialog_of(kit, qtbot)
    assert again.directory().absolutePath() == str(tmp_path)
    again.reject()


# --- while something is read


def test_what_is_read_at_once_is_not_worth_a_word(kit: WindowKit, qtbot: QtBot, tmp_path: Path) -> None:
    attach(kit, put_file(tmp_path))
    qtbot.waitUntil(lambda: attached(kit) == ["notes.txt"])
    qtbot.wait(PATIENCE_MS + 50)
    assert said(kit) == ""


def test_what_takes_its_time_is_told_until_it_is_there(kit: WindowKit, qtbot: QtBot, tmp_path: Path) -> None:
    kit.files.is_slow = True
    attach(kit, put_file(tmp_path, "a.txt", b"a"), put_file(tmp_path, "b.txt", b"b"))
    qtbot.waitUntil(lambda: said(kit) == "Reading “a.txt” and 1 more…")
    kit.files.go_on()
    assert said(kit) == "Reading “b.txt”…"
    assert attached(kit) == ["a.txt"]
    kit.files.go_on()
    assert said(kit) == ""
    assert attached(kit) == ["a.txt", "b.txt"]


WAITING = "Reading “notes.txt”… Your question goes out once it is read."
WITHDRAWN = "Reading “notes.txt”… Nothing goes out until you send it."


def send_ahead(kit: WindowKit, *paths: Path, text: str = "What is in it?") -> int:
    """Send a question while its files are being read; give how many messages there were before."""
    kit.files.is_slow = True
    attach(kit, *paths)
    QTest.keyClicks(text_of(kit), text)
    QTest.keyClick(text_of(kit), Qt.Key.Key_Return)
    return len(kit.session.path())


def sent_files(message: Message) -> list[str]:
    return [block["title"] for block in message.content if is_attached(block)]


@pytest.mark.parametrize("text", ["What is in it?", ""])
def test_a_question_goes_out_once_what_it_waits_for_is_read(kit: WindowKit, tmp_path: Path, text: str) -> None:
    before = send_ahead(kit, put_file(tmp_path), text=text)
    assert said(kit) == WAITING
    assert len(kit.session.path()) == before
    assert draft_of(kit).text == text

    kit.files.go_on()

    assert said(kit) == ""
    (question,) = kit.session.path()[before:]
    assert (question.text, sent_files(question)) == (text, ["notes.txt"])
    assert draft_of(kit) == Draft()


def test_it_waits_for_the_last_of_several_files_and_goes_out_once(kit: WindowKit, tmp_path: Path) -> None:
    before = send_ahead(kit, put_file(tmp_path, "a.txt", b"a"), put_file(tmp_path, "b.txt", b"b"))
    QTest.keyClick(text_of(kit), Qt.Key.Key_Return)
    assert said(kit) == "Reading “a.txt” and 1 more… Your question goes out once they are read."
    kit.files.go_on()
    assert said(kit) == "Reading “b.txt”… Your question goes out once it is read."
    assert len(kit.session.path()) == before
    kit.files.go_on()
    (question,) = kit.session.path()[before:]
    assert sent_files(question) == ["a.txt", "b.txt"]
    assert kit.session.outbox.rows == ()


def test_the_send_button_waits_as_enter_does(kit: WindowKit, tmp_path: Path) -> None:
    kit.files.is_slow = True
    attach(kit, put_file(tmp_path))
    button = kit.deck.page().composer.findChild(SendButton)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    before = len(kit.session.path())
    kit.files.go_on()
    assert sent_files(kit.session.path()[before]) == ["notes.txt"]


def test_send_now_waits_as_well(kit: WindowKit, tmp_path: Path) -> None:
    session = kit.stream()
    kit.files.is_slow = True
    attach(kit, put_file(tmp_path))
    QTest.keyClicks(text_of(kit), "Wait")
    QTest.keyClick(text_of(kit), Qt.Key.Key_Return, CTRL | SHIFT)
    assert session.is_busy
    assert said(kit) == WAITING
    kit.files.go_on()
    assert session.stop_count == 1
    assert session.path()[-1].text == "Wait"
    assert draft_of(kit) == Draft()


def test_send_now_waits_for_a_file_alone_and_leaves_the_queue_where_it_is(kit: WindowKit, tmp_path: Path) -> None:
    session = kit.stream()
    QTest.keyClicks(text_of(kit), "Later")
    QTest.keyClick(text_of(kit), Qt.Key.Key_Return)
    kit.files.is_slow = True
    attach(kit, put_file(tmp_path))
    QTest.keyClick(text_of(kit), Qt.Key.Key_Return, CTRL | SHIFT)
    assert [row.message.text for row in session.outbox.rows] == ["Later"]
    kit.files.go_on()
    assert sent_files(session.path()[-1]) == ["notes.txt"]


def test_while_a_reply_is_written_it_is_queued_once_its_file_is_read(kit: WindowKit, tmp_path: Path) -> None:
    session = kit.stream()
    send_ahead(kit, put_file(tmp_path))
    assert draft_of(kit).text == "What is in it?"
    kit.files.go_on()
    assert [row.message.text for row in session.outbox.rows] == ["What is in it?"]


def type_on(kit: WindowKit) -> None:
    QTest.keyClicks(text_of(kit), "!")


def type_on_and_back(kit: WindowKit) -> None:
    QTest.keyClicks(text_of(kit), "!")
    QTest.keyClick(text_of(kit), Qt.Key.Key_Backspace)


def press_escape(kit: WindowKit) -> None:
    QTest.keyClick(text_of(kit), Qt.Key.Key_Escape)


def remove_another(kit: WindowKit) -> None:
    kit.deck.page().composer.remove_attachment(THERE.id)


@pytest.mark.parametrize("take_back", [type_on, type_on_and_back, press_escape, remove_another])
def test_what_was_sent_ahead_is_taken_back(
    kit: WindowKit, tmp_path: Path, take_back: Callable[[WindowKit], None]
) -> None:
    kit.deck.page().composer.add_attachments((THERE,))
    before = send_ahead(kit, put_file(tmp_path))
    take_back(kit)
    assert said(kit) == WITHDRAWN
    kit.files.go_on()
    assert said(kit) == ""
    assert len(kit.session.path()) == before
    assert draft_of(kit).text.startswith("What is in it?")
    assert attached(kit)[-1] == "notes.txt"
    QTest.keyClick(text_of(kit), Qt.Key.Key_Return)
    assert len(kit.session.path()) == before + 1


def test_another_file_takes_it_back_too(kit: WindowKit, tmp_path: Path) -> None:
    before = send_ahead(kit, put_file(tmp_path))
    attach(kit, put_file(tmp_path, "more.txt", b"more"))
    assert said(kit) == "Reading “notes.txt” and 1 more… Nothing goes out until you send it."
    kit.files.go_on()
    kit.files.go_on()
    assert len(kit.session.path()) == before
    assert attached(kit) == ["notes.txt", "more.txt"]


def test_after_it_was_taken_back_it_can_be_sent_ahead_again(kit: WindowKit, tmp_path: Path) -> None:
    before = send_ahead(kit, put_file(tmp_path))
    type_on(kit)
    QTest.keyClick(text_of(kit), Qt.Key.Key_Return)
    assert said(kit) == WAITING
    kit.files.go_on()
    assert kit.session.path()[before].text == "What is in it?!"


def test_the_first_escape_takes_the_question_back_and_the_second_stops_the_reply(
    kit: WindowKit, tmp_path: Path
) -> None:
    session = kit.stream()
    send_ahead(kit, put_file(tmp_path))
    press_escape(kit)
    assert session.stop_count == 0
    press_escape(kit)
    assert session.stop_count == 1
    kit.files.go_on()
    assert session.outbox.rows == ()


def test_a_file_that_cannot_be_read_takes_it_back(kit: WindowKit, tmp_path: Path) -> None:
    before = send_ahead(kit, tmp_path / "gone.txt")
    kit.files.go_on()
    assert said(kit) == "“gone.txt” is not there. Nothing was sent."
    assert len(kit.session.path()) == before
    assert draft_of(kit).text == "What is in it?"
    attach(kit, put_file(tmp_path))
    kit.files.go_on()
    assert said(kit) == ""
    assert len(kit.session.path()) == before, "nor is it sent with the next one"


def test_one_of_several_that_cannot_be_read_takes_it_back_at_once(kit: WindowKit, tmp_path: Path) -> None:
    before = send_ahead(kit, tmp_path / "gone.txt", put_file(tmp_path))
    kit.files.go_on()
    assert said(kit) == WITHDRAWN
    kit.files.go_on()
    assert said(kit) == "“gone.txt” is not there. Nothing was sent."
    assert len(kit.session.path()) == before
    assert attached(kit) == ["notes.txt"]


def test_files_that_are_too_many_together_take_it_back(kit: WindowKit, tmp_path: Path) -> None:
    kit.deck.page().composer.add_attachments(tuple(words(f"{n}.txt", f"{n}") for n in range(COUNT_MAX)))
    before = send_ahead(kit, put_file(tmp_path))
    kit.files.go_on()
    assert said(kit) == (f"These are too many files. {COUNT_MAX} can go out with one question. Nothing was sent.")
    assert len(kit.session.path()) == before


def test_leaving_the_file_out_takes_it_back(kit: WindowKit, tmp_path: Path) -> None:
    before = send_ahead(kit, put_file(tmp_path))
    press_note(kit)
    assert said(kit) == ""
    assert len(kit.session.path()) == before
    assert draft_of(kit).text == "What is in it?"
    kit.session.totals_changed.emit(kit.session.totals)
    assert len(kit.session.path()) == before


def test_it_goes_out_in_its_own_tab_while_another_one_is_in_view(kit: WindowKit, tmp_path: Path) -> None:
    session = kit.session
    before = send_ahead(kit, put_file(tmp_path))
    kit.deck.open_new()
    QTest.keyClicks(text_of(kit), "Else")
    kit.files.go_on()
    assert [message.text for message in session.path()[before:]] == ["What is in it?"]
    assert kit.session.path() == ()
    assert draft_of(kit).text == "Else"


def test_without_a_key_any_more_it_stays(kit: WindowKit, tmp_path: Path) -> None:
    before = send_ahead(kit, put_file(tmp_path))
    kit.keys.state = KeyState(KeySource.NONE)
    kit.files.go_on()
    assert len(kit.session.path()) == before
    assert (draft_of(kit).text, attached(kit)) == ("What is in it?", ["notes.txt"])
    dialog = kit.window.findChild(KeyDialog)
    assert dialog is not None
    dialog.close()
    kit.keys.state = KeyState(KeySource.KEYRING)
    kit.session.totals_changed.emit(kit.session.totals)
    assert len(kit.session.path()) == before, "nor does it go out by itself later"


def test_what_was_taken_back_while_the_conversation_was_read_is_not_spoken_of_at_the_next_file(
    early_kit: WindowKit, qtbot: QtBot, tmp_path: Path
) -> None:
    kit = early_kit
    session = kit.library.sessions["a"] = FakeSession("a", is_loaded=False)
    kit.attach("a")
    QTest.keyClicks(text_of(kit), "What is it?")
    QTest.keyClick(text_of(kit), Qt.Key.Key_Return)
    QTest.keyClicks(text_of(kit), " Or not?")
    session.load()
    assert (session.path(), said(kit)) == ((), "")
    kit.files.is_slow = True
    attach(kit, put_file(tmp_path))
    qtbot.waitUntil(lambda: said(kit) == "Reading “notes.txt”…")


def test_enter_and_a_file_before_the_start_is_over_go_out_together(
    early_kit: WindowKit, qtbot: QtBot, tmp_path: Path
) -> None:
    kit = early_kit
    attach(kit, put_file(tmp_path))
    QTest.keyClicks(text_of(kit), "What is in it?")
    QTest.keyClick(text_of(kit), Qt.Key.Key_Return)
    session = kit.library.sessions["a"] = FakeSession("a", is_loaded=False)
    kit.attach("a")
    qtbot.waitUntil(lambda: attached(kit) == ["notes.txt"])
    assert session.path() == ()
    session.load()
    (question,) = session.path()
    assert (question.text, sent_files(question)) == ("What is in it?", ["notes.txt"])


def test_a_conversation_that_comes_before_its_file_waits_for_it(early_kit: WindowKit, tmp_path: Path) -> None:
    kit = early_kit
    session = kit.library.sessions["a"] = FakeSession("a", is_loaded=False)
    kit.attach("a")
    send_ahead(kit, put_file(tmp_path))
    assert said(kit) == WAITING
    session.load()
    session.totals_changed.emit(session.totals)
    assert session.path() == ()
    kit.files.go_on()
    assert sent_files(session.path()[-1]) == ["notes.txt"]


@pytest.mark.parametrize("is_sent", [True, False])
def test_a_tab_closed_meanwhile_keeps_the_text_and_says_what_came_of_the_file(
    kit: WindowKit, tmp_path: Path, is_sent: bool
) -> None:
    session = kit.session
    kit.files.is_slow = True
    attach(kit, put_file(tmp_path))
    QTest.keyClicks(text_of(kit), "What is in it?")
    if is_sent:
        QTest.keyClick(text_of(kit), Qt.Key.Key_Return)
    before = len(session.path())
    kit.deck.close_current()
    toasts = kit.window.findChild(Toasts)
    assert toasts is not None
    words_of_it = (
        "Not sent, but kept: “notes.txt” was still being read"
        if is_sent
        else ("Not attached, as still being read: “notes.txt”")
    )
    assert toasts.texts == (words_of_it,)
    assert session.drafts[-1].text == "What is in it?"
    assert len(session.path()) == before


def test_a_tab_that_waits_for_no_file_is_closed_without_a_word(kit: WindowKit, tmp_path: Path, qtbot: QtBot) -> None:
    attach(kit, put_file(tmp_path))
    qtbot.waitUntil(lambda: attached(kit) == ["notes.txt"])
    kit.deck.close_current()
    toasts = kit.window.findChild(Toasts)
    assert toasts is not None
    assert toasts.texts == ()


def test_what_is_left_out_is_not_waited_for(kit: WindowKit, qtbot: QtBot, tmp_path: Path) -> None:
    kit.files.is_slow = True
    attach(kit, put_file(tmp_path))
    qtbot.waitUntil(lambda: said(kit) == "Reading “notes.txt”…")
    press_note(kit)
    assert said(kit) == ""
    assert kit.files.left == ["files-1"]
    QTest.keyClicks(text_of(kit), "Never mind")
    before = len(kit.session.path())
    QTest.keyClick(text_of(kit), Qt.Key.Key_Return)
    assert len(kit.session.path()) == before + 1


def test_a_tab_that_is_closed_meanwhile_waits_for_nothing(kit: WindowKit, qtbot: QtBot, tmp_path: Path) -> None:
    kit.files.is_slow = True
    attach(kit, put_file(tmp_path))
    kit.deck.close_current()
    assert kit.files.left == ["files-1"]


def test_files_go_to_the_tab_they_were_meant_for(kit: WindowKit, qtbot: QtBot, tmp_path: Path) -> None:
    kit.files.is_slow = True
    attach(kit, put_file(tmp_path))
    kit.deck.open_new()
    kit.files.go_on()
    assert attached(kit) == []
    kit.deck.activate("a")
    assert attached(kit) == ["notes.txt"]


def test_files_that_come_before_the_conversation_stay_when_its_draft_comes(
    early_kit: WindowKit, qtbot: QtBot, tmp_path: Path
) -> None:
    kit = early_kit
    attach(kit, put_file(tmp_path))
    session = kit.library.sessions["a"] = FakeSession("a", is_loaded=False)
    kit.attach("a")
    qtbot.waitUntil(lambda: attached(kit) == ["notes.txt"])
    session.load(kit.library.messages["a"], Draft("A stored draft"))
    assert (draft_of(kit).text, attached(kit)) == ("A stored draft", ["notes.txt"])


# --- what cannot be attached


def test_one_failure_is_told_in_full_and_can_be_dismissed(kit: WindowKit, qtbot: QtBot, tmp_path: Path) -> None:
    attach(kit, put_file(tmp_path, "program", b"\x7fELF\0\0"))
    qtbot.waitUntil(
        lambda: said(kit) == "“program” cannot be attached. Pictures (PNG, JPEG, GIF, WebP), PDF and text files can."
    )
    press_note(kit)
    assert said(kit) == ""
    assert text_of(kit).hasFocus()


def test_several_failures_are_told_on_one_line_after_what_could_be_attached(
    kit: WindowKit, qtbot: QtBot, tmp_path: Path
) -> None:
    good = put_file(tmp_path)
    attach(kit, tmp_path / "gone.txt", good, put_file(tmp_path, "nothing", b""))
    qtbot.waitUntil(lambda: said(kit) == "2 files could not be attached: “gone.txt” is not there. “nothing” is empty.")
    assert attached(kit) == ["notes.txt"]


def test_of_many_failures_some_are_named(kit: WindowKit, qtbot: QtBot, tmp_path: Path) -> None:
    attach(kit, *(tmp_path / f"{number}.txt" for number in range(5)))
    named = " ".join(f"“{number}.txt” is not there." for number in range(3))
    qtbot.waitUntil(lambda: said(kit) == f"5 files could not be attached: {named} And 2 more.")


def test_what_was_said_goes_with_the_next_files_and_with_the_next_question(
    kit: WindowKit, qtbot: QtBot, tmp_path: Path
) -> None:
    attach(kit, tmp_path / "gone.txt")
    qtbot.waitUntil(lambda: said(kit).startswith("“gone.txt” is not there."))
    attach(kit, put_file(tmp_path))
    qtbot.waitUntil(lambda: attached(kit) == ["notes.txt"])
    assert said(kit) == ""
    attach(kit, tmp_path / "gone.txt")
    qtbot.waitUntil(lambda: said(kit) != "")
    QTest.keyClicks(text_of(kit), "Hello")
    QTest.keyClick(text_of(kit), Qt.Key.Key_Return)
    assert said(kit) == ""


def test_a_thousand_files_are_not_read_to_be_refused(kit: WindowKit, tmp_path: Path) -> None:
    attach(kit, *(tmp_path / f"{number}.png" for number in range(1_000)))
    assert said(kit) == f"These are too many files. {COUNT_MAX} can go out with one question."
    assert kit.files.asked_count == 0


def test_more_files_than_can_go_out_together_are_told(kit: WindowKit, qtbot: QtBot, tmp_path: Path) -> None:
    first = [put_file(tmp_path, f"{number}.txt", b"%d" % number) for number in range(COUNT_MAX)]
    attach(kit, *first)
    qtbot.waitUntil(lambda: len(attached(kit)) == COUNT_MAX)
    attach(kit, put_file(tmp_path, "more.txt", b"more"), put_file(tmp_path, "last.txt", b"last"))
    qtbot.waitUntil(lambda: said(kit) == f"These are too many files. {COUNT_MAX} can go out with one question.")
    assert len(attached(kit)) == COUNT_MAX


def test_a_name_cannot_make_the_strip_wider_than_the_page_nor_turn_it_around(
    kit: WindowKit, qtbot: QtBot, tmp_path: Path
) -> None:
    kit.window.resize(800, 600)
    attach(kit, tmp_path / ("x" * 200 + "\u202e<b>.txt"))
    qtbot.waitUntil(lambda: note_of(kit) is not None)
    note = note_of(kit)
    assert note is not None
    assert "\u202e" not in said(kit)
    assert "<b>.txt" in said(kit)
    assert note.minimumSizeHint().width() <= note.width() <= kit.deck.page().width()
    assert kit.window.width() == 800


def test_the_strip_is_reached_by_tab_from_above_the_text_and_left_by_escape(
    kit: WindowKit, qtbot: QtBot, tmp_path: Path
) -> None:
    attach(kit, tmp_path / "gone.txt")
    qtbot.waitUntil(lambda: note_of(kit) is not None)
    QTest.keyClick(text_of(kit), Qt.Key.Key_Backtab, SHIFT)
    assert button_of(kit).hasFocus()
    QTest.keyClick(button_of(kit), Qt.Key.Key_Escape)
    assert text_of(kit).hasFocus()
    assert said(kit) != ""
    QTest.keyClick(text_of(kit), Qt.Key.Key_Backtab, SHIFT)
    QTest.keyClick(button_of(kit), Qt.Key.Key_Space)
    assert text_of(kit).hasFocus()
    assert said(kit) == ""


def test_the_strip_stands_above_what_is_queued(kit: WindowKit, qtbot: QtBot, tmp_path: Path) -> None:
    kit.stream()
    QTest.keyClicks(text_of(kit), "Later")
    QTest.keyClick(text_of(kit), Qt.Key.Key_Return)
    attach(kit, tmp_path / "gone.txt")
    qtbot.waitUntil(lambda: note_of(kit) is not None)
    page, note = kit.deck.page(), note_of(kit)
    assert note is not None
    above = note.mapTo(page, note.rect().bottomLeft()).y()
    rows = page.findChild(OutboxRows)
    assert rows is not None
    assert above < rows.mapTo(page, rows.rect().topLeft()).y()
    assert page.written_px >= page.height() - note.mapTo(page, note.rect().topLeft()).y()


# --- what is attached already


def test_a_file_that_is_attached_already_is_told_and_not_attached_twice(
    kit: WindowKit, qtbot: QtBot, tmp_path: Path
) -> None:
    path = put_file(tmp_path)
    attach(kit, path)
    qtbot.waitUntil(lambda: attached(kit) == ["notes.txt"])
    attach(kit, path)
    qtbot.waitUntil(lambda: said(kit) == "“notes.txt” is attached already.")
    note = note_of(kit)
    assert note is not None
    assert not note.is_refusal
    assert attached(kit) == ["notes.txt"]
    press_note(kit)
    assert said(kit) == ""
    assert text_of(kit).hasFocus()


def test_the_same_file_under_another_name_is_told_by_the_name_it_has(
    kit: WindowKit, qtbot: QtBot, tmp_path: Path
) -> None:
    attach(kit, put_file(tmp_path), put_file(tmp_path, "copy.txt"))
    qtbot.waitUntil(lambda: said(kit) == "The same file is attached already, as “notes.txt”.")
    assert attached(kit) == ["notes.txt"]


def test_several_files_that_are_attached_already_are_told_together(
    kit: WindowKit, qtbot: QtBot, tmp_path: Path
) -> None:
    paths = [put_file(tmp_path, f"{letter}.txt", letter.encode()) for letter in "abc"]
    attach(kit, *paths[:2])
    qtbot.waitUntil(lambda: attached(kit) == ["a.txt", "b.txt"])
    attach(kit, *paths)
    qtbot.waitUntil(lambda: said(kit) == "“a.txt” and 1 more are attached already.")
    assert attached(kit) == ["a.txt", "b.txt", "c.txt"]


def test_what_is_attached_already_is_told_after_what_could_not_be(kit: WindowKit, qtbot: QtBot, tmp_path: Path) -> None:
    path = put_file(tmp_path)
    attach(kit, path)
    qtbot.waitUntil(lambda: attached(kit) == ["notes.txt"])
    attach(kit, path, put_file(tmp_path, "nothing", b""))
    qtbot.waitUntil(lambda: said(kit) == "“nothing” is empty. “notes.txt” is attached already.")
    note = note_of(kit)
    assert note is not None
    assert note.is_refusal


def test_nothing_is_said_to_be_attached_once_it_was_taken_out(kit: WindowKit, qtbot: QtBot, tmp_path: Path) -> None:
    path = put_file(tmp_path)
    attach(kit, path, path)
    attach(kit, path)
    qtbot.waitUntil(lambda: said(kit) != "")
    kit.deck.page().composer.remove_attachment(draft_of(kit).attachments[0].id)
    assert said(kit) == ""
    attach(kit, path)
    qtbot.waitUntil(lambda: attached(kit) == ["notes.txt"])
    assert said(kit) == ""


def test_of_a_question_that_goes_out_now_nothing_is_said(kit: WindowKit, qtbot: QtBot, tmp_path: Path) -> None:
    path = put_file(tmp_path)
    attach(kit, path)
    qtbot.waitUntil(lambda: attached(kit) == ["notes.txt"])
    kit.files.is_slow = True
    attach(kit, path)
    QTest.keyClicks(text_of(kit), "What is in it?")
    before = len(kit.session.path())
    QTest.keyClick(text_of(kit), Qt.Key.Key_Return)
    assert len(kit.session.path()) == before
    kit.files.go_on()
    assert len(kit.session.path()) == before + 1
    assert said(kit) == ""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_nothing_is_looked_at_while_it_is_dropped(kit: WindowKit, tmp_path: Path) -> None:
    kit.files.is_slow = True
    os.mkfifo(tmp_path / "pipe")
    attach(kit, tmp_path / "pipe")
    assert attached(kit) == []
    kit.deck.close_current()


def test_pixels_are_turned_into_a_file_only_when_they_are_read(kit: WindowKit, qtbot: QtBot) -> None:
    kit.files.is_slow = True
    data = QMimeData()
    data.setImageData(QImage(picture(20, 20)))
    copy(data)
    QTest.keyClick(text_of(kit), Qt.Key.Key_V, CTRL)
    qtbot.waitUntil(lambda: said(kit) == "Reading “Pasted picture.png”…")
    kit.files.go_on()
    assert attached(kit) == ["Pasted picture.png"]
