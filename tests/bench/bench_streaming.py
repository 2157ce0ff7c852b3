"""What a streaming reply costs: `python -m tests.bench.bench_streaming` prints JSON.

Shape:   100 KB at the pace of a fast model in real time; 1 MB faster; one burst of 1 MB; single blocks that do not
         end. A frame is all that is done for it: taking, parsing, layout, painting, the flush to the screen;
         `between_frames` is everything the GUI thread does from one tick of the view's clock to the next, the event
         loop and the feeding included. The peer renders the reply anew with `QTextBrowser.setMarkdown` at every frame.
Units:   milliseconds of the GUI thread's CPU; `shown` and `read` by the clock. `growth` is the median of the last
         twentieth over that of the first: both have the same text.
"""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from statistics import median
from typing import Any, Final

from PySide6.QtWidgets import QApplication, QTextBrowser

from desktop_chat.core.events import TextArrived
from tests.bench.corpus import chunks, long_fence, long_table, paragraph, reply_text
from tests.bench.transcript_stage import FRAME_MS, SIZE_PX, Feed, FrameMeter, Stage, application, percentile, stage

REPLY_BYTES: Final = 100_000
LONG_BYTES: Final = 1_000_000
PEER_BYTES: Final = 20_000
PEER_FRAMES: Final = 5
PARAGRAPH_BYTES: Final = 300_000
FENCE_LINES: Final = 5_000
TABLE_ROWS: Final = 500
CHUNKS_PER_S: Final = 200
LONG_CHUNKS_PER_S: Final = 4_000
BETWEEN_CHUNKS_PER_S: Final = 40_000
WARM_UP_BYTES: Final = 40_000
TABS: Final = 5
TAB_BYTES: Final = 15_000
BLOCK_FRAMES: Final = 300
TWENTIETHS: Final = 20
ROUNDS: Final = 5


