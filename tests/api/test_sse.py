"""The decoder of server-sent events, rule by rule and under any split."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_chat.api.sse import SseDecoder, SseEvent
from desktop_chat.core.errors import BadReply


def decode(*chunks: bytes) -> list[tuple[str, str]]:
    decoder = SseDecoder()
    return [(event.name, event.data) for chunk in chunks for event in decoder.feed(chunk)]


def reference(data: bytes) -> list[tuple[str, str]]:
    """The rules of the standard, line by line and as slow as they are written."""
    text = data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    events: list[tuple[str, str]] = []
    name = ""
    values: list[str] = []
    for line in text.split("\n")[:-1]:
        if line == "":
            if values:
                events.append((name, "\n".join(values)))
            name, values = "", []
            continue
        field, _, value = line.partition(":")
        value = value[1:] if value[:1] == " " else value
        if field == "event":
            name = value
        elif field == "data":
            values.append(value)
    return events


def test_an_event_has_a_name_and_data() -> None:
    assert SseDecoder().feed(b"event: ping\ndata: {}\n\n") == [SseEvent("ping", "{}")]


@pytest.mark.parametrize(
    ("data", "events"),
    [
        (b"data: a\n\n", [("", "a")]),
        (b"data:a\n\n", [("", "a")]),
        (b"data:  a\n\n", [("", " a")]),
        (b"data\n\n", [("", "")]),
        (b"data: a\nevent: b\n\n", [("b", "a")]),
        (b"event: b\ndata: 1\ndata: 2\n\n", [("b", "1\n2")]),
        (b"event: b\n\ndata: a\n\n", [("", "a")]),
        (b": comment\n\nevent: x\ndata: y\n\n", [("x", "y")]),
        (b"id: 7\nretry: 1\ndata: a\nstrange: z\n\n", [("", "a")]),
        (b"datax: a\n\n", []),
        (b" data: a\n\n", []),
        (b"\n\n\n\ndata: a\n\n\n\n\ndata: b\n\n", [("", "a"), ("", "b")]),
        (b"\xef\xbb\xbfdata: a\n\n", [("", "a")]),
        (b"\xef\xbb\xbfevent: x\ndata: a\n\n", [("x", "a")]),
        (b"data: a\n\ndata: unfinished\n", [("", "a")]),
        (b"event: \ndata: \n\n", [("", "")]),
        (b"data: a\n\r\ndata: b\r\n\n", [("", "a"), ("", "b")]),
        (b"data: a\r\rdata: b\r\r", [("", "a"), ("", "b")]),
    ],
)
def test_the_rules_of_the_standard(data: bytes, events: list[tuple[str, str]]) -> None:
    assert reference(data) == events
    assert decode(data) == events
    assert decode(*(bytes([byte]) for byte in data)) == events


def test_a_crlf_cut_in_two_is_one_line_end() -> None:
    assert decode(b"event: a\r", b"\ndata: 1\r", b"\n\r", b"\nevent: b\r\n", b"", b"data: 2\r\n\r", b"\n") == [
        ("a", "1"),
        ("b", "2"),
    ]


def test_an_event_is_given_as_soon_as_its_blank_line_begins() -> None:
    decoder = SseDecoder()
    assert decoder.feed(b"data: a\r\n") == []
    assert decoder.feed(b"\r") == [SseEvent("", "a")]
    assert decoder.feed(b"\n") == []


@pytest.mark.parametrize("character", ["\u2028", "\u2029", "\u0085", "\v", "\f", "\x1c", "\x1d", "\x1e", "\0"])
def test_only_cr_and_lf_end_a_line(character: str) -> None:
    data = f"data: a{character}b\n\n".encode()
    assert decode(data) == [("", f"a{character}b")]
    assert decode(*(bytes([byte]) for byte in data)) == [("", f"a{character}b")]


def test_invalid_utf8_is_replaced_and_tears_nothing() -> None:
    data = b"event: x\ndata: a\xff\xe4\xb8b\n\nevent: y\ndata: \xf0\x9f\n\ndata: ok\n\n"
    assert decode(data) == [("x", "a\ufffd\ufffdb"), ("y", "\ufffd"), ("", "ok")]
    assert decode(*(bytes([byte]) for byte in data)) == decode(data)


def test_an_event_beyond_the_limit_is_a_bad_reply() -> None:
    decoder = SseDecoder(event_bytes_max=1_000)
    with pytest.raises(BadReply):
        for _ in range(1_000):
            decoder.feed(b"data: and on and on\n")


def test_eight_megabytes_in_one_event_arrive_whole() -> None:
    text = "ä" * (4 * 1024 * 1024)
    data = f"event: big\ndata: {text}\n\n".encode()
    assert decode(*(data[at : at + 1_013] for at in range(0, len(data), 1_013))) == [("big", text)]


def test_a_hundred_thousand_data_lines_in_one_event_arrive_whole() -> None:
    [(_, data)] = decode(b"data: x\n" * 100_000 + b"\n")
    assert len(data) == 2 * 100_000 - 1


_PIECES = st.sampled_from(
    [b"\n", b"\r", b"\r\n", b"\n\n", b"data", b"data: ", b"event: ", b":", b" ", b"a", b"\xff", "é\u2028".encode()]
)


@settings(max_examples=500, deadline=None)
@given(pieces=st.lists(_PIECES, max_size=40), cuts=st.lists(st.integers(0, 120), max_size=10))
def test_any_bytes_under_any_split_decode_as_the_standard_says(pieces: list[bytes], cuts: list[int]) -> None:
    data = b"".join(pieces)
    ends = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    assert decode(*(data[start:end] for start, end in itertools.pairwise(ends))) == reference(data)
