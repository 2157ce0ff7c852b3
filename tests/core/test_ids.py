"""Ids sort by the order in which they were made, whatever the clock does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from desktop_chat.core.messages import _Ids, new_id

DAY_MS = 86_400_000
NOW_MS = 1_790_000_000_000


def test_ids_of_one_moment_sort_as_they_were_made() -> None:
    made = [new_id() for _ in range(2000)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {len(key) for key in made} == {32}


def test_a_clock_that_jumps_back_and_forth_does_not_change_the_order() -> None:
    ids = _Ids()

    made = [ids.next(NOW_MS + jump_ms) for jump_ms in (0, -DAY_MS, -DAY_MS + 5, DAY_MS, 3, 4, DAY_MS - 1, DAY_MS + 9)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_an_id_tells_its_moment() -> None:
    assert int(_Ids().next(NOW_MS)[:12], 16) == NOW_MS


def test_threads_never_get_the_same_id() -> None:
    ids = _Ids()
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: ids.next(NOW_MS), range(4000)))

    assert len(set(made)) == len(made)
