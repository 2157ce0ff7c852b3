"""Joins the network conditions of one conversation to the strip at the top of its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QBoxLayout

from desktop_chat.ui.connections import Connections
from desktop_chat.ui.theme import Look

if TYPE_CHECKING:
    from desktop_chat.chat.conditions import Conditions
    from desktop_chat.core.network_conditions import NetworkConditions
    from desktop_chat.ui.conditions_strip import ConditionsStrip


class TabConditions(QObject):
    """The strip is there while they hold, and is not even loaded before."""

    height_changed = Signal(int)
    """How much of the page's upper end is taken, in pixels."""
    focus_left = Signal()
    """The strip went away with the keyboard on it."""

    def __init__(self, conditions: Conditions, look: Look, page: QBoxLayout) -> None:
        super().__init__(page)
        self._conditions = conditions
        self._look = look
        self._page = page
        self._strip: ConditionsStrip | None = None

    def connect_all(self, connections: Connections) -> None:
        """Follow the conversation until these connections are cut."""
        connections.add(self._conditions.changed, self._show)

    def show_all(self) -> None:
        """Show what holds now."""
        self._show(self._conditions.current)

    def _show(self, conditions: NetworkConditions | None) -> None:
        if conditions is None:
            self._drop()
            return
        if self._strip is None:
            self._strip = self._new_strip()
        self._strip.show_conditions(conditions)

    def _new_strip(self) -> ConditionsStrip:
        from desktop_chat.ui.conditions_strip import HEIGHT_PX, ConditionsStrip

        strip = ConditionsStrip(self._look)
        strip.off_requested.connect(lambda: self._conditions.choose(None))
        self._page.insertWidget(0, strip)
        strip.show()
        self.height_changed.emit(HEIGHT_PX)
        return strip

    def _drop(self) -> None:
        strip, self._strip = self._strip, None
        if strip is None:
            return
        had_focus = strip.has_focus
        self._page.removeWidget(strip)
        strip.hide()
        strip.deleteLater()
        self.height_changed.emit(0)
        if had_focus:
            self.focus_left.emit()
