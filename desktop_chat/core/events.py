"""What happens while a reply streams, and the reply that grows from it.

`apply` is the one place that knows how events become content. The journal stores the same events through
`encode` and `decode`, so a reply found after a crash is built by the very same code.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from desktop_chat.core import sound_json
from desktop_chat.core.failure import Failure
from desktop_chat.core.messages import Block
from desktop_chat.core.rate_limits import RateLimits
from desktop_chat.core.usage import Usage

# --- the state of the line: nothing of the reply itself -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RequestSent:
    """The request is on its way, and the line perhaps still to be opened; `attempt` counts from 1."""

    attempt: int
    body_bytes: int


@dataclass(frozen=True, slots=True)
class LineOpened:
    """A connection stands, and the request goes out over it."""


@dataclass(frozen=True, slots=True)
class BodySent:
    """The whole request is out: from now on the server is being waited for."""


@dataclass(frozen=True, slots=True)
class ResponseOpened:
    """The server has answered with a stream; its headers are known, no event yet."""

    request_id: str | None
    rate_limits: RateLimits | None


@dataclass(frozen=True, slots=True)
class RetryScheduled:
    """The attempt failed and another one follows by itself after `delay_s` seconds."""

    delay_s: float
    attempt: int
    """Number of the attempt that will follow, 2 for the first retry."""
    attempts_max: int
    failure: Failure


@dataclass(frozen=True, slots=True)
class StillWaiting:
    """Nothing arrived for `quiet_s` seconds; the connection is kept open."""

    quiet_s: float


@dataclass(frozen=True, slots=True)
class PingArrived:
    """The server shows that the line is alive."""


# --- the reply ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReplyStarted:
    """`message_start`. `usage` is the report as it came."""

    message_id: str
    model: str
    usage: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BlockStarted:
    """`content_block_start`: the block as the API opened it; its text need not be empty."""

    index: int
    block: Block


@dataclass(frozen=True, slots=True)
class TextArrived:
    """A piece of the answer."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class ThinkingArrived:
    """A piece of the thinking; may be empty."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class SignatureArrived:
    """The signature of a thinking block; assigned, not appended."""

    index: int
    signature: str


@dataclass(frozen=True, slots=True)
class InputJsonArrived:
    """A piece of a tool call's arguments; JSON only once all pieces are joined."""

    index: int
    json_text: str


@dataclass(frozen=True, slots=True)
class CitationArrived:
    """A source of the text block; may come before or between its text."""

    index: int
    citation: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FieldsArrived:
    """A delta that replaces fields of its block as a whole, such as `compaction_delta`."""

    index: int
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BlockEnded:
    """`content_block_stop`."""

    index: int


@dataclass(frozen=True, slots=True)
class ReplyChanged:
    """`message_delta`: running totals and, once it is known, why the reply stopped."""

    stop_reason: str | None
    stop_sequence: str | None
    stop_details: Mapping[str, Any] | None
    usage: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReplyEnded:
    """`message_stop`: the reply is complete. Nothing else proves it."""


@dataclass(frozen=True, slots=True)
class UnknownArrived:
    """An event or a delta of a type this program does not know; counted, never shown."""

    name: str


@dataclass(frozen=True, slots=True)
class PartSkipped:
    """An event of a known kind that could not be read. It is left out, and the reply says that something is missing."""

    kind: str
    raw: str
    """How it begins, as it came."""


LineEvent: TypeAlias = (
    RequestSent
    | LineOpened
    | BodySent
    | ResponseOpened
    | RetryScheduled
    | StillWaiting
    | PingArrived
    | UnknownArrived
    | PartSkipped
)
ReplyEvent: TypeAlias = (
    ReplyStarted
    | BlockStarted
    | TextArrived
    | ThinkingArrived
    | SignatureArrived
    | InputJsonArrived
    | CitationArrived
    | FieldsArrived
    | BlockEnded
    | ReplyChanged
    | ReplyEnded
)
StreamEvent: TypeAlias = LineEvent | ReplyEvent

REPLY_EVENTS: Final = (
    ReplyStarted,
    BlockStarted,
    TextArrived,
    ThinkingArrived,
    SignatureArrived,
    InputJsonArrived,
    CitationArrived,
    FieldsArrived,
    BlockEnded,
    ReplyChanged,
    ReplyEnded,
)
"""The classes of `ReplyEvent`, for `isinstance`."""

INDEXED_EVENTS: Final = (
    BlockStarted,
    TextArrived,
    ThinkingArrived,
    SignatureArrived,
    InputJsonArrived,
    CitationArrived,
    FieldsArrived,
    BlockEnded,
)
"""Those that belong to one block."""

# --- the reply in the making --------------------------------------------------------------------------------------


@dataclass(slots=True)
class _OpenBlock:
    """A block that still grows: pieces are kept in lists, because joining per token is quadratic."""

    start: Block
    text: list[str] = field(default_factory=list)
    thinking: list[str] = field(default_factory=list)
    json_text: list[str] = field(default_factory=list)
    citations: list[Mapping[str, Any]] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)

    def closed(self) -> Block:
        """The block as the API would have given it whole."""
        block: dict[str, Any] = {**self.start, **self.fields}
        if self.text:
            block["text"] = with_whole_surrogates(_text_of(self.start, "text") + "".join(self.text))
        if self.thinking:
            block["thinking"] = with_whole_surrogates(_text_of(self.start, "thinking") + "".join(self.thinking))
        if self.citations:
            block["citations"] = [*(self.start.get("citations") or []), *self.citations]
        if self.json_text or block.get("type") in TOOL_USE_TYPES:
            _set_input(block, "".join(self.json_text))
        return block


