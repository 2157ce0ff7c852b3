"""Taking down what goes over the line for one part of a reply."""

from __future__ import annotations

from dataclasses import replace

from desktop_chat.chat import recording as limits
from desktop_chat.chat.recording import Recording
from desktop_chat.core.failure import Failure
from desktop_chat.core.messages import MessageStatus
from desktop_chat.core.stream_record import Arrival, Step, StepKind
from tests.helpers.stream_samples import REQUEST


class Clock:
    """Time as a test wants it."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class Taken:
    """A recording of a request that is out, and how often it told."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.told: list[str] = []
        self.recording = Recording("m1", 2, self.told.append, self.clock)
        self.recording.asked(REQUEST)


def test_times_count_from_the_moment_the_request_is_asked_for() -> None:
    taken = Taken()
    taken.clock.now_s = 100.25
    taken.recording.asked(replace(REQUEST, headers=(("Host", "x"),)))
    taken.recording.stepped(StepKind.SENT, "9 bytes")
    taken.clock.now_s = 101.5
    taken.recording.opened(200, "req_1", (("server", "x"),))
    taken.recording.arrived("ping", "{}", 0)

    record = taken.recording.record()

    assert (record.message_id, record.part, record.request.headers) == ("m1", 2, (("Host", "x"),))
    assert record.steps == (Step(0.25, StepKind.SENT, "9 bytes"), Step(1.5, StepKind.OPENED, "200"))
    assert (record.status, record.request_id, record.headers) == (200, "req_1", (("server", "x"),))
    assert record.arrivals == (Arrival(1.5, "ping", 2, 0, "{}"),)
    assert record.began_at > 1_700_000_000


def test_without_a_request_there_is_nothing() -> None:
    assert not Recording("m1", 0, lambda _: None).has_begun


def test_sizes_are_bytes_and_a_missing_name_is_the_type() -> None:
    recording = Taken().recording
    recording.arrived("", '{"type": "content_block_delta","delta":{"type":"x"}}', 3)
    recording.arrived("", "no JSON", 0)
    recording.arrived("x", "世", 1)

    arrivals = recording.record().arrivals

    assert [each.name for each in arrivals] == ["content_block_delta", "", "x"]
    assert [each.size_bytes for each in arrivals] == [52, 7, 3]


def test_it_tells_once_until_somebody_has_looked() -> None:
    taken = Taken()
    taken.recording.settle()
    taken.told.clear()

    for _ in range(5):
        taken.recording.arrived("ping", "{}", 0)
    assert taken.told == ["m1"]
    taken.recording.settle()
    taken.recording.arrived("ping", "{}", 0)

    assert taken.told == ["m1", "m1"]
    assert len(taken.recording.record().arrivals) == 6


def test_a_record_can_be_had_while_it_grows() -> None:
    recording = Taken().recording
    recording.arrived("a", "", 0)
    first = recording.record()
    recording.arrived("b", "", 0)

    assert [each.name for each in first.arrivals] == ["a"]
    assert recording.record().arrivals[:1] == first.arrivals


def test_the_end_is_a_step_and_nothing_follows_it() -> None:
    ends = {
        MessageStatus.COMPLETE: StepKind.ENDED,
        MessageStatus.STOPPED: StepKind.STOPPED,
        MessageStatus.FAILED: StepKind.FAILED,
    }
    for status, kind in ends.items():
        recording = Taken().recording
        recording.end(status, Failure("X", "It broke.", "Sadly.") if kind is StepKind.FAILED else None)
        recording.arrived("late", "", 0)
        recording.stepped(StepKind.RETRY)

        record = recording.record()

        assert record.arrivals == ()
        assert record.steps == (Step(0.0, kind, "It broke. Sadly." if kind is StepKind.FAILED else ""),)
        assert recording.is_over


def test_words_are_kept_up_to_a_limit_and_sizes_beyond_it() -> None:
    recording = Taken().recording
    data = "x" * (1024 * 1024)
    count = limits.RAW_CHARACTERS_MAX // len(data)

    for _ in range(count + 1):
        recording.arrived("big", data, 0)
    recording.arrived("small", "", 0)

    arrivals = recording.record().arrivals
    assert [each.raw is None for each in arrivals] == [False] * count + [True, False]
    assert all(each.size_bytes == len(data) for each in arrivals[:-1])
    assert sum(len(arrival.raw or "") for arrival in recording.record().arrivals) <= limits.RAW_CHARACTERS_MAX


def test_a_body_beyond_the_limit_is_known_by_its_size_alone() -> None:
    recording = Recording("m1", 0, lambda _: None)
    body = "x" * (limits.RAW_CHARACTERS_MAX + 1)

    recording.asked(replace(REQUEST, body=body, size_bytes=len(body)))

    assert (recording.record().request.body, recording.record().request.size_bytes) == (None, len(body))


def test_a_flood_of_events_names_or_steps_is_not_taken_down_to_its_end() -> None:
    recording = Taken().recording
    for number in range(limits.EVENTS_MAX + 5):
        recording.arrived(f"{number:x<100}", "", 0)
    for _ in range(limits.STEPS_MAX + 5):
        recording.stepped(StepKind.RETRY)
    recording.end(MessageStatus.COMPLETE, None)

    record = recording.record()

    assert len(record.arrivals) == limits.EVENTS_MAX
    names = {each.name for each in record.arrivals}
    assert len(names) == limits.NAMES_MAX + 1
    assert max(map(len, names)) == limits.NAME_CHARACTERS_MAX
    assert len(record.steps) == limits.STEPS_MAX + 1
    assert record.steps[-1] == Step(0.0, StepKind.ENDED, "5 events at the end were not taken down.")
