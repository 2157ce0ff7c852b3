"""Whether the system asks for less motion."""

from __future__ import annotations

import os


def is_motion_reduced() -> bool:
    """Whether animations and pacing shall be left out."""
    # Qt 6.11 has no word for it yet; GTK programs and our own tests read the same variable.
    return os.environ.get("GTK_ENABLE_ANIMATIONS") == "0"
