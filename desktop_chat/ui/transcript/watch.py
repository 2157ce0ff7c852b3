"""What a view tells whoever watches over it."""

from __future__ import annotations

from typing import Protocol


class Watch(Protocol):
    """Hears when a view begins what may break or hang, and when that went well."""

    def enter(self) -> None: ...

    def leave(self) -> None: ...

    def rest(self) -> None:
        """No frame follows for now."""
        ...


class Showing(Protocol):
    """Watches over the views of all conversations, beyond the end of the program."""

    suspect_ids: set[str]
    """Conversations whose view has brought the program down: they come as plain text until the reader wants more."""

    def watch(self, conversation_id: str) -> Watch:
        """Give the watch over one conversation."""
        ...


class NoWatch:
    """Nobody watches."""

    def enter(self) -> None:
        """Nothing to do."""

    def leave(self) -> None:
        """Nothing to do."""

    def rest(self) -> None:
        """Nothing to do."""
