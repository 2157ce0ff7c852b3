"""One request as it goes over the wire: address, headers with the key, body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from desktop_chat import __version__
from desktop_chat.api.asked import Asked
from desktop_chat.api.body import Body
from desktop_chat.core.api_key import ApiKey
from desktop_chat.core.bad_line import BadLine
from desktop_chat.core.errors import KeyMissing, KeyRejected
from desktop_chat.core.provider import AuthStyle, ProviderProfile

LINE: Final = "bad_line"
"""Name of httpx's extension in which a request carries the line it goes over."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request, ready to be sent any number of times. Its headers hold the key and are in no `repr`."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: Body | None = field(repr=False)
    asked: Asked
    line: BadLine | None = field(default=None, repr=False)
    """What it goes over, where that is made worse on purpose."""

    @classmethod
    def to(cls, profile: ProviderProfile, key: ApiKey | None, path: str, body: Mapping[str, Any] | None = None) -> Call:
        """Make a call to a server: a POST when it has a body, else a GET. In a thread, if files may be in the body.

        Raises:  KeyMissing, KeyRejected when it is plain that the server will not take it.
        """
        model = body.get("model") if body else None
        asked = Asked(host_of(profile), key, model if isinstance(model, str) else "")
        headers = {
            "accept": "application/json, text/event-stream",
            "accept-encoding": "identity",
            "anthropic-version": profile.api_version,
            "user-agent": f"desktop-chat/{__version__}",
            **_auth_headers(profile, key),
        }
        if body is None:
            return cls("GET", profile.base_url + path, headers, None, asked)
        sent = Body.of(body)
        headers |= {"content-type": "application/json", "content-length": str(sent.size_bytes)}
        return cls("POST", profile.base_url + path, headers, sent, asked)

    @property
    def size_bytes(self) -> int:
        """How large the body is."""
        return 0 if self.body is None else self.body.size_bytes


def host_of(profile: ProviderProfile) -> str:
    """The server's name as a person knows it, with its port where it has one of its own."""
    if profile.is_loopback:
        # A server of this machine may have been given a better name than its number.
        return profile.name
    return urlsplit(profile.base_url).netloc or profile.base_url


def _auth_headers(profile: ProviderProfile, key: ApiKey | None) -> dict[str, str]:
    if key is None:
        if profile.is_key_required:
            raise KeyMissing("There is no API key yet.", f"{host_of(profile)} answers nobody without one.")
        return {}
    if not key.is_header_safe:
        # Checked here, because the exception of an HTTP library would show the key.
        raise KeyRejected(
            "The key cannot be right.", "It has blanks or characters that no key has. Copy it again and paste it anew."
        )
    if profile.auth_style is AuthStyle.X_API_KEY:
        return {"x-api-key": key.reveal()}
    return {"authorization": f"Bearer {key.reveal()}"}
