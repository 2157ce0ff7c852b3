"""Where the letters of a laid out line are."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QTextLine

_SAME_PX: Final = 0.6
"""Letters that are no further apart stand side by side."""


def x_of(line: QTextLine, offset: int) -> float:
    """Where a position is in a line."""
    found = line.cursorToX(offset)
    x = found[0] if isinstance(found, tuple) else found
    assert isinstance(x, float)
    return x


def stretches_of(line: QTextLine, start: int, end: int) -> list[tuple[float, float]]:
    """Where the letters of a range stand, from left to right, each stretch as its two ends.

    They are several where the direction of the text changes in it: what follows each other need not stand together.
    """
    found: list[tuple[float, float]] = []
    rects = sorted((run.boundingRect() for run in line.glyphRuns(start, end - start)), key=lambda rect: rect.left())
    for rect in rects:
        if found and rect.left() <= found[-1][1] + _SAME_PX:
            found[-1] = (found[-1][0], max(found[-1][1], rect.right()))
        else:
            found.append((rect.left(), rect.right()))
    return found
