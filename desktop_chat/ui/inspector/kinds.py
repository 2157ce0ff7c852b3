"""What an event of the stream brought, as far as its place on the time line needs to know."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from desktop_chat.core.stream_record import Arrival
from desktop_chat.ui.theme import Colors


class Kind(IntEnum):
    """Small numbers, so that the kinds of 50,000 events are as many bytes."""

    TEXT = 0
    THINKING = 1
    TOOL = 2
    PING = 3
    ERROR = 4
    MESSAGE = 5
    """The frame of the reply: its start, its blocks, its end; events nobody knows, too."""


WORDS: Final = {
    Kind.TEXT: "Text",
    Kind.THINKING: "Thinking",
    Kind.TOOL: "Tool",
    Kind.PING: "Ping",
    Kind.ERROR: "Error",
    Kind.MESSAGE: "Frame",
}

_HEAD_CHARACTERS: Final = 200
"""A delta names its type near its beginning; it may be a megabyte long."""
_DELTAS: Final = (
    ("text_delta", Kind.TEXT),
    ("thinking_delta", Kind.THINKING),
    ("input_json_delta", Kind.TOOL),
    ("signature_delta", Kind.THINKING),
    ("citations_delta", Kind.TEXT),
)


def kind_of(arrival: Arrival) -> Kind:
    """Tell the kind of an event; without its data a delta that brought characters counts as text."""
    if arrival.name == "content_block_delta":
        return _kind_of_delta(arrival)
    return _BY_NAME.get(arrival.name, Kind.MESSAGE)


_BY_NAME: Final = {"ping": Kind.PING, "error": Kind.ERROR}


def _kind_of_delta(arrival: Arrival) -> Kind:
    if arrival.raw is None:
        return Kind.TEXT if arrival.units else Kind.TOOL
    head = arrival.raw[:_HEAD_CHARACTERS]
    for name, kind in _DELTAS:
        if name in head:
            return kind
    return Kind.MESSAGE


def color_of(kind: Kind, colors: Colors) -> str:
    """The colour of a kind; each has a contrast of 3 to 1 or better with the page."""
    return {
        Kind.TEXT: colors.function,
        Kind.THINKING: colors.keyword,
        Kind.TOOL: colors.number,
        Kind.PING: colors.ring,
        Kind.ERROR: colors.bad,
        Kind.MESSAGE: colors.good,
    }[kind]
