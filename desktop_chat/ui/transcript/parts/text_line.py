"""Where the letters of a laid out line are."""

from __future__ import annotations

from PySide6.QtGui import QTextLine


def x_of(line: QTextLine, offset: int) -> float:
    """Where a position is in a line."""
    found = line.cursorToX(offset)
    x = found[0] if isinstance(found, tuple) else found
    assert isinstance(x, float)
    return x
