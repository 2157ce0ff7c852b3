"""What could be read out of a damaged history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

TITLES_MAX: Final = 8
"""So many conversations are named in a report."""


@dataclass(frozen=True, slots=True)
class SalvageReport:
    """What was saved, and what is known to be missing.

    Shape:   `kept` is the path of the damaged file, which stays; `titles` names conversations with a gap, at most
             `TITLES_MAX` of them.
    """

    kept: str
    conversation_count: int
    message_count: int
    draft_count: int
    """Drafts, kept ones and messages that wait to be sent among them."""
    cut_count: int = 0
    """Messages of which only the beginning is left."""
    lost_count: int = 0
    """Messages of which other parts of the file tell, but that are gone."""
    untitled_count: int = 0
    """Conversations that got a new title, because only their messages are left."""
    lost_file_count: int = 0
    """Files that were to go out with what is not sent yet; a message that waits for that is a kept draft then."""
    titles: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether nothing is known to be missing."""
        return not (self.cut_count or self.lost_count or self.untitled_count or self.lost_file_count)

    def kept_as(self, path: str) -> SalvageReport:
        """The same, once the damaged file has got its name."""
        return replace(self, kept=path)
