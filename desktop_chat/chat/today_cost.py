"""What was spent today, in all conversations."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Signal

from desktop_chat.chat.ports import ConversationStore
from desktop_chat.chat.saves import Saves


class TodayCost(QObject):
    """Added up by the store once, and kept from then on; at midnight it begins anew with the next reply."""

    changed = Signal(float)
    """In USD."""

    def __init__(self, store: ConversationStore, saves: Saves, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._saves = saves
        self.cost_usd: float | None = None
        """None until it is known."""
        self._reading_count = 0
        self.add_up()

    def add(self, cost_usd: float) -> None:
        """Count a reply that has just been stored."""
        # What is being read now may have been added up before that, or after it.
        if self.cost_usd is None or self._reading_count or self._midnight != _last_midnight():
            self.add_up()
        else:
            self._show(self.cost_usd + cost_usd)

    def add_up(self) -> None:
        """Have it added up anew, from what is stored."""
        self._midnight = _last_midnight()
        self._reading_count += 1
        self._saves.begin(self._read(self._midnight), "add up today's cost")

    async def _read(self, midnight: float) -> None:
        try:
            cost_usd = await self._store.cost_since(midnight)
        finally:
            self._reading_count -= 1
        self._show(cost_usd)

    def _show(self, cost_usd: float) -> None:
        self.cost_usd = cost_usd
        self.changed.emit(cost_usd)


def _last_midnight() -> float:
    """When today began, in seconds since the epoch."""
    now = time.localtime()
    return time.mktime((now.tm_year, now.tm_mon, now.tm_mday, 0, 0, 0, 0, 0, -1))
