"""The look: colours by role from the themes, the palette first, one style sheet on top, live from the system."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from string import Template
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from desktop_chat.core.settings import Theme

MIDDLE_LIGHTNESS: Final = 128
"""Below it a window is dark; of 255."""


@dataclass(frozen=True, slots=True)
class Colors:
    """One colour (`#rrggbb`) for each role; the same names as in `resources/themes/*.json`."""

    page: str
    sidebar: str
    line: str
    text: str
    dim: str
    bubble: str
    accent: str
    accent_ink: str
    accent_strong: str
    code: str
    code_head: str
    selected: str
    hover: str
    thumb: str
    ring: str
    good: str
    warn: str
    bad: str
    keyword: str
    string: str
    number: str
    comment: str
    function: str
    hit: str
    hit_current: str

    @classmethod
    def from_json(cls, path: Path) -> Colors:
        """Read a theme file; JSON, because loading a TOML parser would cost the first paint 6 ms.

        Raises:  TypeError when a role is missing or unknown.
        """
        return cls(**json.loads(path.read_text(encoding="utf-8")))


class Look(QObject):
    """The one owner of the program's colours; all that paints asks it, and Qt paints it anew when they change."""

    colors_changed = Signal(object)
    """Carries the new Colors, after palette and style sheet are set; for those that keep what is made of them."""

    def __init__(
        self,
        app: QApplication,
        themes_dir: Path,
        theme: Theme = Theme.SYSTEM,
        is_system_dark: Callable[[], bool] | None = None,
    ) -> None:
        super().__init__(app)
        self._app = app
        self._is_system_dark = is_system_dark or _is_system_dark
        self._light = Colors.from_json(themes_dir / "light.json")
        self._dark = Colors.from_json(themes_dir / "dark.json")
        self._sheet = Template((themes_dir / "base.qss").read_text(encoding="utf-8"))
        self._themes_dir = themes_dir
        self._theme = theme
        if theme is not Theme.SYSTEM:
            _ask_system_for(theme)
        self._is_dressed = False
        self.colors = self._wanted()
        self._apply()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._refresh)

    @property
    def is_dark(self) -> bool:
        return self.colors is self._dark

    def dress(self) -> None:
        """Put font and style sheet on; before that the palette alone colours the window.

        MEASURED 6 ms to parse the sheet, 2026-11-23, and 2 ms for the font, 2026-11-24: they come with the widgets,
        after the first paint.
        """
        if not self._is_dressed:
            from desktop_chat.ui.fonts import ui_font

            self._is_dressed = True
            self._app.setFont(ui_font())
            self._apply()

    def set_theme(self, theme: Theme) -> None:
        """Follow the system, or stay light or dark."""
        self._theme = theme
        _ask_system_for(theme)
        self._refresh()

    def _wanted(self) -> Colors:
        is_dark = self._is_system_dark() if self._theme is Theme.SYSTEM else self._theme is Theme.DARK
        return self._dark if is_dark else self._light

    def _refresh(self) -> None:
        wanted = self._wanted()
        if wanted is self.colors:
            return
        self.colors = wanted
        self._apply()
        self.colors_changed.emit(wanted)

    def _apply(self) -> None:
        colors = self.colors
        self._app.setPalette(palette_of(colors))
        if not self._is_dressed:
            return
        values = {item.name: getattr(colors, item.name) for item in fields(Colors)}
        self._app.setStyleSheet(self._sheet.substitute(values, themes=self._themes_dir.as_posix()))


def _is_system_dark() -> bool:
    """Ask the palette of the style, which follows the system; the application has it until it gets one of its own.

    MEASURED 20 ms for the first look into the `Qt` namespace, say at `styleHints().colorScheme()`, 2026-11-23, and 5 ms
    for the first one at a style, 2026-11-24: both are too much before the first paint.
    """
    palette = QGuiApplication.palette()
    if palette.resolveMask():
        palette = QApplication.style().standardPalette()
    return palette.color(QPalette.ColorRole.Window).lightness() < MIDDLE_LIGHTNESS


def _ask_system_for(theme: Theme) -> None:
    """Have the title bar and the system's own dialogs in the same colours, where the platform can."""
    from PySide6.QtCore import Qt

    schemes = {Theme.LIGHT: Qt.ColorScheme.Light, Theme.DARK: Qt.ColorScheme.Dark}
    QGuiApplication.styleHints().setColorScheme(schemes.get(theme, Qt.ColorScheme.Unknown))


def palette_of(colors: Colors) -> QPalette:
    """Make the palette of a theme, for every widget the style sheet does not name."""
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: colors.page,
        QPalette.ColorRole.WindowText: colors.text,
        QPalette.ColorRole.Base: colors.page,
        QPalette.ColorRole.AlternateBase: colors.sidebar,
        QPalette.ColorRole.Text: colors.text,
        QPalette.ColorRole.PlaceholderText: colors.dim,
        QPalette.ColorRole.Button: colors.page,
        QPalette.ColorRole.ButtonText: colors.text,
        QPalette.ColorRole.ToolTipBase: colors.bubble,
        QPalette.ColorRole.ToolTipText: colors.text,
        QPalette.ColorRole.Highlight: colors.accent,
        QPalette.ColorRole.HighlightedText: colors.accent_ink,
        QPalette.ColorRole.Link: colors.accent,
        QPalette.ColorRole.LinkVisited: colors.accent,
        QPalette.ColorRole.Accent: colors.accent,
        QPalette.ColorRole.Light: colors.page,
        QPalette.ColorRole.Midlight: colors.hover,
        QPalette.ColorRole.Mid: colors.line,
        QPalette.ColorRole.Dark: colors.line,
        QPalette.ColorRole.Shadow: colors.line,
    }
    for role, color in roles.items():
        palette.setColor(role, QColor(color))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colors.dim))
    return palette
