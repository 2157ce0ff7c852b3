"""One reply's bytes, read to its end and within bounds: chunks in, core events out, no I/O."""

from __future__ import annotations

from typing import Final

from desktop_chat.api.asked import Asked
from desktop_chat.api.failures import KEPT, failure_of_event
from desktop_chat.api.retry import AttemptFailed
from desktop_chat.api.sse import EVENT_BYTES_MAX, SseDecoder
from desktop_chat.api.watch import Watch
from desktop_chat.api.wire import ErrorArrived, translate
from desktop_chat.core.errors import Answer, ApiError, BadReply, NoConnection, StreamBroken
from desktop_chat.core.events import (
    InputJsonArrived,
    PartSkipped,
    PingArrived,
    ReplyEnded,
    ReplyStarted,
    StreamEvent,
    TextArrived,
    ThinkingArrived,
    UnknownArrived,
)

TEXT_CHARACTERS_MAX: Final = 10_000_000
"""For one reply. The longest one possible today has a million."""

OTHER_CHARACTERS_MAX: Final = 2_000_000
"""Thinking, tool calls, and the JSON of everything else: unlike text it is held or laid out in one piece."""

PIECES_MAX: Final = 2_000_000
"""Each is held by itself until the block ends: 80 bytes or more, however short."""

KEY_CHARACTERS_MIN: Final = 20
"""From here on a key in the text of a reply is no coincidence."""

_NO_OUTPUT: Final = (PingArrived, UnknownArrived, PartSkipped, ReplyStarted)
"""Events after which a request can still be sent again without the reader seeing anything twice."""


class ReplyReader:
    """Reads the stream of one reply and knows how far it came."""

    def __init__(self, asked: Asked, event_bytes_max: int = EVENT_BYTES_MAX, watch: Watch | None = None) -> None:
        self._asked = asked
        # A short one, as local servers have, may be a word of the text.
        is_telling = asked.key is not None and len(asked.key.reveal()) >= KEY_CHARACTERS_MIN
        self._echoed = asked.key if is_telling else None
        self._watch = watch
        self._decoder = SseDecoder(event_bytes_max)
        self._is_known = False
        self._unknown_count = 0
        self._text_room = TEXT_CHARACTERS_MAX
        self._other_room = OTHER_CHARACTERS_MAX
        self._pieces_room = PIECES_MAX
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
                if self._watch is not None:
                    self._watch.arrived(*sse_event, event)
                if type(event) is TextArrived:
                    # Nine of ten events end here.
                    self.has_output = True
                    if self._echoed is not None and self._echoed.reveal() in event.text:
                        event = TextArrived(event.index, self._asked.masked(event.text))
                    self._text_room -= len(event.text)
                    self._pieces_room -= 1
                elif event is None:
                    continue
                else:
                    event = self._noted(event, len(sse_event.data))
                if self._text_room < 0 or self._other_room < 0 or self._pieces_room < 0:
                    raise _endless(self._asked.host, self.answer)
                events.append(event)
                if type(event) is ReplyEnded:
                    break
        except ErrorArrived as arrived:
            if self._watch is not None:
                self._watch.arrived(*sse_event, None)
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
        raise self.failure or AttemptFailed(self._error_of_early_end(), is_temporary=not self.has_bytes)

    def _noted(self, event: StreamEvent, data_characters: int) -> StreamEvent:
        kind = type(event)
        if kind is PingArrived:
            self._is_known = True
            return event
        if isinstance(event, UnknownArrived):
            self._unknown_count += 1
            return UnknownArrived(self._asked.masked(event.name))
        if isinstance(event, PartSkipped):
            self._unknown_count += 1
            self._pieces_room -= 1
            return PartSkipped(self._asked.masked(event.kind), self._asked.masked(event.raw))
        self._is_known = True
        self._pieces_room -= 1
        self._other_room -= _characters_of(event, data_characters)
        if kind not in _NO_OUTPUT:
            self.has_output = True
            self.is_ended = kind is ReplyEnded
        return event

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


def _characters_of(event: StreamEvent, data_characters: int) -> int:
    """How much is held of an event that is no text; of what has no length of its own as much as its JSON has."""
    if isinstance(event, ThinkingArrived):
        return len(event.text)
    if isinstance(event, InputJsonArrived):
        return len(event.json_text)
    return data_characters


def _endless(host: str, answer: Answer) -> BadReply:
    return BadReply(
        "The reply grew beyond all measure.",
        f"{host} went on far longer than any model can, so the connection was closed to protect this computer's "
        f"memory. {KEPT}",
        answer,
    )
