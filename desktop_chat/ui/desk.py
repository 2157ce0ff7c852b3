"""What the window works with once the program has built it: one value instead of four arguments everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_chat.core.models import ModelCatalog
from desktop_chat.core.zoom import zoomed

if TYPE_CHECKING:
    # For the type checker alone: the window is on the screen before these modules are loaded.
    from desktop_chat.chat.file_reader import FileReader
    from desktop_chat.chat.keys import Keys
    from desktop_chat.chat.library import Library
    from desktop_chat.chat.preferences import Preferences
    from desktop_chat.ui.transcript.watch import Showing


# Signals are connected to its methods, which Qt refers to weakly.
@dataclass(frozen=True, slots=True, weakref_slot=True)
class Desk:
    """The objects of chat that ui shows and sends wishes to."""

    library: Library
    preferences: Preferences
    keys: Keys
    catalog: ModelCatalog
    is_demo: bool = False
    showing: Showing | None = None
    files: FileReader | None = None

    def zoom(self, step: int) -> None:
        """Show the text of all conversations larger, or smaller below 0; 0 goes back to the normal size."""
        self.preferences.change(zoom_percent=zoomed(self.preferences.settings.zoom_percent, step))
