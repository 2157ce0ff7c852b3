"""The room that a question being edited takes on the page; the editor itself is a widget above it."""

from __future__ import annotations

from desktop_chat.ui.transcript.parts.marked import Marked
from desktop_chat.ui.transcript.parts.part import Canvas, Part


class EditPart(Part):
    """Nothing but a height.

    Units:   pixels of the page.
    """

    margins = (0.0, 8.0)

    def __init__(self, height: float) -> None:
        self.height = height

    def measure(self, width: float) -> None:
        self.measured_width = width

    def paint(self, canvas: Canvas, left: float, top: float, marked: Marked) -> None:
        """Nothing: the editor stands here."""
