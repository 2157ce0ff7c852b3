"""Formulas: LaTeX into shapes to fill, in a thread; shapes fit every zoom and every theme."""

from __future__ import annotations

import re
import sys
import time
from dataclasses import dataclass, field
from itertools import accumulate
from math import ceil, floor
from types import FrameType
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPainterPathStroker

from desktop_chat.ui.transcript.drawings.mathml import mathml_of
from desktop_chat.ui.transcript.drawings.workbench import Workbench

LATEX_CHARACTERS_MAX: Final = 2_000
"""MEASURED 1.3 s in the thread for that many letters (2026-11-23); a longer formula stays source."""

_DRAWING_S_MAX: Final = 2.0
_SIMPLE_DEPTH: Final = 4
_SIMPLE_CHARACTERS: Final = 300
"""What is shorter and flatter than this cannot take long: the time needed doubles with every fraction in a fraction."""

_DRAWERS: Final = ("ziamath", "ziafont", "latex2mathml")
_WIDTH_MAX_PX: Final = 20_000.0
_HEIGHT_MAX_PX: Final = 4_000.0
_KEPT_MAX: Final = 600
_INK: Final = "black"
_IMAGE_PX_MAX: Final = 4_000_000
"""A picture of more pixels is not kept: its shapes are filled each time."""

_NUMBERS: Final = re.compile(r"[MLQCZ]|-?\d+(?:\.\d+)?")
_NESTING: Final = (r"\left", r"\begin", r"\sqrt", r"\overline")

