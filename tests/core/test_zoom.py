"""The steps of the text's size."""

from __future__ import annotations

from itertools import accumulate, repeat

from desktop_chat.core.settings import options
from desktop_chat.core.zoom import ZOOM_NORMAL, ZOOM_STEPS, zoomed


def test_every_step_is_reached_and_the_last_one_stays() -> None:
    up = accumulate(repeat(1, len(ZOOM_STEPS)), zoomed, initial=ZOOM_STEPS[0])
    down = accumulate(repeat(-1, len(ZOOM_STEPS)), zoomed, initial=ZOOM_STEPS[-1])
    assert tuple(up) == (*ZOOM_STEPS, ZOOM_STEPS[-1])
    assert tuple(down) == (*reversed(ZOOM_STEPS), ZOOM_STEPS[0])


def test_several_steps_are_gone_at_once() -> None:
    assert zoomed(100, 3) == 150
    assert zoomed(100, -2) == 80


def test_nought_is_the_normal_size() -> None:
    assert zoomed(300, 0) == ZOOM_NORMAL


def test_a_size_between_two_steps_goes_to_its_neighbour() -> None:
    assert (zoomed(120, 1), zoomed(120, -1)) == (125, 110)


def test_all_steps_may_be_stored() -> None:
    option = options()["zoom_percent"]
    assert (option.minimum, option.maximum) == (ZOOM_STEPS[0], ZOOM_STEPS[-1])
