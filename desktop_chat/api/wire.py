"""The Messages API's JSON, turned into the events of `core.events`.

Nothing a server sends can raise here: what is of an unknown kind becomes `UnknownArrived` and is counted; what is
of a known kind and cannot be read becomes `PartSkipped`, and the reply says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from desktop_chat.api.sse import SseEvent
from desktop_chat.core import sound_json
from desktop_chat.core.events import (
    BlockEnded,
    BlockStarted,
    CitationArrived,
    FieldsArrived,
    InputJsonArrived,
    PartSkipped,
    PingArrived,
    ReplyChanged,
    ReplyEnded,
    ReplyStarted,
    SignatureArrived,
    StreamEvent,
    TextArrived,
    ThinkingArrived,
    UnknownArrived,
)

Json: TypeAlias = dict[str, Any]

NAME_CHARACTERS_MAX: Final = 80
"""An unknown name may be anything; no more of it is kept."""

BLOCK_INDEX_MAX: Final = 9_999
"""More blocks than a reply could ever have."""

SKIPPED_CHARACTERS_MAX: Final = 400
"""So much is kept of a part that could not be read."""

_DONE: Final = "[DONE]"
"""What servers with an OpenAI past send after the last event; an event without anything in it keeps the line open."""


class ErrorArrived(Exception):
    """An `error` event ended the stream; `report` is its JSON."""

    def __init__(self, report: Json) -> None:
        super().__init__("an error event ended the stream")
        self.report = report


class _Malformed(Exception):
    """A known event lacks what it is for."""


def translate(event: SseEvent) -> StreamEvent | None:
    """Give the core event of one SSE event; None when there is nothing to tell.

    Raises:  ErrorArrived for an `error` event.
    """
    data = event.data
    plain = _plain_text_delta(data)
    if plain is not None:
        index, text = plain.groups()
        return TextArrived(int(index), text)
    fields = read_json(data, is_rest_ignored=True)
    if type(fields) is not dict:
        return None if data.strip() in ("", _DONE) else _skipped(event.name or "not JSON", data)
    kind = fields.get("type") or event.name
    if type(kind) is not str:
        return _skipped(kind, data)
    read = _READERS.get(kind)
    if read is None:
        if "error" in fields and event.name in ("error", "") and "type" not in fields:
            raise ErrorArrived(fields)
        return UnknownArrived(_shortened(kind))
    try:
        return read(fields)
    except _Malformed:
        return _skipped(kind, data)


def read_json(text: str, is_rest_ignored: bool = False) -> Any:
    """Read JSON of unknown origin; None when it is none, or nested too deeply to be read."""
    try:
        return sound_json.value_of(text, is_rest_ignored)
    except ValueError:
        return None


def is_message(value: Any) -> bool:
    """Whether this is a whole reply, as a server gives it that does not stream."""
    return isinstance(value, dict) and value.get("type") == "message" and isinstance(value.get("content"), list)


def events_of_message(message: Json) -> Iterator[StreamEvent]:
    """Give the events that would have built this reply."""
    yield ReplyStarted(_text(message, "id"), _text(message, "model"), _mapping(message, "usage"))
    for index, block in enumerate(message["content"]):
        if isinstance(block, dict):
            yield BlockStarted(index, _with_sound_fields(block))
            yield BlockEnded(index)
    yield _changed(message, {})
    yield ReplyEnded()


# --- one reader per event -----------------------------------------------------------------------------------------


def _read_message_start(fields: Json) -> StreamEvent:
    message = _mapping(fields, "message")
    return ReplyStarted(_text(message, "id"), _text(message, "model"), _mapping(message, "usage"))


def _read_block_start(fields: Json) -> StreamEvent:
    block = fields.get("content_block")
    if type(block) is not dict:
        raise _Malformed
    return BlockStarted(_index(fields), _with_sound_fields(block))


def _read_block_delta(fields: Json) -> StreamEvent:
    delta = fields.get("delta")
    if type(delta) is not dict:
        raise _Malformed
    kind = delta.get("type")
    if type(kind) is not str:
        raise _Malformed
    read = _DELTA_READERS.get(kind)
    return read(_index(fields), delta) if read else UnknownArrived(_shortened(kind))


def _read_block_stop(fields: Json) -> StreamEvent:
    return BlockEnded(_index(fields))


def _read_message_delta(fields: Json) -> StreamEvent:
    return _changed(_mapping(fields, "delta"), _mapping(fields, "usage"))


def _read_message_stop(_fields: Json) -> StreamEvent:
    return ReplyEnded()


def _read_ping(_fields: Json) -> StreamEvent:
    return PingArrived()


def _read_error(fields: Json) -> StreamEvent:
    raise ErrorArrived(fields)


def _read_text(index: int, delta: Json) -> StreamEvent:
    return TextArrived(index, _required_text(delta, "text"))


def _read_thinking(index: int, delta: Json) -> StreamEvent:
    return ThinkingArrived(index, _required_text(delta, "thinking"))


def _read_signature(index: int, delta: Json) -> StreamEvent:
    return SignatureArrived(index, _required_text(delta, "signature"))


def _read_input_json(index: int, delta: Json) -> StreamEvent:
    return InputJsonArrived(index, _required_text(delta, "partial_json"))


def _read_citation(index: int, delta: Json) -> StreamEvent:
    citation = delta.get("citation")
    if type(citation) is not dict:
        raise _Malformed
    return CitationArrived(index, citation)


def _read_compaction(index: int, delta: Json) -> StreamEvent:
    return FieldsArrived(index, {name: value for name, value in delta.items() if name != "type"})


_READERS: Final[Mapping[str, Callable[[Json], StreamEvent]]] = {
    "content_block_delta": _read_block_delta,
    "content_block_start": _read_block_start,
    "content_block_stop": _read_block_stop,
    "message_start": _read_message_start,
    "message_delta": _read_message_delta,
    "message_stop": _read_message_stop,
    "ping": _read_ping,
    "error": _read_error,
}
_DELTA_READERS: Final[Mapping[str, Callable[[int, Json], StreamEvent]]] = {
    "text_delta": _read_text,
    "thinking_delta": _read_thinking,
    "signature_delta": _read_signature,
    "input_json_delta": _read_input_json,
    "citations_delta": _read_citation,
    "compaction_delta": _read_compaction,
}

# --- fields of which nothing can be taken for granted -------------------------------------------------------------


def _changed(delta: Json, usage: Json) -> ReplyChanged:
    details = delta.get("stop_details")
    return ReplyChanged(
        stop_reason=_text(delta, "stop_reason") or None,
        stop_sequence=_text(delta, "stop_sequence") or None,
        stop_details=details if type(details) is dict else None,
        usage=usage,
    )


def _with_sound_fields(block: Json) -> Json:
    """Drop fields on which pieces will be appended and that are of another type; null means empty as well."""
    return {name: value for name, value in block.items() if isinstance(value, _APPENDED_TO.get(name, object))}


_APPENDED_TO: Final[Mapping[str, type | tuple[type, ...]]] = {
    "type": str,
    "text": str,
    "thinking": str,
    "citations": (list, type(None)),
}


def _index(fields: Json) -> int:
    index = fields.get("index")
    if type(index) is not int or not 0 <= index <= BLOCK_INDEX_MAX:
        raise _Malformed
    return index


def _required_text(fields: Json, name: str) -> str:
    value = fields.get(name)
    if type(value) is not str:
        raise _Malformed
    return value


def _text(fields: Json, name: str) -> str:
    value = fields.get(name)
    return value if type(value) is str else ""


def _mapping(fields: Json, name: str) -> Json:
    value = fields.get(name)
    return value if type(value) is dict else {}


def _skipped(kind: object, data: str) -> PartSkipped:
    return PartSkipped(_shortened(kind), data[:SKIPPED_CHARACTERS_MAX])


def _shortened(name: object) -> str:
    return name[:NAME_CHARACTERS_MAX] if isinstance(name, str) else type(name).__name__


_plain_text_delta: Final = re.compile(
    r'\{"type":"content_block_delta","index":(0|[1-9][0-9]{0,3}),'
    r'"delta":\{"type":"text_delta","text":"([^"\\\x00-\x1f]*)"\} *\} *'
).fullmatch
"""A piece of text without escapes, as the API writes it: most events of most replies.

MEASURED half the cost of reading its JSON, 2026-11-23. Whatever deviates by a blank is read as JSON, to the same end.
"""
