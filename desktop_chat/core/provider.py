"""Where requests go: the profile of a server that speaks the Messages API."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import SplitResult, urlsplit

ANTHROPIC_URL: Final = "https://api.anthropic.com"
VERSION_NEWEST: Final = "2026-10-21"
VERSION_COMPATIBLE: Final = "2023-06-01"
"""What most compatible servers know; the newest one is for Anthropic alone (Messages API, Versions)."""

_BLANK: Final = re.compile(r"[\s\x00-\x1f\x7f]")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class AuthStyle(StrEnum):
    """In which header the key travels; never in both."""

    BEARER = "bearer"
    X_API_KEY = "x-api-key"


@dataclass(frozen=True, slots=True)
class ProviderProfile:
    """One server: its address and how it wants to be spoken to. The key is not part of it."""

    name: str
    base_url: str
    auth_style: AuthStyle
    api_version: str
    has_caching: bool = False
    """Whether the server knows `cache_control`; many compatible ones refuse it."""

    @property
    def origin(self) -> str:
        """Scheme, host and port: what a key belongs to."""
        return _origin_of(urlsplit(self.base_url))

    @property
    def is_anthropic(self) -> bool:
        return self.origin == ANTHROPIC_URL

    @property
    def takes_text_documents(self) -> bool:
        """Whether a text can be sent as a `document`, which many compatible servers do not know."""
        return self.is_anthropic or self.api_version == VERSION_NEWEST

    @property
    def is_loopback(self) -> bool:
        """Whether the server runs on this machine, where plain http is harmless."""
        host = urlsplit(self.base_url).hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost" or host.endswith(".localhost")

    @property
    def is_unencrypted(self) -> bool:
        """Whether what is sent, the key too, can be read on the way: plain http to another machine."""
        return self.base_url.startswith("http://") and not self.is_loopback

    @property
    def is_key_required(self) -> bool:
        """Whether asking without a key is pointless; local servers often want none."""
        return self.is_anthropic


ANTHROPIC: Final = ProviderProfile("Anthropic", ANTHROPIC_URL, AuthStyle.X_API_KEY, VERSION_NEWEST, has_caching=True)


def profile_for(base_url: str, auth_style: AuthStyle | None = None, api_version: str | None = None) -> ProviderProfile:
    """Make the profile of an address a person typed; what is not given follows from the address.

    Raises:  ValueError with a sentence for the reader when it is no http(s) address.
    """
    parts = _parts_of(base_url)
    if "@" in parts.netloc:
        raise ValueError("The address must not contain a user name or a password: keys belong in the keyring.")
    if parts.query or parts.fragment:
        raise ValueError(f"“{base_url}” has a part after “?” or “#”; give the plain address of the server.")
    try:
        is_port_good = parts.port != 0
    except ValueError:
        is_port_good = False
    if not is_port_good:
        raise ValueError(f"“{base_url}” has a port that is not a number from 1 to 65535.")
    origin = _origin_of(parts)
    is_anthropic = origin == ANTHROPIC_URL
    return ProviderProfile(
        name="Anthropic" if is_anthropic else origin.partition("://")[2],
        base_url=origin + _path_of(parts),
        auth_style=auth_style or (AuthStyle.X_API_KEY if is_anthropic else AuthStyle.BEARER),
        api_version=api_version or (VERSION_NEWEST if is_anthropic else VERSION_COMPATIBLE),
        has_caching=is_anthropic,
    )


def is_unencrypted(origin: str) -> bool:
    """Whether what is sent to the server of this origin can be read on the way; an empty one is of no server."""
    return bool(origin) and profile_for(origin).is_unencrypted


def _parts_of(typed: str) -> SplitResult:
    address = typed.strip()
    try:
        parts = urlsplit(address)
        # `urlsplit` drops line ends and tabs, and leaves blanks where they are: neither belongs into an address.
        is_address = parts.scheme in _DEFAULT_PORTS and bool(parts.hostname) and not _BLANK.search(address)
    except ValueError:
        is_address = False
    if not is_address:
        raise ValueError(f"“{typed}” is not a web address. It should look like {ANTHROPIC_URL}.")
    return parts


def _origin_of(parts: SplitResult) -> str:
    """One spelling for one server, whatever case was typed and whether its usual port was named."""
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def _path_of(parts: SplitResult) -> str:
    path = parts.path.rstrip("/")
    for tail in ("/v1/messages", "/v1"):
        path = path.removesuffix(tail).rstrip("/")
    return path
