"""The Messages API's JSON as core events: known, unknown, malformed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_chat.api.asked import Asked
from desktop_chat.api.failures import failure_of_answer
from desktop_chat.api.model_list import ModelPage
from desktop_chat.api.reply_reader import ReplyReader
from desktop_chat.api.sse import SseEvent
from desktop_chat.api.wire import (
    BLOCK_INDEX_MAX,
    SKIPPED_CHARACTERS_MAX,
    ErrorArrived,
    events_of_message,
    is_message,
    read_json,
    translate,
)
from desktop_chat.core import sound_json
from desktop_chat.core.errors import ApiError
from desktop_chat.core.events import (
    REPLY_EVENTS,
    BlockEnded,
    BlockStarted,
    CitationArrived,
    FieldsArrived,
    InputJsonArrived,
    PartSkipped,
    PingArrived,
    Reply,
    ReplyChanged,
    ReplyEnded,
    ReplyStarted,
    SignatureArrived,
    StreamEvent,
    TextArrived,
    ThinkingArrived,
    UnknownArrived,
    apply,
    encode,
)

ASKED = Asked("server.example")


def told(event: dict[str, Any], name: str | None = None) -> StreamEvent | None:
    return translate(SseEvent(event.get("type", "") if name is None else name, json.dumps(event)))


def delta(fields: dict[str, Any], index: Any = 2) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": fields}


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (delta({"type": "text_delta", "text": "Hi"}), TextArrived(2, "Hi")),
        (delta({"type": "thinking_delta", "thinking": "", "estimated_tokens": 120}), ThinkingArrived(2, "")),
        (delta({"type": "signature_delta", "signature": "abc="}), SignatureArrived(2, "abc=")),
        (delta({"type": "input_json_delta", "partial_json": '{"a'}), InputJsonArrived(2, '{"a')),
        (delta({"type": "citations_delta", "citation": {"url": "x"}}), CitationArrived(2, {"url": "x"})),
        (
            delta({"type": "compaction_delta", "content": "sum", "encrypted_content": "b"}),
            FieldsArrived(2, {"content": "sum", "encrypted_content": "b"}),
        ),
        (delta({"type": "hologram_delta", "voxels": [1]}), UnknownArrived("hologram_delta")),
        ({"type": "content_block_stop", "index": 0}, BlockEnded(0)),
        ({"type": "message_stop", "usage": {"output_tokens": 3}}, ReplyEnded()),
        ({"type": "ping"}, PingArrived()),
        ({"type": "future_event", "x": 1}, UnknownArrived("future_event")),
        (
            {"type": "message_start", "message": {"id": "m", "model": "c", "usage": {"input_tokens": 1}}},
            ReplyStarted("m", "c", {"input_tokens": 1}),
        ),
        ({"type": "message_start"}, ReplyStarted("", "", {})),
        (
            {"type": "message_delta", "delta": {"stop_reason": "refusal", "stop_details": {"category": "bio"}}},
            ReplyChanged("refusal", None, {"category": "bio"}, {}),
        ),
        (
            {"type": "message_delta", "usage": {"output_tokens": 9}},
            ReplyChanged(None, None, None, {"output_tokens": 9}),
        ),
        (
            {"type": "content_block_start", "index": 1, "content_block": {"type": "hologram", "src": "x"}},
            BlockStarted(1, {"type": "hologram", "src": "x"}),
        ),
    ],
)
def test_an_event_is_told_by_its_type(event: dict[str, Any], expected: StreamEvent) -> None:
    assert told(event) == expected
    assert told(event, name="") == expected


def test_the_name_stands_in_for_a_missing_type() -> None:
    assert told({"index": 0}, name="content_block_stop") == BlockEnded(0)


def test_the_old_end_mark_is_skipped() -> None:
    assert translate(SseEvent("", "[DONE]")) is None
    assert translate(SseEvent("", " [DONE] ")) is None
    assert translate(SseEvent("", "")) is None


@pytest.mark.parametrize("data", ["{", "no json", "[]", "7", "null", '"text"', "[" * 100_000, '{"type":7}'])
def test_what_is_no_event_is_skipped_and_told(data: str) -> None:
    event = translate(SseEvent("x", data))
    assert isinstance(event, PartSkipped)
    assert data.startswith(event.raw) and len(event.raw) <= SKIPPED_CHARACTERS_MAX


def test_an_event_of_a_kind_that_is_not_known_is_no_fault() -> None:
    assert told({"type": "from_the_future"}) == UnknownArrived("from_the_future")
    assert told({}, name="x") == UnknownArrived("x")
    assert told(delta({"type": "hologram_delta"})) == UnknownArrived("hologram_delta")


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999"])
def test_a_number_that_no_server_takes_back_is_skipped(number: str) -> None:
    data = f'{{"type":"content_block_start","index":0,"content_block":{{"type":"x","x":{number}}}}}'
    assert isinstance(translate(SseEvent("x", data)), PartSkipped)


@pytest.mark.parametrize(("depth", "is_read"), [(sound_json.DEPTH_MAX - 3, True), (sound_json.DEPTH_MAX, False)])
def test_a_block_may_be_nested_so_deeply(depth: int, is_read: bool) -> None:
    nested = "[" * depth + "]" * depth
    data = f'{{"type":"content_block_start","index":0,"content_block":{{"type":"x","x":{nested}}}}}'
    assert isinstance(translate(SseEvent("x", data)), BlockStarted) is is_read


def test_an_event_of_nothing_but_lists_is_not_even_read() -> None:
    lists = "[]," * sound_json.CONTAINERS_MAX
    data = f'{{"type":"content_block_start","index":0,"content_block":{{"type":"x","x":[{lists}0]}}}}'
    assert isinstance(translate(SseEvent("x", data)), PartSkipped)


def test_no_reply_has_so_many_blocks() -> None:
    block: dict[str, Any] = {"type": "content_block_start", "content_block": {"type": "text", "text": ""}}
    assert isinstance(told(block | {"index": BLOCK_INDEX_MAX}), BlockStarted)
    for index in (BLOCK_INDEX_MAX + 1, 10**9, 10**40):
        assert isinstance(told(block | {"index": index}), PartSkipped)


def test_blanks_around_the_json_are_allowed() -> None:
    assert translate(SseEvent("ping", '  {"type":"ping"   }  ')) == PingArrived()


@pytest.mark.parametrize("index", [None, "0", -1, 0.0, True, [], {}])
def test_a_delta_without_a_sound_index_is_skipped(index: Any) -> None:
    event = delta({"type": "text_delta", "text": "a"}, index)
    assert told(event) == PartSkipped("content_block_delta", json.dumps(event))


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=12), index=st.integers(-2, 20_000), is_ascii=st.booleans())
def test_a_delta_says_the_same_in_every_spelling_of_its_json(text: str, index: int, is_ascii: bool) -> None:
    event = delta({"type": "text_delta", "text": text}, index)
    as_the_api_writes = json.dumps(event, ensure_ascii=is_ascii, separators=(",", ":"))
    is_sound = 0 <= index <= BLOCK_INDEX_MAX
    for data in (as_the_api_writes, json.dumps(event), as_the_api_writes[:-1] + "   }", as_the_api_writes + " "):
        expected = TextArrived(index, text) if is_sound else PartSkipped("content_block_delta", data)
        assert translate(SseEvent("content_block_delta", data)) == expected


@pytest.mark.parametrize("number", ["00", "01", "+1", "1.0", "\u0661", "1e1", ""])
def test_an_index_that_json_does_not_know_is_no_index(number: str) -> None:
    data = f'{{"type":"content_block_delta","index":{number},"delta":{{"type":"text_delta","text":"a"}}}}'
    assert isinstance(translate(SseEvent("x", data)), PartSkipped)


def test_an_error_event_ends_the_stream() -> None:
    with pytest.raises(ErrorArrived) as caught:
        told({"type": "error", "error": {"type": "overloaded_error"}})
    assert caught.value.report["error"] == {"type": "overloaded_error"}


def test_an_error_without_an_outer_type_ends_the_stream() -> None:
    with pytest.raises(ErrorArrived):
        told({"error": {"message": "slow down", "code": 429}}, name="")


def test_null_citations_start_an_empty_list() -> None:
    reply = Reply()
    for event in (
        told({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "citations": None}}),
        told(delta({"type": "citations_delta", "citation": {"url": "x"}}, 0)),
        told(delta({"type": "text_delta", "text": "a"}, 0)),
    ):
        assert isinstance(event, REPLY_EVENTS)
        apply(reply, event)
    assert reply.content() == ({"type": "text", "text": "a", "citations": [{"url": "x"}]},)


def test_a_whole_message_gives_the_events_of_its_stream() -> None:
    message: dict[str, Any] = {
        "type": "message",
        "id": "msg_1",
        "model": "c",
        "content": [
            {"type": "text", "text": "1141 m."},
            {"type": "tool_use", "id": "t", "name": "n", "input": {"a": [1]}},
            "not a block",
        ],
        "stop_reason": "tool_use",
        "usage": {"input_tokens": 31, "output_tokens": 9},
    }
    assert is_message(message)
    reply = Reply()
    for event in events_of_message(message):
        assert isinstance(event, REPLY_EVENTS)
        apply(reply, event)
    assert reply.is_ended
    assert reply.stop_reason == "tool_use"
    assert list(reply.content()) == message["content"][:2]
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (31, 9)


# --- type confusion: anything may stand anywhere ------------------------------------------------------------------

_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.text(max_size=8)
    | st.sampled_from(["text", "thinking", "tool_use", "text_delta", "overloaded_error", "\ud83d"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
_SOUND: list[dict[str, Any]] = [
    {
        "type": "message_start",
        "message": {"id": "m", "model": "c", "usage": {"input_tokens": 1, "cache_creation": {"x": 1}}},
    },
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "a", "citations": None}},
    {"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "id": "t", "input": {}}},
    {"type": "content_block_start", "index": 2, "content_block": {"type": "thinking", "thinking": ""}},
    delta({"type": "text_delta", "text": "a"}, 0),
    delta({"type": "thinking_delta", "thinking": "a"}, 2),
    delta({"type": "signature_delta", "signature": "a"}, 2),
    delta({"type": "input_json_delta", "partial_json": "{"}, 1),
    delta({"type": "citations_delta", "citation": {"url": "u"}}, 0),
    delta({"type": "compaction_delta", "content": "c"}, 3),
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_details": {}}, "usage": {"output_tokens": 2}},
    {
        "type": "error",
        "error": {"type": "api_error", "message": "m", "details": {"error_code": "x"}},
        "request_id": "r",
    },
    {"type": "message_stop"},
]


@st.composite
def _confused(draw: st.DrawFn) -> dict[str, Any]:
    """A sound event with one field, at any depth, replaced by anything."""
    event: dict[str, Any] = json.loads(json.dumps(draw(st.sampled_from(_SOUND))))
    at = event
    while True:
        name = draw(st.sampled_from(sorted(at)))
        if isinstance(at[name], dict) and at[name] and draw(st.booleans()):
            at = at[name]
            continue
        at[name] = draw(_JSON)
        return event


@settings(max_examples=400, deadline=None)
@given(events=st.lists(st.sampled_from(_SOUND) | _confused(), max_size=12))
def test_any_value_in_any_field_ends_in_a_reply_or_a_chat_error(events: list[dict[str, Any]]) -> None:
    reader, reply = ReplyReader(ASKED), Reply()
    stream = "".join(f"data: {json.dumps(event)}\n\n" for event in events).encode()
    for event in reader.feed(stream):
        if isinstance(event, REPLY_EVENTS):
            apply(reply, event)
            encode([event])
    json.dumps(reply.content()).encode()
    assert reader.failure is None or isinstance(reader.failure.error, ApiError)


@settings(max_examples=300, deadline=None)
@given(value=_JSON, status=st.sampled_from([200, 302, 400, 401, 402, 403, 404, 408, 409, 413, 429, 500, 504, 529]))
def test_any_error_body_is_told_as_an_api_error(value: Any, status: int) -> None:
    for body in (value, {"error": value}, {"error": {"type": value, "message": value, "details": value}}):
        failed = failure_of_answer(status, {}, json.dumps(body).encode(), ASKED)
        assert isinstance(failed.error, ApiError)
        assert failed.error.title
        failed.error.failure()


@settings(max_examples=200, deadline=None)
@given(value=_JSON)
def test_any_list_of_models_is_read_or_refused(value: Any) -> None:
    for body in (value, {"data": value}, {"data": [value, {"id": value}, {"id": "a", "capabilities": value}]}):
        page = ModelPage.read(read_json(json.dumps(body)))
        assert page is None or all(isinstance(model.id, str) for model in page.models)
