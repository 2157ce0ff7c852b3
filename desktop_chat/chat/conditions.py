"""Whether one conversation's line is made worse on purpose."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from desktop_chat.core.bad_line import BadLine
from desktop_chat.core.network_conditions import NetworkConditions


class Conditions(QObject):
    """Owns the line of one conversation; nothing of it is stored, so that a restart makes an end of it.

    A change holds from the next request on, also of a reply that goes on; the one that runs is let through.
    """

    changed = Signal(object)
    """NetworkConditions; None when they are off."""

    def __init__(self, at_start: NetworkConditions | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.line = BadLine(at_start) if at_start is not None else None
        """What the next request goes over; None for the network as it is."""

    @property
    def current(self) -> NetworkConditions | None:
        """The conditions that hold; None while they are off."""
        return self.line.conditions if self.line is not None else None

    def choose(self, conditions: NetworkConditions | None) -> None:
        """Put the line under other conditions, or under none; the same ones stay as they are."""
        if conditions == self.current:
            return
        if self.line is not None:
            self.line.lifted.set()
        self.line = BadLine(conditions) if conditions is not None else None
        self.changed.emit(conditions)
