"""The way to the next hit, in slices and past the end."""

from __future__ import annotations

from desktop_chat.ui.transcript.finding.hit_walk import HitWalk
from desktop_chat.ui.transcript.finding.searched import Hit, Searched, Texts
from tests.helpers.samples import question
from tests.ui.transcript.stage import Stage

NO_TIME_S = 0.0
"""Every slice ends with its first row."""


def searched_in(stage: Stage, *texts: str) -> Searched:
    stage.show(*(question("c", text) for text in texts))
    return Searched(stage.view._page.rows, "needle", Texts(is_case_kept=False))


def place(row: int, offset: int = 0) -> Hit:
    return Hit(row, 0, offset, 0)


def slices_of(walk: HitWalk) -> int:
    """Walk to the end; how many slices it took."""
    count = 0
    while walk.found is None and not walk.is_over:
        walk.go_on(NO_TIME_S)
        count += 1
    return count


def test_a_slice_asks_no_more_rows_than_there_is_time_for(stage: Stage) -> None:
    walk = HitWalk(searched_in(stage, "a", "b", "c", "a needle"), place(0), 1)
    assert slices_of(walk) == 4
    assert walk.found == Hit(3, 0, 2, 8)
    assert not walk.has_wrapped


def test_what_lies_behind_in_the_first_row_is_found_last(stage: Stage) -> None:
    walk = HitWalk(searched_in(stage, "a", "needle, needle, hay", "b"), place(1, 15), 1)
    assert slices_of(walk) == 4
    assert (walk.found, walk.index) == (Hit(1, 0, 0, 6), 0)
    assert walk.has_wrapped


def test_backwards_the_last_hit_of_a_row_comes_first(stage: Stage) -> None:
    walk = HitWalk(searched_in(stage, "needle, needle", "b"), place(1), -1)
    slices_of(walk)
    assert (walk.found, walk.index) == (Hit(0, 0, 8, 14), 1)
    assert not walk.has_wrapped


def test_without_a_hit_every_row_is_asked_and_the_first_one_twice(stage: Stage) -> None:
    walk = HitWalk(searched_in(stage, "a", "b", "c"), place(1), 1)
    assert slices_of(walk) == 4
    assert walk.found is None
