"""What reading a long conversation costs: `python -m tests.bench.bench_reading` prints JSON.

Shape:   per count of messages `shown`, from the messages in memory to the paint of their end, and `opened`, from the
         click in the sidebar of a whole window to that paint, with the tab, the database and the decoding in between;
         `all_read`, until the other messages and their tree are there, too. In the one with
         MESSAGES: a turn of the wheel, a jump, a step of a resize, find, and the memory it takes.
Units:   milliseconds; `shown` and `opened` by the clock, medians of ROUNDS; steps in CPU of the GUI thread; MB of RSS.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any, Final

import psutil
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from desktop_chat.chat.library import Library
from desktop_chat.chat.surroundings import Surroundings
from desktop_chat.core.settings import Settings
from desktop_chat.event_loop import QtEventLoop
from desktop_chat.store.store import Store
from desktop_chat.ui import desk as ui_desk
from desktop_chat.ui.chat_tab import ChatTab
from tests.bench.corpus import conversation
from tests.bench.transcript_stage import Stage, application, percentile, stage
from tests.bench.window_stage import a_while, open_by_click, store_below
from tests.chat.desk import CATALOG, Desk

COUNTS: Final = (1_000, 10_000, 100_000)
MESSAGES: Final = 10_000
ROUNDS: Final = 5
WHEEL_TURNS: Final = 300
JUMPS: Final = 40
RESIZES: Final = 40
SCREENS_A_STEP: Final = 3
"""Scrolling from end to end stops at every third screen, or it would take minutes."""

WORD: Final = "percentile"


# --- messages in memory ---


def shown(app: QApplication, count: int) -> float:
    """From `show_path` to the paint."""
    messages = conversation(count)
    times: list[float] = []
    for _ in range(ROUNDS):
        with stage(app) as made:
            flushes = made.window.flushes
            began_s = time.perf_counter()
            made.view.show_path(messages, lambda message_id: (message_id,))
            made.live_until(lambda made=made, flushes=flushes: made.window.flushes > flushes)  # type: ignore[misc]
            times.append((time.perf_counter() - began_s) * 1000)
            made.paint_all()
    return median(times)


def steps(app: QApplication) -> dict[str, float]:
    """Turn the wheel, jump, resize."""
    with stage(app) as made:
        made.view.show_path(conversation(MESSAGES), lambda message_id: (message_id,))
        made.paint_all()
        turns = [_wheel(made) for _ in range(WHEEL_TURNS)]
        wheel, after_wheel = [turn[0] for turn in turns], [cost for turn in turns for cost in turn[1:]]
        jumps = [_jump(made, number) for number in range(JUMPS)]
        resizes = [_resize(made, number) for number in range(RESIZES)]
        built_count = made.view._page.rows.built_count
    return {
        "wheel_median_ms": median(wheel),
        "wheel_p99_ms": percentile(wheel, 0.99),
        "after_wheel_longest_ms": max(after_wheel),
        "jump_median_ms": median(jumps),
        "jump_p99_ms": percentile(jumps, 0.99),
        "resize_median_ms": median(resizes),
        "resize_p99_ms": percentile(resizes, 0.99),
        "laid_out_messages": built_count,
    }


def _wheel(made: Stage) -> list[float]:
    """The cost of the frame that shows the turn, and of those after it: colours, formulas, and a look ahead."""
    middle = QPointF(400.0, 300.0)
    turn = QWheelEvent(
        middle, middle, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    began_s = time.thread_time()
    QApplication.sendEvent(made.view.viewport(), turn)
    made.paint()
    cost = (time.thread_time() - began_s) * 1000
    return [cost, *made.paint_all(), made.paint()]


def _jump(made: Stage, number: int) -> float:
    bar = made.view.verticalScrollBar()
    began_s = time.thread_time()
    bar.setValue(bar.maximum() * (number * 7 % JUMPS + 1) // (JUMPS + 2))
    made.paint()
    cost = (time.thread_time() - began_s) * 1000
    made.paint_all()
    return cost


def _resize(made: Stage, number: int) -> float:
    width = made.window.width() - (12 if number < RESIZES // 2 else -12)
    began_s = time.thread_time()
    made.window.resize(width, made.window.height())
    made.app.processEvents()
    made.paint()
    return (time.thread_time() - began_s) * 1000


def found(app: QApplication) -> dict[str, float]:
    """Find a word: until the first hit is on the screen, and until all are counted."""
    firsts, alls, count = [], [], 0
    with stage(app) as made:
        made.view.show_path(conversation(MESSAGES), lambda message_id: (message_id,))
        made.paint_all()
        finder = made.view.finder
        told: dict[str, float] = {}
        finder.first_found.connect(lambda: told.setdefault("first", time.perf_counter()))
        finder.all_counted.connect(lambda: told.setdefault("all", time.perf_counter()))
        for number in range(ROUNDS):
            finder.open()
            told.clear()
            began_s = time.perf_counter()
            finder.search(WORD[: len(WORD) - number % 2])
            made.live_until(lambda: len(told) == 2)
            firsts.append((told["first"] - began_s) * 1000)
            alls.append((told["all"] - began_s) * 1000)
            count = finder.figures.count
            finder.close()
    return {"first_hit_ms": median(firsts), "all_counted_ms": median(alls), "hits": count}


# --- from the disk ---


async def _filled(folder: Path, count: int) -> None:
    store = store_below(folder)
    await store.start()
    await store.put_conversation(conversation(count), "Long", time.time())
    await store.close()


class _Opening:
    """A tab over a real store, everything else faked."""

    def __init__(self, made: Stage, store: Store) -> None:
        self._stage = made
        self._store = store
        self._chat = Desk()

    async def open(self) -> ChatTab:
        """Open the conversation in a new tab and wait until all of it is there."""
        library, desk, tab = await self._empty()
        session = library.session("bench")
        tab.bind(session, desk, is_looking_around=True)
        view = tab._transcript_of()
        await a_while(lambda: session.is_loaded and view.is_painted_up_to_date)
        return tab

    async def open_empty(self) -> ChatTab:
        """Open a tab with a new conversation and wait until it is painted."""
        library, desk, tab = await self._empty()
        tab.bind(library.new_session(), desk, is_looking_around=True)
        flushes = self._stage.window.flushes
        await a_while(lambda: self._stage.window.flushes > flushes)
        return tab

    async def _empty(self) -> tuple[Library, ui_desk.Desk, ChatTab]:
        chat, made = self._chat, self._stage
        surroundings = Surroundings(
            self._store, chat.api, chat.keys, chat.preferences, chat.keeper, chat.tasks, chat.network, chat.recorder
        )
        library = Library(surroundings, await self._store.start())
        desk = ui_desk.Desk(library, chat.preferences, chat.keys, CATALOG)
        tab = ChatTab(made.look, Settings())
        layout = made.window.layout()
        assert layout is not None
        made.view.hide()
        layout.addWidget(tab)
        await a_while(lambda: tab.isVisible())
        return library, desk, tab

    async def close(self, tab: ChatTab) -> None:
        tab.unbind()
        tab.hide()
        tab.deleteLater()
        await self._chat.close()


def opened(app: QApplication, count: int) -> tuple[float, float]:
    """From the click to the paint of its end, and until the rest is there too."""
    times: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as name, asyncio.Runner(loop_factory=lambda: QtEventLoop(app)) as runner:
        runner.run(_filled(Path(name), count))
        for _ in range(ROUNDS):
            times.append(runner.run(open_by_click(app, Path(name), "bench")))
            gc.collect()
    painted, everything = zip(*times, strict=True)
    return median(painted), median(everything)


def memory() -> dict[str, float]:
    """What the conversation takes, measured in a process that does nothing else."""
    with tempfile.TemporaryDirectory() as name:
        subprocess.run([sys.executable, "-m", "tests.bench.bench_reading", "fill", name], check=True)
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.bench_reading", "memory", name],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    result: dict[str, float] = json.loads(done.stdout)
    return result


async def _scrolled(made: Stage, folder: Path) -> dict[str, float]:
    process = psutil.Process(os.getpid())
    store = store_below(folder)
    opening = _Opening(made, store)
    await store.start()
    first = await opening.open_empty()
    first.hide()
    empty = process.memory_info().rss
    tab = await opening.open()
    view, peak = tab._transcript_of(), 0
    after_opening = process.memory_info().rss
    bar = view.verticalScrollBar()
    while bar.value() > 0:
        bar.setValue(bar.value() - SCREENS_A_STEP * view.viewport().height())
        view._frame()
        await asyncio.sleep(0)
        peak = max(peak, process.memory_info().rss)
    result = {
        "opened_mb": (after_opening - empty) / 1e6,
        "scrolled_mb": (process.memory_info().rss - empty) / 1e6,
        "peak_mb": (peak - empty) / 1e6,
    }
    await opening.close(first)
    await opening.close(tab)
    await store.close()
    return result


def measure() -> dict[str, Any]:
    """Measure everything, on one screen."""
    app = application()
    shown(app, COUNTS[0])  # the first one ever makes the glyphs
    openings = {str(count): opened(app, count) for count in COUNTS}
    return {
        "shown_ms": {str(count): shown(app, count) for count in COUNTS},
        "opened_ms": {count: painted_ms for count, (painted_ms, _) in openings.items()},
        "all_read_ms": {count: all_ms for count, (_, all_ms) in openings.items()},
        "steps": steps(app),
        "find": found(app),
        "memory": memory(),
    }


def main(arguments: list[str]) -> None:
    match arguments:
        case ["fill", folder]:
            asyncio.run(_filled(Path(folder), MESSAGES))
        case ["memory", folder]:
            app = application()
            with stage(app) as made, asyncio.Runner(loop_factory=lambda: QtEventLoop(app)) as runner:
                print(json.dumps(runner.run(_scrolled(made, Path(folder)))))
        case _:
            print(json.dumps(measure(), indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
