"""The application object: hears the desktop's wish to end the program."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QApplication


class Application(QApplication):
    """Turns `QEvent.Quit` into a signal, once somebody listens, so that the end can be an orderly one.

    Not an event filter: one on the application would call Python for every event of every widget.
    """

    quit_requested = Signal()
    is_heard = False
    """Whether `quit_requested` has a listener; before that Qt ends its loop by itself."""

    def event(self, event: QEvent) -> bool:
        if self.is_heard and event.type() == QEvent.Type.Quit:
            self.quit_requested.emit()
            return True
        return super().event(event)
