"""A day of use in ten minutes, and what is left of it: memory, handles, sockets, tasks, timers, threads, objects.

`python -m tests.end2end.soak --minutes 10` prints a JSON summary: what was done, the samples, and how each figure
grows with a thousand turns. Before it measures, everything it uses is used once, and three long answers come at once:
what is loaded at its first use, such as fonts, lexers and formulas, and the room for a full moment are taken once,
whenever chance will have it, and are no leak. So that none hides in that room, the memory that is given out is told
beside the resident one. What does grow is the list in the sidebar: 0.9 KB for each new conversation, 0.4 MB in a
thousand turns (MEASURED 2026-11-24).
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QApplication

from desktop_chat.api.demo_server import DemoServer
from desktop_chat.application import Application
from desktop_chat.chat.session import ChatSession
from desktop_chat.core.messages import Draft
from desktop_chat.event_loop import QtEventLoop
from desktop_chat.housekeeping import NEW_OBJECTS_MIN, forget_sources, share_pools
from desktop_chat.leaving_threads import LeavingThreads
from tests.end2end.running import Place, Running, until
from tests.end2end.soak_samples import COUNTS, MEMORY, Sample, leaks, slope
from tests.end2end.squeezed import squeezed

REST_S_MAX: Final = 20.0
READING_S_MAX: Final = 0.3
TABS_MAX: Final = 6
LONG_AT_ONCE: Final = 3
TURNS_PER_ROUND: Final = 25
"""After so many all tabs are closed, and it is looked at what is left."""
ROUNDS_PER_RUN: Final = 1_000_000
"""After so many the program is ended and started again, in the same process."""

LONGEST_QUESTION: Final = "Give me a long answer."
QUESTIONS: Final = (
    "Hello", "What can you show me?", LONGEST_QUESTION, "Plan a trip", "/demo crumbs a table, please",
    "/demo burst some code", "/demo cut Hello", "/demo reset Plan a trip", "/demo overlap What can you show me?",
    "/demo error some code", "/demo overloaded 1 Hello", "/demo rate-limit 0 Hello", "/demo max-tokens Plan a trip",
    "/demo html Hello", "/demo refuse Hello", "/demo redact think about it",
)  # fmt: skip


class Soak:
    """Uses the program as somebody does who never sleeps; the same seed does the same."""

    def __init__(
        self,
        app: QApplication,
        place: Place,
        seed: int = 0,
        turns_per_round: int = TURNS_PER_ROUND,
        rounds_per_run: int = ROUNDS_PER_RUN,
        *,
        is_warmed_up: bool = False,
    ) -> None:
        self._app = app
        self._is_warmed_up = is_warmed_up
        self._turns_per_round = turns_per_round
        self._rounds_per_run = rounds_per_run
        self._place = place
        self._chance = random.Random(seed)
        self.turns = 0
        self.done: Counter[str] = Counter()
        self.took_s: defaultdict[str, float] = defaultdict(float)
        self.at_rest: list[Sample] = []
        """With the window open and one blank tab."""
        self.ended: list[Sample] = []
        """With the program ended."""

    async def use(self, is_enough: Callable[[], bool]) -> None:
        """Run after run, until it is enough; asked after each round."""
        # Threads that stay for the next piece of work, as the loop's own do, would count as left behind.
        asyncio.get_running_loop().set_default_executor(LeavingThreads())
        while not is_enough():
            async with Running(self._app, self._place) as program:
                await _loaded(program)
                if self._is_warmed_up and not self.ended:
                    await self._warm_up(program)
                for _ in range(self._rounds_per_run):
                    await self._round(program)
                    if is_enough():
                        break
            self.done["restart"] += 1
            del program
            self.ended.append(Sample.taken(self.turns))

    async def _warm_up(self, program: Running) -> None:
        """Do once what loads something at its first use, and fill the program as full as it seldom gets here."""
        deck = program.window.deck
        for question in QUESTIONS:
            deck.open_new()
            deck.page().ask(question)
            await until(lambda: not program.session.is_busy, REST_S_MAX)
            await _read_through(program)
            await self._come_to_rest(program)
        for _ in range(LONG_AT_ONCE):
            deck.open_new()
            deck.page().ask(LONGEST_QUESTION)
        await until(lambda: not program.library.busy_ids(), REST_S_MAX)
        for conversation_id in deck.ids():
            deck.activate(conversation_id)
            await _read_through(program)
        await self._come_to_rest(program)
        for act in _ACTS:
            await getattr(self, f"_{act}")(program)
        await self._come_to_rest(program)
        program.program._upkeep.back_up()
        await until(lambda: any(program.program._paths.backups_dir.glob("*-weekly-*.sqlite3")), REST_S_MAX)
        await self._come_to_rest(program)

    async def _round(self, program: Running) -> None:
        before = self.turns
        while self.turns < before + self._turns_per_round:
            act = self._chance.choices(_ACTS, _WEIGHTS)[0]
            began_at = time.monotonic()
            await getattr(self, f"_{act}")(program)
            self.took_s[act] += time.monotonic() - began_at
            self.done[act] += 1
            _keep_house()
        await self._come_to_rest(program)
        self.at_rest.append(Sample.taken(self.turns))

    async def _come_to_rest(self, program: Running) -> None:
        library = program.library
        for key in library.busy_ids():
            # Not `session`, which is for whoever shows it: it would be kept.
            library._sessions[key].stop()
        await until(lambda: not library.busy_ids(), REST_S_MAX)
        deck = program.window.deck
        program.window.sidebar.filter.clear()
        deck.open_new()
        current_id = deck.current_id
        assert current_id is not None
        deck.close_others(current_id)
        await until(lambda: program.window.is_settled, REST_S_MAX)
        # The page that is made ahead is there in every sample.
        await until(lambda: deck.pages._spare.is_ready, REST_S_MAX)
        # What follows a turn, such as the writing of its record, has tasks of its own.
        await until(lambda: len(asyncio.all_tasks()) <= _TASKS_AT_REST, REST_S_MAX)

    # --- what somebody does

    async def _ask(self, program: Running) -> None:
        page = program.window.deck.page()
        if program.session.is_busy:
            program.session.stop()
            await until(lambda: not program.session.is_busy, REST_S_MAX)
        self.turns += 1
        page.ask(self._chance.choice(QUESTIONS)) if page.is_blank else program.session.send(_draft(self._chance))
        await self._some_of(program.session)

    async def _ask_in_new_tab(self, program: Running) -> None:
        if len(program.window.deck.ids()) > TABS_MAX:
            program.window.deck.close_current()
        program.window.deck.open_new()
        await self._ask(program)

    async def _wait(self, program: Running) -> None:
        session = program.session
        began_at = time.monotonic()
        await until(lambda: not session.is_busy or time.monotonic() - began_at > READING_S_MAX, REST_S_MAX)

    async def _stop(self, program: Running) -> None:
        program.session.stop()
        await asyncio.sleep(0.01)

    async def _go_on(self, program: Running) -> None:
        program.window.deck.page().go_on()
        await self._some_of(program.session)

    async def _switch(self, program: Running) -> None:
        program.window.deck.step(self._chance.choice((-1, 1)))
        await _loaded(program)

    async def _close(self, program: Running) -> None:
        program.window.deck.close_current()
        await _loaded(program)

    async def _reopen(self, program: Running) -> None:
        program.window.deck.reopen()
        await _loaded(program)

    async def _open(self, program: Running) -> None:
        keys = [summary.id for summary in program.library.conversations()[:50]]
        if keys:
            program.window.deck.open(self._chance.choice(keys), in_new_tab=self._chance.random() < 0.3)
            await _loaded(program)

    async def _search(self, program: Running) -> None:
        program.window.sidebar.filter.setText(self._chance.choice(("trip", "hello", "x", "")))
        program.window.deck.page().open_find(self._chance.choice(("the", "answer", "zebra")))
        await asyncio.sleep(0.02)

    async def _some_of(self, session: ChatSession) -> None:
        """Read along for a while."""
        end_at = time.monotonic() + self._chance.choice((0.0, 0.02, 0.1, 0.3))
        await until(lambda: not session.is_busy or time.monotonic() >= end_at, REST_S_MAX)


_ACTS: Final = ("ask", "ask_in_new_tab", "wait", "stop", "go_on", "switch", "close", "reopen", "open", "search")
_WEIGHTS: Final = (14, 8, 8, 3, 3, 4, 4, 1, 2, 1)
_TASKS_AT_REST: Final = 2
"""The program's own, and the one that uses it."""


