"""Tries a fault of `fault_rows` on the whole program, over real sockets, and tells what came of it."""

from __future__ import annotations

import asyncio
import ssl
import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop_chat.api.demo_faults import AT_ONCE, NO_FAULTS, Faults
from desktop_chat.api.demo_server import DemoServer
from desktop_chat.api.quiet import Patience
from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.ui.send_button import SendButton
from desktop_chat.ui.status_line import StatusLine
from desktop_chat.ui.transcript.parts.strip import StripPart
from desktop_chat.ui.transcript.view import TranscriptView
from tests.end2end.fault_rows import GOOD_REPLY, TEXT, Repair, Row
from tests.end2end.flood_server import FloodServer, flood_server
from tests.end2end.running import Place, Running, until
from tests.end2end.squeezed import SQUEEZE, squeezed
from tests.helpers.certificates import made_in
from tests.helpers.demo import questions_to
from tests.helpers.link import GOOD, NO_LINK, Link, link_to
from tests.helpers.said_server import SaidServer, said_server
from tests.helpers.signals import next_signal

END_S_MAX: Final = 20.0
SLACK_S: Final = 5.0
"""A wait may be so much longer than it should be on a machine with too much to do."""

TIMER_SHARE: Final = 0.94
"""Qt's timers may be early by a twentieth."""

PATIENCE: Final = Patience(notice_s=0.4, repeat_s=0.4, limit_s=1.6)


@dataclass(slots=True)
class Outcome:
    """What came of one fault.

    Units:   `gaps_s` as they were, squeezed.
    """

    shown: str = ""
    told: list[str] = field(default_factory=list)
    status: str = ""
    kind: str = ""
    text: str = ""
    tries: int = 0
    gaps_s: list[float] = field(default_factory=list)
    is_closed: bool = False
    is_stored: bool = False
    is_whole_at_last: bool = False
    took_s: float = 0.0

    def faults(self, row: Row) -> list[str]:
        """How it differs from what is expected; empty when it does not."""
        gaps_fit = len(self.gaps_s) >= len(row.gaps_s) and all(
            TIMER_SHARE * least / SQUEEZE <= gap <= 2 * least / SQUEEZE + SLACK_S
            for least, gap in zip(row.gaps_s, self.gaps_s, strict=False)
        )
        checks = {
            f"shown: “{self.shown}”": row.shown in self.shown and bool(row.shown) == bool(self.shown),
            f"told: {self.told}": any(row.told in words.lower() for words in (*self.told, "")) if row.told else True,
            f"status: {self.status}": self.status == row.status,
            f"kind: {self.kind}": self.kind == row.kind,
            f"text: {self.text}": row.text in (self.text, "any"),
            f"tries: {self.tries}": self.tries == row.tries,
            f"gaps: {self.gaps_s}": gaps_fit,
            "the socket was not closed": self.is_closed,
            "the disk has something else": self.is_stored,
            "the text did not become whole": self.is_whole_at_last or row.repair is Repair.NEVER,
        }
        return [what for what, is_right in checks.items() if not is_right]


class Server(DemoServer):
    """Knows the whole text also when its faults are over."""

    @property
    def port(self) -> int:
        return self._port

    @property
    def asked_at(self) -> list[float]:
        """When each question came."""
        return [request.at for request in questions_to(self)]

    def take_faults(self, path: str) -> Faults:
        faults = super().take_faults(path)
        return GOOD_REPLY if faults == NO_FAULTS and path == "/v1/messages" else faults


class _Front(DemoServer):
    """Stands in the place of the server: where the line begins."""

    def __init__(self, link: Link, is_tls: bool) -> None:
        super().__init__(port=link.port)
        self._scheme = "https" if is_tls else "http"

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._port}"


class Stage:
    """One run of the program with one fault."""

    def __init__(self, program: Running, link: Link) -> None:
        self.link = link
        self._program = program
        self.session = program.session
        self.told: list[str] = []
        self.attempts_max = 0
        self.session.activity_changed.connect(self._hear)

    async def text_of_at_least(self, count: int) -> None:
        """Wait until so much of the text is there."""
        await until(lambda: len(self.session.path()) == 2 and len(self.session.path()[1].text) >= count)

    async def no_link_until(self, *phases: Phase) -> None:
        """Pull the cable, and put it back once the turn has come to one of these."""
        is_there = asyncio.Event()

        def mend(activity: Activity) -> None:
            # At once: the pause before the next try is drawn, and may be next to nothing.
            if activity.phase in phases:
                self.link.set(GOOD)
                is_there.set()

        self.link.set(NO_LINK)
        self.session.activity_changed.connect(mend)
        try:
            async with asyncio.timeout(END_S_MAX):
                await is_there.wait()
        finally:
            self.session.activity_changed.disconnect(mend)

    def click_stop(self) -> None:
        button = self._program.window.deck.page().findChild(SendButton)
        assert isinstance(button, SendButton) and button.is_stop
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    async def strip(self) -> str:
        """What the strip under the last message says, once all is painted; empty when there is none."""
        view = self._program.window.deck.page().findChild(TranscriptView)
        assert isinstance(view, TranscriptView)
        await until(lambda: view.is_painted_up_to_date)
        bar = view.verticalScrollBar()
        bar.setValue(bar.maximum())
        await until(lambda: view.is_painted_up_to_date)
        spots = view._page.spots(0.0, float(view.viewport().height()))
        return next((spot.part.spoken for spot in spots if isinstance(spot.part, StripPart)), "")

    def _hear(self, activity: Activity) -> None:
        if activity.phase is Phase.RETRYING:
            self.attempts_max = max(self.attempts_max, activity.attempt)
        # Read from the window, once it has heard of it, too.
        asyncio.get_running_loop().call_soon(self._read)

    def _read(self) -> None:
        line = self._program.window.deck.page().findChild(StatusLine)
        if isinstance(line, StatusLine):
            self.told.extend(words for part in line.parts if (words := part.words.variants[0]) not in self.told)


