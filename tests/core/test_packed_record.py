"""Records made small say the same when they are read again."""

from __future__ import annotations

from dataclasses import replace

from desktop_chat.core.packed_record import packed, unpacked
from desktop_chat.core.stream_record import Arrival, Step, StepKind
from tests.helpers.stream_samples import record, typical_arrivals


def test_what_was_packed_is_unpacked_as_it_was() -> None:
    first = record(typical_arrivals(300), "m")
    strange = Arrival(0.1, "ping", 5, 0, 'x\x00\ud83d "\u2028 é')
    second = replace(
        record([strange, Arrival(0.2, "ping", 3)], "m"),
        part=1,
        headers=(("a", "b"), ("a", "c")),
        steps=(Step(0.5, StepKind.RETRY, "529"), Step(1.0, StepKind.FAILED)),
        request=replace(first.request, body=None),
    )
    third = replace(second, part=2, request=replace(first.request, is_shortened=True))
    assert unpacked(packed((first, second, third))) == (first, second, third)
    assert unpacked(packed(())) == ()


def test_a_long_reply_becomes_a_fraction_of_its_size() -> None:
    long = record([each._replace(raw='{"type":"content_block_delta","index":0}') for each in typical_arrivals(2_000)])
    assert len(packed((long,))) < 2_000 * 40 / 2
