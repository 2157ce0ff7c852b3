"""A tool tip shows words of others letter by letter."""

from __future__ import annotations

import pytest
from PySide6.QtGui import Qt, QTextDocument

from desktop_chat.ui.plain_tip import plain_tip


@pytest.mark.parametrize("text", ["a title", "List<int> & more", "1 < 2", "two\nlines"])
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert plain_tip(text) == text


@pytest.mark.parametrize("text", ["<b>bold</b>", "<img src='file:///etc/passwd'>", "see <i>this</i> & that"])
def test_what_looks_like_html_is_shown_as_written(text: str) -> None:
    assert Qt.mightBeRichText(text)
    shown = QTextDocument()
    shown.setHtml(plain_tip(text))
    assert shown.toPlainText() == text
