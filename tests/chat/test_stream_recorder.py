"""The records of a run: taken down with each reply, stored behind it, read again, within bounds."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from desktop_chat.chat import stream_recorder
from desktop_chat.chat.stream_recorder import StreamRecorder
from desktop_chat.core.curl import curl_command
from desktop_chat.core.errors import NoConnection, Refused, StoreFull, StreamBroken
from desktop_chat.core.events import PingArrived, RequestSent, ResponseOpened, RetryScheduled
from desktop_chat.core.failure import Failure
from desktop_chat.core.messages import Draft, MessageStatus
from desktop_chat.core.stream_record import StepKind, StreamRecord
from tests.chat.desk import KEY, Desk, ask, gone_on
from tests.helpers.fake_api import Gate, reply_events
from tests.helpers.samples import reply
from tests.helpers.signals import Heard, next_signal
from tests.helpers.stream_samples import record, typical_arrivals

CUT = (*reply_events("Once ")[:3], StreamBroken("The reply ended too early."))


def only(records: tuple[StreamRecord, ...]) -> StreamRecord:
    [one] = records
    return one


async def test_a_reply_leaves_a_record(desk: Desk) -> None:
    answer = await ask(desk.session())

    record = only(desk.recorder.records_of(answer.id))

    assert (record.message_id, record.part, record.status, record.request_id) == (answer.id, 0, 200, "req_fake")
    assert [arrival.name for arrival in record.arrivals][::5] == ["message_start", "message_stop"]
    assert sum(arrival.units for arrival in record.arrivals) == len("Hello.")
    assert all(arrival.raw for arrival in record.arrivals)
    assert [step.kind for step in record.steps] == [StepKind.OPENED, StepKind.ENDED]
    assert record.request.body is not None
    assert "Why?" in record.request.body
    assert KEY.reveal() not in repr(record)


async def test_it_can_be_seen_while_it_grows(desk: Desk) -> None:
    gate = Gate()
    desk.api.script(*reply_events("One ", "two.")[:3], gate, *reply_events("two.")[2:])
    session = desk.session()
    assert session.send(Draft("Why?"))
    await gate.reached.wait()

    message_id = session.path()[-1].id
    assert await next_signal(desk.recorder.record_changed) == message_id
    growing = only(desk.recorder.records_of(message_id))
    gate.open()
    await next_signal(session.turn_ended)

    assert len(growing.arrivals) == 3
    assert [step.kind for step in growing.steps] == [StepKind.OPENED]
    assert only(desk.recorder.records_of(message_id)).arrivals[:3] == growing.arrivals


async def test_changes_are_told_a_few_times_a_second_however_much_comes(desk: Desk) -> None:
    heard = Heard(desk.recorder.record_changed)
    desk.api.script(*reply_events(*["x"] * 2_000))
    answer = await ask(desk.session())
    if not heard:
        await next_signal(desk.recorder.record_changed)

    assert set(heard) == {answer.id}
    assert len(heard) <= 8


async def test_the_record_is_stored_behind_its_message(desk: Desk) -> None:
    answer = await ask(desk.session())

    stored = only(await desk.store.stream_records(answer.id))

    came = only(desk.recorder.records_of(answer.id))
    assert [arrival.units for arrival in stored.arrivals] == [arrival.units for arrival in came.arrivals]
    assert all(arrival.raw is None for arrival in stored.arrivals)


async def test_a_stopped_and_a_failed_reply_say_so(desk: Desk) -> None:
    gate = Gate()
    desk.api.script(*reply_events("One")[:3], gate)
    session = desk.session()
    assert session.send(Draft("Why?"))
    await gate.reached.wait()
    session.stop()
    stopped = await next_signal(session.turn_ended)
    desk.api.script(NoConnection("No connection.", "Is the cable in?"))
    failed = await ask(session)

    ends = [only(desk.recorder.records_of(message.id)).steps[-1] for message in (stopped, failed)]

    assert [(end.kind, end.words) for end in ends] == [
        (StepKind.STOPPED, ""),
        (StepKind.FAILED, "No connection. Is the cable in?"),
    ]


async def test_what_was_never_asked_leaves_no_record(desk: Desk) -> None:
    begun = reply("c1", None)
    await desk.store.put(begun)
    recording = await desk.recorder.begin(begun)

    assert desk.recorder.end(recording, begun.as_ended(MessageStatus.FAILED)) is None

    assert desk.recorder.records_of(begun.id) == ()


async def test_a_continuation_is_another_part(desk: Desk) -> None:
    desk.preferences.change(reconnects=False)
    desk.api.script(*CUT)
    session = desk.session()
    await ask(session)
    desk.api.script(*reply_events("upon a time."))

    whole = await gone_on(session)

    records = desk.recorder.records_of(whole.id)
    assert [record.part for record in records] == [0, 1]
    assert [record.steps[-1].kind for record in records] == [StepKind.FAILED, StepKind.ENDED]
    assert records[1].request.body is not None
    # What is asked behind the scenes is seen here.
    assert "cut off by the connection" in records[1].request.body


async def test_after_a_restart_a_continuation_follows_what_is_stored(desk: Desk) -> None:
    desk.preferences.change(reconnects=False)
    desk.api.script(*CUT)
    session = desk.session()
    cut = await ask(session)
    desk.api.script(NoConnection("No connection."))
    await gone_on(session)
    later = StreamRecorder(desk.store, desk.tasks)
    assert later.records_of(cut.id) == ()

    # A seam is made before its part begins.
    recording = await later.begin(session.path()[-1])

    assert [record.part for record in later.records_of(cut.id)] == [0, 1]
    assert recording.part == 2
    later.close()


async def test_a_request_that_is_refused_and_changed_is_one_record(desk: Desk) -> None:
    desk.api.script(Refused("Refused.", "Thinking blocks cannot be modified."))
    answer = await ask(desk.session())

    record = only(desk.recorder.records_of(answer.id))

    kinds = [StepKind.OPENED, StepKind.RETRY, StepKind.OPENED, StepKind.ENDED]
    assert [step.kind for step in record.steps] == kinds
    assert "cannot be modified" in record.steps[1].words


async def test_retries_and_pings_are_in_it(desk: Desk) -> None:
    why = Failure("Overloaded", "The server is busy.", "")
    steps = (RequestSent(1, 9), RetryScheduled(0.5, 2, 5, why), RequestSent(2, 9), ResponseOpened("req_2", None))
    desk.api.script(*steps, PingArrived(), *reply_events("Hello."))

    record = only(desk.recorder.records_of((await ask(desk.session())).id))

    assert [step.kind for step in record.steps] == [StepKind.RETRY, StepKind.OPENED, StepKind.ENDED]
    assert record.arrivals[0].name == "ping"


async def test_what_is_stored_can_be_read(desk: Desk) -> None:
    answer = await ask(desk.session())
    came = desk.recorder.records_of(answer.id)
    later = StreamRecorder(desk.store, desk.tasks)
    assert not later.is_loaded(answer.id)

    later.load(answer.id)
    assert await next_signal(later.record_changed) == answer.id

    assert later.is_loaded(answer.id)
    [stored] = later.records_of(answer.id)
    assert [arrival.units for arrival in stored.arrivals] == [arrival.units for arrival in came[0].arrivals]
    assert curl_command(stored.request) is None
    later.close()


async def test_that_there_is_nothing_to_read_is_told_too(desk: Desk) -> None:
    desk.recorder.load("unknown")

    assert await next_signal(desk.recorder.record_changed) == "unknown"
    assert desk.recorder.records_of("unknown") == ()
    assert desk.recorder.is_loaded("unknown")


async def test_on_a_disk_that_refuses_it_waits_with_its_reply(desk: Desk) -> None:
    gate = Gate()
    desk.api.script(*reply_events("Hello."), gate)
    session = desk.session()
    assert session.send(Draft("Why?"))
    await gate.reached.wait()
    desk.store.failure = StoreFull("The disk is full.")
    gate.open()
    answer = await next_signal(session.turn_ended)
    assert desk.store.stream_parts == {}
    desk.store.failure = None

    await desk.keeper.close()

    assert desk.store.messages[answer.id] == answer
    assert len(await desk.store.stream_records(answer.id)) == 1


async def asked(desk: Desk, count: int) -> list[str]:
    """Ask so often; the ids of the replies, once those that shall be packed are."""
    session = desk.session()
    ids = [(await ask(session, f"{number}?")).id for number in range(count)]
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name().startswith("pack ")))
    return ids


async def loaded(desk: Desk, message_id: str) -> StreamRecord:
    assert not desk.recorder.is_loaded(message_id)
    assert desk.recorder.records_of(message_id) == ()
    desk.recorder.load(message_id)
    await next_signal(desk.recorder.record_changed, matching=lambda told: told == message_id)
    return only(desk.recorder.records_of(message_id))


async def test_all_but_the_last_replies_are_packed_and_come_back_word_for_word(desk: Desk) -> None:
    ids = await asked(desk, 6)

    assert [desk.recorder.is_loaded(message_id) for message_id in ids] == [False] * 3 + [True] * 3
    record = await loaded(desk, ids[0])
    assert record.request.body is not None
    assert "0?" in record.request.body
    assert all(arrival.raw for arrival in record.arrivals)


async def test_packed_replies_go_on_where_they_were(desk: Desk) -> None:
    desk.preferences.change(reconnects=False)
    desk.api.script(*CUT)
    session = desk.session()
    cut = await ask(session)
    await asked(desk, 4)
    assert not desk.recorder.is_loaded(cut.id)
    desk.api.script(*reply_events("upon a time."))

    await gone_on(session)

    assert [record.part for record in desk.recorder.records_of(cut.id)] == [0, 1]
    assert all(arrival.raw for record in desk.recorder.records_of(cut.id) for arrival in record.arrivals)


@pytest.mark.parametrize(("name", "limit"), [("PACKED_MAX", 2), ("PACKED_BYTES_MAX", 0)])
async def test_beyond_the_bounds_the_disk_has_what_there_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str, limit: int
) -> None:
    monkeypatch.setattr(stream_recorder, name, limit)
    ids = await asked(desk, 7)

    record = await loaded(desk, ids[0])

    assert len(record.arrivals) > 5
    assert all(arrival.raw is None for arrival in record.arrivals)


async def test_a_replay_file_is_written(desk: Desk) -> None:
    answer = await ask(desk.session())

    desk.recorder.save(answer, 0, "/somewhere/reply.sse")
    assert await next_signal(desk.recorder.saved) == str(Path("/somewhere/reply.sse"))

    text = desk.store.texts[Path("/somewhere/reply.sse")]
    assert "event: message_start\n" in text
    assert "Hello." in text
    assert KEY.reveal() not in text


async def test_a_replay_file_of_an_earlier_run_is_rebuilt(desk: Desk) -> None:
    answer = await ask(desk.session())
    later = StreamRecorder(desk.store, desk.tasks)

    later.save(answer, 0, "/somewhere/reply.sse")
    await next_signal(later.saved)

    assert ": rebuilt" in desk.store.texts[Path("/somewhere/reply.sse")]
    assert '"text":"Hello."' in desk.store.texts[Path("/somewhere/reply.sse")]
    later.close()


async def test_a_replay_file_that_cannot_be_written_is_told(desk: Desk) -> None:
    answer = await ask(desk.session())
    desk.store.failure = StoreFull("The disk is full.", "Make room.")

    desk.recorder.save(answer, 0, "/somewhere/reply.sse")
    failure = await next_signal(desk.recorder.save_failed)

    desk.store.failure = None
    assert (failure.title, failure.detail) == ("The disk is full.", "Make room.")


async def test_a_record_of_thousands_of_events_is_read_whole(desk: Desk) -> None:
    message = reply("c1", None)
    await desk.store.end_reply(message, record(typical_arrivals(5_000), message.id))

    desk.recorder.load(message.id)
    await next_signal(desk.recorder.record_changed)

    assert len(only(desk.recorder.records_of(message.id)).arrivals) == 5_000
