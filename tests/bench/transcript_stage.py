"""A transcript in a real window, measured frame by frame.

Units:   milliseconds of the GUI thread's CPU, so that other work on the machine does not count.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from desktop_chat.application import Application
from desktop_chat.core.events import BlockStarted, TextArrived
from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.core.settings import Following, Theme
from desktop_chat.housekeeping import Housekeeping
from desktop_chat.resources import resources_dir
from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.view import TranscriptView
from tests.helpers.samples import question, reply

SIZE_PX = (1016, 680)
FRAME_MS = 1000 / 60
_FEED_MS = 5


def application() -> QApplication:
    """The application as the program sets it up, its policy of collecting included."""
    app = QApplication.instance() or Application(sys.argv[:1])
    assert isinstance(app, QApplication)
    return app


class Window(QWidget):
    """A top-level window that knows how often something painted was handed to the screen, and what that cost."""

    flushes = 0
    cost_s = 0.0

    def event(self, event: QEvent) -> bool:
        if event.type() != QEvent.Type.UpdateRequest:
            return super().event(event)
        # Qt paints what is dirty and flushes the backing store while it handles this event.
        began_s = time.thread_time()
        is_done = super().event(event)
        self.cost_s += time.thread_time() - began_s
        self.flushes += 1
        return is_done


class Stage:
    """A view on the screen."""

    def __init__(self, app: QApplication) -> None:
        self.app = app
        self.housekeeping = Housekeeping(app)
        self.look = Look(app, resources_dir() / "themes", Theme.LIGHT)
        self.look.dress()
        self.window = Window()
        self.view = TranscriptView(self.look)
        # With the question held at the top the reply grows below the screen, and nothing of it is painted.
        self.view.set_following(Following.END)
        layout = QVBoxLayout(self.window)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self.window.resize(*SIZE_PX)
        self.window.show()
        while not self.window.flushes:
            app.processEvents()

    def begin(self) -> Message:
        """A question, and a reply that begins."""
        asked = question("bench")
        begun = reply("bench", asked.id, status=MessageStatus.STREAMING, content=())
        self.view.show_path((asked,), lambda message_id: (message_id,))
        self.view.add_message(begun)
        self.view.apply_event(begun.id, BlockStarted(0, {"type": "text", "text": ""}))
        if self.window.isVisible():
            self.paint_all()
        return begun

    def end(self, begun: Message, text: str) -> list[float]:
        """Let a reply end; the costs of the frames until that is painted."""
        content = ({"type": "text", "text": text},)
        self.view.end_message(replace(begun, status=MessageStatus.COMPLETE, content=content))
        return [self.paint(), *self.paint_all()]

    def paint(self) -> float:
        """Do what is due for one frame, to the flush; give its cost."""
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

    def live_until(self, is_done: Callable[[], bool]) -> None:
        """Let the event loop run as in the program."""
        while not is_done():
            self.app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)

    def close(self) -> None:
        self.window.close()
        self.window.deleteLater()
        self.app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.app.processEvents()


class FrameMeter:
    """What the GUI thread spends in and between the frames of a view."""

    def __init__(self, stage: Stage) -> None:
        self._window, self._frame, self._clock = stage.window, stage.view._frame, stage.view._clock
        self.costs_ms: list[float] = []
        """Taking, parsing, layout, painting and the flush: all that is done for one frame."""
        self.periods_ms: list[float] = []
        """Everything the GUI thread does from one frame to the next, the event loop itself included."""
        self._own_s = 0.0
        self._last_s = time.thread_time()
        self._clock.ticked.disconnect(self._frame)
        self._clock.ticked.connect(self._tick)

    def stop(self) -> None:
        """Let the view go on without being measured."""
        self._clock.ticked.disconnect(self._tick)
        self._clock.ticked.connect(self._frame)

    def _tick(self) -> None:
        now_s = time.thread_time()
        self.periods_ms.append((now_s - self._last_s) * 1000)
        self.costs_ms.append((self._own_s + self._window.cost_s) * 1000)
        self._window.cost_s = 0.0
        self._last_s = now_s
        self._frame()
        self._own_s = time.thread_time() - now_s


class Feed(QObject):
    """Hands pieces to a reply by the clock, as the network would."""

    def __init__(self, view: TranscriptView, reply_id: str, pieces: Iterable[str], per_s: float) -> None:
        super().__init__()
        self._view, self._reply_id, self._per_s = view, reply_id, per_s
        self._pieces: Iterator[str] = iter(pieces)
        self._fed = 0
        self._began_s = time.perf_counter()
        self.is_over = False
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._feed)
        self._timer.start(_FEED_MS)

    def _feed(self) -> None:
        due = int((time.perf_counter() - self._began_s) * self._per_s)
        while self._fed < due:
            piece = next(self._pieces, None)
            if piece is None:
                self.is_over = True
                self._timer.stop()
                return
            self._view.apply_event(self._reply_id, TextArrived(0, piece))
            self._fed += 1


@contextmanager
def stage(app: QApplication) -> Iterator[Stage]:
    """A window for one measurement."""
    made = Stage(app)
    try:
        yield made
    finally:
        made.close()


def percentile(values: list[float], share: float) -> float:
    """The value below which that share of them lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]
