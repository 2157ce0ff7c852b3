"""How numbers read."""

from __future__ import annotations

import pytest

from desktop_chat.ui.figures import age_text, bytes_text, counted, duration_text, money_text, span_text, tokens_text


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


def test_a_count_agrees_with_its_noun() -> None:
    assert [counted(count, "message") for count in (0, 1, 9_896)] == ["0 messages", "1 message", "9,896 messages"]


def test_durations_are_told_to_the_second() -> None:
    assert [duration_text(value) for value in (0.2, 6.4, 65, 120)] == ["1 s", "6 s", "1 min 5 s", "2 min"]


@pytest.mark.parametrize(
    ("age_s", "words"),
    [
        (0, "just now"),
        (-3600, "just now"),
        (-90_000, ""),
        (119, "just now"),
        (120, "2 minutes ago"),
        (3_600, "1 hour ago"),
        (7_300, "2 hours ago"),
        (86_400, "1 day ago"),
        (86_400 * 29.9, "29 days ago"),
        (86_400 * 31, "1 month ago"),
        (86_400 * 800, "2 years ago"),
    ],
)
def test_ages_are_words(age_s: float, words: str) -> None:
    assert age_text(age_s) == words
