"""Connections that are cut together, before the widget at their end goes away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMetaObject, QObject, SignalInstance


class Connections:
    """Signals of objects that outlive a widget, such as a session that streams on after its tab was closed."""

    def __init__(self) -> None:
        self._made: list[QMetaObject.Connection] = []

    def add(self, signal: SignalInstance, slot: Callable[..., object] | SignalInstance) -> None:
        """Connect, and remember."""
        self._made.append(signal.connect(slot))

    def cut(self) -> None:
        """Disconnect everything."""
        for connection in self._made:
            QObject.disconnect(connection)
        self._made.clear()