def echoing(size_bytes: int) -> str:
    """A reply whose last twentieth is its first one."""
    part = reply_text(size_bytes // TWENTIETHS)
    return part + reply_text(size_bytes - 2 * len(part.encode()), seed=2) + part


def streamed(app: QApplication, text: str, per_s: int) -> dict[str, Any]:
    """Stream one reply in real time."""
    with stage(app) as made:
        begun, flushes = made.begin(), made.window.flushes
        meter = FrameMeter(made)
        feed = Feed(made.view, begun.id, chunks(text), per_s)
        began_s = time.perf_counter()
        made.live_until(lambda: feed.is_over and made.view.is_painted_up_to_date)
        took_s = time.perf_counter() - began_s
        flushes = made.window.flushes - flushes
        costs, periods = meter.costs_ms[1:], meter.periods_ms[1:]
        ends = made.end(begun, text)
    return {
        "frames": len(costs),
        "frames_per_s": len(costs) / took_s,
        "painted_per_s": flushes / took_s,
        **_spread(costs),
        "over_8_ms": sum(cost > 8 for cost in costs),
        "over_a_frame": sum(cost > FRAME_MS for cost in costs),
        "between_frames": _spread(periods),
        "end_longest_ms": max(ends),
    }


def grown(app: QApplication, text: str, per_s: int) -> dict[str, Any]:
    """Stream the first and the last twentieth of a reply in real time, and what lies between them far faster.

    Several times, with both ends within seconds: over a minute the machine itself gets slower or faster than that.
    """
    size = len(text) // TWENTIETHS
    growths: list[float] = []
    costs: list[float] = []
    for _ in range(ROUNDS):
        with stage(app) as made:
            begun = made.begin()
            first = _costs_of(made, begun.id, text[:size], per_s)
            _costs_of(made, begun.id, text[size:-size], BETWEEN_CHUNKS_PER_S)
            last = _costs_of(made, begun.id, text[-size:], per_s)
        growths.append(median(last) / median(first))
        costs += [*first, *last]
    return {**_spread(costs), "growth": median(growths), "growths": growths}


def _costs_of(made: Stage, reply_id: str, text: str, per_s: int) -> list[float]:
    """What the frames cost while so much more of a reply streams."""
    meter = FrameMeter(made)
    feed = Feed(made.view, reply_id, chunks(text), per_s)
    made.live_until(lambda: feed.is_over and made.view.is_painted_up_to_date)
    meter.stop()
    return meter.costs_ms[1:]


def five_tabs(app: QApplication) -> dict[str, float]:
    """Five replies at once, the first one visible; a frame is all that is done between two of its ticks."""
    with ExitStack() as stack:
        stages = [stack.enter_context(stage(app)) for _ in range(TABS)]
        for hidden in stages[1:]:
            hidden.window.hide()
        meter = FrameMeter(stages[0])
        feeds = [
            Feed(made.view, made.begin().id, chunks(reply_text(TAB_BYTES, seed)), CHUNKS_PER_S)
            for seed, made in enumerate(stages)
        ]
        stages[0].live_until(lambda: all(feed.is_over for feed in feeds))
        return _spread(meter.periods_ms[1:])


def rendered_anew(app: QApplication, text: str) -> float:
    """The plain way: the whole text again at every frame; the last ones are measured."""
    browser = QTextBrowser()
    browser.resize(*SIZE_PX)
    browser.show()
    costs: list[float] = []
    for back in range(PEER_FRAMES, 0, -1):
        began_s = time.thread_time()
        browser.setMarkdown(text[: -20 * back])
        browser.verticalScrollBar().setValue(browser.verticalScrollBar().maximum())
        app.processEvents()
        costs.append((time.thread_time() - began_s) * 1000)
    browser.close()
    browser.deleteLater()
    return median(costs)


def burst(app: QApplication, text: str) -> dict[str, float]:
    """One piece: until its end is on the screen, until all of it is read, and the longest frame."""
    shown, read, longest = [], [], []
    for _ in range(ROUNDS):
        with stage(app) as made:
            begun = made.begin()
            meter, flushes = FrameMeter(made), made.window.flushes
            began_s = time.perf_counter()
            made.view.apply_event(begun.id, TextArrived(0, text))
            view, window = made.view, made.window
            # The first flush after everything was taken has the end of the text.
            made.live_until(lambda view=view: view._arrivals.is_empty)  # type: ignore[misc]
            made.live_until(lambda view=view: not view._awaits_paint)  # type: ignore[misc]
            assert window.flushes > flushes
            shown.append((time.perf_counter() - began_s) * 1000)
            made.live_until(lambda view=view: view.is_painted_up_to_date)  # type: ignore[misc]
            read.append((time.perf_counter() - began_s) * 1000)
            longest.append(max([*meter.periods_ms, *made.end(begun, text)]))
    return {"shown_ms": median(shown), "read_ms": median(read), "longest_ms": median(longest)}


def growing(app: QApplication, text: str) -> dict[str, float]:
    """A text that comes in equal pieces, one a frame."""
    step = -(-len(text) // BLOCK_FRAMES)
    with stage(app) as made:
        begun = made.begin()
        costs: list[float] = []
        for at in range(0, len(text), step):
            made.view.apply_event(begun.id, TextArrived(0, text[at : at + step]))
            costs.append(made.paint())
        while not made.view._is_all_taken:
            costs.append(made.paint())
        made.paint_all()
        ends = made.end(begun, text)
    tenth = len(costs) // 10
    return {
        **_spread(costs),
        "end_longest_ms": max(ends),
        "growth": median(costs[-tenth:]) / median(costs[tenth : 2 * tenth]),
    }


def _spread(costs: list[float]) -> dict[str, float]:
    return {"median_ms": median(costs), "p99_ms": percentile(costs, 0.99), "longest_ms": max(costs)}


def measure() -> dict[str, Any]:
    """Measure everything, on one screen."""
    app = application()
    # The lexers and the glyphs are made at their first use, and would make the first twentieth another one.
    growing(app, reply_text(WARM_UP_BYTES))
    ours = streamed(app, reply_text(REPLY_BYTES), CHUNKS_PER_S)
    peer_ms = rendered_anew(app, reply_text(PEER_BYTES))
    return {
        "platform": app.platformName(),
        "100_kb": ours,
        "100_kb_ends": grown(app, echoing(REPLY_BYTES), CHUNKS_PER_S),
        "1_mb_ends": grown(app, echoing(LONG_BYTES), LONG_CHUNKS_PER_S),
        "five_tabs": five_tabs(app),
        "peer_20_kb_ms": peer_ms,
        "peer_over_ours": peer_ms / ours["median_ms"],
        "burst_1_mb": burst(app, reply_text(LONG_BYTES)),
        "fence_5000_lines": growing(app, long_fence(FENCE_LINES)),
        "table_500_rows": growing(app, long_table(TABLE_ROWS)),
        "paragraph_300_kb": growing(app, paragraph(PARAGRAPH_BYTES)),
        "paragraph_300_kb_one_word": growing(app, paragraph(PARAGRAPH_BYTES, "")),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
