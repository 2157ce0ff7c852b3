"""What a running turn is doing, told as it changes: the phase at once, the speed at most once a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.events import (
    THINKING_TYPES,
    BlockStarted,
    BodySent,
    InputJsonArrived,
    LineOpened,
    RequestSent,
    ResponseOpened,
    RetryScheduled,
    StillWaiting,
    StreamEvent,
    TextArrived,
    ThinkingArrived,
)
from desktop_chat.core.pace import Pace

BEAT_S: Final = 1.0

QUIET_S: Final = 3.0
"""So long after the last word nobody is writing any more."""

_ON_THE_WAY: Final = (Phase.CONNECTING, Phase.SENDING)


class Progress:
    """Takes the events of one turn and keeps its `Activity`.

    Order:   `take` for each event, `close` in the end. While words come, `beat` runs once a second by itself.
    """

    def __init__(self, tell: Callable[[Activity], None], clock: Callable[[], float] = time.monotonic) -> None:
        self.activity = Activity(Phase.CONNECTING)
        self._tell = tell
        self._clock = clock
        self._sent_bytes = 0
        self._resting = self.activity
        """What goes on when a line that was quiet shows that it is alive."""
        self._pace = Pace(clock())
        self._word_s = 0.0
        """When the last piece came, on the clock."""
        self._timer: asyncio.TimerHandle | None = None

    def take(self, event: StreamEvent) -> None:
        """Follow one event."""
        if isinstance(event, TextArrived):
            if event.text:
                self._write(event.text)
        elif isinstance(event, InputJsonArrived):
            if event.json_text:
                self._write(event.json_text)
        elif (after := self._after(event)) is not None:
            self._show(after)

    def beat(self) -> None:
        """Tell how fast it is written, or that it is not any more."""
        now_s = self._clock()
        quiet_s = now_s - self._word_s
        if quiet_s >= QUIET_S:
            self._show(Activity(Phase.QUIET, quiet_s=quiet_s))
        else:
            self._show(replace(self.activity, tokens_per_s=self._pace.tokens_per_s(now_s)))

    def close(self) -> None:
        """Tell nothing more."""
        self._stop_beat()

    def _write(self, piece: str) -> None:
        now_s = self._word_s = self._clock()
        if self.activity.phase is not Phase.WRITING:
            # A pause before is none of the writing's.
            self._pace = Pace(now_s)
            self._show(Activity(Phase.WRITING))
        self._pace.add(piece)

    def _after(self, event: StreamEvent) -> Activity | None:
        """What an event without words turns the activity into; None where it stays."""
        match event:
            case RequestSent(_, body_bytes):
                self._sent_bytes = body_bytes
                return Activity(Phase.CONNECTING)
            case LineOpened():
                return Activity(Phase.SENDING, sent_bytes=self._sent_bytes)
            case BodySent():
                return self._waiting()
            case ResponseOpened() if self.activity.phase in _ON_THE_WAY:
                return self._waiting()
            case ThinkingArrived():
                return Activity(Phase.THINKING)
            case BlockStarted(_, block) if block.get("type") in THINKING_TYPES:
                return Activity(Phase.THINKING)
            case StillWaiting(quiet_s):
                # What goes out slowly is no silence of the server.
                return None if self.activity.phase is Phase.SENDING else Activity(Phase.QUIET, quiet_s=quiet_s)
            case RetryScheduled(delay_s, attempt, attempts_max, failure):
                retry_at = time.time() + delay_s
                return Activity(Phase.RETRYING, 0.0, retry_at, attempt, attempts_max, failure)
            case _ if self.activity.phase is Phase.QUIET and self._resting.phase is not Phase.WRITING:
                return self._resting
            case _:
                # A sign of life is no word: who was writing stays quiet.
                return None

    def _waiting(self) -> Activity:
        return Activity(Phase.WAITING, sent_bytes=self._sent_bytes)

    def _show(self, activity: Activity) -> None:
        if activity == self.activity:
            return
        before, self.activity = self.activity, activity
        if before.phase is not Phase.QUIET:
            self._resting = self._waiting() if before.phase in _ON_THE_WAY else before
        if activity.phase is Phase.WRITING:
            self._start_beat()
        else:
            self._stop_beat()
        self._tell(activity)

    def _start_beat(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(BEAT_S, self._beat)

    def _stop_beat(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _beat(self) -> None:
        self._timer = None
        self.beat()
        if self.activity.phase is Phase.WRITING:
            self._start_beat()
