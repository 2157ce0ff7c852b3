"""How numbers read."""

from __future__ import annotations

import time

import pytest

from desktop_chat.ui.figures import age_text, bytes_text, duration_text, money_text, span_text, tokens_text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (412, "412"),
        (999, "999"),
        (1_000, "1k"),
        (1_204, "1.2k"),
        (9_949, "9.9k"),
        (9_960, "10k"),
        (28_000, "28k"),
        (200_000, "200k"),
        (999_499, "999k"),
        (999_500, "1M"),
        (1_500_000, "1.5M"),
    ],
)
def test_tokens_are_short(count: int, text: str) -> None:
    assert tokens_text(count) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (812, "812 bytes"),
        (1_000, "1 kB"),
        (1_249, "1.2 kB"),
        (12_345, "12 kB"),
        (999_500, "1 MB"),
        (3_140_000, "3.1 MB"),
    ],
)
def test_sizes_are_short(count: int, text: str) -> None:
    assert bytes_text(count) == text


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        (0.0, "$0"),
        (0.00002, "< $0.0001"),
        (0.0098, "$0.0098"),
        (0.00996, "$0.01"),
        (0.21, "$0.21"),
        (1.84, "$1.84"),
        (1234.5, "$1,234.50"),
    ],
)
def test_money_keeps_the_digits_that_matter(usd: float, text: str) -> None:
    assert money_text(usd) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-3, "0 s"), (0, "0 s"), (0.2, "1 s"), (21, "21 s"), (89.5, "2 min"), (240, "4 min"), (7200, "2 h")],
)
def test_spans_are_one_whole_unit_rounded_up(seconds: float, text: str) -> None:
    assert span_text(seconds) == text


def test_durations_are_told_to_the_second() -> None:
    assert [duration_text(value) for value in (0.2, 6.4, 65, 120)] == ["1 s", "6 s", "1 min 5 s", "2 min"]


@pytest.mark.parametrize(
    ("age_s", "text"),
    [
        (-5, "just now"),
        (59, "just now"),
        (60, "1 min ago"),
        (3_599, "59 min ago"),
        (3_600, "1 h ago"),
        (86_399, "23 h ago"),
        (86_400, "1 day ago"),
        (30 * 86_400, "30 days ago"),
        (32 * 86_400, "2026-10-22"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(age_s: float, text: str) -> None:
    noon = time.mktime((2026, 11, 23, 12, 0, 0, 0, 0, -1))
    assert age_text(noon, noon - age_s) == text
