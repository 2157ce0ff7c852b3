"""What a widget is to the style sheet."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractScrollArea, QWidget


def set_role(widget: QWidget, role: str) -> None:
    """Have `base.qss` paint this widget as what it is, also when it was something else before."""
    if widget.property("role") == role:
        return
    widget.setProperty("role", role)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)


def show_ground(area: QAbstractScrollArea) -> None:
    """Let the page be seen through a scroll area; ask before it is shown first.

    The style sheet's `background: transparent` alone does that too, but then Qt (6.11) draws the viewport by the sheet
    and keeps 300 bytes of rules for each one that has gone.
    """
    area.viewport().setAutoFillBackground(False)
