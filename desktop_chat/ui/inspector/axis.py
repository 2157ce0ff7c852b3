"""The axis of the time line: which stretch of time is in view, and where a moment stands."""

from __future__ import annotations

import math
from typing import Final

_SHORTEST_S: Final = 0.02
"""The closest look: two events a millisecond apart are 40 pixels apart then."""
_ZOOM_STEP: Final = 1.5
_PAN_SHARE: Final = 0.1
_NICE: Final = (1.0, 2.0, 5.0, 10.0)


class Axis:
    """A view onto 0 … `end_s`.

    Units:   seconds and device-independent pixels.
    """

    def __init__(self) -> None:
        self.width_px = 1.0
        self._end_s = 1.0
        self.left_s = 0.0
        self.right_s = 1.0

    @property
    def end_s(self) -> float:
        return self._end_s

    @property
    def span_s(self) -> float:
        return self.right_s - self.left_s

    @property
    def is_whole(self) -> bool:
        """Whether everything is in view."""
        return self.left_s <= 0.0 and self.right_s >= self._end_s

    def set_end(self, end_s: float) -> None:
        """Let the axis end there; a view of everything stays one, a view of the end follows it."""
        was_whole, was_at_end = self.is_whole, self.right_s >= self._end_s
        grown_s = end_s - self._end_s
        self._end_s = max(_SHORTEST_S, end_s)
        if was_whole:
            self.show_all()
        elif was_at_end and grown_s > 0:
            self._put(self.left_s + grown_s, self.span_s)
        else:
            self._put(self.left_s, self.span_s)

    def show_all(self) -> None:
        """Bring everything into view."""
        self.left_s, self.right_s = 0.0, self._end_s

    def show_stretch(self, start_s: float, end_s: float) -> None:
        """Bring a stretch of time into view, and not much else."""
        self._put(start_s, max(_SHORTEST_S, end_s - start_s))

    def x_of(self, at_s: float) -> float:
        """Where a moment stands; out of view it is below 0 or above the width."""
        return (at_s - self.left_s) / self.span_s * self.width_px

    def s_of(self, x: float) -> float:
        """The moment at a place."""
        return self.left_s + x / self.width_px * self.span_s

    def zoom(self, steps: float, x: float | None = None) -> None:
        """Look closer by so many steps, or from farther away below 0; the moment at `x` stays where it is."""
        at = self.width_px / 2 if x is None else x
        fixed_s = self.s_of(at)
        span_s = min(self._end_s, max(_SHORTEST_S, self.span_s / _ZOOM_STEP**steps))
        self._put(fixed_s - at / self.width_px * span_s, span_s)

    def pan(self, by_px: float) -> None:
        """Move on in time by so many pixels, or back below 0."""
        self._put(self.left_s + by_px / self.width_px * self.span_s, self.span_s)

    def step(self, by: int) -> None:
        """Move on by a step of the keyboard, or back with -1."""
        self.pan(by * self.width_px * _PAN_SHARE)

    def reveal(self, at_s: float) -> None:
        """Bring a moment into view, into the middle if it was not."""
        if not self.left_s <= at_s <= self.right_s:
            self._put(at_s - self.span_s / 2, self.span_s)

    def _put(self, left_s: float, span_s: float) -> None:
        span_s = min(span_s, self._end_s)
        self.left_s = max(0.0, min(left_s, self._end_s - span_s))
        self.right_s = self.left_s + span_s

    def marks(self, least_px: float) -> tuple[float, ...]:
        """Round moments in view, at least so many pixels apart."""
        step_s = self.mark_step_s(least_px)
        first = math.ceil(self.left_s / step_s - 1e-9)
        last = math.floor(self.right_s / step_s + 1e-9)
        return tuple(number * step_s for number in range(first, last + 1))

    def mark_step_s(self, least_px: float) -> float:
        """A round number of seconds that is at least so wide."""
        least_s = least_px / self.width_px * self.span_s
        power = 10.0 ** math.floor(math.log10(least_s))
        return next(nice * power for nice in _NICE if nice * power >= least_s * (1 - 1e-9))
