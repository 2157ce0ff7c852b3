"""Tells an observer what goes over the line for one call, with the key hidden in all of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from desktop_chat.api.call import Call
from desktop_chat.core.events import BlockStarted, StreamEvent, TextArrived, ThinkingArrived
from desktop_chat.core.failure import Failure
from desktop_chat.core.stream_observer import StreamObserver
from desktop_chat.core.stream_record import HIDDEN_KEY, SentRequest, StepKind

KEY_CHARACTERS_MIN: Final = 6
"""What is shorter is no secret but a word such as `none`, and would be found everywhere."""
HIDDEN: Final = "(hidden)"

_HIDDEN_HEADERS: Final[Mapping[str, str]] = {
    "x-api-key": HIDDEN_KEY,
    "authorization": f"Bearer {HIDDEN_KEY}",
    "cookie": HIDDEN,
    "set-cookie": HIDDEN,
    "proxy-authorization": HIDDEN,
}


class Watch:
    """Knows what httpcore calls the steps of a request, and in which spellings a key may come back."""

    def __init__(self, observer: StreamObserver, call: Call) -> None:
        self._observer = observer
        self._call = call
        key = call.asked.key
        self._spellings = key.spellings() if key is not None and len(key.reveal()) >= KEY_CHARACTERS_MIN else ()
        self._is_tunnel = False
        self._shown_body = None if call.body is None else self._hidden(call.body.shown)
        observer.asked(self._request(call.headers.items()))

    def traced(self, name: str, info: Mapping[str, Any]) -> None:
        """Take a step as httpcore tells it: `connection.connect_tcp.started` …"""
        match name.partition(".")[2]:
            case "connect_tcp.started":
                self._observer.stepped(StepKind.CONNECTING, f"{_as_text(info['host'])}:{info['port']}")
            case "connect_tcp.complete":
                self._observer.stepped(StepKind.CONNECTED)
            case "start_tls.complete":
                self._observer.stepped(StepKind.SECURED, _protocol_of(info.get("return_value")))
            case "send_request_headers.started":
                request = info["request"]
                # A proxy is first asked for a way to the server.
                self._is_tunnel = request.method == b"CONNECT"
                if not self._is_tunnel:
                    headers = ((_as_text(header), _as_text(value)) for header, value in request.headers)
                    self._observer.asked(self._request(headers))
            case "send_request_body.complete" if not self._is_tunnel:
                self._observer.stepped(StepKind.SENT, f"{self._call.size_bytes} bytes")

    def opened(self, status: int, request_id: str | None, headers: Iterable[tuple[str, str]]) -> None:
        """Take the head of an answer."""
        self._observer.opened(status, request_id and self._hidden(request_id), self._headers(headers))

    def arrived(self, name: str, data: str, event: StreamEvent | None) -> None:
        """Take a server event, and what was read from it."""
        # Called for every event.
        for spelling in self._spellings:
            data = data.replace(spelling, HIDDEN_KEY)
            name = name.replace(spelling, HIDDEN_KEY)
        self._observer.arrived(name, data, len(event.text) if type(event) is TextArrived else _units_of(event))

    def arrived_whole(self, data: str, events: Iterable[StreamEvent]) -> None:
        """Take a reply that was no stream."""
        self._observer.arrived("message", self._hidden(data), sum(map(_units_of, events)))

    def retried(self, failure: Failure, delay_s: float) -> None:
        """Take the failure of a try, which another one follows."""
        words = f"{failure.title} {failure.detail}".strip()
        self._observer.stepped(StepKind.RETRY, self._hidden(f"{words} Tried again after {delay_s:.1f} s."))

    def _request(self, headers: Iterable[tuple[str, str]]) -> SentRequest:
        call = self._call
        return SentRequest(
            call.method,
            self._hidden(call.url),
            self._headers(headers),
            self._shown_body,
            call.size_bytes,
            call.body is not None and call.body.is_shortened,
        )

    def _headers(self, headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        return tuple(
            (self._hidden(name), _HIDDEN_HEADERS.get(name.lower()) or self._hidden(value)) for name, value in headers
        )

    def _hidden(self, text: str) -> str:
        for spelling in self._spellings:
            text = text.replace(spelling, HIDDEN_KEY)
        return text


def _units_of(event: StreamEvent | None) -> int:
    """How many characters of text or thinking an event has brought."""
    if isinstance(event, TextArrived | ThinkingArrived):
        return len(event.text)
    if not isinstance(event, BlockStarted):
        return 0
    words = event.block.get("text" if event.block.get("type") == "text" else "thinking")
    return len(words) if isinstance(words, str) else 0


def _protocol_of(stream: Any) -> str:
    encrypted = stream.get_extra_info("ssl_object") if stream is not None else None
    return (encrypted.version() or "") if encrypted is not None else ""


def _as_text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")