# What Python raises in ziamath at LaTeX that is broken; latex2mathml has exceptions of its own besides.
_REFUSALS: Final = (
    ArithmeticError, AssertionError, AttributeError, LookupError, NameError, OSError, ParseError, RuntimeError,
    TypeError, ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """A formula somebody wants to see.

    Units:   `font_px` in pixels of the page.
    """

    latex: str
    is_display: bool
    font_px: float


@dataclass(slots=True)
class Drawing:
    """A formula as shapes, those without a colour in the ink of the text; without shapes it could not be drawn.

    Units:   pixels of the page, the origin on the baseline at the left.
    """

    shapes: tuple[tuple[QPainterPath, QColor | None], ...]
    width: float = 0.0
    ascent: float = 0.0
    descent: float = 0.0
    _image: QImage = field(default_factory=QImage)
    _image_of: tuple[float, int] = (0.0, 0)

    @property
    def is_drawn(self) -> bool:
        return bool(self.shapes)

    @property
    def height(self) -> float:
        return self.ascent + self.descent

    def paint(self, painter: QPainter, x: float, baseline: float, ink: QColor, scale: float = 1.0) -> None:
        """Draw, with the left end of the baseline at a place."""
        grain = abs(painter.deviceTransform().m11()) * scale
        size = QSize(int(self.width * grain) + 2 * _BORDER_PX + 1, int(self.height * grain) + 2 * _BORDER_PX + 2)
        if size.width() * size.height() > _IMAGE_PX_MAX:
            painter.save()
            painter.translate(x, baseline)
            painter.scale(scale, scale)
            self._fill(painter, ink)
            painter.restore()
            return
        if self._image_of != (grain, ink.rgba()):
            self._image, self._image_of = self._drawn_image(size, grain, ink), (grain, ink.rgba())
        pixel = scale / grain
        corner = QPointF(x - _BORDER_PX * pixel, baseline - (_BORDER_PX + ceil(self.ascent * grain)) * pixel)
        shown = QRectF(corner, size.toSizeF() * pixel)
        painter.drawImage(_on_whole_pixels(painter, shown), self._image)

    def _drawn_image(self, size: QSize, grain: float, ink: QColor) -> QImage:
        """Drawn once: filling the shapes of a screen of formulas costs more than a frame may take."""
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(_BORDER_PX, _BORDER_PX + ceil(self.ascent * grain))
        painter.scale(grain, grain)
        self._fill(painter, ink)
        painter.end()
        return image

    def _fill(self, painter: QPainter, ink: QColor) -> None:
        for path, color in self.shapes:
            painter.fillPath(path, color or ink)


_BORDER_PX: Final = 2
"""Room around the shapes in the picture, in its pixels."""


def _on_whole_pixels(painter: QPainter, rect: QRectF) -> QRectF:
    """The same rectangle, moved to begin at a pixel of the screen: the picture stays sharp."""
    transform = painter.deviceTransform()
    corner = transform.map(rect.topLeft())
    whole = QPointF(floor(corner.x() + 0.5), floor(corner.y() + 0.5))
    inverted, _ = transform.inverted()
    return QRectF(inverted.map(whole), rect.size())


FAILED: Final = Drawing(())


class TookTooLong(BaseException):
    """No Exception: what draws a formula may catch those."""


def look(latex: str, is_display: bool, font_px: float) -> Drawing | None:
    """The drawing of a formula; None while it is being made."""
    latex = latex.strip()
    if not latex or len(latex) > LATEX_CHARACTERS_MAX:
        return FAILED
    return _bench.look(Wish(latex, is_display, font_px))


def drawn(wish: Wish) -> Drawing:
    """Draw a formula, however long it takes; `look` has it done in the thread."""
    from latex2mathml import exceptions

    kinds = (kind for kind in vars(exceptions).values() if isinstance(kind, type))
    refusals: tuple[type[BaseException], ...] = (*(kind for kind in kinds if issubclass(kind, Exception)), TookTooLong)
    try:
        return _drawn_in_time(wish)
    except _REFUSALS + refusals:
        return FAILED


def _drawn_in_time(wish: Wish) -> Drawing:
    if len(wish.latex) <= _SIMPLE_CHARACTERS and _depth(wish.latex) <= _SIMPLE_DEPTH:
        return _made(wish)
    until_s = time.monotonic() + _DRAWING_S_MAX

    def look_at_clock(frame: FrameType, event: str, arg: Any) -> None:
        # Nowhere else: what is raised while Python collects garbage is lost, and the watch ends with it.
        if time.monotonic() > until_s and frame.f_globals.get("__name__", "").partition(".")[0] in _DRAWERS:
            raise TookTooLong

    # Nothing else ends a computation in a thread. It is half as fast while its calls are watched.
    before = sys.getprofile()
    sys.setprofile(look_at_clock)
    try:
        return _made(wish)
    finally:
        sys.setprofile(before)


def _depth(latex: str) -> int:
    steps = ({"{": 1, "}": -1}.get(sign, 0) for sign in latex)
    return max(accumulate(steps), default=0) + sum(latex.count(word) for word in _NESTING)


def _made(wish: Wish) -> Drawing:
    # MEASURED 0.3 s for the import (2026-11-23): only where there are formulas, and in their thread.
    from ziamath.config import config
    from ziamath.zmath import Math

    config.svg2 = False
    formula = Math(mathml_of(wish.latex, is_display=wish.is_display), size=wish.font_px, margin=0.0)
    picture = formula.svgxml()
    left, top, width, height = (float(number) for number in picture.attrib["viewBox"].split())
    if not (0 < width <= _WIDTH_MAX_PX and 0 < height <= _HEIGHT_MAX_PX):
        return FAILED
    shapes = tuple(_shapes(picture, left))
    return Drawing(shapes, width, -top, height + top)


def _shapes(picture: Element, left: float) -> list[tuple[QPainterPath, QColor | None]]:
    """The shapes of one colour as one path, in the order of the picture."""
    found: list[tuple[QPainterPath, QColor | None]] = []
    names: list[str] = []
    for element in picture.iter():
        if element.tag not in ("path", "rect"):
            continue
        values = element.attrib
        color = values.get("stroke") or values.get("fill", _INK)
        if not names or names[-1] != color:
            path = QPainterPath()
            path.setFillRule(Qt.FillRule.WindingFill)
            found.append((path, None if color == _INK else QColor(color)))
            names.append(color)
        found[-1][0].addPath(_outline(values) if "stroke" in values else _shape(values))
    for path, _ in found:
        path.translate(-left, 0.0)
    return found


def _outline(values: dict[str, str]) -> QPainterPath:
    pen = QPainterPathStroker()
    pen.setWidth(float(values.get("stroke-width", "1")))
    return pen.createStroke(_shape(values))


def _shape(values: dict[str, str]) -> QPainterPath:
    path = QPainterPath()
    if "d" not in values:
        x, y, width, height = (float(values[name]) for name in ("x", "y", "width", "height"))
        path.addRect(x, y, width, height)
        return path
    tokens = iter(_NUMBERS.findall(values["d"]))

    def point() -> QPointF:
        return QPointF(float(next(tokens)), float(next(tokens)))

    for sign in tokens:
        match sign:
            case "M":
                path.moveTo(point())
            case "L":
                path.lineTo(point())
            case "Q":
                path.quadTo(point(), point())
            case "C":
                path.cubicTo(point(), point(), point())
            case "Z":
                path.closeSubpath()
            case _:
                raise ValueError(f"unknown step in a shape: {sign}")
    return path


_bench: Final = Workbench("formulas", drawn, FAILED, _KEPT_MAX)
