"""The composer: what it takes, what it hands on, and that it never loses a text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QToolButton
from pytestqt.qtbot import QtBot

from desktop_chat.core.messages import Draft
from desktop_chat.core.models import ModelInfo
from desktop_chat.core.settings import SendKey, ThinkingMode
from desktop_chat.ui import composer as composer_module
from desktop_chat.ui.chips import Chip
from desktop_chat.ui.composer import DRAFT_MS, Composer
from desktop_chat.ui.composer_text import ComposerText
from desktop_chat.ui.elided_label import ElidedLabel
from desktop_chat.ui.send_button import SendButton
from desktop_chat.ui.theme import Look

SONNET = ModelInfo("claude-sonnet-5-5", "Claude Sonnet 5.5")
HAIKU = ModelInfo("claude-haiku-5", "Claude Haiku 5")
OLD = ModelInfo("claude-2", "Claude 2", is_listed=False)
MODELS = (SONNET, HAIKU, OLD)


@pytest.fixture
def composer(look: Look, qtbot: QtBot) -> Composer:
    made = Composer(look)
    qtbot.addWidget(made)
    made.resize(760, 100)
    made.show()
    made.activateWindow()
    made.focus()
    qtbot.waitUntil(lambda: text_of(made).hasFocus())
    return made


def text_of(composer: Composer) -> ComposerText:
    found = composer.findChild(ComposerText)
    assert found is not None
    return found


def button_of(composer: Composer) -> SendButton:
    found = composer.findChild(SendButton)
    assert found is not None
    return found


def chip_of(composer: Composer, name: str) -> QToolButton:
    return next(chip for chip in composer.findChildren(QToolButton) if chip.accessibleName().startswith(f"{name}:"))


def choices_of(chip: QToolButton) -> list[QAction]:
    menu = chip.findChild(QMenu)
    assert menu is not None
    return menu.actions()


def choice_of(chip: QToolButton, title: str) -> QAction:
    return next(action for action in choices_of(chip) if action.text() == title)


def test_a_click_on_the_button_sends_the_draft(composer: Composer, qtbot: QtBot) -> None:
    QTest.keyClicks(text_of(composer), "Hello")
    with qtbot.waitSignal(composer.send_requested) as sent:
        QTest.mouseClick(button_of(composer), Qt.MouseButton.LeftButton)
    assert sent.args == [Draft("Hello", 5)]


def test_the_text_stays_until_it_was_taken_over(composer: Composer) -> None:
    QTest.keyClicks(text_of(composer), "Hello")
    QTest.keyClick(text_of(composer), Qt.Key.Key_Return)
    assert composer.draft().text == "Hello"
    composer.clear_sent()
    assert composer.draft() == Draft()


def test_undo_brings_a_sent_text_back(composer: Composer) -> None:
    QTest.keyClicks(text_of(composer), "Hello")
    composer.clear_sent()
    QTest.keyClick(text_of(composer), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert composer.draft().text == "Hello"


def test_nothing_is_sent_of_blanks(composer: Composer, qtbot: QtBot) -> None:
    composer.set_draft(Draft("  \n ", 0))
    assert not button_of(composer).isEnabled()
    with qtbot.assertNotEmitted(composer.send_requested):
        QTest.keyClick(text_of(composer), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def test_a_draft_comes_back_as_it_was(composer: Composer) -> None:
    draft = Draft("first\nsecond\u00a0line \u2028 \N{GRINNING FACE} end", 8)
    composer.set_draft(draft)
    assert composer.draft() == draft


def test_a_caret_beyond_the_text_is_put_to_its_end(composer: Composer) -> None:
    composer.set_draft(Draft("ab", 99))
    assert composer.draft() == Draft("ab", 2)


def test_the_draft_is_handed_on_once_after_the_last_key(composer: Composer, qtbot: QtBot) -> None:
    drafts: list[Draft] = []
    composer.draft_changed.connect(drafts.append)
    QTest.keyClicks(text_of(composer), "Hello")
    assert drafts == []
    qtbot.waitUntil(lambda: drafts == [Draft("Hello", 5)])


def test_the_draft_is_handed_on_when_the_focus_leaves(composer: Composer, qtbot: QtBot) -> None:
    QTest.keyClicks(text_of(composer), "Hello")
    with qtbot.waitSignal(composer.draft_changed, timeout=0) as told:
        text_of(composer).clearFocus()
    assert told.args == [Draft("Hello", 5)]


def test_a_caret_that_was_moved_is_handed_on_too(composer: Composer, qtbot: QtBot) -> None:
    composer.set_draft(Draft("Hello", 5))
    with qtbot.waitSignal(composer.draft_changed) as told:
        QTest.keyClick(text_of(composer), Qt.Key.Key_Home)
    assert told.args == [Draft("Hello", 0)]


def test_somebody_who_types_on_and_on_is_not_waited_for(
    composer: Composer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(composer_module, "DRAFT_MS_MAX", 400)
    told: list[Draft] = []
    composer.draft_changed.connect(told.append)
    while not told:
        QTest.keyClicks(text_of(composer), "x")
        qtbot.wait(20)
    assert composer._draft_timer.interval() == DRAFT_MS


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_A])
def test_the_whole_text_is_handed_on_before_it_is_thrown_away_or_replaced(
    composer: Composer, qtbot: QtBot, key: Qt.Key
) -> None:
    told: list[Draft] = []
    composer.draft_changed.connect(told.append)
    QTest.keyClicks(text_of(composer), "written in haste")
    QTest.keyClick(text_of(composer), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert [draft.text for draft in told] == ["written in haste"]
    QTest.keyClick(text_of(composer), key)
    composer.flush_draft()
    assert [draft.text for draft in told[1:]] == ["a" if key is Qt.Key.Key_A else ""]


def test_a_part_that_is_selected_is_no_reason_to_hand_it_on(composer: Composer) -> None:
    told: list[Draft] = []
    QTest.keyClicks(text_of(composer), "written in haste")
    composer.draft_changed.connect(told.append)
    QTest.keyClick(
        text_of(composer),
        Qt.Key.Key_Left,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    assert told == []


# --- what was written before


def test_a_former_text_goes_into_an_empty_field(composer: Composer) -> None:
    composer.take_in("Once more\nwith feeling")
    assert composer.draft() == Draft("Once more\nwith feeling", 22)
    QTest.keyClick(text_of(composer), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert composer.draft().text == ""


@pytest.mark.parametrize(
    ("standing", "caret", "after"),
    [
        ("abc", 3, "abc\n\nold"),
        ("abc", 0, "oldabc"),
        ("abc\n", 4, "abc\nold"),
        ("ab\ncd", 2, "ab\n\nold\ncd"),
    ],
)
def test_a_former_text_takes_nothing_away(composer: Composer, standing: str, caret: int, after: str) -> None:
    composer.set_draft(Draft(standing, caret))
    composer.take_in("old")
    assert composer.draft().text == after
    QTest.keyClick(text_of(composer), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert composer.draft().text == standing


def test_a_former_text_does_not_replace_what_is_selected(composer: Composer) -> None:
    composer.set_draft(Draft("keep me", 0))
    text_of(composer).selectAll()
    composer.take_in("old")
    assert composer.draft().text == "keep me\n\nold"


def test_a_text_that_replaces_another_one_hands_that_on_first(composer: Composer) -> None:
    told: list[Draft] = []
    composer.draft_changed.connect(told.append)
    QTest.keyClicks(text_of(composer), "half a thought")
    composer.replace_with("Plan a day in ")
    assert [draft.text for draft in told] == ["half a thought"]
    assert composer.draft() == Draft("Plan a day in ", 14)
    QTest.keyClick(text_of(composer), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert composer.draft().text == "half a thought"


def test_ctrl_up_asks_for_former_texts_only_in_an_empty_field(composer: Composer, qtbot: QtBot) -> None:
    with qtbot.waitSignal(composer.recent_requested, timeout=0), qtbot.assertNotEmitted(composer.edit_last_requested):
        QTest.keyClick(text_of(composer), Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(text_of(composer), "x")
    with qtbot.assertNotEmitted(composer.recent_requested):
        QTest.keyClick(text_of(composer), Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)


def test_a_draft_that_was_put_in_is_not_handed_back(composer: Composer, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(composer.draft_changed):
        composer.set_draft(Draft("from the store", 3))
        composer.flush_draft()
        composer.clear_sent()
        composer.flush_draft()


def test_typing_goes_on_while_a_reply_is_written(composer: Composer) -> None:
    composer.set_busy(True)
    QTest.keyClicks(text_of(composer), "Next question")
    assert composer.isEnabled()
    assert composer.draft().text == "Next question"


def test_enter_asks_to_send_while_busy_too(composer: Composer, qtbot: QtBot) -> None:
    QTest.keyClicks(text_of(composer), "Next")
    composer.set_busy(True)
    with qtbot.waitSignal(composer.send_requested, timeout=0) as sent:
        QTest.keyClick(text_of(composer), Qt.Key.Key_Return)
    assert sent.args == [Draft("Next", 4)]


def test_beside_stop_it_says_what_the_key_does_with_a_text(composer: Composer) -> None:
    hint = composer.findChild(ElidedLabel)
    assert hint is not None
    composer.set_busy(True)
    assert hint.full_text == ""
    QTest.keyClicks(text_of(composer), "Next")
    assert hint.full_text == "Enter queues it"
    composer.set_send_key(SendKey.CTRL_ENTER)
    assert hint.full_text == "Ctrl+Enter queues it"
    composer.set_busy(False)
    assert hint.full_text == ""


def test_ctrl_shift_enter_asks_to_send_before_all_else(composer: Composer, qtbot: QtBot) -> None:
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    for text in ("", "Next"):
        QTest.keyClicks(text_of(composer), text)
        with (
            qtbot.assertNotEmitted(composer.send_requested),
            qtbot.waitSignal(composer.send_now_requested, timeout=0) as sent,
        ):
            QTest.keyClick(text_of(composer), Qt.Key.Key_Return, held)
        assert sent.args == [Draft(text, len(text))]
    assert composer.draft().text == "Next"


def test_it_grows_with_its_text_and_then_scrolls(composer: Composer, qtbot: QtBot) -> None:
    composer.set_max_height_px(240)
    low = composer.sizeHint().height()
    composer.set_draft(Draft("a\nb\nc", 0))
    qtbot.waitUntil(lambda: composer.sizeHint().height() > low)
    assert not text_of(composer).verticalScrollBar().isVisible()
    composer.set_draft(Draft("line\n" * 200, 0))
    qtbot.waitUntil(lambda: text_of(composer).verticalScrollBar().isVisible())
    assert composer.sizeHint().height() <= 240
    composer.clear_sent()
    qtbot.waitUntil(lambda: composer.sizeHint().height() == low)


def test_a_wrapped_line_makes_it_higher(composer: Composer, qtbot: QtBot) -> None:
    low = text_of(composer).height()
    composer.set_draft(Draft("word " * 60, 0))
    qtbot.waitUntil(lambda: text_of(composer).height() > low)


def test_only_plain_text_is_pasted(composer: Composer) -> None:
    source = QMimeData()
    source.setHtml("<b>bold</b>")
    source.setText("bold\r\nnext")
    text_of(composer).insertFromMimeData(source)
    assert composer.draft().text == "bold\nnext"


def test_a_paste_is_undone_in_one_step(composer: Composer) -> None:
    source = QMimeData()
    source.setText("one\ntwo\nthree")
    text_of(composer).insertFromMimeData(source)
    text_of(composer).undo()
    assert composer.draft().text == ""


def test_a_click_beside_the_text_puts_the_caret_into_it(composer: Composer) -> None:
    text_of(composer).clearFocus()
    QTest.mouseClick(composer, Qt.MouseButton.LeftButton, pos=composer.rect().bottomLeft() + composer.pos())
    assert text_of(composer).hasFocus()


def test_a_chosen_model_is_told_by_its_id(composer: Composer, qtbot: QtBot) -> None:
    composer.set_models(MODELS, SONNET.id)
    chip = chip_of(composer, "Model")
    assert chip.text().startswith("Claude Sonnet 5.5")
    with qtbot.waitSignal(composer.model_chosen) as chosen:
        choice_of(chip, "Claude Haiku 5").trigger()
    assert chosen.args == [HAIKU.id]


def test_older_models_are_offered_only_while_in_use(composer: Composer) -> None:
    composer.set_models(MODELS, SONNET.id)
    titles = [action.text() for action in choices_of(chip_of(composer, "Model"))]
    assert titles == ["Claude Sonnet 5.5", "Claude Haiku 5"]


def test_an_unknown_model_is_offered_by_its_id(composer: Composer) -> None:
    composer.set_models(MODELS, "local&model")
    chip = chip_of(composer, "Model")
    assert chip.text().startswith("local&&model")
    assert choice_of(chip, "local&&model").isChecked()


def test_thinking_is_chosen_from_its_chip(composer: Composer, qtbot: QtBot) -> None:
    composer.set_thinking(ThinkingMode.AUTO, is_available=True)
    chip = chip_of(composer, "Thinking")
    with qtbot.waitSignal(composer.thinking_chosen) as chosen:
        choice_of(chip, "Off: answer at once").trigger()
    assert chosen.args == [ThinkingMode.OFF.value]


def test_a_model_that_cannot_think_says_so(composer: Composer) -> None:
    composer.set_thinking(ThinkingMode.AUTO, is_available=False)
    chip = chip_of(composer, "Thinking")
    assert not chip.isEnabled()
    assert chip.toolTip() == "This model answers without thinking."


def test_everything_is_reached_by_tab(composer: Composer) -> None:
    composer.set_models(MODELS, SONNET.id)
    composer.set_draft(Draft("words", 5))
    reached = []
    for _ in range(4):
        QTest.keyClick(composer.focusWidget(), Qt.Key.Key_Tab)
        reached.append(composer.focusWidget().accessibleName())
    assert reached == ["Attach files", "Model: Claude Sonnet 5.5", "Thinking: auto", "Send"]


def test_the_chip_asks_for_files_and_names_its_key(composer: Composer, qtbot: QtBot) -> None:
    chip = next(chip for chip in composer.findChildren(QToolButton) if chip.accessibleName() == "Attach files")
    assert (chip.text(), chip.toolTip()) == ("+ Attach", "Attach files (Ctrl+O)")
    with qtbot.waitSignal(composer.attach_requested, timeout=0):
        QTest.mouseClick(chip, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("width_px", [592, 480, 312])
def test_in_a_narrow_window_no_chip_is_cut_off(composer: Composer, qtbot: QtBot, width_px: int) -> None:
    composer.set_models((), "a-model-of-a-proxy-with-a-name-that-says-all-about-it-20261123")
    composer.set_busy(True)
    QTest.keyClicks(text_of(composer), "Next")

    def is_so_narrow() -> bool:
        composer.resize(width_px, composer.height())
        return composer.width() == width_px

    # The chips give way step by step.
    qtbot.waitUntil(is_so_narrow)
    assert composer.minimumSizeHint().width() <= width_px
    row = [*composer.findChildren(Chip), button_of(composer)]
    for left, right in pairwise(sorted(row, key=lambda part: part.x())):
        assert left.x() >= 0
        assert left.geometry().right() < right.x()
    assert button_of(composer).geometry().right() < width_px
    attach, model, thinking = row[:3]
    assert model.width() < model.sizeHint().width() or width_px == 592
    assert attach.text() == ("+" if width_px == 312 else "+ Attach")
    assert thinking.width() == thinking.sizeHint().width(), "the model's name gives way first"


@pytest.mark.parametrize(("key", "name"), [(SendKey.ENTER, "Enter"), (SendKey.CTRL_ENTER, "Ctrl+Enter")])
def test_the_tooltip_names_the_key_that_sends(composer: Composer, key: SendKey, name: str) -> None:
    composer.set_send_key(key)
    assert button_of(composer).toolTip() == f"Send ({name})"
