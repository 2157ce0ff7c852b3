"""Says that there is no network, once, and takes it back when there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from desktop_chat.chat.network import Network
    from desktop_chat.chat.preferences import Preferences
    from desktop_chat.ui.notice_bar import NoticeBar

OFFLINE: Final = "You are offline."


class OfflineNotice(QObject):
    """Joins the state of the network to the banner. A server on this machine needs none, and nothing is said."""

    def __init__(self, network: Network, preferences: Preferences, bar: NoticeBar) -> None:
        super().__init__(bar)
        self._network = network
        self._preferences = preferences
        self._bar = bar
        self._is_said = False
        network.offline_changed.connect(self._show)
        preferences.settings_changed.connect(self._show)
        self._show()

    def _show(self, _changed: object = None) -> None:
        is_offline = self._network.is_offline_for(self._preferences.profile())
        if is_offline == self._is_said:
            return
        self._is_said = is_offline
        if is_offline and not self._bar.is_error:
            self._bar.show_banner(OFFLINE)
        elif not is_offline and self._bar.text == OFFLINE:
            # Something else that was said is not ours to take away.
            self._bar.hide_banner()