async def outcome_of(row: Row, app: QApplication, folder: Path) -> Outcome:
    """Try one fault."""
    began_at = time.monotonic()
    with ExitStack() as servers:
        demo = servers.enter_context(Server(row.faults or GOOD_REPLY, AT_ONCE))
        server: Server | SaidServer | FloodServer = demo
        if row.says is not None:
            context = _untrusted(folder) if row.is_tls else None
            server = servers.enter_context(said_server(row.says, context))
        elif row.flood is not None:
            server = servers.enter_context(flood_server(row.flood))
        line = row.line.squeezed(SQUEEZE)
        link = servers.enter_context(link_to(server.port, line, squeeze=SQUEEZE))
        if row.is_refused:
            link.refuse()
        servers.enter_context(squeezed())
        outcome = Outcome()
        async with Running(app, Place(folder / "data", _Front(link, row.is_tls))) as program:
            if not row.reconnects:
                program.let_cut_replies_be()
            client = program.program._client
            client._options = replace(client._options, patience=PATIENCE)
            stage = Stage(program, link)
            ended = await _ended(stage, row, program)
            outcome.shown = await stage.strip()
            outcome.told = stage.told
            outcome.status, outcome.kind = ended.status, ended.failure.kind if ended.failure else ""
            outcome.text = "none" if not ended.text else "whole" if ended.text == TEXT else "part"
            outcome.is_closed = row.is_line_kept or await _is_closed(link)
            moments = server.asked_at
            outcome.tries = len(moments) if moments or row.tries == 0 else stage.attempts_max
            outcome.gaps_s = [round(after - before, 3) for before, after in pairwise(moments)]
            outcome.is_stored = await stored_as(program, ended)
            if row.repair is not Repair.NEVER:
                _heal(demo, link)
                whole = await _repaired(row.repair, program, ended)
                outcome.is_whole_at_last = whole.text == TEXT and whole.status is MessageStatus.COMPLETE
                outcome.is_whole_at_last &= await stored_as(program, whole)
        outcome.is_closed &= all(carried.closed.wait(SLACK_S) for carried in link.carried)
    outcome.took_s = time.monotonic() - began_at
    return outcome


async def _ended(stage: Stage, row: Row, program: Running) -> Message:
    """Ask, let happen what happens, and give the reply as it has ended."""
    ending = asyncio.ensure_future(next_signal(stage.session.turn_ended, END_S_MAX))
    await asyncio.sleep(0)
    program.window.ask("hello")
    if row.act is not None:
        await row.act(stage)
    ended = await ending
    assert isinstance(ended, Message)
    return ended


async def _repaired(repair: Repair, program: Running, ended: Message) -> Message:
    """Have the text made whole by what the strip offers."""
    if repair is Repair.NONE:
        return ended
    page = program.window.deck.page()
    (page.go_on if repair is Repair.CONTINUE else page.regenerate)()
    return await program.reply() if program.session.is_busy else ended


def _heal(demo: Server, link: Link) -> None:
    """Everything is well again: a good server at the end of a good line."""
    demo.faults = GOOD_REPLY
    link.set(GOOD)
    link.lead_to(demo.port)
    link.accept()


async def _is_closed(link: Link) -> bool:
    """Whether the line of the reply is closed."""
    try:
        await until(lambda: all(carried.closed.is_set() for carried in link.carried[-1:]), SLACK_S)
    except TimeoutError:
        return False
    return True


async def stored_as(program: Running, message: Message) -> bool:
    """Whether the disk has the message just so."""
    stored = await program.program._store.load(message.conversation_id)
    return stored is not None and message in stored.messages


def _untrusted(folder: Path) -> ssl.SSLContext:
    """TLS with a certificate that nobody vouches for."""
    certificate = made_in(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.own, certificate.key)
    return context
