"""How fast a reply is being written, estimated from the characters that come: the server counts only at the end."""

from __future__ import annotations

from collections import deque
from typing import Final

BYTES_PER_TOKEN: Final = 4.0
"""UTF-8 bytes of one token, about: right for English prose, and not far off for other scripts, of which a character
takes more bytes and more of a token."""

WINDOW_S: Final = 5.0
"""What came longer ago says nothing about now."""

SPAN_LEAST_S: Final = 0.8
"""A shorter stretch is mostly the size of one packet."""


class Pace:
    """Counts what arrives and tells the speed of the last few seconds.

    Units:   times in seconds of one clock that only goes forward.
    """

    def __init__(self, now_s: float) -> None:
        self._bytes_count = 0
        self._marks: deque[tuple[float, int]] = deque([(now_s, 0)])

    def add(self, text: str) -> None:
        """Count a piece; cheap, as it is done for each."""
        self._bytes_count += len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))

    def tokens_per_s(self, now_s: float) -> int | None:
        """The speed up to now, to two digits; None while there is too little to tell. To be asked about once a second.

        A stretch begins at the last mark outside the window, or at the first one.
        """
        marks = self._marks
        while len(marks) > 1 and marks[1][0] <= now_s - WINDOW_S:
            marks.popleft()
        began_s, before_bytes = marks[0]
        marks.append((now_s, self._bytes_count))
        span_s = now_s - began_s
        if span_s < SPAN_LEAST_S:
            return None
        return max(1, _two_digits((self._bytes_count - before_bytes) / BYTES_PER_TOKEN / span_s))


def _two_digits(rate: float) -> int:
    """A third digit would only flicker."""
    whole = round(rate)
    step = int("1".ljust(len(str(whole)) - 1, "0"))
    return round(whole / step) * step
