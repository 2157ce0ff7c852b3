"""What the transcript costs while it streams, opens and scrolls: `python -m tests.bench.bench_transcript` prints JSON.

Units:   milliseconds of the GUI thread's CPU (`shown` and `opened`: by the clock). A frame is everything the view
         does for it: taking events, parsing, layout, painting.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from statistics import median
from typing import Any

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from desktop_chat.core.events import BlockStarted, ReplyStarted, TextArrived
from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.core.settings import Theme
from desktop_chat.resources import resources_dir
from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.view import TranscriptView
from tests.helpers.samples import question, reply

SIZE_PX = (1016, 680)
CHUNKS_PER_S = 200
FRAME_S = 1 / 60
REPLY_BYTES = 100_000
MESSAGES = 10_000
HUGE_BYTES = 8_000_000
PARAGRAPH_BYTES = 300_000
PARAGRAPH_FRAMES = 300
TEXT = (
    "the server answers with a stream of small events and every client that waits for it keeps what came so far "
    "retry budget window token model prompt context cache journal layout frame table paint measure quickly often "
    "because although however therefore between exactly rarely"
)
WORDS = TEXT.split()
CODE = """def {name}(items: list[int], limit: int = {number}) -> int:
    # keep the largest ones
    total = 0
    for item in sorted(items, reverse=True)[:limit]:
        if item % {number} == 0 and "{name}" != 'x':
            total += item
    return total
