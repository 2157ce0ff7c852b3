"""The status line: gives way where room is short, and its clock runs only when something counts down."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.failure import Failure
from desktop_chat.core.rate_limits import Quota, RateLimits
from desktop_chat.core.totals import Totals
from desktop_chat.core.usage import Usage
from desktop_chat.ui.status_line import StatusLine
from desktop_chat.ui.theme import Look

TOTALS = Totals(Usage(1_204, 412), 0.0098, Usage(20_000, 8_000), 0.21, 28_000, 200_000)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def line(look: Look, clock: Clock, qtbot: QtBot) -> StatusLine:
    made = StatusLine(look, "2026-11-20", clock)
    qtbot.addWidget(made)
    made.resize(1_100, 24)
    made.show_totals(TOTALS, 1.84)
    made.show()
    return made


def test_it_catches_up_when_it_is_shown(line: StatusLine, clock: Clock) -> None:
    line.hide()
    line.show_totals(Totals(), None)
    line.show_limits(limits(clock))
    line.show()
    assert texts(line) == [
        "Context 0",
        "This conversation $0",
        "Rate limit: 46 requests, 38k tokens left · resets in 21 s",
    ]


def limits(clock: Clock, resets_in_s: float = 21) -> RateLimits:
    quota = Quota(50, 46, clock.now + resets_in_s)
    return RateLimits(quota, Quota(40_000, 38_000, clock.now + resets_in_s), Quota(), Quota())


def texts(line: StatusLine) -> list[str]:
    return [part.shown_text for part in line.parts if part.isVisible()]


def test_with_room_everything_is_told(line: StatusLine, clock: Clock) -> None:
    line.show_limits(limits(clock))
    assert texts(line) == [
        "28k of 200k",
        "Reply $0.0098 · this conversation $0.21 · today $1.84",
        "Rate limit: 46 requests, 38k tokens left · resets in 21 s",
    ]


@pytest.mark.parametrize("width", [900, 760, 640, 536, 488, 400, 300, 200, 120])
def test_parts_give_way_and_never_overlap(line: StatusLine, clock: Clock, width: int) -> None:
    line.show_limits(limits(clock))
    line.resize(width, 24)
    shown = [part.geometry() for part in line.parts if part.isVisible() and part.width()]
    for left, right in pairwise(shown):
        assert left.right() < right.left()
    assert shown[-1].right() < width
    assert shown[0].left() == 0


@pytest.mark.parametrize("width", [760, 536, 488])
def test_words_are_shortened_rather_than_cut(line: StatusLine, clock: Clock, width: int) -> None:
    line.show_limits(limits(clock))
    line.resize(width, 24)
    for part in line.parts:
        assert part.width() >= part.sizeHint().width()


def test_a_server_without_limits_leaves_no_hole(line: StatusLine) -> None:
    line.show_limits(None)
    context, cost, quota = line.parts
    assert not quota.isVisible()
    assert cost.geometry().right() == line.width() - 1
    assert context.geometry().left() == 0


def test_activity_takes_the_place_of_the_last_reply(line: StatusLine) -> None:
    line.show_activity(Activity(Phase.WRITING))
    assert texts(line)[1] == "Writing… · this conversation $0.21 · today $1.84"
    line.show_activity(Activity())
    assert texts(line)[1].startswith("Reply $0.0098")


def test_the_reset_counts_down_and_the_clock_stops_with_it(line: StatusLine, clock: Clock, qtbot: QtBot) -> None:
    line.show_limits(limits(clock, resets_in_s=5))
    assert line.is_ticking
    clock.now += 2
    qtbot.waitUntil(lambda: texts(line)[2].endswith("resets in 3 s"))
    clock.now += 4
    qtbot.waitUntil(lambda: texts(line)[2].endswith("left"))
    assert not line.is_ticking


def test_a_countdown_changes_with_its_own_seconds_and_not_with_those_of_the_line(
    line: StatusLine, clock: Clock, qtbot: QtBot
) -> None:
    line.show_activity(Activity(Phase.RECONNECTING, retry_at=clock.now + 2.1, attempt=1, attempts_max=3))
    assert "continuing in 3 s" in texts(line)[1]
    assert line._clock.interval() == pytest.approx(100, abs=2)
    clock.now += 0.2
    qtbot.waitUntil(lambda: "continuing in 2 s" in texts(line)[1])


def test_the_clock_stands_still_while_nothing_is_seen(line: StatusLine, clock: Clock) -> None:
    line.show_limits(limits(clock))
    line.hide()
    assert not line.is_ticking
    line.show()
    assert line.is_ticking


def test_the_clock_stands_still_when_nothing_counts(line: StatusLine) -> None:
    assert not line.is_ticking
    line.show_activity(Activity(Phase.WRITING))
    assert not line.is_ticking


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase not in (Phase.IDLE, Phase.WRITING)])
def test_every_wait_goes_on_being_counted_while_somebody_looks(line: StatusLine, clock: Clock, phase: Phase) -> None:
    line.show_activity(Activity(phase, began_at=clock.now))
    ticked = [line.is_ticking]
    line.hide()
    ticked.append(line.is_ticking)
    line.show()
    ticked.append(line.is_ticking)
    line.show_activity(Activity())
    ticked.append(line.is_ticking)
    assert ticked == [True, False, True, False]


def test_seconds_are_those_since_it_began_and_not_since_it_is_looked_at(
    line: StatusLine, clock: Clock, qtbot: QtBot
) -> None:
    line.hide()
    line.show_activity(Activity(Phase.QUIET, quiet_s=4, began_at=clock.now - 20))
    line.show()
    assert texts(line)[1].startswith("Quiet for 24 s")
    clock.now += 3
    qtbot.waitUntil(lambda: texts(line)[1].startswith("Quiet for 27 s"))


@pytest.mark.parametrize("width", [1_100, 760, 488])
def test_nothing_moves_from_one_step_of_a_turn_to_the_next(line: StatusLine, clock: Clock, width: int) -> None:
    line.show_limits(limits(clock))
    line.resize(width, 24)
    steps = [
        Activity(Phase.CONNECTING, began_at=clock.now),
        Activity(Phase.SENDING, sent_bytes=12_345, began_at=clock.now),
        Activity(Phase.WAITING, sent_bytes=12_345, began_at=clock.now),
        Activity(Phase.WAITING, sent_bytes=12_345, began_at=clock.now - 73),
        Activity(Phase.THINKING, began_at=clock.now - 14),
        Activity(Phase.WRITING),
        Activity(Phase.WRITING, tokens_per_s=9),
        Activity(Phase.WRITING, tokens_per_s=84),
        Activity(Phase.WRITING, tokens_per_s=880),
        Activity(Phase.QUIET, quiet_s=9.0, began_at=clock.now),
    ]
    places = set()
    for step in steps:
        line.show_activity(step)
        places.add(tuple((part.geometry().getRect(), part.isVisible()) for part in line.parts))
    assert len(places) == 1


def test_why_it_is_tried_again_is_in_the_tooltip(line: StatusLine, clock: Clock) -> None:
    failure = Failure("Overloaded", "The service is overloaded.", "It is tried again by itself.")
    line.show_activity(Activity(Phase.RETRYING, retry_at=clock.now + 3, attempt=2, attempts_max=5, failure=failure))
    assert texts(line)[1].startswith("Trying again in 3 s (2 of 5)")
    assert "The service is overloaded." in line.parts[1].toolTip()


def test_a_nearly_full_context_is_red(line: StatusLine, look: Look) -> None:
    line.show_totals(Totals(context_tokens=195_000, context_limit_tokens=200_000), None)
    image = line.parts[0].grab().toImage()
    pixels = {image.pixelColor(x, image.height() // 2).name() for x in range(image.width())}
    assert QColor(look.colors.bad).name() in pixels


def test_screen_readers_get_name_and_breakdown(line: StatusLine) -> None:
    context = line.parts[0]
    assert context.accessibleName() == "Context: 28k of 200k"
    assert "Limit: 200,000 tokens" in context.accessibleDescription()
