"""One page made ahead, while nobody waits: whoever opens a conversation gets it at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from desktop_chat.ui.chat_tab import ChatTab

REST_MS: Final = 800
"""So long after the last page was needed the next one is begun: what has just been opened is painted first."""

_STEP_MS: Final = 40
"""Between two steps, so that a reply that streams gets its frames. MEASURED 2 to 6 ms for each, and 0.8 MB for
the page, 2026-11-24."""


class SparePage(QObject):
    """Makes it in steps. Until it is taken it is hidden and no page of the stack, so that nobody comes to it."""

    def __init__(self, stack: QWidget, make: Callable[[], ChatTab]) -> None:
        super().__init__(stack)
        self._stack = stack
        self._make = make
        self._page: ChatTab | None = None
        self._steps: Iterator[None] = iter(())
        self._prices_checked_on = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._step)

    def begin(self, prices_checked_on: str) -> None:
        """Have one ready from now on; the date is for its status line."""
        self._prices_checked_on = prices_checked_on
        self._begin_soon()

    @property
    def is_ready(self) -> bool:
        """Whether there is a page on which everything is done that can be done ahead."""
        return self._page is not None and not self._timer.isActive()

    def take(self) -> ChatTab | None:
        """Give the page away, as far as it is made; None when there is none. The next one follows."""
        page, self._page = self._page, None
        self._begin_soon()
        return page

    def _begin_soon(self) -> None:
        self._steps = self._making()
        self._timer.start(REST_MS)

    def _step(self) -> None:
        for _ in self._steps:
            self._timer.start(_STEP_MS)
            return

    def _making(self) -> Iterator[None]:
        page = self._page = self._make()
        # Said, as a parent that is shown shows the children nobody has hidden.
        page.hide()
        yield
        page.prepare(self._prices_checked_on)
        yield
        page.dress(self._stack.size())
