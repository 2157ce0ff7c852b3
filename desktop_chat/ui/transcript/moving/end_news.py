"""What has happened at the end of the page while the reader was elsewhere."""

from __future__ import annotations

from desktop_chat.core.messages import MessageStatus
from desktop_chat.ui.transcript.messages.rows import Rows


class EndNews:
    """Compares how the last message stands now with how it stood when the reader last saw the end."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._known: tuple[str, MessageStatus] | None = None

    def forget(self) -> None:
        """Another conversation is shown: what stands there is no news."""
        self.settle(is_at_end=True)

    def settle(self, is_at_end: bool) -> str:
        """Take over whether the reader sees the end; give what is new there in two words, or nothing."""
        messages = self._rows.messages
        now = (messages[-1].id, messages[-1].status) if messages else None
        if is_at_end:
            self._known = now
        return "" if now == self._known else self._rows.end_words
