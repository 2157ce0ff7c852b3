"""Looks at the system's network and tells what it sees; nothing is sent."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from PySide6.QtCore import QObject, QTimer

from desktop_chat.chat.network import Network

if TYPE_CHECKING:
    from PySide6.QtNetwork import QNetworkInformation

Addresses: TypeAlias = Sequence[tuple[socket.AddressFamily, str]]

LOOK_AGAIN_MS: Final = 500
"""A reply that waits for the network goes on within a second after it is back."""

CALM_MS_MAX: Final = 60_000
FAR_AWAY: Final[Addresses] = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
"""Addresses for documentation: nobody has them, and they lie where all the others do."""

_DISCARD_PORT: Final = 9


def has_route(addresses: Addresses = FAR_AWAY) -> bool:
    """Whether there is a way to one of these. Connecting a datagram socket asks the routing table and sends nothing."""
    for family, address in addresses:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as far:
                far.connect((address, _DISCARD_PORT))
        except OSError:
            continue
        return True
    return False


class Reachability(QObject):
    """Tells `Network` when the network goes and comes.

    Two witnesses are needed for its loss: the system's word, or where it has none a try that failed; and that there
    is no route. NetworkManager calls a machine offline whose cards it does not manage, and one that wrongly took
    itself for offline would send nothing any more.
    """

    def __init__(
        self, network: Network, parent: QObject | None = None, has_route: Callable[[], bool] = has_route
    ) -> None:
        super().__init__(parent)
        self._network = network
        self._has_route = has_route
        self._is_cut_off = False
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.timeout.connect(self.look)
        self._calm_ms = LOOK_AGAIN_MS
        network.doubted.connect(self.look)

    def watch_system(self) -> None:
        """Listen to what the system says from now on; where it has no say, failed tries have to do.

        MEASURED 15 ms for the import and 22 ms for the plugin, 2026-11-23: not before the first paint.
        """
        from PySide6.QtNetwork import QNetworkInformation

        if not QNetworkInformation.loadBackendByFeatures(QNetworkInformation.Feature.Reachability):
            return
        system = QNetworkInformation.instance()
        system.reachabilityChanged.connect(self._take)
        self._take(system.reachability())

    def _take(self, reachability: QNetworkInformation.Reachability) -> None:
        self.set_cut_off(reachability is type(reachability).Disconnected)

    def set_cut_off(self, is_cut_off: bool) -> None:
        """Take over whether the system says that it has no network."""
        if is_cut_off != self._is_cut_off:
            self._is_cut_off = is_cut_off
            self._calm_ms = LOOK_AGAIN_MS
            self.look()

    def close(self) -> None:
        """Look no more."""
        self._network.doubted.disconnect(self.look)
        self._clock.stop()

    def look(self) -> None:
        """Ask for a route, and go on asking while that may change."""
        is_offline = not self._has_route()
        self._network.set_offline(is_offline)
        if is_offline:
            self._clock.start(LOOK_AGAIN_MS)
        elif self._is_cut_off:
            self._clock.start(self._calm_ms)
            self._calm_ms = min(2 * self._calm_ms, CALM_MS_MAX)
        else:
            self._clock.stop()
