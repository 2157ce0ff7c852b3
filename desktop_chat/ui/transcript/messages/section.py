"""One stretch of a reply, as parts."""

from __future__ import annotations

from desktop_chat.ui.transcript.parts.folds import Folds
from desktop_chat.ui.transcript.parts.part import Part
from desktop_chat.ui.transcript.parts.style import Style


class Section:
    """One stretch of a reply, as parts."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.parts: list[Part] = []
        self.is_stale = True
        self.is_read_again = False
        """Whether all is read anew, while what was read before stands there still."""

    def synced(self, style: Style, folds: Folds) -> int | None:
        """Bring the parts up to date; give the index of the first changed one, None when nothing changed."""
        raise NotImplementedError

    @property
    def is_behind(self) -> bool:
        """Whether something that arrived is not among the parts yet."""
        return False

    @property
    def read_parts_count(self) -> int:
        """How many parts are there to stay, while it is behind."""
        return len(self.parts)

    def restyle(self, style: Style) -> None:
        """Make the parts anew in other colours."""
        self.parts = []
        self.is_stale = True
