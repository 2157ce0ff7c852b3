"""Usage reports are running totals: numbers replace, everything else leaves them alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_chat.core.usage import Usage

COUNTS = st.integers(min_value=0, max_value=10**12)
USAGES = st.builds(Usage, *[COUNTS] * 7)
JUNK: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.text(max_size=3), st.floats(), st.integers(max_value=-1), st.just([])
)
NAMES = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")


def test_a_first_report_is_taken_over_whole() -> None:
    usage = Usage().overwritten_by(
        {
            "input_tokens": 100,
            "output_tokens": 1,
            "cache_read_input_tokens": 2000,
            "cache_creation_input_tokens": 70,
            "cache_creation": {"ephemeral_5m_input_tokens": 50, "ephemeral_1h_input_tokens": 20},
            "output_tokens_details": {"thinking_tokens": 9},
            "server_tool_use": {"web_search_requests": 2},
            "service_tier": "standard",
        }
    )

    assert usage == Usage(100, 1, 50, 20, 2000, 9, 2)


def test_a_later_report_replaces_and_does_not_add() -> None:
    before = Usage(input_tokens=100, output_tokens=1, cache_read_tokens=7)

    assert before.overwritten_by({"output_tokens": 250}) == Usage(100, 250, cache_read_tokens=7)


def test_null_fields_keep_what_is_known() -> None:
    before = Usage(1, 2, 3, 4, 5, 6, 7)

    after = before.overwritten_by(
        {
            "input_tokens": None,
            "output_tokens": None,
            "cache_creation": None,
            "cache_creation_input_tokens": None,
            "cache_read_input_tokens": None,
            "output_tokens_details": None,
            "server_tool_use": None,
        }
    )

    assert after == before


def test_zero_keeps_what_is_known() -> None:
    """Some gateways count in `message_start` alone and end with zeros, others the other way round."""
    before = Usage(1, 2, 3, 4, 5, 6, 7)

    after = before.overwritten_by(
        {
            "input_tokens": 0,
            "output_tokens": 0,
            "cache_read_input_tokens": 0,
            "cache_creation_input_tokens": 0,
            "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
            "output_tokens_details": {"thinking_tokens": 0},
            "server_tool_use": {"web_search_requests": 0},
        }
    )

    assert after == before


def test_cache_writes_that_turn_out_to_be_of_the_long_kind_are_counted_once() -> None:
    first = Usage().overwritten_by({"cache_creation_input_tokens": 100})

    later = first.overwritten_by(
        {
            "cache_creation_input_tokens": 100,
            "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 100},
        }
    )

    assert (later.cache_write_5m_tokens, later.cache_write_1h_tokens) == (0, 100)


def test_a_plain_count_of_cache_writes_is_the_short_kind() -> None:
    assert Usage().overwritten_by({"cache_creation_input_tokens": 300}).cache_write_5m_tokens == 300


def test_a_later_plain_count_of_cache_writes_keeps_the_long_kind() -> None:
    first = Usage().overwritten_by(
        {"cache_creation": {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 40}}
    )

    later = first.overwritten_by({"cache_creation_input_tokens": 140})

    assert (later.cache_write_5m_tokens, later.cache_write_1h_tokens) == (100, 40)


def test_the_prompt_is_all_that_was_sent_and_the_context_what_came_too() -> None:
    usage = Usage(1, 10, 100, 1_000, 10_000, thinking_tokens=3, web_search_count=5)

    assert usage.prompt_tokens == 11_101
    assert usage.context_tokens == 11_111


@given(USAGES, st.dictionaries(st.sampled_from([*NAMES, "cache_creation", "server_tool_use"]), JUNK))
def test_malformed_numbers_change_nothing(before: Usage, report: dict[str, Any]) -> None:
    assert before.overwritten_by(report) == before


@given(USAGES, st.dictionaries(st.sampled_from(NAMES), st.one_of(COUNTS, JUNK)))
def test_the_same_report_twice_counts_once(before: Usage, report: dict[str, Any]) -> None:
    once = before.overwritten_by(report)

    assert once.overwritten_by(report) == once


@given(st.lists(st.dictionaries(st.sampled_from(NAMES[:3]), COUNTS), max_size=6))
def test_each_number_is_the_last_one_reported_that_counts_something(reports: list[dict[str, int]]) -> None:
    usage = Usage()
    for report in reports:
        usage = usage.overwritten_by(report)

    last = {name: value for report in reports for name, value in report.items() if value}
    assert usage.input_tokens == last.get("input_tokens", 0)
    assert usage.output_tokens == last.get("output_tokens", 0)
    assert usage.cache_read_tokens == last.get("cache_read_input_tokens", 0)


@given(USAGES, USAGES)
def test_adding_two_replies_adds_every_number(one: Usage, other: Usage) -> None:
    total = one.plus(other)

    for name in Usage.__slots__:
        assert getattr(total, name) == getattr(one, name) + getattr(other, name)


@pytest.mark.parametrize("report", [{"cache_creation": 5}, {"cache_creation": "x"}, {"output_tokens_details": [1]}])
def test_details_of_another_shape_are_passed_over(report: dict[str, Any]) -> None:
    assert Usage().overwritten_by(report) == Usage()
