"""How fast a reply is written, as far as its characters tell."""

from __future__ import annotations

import pytest

from desktop_chat.core.pace import BYTES_PER_TOKEN, SPAN_LEAST_S, WINDOW_S, Pace

TOKEN = "x" * round(BYTES_PER_TOKEN)


def written(pace: Pace, begin_s: float, end_s: float, tokens_per_s: int) -> int | None:
    """Have it go on at this speed, asked once a second; give the last answer."""
    rate, now_s = None, begin_s
    while now_s < end_s:
        pace.add(TOKEN * tokens_per_s)
        now_s += 1
        rate = pace.tokens_per_s(now_s)
    return rate


def test_an_even_pace_is_told_as_it_is() -> None:
    assert written(Pace(100.0), 100.0, 110.0, 84) == 84


def test_nothing_is_told_of_too_short_a_stretch() -> None:
    pace = Pace(100.0)
    pace.add(TOKEN * 500)
    assert pace.tokens_per_s(100.0 + SPAN_LEAST_S / 2) is None
    assert pace.tokens_per_s(101.0) == 500


def test_only_the_last_seconds_count() -> None:
    pace = Pace(100.0)
    written(pace, 100.0, 110.0, 20)
    assert written(pace, 110.0, 110.0 + WINDOW_S + 1, 60) == 60


def test_between_two_speeds_it_goes_over_from_one_to_the_other() -> None:
    pace = Pace(100.0)
    written(pace, 100.0, 110.0, 20)
    rates = [written(pace, 110.0 + step, 111.0 + step, 60) or 0 for step in range(4)]
    assert rates == sorted(rates)
    assert 20 < rates[0] < rates[-1] < 60


def test_a_pace_has_two_digits_and_is_never_nothing() -> None:
    assert written(Pace(0.0), 0.0, 3.0, 1_268) == 1_300
    assert written(Pace(0.0), 0.0, 3.0, 128) == 130
    slow = Pace(0.0)
    slow.add("a")
    assert slow.tokens_per_s(4.0) == 1


@pytest.mark.parametrize(("text", "tokens"), [("ä" * 200, 100), ("字" * 100, 75), ("\ud83d" * 400, 300)])
def test_characters_of_other_scripts_count_for_more(text: str, tokens: int) -> None:
    pace = Pace(0.0)
    pace.add(text)
    assert pace.tokens_per_s(1.0) == tokens
