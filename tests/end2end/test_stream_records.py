"""What went over the line, through the whole program: taken down, stored, there after a restart, played again."""

from __future__ import annotations

import stat
from collections import Counter
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent

from desktop_chat.api.demo_faults import Faults
from desktop_chat.api.demo_server import DemoServer
from desktop_chat.chat.replay import SPEED_MAX, Replay
from desktop_chat.core.curl import curl_command
from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.core.stream_figures import figures_of
from desktop_chat.core.stream_record import StepKind, StreamRecord
from desktop_chat.ui.transcript.view import TranscriptView
from tests.end2end.running import Place, Run, Running, until
from tests.helpers.demo import questions_to
from tests.helpers.signals import next_signal

TEXT = "One word after the other. " * 40
ASKED = "hello there"


def names_of(record: StreamRecord) -> Counter[str]:
    return Counter(arrival.name for arrival in record.arrivals)


def content_of(folder: Path) -> bytes:
    """Every byte of every file below a folder."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def loaded(program: Running, message_id: str) -> tuple[StreamRecord, ...]:
    recorder = program.program._recorder
    recorder.load(message_id)
    await next_signal(recorder.record_changed, matching=lambda told_id: told_id == message_id)
    return recorder.records_of(message_id)


async def asked(program: Running) -> Message:
    program.type_and_send(ASKED)
    message = await program.reply()
    assert message.status is MessageStatus.COMPLETE
    return message


async def test_a_record_outlives_the_program_with_its_counts(run: Run, place: Place) -> None:
    place.server.faults = Faults(reply_text=TEXT, ping_every=20)
    async with run() as first:
        message = await asked(first)
        [came] = first.program._recorder.records_of(message.id)
        # The reply's own pieces, and what frames them.
        assert names_of(came)["content_block_delta"] >= len(TEXT) // 4
        assert sum(arrival.units for arrival in came.arrivals) == len(message.text + message.thinking)
        assert came.arrivals[0].raw is not None
        kinds = [step.kind for step in came.steps]
        assert kinds[-3:] == [StepKind.SENT, StepKind.OPENED, StepKind.ENDED]
        [request] = questions_to(place.server)
        assert (came.request.body or "").encode() == request.raw_body
        assert {name.lower() for name, _ in came.request.headers} == set(request.headers)

    async with run() as again:
        [stored] = await loaded(again, message.id)

    assert names_of(stored) == names_of(came)
    assert figures_of(stored).size_bytes == figures_of(came).size_bytes
    assert figures_of(stored).pings_count == figures_of(came).pings_count > 10
    assert (stored.request_id, stored.status) == (came.request_id, 200)
    assert stored.request_id is not None
    assert [name for name, _ in stored.headers if name.startswith("anthropic-ratelimit-")]
    assert (stored.request.body, stored.arrivals[0].raw, curl_command(stored.request)) == (None, None, None)


async def test_a_replay_file_plays_on_the_demo_server_before_and_after_a_restart(
    run: Run, place: Place, tmp_path: Path
) -> None:
    place.server.faults = Faults(reply_text=TEXT)
    files = [tmp_path / "first.sse", tmp_path / "again.sse"]
    async with run() as first:
        message = await asked(first)
        first.program._recorder.save(message, 0, str(files[0]))
        await next_signal(first.program._recorder.saved)
        played = [await _answer_of(first, place.server, files[0])]
    async with run() as again:
        await until(lambda: again.session.is_loaded)
        again.program._recorder.save(message, 0, str(files[1]))
        await next_signal(again.program._recorder.saved)
        played.append(await _answer_of(again, place.server, files[1]))

    assert [(each.text, each.thinking) for each in played] == [(message.text, message.thinking)] * 2
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]
    assert b"rebuilt" not in files[0].read_bytes()
    assert b"rebuilt" in files[1].read_bytes()


async def _answer_of(program: Running, server: DemoServer, file: Path) -> Message:
    server.faults = Faults(replay=file)
    return await asked(program)


async def test_the_key_is_nowhere_in_what_is_kept(run: Run, place: Place, tmp_path: Path) -> None:
    key = place.server.key.reveal()
    async with run() as program:
        message = await asked(program)
        [record] = program.program._recorder.records_of(message.id)
        program.program._recorder.save(message, 0, str(tmp_path / "reply.sse"))
        await next_signal(program.program._recorder.saved)
        command = curl_command(record.request)

    assert command is not None
    assert "$ANTHROPIC_API_KEY" in command
    assert key not in command
    assert key not in repr(record)
    kept = content_of(tmp_path)
    assert ASKED.encode() in kept
    assert key.encode() not in kept


async def test_a_stored_reply_plays_again_in_a_transcript(run: Run, place: Place) -> None:
    place.server.faults = Faults(reply_text=TEXT, events_per_s=600)
    async with run() as first:
        message = await asked(first)
    place.server.close()
    async with run() as again:
        records = await loaded(again, message.id)
        view = TranscriptView(again._look)
        view.resize(600, 500)
        view.show()
        replay = Replay(message, records)
        replay.reset.connect(lambda begun: view.show_path((begun,), lambda message_id: (message_id,)))
        replay.event_arrived.connect(view.apply_event)
        replay.ended.connect(view.end_message)
        assert replay.length_s > 0.3

        replay.set_speed(SPEED_MAX / 10)
        replay.play()
        await next_signal(replay.ended)
        await until(lambda: view.is_painted_up_to_date)

        view.select_all()
        assert " ".join(TEXT.split()) in " ".join(view.text_of_selection().split())
        replay.deleteLater()
        view.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
