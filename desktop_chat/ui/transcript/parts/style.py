"""Fonts and colours of the transcript, made once per theme and shared by everything that paints."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Final

from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QTextCharFormat

from desktop_chat.ui.fonts import FAMILIES, MONO_FAMILIES
from desktop_chat.ui.theme import Colors
from desktop_chat.ui.transcript.markdown.blocks import Mark, Marks

WIDE_PX: Final = 1000
"""What tables and code may take where there is room."""

PAGE_PADDING_PX: Final = 22
FRAME_INDENT_PX: Final = 24
CODE_PX: Final = 13
CODE_BOX_PX: Final = 19
CODE_BOX_PADDING_PX: Final = 5


class Role(Enum):
    """Kinds of text: size in pixels, distance of lines in pixels, weight."""

    PROSE = (15.0, 24.0, QFont.Weight.Normal)
    CELL = (14.0, 22.0, QFont.Weight.Normal)
    CELL_HEAD = (14.0, 22.0, QFont.Weight.DemiBold)
    H1 = (22.0, 30.0, QFont.Weight.DemiBold)
    H2 = (19.0, 27.0, QFont.Weight.DemiBold)
    H3 = (17.0, 25.0, QFont.Weight.DemiBold)
    H4 = (15.0, 24.0, QFont.Weight.DemiBold)
    SMALL = (13.5, 22.0, QFont.Weight.Normal)
    NOTE = (12.5, 20.0, QFont.Weight.Normal)
    NOTE_BOLD = (12.5, 20.0, QFont.Weight.DemiBold)
    CODE_HEAD = (12.0, 19.0, QFont.Weight.Normal)
    CODE = (13.0, 20.0, QFont.Weight.Normal)

    # Asked for in every frame: as attributes, and with the hash of any object, neither is a call.
    __hash__ = object.__hash__

    def __init__(self, pixels: float, line_px: float, weight: QFont.Weight) -> None:
        self.pixels = pixels
        self.line_px = line_px
        self.weight = weight


HEADING_ROLES: Final = (Role.H1, Role.H2, Role.H3, Role.H4, Role.H4, Role.H4)

_TABULAR_FIGURES: Final = QFont.Tag("tnum")


@cache
def font_of(role: Role) -> QFont:
    """The font of a kind of text."""
    font = QFont()
    is_code = role is Role.CODE
    font.setFamilies(MONO_FAMILIES if is_code else FAMILIES)
    font.setWeight(role.weight)
    if role.pixels.is_integer():
        font.setPixelSize(int(role.pixels))
    else:
        # Fractions of a pixel can only be asked for in points.
        font.setPointSizeF(role.pixels * 72.0 / QGuiApplication.primaryScreen().logicalDotsPerInchY())
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if role in (Role.NOTE, Role.SMALL, Role.CELL):
        font.setFeature(_TABULAR_FIGURES, 1)
    if is_code:
        font.setStyleHint(QFont.StyleHint.Monospace)
    return font


@cache
def metrics_of(role: Role) -> QFontMetricsF:
    """Measures of the font of a kind of text."""
    return QFontMetricsF(font_of(role))


@cache
def baseline_of(role: Role) -> float:
    """How far below the top of a line its letters stand, in pixels."""
    metrics = metrics_of(role)
    return (role.line_px - metrics.height()) / 2 + metrics.ascent()


@dataclass(frozen=True, slots=True)
class Inks:
    """The colours of a theme, ready to paint with."""

    page: QColor
    line: QColor
    text: QColor
    dim: QColor
    bubble: QColor
    accent: QColor
    code: QColor
    code_head: QColor
    hover: QColor
    thumb: QColor
    warn: QColor
    selection: QColor
    hit: QColor
    hit_current: QColor


class Style:
    """One theme's inks and text formats."""

    def __init__(self, colors: Colors) -> None:
        self.colors = colors
        selection = QColor(colors.accent)
        selection.setAlphaF(_SELECTION_ALPHA)
        self.inks = Inks(
            page=QColor(colors.page),
            line=QColor(colors.line),
            text=QColor(colors.text),
            dim=QColor(colors.dim),
            bubble=QColor(colors.bubble),
            accent=QColor(colors.accent),
            code=QColor(colors.code),
            code_head=QColor(colors.code_head),
            hover=QColor(colors.hover),
            thumb=QColor(colors.thumb),
            warn=QColor(colors.warn),
            selection=selection,
            hit=QColor(colors.hit),
            hit_current=QColor(colors.hit_current),
        )
        self._formats: dict[tuple[Role, Marks, bool], QTextCharFormat] = {}
        self._pad_formats: dict[tuple[Role, Marks, bool], QTextCharFormat] = {}
        self._code_formats: dict[str, QTextCharFormat] = {}

    def format_of(self, role: Role, marks: Marks, is_link: bool) -> QTextCharFormat:
        """How a span with these marks is drawn within text of this kind."""
        key = (role, marks, is_link)
        known = self._formats.get(key)
        if known is None:
            known = self._formats[key] = self._made_format(role, marks, is_link)
        return known

    def pad_format(self, role: Role, marks: Marks, is_link: bool) -> QTextCharFormat:
        """How the blanks are drawn that stand for the padding of a box around such a span."""
        key = (role, marks, is_link)
        known = self._pad_formats.get(key)
        if known is None:
            known = self._pad_formats[key] = QTextCharFormat(self.format_of(role, marks, is_link))
            font = known.font()
            font.setPixelSize(CODE_BOX_PADDING_PX * 5 // 3)  # a blank is 0.6 em wide in the code font
            known.setFont(font)
        return known

    def code_format(self, color: str) -> QTextCharFormat:
        """How code in the colour of this name is drawn."""
        known = self._code_formats.get(color)
        if known is None:
            known = self._code_formats[color] = QTextCharFormat()
            known.setForeground(QColor(getattr(self.colors, color)))
        return known

    def _made_format(self, role: Role, marks: Marks, is_link: bool) -> QTextCharFormat:
        drawn = QTextCharFormat()
        if marks & (Mark.CODE | Mark.MATHS | Mark.SOURCE):
            font = QFont(font_of(Role.CODE))
            font.setPixelSize(CODE_PX if role.pixels < Role.H3.pixels else round(role.pixels * 0.9))
        else:
            font = QFont(font_of(role))
        if marks & Mark.BOLD and role.weight < QFont.Weight.DemiBold:
            font.setWeight(QFont.Weight.Bold)
        font.setItalic(bool(marks & Mark.ITALIC))
        font.setStrikeOut(bool(marks & Mark.STRIKE))
        drawn.setFont(font)
        if marks & Mark.RAISED:
            drawn.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignSuperScript)
        if is_link or marks & Mark.RAISED:
            drawn.setForeground(self.inks.accent)
        return drawn


_SELECTION_ALPHA: Final = 0.28
