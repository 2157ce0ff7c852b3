"""Connections that are cut together, before the widget at their end goes away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import FunctionType

from PySide6.QtCore import QMetaObject, QObject, SignalInstance


class Connections:
    """Signals of objects that outlive a widget, such as a session that streams on after its tab was closed."""

    def __init__(self) -> None:
        self._made: list[QMetaObject.Connection] = []
        self._to_functions: list[tuple[QMetaObject.Connection, SignalInstance, Callable[..., object]]] = []

    def add(self, signal: SignalInstance, slot: Callable[..., object] | SignalInstance) -> None:
        """Connect, and remember."""
        connection = signal.connect(slot)
        if isinstance(slot, FunctionType | partial):
            self._to_functions.append((connection, signal, slot))
        else:
            self._made.append(connection)

    def cut(self) -> None:
        """Disconnect everything."""
        for connection in self._made:
            QObject.disconnect(connection)
        self._made.clear()
        for connection, signal, function in self._to_functions:
            # Cut by its handle, a connection to a function would be kept as long as the sender lives (PySide 6.11).
            if connection:
                signal.disconnect(function)
        self._to_functions.clear()
