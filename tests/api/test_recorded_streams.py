"""Every recorded stream decodes to what is expected of it, however its bytes are cut."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_chat.api.asked import Asked
from desktop_chat.api.reply_reader import ReplyReader
from desktop_chat.api.retry import AttemptFailed
from desktop_chat.core.errors import ApiError, StreamBroken
from desktop_chat.core.events import REPLY_EVENTS, Reply, apply
from desktop_chat.core.usage import Usage
from tests.helpers.streams import EXPECTED, NAMES, recorded

_OUTCOME_OF_STOP: Final = {"refusal": "refusal", "max_tokens": "truncated", "pause_turn": "pause"}


def decode(chunks: Iterable[bytes]) -> tuple[Reply, ApiError | None]:
    """Send chunks through all layers below `chat`."""
    reader, reply = ReplyReader(Asked("server.example")), Reply()
    for chunk in chunks:
        for event in reader.feed(chunk):
            if isinstance(event, REPLY_EVENTS):
                apply(reply, event)
    try:
        reader.check_end()
    except AttemptFailed as failed:
        return reply, failed.error
    return reply, None


def outcome(reply: Reply, error: ApiError | None) -> str:
    if isinstance(error, StreamBroken):
        return "incomplete"
    if error is not None:
        return "error"
    return _OUTCOME_OF_STOP.get(reply.stop_reason or "", "complete")


def is_part_of(expected: Any, actual: Any) -> bool:
    """Whether everything that is expected is there; more may be."""
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(
            name in actual and is_part_of(value, actual[name]) for name, value in expected.items()
        )
    if isinstance(expected, list | tuple):
        return len(expected) == len(actual) and all(map(is_part_of, expected, actual))
    return bool(expected == actual)


def check(name: str, chunks: Iterable[bytes]) -> None:
    expected = EXPECTED[name]
    reply, error = decode(chunks)
    assert outcome(reply, error) == expected["outcome"]
    assert reply.stop_reason == expected["stop_reason"]
    assert is_part_of(expected["content"], [dict(block) for block in reply.content()])
    counts = {field: count for field, count in asdict(Usage().overwritten_by(expected["usage"])).items() if count}
    assert is_part_of(counts, asdict(reply.usage))
    if "stop_sequence" in expected:
        assert reply.stop_sequence == expected["stop_sequence"]
    if "error_type" in expected:
        assert error is not None
        assert error.answer.error_type == expected["error_type"]


def test_every_stream_has_its_expectation() -> None:
    assert set(NAMES) == set(EXPECTED)
    assert len(NAMES) == 15


@pytest.mark.parametrize("name", NAMES)
def test_a_stream_decodes_whole(name: str) -> None:
    check(name, [recorded(name)])


@pytest.mark.parametrize("name", NAMES)
def test_a_stream_decodes_byte_by_byte(name: str) -> None:
    check(name, (bytes([byte]) for byte in recorded(name)))


@pytest.mark.parametrize("name", NAMES)
def test_a_stream_decodes_cut_in_two_at_any_line_end_or_inside_a_character(name: str) -> None:
    data = recorded(name)
    whole = decode([data])[0].content()
    delicate = [at for at in range(1, len(data)) if b"\n" in data[at - 1 : at + 1] or data[at] >= 0x80]
    for at in delicate:
        assert decode([data[:at], data[at:]])[0].content() == whole


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("line_end", [b"\r\n", b"\r"])
def test_a_stream_decodes_with_other_line_ends(name: str, line_end: bytes) -> None:
    data = recorded(name).replace(b"\r\n", b"\n").replace(b"\n", line_end)
    check(name, [data])
    check(name, (bytes([byte]) for byte in data))


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(NAMES), cuts=st.lists(st.integers(0, 9_000), max_size=40))
def test_a_stream_decodes_under_any_split(name: str, cuts: list[int]) -> None:
    data = recorded(name)
    ends = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    check(name, [data[start:end] for start, end in itertools.pairwise(ends)])
