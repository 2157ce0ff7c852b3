"""The look: every role in both themes, readable, and live."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QFontInfo, QGuiApplication, QPaintEvent, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QListView, QPushButton, QToolTip, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop_chat.core.settings import Theme
from desktop_chat.resources import resource_path, resources_dir
from desktop_chat.ui.fonts import FAMILIES, UI_PX, figures_font
from desktop_chat.ui.theme import Colors, Look, palette_of

THEMES = ("light", "dark")
TEXT_RATIO = 4.5
CONTROL_RATIO = 3.0


def luminance(color: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""

    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    ink = QColor(color)
    return 0.2126 * linear(ink.redF()) + 0.7152 * linear(ink.greenF()) + 0.0722 * linear(ink.blueF())


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def colors_of(theme: str) -> Colors:
    return Colors.from_json(resource_path(f"themes/{theme}.json"))


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("text", "page"),
        ("text", "sidebar"),
        ("text", "bubble"),
        ("text", "selected"),
        ("text", "hover"),
        ("dim", "page"),
        ("dim", "sidebar"),
        ("dim", "code_head"),
        ("dim", "selected"),
        ("dim", "hover"),
        ("dim", "bubble"),
        ("accent", "page"),
        ("accent_ink", "accent"),
        ("accent_ink", "accent_strong"),
        ("good", "page"),
        ("warn", "page"),
        ("bad", "page"),
        ("page", "text"),
        ("keyword", "code"),
        ("string", "code"),
        ("number", "code"),
        ("function", "code"),
        ("text", "code"),
        ("comment", "code"),
        ("text", "hit"),
        ("text", "hit_current"),
    ],
)
def test_words_can_be_read(theme: str, ink: str, ground: str) -> None:
    colors = colors_of(theme)
    assert contrast(getattr(colors, ink), getattr(colors, ground)) >= TEXT_RATIO


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["hit", "hit_current"])
def test_what_was_found_in_small_print_can_be_read(theme: str, ground: str) -> None:
    colors = colors_of(theme)
    assert contrast(colors.dim, getattr(colors, ground)) >= CONTROL_RATIO


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("mark", "ground"), [("ring", "page"), ("accent", "page"), ("accent", "sidebar")])
def test_marks_of_focus_can_be_seen(theme: str, mark: str, ground: str) -> None:
    colors = colors_of(theme)
    assert contrast(getattr(colors, mark), getattr(colors, ground)) >= CONTROL_RATIO


@pytest.mark.parametrize("theme", THEMES)
def test_every_role_is_a_plain_color(theme: str) -> None:
    colors = colors_of(theme)
    for item in fields(Colors):
        value = getattr(colors, item.name)
        assert QColor.isValidColorName(value)
        assert len(value) == len("#rrggbb")


def test_a_theme_file_with_an_unknown_role_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("themes") / "odd.json"
    path.write_text('{"page": "#ffffff", "glitter": "#ff00ff"}', encoding="utf-8")
    with pytest.raises(TypeError):
        Colors.from_json(path)


def test_the_style_sheet_names_only_known_roles_and_files() -> None:
    sheet = resource_path("themes/base.qss").read_text(encoding="utf-8")
    names = {item.name for item in fields(Colors)} | {"themes"}
    used = {word.split(";")[0] for word in sheet.replace("$$", "").split("$")[1:]}
    for word in used:
        assert any(word.startswith(name) for name in names), word
    for picture in ("chevron-down.svg", "chevron-up.svg", "check.svg"):
        assert f'url("$themes/{picture}")' in sheet
        assert resource_path(f"themes/{picture}").is_file()


def test_palette_and_sheet_change_with_the_theme(look: Look, qapp: QApplication, qtbot: QtBot) -> None:
    label = QLabel("words")
    qtbot.addWidget(label)
    label.ensurePolished()
    light = look.colors
    with qtbot.waitSignal(look.colors_changed) as change:
        look.set_theme(Theme.DARK)
    assert change.args == [look.colors]
    assert look.colors != light
    assert look.colors == colors_of("dark")
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(look.colors.page)
    assert label.palette().color(QPalette.ColorRole.WindowText) == QColor(look.colors.text)
    assert look.colors.accent in qapp.styleSheet()
    assert light.accent not in qapp.styleSheet()


def test_what_paints_itself_is_painted_in_the_new_colors_without_listening(look: Look, qtbot: QtBot) -> None:
    used: dict[str, str] = {}

    class Part(QWidget):
        def paintEvent(self, _event: QPaintEvent) -> None:
            used["part"] = look.colors.page

    class Rows(QListView):
        def paintEvent(self, _event: QPaintEvent) -> None:
            used["rows"] = look.colors.page

    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    for each in (Part(), Rows()):
        each.setMinimumSize(40, 40)
        column.addWidget(each)
    page.show()
    qtbot.waitUntil(lambda: used == dict.fromkeys(("part", "rows"), colors_of("light").page))

    look.set_theme(Theme.DARK)

    qtbot.waitUntil(lambda: used == dict.fromkeys(("part", "rows"), colors_of("dark").page))


def test_the_same_theme_again_changes_nothing(look: Look, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(look.colors_changed):
        look.set_theme(Theme.LIGHT)


def test_system_theme_follows_the_desktop_live(qapp: QApplication, qtbot: QtBot) -> None:
    is_dark = False
    look = Look(qapp, resources_dir() / "themes", Theme.SYSTEM, is_system_dark=lambda: is_dark)
    look.dress()
    try:
        assert look.colors == colors_of("light")
        is_dark = True
        with qtbot.waitSignal(look.colors_changed):
            QGuiApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
        assert look.colors == colors_of("dark")
    finally:
        look.deleteLater()


def test_the_system_is_asked_and_not_the_palette_that_we_have_set(look: Look, qapp: QApplication) -> None:
    qapp.setPalette(palette_of(colors_of("dark")))
    other = Look(qapp, resources_dir() / "themes", Theme.SYSTEM)
    try:
        assert not other.is_dark
    finally:
        other.deleteLater()


def test_the_style_is_the_same_whatever_the_system_prefers() -> None:
    code = (
        "from desktop_chat.application import Application; app = Application(['desktop-chat'])\n"
        "print(app.style().name(), app.arguments())"
    )
    system = {**os.environ, "QT_STYLE_OVERRIDE": "windows"}
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=system, check=True)
    assert answer.stdout.strip() == "fusion ['desktop-chat']"


def test_the_font_is_one_of_ours_in_pixels(look: Look, qapp: QApplication) -> None:
    font = qapp.font()
    assert font.pixelSize() == UI_PX
    assert tuple(font.families()[: len(FAMILIES)]) == FAMILIES
    assert QFontInfo(font).pixelSize() == UI_PX


def test_changing_figures_are_equally_wide() -> None:
    assert figures_font().isFeatureSet(type(figures_font()).Tag("tnum"))


@pytest.mark.parametrize("theme", [Theme.LIGHT, Theme.DARK])
def test_a_tool_tip_has_the_colours_of_its_theme(look: Look, qtbot: QtBot, theme: Theme) -> None:
    look.set_theme(theme)
    look.dress()
    owner = QLabel("Copy")
    qtbot.addWidget(owner)
    owner.show()
    QToolTip.showText(QPoint(20, 20), "Copy code", owner)
    (tip,) = [widget for widget in owner.findChildren(QLabel) if widget.inherits("QTipLabel")]
    ground = tip.grab().toImage().pixelColor(4, 4)
    QToolTip.hideText()
    assert (ground.lightness() < 128) == look.is_dark


@pytest.mark.parametrize("theme", [Theme.LIGHT, Theme.DARK])
def test_a_button_with_the_keyboard_has_its_border_and_no_frame_inside(look: Look, qtbot: QtBot, theme: Theme) -> None:
    look.set_theme(theme)
    window = QWidget()
    qtbot.addWidget(window)
    QPushButton("Before", window)
    button = QPushButton("Words", window)
    button.setGeometry(0, 80, 240, 60)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    while not button.hasFocus():
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
    image = button.grab().toImage()
    # Beside the words, between the border and where a second frame would be filled.
    assert {image.pixelColor(x, 30).name() for x in range(6, 60)} == {look.colors.page}
