"""Text is handed out evenly, and never late."""

from __future__ import annotations

from desktop_chat.core.events import BlockEnded, TextArrived
from desktop_chat.ui.transcript.pacing import BURST_CHARACTERS, FRAME_S, LAG_S, Pacer


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


def test_in_a_hurry_everything_comes_at_once_up_to_what_a_frame_can_bear() -> None:
    pacer = Pacer()
    pacer.put("r", TextArrived(0, "x" * (BURST_CHARACTERS + 10)), 0.0)
    assert _sizes_hurried(pacer) == BURST_CHARACTERS
    assert _sizes_hurried(pacer) == 10
    assert pacer.is_empty


def _sizes_hurried(pacer: Pacer) -> int:
    taken = pacer.take(0.0, is_hurried=True)
    return sum(len(event.text) for _, event in taken if isinstance(event, TextArrived))
