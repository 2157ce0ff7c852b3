"""What bad network conditions say in the server's place: answers that are errors, and events between its own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final

from desktop_chat.api.demo_problem import error_value, message_of, problem_for
from desktop_chat.core.bad_line import Fate

MALFORMED: Final = (
    b'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","te\n\n'
)
"""An event of a known kind whose JSON breaks off."""

ERROR_TYPE: Final = "overloaded_error"

_EVENT_END: Final = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_KEPT_BYTES: Final = 3
"""So much of an event's end may have come with the chunk before."""


def request_id_of(fate: Fate) -> str:
    """The id of a made-up answer: in the shape of the API's, and not to be taken for one of them."""
    return f"req_conditions{fate.number:04}"


def made_up_body(status: int, fate: Fate) -> bytes:
    """The body of an answer with this status, in the shape of the API."""
    return problem_for(status).body(request_id_of(fate))


class BadEvents:
    """Counts the events of a stream and puts its own between them, whole ones between whole ones."""

    def __init__(self, fate: Fate) -> None:
        self._count = 0
        self._tail = b""
        """The end of what came, as far as the end of an event may have begun in it."""
        self._due: dict[int, Callable[[], bytes]] = {}
        self.is_over = False
        """Whether the stream has been ended: what the server says after that does not count."""
        if fate.malformed_after_events is not None:
            self._due[fate.malformed_after_events] = lambda: MALFORMED
        if fate.error_after_events is not None:
            self._due[fate.error_after_events] = lambda: self._end(fate)

    def feed(self, chunk: bytes) -> bytes:
        """Take the next bytes of the stream, cut anywhere; give what takes their place."""
        parts: list[bytes] = []
        taken = end = 0
        came_before = len(self._tail)
        text = self._tail + chunk
        for found in _EVENT_END.finditer(text):
            end = found.end()
            self._count += 1
            if (put := self._due.get(self._count)) is not None:
                parts += [chunk[taken : end - came_before], put()]
                taken = end - came_before
            if self.is_over:
                return b"".join(parts)
        self._tail = text[max(end, len(text) - _KEPT_BYTES) :]
        return b"".join([*parts, chunk[taken:]])

    def _end(self, fate: Fate) -> bytes:
        self.is_over = True
        value = error_value(ERROR_TYPE, message_of(ERROR_TYPE), request_id_of(fate))
        return b"event: error\ndata: " + json.dumps(value, separators=(",", ":")).encode() + b"\n\n"
