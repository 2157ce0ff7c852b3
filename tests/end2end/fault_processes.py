"""The faults that need a process of their own: one that is killed, and one whose network has no names."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QApplication

from desktop_chat.api.demo_faults import AT_ONCE
from desktop_chat.api.demo_server import DemoServer
from desktop_chat.core.messages import MessageStatus
from tests.end2end.disk import conversations_in, text_of
from tests.end2end.fault_rows import GOOD_REPLY, TEXT, UNHURRIED, Repair, Row
from tests.end2end.fault_trial import Outcome, Server, Stage, stored_as
from tests.end2end.kills import SAFE_AFTER_S
from tests.end2end.processes import KEY, Home, Process, command_line, started
from tests.end2end.running import Place, Running, until
from tests.end2end.silent_names import ASKED_FOR, NAME, reason_against, silenced
from tests.helpers.link import GOOD, NO_LINK, link_to

SEEN_BYTES: Final = 6_000
"""About a third of the reply, which is no more than that on its way when the link goes."""

KILLED: Final = Row("was interrupted at", MessageStatus.INTERRUPTED, faults=UNHURRIED)
NAMELESS: Final = Row(
    f"The name {NAME} cannot be found", MessageStatus.FAILED, "NoConnection", "none", 5, repair=Repair.NEVER
)


async def killed(app: QApplication, folder: Path) -> Outcome:
    """`kill -9` in the middle of a reply; what the next start finds, and goes on with."""
    began_at = time.monotonic()
    outcome = Outcome()
    data_dir = folder / "data"
    home = Home(folder / "home", {"ANTHROPIC_API_KEY": KEY})
    with Server(UNHURRIED, AT_ONCE) as server, link_to(server.port) as link:
        options = ("--data-dir", data_dir, "--base-url", link.url, "--debug")
        with started(home, *options, "--ask", "hello") as process:
            process.wait_until_usable()
            await until(lambda: server.asked_at, 20.0)
            before_bytes = sum(carried.down_bytes for carried in link.carried)
            await until(lambda: sum(carried.down_bytes for carried in link.carried) > before_bytes + SEEN_BYTES)
            link.set(NO_LINK)
            await asyncio.sleep(2 * SAFE_AFTER_S)
            process.kill()
            link.set(GOOD)
        outcome.is_closed = all(carried.closed.wait(2.0) for carried in link.carried)
        server.faults = GOOD_REPLY
        async with Running(app, Place(data_dir, DemoServer(port=link.port))) as program:
            stage = Stage(program, link)
            await until(lambda: stage.session.is_loaded and len(stage.session.path()) == 2)
            reply = stage.session.path()[1]
            outcome.shown, outcome.status = await stage.strip(), reply.status
            outcome.text = "part" if 0 < len(reply.text) < len(TEXT) and TEXT.startswith(reply.text) else "other"
            outcome.is_stored = await stored_as(program, reply)
            outcome.tries = len(server.asked_at)
            program.window.deck.page().go_on()
            whole = await program.reply()
            outcome.is_whole_at_last = whole.text == TEXT and await stored_as(program, whole)
    outcome.took_s = time.monotonic() - began_at
    return outcome


def nameless(folder: Path) -> Outcome | str:
    """No name server answers; the reason when that cannot be tried here."""
    began_at = time.monotonic()
    reason = reason_against(folder)
    if reason:
        return reason
    outcome = Outcome()
    data_dir = folder / "data"
    home = Home(folder / "home", {"ANTHROPIC_API_KEY": KEY})
    options = ("--data-dir", data_dir, "--base-url", f"https://{NAME}", "--ask", "hello", "--once", "--debug")
    environment = home.environment()
    process = Process(silenced(command_line(*options), folder, seconds=1), environment, home.folder)
    try:
        ended = process.ended()
    finally:
        process.close()
    _question, reply = conversations_in(data_dir)[0]["messages"]
    failure = reply["failure"] or {}
    outcome.shown = next((line for line in ended.err.splitlines() if NAMELESS.shown in line), ended.err[-300:])
    outcome.status, outcome.kind = reply["status"], failure.get("kind", "")
    outcome.text = "none" if not text_of(reply) else "part"
    # Each look-up asks for both kinds of address; the first one is that for the list of models.
    outcome.tries = ended.err.count(ASKED_FOR) // 2 - 1
    outcome.is_closed = outcome.is_stored = True
    outcome.took_s = time.monotonic() - began_at
    return outcome
