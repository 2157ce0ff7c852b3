"""Random streams of reply events, orderly and not, for property tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from desktop_chat.core.events import (
    BlockEnded,
    BlockStarted,
    CitationArrived,
    FieldsArrived,
    InputJsonArrived,
    ReplyChanged,
    ReplyEnded,
    ReplyEvent,
    ReplyStarted,
    SignatureArrived,
    TextArrived,
    ThinkingArrived,
)

# Halves of surrogate pairs among them: JSON may bring a pair in two pieces.
PIECES = st.text(st.characters(), max_size=4) | st.sampled_from(["\ud83d", "\ude00", "", "😀", "\u2028", "\x00", '"\\'])
INDICES = st.integers(0, 3)
COUNTS = st.dictionaries(
    st.sampled_from(["input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"]),
    st.none() | st.integers(0, 10**6),
)
BLOCKS: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"type": "text", "text": ""},
        {"type": "text", "text": "seed", "citations": None},
        {"type": "thinking", "thinking": "", "signature": ""},
        {"type": "redacted_thinking", "data": "x"},
        {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {}},
        {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search"},
        {"type": "hologram", "deep": [{"a": None}]},
    ]
)
NAMES = st.none() | st.text(max_size=5)

EVENTS: st.SearchStrategy[ReplyEvent] = st.one_of(
    st.builds(ReplyStarted, st.text(max_size=4), st.text(max_size=4), COUNTS),
    st.builds(BlockStarted, INDICES, BLOCKS),
    st.builds(TextArrived, INDICES, PIECES),
    st.builds(TextArrived, INDICES, PIECES),
    st.builds(ThinkingArrived, INDICES, PIECES),
    st.builds(SignatureArrived, INDICES, st.text(max_size=4)),
    st.builds(InputJsonArrived, INDICES, st.sampled_from(['{"a":', '"ü"', "}", "", "[1,", "1]"])),
    st.builds(CitationArrived, INDICES, st.dictionaries(st.text(max_size=3), PIECES, max_size=2)),
    st.builds(FieldsArrived, INDICES, st.dictionaries(st.sampled_from(["content", "x"]), PIECES, max_size=2)),
    st.builds(BlockEnded, INDICES),
    st.builds(ReplyChanged, NAMES, NAMES, st.none() | st.just({"type": "refusal"}), COUNTS),
)
STREAMS = st.builds(
    lambda events, end, late: [*events, *end, *late],
    st.lists(EVENTS, max_size=25),
    st.sampled_from([(), (ReplyEnded(),)]),
    st.lists(EVENTS, max_size=2),
)
