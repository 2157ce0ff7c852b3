"""What is known of the network: one level for the whole program."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from desktop_chat.core.provider import ProviderProfile


class Network(QObject):
    """Owns whether there is a network. Who can ask the system tells it; nobody may, and then it is taken for there."""

    offline_changed = Signal(bool)
    doubted = Signal()
    """A try has failed: whoever can ask the system should look again."""

    def __init__(self) -> None:
        super().__init__()
        self.is_offline = False

    def is_offline_for(self, profile: ProviderProfile) -> bool:
        """Whether a server cannot be reached now; one on this machine always can."""
        return self.is_offline and not profile.is_loopback

    def set_offline(self, is_offline: bool) -> None:
        """Take over what the system says."""
        if is_offline != self.is_offline:
            self.is_offline = is_offline
            self.offline_changed.emit(is_offline)

    def doubt(self, profile: ProviderProfile) -> None:
        """Tell that a server could not be reached, or that its line broke; one on this machine proves nothing."""
        if not profile.is_loopback:
            self.doubted.emit()
