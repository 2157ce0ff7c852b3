"""What breaks on the way to a server, told in plain words: names, ports, certificates, proxies, silence."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from enum import Enum, auto
from typing import Final

from desktop_chat.api.body import Upload
from desktop_chat.api.failures import KEPT
from desktop_chat.api.retry import AttemptFailed
from desktop_chat.core.errors import Answer, ApiError, NoConnection, StreamBroken
from desktop_chat.core.failure import Action

PROXY_WORDS_MAX: Final = 200
"""Characters of the proxy's own words that are told."""

_UNREACHABLE: Final = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})


_HEAD_TOO_LONG: Final = 431
"""How h11 calls a head beyond 100 KB, whether it is one long line or many."""

_NO_ANSWER: Final = Answer()


class LineFault(Enum):
    """Where the line failed; the cause tells more."""

    CONNECT = auto()
    CONNECT_TIMEOUT = auto()
    BROKEN = auto()
    PROXY = auto()
    ADDRESS = auto()
    """The address cannot be used at all."""
    SILENCE = auto()
    SLEEP = auto()
    """Nothing came after this computer had slept."""
    GARBLED = auto()
    """Something was said, but it is no HTTP, or a head without an end."""


def is_garbled(error: Exception) -> bool:
    """Whether the peer broke the rules of HTTP, by an error of the HTTP library; else it only hung up."""
    return any("h11" in type(each).__module__ for each in _chain(error)) and "peer closed" not in str(error)


def failure_of_line(
    fault: LineFault, cause: BaseException | None, host: str, has_bytes: bool = False, answer: Answer = _NO_ANSWER
) -> AttemptFailed:
    """Tell what happened to the line; `has_bytes` says whether a part of the reply had arrived."""
    if has_bytes:
        if fault is LineFault.SILENCE:
            title, detail = f"{host} fell silent.", f"Nothing came for minutes, so the line was closed. {KEPT}"
        elif fault is LineFault.SLEEP:
            title, detail = "The computer slept.", f"The line to {host} did not outlive it. {KEPT}"
        else:
            title, detail = "The connection broke off.", f"The line to {host} failed in the middle. {KEPT}"
        return AttemptFailed(StreamBroken(title, detail, answer), is_temporary=False)
    title, detail, is_temporary = _words_for(fault, cause, host)
    error: ApiError = NoConnection(title, detail, answer)
    if fault in (LineFault.ADDRESS, LineFault.PROXY, LineFault.GARBLED):
        error.action = Action.OPEN_SETTINGS
    return AttemptFailed(error, is_temporary)


def failure_of_upload(upload: Upload, host: str, *, is_stalled: bool = False) -> AttemptFailed:
    """Tell that the line failed while a large request was going out."""
    sent = f"{upload.sent_bytes / 1e6:.1f} of {upload.size_bytes / 1e6:.1f} MB had gone out."
    if is_stalled:
        return AttemptFailed(
            NoConnection(f"{host} takes nothing more.", f"{sent} For minutes it took none of the rest."), False
        )
    why = "The line failed, or the server takes no request of this size."
    return AttemptFailed(NoConnection(f"{host} closed the connection before all was sent.", f"{sent} {why}"), True)


def _words_for(fault: LineFault, cause: BaseException | None, host: str) -> tuple[str, str, bool]:
    """Title, detail, and whether another attempt may help."""
    match fault:
        case LineFault.CONNECT:
            return _words_for_connect(cause, host)
        case LineFault.CONNECT_TIMEOUT:
            return (
                f"{host} does not answer.",
                "Nothing came back in time. Check the network and the address.",
                True,
            )
        case LineFault.BROKEN:
            return f"{host} closed the connection without a reply.", "The line broke before the first word.", True
        case LineFault.PROXY:
            says = f" It says: {cause}"[:PROXY_WORDS_MAX] if cause else ""
            return f"The proxy on the way to {host} failed.", f"Check the system's proxy settings.{says}", False
        case LineFault.ADDRESS:
            return f"The address “{host}” cannot be used.", "Check the server address in the settings.", False
        case LineFault.GARBLED if any(
            getattr(each, "error_status_hint", 0) == _HEAD_TOO_LONG for each in _chain(cause)
        ):
            return (
                f"{host} sent headers without an end.",
                "The connection was closed before they filled the memory. This is a fault of the server.",
                False,
            )
        case LineFault.GARBLED:
            return (
                f"{host} does not answer as http should.",
                "Another kind of server may listen there, or one whose address begins with https://. Check the server "
                "address in the settings.",
                False,
            )
        case LineFault.SLEEP:
            return f"The line to {host} is gone.", "The computer slept before a reply came.", True
        case LineFault.SILENCE:
            return f"{host} fell silent.", "The request was sent, but no reply came for minutes.", False


def _words_for_connect(cause: BaseException | None, host: str) -> tuple[str, str, bool]:
    for error in _chain(cause):
        match error:
            case ssl.SSLCertVerificationError():
                why = error.verify_message or "it cannot be verified"
                return (
                    f"The certificate of {host} is not trusted.",
                    f"Reason: {why}. Nothing was sent. A company's own certificate must be known to the system.",
                    False,
                )
            case ssl.SSLError():
                return (
                    f"No secure connection to {host}.",
                    "The server does not answer as https should. If it is a local server, its address may begin with "
                    "http:// instead.",
                    False,
                )
            case socket.gaierror():
                return f"The name {host} cannot be found.", "Is this computer online, and the address right?", True
            case ConnectionRefusedError():
                return f"{host} refuses the connection.", "No program answers there. Is the server running?", True
            case OSError() if error.errno in _UNREACHABLE:
                return f"{host} cannot be reached from this network.", "Is this computer online?", True
            case _:
                continue
    return f"No connection to {host}.", "Check the network and the server address.", True


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and everything it came from, groups opened: several addresses fail as one group."""
    waiting = [error]
    seen: set[int] = set()
    while waiting:
        current = waiting.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [current.__context__, current.__cause__]
        if isinstance(current, BaseExceptionGroup):
            waiting += current.exceptions
