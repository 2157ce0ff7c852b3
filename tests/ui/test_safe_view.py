"""A conversation that has brought the program down comes as plain text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QPushButton, QScrollBar
from pytestqt.qtbot import QtBot

from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.ui.composer_text import ComposerText
from desktop_chat.ui.find_bar import FindBar
from desktop_chat.ui.safe_view import SHOW_AS_USUAL, SafeView
from desktop_chat.ui.shortcuts import Command
from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.watch import NoWatch, Watch
from tests.helpers.samples import question, reply
from tests.helpers.window_kit import WindowKit, active_kits
from tests.ui.test_accessible_names import walked

HOSTILE = "<img src='file:///etc/passwd'> $\\frac{1}{2}$ ```\x00\u202e [a](javascript:x)"


class Suspicious:
    """Suspects some conversations."""

    def __init__(self, *ids: str) -> None:
        self.suspect_ids = set(ids)

    def watch(self, conversation_id: str) -> Watch:
        return NoWatch()


@pytest.fixture
def kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    for made in active_kits(look, qtbot):
        made.showing = Suspicious("a")
        yield made


def safe_view(kit: WindowKit) -> SafeView:
    found = kit.deck.page().findChild(SafeView)
    assert found is not None
    return found


def test_it_shows_the_words_and_the_transcript_gets_none_of_them(kit: WindowKit) -> None:
    kit.attach("a")
    assert safe_view(kit).isVisible()
    assert safe_view(kit).text == "You:\nWhat about apples?\n\nClaude:\nApples are fine."
    assert not kit.transcript.isVisible()
    assert kit.transcript.copy_last_answer() is False


def test_other_conversations_come_as_usual(kit: WindowKit) -> None:
    kit.attach("a", "b")
    assert kit.deck.page().findChild(SafeView) is None
    assert kit.transcript.isVisible()


def test_a_question_can_be_asked_from_there_and_its_reply_appears(kit: WindowKit) -> None:
    kit.attach("a")
    session = kit.stream("Still here")
    assert "(the reply is being written)" in safe_view(kit).text
    session.end_reply(text="Still here.")
    assert safe_view(kit).text.endswith("Claude:\nStill here.")


def test_it_is_on_the_screen_at_once_so_nobody_waits_for_the_transcript_behind_it(kit: WindowKit) -> None:
    kit.attach("a")
    assert kit.window.is_settled


def test_show_as_usual_brings_the_transcript_and_is_remembered_for_this_run(kit: WindowKit, qtbot: QtBot) -> None:
    kit.attach("a")
    button = next(each for each in safe_view(kit).findChildren(QPushButton) if each.text() == SHOW_AS_USUAL)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert kit.transcript.isVisible()
    assert kit.transcript.copy_last_answer()
    qtbot.waitUntil(lambda: kit.deck.page().findChild(SafeView) is None)
    assert kit.showing is not None
    assert kit.showing.suspect_ids == set()


def test_tab_comes_to_it_ahead_of_the_composer(kit: WindowKit) -> None:
    kit.attach("a")
    button = next(each for each in safe_view(kit).findChildren(QPushButton) if each.text() == SHOW_AS_USUAL)
    text = safe_view(kit).findChild(QPlainTextEdit)
    assert text is not None
    found = walked(kit.window, button)
    assert found[:2] == [button, text]
    assert isinstance(found[2], ComposerText)


# --- keys of the composer, and the inspector


def bar_of(kit: WindowKit, qtbot: QtBot) -> QScrollBar:
    """The scroll bar of a text of many pages."""
    kit.attach("a")
    asked = question("a", "\n".join(f"line {number}" for number in range(500)))
    kit.library.session("a").load((asked, reply("a", asked.id, "The end.", status=MessageStatus.COMPLETE)))
    bar = text_of(kit).verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    return bar


def test_page_keys_of_the_composer_turn_its_pages(kit: WindowKit, qtbot: QtBot) -> None:
    bar, written = bar_of(kit, qtbot), kit.deck.page().findChild(ComposerText)
    assert written is not None
    assert bar.value() == bar.maximum()
    QTest.keyClick(written, Qt.Key.Key_PageUp)
    QTest.keyClick(written, Qt.Key.Key_PageUp)
    two_up = bar.value()
    assert two_up < bar.maximum() - bar.pageStep()
    QTest.keyClick(written, Qt.Key.Key_PageDown)
    assert two_up < bar.value() < bar.maximum()


def test_ctrl_end_goes_to_its_end(kit: WindowKit, qtbot: QtBot) -> None:
    bar, written = bar_of(kit, qtbot), kit.deck.page().findChild(ComposerText)
    assert written is not None
    bar.setValue(0)
    QTest.keyClick(written, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert bar.value() == bar.maximum()
    bar.setValue(0)
    run(kit, Command.NEWEST)
    assert bar.value() == bar.maximum()


def test_its_last_reply_can_be_inspected(kit: WindowKit, qtbot: QtBot) -> None:
    kit.attach("a")
    page = kit.deck.page()
    assert page.has_reply
    with qtbot.waitSignal(page.inspect_requested) as asked:
        assert page.inspect()
    assert asked.args == ["a", kit.library.session("a").path()[-1].id]


def test_without_a_reply_there_is_nothing_to_inspect(kit: WindowKit, qtbot: QtBot) -> None:
    kit.attach("a")
    kit.library.session("a").load((question("a", "Alone"),))
    assert not kit.deck.page().has_reply
    with qtbot.assertNotEmitted(kit.deck.page().inspect_requested):
        assert not kit.deck.page().inspect()


# --- finding


def text_of(kit: WindowKit) -> QPlainTextEdit:
    found = safe_view(kit).findChild(QPlainTextEdit)
    assert found is not None
    return found


def run(kit: WindowKit, command: Command) -> None:
    kit.window.actions_by_command[command].trigger()


def find(kit: WindowKit, word: str) -> FindBar:
    """Type a word into the bar."""
    run(kit, Command.FIND)
    bar = kit.deck.page().findChild(FindBar)
    assert bar is not None
    bar.field.clear()
    QTest.keyClicks(bar.field, word)
    return bar


def marked(kit: WindowKit) -> list[str]:
    """What is marked, the hit the reader stands on in brackets."""
    found = []
    for mark in text_of(kit).extraSelections():
        is_current = mark.format.background().color().name() == kit.look.colors.hit_current
        found.append(f"[{mark.cursor.selectedText()}]" if is_current else mark.cursor.selectedText())
    return found


def test_a_word_is_found_counted_and_stepped_through(kit: WindowKit) -> None:
    kit.attach("a")
    bar = find(kit, "apples")
    assert bar.field.hasFocus()
    assert bar.words == "1 of 2"
    assert marked(kit) == ["[apples]", "Apples"]
    run(kit, Command.FIND_NEXT)
    assert bar.words == "2 of 2"
    assert marked(kit) == ["apples", "[Apples]"]
    QTest.keyClick(bar.field, Qt.Key.Key_Return)
    assert bar.words == "↻ 1 of 2"
    run(kit, Command.FIND_PREVIOUS)
    assert bar.words == "↻ 2 of 2"
    bar.case.click()
    assert bar.words == "1 of 1"
    QTest.keyClicks(bar.field, "x")
    assert bar.words == "No matches"
    assert marked(kit) == []
    assert kit.deck.page().composer.draft().is_empty


def test_escape_gives_the_keyboard_back_and_leaves_the_hit_selected(kit: WindowKit) -> None:
    kit.attach("a")
    before = QApplication.focusWidget()
    bar = find(kit, "fine")
    QTest.keyClick(bar.field, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert QApplication.focusWidget() is before
    assert marked(kit) == []
    assert text_of(kit).textCursor().selectedText() == "fine"
    run(kit, Command.FIND)
    assert bar.field.text() == "fine"
    assert bar.words == "1 of 1"


def test_what_was_found_is_copied_from_the_composer(kit: WindowKit) -> None:
    kit.attach("a")
    QTest.keyClick(find(kit, "fine").field, Qt.Key.Key_Escape)
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "fine"


def test_signs_beyond_the_basic_plane_shift_no_mark(kit: WindowKit) -> None:
    kit.attach("a")
    session = kit.stream("🍏🍐 pears 🍋 pears")
    bar = find(kit, "pears")
    assert bar.words.endswith("of 2")
    assert sorted(marked(kit)) == ["[pears]", "pears"]
    session.end_reply(text="🍎 Pears.")
    assert bar.words == "3"
    assert marked(kit) == ["pears", "pears", "Pears"]


def test_the_bar_covers_neither_the_button_nor_a_hit(kit: WindowKit) -> None:
    kit.attach("a")
    kit.stream("\n".join(f"line {number}" for number in range(500)))
    page, view = kit.deck.page(), safe_view(kit)
    for size in ((1280, 840), (800, 600)):
        kit.window.resize(*size)
        bar = find(kit, "line 1")
        button = next(each for each in view.findChildren(QPushButton) if each.text() == SHOW_AS_USUAL)
        assert bar.y() > button.mapTo(page, button.rect().bottomLeft()).y()
        for _step in range(60):
            run(kit, Command.FIND_PREVIOUS)
            place = text_of(kit).cursorRect()
            place.moveTopLeft(text_of(kit).viewport().mapTo(page, place.topLeft()))
            assert place.top() > bar.geometry().bottom()
            assert place.bottom() < page.composer.mapTo(page, page.composer.rect().topLeft()).y()


def test_a_long_text_is_counted_in_slices_and_all_of_it(kit: WindowKit, qtbot: QtBot) -> None:
    line = unicodedata.normalize("NFD", "Él está aquí, 🍏 à Zürich. ") * 20
    asked = question("a", "\n".join([line] * 500))
    kit.attach("a")
    kit.library.session("a").load((asked,))
    counts: list[tuple[int, bool]] = []
    safe_view(kit).finder.figures_changed.connect(lambda told: counts.append((told.count, told.is_counting)))
    bar = find(kit, "Z")
    bar.field.insert("ürich")
    qtbot.waitUntil(lambda: not counts[-1][1])
    assert any(is_counting for _, is_counting in counts)
    shown = unicodedata.normalize("NFC", safe_view(kit).text).casefold().count("zürich")
    assert shown > 5_000
    assert counts[-1][0] == shown
    assert marked(kit).count(f"[{unicodedata.normalize('NFD', 'Zürich')}]") == 1
    run(kit, Command.FIND_PREVIOUS)
    run(kit, Command.FIND_NEXT)
    assert bar.words.endswith(f"of {shown:,}")


def test_shown_as_usual_the_bar_finds_in_the_transcript(kit: WindowKit, qtbot: QtBot) -> None:
    kit.attach("a")
    bar = find(kit, "fine")
    below = bar.y()
    button = next(each for each in safe_view(kit).findChildren(QPushButton) if each.text() == SHOW_AS_USUAL)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not bar.isVisible()
    qtbot.waitUntil(lambda: kit.deck.page().findChild(FindBar) is None)
    again = find(kit, "fine")
    qtbot.waitUntil(lambda: again.words == "1 of 1")
    assert again.y() < below


def shown(view: SafeView, *messages: Message) -> str:
    view.show_messages(messages)
    return view.text


@pytest.fixture
def view(look: Look, qtbot: QtBot) -> Iterator[SafeView]:
    made = SafeView(look)
    qtbot.addWidget(made)
    yield made


def test_nothing_in_it_is_more_than_text(view: SafeView) -> None:
    asked = question("c", HOSTILE)
    assert HOSTILE in shown(view, asked)
    edit = view.findChild(QPlainTextEdit)
    assert edit is not None
    assert edit.isReadOnly()


def test_a_line_without_an_end_is_cut_and_loses_nothing(view: SafeView) -> None:
    asked = question("c", "x" * 200_000)
    text = shown(view, asked)
    assert max(len(line) for line in text.split("\n")) <= 2_000
    assert text.count("x") == 200_000


def test_of_an_endless_conversation_the_end_is_shown(view: SafeView) -> None:
    asked = question("c", "old\n" * 100_000)
    answer = reply("c", asked.id, status=MessageStatus.COMPLETE, content=({"type": "text", "text": "The end."},))
    text = shown(view, asked, answer)
    assert text.startswith("…")
    assert text.endswith("The end.")
    assert len(text) < 310_000