"""


def sentence(dice: random.Random, least: int = 6, most: int = 18) -> str:
    words = [dice.choice(WORDS) for _ in range(dice.randint(least, most))]
    if dice.random() < 0.3:
        words[dice.randrange(len(words))] = f"**{dice.choice(WORDS)}**"
    if dice.random() < 0.3:
        words[dice.randrange(len(words))] = f"`{dice.choice(WORDS)}_{dice.randint(1, 9)}`"
    return " ".join(words).capitalize() + "."


def block(dice: random.Random) -> str:
    kind = dice.choices(("prose", "code", "list", "table", "heading", "quote"), (8, 4, 3, 1, 2, 1))[0]
    if kind == "code":
        lines = "\n".join(
            CODE.format(name=dice.choice(WORDS), number=dice.randint(2, 99)) for _ in range(dice.randint(1, 4))
        )
        return f"```python\n{lines}```"
    if kind == "list":
        return "\n".join(f"- {sentence(dice)}" for _ in range(dice.randint(3, 8)))
    if kind == "table":
        rows = (f"| {dice.randint(1, 999)} | {sentence(dice, 2, 5)} | {dice.choice(WORDS)} |" for _ in range(6))
        return "| Count | What | Who |\n|--:|:--|---|\n" + "\n".join(rows)
    if kind == "heading":
        return f"## {sentence(dice, 2, 5)}"
    text = " ".join(sentence(dice) for _ in range(dice.randint(2, 5)))
    return f"> {text}" if kind == "quote" else text


def answer(size_bytes: int, seed: int = 1) -> str:
    """A reply as a model writes one."""
    dice, blocks, size = random.Random(seed), [], 0
    while size < size_bytes:
        blocks.append(block(dice))
        size += len(blocks[-1]) + 2
    return "\n\n".join(blocks)[:size_bytes]


def pieces(text: str, seed: int = 1) -> Iterator[str]:
    """The text in pieces as tokens come: 1 to 8 characters."""
    dice, at = random.Random(seed), 0
    while at < len(text):
        length = dice.randint(1, 8)
        yield text[at : at + length]
        at += length


class Stage:
    """A view on the screen, stepped frame by frame."""

    def __init__(self, app: QApplication) -> None:
        self.app = app
        self.look = Look(app, resources_dir() / "themes", Theme.LIGHT)
        self.look.dress()
        self.view = TranscriptView(self.look)
        self.view.resize(*SIZE_PX)
        self.view.show()
        app.processEvents()

    def paint(self) -> float:
        """Do what is due for a frame; give the time of the GUI thread."""
        self.view._clock.stop()  # one frame, not a second one by the timer
        began = time.thread_time()
        self.view._frame()
        self.app.processEvents()
        return (time.thread_time() - began) * 1000

    def paint_all(self) -> list[float]:
        """Frames until everything that arrived is on the screen."""
        costs: list[float] = []
        while not self.view.is_painted_up_to_date:
            costs.append(self.paint())
        return costs

    def close(self) -> None:
        self.view.close()
        self.view.deleteLater()
        self.app.processEvents()


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def streaming(app: QApplication, size_bytes: int) -> dict[str, Any]:
    """Stream one reply in real time steps of a frame; every frame is measured."""
    stage = Stage(app)
    asked = question("c")
    stage.view.show_path((asked,), lambda _: ())
    begun = reply("c", asked.id, status=MessageStatus.STREAMING, content=())
    stage.view.add_message(begun)
    stage.view.apply_event(begun.id, ReplyStarted("m", "model", {}))
    stage.view.apply_event(begun.id, BlockStarted(0, {"type": "text", "text": ""}))
    text = answer(size_bytes)
    all_pieces = pieces(text)
    costs: list[float] = []
    due, is_over = 0.0, False
    while not is_over:
        frame_began = time.perf_counter()
        due += CHUNKS_PER_S * FRAME_S
        while due >= 1 and not is_over:
            due -= 1
            piece = next(all_pieces, None)
            is_over = piece is None
            if piece is not None:
                stage.view.apply_event(begun.id, TextArrived(0, piece))
        costs.append(stage.paint())
        # The pace of the view looks at a real clock: time passes as in life, eight times faster for long texts.
        time.sleep(max(0.0, FRAME_S - (time.perf_counter() - frame_began)) / SPEED)
    final = replace(begun, status=MessageStatus.COMPLETE, content=({"type": "text", "text": text},))
    stage.view.end_message(final)
    ended = []
    while not stage.view.is_painted_up_to_date:
        ended.append(stage.paint())
    stage.close()
    twentieth = len(costs) // 20
    return {
        "frames": len(costs),
        "median_ms": median(costs),
        "p99_ms": percentile(costs, 0.99),
        "worst_ms": max(costs),
        "over_8_ms": sum(cost > 8 for cost in costs),
        "growth": median(costs[-twentieth:]) / median(costs[:twentieth]),
        "end_worst_ms": max(ended),
    }


SPEED = 8


def paragraph(size_bytes: int, between: str = " ") -> str:
    """One paragraph that does not end; without anything between its words it is one word."""
    dice, words, size = random.Random(4), [], 0
    while size < size_bytes:
        words.append(dice.choice(WORDS))
        size += len(words[-1]) + len(between)
    return between.join(words)[:size_bytes]


def growing(app: QApplication, text: str, frames: int) -> dict[str, float]:
    """A text that comes in equal pieces, one a frame: whether a frame costs more as it gets longer."""
    stage = Stage(app)
    begun = reply("c", None, status=MessageStatus.STREAMING, content=())
    stage.view.show_path((begun,), lambda _: ())
    stage.paint()
    step = -(-len(text) // frames)
    costs: list[float] = []
    for at in range(0, len(text), step):
        stage.view.apply_event(begun.id, TextArrived(0, text[at : at + step]))
        costs.append(stage.paint())
    costs += stage.paint_all()
    ended = replace(begun, status=MessageStatus.COMPLETE, content=({"type": "text", "text": text},))
    stage.view.end_message(ended)
    ends = [stage.paint(), *stage.paint_all()]
    stage.close()
    tenth = len(costs) // 10
    return {
        "median_ms": median(costs),
        "p99_ms": percentile(costs, 0.99),
        "longest_ms": max(costs),
        "end_longest_ms": max(ends),
        "growth": median(costs[-tenth:]) / median(costs[:tenth]),
    }


def stored(app: QApplication, text: str) -> dict[str, float]:
    """Open one stored message: until it is shown, until all of it is read, and the longest step."""
    stage = Stage(app)
    message = reply("c", None, text, status=MessageStatus.COMPLETE)
    began = time.perf_counter()
    stage.view.show_path((message,), lambda _: ())
    put_ms = (time.perf_counter() - began) * 1000
    costs = [put_ms, stage.paint()]
    shown_ms = (time.perf_counter() - began) * 1000
    costs += stage.paint_all()
    read_ms = (time.perf_counter() - began) * 1000
    began = time.perf_counter()
    stage.close()
    closed_ms = (time.perf_counter() - began) * 1000
    return {"shown_ms": shown_ms, "read_ms": read_ms, "longest_ms": max(costs), "closed_ms": closed_ms}


def burst(app: QApplication, text: str) -> dict[str, float]:
    """One big piece: until its end is on the screen, until all is read, and the longest hold-up of the GUI thread."""
    stage = Stage(app)
    begun = reply("c", None, status=MessageStatus.STREAMING, content=())
    stage.view.show_path((begun,), lambda _: ())
    stage.paint()
    stage.view.apply_event(begun.id, TextArrived(0, text))
    began, costs, shown_ms = time.perf_counter(), [], 0.0
    while not stage.view.is_painted_up_to_date:
        costs.append(stage.paint())
        if not shown_ms and stage.view._arrivals.is_empty:
            shown_ms = (time.perf_counter() - began) * 1000
    read_ms = (time.perf_counter() - began) * 1000
    stage.close()
    return {"shown_ms": shown_ms, "read_ms": read_ms, "longest_ms": max(costs)}


def conversation(count: int) -> tuple[Message, ...]:
    dice = random.Random(2)
    text = answer(200_000, seed=3)
    made: list[Message] = []
    for number in range(count):
        length = dice.randint(200, 3000)
        start = dice.randrange(len(text) - length)
        make = question if number % 2 == 0 else reply
        made.append(make("c", parent_id=None, text=text[start : start + length], status=MessageStatus.COMPLETE))
    return tuple(made)


def opening(app: QApplication, count: int) -> dict[str, Any]:
    """Open a long conversation, then turn the wheel, jump and resize in it."""
    stage = Stage(app)
    messages = conversation(count)
    began = time.perf_counter()
    stage.view.show_path(messages, lambda _: ())
    stage.paint()
    opened_ms = (time.perf_counter() - began) * 1000
    for _ in range(200):
        stage.paint()
    wheel = [_wheel(stage) for _ in range(300)]
    bar = stage.view.verticalScrollBar()
    jumps, resizes = [], []
    for number in range(20):
        bar.setValue(bar.maximum() * (number + 1) // 22)
        jumps.append(stage.paint())
    for number in range(20):
        began = time.thread_time()
        stage.view.resize(SIZE_PX[0] - 12 * number, SIZE_PX[1])
        app.processEvents()
        resizes.append((time.thread_time() - began) * 1000 + stage.paint())
    built = stage.view._page.rows.built_count
    stage.close()
    return {
        "opened_ms": opened_ms,
        "wheel_median_ms": median(wheel),
        "wheel_p99_ms": percentile(wheel, 0.99),
        "jump_p99_ms": percentile(jumps, 0.99),
        "resize_p99_ms": percentile(resizes, 0.99),
        "laid_out_messages": built,
    }


def _wheel(stage: Stage) -> float:
    middle = QPointF(400.0, 300.0)
    turn = QWheelEvent(
        middle, middle, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    began = time.thread_time()
    QApplication.sendEvent(stage.view.viewport(), turn)
    return (time.thread_time() - began) * 1000 + stage.paint()


def main() -> dict[str, Any]:
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    return {
        "platform": app.platformName(),
        "stream_100_kb": streaming(app, REPLY_BYTES),
        "burst_100_kb": burst(app, answer(REPLY_BYTES)),
        "burst_8_mb": burst(app, answer(HUGE_BYTES)),
        "burst_8_mb_paragraph": burst(app, paragraph(HUGE_BYTES)),
        "paragraph_300_kb_lines": growing(app, paragraph(PARAGRAPH_BYTES, "\n"), PARAGRAPH_FRAMES),
        "paragraph_300_kb_words": growing(app, paragraph(PARAGRAPH_BYTES), PARAGRAPH_FRAMES),
        "paragraph_300_kb_one_word": growing(app, paragraph(PARAGRAPH_BYTES, ""), PARAGRAPH_FRAMES),
        "code_300_kb_one_line": growing(app, "```\n" + paragraph(PARAGRAPH_BYTES), PARAGRAPH_FRAMES),
        "open_1_mb_message": stored(app, answer(1_000_000)),
        "open_8_mb_paragraph": stored(app, paragraph(HUGE_BYTES)),
        "open_1000": opening(app, 1_000),
        "open_10000": opening(app, MESSAGES),
        "rss_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    print(json.dumps(main(), indent=2))
