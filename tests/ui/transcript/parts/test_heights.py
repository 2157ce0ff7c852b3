"""Sums of heights are those of a plain list."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop_chat.ui.transcript.parts.heights import Heights

VALUES = st.lists(st.integers(0, 50), max_size=40)


@given(VALUES, VALUES, st.lists(st.tuples(st.integers(0, 79), st.integers(0, 50)), max_size=10), st.integers(0, 80))
def test_heights_add_up_like_a_list(
    start: list[int], more: list[int], changes: list[tuple[int, int]], length: int
) -> None:
    heights, plain = Heights(start), list(start)
    for value in more:
        heights.append(value)
        plain.append(value)
        assert heights.total == sum(plain)
    for index, value in changes:
        if index < len(plain):
            heights[index] = plain[index] = value
            assert heights.total == sum(plain)
    heights.truncate(length)
    plain = plain[:length]
    assert heights.total == sum(plain)
    for value in (3, 4):
        heights.append(value)
        plain.append(value)
    assert [heights.top_of(index) for index in range(len(plain) + 1)] == [
        sum(plain[:index]) for index in range(len(plain) + 1)
    ]
    assert heights.total == sum(plain)


@given(st.lists(st.integers(1, 50), max_size=60), st.lists(st.integers(1, 50), min_size=1), st.integers(-9, 3000))
def test_what_lies_at_a_height_is_found(values: list[int], more: list[int], y: int) -> None:
    heights, values = Heights(values), values + more
    for value in more:
        heights.append(value)
    index, top = heights.place_at(y)
    assert index == heights.index_at(y)
    assert top == sum(values[:index])
    assert top <= y or index == 0
    assert y < sum(values[: index + 1]) or index == len(values) - 1


@given(st.integers(0, 70), st.integers(0, 50), VALUES, st.lists(st.tuples(st.integers(0, 99), st.integers(0, 50))))
def test_many_of_one_height_are_a_list_like_any_other(
    count: int, height: int, more: list[int], changes: list[tuple[int, int]]
) -> None:
    alike, plain = Heights.alike(count, height), Heights([height] * count)
    for heights in (alike, plain):
        for value in more:
            heights.append(value)
        for index, value in changes:
            if index < len(heights):
                heights[index] = value
    assert len(alike) == len(plain) == count + len(more)
    assert [alike.top_of(at) for at in range(len(plain) + 1)] == [plain.top_of(at) for at in range(len(plain) + 1)]
