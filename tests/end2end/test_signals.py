"""What ends the program from outside: signals and the window's close button, while a reply is being written."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer

from desktop_chat.api.demo_faults import Faults
from desktop_chat.core.messages import MessageStatus
from desktop_chat.ui.quit_dialog import QuitDialog
from tests.end2end.disk import conversations_in, text_of
from tests.end2end.processes import START_S_MAX, Home, Process, command_line, started
from tests.end2end.running import Place, Run, until
from tests.end2end.silent_names import ASKED_FOR, NAME, reason_against, silenced
from tests.helpers.machine import needs
from tests.helpers.paced_server import paced_server

END_S_MAX = 8.0
"""A machine with nothing else to do needs half a second. What the end must not wait for, the reply or the look-up of a
name, takes longer than this."""

SLOW_TEXT = "One word after the other. " * 400
COUNTED_TEXT = "".join(f"Sentence number {number} of a long reply. " for number in range(400))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_in_the_middle_of_a_reply_ends_the_program_and_keeps_the_text(
    home_with_key: Home, tmp_path: Path, number: signal.Signals
) -> None:
    data_dir = tmp_path / "data"
    with paced_server() as server:
        options = ("--data-dir", data_dir, "--base-url", server.url)
        with started(home_with_key, *options, "--ask", "go on") as program:
            server.wait_for_pieces(40, START_S_MAX)
            program.signal(number)
            shown = "".join(piece.text for piece in server.sent[:-5])
            ended = program.ended(END_S_MAX)
        sent = "".join(piece.text for piece in server.sent)
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    (conversation,) = conversations_in(data_dir)
    question, reply = conversation["messages"]
    assert text_of(question) == "go on"
    assert reply["status"] == "stopped"
    assert text_of(reply).startswith(shown) and sent.startswith(text_of(reply))


def test_a_signal_while_the_program_is_still_loading_is_not_forgotten(home: Home) -> None:
    with started(home, "--demo", "--debug") as program:
        program.err.wait_for("milestone first_painted", START_S_MAX)
        program.signal(signal.SIGTERM)
        ended = program.ended(END_S_MAX)
    # In its first moments there is nothing to close in order.
    assert ended.code in (0, -signal.SIGTERM)
    assert "CRITICAL" not in ended.err and "Traceback" not in ended.err


def test_once_that_is_ended_by_a_signal_says_that_the_reply_was_cut(home_with_key: Home) -> None:
    with paced_server() as server, started(home_with_key, "--base-url", server.url, "--ask", "x", "--once") as program:
        server.wait_for_pieces(20, START_S_MAX)
        program.signal(signal.SIGTERM)
        ended = program.ended(END_S_MAX)
        sent = "".join(piece.text for piece in server.sent)
    assert (ended.code, ended.err) == (3, "")
    assert ended.out and sent.startswith(ended.out)


async def test_the_end_of_the_session_finds_everything_on_disk_and_nobody_is_asked(run: Run, place: Place) -> None:
    place.server.faults = Faults(reply_text=COUNTED_TEXT, events_per_s=200)
    async with run() as program:
        program.type_and_send("still there tomorrow")
        await program.writing()
        clock = asyncio.get_running_loop().time
        took_s: list[float] = []

        def end_session() -> None:
            began_s = clock()
            program.program._session_end.settle()
            took_s.append(clock() - began_s)

        # As the desktop does it: from the event loop, in no task.
        QTimer.singleShot(0, end_session)
        await until(lambda: took_s)
        assert took_s[0] < END_S_MAX
        reply = program.session.path()[1]
        assert reply.status is MessageStatus.STOPPED
        assert reply.text and COUNTED_TEXT.startswith(reply.text)
        stored = await program.program._store.load(reply.conversation_id)
        assert stored is not None and reply in stored.messages
        # The session may go on after all.
        place.server.faults = Faults(reply_text=COUNTED_TEXT)
        program.window.deck.page().go_on()
        assert (await program.reply()).text == COUNTED_TEXT
        program.window.close()
        assert program.window.findChild(QuitDialog) is None
    assert program.code == 0


@needs("unshare", "util-linux")
@needs("ip", "iproute2")
def test_a_signal_while_no_name_server_answers_ends_the_program_at_once(home_with_key: Home, tmp_path: Path) -> None:
    if reason := reason_against(tmp_path):
        pytest.skip(reason)
    data_dir = tmp_path / "data"
    options = ("--data-dir", data_dir, "--base-url", f"https://{NAME}", "--ask", "hello", "--debug")
    command = silenced(command_line(*options), tmp_path, seconds=10)
    process = Process(command, home_with_key.environment(), home_with_key.folder)
    try:
        process.wait_until_usable()
        process.err.wait_for(ASKED_FOR, START_S_MAX)
        process.signal(signal.SIGTERM)
        ended = process.ended(END_S_MAX)
    finally:
        process.close()
    assert ended.code == 0
    (conversation,) = conversations_in(data_dir)
    assert [message["status"] for message in conversation["messages"]] == ["complete", "stopped"]


async def test_closing_the_window_while_a_reply_is_written_asks_first(run: Run, place: Place) -> None:
    place.server.faults = Faults(reply_text=SLOW_TEXT, events_per_s=200)
    async with run() as program:
        program.type_and_send("stay with me")
        await program.writing()
        program.window.close()
        dialog = program.window.findChild(QuitDialog)
        assert isinstance(dialog, QuitDialog)
        assert dialog.isVisible()
        assert dialog.title == "A reply is still being written."
        dialog.stay_button.click()
        assert not dialog.isVisible()
        before = len(program.session.path()[1].text)
        await until(lambda: len(program.session.path()[1].text) > before)
        assert program.session.is_busy
        program.window.close()
        assert dialog.isVisible()
        dialog.stop_button.click()
        reply = await program.reply()
        assert reply.status is MessageStatus.STOPPED
        assert reply.text
