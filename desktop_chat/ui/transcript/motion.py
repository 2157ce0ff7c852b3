"""Whether the system asks for less motion."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QStyle


def is_motion_reduced() -> bool:
    """Whether animations and pacing shall be left out: Qt tells a desktop's wish as a duration of nothing."""
    return QApplication.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) == 0
