"""The line under the composer: context used, what it costs, what the rate limit leaves, what is going on."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from itertools import product
from typing import Final

from PySide6.QtCore import QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.rate_limits import RateLimits
from desktop_chat.core.totals import Totals
from desktop_chat.ui.breakdown import Breakdown
from desktop_chat.ui.status_part import StatusPart
from desktop_chat.ui.status_words import (
    ActivityWords,
    Words,
    activity_words,
    context_words,
    limits_words,
    next_reset,
    totals_words,
)
from desktop_chat.ui.theme import Look

HEIGHT_PX: Final = 24
GAP_PX: Final = 12
TICK_MS: Final = 1_000
LOSSES: Final = ((0, 3), (0, 2, 4, 8), (0, 1, 2, 3))
"""What is lost with each shorter variant of context, cost and rate limits; the least loss that fits is taken."""


class StatusLine(QWidget):
    """Three parts that give way to each other; a click on one opens its breakdown."""

    def __init__(
        self,
        look: Look,
        prices_checked_on: str,
        now: Callable[[], float] = time.time,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._prices_checked_on = prices_checked_on
        self._now = now
        self._totals = Totals()
        self._today_usd: float | None = None
        self._limits: RateLimits | None = None
        self._activity = Activity()
        self._ended = ActivityWords()
        self._context = StatusPart(look, "Context", has_bar=True, parent=self)
        self._cost = StatusPart(look, "Cost", parent=self)
        self._quota = StatusPart(look, "Rate limits", parent=self)
        for part in (self._context, self._cost, self._quota):
            part.clicked.connect(lambda _checked=False, part=part: self._open_breakdown(part))
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.timeout.connect(self._refresh)
        self.setFixedHeight(HEIGHT_PX)

    def show_totals(self, totals: Totals, today_usd: float | None) -> None:
        """Show context and cost; `today_usd` is left out when it is None."""
        self._totals, self._today_usd = totals, today_usd
        self._refresh()

    def show_limits(self, limits: RateLimits | None) -> None:
        """Show what the rate limit leaves; nothing for a server that does not tell."""
        self._limits = limits
        self._refresh()

    def show_activity(self, activity: Activity) -> None:
        """Show what the reply is doing, in place of the last reply's cost."""
        self._activity = activity
        if activity.is_busy:
            self._ended = ActivityWords()
        self._refresh()

    def show_end(self, ended: ActivityWords) -> None:
        """Show how the reply ended, in the same place, until another one is asked for; nothing when it simply ended."""
        self._ended = ended
        self._refresh()

    @property
    def parts(self) -> tuple[StatusPart, StatusPart, StatusPart]:
        """Context, cost and rate limits, from left to right."""
        return self._context, self._cost, self._quota

    @property
    def is_ticking(self) -> bool:
        """Whether something counts down; the clock stands still otherwise."""
        return self._clock.isActive()

    def sizeHint(self) -> QSize:
        width = sum(part.width_px(0) for part in self.parts) + 2 * GAP_PX
        return QSize(width, HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, HEIGHT_PX)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _refresh(self) -> None:
        if not self.isVisible():
            # It catches up when it is shown: every tab has one, all are told of limits and costs, and one is seen.
            return
        now = self._now()
        activity = activity_words(self._activity, now) if self._activity.is_busy else self._ended
        cost = totals_words(self._totals, self._today_usd, activity, self._prices_checked_on)
        self._context.show_words(context_words(self._totals))
        self._cost.show_words(cost)
        self._quota.show_words(limits_words(self._limits, now))
        self._arrange()
        self._set_ticking(self._counts_down(now), now)

    def _counts_down(self, now: float) -> bool:
        # The speed of writing is told by whoever measures it.
        is_counting = self._activity.phase not in (Phase.IDLE, Phase.WRITING)
        return is_counting or next_reset(self._limits, now) is not None

    def _set_ticking(self, is_needed: bool, now: float) -> None:
        if not is_needed:
            self._clock.stop()
            return
        # The message counts the same wait down: both change their second at the same moment.
        retry_at = self._activity.retry_at
        left_s = retry_at - now if retry_at is not None and retry_at > now else 1.0
        self._clock.start(math.ceil(((left_s % 1) or 1.0) * TICK_MS))

    def _arrange(self) -> None:
        """Place the parts left, middle and right, each as long as there is room for."""
        context, cost, quota = self.parts
        widths = self._choose_lengths()
        if sum(widths) + 2 * GAP_PX > self.width():
            widths = (widths[0], widths[1], 0)
        context_px, cost_px, quota_px = min(widths[0], self.width()), widths[1], widths[2]
        right = self.width() - quota_px
        room = max(0, right - context_px - (2 * GAP_PX if quota_px else GAP_PX))
        cost_px = min(cost_px, room)
        left = context_px + GAP_PX + (room - cost_px) // 2
        context.setGeometry(0, 0, context_px, HEIGHT_PX)
        cost.setGeometry(left if quota_px else right - cost_px, 0, cost_px, HEIGHT_PX)
        quota.setGeometry(right, 0, quota_px, HEIGHT_PX)
        quota.setVisible(quota_px > 0)

    def _choose_lengths(self) -> tuple[int, int, int]:
        """Set the variant of each part and give their widths."""
        # Asked once each, not by every combination. MEASURED 0.3 instead of 2.0 ms, 2026-11-23.
        rooms = [[part.width_px(level) for level in range(part.level_max + 1)] for part in self.parts]
        fitting: list[tuple[int, tuple[int, ...]]] = []
        for levels in product(*(range(len(room)) for room in rooms)):
            widths = [room[level] for room, level in zip(rooms, levels, strict=True)]
            gap_count = max(0, sum(1 for width in widths if width) - 1)
            if sum(widths) + GAP_PX * gap_count <= self.width():
                loss = sum(losses[level] for losses, level in zip(LOSSES, levels, strict=True))
                fitting.append((loss, levels))
        shortest = tuple(part.level_max for part in self.parts)
        chosen = min(fitting)[1] if fitting else shortest
        for part, level in zip(self.parts, chosen, strict=True):
            part.set_level(level)
        context, cost, quota = (room[level] for room, level in zip(rooms, chosen, strict=True))
        return context, cost, quota

    def _open_breakdown(self, part: StatusPart) -> None:
        words: Words = part.words
        if not words.rows:
            return
        popup = Breakdown(words, self)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        popup.open_above(part.mapToGlobal(QPoint(0, 0)))
