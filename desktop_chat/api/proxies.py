"""Which requests go through a proxy, from the environment or the system's settings."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Final

_LOOPBACK: Final = ("all://localhost", "all://127.0.0.1", "all://[::1]")


def proxy_routes(system: Mapping[str, str]) -> dict[str, str | None]:
    """Turn what `urllib.request.getproxies` found into URL patterns and proxies; None means direct.

    A server on this machine is always asked directly: no proxy could reach it.
    """
    routes: dict[str, str | None] = {}
    for scheme in ("http", "https", "all"):
        if proxy := system.get(scheme):
            routes[f"{scheme}://"] = proxy if "://" in proxy else f"http://{proxy}"
    if not routes:
        return {}
    exceptions = [host.strip() for host in system.get("no", "").split(",")]
    if "*" in exceptions:
        return {}
    return routes | dict.fromkeys(_LOOPBACK) | {_pattern(host): None for host in exceptions if host}


def _pattern(host: str) -> str:
    """`example.com` and `.example.com` mean the domain and everything below; addresses mean themselves."""
    if "://" in host:
        return host
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return "all://localhost" if host.lower() == "localhost" else f"all://*{host}"
    return f"all://[{address}]" if address.version == 6 else f"all://{address}"
