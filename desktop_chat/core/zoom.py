"""The sizes the text of a conversation can be read at."""

from __future__ import annotations

from typing import Final

ZOOM_STEPS: Final = (50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300)
"""In percent: the steps people know from their browser."""

ZOOM_NORMAL: Final = 100


def zoomed(percent: int, step: int) -> int:
    """The size so many steps up, or down below 0; 0 is the normal size, and there is none beyond the last.

    A size between two steps goes to its neighbour first.
    """
    if step == 0:
        return ZOOM_NORMAL
    for _ in range(abs(step)):
        if step > 0:
            percent = next((size for size in ZOOM_STEPS if size > percent), ZOOM_STEPS[-1])
        else:
            percent = next((size for size in reversed(ZOOM_STEPS) if size < percent), ZOOM_STEPS[0])
    return percent
