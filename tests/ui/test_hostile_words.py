"""Words of a model, a server or a file are plain text wherever the window shows them: never marks, never a pattern."""

from __future__ import annotations

import html
from collections.abc import Iterator

import pytest
from PySide6.QtGui import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop_chat.core.failure import Failure
from desktop_chat.core.keys import KeySource, KeyState
from desktop_chat.ui.failure_dialog import FailureDialog
from desktop_chat.ui.theme import Look
from tests.helpers.window_kit import WindowKit, window_kits

HOSTILE = (
    "<img src='file:///etc/passwd'><b>bold</b>",
    "%s %n {0} {self.__class__} $(reboot) ${HOME}",
    "'; DROP TABLE messages; --",
    "../../../etc/passwd",
    "[*] & &amp; <a href='http://x.invalid'>click</a>",
    "before\u2028after \u202egnihtemos",
)


@pytest.fixture
def kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    for made in window_kits(look):
        made.attach("a", "b")
        with qtbot.waitExposed(made.window):
            made.window.show()
        yield made


def assert_all_is_plain(word: str) -> None:
    """Look at every label, button and tooltip there is: what holds the word shows it letter by letter."""
    for widget in QApplication.allWidgets():
        if isinstance(widget, QLabel) and word in widget.text():
            is_marked = widget.textFormat() is not Qt.TextFormat.PlainText and Qt.mightBeRichText(widget.text())
            assert not is_marked, f"{widget} shows {widget.text()!r} as rich text"
        if isinstance(widget, QAbstractButton):
            assert word not in widget.text() or "&" not in word, f"{widget} takes a letter of {word!r} for a shortcut"
        tip = widget.toolTip()
        if word in tip or html.escape(word, quote=False) in tip:
            assert not Qt.mightBeRichText(tip) or word not in tip or word == html.escape(word), f"{widget}: {tip!r}"


@pytest.mark.parametrize("word", HOSTILE)
def test_a_title_is_shown_letter_by_letter_everywhere(kit: WindowKit, word: str) -> None:
    kit.library.rename("b", word)
    kit.session.title = word
    kit.session.title_changed.emit(word)
    handle = kit.window.windowHandle()
    assert handle is not None
    assert handle.title().startswith(word)
    assert_all_is_plain(word)


@pytest.mark.parametrize("word", HOSTILE)
def test_banners_and_notices_show_what_is_written(kit: WindowKit, word: str) -> None:
    kit.window.show_problem(word)
    kit.window._toasts.show_toast(word)
    kit.sidebar.show_key(word, KeyState(KeySource.KEYRING, "…"))
    told = [label for label in kit.window.findChildren(QLabel) if label.text() == word]
    assert len(told) >= 2
    assert_all_is_plain(word)


@pytest.mark.parametrize("word", HOSTILE)
def test_a_dialog_shows_what_is_written(look: Look, qtbot: QtBot, word: str) -> None:
    dialog = FailureDialog(Failure("StoreCorrupt", word, word))
    qtbot.addWidget(dialog)
    dialog.open()
    assert sum(label.text() == word for label in dialog.findChildren(QLabel)) == 2
    assert word not in dialog.windowTitle()
    assert_all_is_plain(word)


def test_the_look_would_find_rich_text(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    label = QLabel(HOSTILE[0], window)
    with pytest.raises(AssertionError, match="as rich text"):
        assert_all_is_plain(HOSTILE[0])
    label.setTextFormat(Qt.TextFormat.PlainText)
    assert_all_is_plain(HOSTILE[0])
