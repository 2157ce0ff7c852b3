"""How the inspector writes moments and spans of time: more exactly than the rest of the window."""

from __future__ import annotations


def time_words(seconds: float) -> str:
    """A span as exact as one reads it: `0.4 ms`, `38 ms`, `1.24 s`, `2 min 5 s`."""
    if seconds < 0.00995:
        return f"{seconds * 1000:.1f} ms"
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 99.95:
        return f"{seconds:.2f} s" if seconds < 9.995 else f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes} min"


def moment_words(seconds: float) -> str:
    """A moment, in one unit so that a column of them can be compared: `1.240`."""
    return f"{seconds:.3f}"


def mark_words(seconds: float, step_s: float) -> str:
    """A round moment of the axis, with as many digits as the step between two has: `1.5 s`."""
    digits = next((count for count in range(4) if step_s * 10**count >= 0.999), 4)
    return f"{seconds:.{digits}f} s"
