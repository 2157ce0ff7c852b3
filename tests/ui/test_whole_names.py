"""What has the room it asks for shows its whole name: with two letters the other way round it looks different."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_chat.core.attachments import Attachment
from desktop_chat.core.models import ModelInfo
from desktop_chat.ui.attachment_chip import AttachmentChip
from desktop_chat.ui.chips import ModelChip
from desktop_chat.ui.elided_label import ElidedLabel
from desktop_chat.ui.foot_button import FootButton
from desktop_chat.ui.status_part import StatusPart
from desktop_chat.ui.status_words import Words
from desktop_chat.ui.tab_button import TabButton
from desktop_chat.ui.theme import Look

# Their widths end in all kinds of fractions of a pixel.
NAMES = ("Claude Sonnet 4.5", "Claude Haiku 4.5", "Claude Opus 4.5", "llama3.2:3b", "qwen3-coder", "Reading files")
Make = Callable[[Look, str, QWidget], QWidget]


def _model(_look: Look, name: str, parent: QWidget) -> QWidget:
    made = ModelChip(parent)
    made.set_models((ModelInfo("m", name),), "m")
    return made


def _file(look: Look, name: str, parent: QWidget) -> QWidget:
    return AttachmentChip(look, Attachment.of(f"{name}.txt", b"words"), parent)


def _tab(look: Look, name: str, parent: QWidget) -> QWidget:
    made = TabButton(look, "t", name, parent)
    made.set_busy(True)
    return made


def _label(_look: Look, name: str, parent: QWidget) -> QWidget:
    return ElidedLabel(name, parent)


def _foot(_look: Look, name: str, parent: QWidget) -> QWidget:
    made = FootButton(parent)
    made.set_words(name)
    return made


def _status(look: Look, name: str, parent: QWidget) -> QWidget:
    made = StatusPart(look, "Context", parent=parent)
    made.show_words(Words((name,)))
    return made


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("make", "is_cut_in_the_middle"),
    [(_model, True), (_file, True), (_tab, False), (_label, False), (_foot, False), (_status, False)],
)
def test_no_letter_is_left_out(make: Make, is_cut_in_the_middle: bool, name: str, look: Look, qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    at = len(name) // 2 if is_cut_in_the_middle else len(name) - 2
    other = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    assert other != name
    one, two = make(look, name, page), make(look, other, page)
    one.ensurePolished()
    for widget in (one, two):
        widget.resize(one.sizeHint())
    assert one.grab().toImage() != two.grab().toImage()
