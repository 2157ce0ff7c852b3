"""The connections to all servers: certificates, proxies, time limits, and how long an idle one is kept."""

from __future__ import annotations

import importlib
import socket
import ssl
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from desktop_chat.api.proxies import proxy_routes

if TYPE_CHECKING:
    import httpx

    WrapTransport: TypeAlias = Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport]

CONNECT_S_MAX: Final = 10.0

IDLE_CONNECTION_S: Final = 90.0
"""How long a connection waits for the next question; a new one costs a handshake."""

KEEP_ALIVE_IDLE_S: Final = 30
"""TCP asks after a silent peer this often; routers forget idle lines after a few minutes."""

UNSENT_BYTES_MAX: Final = 128 * 1024
"""So much of a request waits in the system to be sent. Else megabytes would, and be taken for sent."""

_CONNECTIONS_MAX: Final = 100
"""More tabs than anybody has stream at once."""

_LOADED_LATE: Final = ("anyio._backends._asyncio", "anyio.streams.tls", "concurrent.futures.thread")
"""What would be loaded at the first request. MEASURED 130 ms on the GUI thread, 2026-11-23."""


def connection_pool(
    wrap_transport: WrapTransport | None, system_proxies: Callable[[], Mapping[str, str]] | None
) -> httpx.AsyncClient:
    """Load httpx and the system's certificates, and make a pool: a few hundred milliseconds, for a thread.

    `wrap_transport` and `system_proxies` are those of `ClientOptions`.
    """
    from urllib.request import getproxies

    import httpx
    import truststore

    from desktop_chat.api.closing import ClosingTransport
    from desktop_chat.api.gathering import gathering

    for name in _LOADED_LATE:
        importlib.import_module(name)
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    wrap = wrap_transport or (lambda transport: transport)
    limits = httpx.Limits(max_connections=_CONNECTIONS_MAX, keepalive_expiry=IDLE_CONNECTION_S)

    def transport(proxy: str | None = None) -> httpx.AsyncBaseTransport:
        made = httpx.AsyncHTTPTransport(
            verify=context, trust_env=False, limits=limits, proxy=proxy, socket_options=_socket_options()
        )
        return wrap(ClosingTransport(gathering(made)))

    def through(proxy: str) -> httpx.AsyncBaseTransport:
        try:
            return transport(proxy)
        except (ImportError, ValueError, httpx.InvalidURL) as error:
            return httpx.MockTransport(partial(_refuse_proxy, str(error)))

    direct = transport()
    routes = proxy_routes((system_proxies or getproxies)())
    return httpx.AsyncClient(
        transport=direct,
        mounts={pattern: through(proxy) if proxy else direct for pattern, proxy in routes.items()},
        # Silence is watched by `relay`, while a question goes out, too: a slow line may take minutes for a picture, and
        # a time limit would be one timer for each read and each write (see `quiet`).
        timeout=httpx.Timeout(CONNECT_S_MAX, read=None, write=None),
        trust_env=False,
        follow_redirects=False,
    )


def _refuse_proxy(why: str, _request: httpx.Request) -> httpx.Response:
    """Stand in for a proxy of a kind that is not supported, such as SOCKS: told when it is used, not at the start."""
    import httpx

    raise httpx.ProxyError(f"unusable proxy: {why}")


def _socket_options() -> list[tuple[int, int, int]]:
    # Not every system has these names.
    intervals = [getattr(socket, name) for name in ("TCP_KEEPIDLE", "TCP_KEEPINTVL") if hasattr(socket, name)]
    limits = [getattr(socket, name) for name in ("TCP_NOTSENT_LOWAT",) if hasattr(socket, name)]
    return [
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
        (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
        *((socket.IPPROTO_TCP, name, KEEP_ALIVE_IDLE_S) for name in intervals),
        *((socket.IPPROTO_TCP, name, UNSENT_BYTES_MAX) for name in limits),
    ]
