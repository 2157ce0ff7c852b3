"""A part of a reply as a file that plays again."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from desktop_chat.api.asked import Asked
from desktop_chat.api.reply_reader import ReplyReader
from desktop_chat.api.sse import SseDecoder, SseEvent
from desktop_chat.core.events import REPLY_EVENTS, Reply, apply
from desktop_chat.core.messages import Message, MessageStatus, Seam
from desktop_chat.core.replay_file import replay_text
from desktop_chat.core.stream_record import Arrival, StreamRecord
from desktop_chat.core.usage import Usage
from tests.helpers.samples import BLOCKS, reply
from tests.helpers.stream_samples import arrival, record, without_words
from tests.helpers.streams import NAMES, recorded

_times = re.compile(r"^: \+(\d+\.\d{3})$", re.MULTILINE).findall


def events_in(text: str) -> list[SseEvent]:
    return SseDecoder().feed(text.encode())


def reply_in(text: str) -> Reply:
    reader, made = ReplyReader(Asked("server.example")), Reply()
    for event in reader.feed(text.encode()):
        if isinstance(event, REPLY_EVENTS):
            apply(made, event)
    assert reader.failure is None
    return made


def came_as(name: str) -> StreamRecord:
    """A recorded stream as it would have been taken down."""
    events = SseDecoder().feed(recorded(name))
    return record(
        [Arrival(0.25 * number, event.name, len(event.data), 0, event.data) for number, event in enumerate(events)]
    )


def of_blocks(content: tuple[Any, ...], **fields: Any) -> Message:
    return reply(
        "c1", None, **{"content": content, "status": MessageStatus.COMPLETE, "stop_reason": "end_turn", **fields}
    )


@pytest.mark.parametrize("name", NAMES)
def test_what_came_is_written_as_it_came_with_its_times(name: str) -> None:
    came = came_as(name)

    text = replay_text(came, of_blocks(()), (came,))

    assert events_in(text) == SseDecoder().feed(recorded(name))
    assert [float(at_s) for at_s in _times(text)] == [each.at_s for each in came.arrivals]
    assert "rebuilt" not in text


def test_data_of_several_lines_and_without_a_name_comes_back() -> None:
    came = record([Arrival(0.5, "", 9, 0, "one\n two\n\nthree\u2028"), Arrival(1.0, "x", 0, 0, "")])

    text = replay_text(came, of_blocks(()), (came,))

    assert events_in(text) == [SseEvent("", "one\n two\n\nthree\u2028"), SseEvent("x", "")]


def test_after_a_restart_the_same_reply_is_rebuilt_and_a_comment_says_so() -> None:
    names = ["message_start", *["content_block_start", "content_block_delta", "content_block_stop"] * len(BLOCKS)]
    arrivals = [arrival(0.1 * number, name, 3 if name.endswith("delta") else 0) for number, name in enumerate(names)]
    end_s = arrivals[-1].at_s
    arrivals += [arrival(end_s + 1, name) for name in ("ping", "surprise", "message_delta", "message_stop")]
    stored = without_words(record(arrivals))
    message = of_blocks(BLOCKS, usage=Usage(input_tokens=12, output_tokens=34))

    text = replay_text(stored, message, (stored,))

    made = reply_in(text)
    assert [dict(block) for block in made.content()] == [dict(block) for block in BLOCKS]
    assert (made.is_ended, made.stop_reason, made.model) == (True, "end_turn", message.model)
    assert (made.usage.input_tokens, made.usage.output_tokens) == (12, 34)
    assert ": rebuilt from the stored message" in text
    assert [event.name for event in events_in(text)][-3:] == ["ping", "message_delta", "message_stop"]


def test_of_a_continued_reply_each_part_is_a_stream_of_its_own() -> None:
    content = ({"type": "text", "text": "One "}, {"type": "text", "text": "two."})
    message = of_blocks(content, seams=(Seam(1, 1_790_000_099.0),))
    whole = ("message_start", "content_block_start", "content_block_delta", "content_block_stop")
    end = ("message_delta", "message_stop")
    first = without_words(record([arrival(1.0, name, 4 * name.endswith("delta")) for name in whole + end]))
    second = replace(first, part=1, began_at=1_790_000_100.0)

    texts = [replay_text(part, message, (first, second)) for part in (first, second)]

    made = [reply_in(text) for text in texts]
    assert [each.content() for each in made] == [(content[0],), (content[1],)]
    assert [each.stop_reason for each in made] == ["max_tokens", "end_turn"]
    assert '"index":1' not in texts[1]


def test_names_of_a_server_do_not_break_out_of_their_comment() -> None:
    came = record([arrival(0.5, "ping")], request_id="req\n\nevent: x\ndata: y\n\n")

    text = replay_text(came, of_blocks((), model="claude\r\n\r\ndata: evil"), (came,))

    assert [event.name for event in events_in(text)] == ["ping"]


def test_half_a_surrogate_can_be_written() -> None:
    stored = without_words(record([arrival(0.5, "content_block_start")]))

    text = replay_text(stored, of_blocks(({"type": "new", "half": "\ud83d"},)), (stored,))

    assert '"\\ud83d"' in text
    assert text.encode()
