"""A recording that knows its times is played at them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from desktop_chat.api.client import MessagesClient
from desktop_chat.api.demo_events import records_of, time_of
from desktop_chat.api.demo_faults import Faults, Pace
from desktop_chat.api.demo_server import DemoServer
from desktop_chat.core.events import TextArrived
from desktop_chat.core.provider import profile_for
from tests.helpers.streams import MESSAGE_START, MESSAGE_STOP, text_delta

BODY = {"model": "claude-sonnet-5-5", "max_tokens": 64, "messages": [{"role": "user", "content": "Hi"}]}
OWN_PACE = Pace(first_event_s=0.0, first_word_s=0.0, tokens_per_s=1_000.0, variation=0.0)


def timed(*records: tuple[float, bytes]) -> bytes:
    return b": a recording\n\n" + b"".join(b": +%.3f\n%s" % record for record in records)


async def texts_of(server: DemoServer) -> list[tuple[float, str]]:
    """Each piece of text and when it came, in seconds since the request."""
    client = MessagesClient()
    client.warm_up()
    asked_s = time.monotonic()
    try:
        return [
            (time.monotonic() - asked_s, event.text)
            async for event in client.stream(BODY, profile_for(server.url), server.key)
            if isinstance(event, TextArrived)
        ]
    finally:
        await client.close()


async def test_events_come_no_sooner_than_they_came(tmp_path: Path) -> None:
    file = tmp_path / "reply.sse"
    file.write_bytes(
        timed((0.0, MESSAGE_START), (0.05, text_delta("One ")), (0.3, text_delta("two")), (0.3, MESSAGE_STOP))
    )
    with DemoServer(Faults(replay=file), OWN_PACE) as server:
        (first_s, first), (second_s, second) = await texts_of(server)

    assert (first, second) == ("One ", "two")
    assert first_s >= 0.05
    assert second_s >= 0.3


@pytest.mark.parametrize("faults", [Faults(), Faults(events_per_s=1_000.0)])
async def test_whoever_wants_it_faster_does_not_wait(demo_server: DemoServer, tmp_path: Path, faults: Faults) -> None:
    file = tmp_path / "reply.sse"
    file.write_bytes(timed((900.0, MESSAGE_START), (900.0, text_delta("One")), (900.0, MESSAGE_STOP)))
    demo_server.faults = Faults(replay=file, events_per_s=faults.events_per_s)

    assert [text for _, text in await texts_of(demo_server)] == ["One"]


def test_only_a_comment_of_that_form_is_a_time() -> None:
    stream = (
        b": +1.250\nevent: x\ndata: 1\n\n: a word +1.250\n\nevent: y\ndata: : +9.000\n\n: +2.000\r\ndata: 3\r\n\r\n"
    )

    assert [time_of(record) for record in records_of(stream)] == [1.25, None, None, 2.0]
