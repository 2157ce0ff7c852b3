"""The application object: hears the desktop's wish to end the program."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QApplication


class Application(QApplication):
    """Turns `QEvent.Quit` into a signal, once somebody listens, so that the end can be an orderly one.

    Not an event filter: one on the application would call Python for every event of every widget.

    The style is the same everywhere. Chosen as a command line does it: `setStyle` gives Python the style, and with it
    the enums of `QStyle`, MEASURED 5 ms before the first paint, 2026-11-24.
    """

    quit_requested = Signal()
    is_heard = False
    """Whether `quit_requested` has a listener; before that Qt ends its loop by itself."""

    def __init__(self, arguments: Sequence[str]) -> None:
        super().__init__([*arguments, "-style", "fusion"])

    def event(self, event: QEvent) -> bool:
        if self.is_heard and event.type() == QEvent.Type.Quit:
            self.quit_requested.emit()
            return True
        return super().event(event)
