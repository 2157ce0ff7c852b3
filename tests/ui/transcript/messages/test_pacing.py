"""Text is handed out evenly, and never late."""

from __future__ import annotations

import pytest

from desktop_chat.core.events import BlockEnded, TextArrived, ThinkingArrived
from desktop_chat.ui.transcript.messages.pacing import BACKLOG_CHARACTERS, BURST_CHARACTERS, FRAME_S, LAG_S, Pacer


def _sizes(pacer: Pacer, start_s: float, frames: int) -> list[int]:
    sizes = []
    for frame in range(frames):
        taken = pacer.take(start_s + frame * FRAME_S)
        sizes.append(sum(len(event.text) for _, event in taken if isinstance(event, TextArrived)))
    return sizes


def test_a_burst_is_spread_over_the_next_frames() -> None:
    pacer = Pacer()
    pacer.put("r", TextArrived(0, "x" * 500), 0.0)
    sizes = _sizes(pacer, 0.0, 6)
    assert sum(sizes) == 500
    assert max(sizes[:4]) - min(sizes[:4]) <= 2


def test_nothing_waits_longer_than_the_limit() -> None:
    pacer = Pacer()
    for number in range(40):
        pacer.put("r", TextArrived(0, "x" * 7), number * 0.005)
    pacer.take(LAG_S + 0.2)
    assert pacer.is_empty


def test_order_is_kept_and_pieces_are_whole_in_the_end() -> None:
    pacer = Pacer()
    pacer.put("r", TextArrived(0, "Hello world"), 0.0)
    pacer.put("r", BlockEnded(0), 0.0)
    pacer.put("r", TextArrived(1, "!"), 0.0)
    events = [event for frame in range(10) for _, event in pacer.take(frame * FRAME_S)]
    assert "".join(event.text for event in events if isinstance(event, TextArrived)) == "Hello world!"
    assert events.index(BlockEnded(0)) == len(events) - 2


def test_in_a_hurry_everything_comes_at_once() -> None:
    pacer = Pacer()
    pacer.put("r", TextArrived(0, "x" * (BURST_CHARACTERS + 10)), 0.0)
    taken = pacer.take(0.0, is_hurried=True)
    assert taken == [("r", TextArrived(0, "x" * (BURST_CHARACTERS + 10)))]
    assert pacer.is_empty


def test_a_backlog_that_is_no_writing_any_more_is_handed_out_whole() -> None:
    pacer = Pacer()
    pacer.put("r", TextArrived(0, "x" * BACKLOG_CHARACTERS), 0.0)
    pacer.put("r", TextArrived(0, "y"), 0.0)
    assert sum(_sizes(pacer, 0.0, 1)) == BACKLOG_CHARACTERS + 1


def test_a_hundred_thousand_letters_of_one_frame_are_one_event() -> None:
    pacer = Pacer()
    for _ in range(100_000):
        pacer.put("r", TextArrived(0, "x"), 0.0)
    taken = [pacer.take(frame * FRAME_S) for frame in range(200)]
    assert max(map(len, taken)) == 1
    assert sum(len(event.text) for frame in taken for _, event in frame if isinstance(event, TextArrived)) == 100_000


def test_letters_that_came_later_wait_for_their_own_turn() -> None:
    pacer = Pacer()
    pacer.put("r", TextArrived(0, "x" * 50), 0.0)
    pacer.put("r", TextArrived(0, "y" * 50), LAG_S)
    assert pacer.take(LAG_S) == [("r", TextArrived(0, "x" * 50))]
    assert pacer.take(2 * LAG_S) == [("r", TextArrived(0, "y" * 50))]


def test_thinking_and_text_do_not_join() -> None:
    pacer = Pacer()
    for event in (ThinkingArrived(0, "a"), TextArrived(1, "b"), TextArrived(1, "c"), TextArrived(2, "d")):
        pacer.put("r", event, 0.0)
    assert [event for _, event in pacer.take(LAG_S)] == [
        ThinkingArrived(0, "a"),
        TextArrived(1, "bc"),
        TextArrived(2, "d"),
    ]


BURST_S = 0.3
BURST = "x" * 360


@pytest.mark.parametrize("phase_s", [0.001, 0.008, 0.015])
def test_on_a_network_that_comes_in_bursts_text_advances_every_frame_and_is_never_late(phase_s: float) -> None:
    pacer = Pacer()
    arrived = shown = 0
    advances: list[int] = []
    for frame in range(120):
        now_s = phase_s + frame * FRAME_S
        while arrived * BURST_S <= now_s and arrived < 6:
            pacer.put("r", TextArrived(0, BURST), arrived * BURST_S)
            arrived += 1
        was_waiting = not pacer.is_empty
        size = sum(len(event.text) for _, event in pacer.take(now_s) if isinstance(event, TextArrived))
        shown += size
        if was_waiting:
            advances.append(size)
        due = int((now_s - 0.1) // BURST_S) + 1
        assert shown >= min(due, 6) * len(BURST)
    assert shown == 6 * len(BURST)
    assert len(advances) >= 6 * 5
    assert max(advances) - min(advances) <= len(BURST) // 5 // 4


def test_a_steady_network_is_shown_in_even_steps() -> None:
    pacer = Pacer()
    sizes: list[int] = []
    for millisecond in range(600):
        if millisecond % 5 == 0:
            pacer.put("r", TextArrived(0, "x" * 6), millisecond / 1000)
        if millisecond % 16 == 0:
            taken = pacer.take(millisecond / 1000)
            sizes.append(sum(len(event.text) for _, event in taken if isinstance(event, TextArrived)))
    assert min(sizes[6:]) > 0
    assert max(sizes[6:]) - min(sizes[6:]) <= 6
