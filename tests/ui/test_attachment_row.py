"""The files of a composer: chips above its text, by mouse and keyboard, and drafts that have them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QToolButton
from pytestqt.qtbot import QtBot

from desktop_chat.core.attachments import COUNT_MAX, TOTAL_BYTES_MAX, Attachment, NotAttachable
from desktop_chat.core.messages import Draft
from desktop_chat.ui import attachment_thumbnail
from desktop_chat.ui.attachment_chip import AttachmentChip
from desktop_chat.ui.attachment_row import AttachmentRow
from desktop_chat.ui.composer import Composer
from desktop_chat.ui.composer_text import ComposerText
from desktop_chat.ui.icon_button import IconButton
from desktop_chat.ui.send_button import SendButton
from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.drawings.picture_viewer import PictureViewer
from tests.helpers.attached_samples import noise, words
from tests.helpers.file_samples import PDF, png
from tests.helpers.keyboard import focused, press
from tests.ui.test_hostile_words import HOSTILE, assert_all_is_plain

SHOT = Attachment.of("shot.png", png(64, 48))
PAPER = Attachment.of("paper.pdf", PDF)
NOTES = words("notes.md", "# Notes")
THREE = (SHOT, PAPER, NOTES)


@pytest.fixture
def composer(look: Look, qtbot: QtBot) -> Composer:
    made = Composer(look)
    qtbot.addWidget(made)
    made.resize(760, 140)
    made.set_max_height_px(320)
    made.show()
    made.activateWindow()
    made.focus()
    qtbot.waitUntil(lambda: text_of(made).hasFocus())
    return made


def text_of(composer: Composer) -> ComposerText:
    found = composer.findChild(ComposerText)
    assert found is not None
    return found


def row_of(composer: Composer) -> AttachmentRow:
    found = composer.findChild(AttachmentRow)
    assert found is not None
    return found


def chips_of(composer: Composer) -> list[AttachmentChip]:
    """The chips as they are read."""
    return row_of(composer)._ordered()


def remover(chip: AttachmentChip) -> QAbstractButton:
    found = chip.findChild(IconButton)
    assert found is not None
    return found


def focused_name() -> str:
    """The file whose chip has the keyboard; of anything else what it is called."""
    widget = focused()
    return widget.attachment.name if isinstance(widget, AttachmentChip) else widget.accessibleName()


# --- drafts


def test_a_draft_comes_back_with_its_files_in_their_order(composer: Composer) -> None:
    draft = Draft("Compare", 3, THREE)
    composer.set_draft(draft)
    assert composer.draft() == draft
    assert [chip.attachment.data for chip in chips_of(composer)] == [one.data for one in THREE]
    assert all(chip.isVisible() for chip in chips_of(composer))


def test_without_files_there_is_no_row(composer: Composer) -> None:
    composer.set_draft(Draft("Hello", 5))
    assert composer.findChild(AttachmentRow) is None
    low = composer.sizeHint().height()
    composer.add_attachments(THREE)
    assert composer.sizeHint().height() > low
    composer.set_draft(Draft("Hello", 5))
    assert not row_of(composer).isVisible()
    assert composer.sizeHint().height() == low


def test_a_file_that_is_there_already_is_not_doubled(composer: Composer) -> None:
    composer.add_attachments((SHOT, NOTES))
    again = Attachment.of("the same by another name.png", SHOT.file)
    composer.add_attachments((again, PAPER, PAPER))
    assert composer.draft().attachments == (SHOT, NOTES, PAPER)
    composer.set_draft(Draft("", 0, (SHOT, again)))
    assert composer.draft().attachments == (SHOT,)


@pytest.mark.parametrize(
    ("there", "new"),
    [
        (COUNT_MAX, tuple(words(f"new {number}.txt", f"new {number}") for number in range(2))),
        (1, tuple(noise(f"{number}.png", TOTAL_BYTES_MAX // 3) for number in range(3))),
    ],
)
def test_of_what_is_too_much_nothing_is_added_and_the_reader_is_told(
    composer: Composer, qtbot: QtBot, there: int, new: tuple[Attachment, ...]
) -> None:
    composer.add_attachments(tuple(words(f"{number}.txt", f"text {number}") for number in range(there)))
    before = composer.attachments
    with qtbot.waitSignal(composer.refused, timeout=0) as refused:
        composer.add_attachments(new)
    assert isinstance(refused.args[0], NotAttachable)
    assert composer.attachments == before


def test_a_change_of_files_is_handed_on_soon_however_much_is_typed(composer: Composer, qtbot: QtBot) -> None:
    told: list[Draft] = []
    composer.draft_changed.connect(told.append)
    composer.add_attachments((SHOT,))
    assert told == []
    left_ms = composer._draft_timer.remainingTime()
    assert left_ms > 0
    # Typing puts a draft off; a file is not waited for with it.
    qtbot.wait(30)
    QTest.keyClicks(text_of(composer), "what is")
    assert composer._draft_timer.remainingTime() < left_ms
    qtbot.waitUntil(lambda: told == [Draft("what is", 7, (SHOT,))])
    composer.remove_attachment(SHOT.id)
    qtbot.waitUntil(lambda: told[1:] == [Draft("what is", 7)])


def test_files_are_handed_on_when_the_focus_leaves(composer: Composer, qtbot: QtBot) -> None:
    composer.add_attachments((SHOT,))
    with qtbot.waitSignal(composer.draft_changed, timeout=0) as told:
        text_of(composer).clearFocus()
    assert told.args == [Draft("", 0, (SHOT,))]


def test_files_that_were_put_in_are_not_handed_back(composer: Composer, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(composer.draft_changed):
        composer.set_draft(Draft("from the store", 3, THREE))
        composer.flush_draft()
        composer.clear_sent()
        composer.flush_draft()


# --- sending


def test_files_alone_can_be_sent_by_key_and_by_button(composer: Composer, qtbot: QtBot) -> None:
    button = composer.findChild(SendButton)
    assert button is not None
    assert not button.isEnabled()
    composer.add_attachments((SHOT,))
    assert button.isEnabled()
    with qtbot.waitSignal(composer.send_requested, timeout=0) as sent:
        QTest.keyClick(text_of(composer), Qt.Key.Key_Return)
    assert sent.args == [Draft("", 0, (SHOT,))]
    with qtbot.waitSignal(composer.send_requested, timeout=0) as sent:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert sent.args == [Draft("", 0, (SHOT,))]
    composer.remove_attachment(SHOT.id)
    composer.set_busy(False)
    qtbot.waitUntil(lambda: not button.isEnabled())


def test_what_was_sent_is_gone_and_undo_brings_its_text_back(composer: Composer) -> None:
    QTest.keyClicks(text_of(composer), "Hello")
    composer.add_attachments((SHOT,))
    composer.clear_sent()
    assert composer.draft() == Draft()
    QTest.keyClick(text_of(composer), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert composer.draft() == Draft("Hello", 5)


@pytest.mark.parametrize("held", [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier])
def test_more_than_can_go_out_together_is_kept_and_not_sent(
    composer: Composer, qtbot: QtBot, held: Qt.KeyboardModifier
) -> None:
    many = tuple(words(f"{number}.txt", f"text {number}") for number in range(COUNT_MAX + 1))
    composer.set_draft(Draft("All of these", 12, many))
    assert composer.attachments == many
    with (
        qtbot.assertNotEmitted(composer.send_requested),
        qtbot.assertNotEmitted(composer.send_now_requested),
        qtbot.waitSignal(composer.refused, timeout=0),
    ):
        QTest.keyClick(text_of(composer), Qt.Key.Key_Return, held)
    with qtbot.assertNotEmitted(composer.send_now_requested), qtbot.waitSignal(composer.refused, timeout=0):
        QTest.keyClick(
            text_of(composer),
            Qt.Key.Key_Return,
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
        )


# --- what was written before


def test_former_texts_bring_their_files_and_take_none_away(composer: Composer) -> None:
    composer.set_draft(Draft("", 0, (SHOT,)))
    composer.take_in("Once more", (NOTES, SHOT))
    assert (composer.draft().text, composer.attachments) == ("Once more", (SHOT, NOTES))
    composer.take_in("and more", (PAPER,))
    assert (composer.draft().text, composer.attachments) == ("Once more\n\nand more", (SHOT, NOTES, PAPER))
    composer.take_in("", (words("last.txt", "last"),))
    assert composer.draft().text == "Once more\n\nand more"
    assert len(composer.attachments) == 4


def test_a_text_that_replaces_another_one_leaves_the_files(composer: Composer) -> None:
    composer.set_draft(Draft("half a thought", 0, (SHOT,)))
    composer.replace_with("Explain this", (NOTES,))
    assert (composer.draft().text, composer.attachments) == ("Explain this", (SHOT, NOTES))


# --- by mouse


def test_the_cross_takes_a_file_out_and_leaves_the_keyboard_where_it_is(composer: Composer, qtbot: QtBot) -> None:
    composer.add_attachments(THREE)
    cross = remover(chips_of(composer)[1])
    assert min(cross.width(), cross.height()) >= 24
    assert (cross.toolTip(), cross.accessibleName()) == ("Remove", "Remove paper.pdf")
    with qtbot.waitSignal(composer.attachment_removed, timeout=0) as removed:
        QTest.mouseClick(cross, Qt.MouseButton.LeftButton)
    assert removed.args == [PAPER, 1]
    assert composer.attachments == (SHOT, NOTES)
    assert text_of(composer).hasFocus()


def test_a_removed_file_can_be_put_back_where_it_was(composer: Composer) -> None:
    composer.add_attachments(THREE)
    composer.remove_attachment(PAPER.id)
    composer.bring_back(PAPER, 1)
    assert [chip.attachment for chip in chips_of(composer)] == list(THREE)
    composer.remove_attachment(NOTES.id)
    composer.remove_attachment(PAPER.id)
    composer.bring_back(NOTES, 2)
    assert composer.attachments == (SHOT, NOTES)


def test_a_click_shows_a_picture_and_nothing_else(composer: Composer, qtbot: QtBot) -> None:
    composer.add_attachments(THREE)
    shot, paper, notes = chips_of(composer)
    for chip in (paper, notes):
        QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    assert composer.findChildren(PictureViewer) == []
    QTest.mouseClick(shot, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    (viewer,) = composer.findChildren(PictureViewer)
    qtbot.waitUntil(lambda: viewer.is_shown)
    viewer.close()


def test_a_click_beside_the_chips_puts_the_caret_into_the_text(composer: Composer) -> None:
    composer.add_attachments((SHOT,))
    text_of(composer).clearFocus()
    row = row_of(composer)
    QTest.mouseClick(row.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(row.width() - 4, 10))
    assert text_of(composer).hasFocus()


# --- by keyboard


def test_tab_comes_from_the_text_to_the_files_and_goes_on_behind_them(composer: Composer) -> None:
    composer.set_draft(Draft("words", 5, THREE))
    reached = []
    for _ in range(3):
        press(Qt.Key.Key_Tab)
        reached.append(focused_name())
    assert reached[:2] == ["shot.png", "Attach files"]
    for _ in range(2):
        press(Qt.Key.Key_Backtab)
    assert focused_name() == "shot.png"
    press(Qt.Key.Key_Backtab)
    assert text_of(composer).hasFocus()


def test_tab_comes_to_files_that_were_added_later_too(composer: Composer) -> None:
    composer.add_attachments((SHOT,))
    composer.add_attachments((NOTES,))
    composer.remove_attachment(SHOT.id)
    press(Qt.Key.Key_Tab)
    assert focused_name() == "notes.md"


def test_arrows_walk_from_file_to_file(composer: Composer) -> None:
    composer.add_attachments(THREE)
    press(Qt.Key.Key_Tab)
    walked = []
    for key in (
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Right,
        Qt.Key.Key_Right,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
    ):
        press(key)
        walked.append(focused_name())
    one, two, three = "shot.png", "paper.pdf", "notes.md"
    assert walked == [one, two, three, three, one, three, two, three]
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Backtab)
    assert focused_name() == three, "it is come back to where it was left"


def test_delete_takes_files_out_one_after_the_other_and_ends_in_the_text(composer: Composer) -> None:
    composer.add_attachments(THREE)
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Right)
    press(Qt.Key.Key_Delete)
    assert focused_name() == "notes.md"
    press(Qt.Key.Key_Backspace)
    assert focused_name() == "shot.png"
    press(Qt.Key.Key_Delete)
    assert text_of(composer).hasFocus()
    assert composer.attachments == ()


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Select])
def test_a_key_shows_a_picture(composer: Composer, qtbot: QtBot, key: Qt.Key) -> None:
    composer.add_attachments((SHOT,))
    press(Qt.Key.Key_Tab)
    press(key)
    (viewer,) = composer.findChildren(PictureViewer)
    qtbot.waitUntil(lambda: viewer.is_shown)
    viewer.close()


def test_enter_presses_a_file_as_it_does_any_button(composer: Composer) -> None:
    composer.add_attachments((SHOT,))
    assert isinstance(chips_of(composer)[0], QToolButton)


def test_escape_gives_the_keyboard_back_to_the_text(composer: Composer) -> None:
    composer.add_attachments(THREE)
    press(Qt.Key.Key_Tab)
    press(Qt.Key.Key_Escape)
    assert text_of(composer).hasFocus()
    assert composer.attachments == THREE


def test_what_has_the_keyboard_shows_it_and_says_what_it_is(composer: Composer) -> None:
    composer.add_attachments(THREE)
    for chip, kind in zip(chips_of(composer), ("picture shot.png", "PDF paper.pdf", "text notes.md"), strict=True):
        before = chip.grab().toImage()
        chip.setFocus(Qt.FocusReason.TabFocusReason)
        assert chip.grab().toImage() != before
        assert chip.accessibleName().startswith(f"Attached {kind}, ")


# --- how it looks


def test_the_card_keeps_its_height_with_files_and_text(composer: Composer) -> None:
    many = tuple(words(f"number {number}.txt", f"text {number}") for number in range(COUNT_MAX))
    composer.set_draft(Draft("line\n" * 100, 0, many))
    row = row_of(composer)
    for max_px in (320, 210):
        composer.set_max_height_px(max_px)
        assert composer.sizeHint().height() <= max_px
        assert row.verticalScrollBar().maximum() > 0
        assert text_of(composer).height() >= 2 * text_of(composer).fontMetrics().lineSpacing()
    composer.set_draft(Draft("line\n" * 100, 0))
    without_px = text_of(composer).height()
    composer.add_attachments((SHOT,))
    assert text_of(composer).height() < without_px


def test_the_chip_that_has_the_keyboard_is_in_sight(composer: Composer) -> None:
    composer.add_attachments(tuple(words(f"number {number}.txt", f"text {number}") for number in range(COUNT_MAX)))
    row = row_of(composer)
    press(Qt.Key.Key_Tab)
    for key in (Qt.Key.Key_End, Qt.Key.Key_Home):
        press(key)
        focused = QApplication.focusWidget()
        assert focused is not None
        top = focused.mapTo(row, QPoint(0, 0)).y()
        assert 0 <= top <= row.height() - focused.height()


def test_a_file_that_is_added_to_many_is_brought_into_sight(composer: Composer) -> None:
    composer.add_attachments(tuple(words(f"number {number}.txt", f"text {number}") for number in range(15)))
    composer.add_attachments((SHOT,))
    row, chip = row_of(composer), chips_of(composer)[-1]
    assert chip.mapTo(row, QPoint(0, chip.height())).y() <= row.height()


@pytest.mark.parametrize("width_px", [300, 560, 1000])
def test_chips_wrap_and_none_is_wider_than_the_card(composer: Composer, width_px: int) -> None:
    composer.add_attachments((words("x" * 250 + ".txt", "x"), *THREE))
    composer.resize(width_px, 200)
    row = row_of(composer)
    places = [chip.geometry() for chip in chips_of(composer)]
    assert all(place.right() < row.width() for place in places)
    assert not any(one.intersects(other) for one in places for other in places if one is not other)


def test_the_end_of_a_long_name_is_seen(composer: Composer) -> None:
    """Two names that differ in their endings alone look different."""
    pictures = []
    for ending in ("txt", "csv"):
        composer.set_draft(Draft("", 0, (words("a long name " * 20 + f".verylong{ending}", "x"),)))
        pictures.append(chips_of(composer)[0].grab().toImage())
    assert pictures[0] != pictures[1]


@pytest.mark.parametrize("word", HOSTILE)
def test_a_name_is_shown_letter_by_letter(composer: Composer, word: str) -> None:
    composer.add_attachments((words(word, "text"),))
    chip = chips_of(composer)[0]
    assert "\u202e" not in chip.toolTip() + chip.accessibleName() + remover(chip).accessibleName()
    assert_all_is_plain(word)


# --- thumbnails


def test_a_picture_gets_its_thumbnail_and_nothing_looks_for_it_any_more(composer: Composer, qtbot: QtBot) -> None:
    composer.add_attachments((Attachment.of("new.png", png(200, 100)),))
    chip = chips_of(composer)[0]
    qtbot.waitUntil(lambda: chip._image is not None and not chip.is_waiting)
    assert chip._image is not None
    assert chip._image.size().width() == chip._image.size().height() == 32 * chip._grain
    qtbot.waitUntil(lambda: not row_of(composer)._timer.isActive())


def test_a_broken_picture_is_shown_as_such_and_waited_for_no_longer(composer: Composer, qtbot: QtBot) -> None:
    composer.add_attachments((Attachment.of("broken.png", png(50, 50)[:40]),))
    chip = chips_of(composer)[0]
    qtbot.waitUntil(lambda: chip._image is not None)
    assert chip._image is not None
    assert chip._image.isNull()
    qtbot.waitUntil(lambda: not row_of(composer)._timer.isActive())


def test_a_thumbnail_does_not_keep_its_file(composer: Composer, qtbot: QtBot) -> None:
    composer.add_attachments((Attachment.of("kept.png", png(33, 33)),))
    chip = chips_of(composer)[0]
    qtbot.waitUntil(lambda: chip._image is not None)
    wishes = attachment_thumbnail._bench._made.keys()
    assert any(wish.id == chip.attachment.id for wish in wishes)
    assert [wish.data for wish in wishes if wish.data] == []
