"""What the inspector looks at: one reply, its records, and what follows from them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_chat.core.messages import Message
from desktop_chat.core.stream_figures import StreamFigures, figures_of, length_s_of, tokens_of_parts
from desktop_chat.core.stream_record import StreamRecord
from desktop_chat.ui.connections import Connections
from desktop_chat.ui.inspector.course import Course

if TYPE_CHECKING:
    from desktop_chat.chat.stream_recorder import StreamRecorder

LIVE_MS: Final = 250
"""Between two looks at a reply that is being written."""
_SLICE_COUNT: Final = 2_000
"""MEASURED 3 ms for so many events, 2026-11-23."""
_TELL_S: Final = 0.1
"""While a long record is read, what is there so far is shown so often."""
_LONG_COUNT: Final = 2_000
"""MEASURED 5 ms for the figures of so many events, 2026-11-23: those of longer records are made in a thread."""
_LOOK_MS: Final = 20


class Subject(QObject):
    """Reads the records in slices and tells when there is more to show; at rest it costs nothing."""

    begun_again = Signal()
    """All events so far are gone: there are other ones, or none."""
    grown = Signal()
    """There are more events, or steps."""
    settled = Signal()
    """All that is known has been read; the figures are those of now."""
    ticked = Signal(float)
    """The reply is being written, and this is how far it has got, in seconds on the axis."""

    def __init__(
        self, recorder: StreamRecorder, now: Callable[[], float] = time.time, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._recorder = recorder
        self._now = now
        self._connections = Connections()
        self._connections.add(recorder.record_changed, self._note)
        self._told_s = 0.0
        self._job: _FiguresJob | None = None
        self.course = Course()
        self.message: Message | None = None
        self.question: Message | None = None
        self.figures: tuple[StreamFigures, ...] = ()
        """Of each part."""
        self.is_loading = False
        self._reading = QTimer(self)
        self._reading.setInterval(0)
        self._reading.timeout.connect(self._read_on)
        self._waiting = QTimer(self)
        self._waiting.setInterval(_LOOK_MS)
        self._waiting.timeout.connect(self._look_after_job)
        self._live = QTimer(self)
        self._live.setInterval(LIVE_MS)
        self._live.timeout.connect(self._tick)

    # --- wishes

    def look_at(self, question: Message | None, message: Message) -> None:
        """Look at this reply from now on, or at what has become of it."""
        is_other = self.message is None or self.message.id != message.id
        self.question, self.message = question, message
        is_loaded = self._recorder.is_loaded(message.id)
        if not is_loaded:
            self.is_loading = True
            self._recorder.load(message.id)
        # What was packed meanwhile stays as it is shown until it is read again.
        if is_loaded or is_other:
            self._take()

    def set_watched(self, is_watched: bool) -> None:
        """Whether anybody looks: otherwise the clocks stand still."""
        if not is_watched:
            self._rest()
        elif self.message is not None:
            self.look_at(self.question, self.message)

    def close(self) -> None:
        """Listen no longer."""
        self._connections.cut()
        self._rest()

    def _rest(self) -> None:
        for clock in (self._live, self._reading, self._waiting):
            clock.stop()
        self._job = None

    # --- what can be asked

    @property
    def records(self) -> tuple[StreamRecord, ...]:
        return self.course.records

    @property
    def is_live(self) -> bool:
        """Whether more is to come."""
        return bool(self.records) and not self.course.is_over

    @property
    def now_s(self) -> float | None:
        """How far a reply that is being written has got, in seconds on the axis; None for one that is over."""
        if not self.is_live:
            return None
        passed_s = self._now() - self.records[-1].began_at
        # The clock on the wall may have been set back.
        return max(self.course.end_s, self.course.starts[-1] + passed_s)

    def now_in(self, part: int) -> float | None:
        """The same in seconds since the request of a part; None for one that is over."""
        is_last = part == len(self.records) - 1
        return self.now_s - self.course.starts[part] if self.now_s is not None and is_last else None

    def length_s(self, part: int) -> float:
        """How long a part has taken, until now while it is being written."""
        return self.now_in(part) or length_s_of(self.records[part])

    def quiet_s(self, part: int) -> float:
        """How long nothing has come for a part that is being written."""
        return self.length_s(part) - length_s_of(self.records[part])

    @property
    def tokens_per_unit(self) -> float | None:
        """How many tokens a character stands for, where the server has counted."""
        units = sum(figures.units_count for figures in self.figures)
        tokens = [figures.output_tokens for figures in self.figures]
        counted = sum(count for count in tokens if count is not None)
        return counted / units if units and None not in tokens else None

    # --- reading

    def _note(self, message_id: str) -> None:
        if self.message is not None and message_id == self.message.id:
            self.is_loading = False
            self._take()

    def _take(self) -> None:
        if self.message is None:
            return
        if not self.course.show(self._recorder.records_of(self.message.id)):
            self.begun_again.emit()
        self._read_on()

    def _read_on(self) -> None:
        has_more = self.course.read_on(_SLICE_COUNT)
        if has_more:
            self._reading.start()
        else:
            self._reading.stop()
        if not has_more or time.perf_counter() - self._told_s > _TELL_S:
            self.grown.emit()
            self._told_s = time.perf_counter()
        if not has_more:
            self._figure()

    def _figure(self) -> None:
        """Work the figures out: at once, or in a thread that is looked after until it has done."""
        if self.message is None or self._job is not None:
            return
        if len(self.course) <= _LONG_COUNT:
            self._settle(_figures_of(self.records, self.message))
        else:
            self._job = _FiguresJob(self.records, self.message)
            self._job.start()
            self._waiting.start()

    def _look_after_job(self) -> None:
        job = self._job
        if job is None or job.is_alive():
            return
        job.join()
        self._job = None
        self._waiting.stop()
        if job.records is self.records and job.message is self.message:
            self._settle(job.figures)
        elif self.message is not None and job.message.id == self.message.id and len(job.records) == len(self.records):
            # Of a moment ago: better than none while the reply is written.
            self._settle(job.figures)
            if not self.is_live:
                self._figure()
        else:
            self._figure()

    def _settle(self, figures: tuple[StreamFigures, ...]) -> None:
        self.figures = figures
        self.settled.emit()
        if self.is_live:
            self._live.start()
        else:
            self._live.stop()

    def _tick(self) -> None:
        if (now_s := self.now_s) is not None:
            self.ticked.emit(now_s)


class _FiguresJob(threading.Thread):
    """Works on values alone, no object of Qt."""

    def __init__(self, records: tuple[StreamRecord, ...], message: Message) -> None:
        super().__init__(name="stream figures", daemon=True)
        self.records = records
        self.message = message
        self.figures: tuple[StreamFigures, ...] = ()

    def run(self) -> None:
        self.figures = _figures_of(self.records, self.message)


def _figures_of(records: tuple[StreamRecord, ...], message: Message) -> tuple[StreamFigures, ...]:
    tokens = tokens_of_parts(records, message)
    return tuple(figures_of(record, count) for record, count in zip(records, tokens, strict=True))
