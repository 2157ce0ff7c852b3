"""One reply's bytes, read to its end: chunks in, core events out, no I/O."""

from __future__ import annotations

from typing import Final

from desktop_chat.api.failures import KEPT, Asked, failure_of_event
from desktop_chat.api.retry import AttemptFailed
from desktop_chat.api.sse import EVENT_BYTES_MAX, SseDecoder
from desktop_chat.api.wire import ErrorArrived, translate
from desktop_chat.core.errors import Answer, ApiError, BadReply, NoConnection, StreamBroken
from desktop_chat.core.events import PingArrived, ReplyEnded, ReplyStarted, StreamEvent, TextArrived, UnknownArrived

_NO_OUTPUT: Final = (PingArrived, UnknownArrived, ReplyStarted)
"""Events after which a request can still be sent again without the reader seeing anything twice."""


class ReplyReader:
    """Reads the stream of one reply and knows how far it came."""

    def __init__(self, asked: Asked, event_bytes_max: int = EVENT_BYTES_MAX) -> None:
        self._asked = asked
        self._decoder = SseDecoder(event_bytes_max)
        self._is_known = False
        self._unknown_count = 0
        self.answer = Answer()
        """What goes into an error about this stream; the client adds the request's id."""
        self.has_bytes = False
        self.has_output = False
        self.is_ended = False
        self.failure: AttemptFailed | None = None

    def feed(self, chunk: bytes) -> list[StreamEvent]:
        """Give the events that this chunk completes; nothing after the reply's end.

        Raises:  nothing: an `error` event, or what is no stream of events, is found in `failure`, and the events
                 before it are given all the same.
        """
        self.has_bytes = True
        events: list[StreamEvent] = []
        if self.is_ended or self.failure:
            return events
        try:
            for sse_event in self._decoder.feed(chunk):
                event = translate(sse_event)
                if type(event) is TextArrived:
                    # Nine of ten events end here.
                    self.has_output = True
                elif event is None:
                    continue
                else:
                    self._note(event)
                events.append(event)
                if type(event) is ReplyEnded:
                    break
        except ErrorArrived as arrived:
            self.failure = failure_of_event(arrived.report, sse_event.data, self._asked, self.has_output)
        except ApiError as error:
            self.failure = AttemptFailed(error, is_temporary=False)
        return events

    def check_end(self) -> None:
        """Tell whether the end of the stream was the end of the reply.

        Raises:  AttemptFailed when `message_stop` is missing.
        """
        if self.is_ended:
            return
        self._decoder.end()
        raise self.failure or AttemptFailed(self._error_of_early_end(), is_temporary=not self.has_bytes)

    def _note(self, event: StreamEvent) -> None:
        kind = type(event)
        if kind is UnknownArrived:
            self._unknown_count += 1
            return
        self._is_known = True
        if kind not in _NO_OUTPUT:
            self.has_output = True
            self.is_ended = kind is ReplyEnded

    def _error_of_early_end(self) -> ApiError:
        host = self._asked.host
        if not self.has_bytes:
            return NoConnection(
                f"{host} closed the connection without a reply.", "It had accepted the request.", self.answer
            )
        if self._unknown_count and not self._is_known and not self.has_output:
            return BadReply(
                f"{host} does not speak the Messages API.",
                f"It streamed {self._unknown_count} events, none of a kind this program knows. Check the server "
                "address in the settings.",
                self.answer,
            )
        return StreamBroken(
            "The reply ended too early.", f"{host} closed the connection in the middle. {KEPT}", self.answer
        )
