"""Says that there is no network, once, and takes it back when there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from desktop_chat.chat.library import Library
    from desktop_chat.chat.network import Network
    from desktop_chat.chat.preferences import Preferences
    from desktop_chat.ui.notice_bar import NoticeBar

OFFLINE: Final = "You are offline."


def offline_words(waiting_count: int) -> str:
    """What the banner says while so many messages wait for the network."""
    if waiting_count == 0:
        return OFFLINE
    waiting = "1 message waits" if waiting_count == 1 else f"{waiting_count} messages wait"
    return f"{OFFLINE} {waiting} and will be sent when you are online again."


class OfflineNotice(QObject):
    """Joins the state of the network to the banner, and how many messages wait for it.

    A server on this machine needs none, and nothing is said.
    """

    def __init__(self, network: Network, preferences: Preferences, library: Library, bar: NoticeBar) -> None:
        super().__init__(bar)
        self._network = network
        self._preferences = preferences
        self._library = library
        self._bar = bar
        self._said = ""
        """What was said last, while there is no network; somebody may have put it away meanwhile."""
        network.offline_changed.connect(self._show)
        preferences.settings_changed.connect(self._show)
        library.outgoing_changed.connect(self._show)
        self._show()

    def _show(self, _changed: object = None) -> None:
        is_offline = self._network.is_offline_for(self._preferences.profile())
        words = offline_words(self._library.outgoing_count) if is_offline else ""
        before, self._said = self._said, words
        is_ours = bool(before) and self._bar.text == before
        if words == before:
            return
        if not words:
            # Something else that was said is not ours to take away.
            if is_ours:
                self._bar.hide_banner()
        elif is_ours or (not before and not self._bar.is_error):
            self._bar.show_banner(words)
