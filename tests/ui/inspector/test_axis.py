"""Looking closer at the time line and moving along it."""

from __future__ import annotations

import pytest

from desktop_chat.ui.inspector.axis import Axis


def axis(end_s: float = 10.0, width_px: float = 100.0) -> Axis:
    made = Axis()
    made.width_px = width_px
    made.set_end(end_s)
    return made


def test_at_first_everything_is_in_view() -> None:
    made = axis()
    assert made.x_of(0.0) == 0.0
    assert made.x_of(10.0) == 100.0
    assert made.s_of(50.0) == 5.0


def test_the_moment_under_the_pointer_stays_while_one_looks_closer() -> None:
    made = axis()
    made.zoom(3, x=30.0)
    assert made.s_of(30.0) == pytest.approx(3.0)
    assert made.span_s < 4.0


def test_looking_from_farther_away_ends_with_everything() -> None:
    made = axis()
    made.zoom(5, x=80.0)
    made.zoom(-20, x=10.0)
    assert made.is_whole


def test_it_does_not_move_beyond_its_ends() -> None:
    made = axis()
    made.zoom(2)
    made.pan(10_000)
    assert made.right_s == pytest.approx(10.0)
    made.pan(-10_000)
    assert made.left_s == 0.0


def test_a_view_of_everything_stays_one_while_the_reply_grows() -> None:
    made = axis()
    made.set_end(20.0)
    assert made.is_whole


def test_a_view_of_the_end_follows_it_and_one_of_the_middle_does_not() -> None:
    made = axis()
    made.zoom(3, x=100.0)
    span_s = made.span_s
    made.set_end(12.0)
    assert made.right_s == pytest.approx(12.0)
    assert made.span_s == pytest.approx(span_s)
    made.pan(-20)
    left_s = made.left_s
    made.set_end(14.0)
    assert made.left_s == left_s


def test_a_moment_out_of_view_is_brought_to_the_middle() -> None:
    made = axis()
    made.zoom(4, x=0.0)
    made.reveal(8.0)
    assert made.x_of(8.0) == pytest.approx(50.0)


@pytest.mark.parametrize("end_s", [0.1, 0.7, 3.0, 10.0, 86_400.0])
def test_its_marks_are_round_and_far_enough_apart(end_s: float) -> None:
    made = axis(end_s, width_px=600.0)
    marks = made.marks(70.0)
    assert 2 <= len(marks) <= 9
    assert made.x_of(marks[1]) - made.x_of(marks[0]) >= 69.9
    step = f"{made.mark_step_s(70.0):e}"
    assert step[0] in "125"
    assert float(step.partition("e")[0]) in (1.0, 2.0, 5.0)
