"""Icons: every drawing can be drawn, in the colour asked for, sharp on any screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from desktop_chat.resources import resources_dir
from desktop_chat.ui.icons import SCALES, TINT, icon

DRAWINGS = sorted(path for path in (resources_dir() / "icons").glob("*.svg") if not path.name.startswith("app"))


ROUNDING = 1
"""Blending may round a channel by one."""


def inks_of(image: QImage) -> list[QColor]:
    """The colours of all pixels that are fully covered."""
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return [pixel for pixel in pixels if pixel.alpha() == 255]


def is_near(one: QColor, other: QColor) -> bool:
    differences = (one.red() - other.red(), one.green() - other.green(), one.blue() - other.blue())
    return all(abs(difference) <= ROUNDING for difference in differences)


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_each_drawing_takes_the_color_and_no_other(path: Path, qapp: QApplication) -> None:
    image = icon(path.stem, "#c2603c", 32).pixmap(QSize(32, 32), 1.0).toImage()
    inks = inks_of(image)
    assert inks
    assert all(is_near(ink, QColor("#c2603c")) for ink in inks)


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
def test_each_drawing_is_of_one_color(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert TINT in text
    assert "#" not in text


@pytest.mark.parametrize("scale", SCALES)
def test_pictures_are_sharp_at_every_scale(scale: float, qapp: QApplication) -> None:
    pixmap = icon("send", "#000000", 16).pixmap(QSize(16, 16), scale)
    assert pixmap.width() == round(16 * scale)
    assert pixmap.devicePixelRatio() == scale


def test_the_same_icon_is_drawn_once(qapp: QApplication) -> None:
    assert icon("stop", "#123456", 16) is icon("stop", "#123456", 16)


def test_a_missing_drawing_is_told(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        icon("no-such-drawing", "#000000")
