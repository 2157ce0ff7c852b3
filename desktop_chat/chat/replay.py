"""Plays a reply again, at the times at which it came, without a network."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from desktop_chat.core.events import ReplyEvent, TextArrived, ThinkingArrived
from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.core.replaying import cues_of
from desktop_chat.core.stream_figures import length_s_of, starts_of
from desktop_chat.core.stream_record import StreamRecord

SPEED_MIN: Final = 0.25
SPEED_MAX: Final = 50.0
GAP_S_MAX: Final = 1.0
"""What a longer silence counts for while long ones are shortened."""
_TICK_MS: Final = 8
"""The least time between two looks at the clock; the transcript paints no more often than that."""
_EVENTS_MAX: Final = 300
"""So many are played in one go, which takes a few milliseconds."""
_STILL_MS: Final = 50
"""And the longest: whoever shows the position moves it in steps of this."""


class Replay(QObject):
    """One reply being played; says the same as a session while it streams, so that a transcript can show it.

    Order:   `reset` with the empty reply comes before the first event, and again whenever time goes back. What shows
             the reply begins anew with it.
    Units:   seconds on the axis of `stream_figures.starts_of`, whatever the speed and the gaps.
    """

    reset = Signal(object)
    """Message: the reply as it was before its first event, but for where its parts will be joined."""
    event_arrived = Signal(str, object)
    """Reply id and ReplyEvent, as `ChatSession.event_arrived`."""
    ended = Signal(object)
    """Message: the reply as it is stored; all of it was played."""
    position_changed = Signal(float)
    playing_changed = Signal(bool)

    def __init__(
        self,
        message: Message,
        records: Sequence[StreamRecord],
        parent: QObject | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._message = message
        self._now = now
        self._records = tuple(records)
        self._length_s = max(
            [start_s + length_s_of(record) for start_s, record in zip(starts_of(records), records, strict=True)],
            default=0.0,
        )
        self._begin_count = 0
        self._speed = 1.0
        self._is_shortened = self._is_playing = False
        self._looked_at_s = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._look)
        self._begin()

    def _begin(self) -> None:
        self._begin_count += 1
        self._cues = cues_of(self._message, self._records)
        self._coming = next(self._cues, None)
        """The next cue; those behind it are made when their time comes, as a long reply has thousands."""
        self._former_s = self._position_s = 0.0
        self._wanted_s: float | None = None
        """Where a leap leads that is not over yet."""
        self._is_shown = self._is_ended = False

    # --- what can be asked

    @property
    def length_s(self) -> float:
        """How long it is."""
        return self._length_s

    @property
    def position_s(self) -> float:
        """How far it has got."""
        return self._position_s

    @property
    def speed(self) -> float:
        """How many times as fast as it came."""
        return self._speed

    @property
    def is_playing(self) -> bool:
        """Whether time goes on; nothing happens otherwise."""
        return self._is_playing

    @property
    def is_ended(self) -> bool:
        """Whether everything was played."""
        return self._is_ended

    # --- wishes

    def play(self) -> None:
        """Go on from here; from the beginning when it was at its end."""
        if self._is_ended:
            self._go_back()
        if not self._is_playing:
            self._show()
            self._looked_at_s = self._now()
            self._set_playing(True)
            self._look()

    def pause(self) -> None:
        """Let time stand still."""
        if self._is_playing:
            self._move_on()
            self._set_playing(False)

    def stop(self) -> None:
        """End it where it is; nothing is told any more until the next wish."""
        self._wanted_s = None
        self._set_playing(False)

    def restart(self) -> None:
        """Play it from the beginning."""
        self.seek(0.0)
        self.play()

    def seek(self, at_s: float) -> None:
        """Go to a moment; what came before it is shown at once, in a few steps where that is much."""
        at_s = min(max(0.0, at_s), self._length_s)
        if at_s < self._position_s or self._is_ended:
            self._go_back()
        self._show()
        self._wanted_s = at_s
        self._look()

    def set_speed(self, speed: float) -> None:
        """Play so many times as fast as it came, within `SPEED_MIN` and `SPEED_MAX`."""
        self._move_on()
        self._speed = min(max(SPEED_MIN, speed), SPEED_MAX)
        self._look_later()

    def set_gaps_shortened(self, is_shortened: bool) -> None:
        """Pass over long silences, of which each then counts for `GAP_S_MAX`."""
        self._move_on()
        self._is_shortened = is_shortened
        self._look_later()

    # --- time

    def _look(self) -> None:
        if self._wanted_s is not None:
            self._leap(self._wanted_s)
        else:
            self._move_on()
        self._look_later()

    def _look_later(self) -> None:
        if self._wanted_s is not None:
            self._timer.start(0)
        elif self._is_playing:
            wait_ms = math.ceil((self._next_s - self._position_s) / self._pace * 1000)
            self._timer.start(min(max(_TICK_MS, wait_ms), _STILL_MS))

    def _leap(self, at_s: float) -> None:
        played: list[ReplyEvent] = []
        is_there = self._take_up_to(at_s, played)
        if is_there:
            self._wanted_s = None
            self._looked_at_s = self._now()
        self._tell(played, at_s if is_there else self._former_s)

    def _move_on(self) -> None:
        """Play what has become due since the last look."""
        if not self._is_playing or self._wanted_s is not None:
            return
        now_s = self._now()
        left_s = now_s - self._looked_at_s
        position_s = self._position_s
        played: list[ReplyEvent] = []
        self._take_up_to(position_s, played)
        # From one cue to the next: each silence has a pace of its own.
        while left_s > 0 and position_s < self._length_s:
            next_s, pace = self._next_s, self._pace
            step_s = min(left_s * pace, next_s - position_s)
            left_s -= step_s / pace
            position_s = next_s if step_s >= next_s - position_s else position_s + step_s
            if not self._take_up_to(position_s, played) or len(played) > _EVENTS_MAX:
                break
        # What there was no time for comes with the next look.
        self._looked_at_s = now_s - max(0.0, left_s)
        self._tell(played, position_s)

    @property
    def _next_s(self) -> float:
        """When the next thing happens."""
        return self._coming.at_s if self._coming is not None else self._length_s

    @property
    def _pace(self) -> float:
        """How fast time goes until then."""
        gap_s = self._next_s - self._former_s
        return self._speed * (gap_s / GAP_S_MAX if self._is_shortened and gap_s > GAP_S_MAX else 1.0)

    # --- playing

    def _take_up_to(self, at_s: float, played: list[ReplyEvent]) -> bool:
        """Take the cues up to a moment; False when there were too many for one time."""
        while (cue := self._coming) is not None and cue.at_s <= at_s:
            if len(played) > _EVENTS_MAX:
                return False
            played += cue.events
            self._former_s = cue.at_s
            self._coming = next(self._cues, None)
        return True

    def _show(self) -> None:
        if not self._is_shown:
            self._is_shown = True
            self.reset.emit(_begun(self._message))

    def _go_back(self) -> None:
        self._begin()
        self._show()

    def _tell(self, played: list[ReplyEvent], position_s: float) -> None:
        has_moved = position_s != self._position_s
        self._position_s = position_s
        is_over = position_s >= self._length_s and self._coming is None and not self._is_ended
        self._is_ended = self._is_ended or is_over
        begin_count = self._begin_count
        for event in _joined(played):
            self.event_arrived.emit(self._message.id, event)
            if self._begin_count != begin_count:
                # Whoever was told has gone back in time.
                return
        if has_moved:
            self.position_changed.emit(position_s)
        if is_over:
            self._set_playing(False)
            self.ended.emit(self._message)

    def _set_playing(self, is_playing: bool) -> None:
        if not is_playing and self._wanted_s is None:
            self._timer.stop()
        if is_playing != self._is_playing:
            self._is_playing = is_playing
            self.playing_changed.emit(is_playing)


def _begun(message: Message) -> Message:
    return replace(
        message,
        content=(),
        status=MessageStatus.STREAMING,
        ended_at=None,
        usage=None,
        cost_usd=None,
        stop_reason=None,
        stop_details=None,
        failure=None,
        timings=None,
    )


def _joined(events: Iterable[ReplyEvent]) -> Iterator[ReplyEvent]:
    """The same with neighbouring pieces of one block as one: after a leap there may be thousands."""
    for (kind, index), group in groupby(events, _kind_and_block):
        if issubclass(kind, TextArrived | ThinkingArrived):
            yield kind(index, "".join(piece.text for piece in group if isinstance(piece, kind)))
        else:
            yield from group


def _kind_and_block(event: ReplyEvent) -> tuple[type[ReplyEvent], int]:
    return type(event), getattr(event, "index", -1)