def _keep_house() -> None:
    """As the program does every five seconds of its day: that is more often than after each act here."""
    forget_sources()
    if gc.get_count()[0] >= NEW_OBJECTS_MIN:
        gc.collect(1)


async def _read_through(program: Running) -> None:
    """Look at the whole conversation in view, from its beginning to its end, until all of it is painted."""
    transcript = program.window.deck.page()._transcript
    assert transcript is not None
    bar = transcript.verticalScrollBar()
    bar.setValue(0)
    await until(lambda: transcript.is_painted_up_to_date, REST_S_MAX)
    while bar.value() < bar.maximum():
        bar.setValue(bar.value() + bar.pageStep())
        await until(lambda: transcript.is_painted_up_to_date, REST_S_MAX)


async def _loaded(program: Running) -> None:
    """Wait until the tab in view shows its conversation."""
    await until(lambda: program.session.is_loaded, REST_S_MAX)


def _draft(chance: random.Random) -> Draft:
    return Draft(chance.choice(QUESTIONS))


@contextmanager
def demo_process() -> Iterator[str]:
    """A demo server in a process of its own; gives its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "desktop_chat.api.demo_server", "--at-once"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        with process.stdout:
            yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(10)


def main() -> int:
    """Use the program for so long, and print what is left of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.end2end.soak", description=main.__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    app = Application(["desktop-chat"])
    app.setQuitOnLastWindowClosed(False)
    # As the program does at its start.
    gc.disable()
    share_pools()
    end_at = time.monotonic() + 60 * options.minutes
    kills_count = max(1, round(options.minutes))
    with tempfile.TemporaryDirectory() as folder, demo_process() as url:
        place = Place(Path(folder) / "data", DemoServer(port=int(url.rpartition(":")[2])))
        soak = Soak(app, place, options.seed, is_warmed_up=True)
        # Beside it: another program on its own data, killed in mid-stream and started again, once for each minute.
        killing = [sys.executable, "-m", "tests.end2end.kills", str(kills_count), "--seed", str(options.seed)]
        killer = subprocess.Popen(killing, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        with squeezed(), asyncio.Runner(loop_factory=lambda: QtEventLoop(app)) as runner:
            runner.run(soak.use(lambda: time.monotonic() >= end_at))
        killed = json.loads(killer.communicate(timeout=60)[0])
    # The C library and Python take some rounds until they have what the fullest moment needs: a third is left out.
    rest = soak.at_rest[len(soak.at_rest) // 3 :]
    report = {
        "turns": soak.turns,
        "done": dict(soak.done),
        "took_s": {act: round(seconds, 1) for act, seconds in soak.took_s.items()},
        "kills": killed["kills"],
        "kills_harmless": killed["complete"],
        "slopes_per_1000_turns": {name: round(slope(rest, name), 3) for name in (*MEMORY, *COUNTS)},
        "leaks": leaks(rest, COUNTS),
        "first": asdict(rest[0]),
        "last": asdict(rest[-1]),
        "ended": asdict(soak.ended[-1]),
        "rss_mb_at_rest": [sample.rss_mb for sample in soak.at_rest],
    }
    sys.stdout.write(json.dumps(report, indent=2) + "\n")
    return 1 if report["leaks"] or killer.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