THINKING_TYPES: Final = frozenset({"thinking", "redacted_thinking"})
TOOL_USE_TYPES: Final = frozenset({"tool_use", "server_tool_use", "mcp_tool_use"})
PARTIAL_INPUT: Final = "partial_input"
"""Field of a tool call whose arguments were cut: the text that came. Such a call is never run or sent back."""


@dataclass(slots=True)
class Reply:
    """An assistant message in the making; changed by `apply` alone."""

    message_id: str | None = None
    model: str | None = None
    usage: Usage = Usage()
    stop_reason: str | None = None
    stop_sequence: str | None = None
    stop_details: Mapping[str, Any] | None = None
    is_ended: bool = False
    has_output: bool = False
    """Whether anything was received that a reader could miss: text, thinking, a tool call."""
    _blocks: dict[int, _OpenBlock] = field(default_factory=dict)

    def content(self) -> tuple[Block, ...]:
        """All blocks so far, in the order of their index."""
        return tuple(self._blocks[index].closed() for index in sorted(self._blocks))


def apply(reply: Reply, event: ReplyEvent) -> None:
    """Let one event change the reply.

    Order:   blocks may overlap and stay open to the end; deltas for a block that was never opened open one.
             Whatever comes after `message_stop` is ignored.
    """
    if reply.is_ended:
        return
    match event:
        case TextArrived(index, text):
            _open(reply, index, "text").text.append(text)
            reply.has_output = reply.has_output or bool(text)
        case ThinkingArrived(index, text):
            _open(reply, index, "thinking").thinking.append(text)
            reply.has_output = reply.has_output or bool(text)
        case InputJsonArrived(index, json_text):
            _append_json(reply, index, json_text)
        case SignatureArrived(index, signature):
            _open(reply, index, "thinking").fields["signature"] = signature
        case CitationArrived(index, citation):
            _open(reply, index, "text").citations.append(citation)
        case FieldsArrived(index, fields):
            _open(reply, index, "unknown").fields.update(fields)
        case BlockStarted(index, block):
            reply._blocks[index] = _OpenBlock(block)
            reply.has_output = reply.has_output or _shows_something(block)
        case BlockEnded():
            pass  # the end of the reply closes every block: some servers never send this
        case ReplyStarted(message_id, model, usage):
            reply.message_id = message_id or reply.message_id
            reply.model = model or reply.model
            reply.usage = reply.usage.overwritten_by(usage)
        case ReplyChanged():
            reply.stop_reason = event.stop_reason or reply.stop_reason
            reply.stop_sequence = event.stop_sequence or reply.stop_sequence
            reply.stop_details = event.stop_details or reply.stop_details
            reply.usage = reply.usage.overwritten_by(event.usage)
        case ReplyEnded():
            reply.is_ended = True


def _open(reply: Reply, index: int, block_type: str) -> _OpenBlock:
    block = reply._blocks.get(index)
    if block is None:
        # The API wants the field of a text or thinking block back even when it is empty.
        start = {"type": block_type, block_type: ""} if block_type in ("text", "thinking") else {"type": block_type}
        block = reply._blocks[index] = _OpenBlock(start)
    return block


def _append_json(reply: Reply, index: int, json_text: str) -> None:
    block = reply._blocks.get(index)
    # Some gateways send an empty input delta inside a text block; it means nothing there.
    if block is None or block.start.get("type") == "text":
        return
    block.json_text.append(json_text)
    reply.has_output = True


def _shows_something(block: Block) -> bool:
    kind = block.get("type")
    if kind in ("text", "thinking"):
        return bool(block.get(kind))
    return True


def _text_of(block: Block, name: str) -> str:
    value = block.get(name)
    return value if isinstance(value, str) else ""


def with_whole_surrogates(text: str) -> str:
    """Join surrogate halves that came in two pieces; a lone half becomes U+FFFD, so that all text can be stored."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _set_input(block: dict[str, Any], json_text: str) -> None:
    if not json_text:
        block.setdefault("input", {})
        return
    try:
        block["input"] = sound_json.value_of(json_text)
    except ValueError:
        block.pop("input", None)
        block[PARTIAL_INPUT] = json_text


# --- the journal's form -------------------------------------------------------------------------------------------


def encode(events: Iterable[ReplyEvent]) -> str:
    """Write events as one compact JSON array; neighbouring pieces of one block are joined.

    Shape:   a list of lists, each a letter of `_LETTERS` and the event's fields in order.
    """
    rows: list[list[Any]] = []
    for event in events:
        letter = _LETTERS[type(event)]
        row = [letter, *(getattr(event, name) for name in event.__slots__)]
        if rows and letter in _JOINABLE and rows[-1][:2] == row[:2]:
            rows[-1][2].append(row[2])
        elif letter in _JOINABLE:
            rows.append([letter, row[1], [row[2]]])
        else:
            rows.append(row)
    return json.dumps(
        [[row[0], row[1], "".join(row[2])] if row[0] in _JOINABLE else row for row in rows],
        ensure_ascii=True,
        separators=(",", ":"),
    )


def decode(text: str) -> list[ReplyEvent]:
    """Read what `encode` wrote.

    Raises:  ValueError when it is not of that form.
    """
    try:
        return [_CLASSES[row[0]](*row[1:]) for row in json.loads(text)]
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError(f"not a list of reply events: {error!r}") from error


_LETTERS: Final[dict[type, str]] = {
    ReplyStarted: "m",
    BlockStarted: "b",
    TextArrived: "t",
    ThinkingArrived: "h",
    SignatureArrived: "s",
    InputJsonArrived: "j",
    CitationArrived: "c",
    FieldsArrived: "f",
    BlockEnded: "e",
    ReplyChanged: "d",
    ReplyEnded: "z",
}
_CLASSES: Final = {letter: event_class for event_class, letter in _LETTERS.items()}
_JOINABLE: Final = frozenset("thj")
