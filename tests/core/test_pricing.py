"""What replies cost, against figures worked out by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_chat.core.models import LongPromptPrices, ModelInfo, Prices
from desktop_chat.core.pricing import cost_usd
from desktop_chat.core.usage import Usage

MODEL = ModelInfo("m", "M", prices=Prices(2.0, 10.0, 2.5, 4.0, 0.1))
LONG = ModelInfo(
    "l",
    "L",
    prices=Prices(0.1, 0.5, 0.125, 0.2, 0.01),
    long_prompt=LongPromptPrices(100_000, Prices(0.5, 2.5, 0.625, 1.0, 0.05)),
)
MILLION = 1_000_000


@pytest.mark.parametrize(
    ("usage", "expected_usd"),
    [
        (Usage(), 0.0),
        (Usage(input_tokens=MILLION), 2.0),
        (Usage(output_tokens=MILLION), 10.0),
        (Usage(cache_write_5m_tokens=MILLION), 2.5),
        (Usage(cache_write_1h_tokens=MILLION), 4.0),
        (Usage(cache_read_tokens=MILLION), 0.1),
        (Usage(web_search_count=3), 0.03),
        # 1200·2 + 345·10 + 4000·2.5 + 500·4 + 90,000·0.1 = 2,400 + 3,450 + 10,000 + 2,000 + 9,000 = 26,850 per million
        (Usage(1_200, 345, 4_000, 500, 90_000), 0.02685),
        # one token of each kind: 2 + 10 + 2.5 + 4 + 0.1 = 18.6 per million, and two searches
        (Usage(1, 1, 1, 1, 1, web_search_count=2), 0.0200186),
    ],
)
def test_each_kind_of_token_has_its_price(usage: Usage, expected_usd: float) -> None:
    assert cost_usd(usage, MODEL) == pytest.approx(expected_usd, rel=1e-12)


def test_thinking_is_part_of_the_output_and_not_paid_twice() -> None:
    assert cost_usd(Usage(output_tokens=100, thinking_tokens=60), MODEL) == cost_usd(Usage(output_tokens=100), MODEL)


@pytest.mark.parametrize(
    ("usage", "expected_usd"),
    [
        (Usage(input_tokens=100_000, output_tokens=1_000), 0.0105),
        # One token more, and all of it has the other prices: 100,001·0.5 + 1000·2.5 = 52,500.5 per million
        (Usage(input_tokens=100_001, output_tokens=1_000), 0.0525005),
        # The length of a prompt is all that was sent, from the cache too: 1·0.5 + 60,000·0.05 + 40,000·0.625 = 28,000.5
        (Usage(input_tokens=1, cache_read_tokens=60_000, cache_write_5m_tokens=40_000), 0.0280005),
        # Output does not make a prompt long: 1·0.1 + 200,000·0.5
        (Usage(input_tokens=1, output_tokens=200_000), 0.1000001),
    ],
)
def test_a_long_prompt_changes_the_price_of_the_whole_request(usage: Usage, expected_usd: float) -> None:
    assert cost_usd(usage, LONG) == pytest.approx(expected_usd, rel=1e-12)


@pytest.mark.parametrize("model", [None, ModelInfo("unknown", "Unknown")])
def test_an_unknown_price_gives_no_sum(model: ModelInfo | None) -> None:
    assert cost_usd(Usage(1, 2, 3), model) is None


@given(st.builds(Usage, *[st.integers(0, 10**7)] * 7), st.builds(Usage, *[st.integers(0, 10**7)] * 7))
def test_the_price_of_a_sum_is_the_sum_of_the_prices(one: Usage, other: Usage) -> None:
    together, first, second = (cost_usd(usage, MODEL) for usage in (one.plus(other), one, other))

    assert together is not None
    assert first is not None
    assert second is not None
    assert math.isclose(together, first + second, rel_tol=1e-9, abs_tol=1e-12)
