"""Network conditions: which values can be, how they are written, and what becomes of each request under them."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_chat.api.retry import ATTEMPTS_MAX
from desktop_chat.core.bad_line import BadLine, Fate, fate_of
from desktop_chat.core.conditions_text import KEYS, conditions_from, text_of
from desktop_chat.core.network_conditions import (
    LIMITS,
    NEVER_ZERO,
    PRESETS,
    NetworkConditions,
    Preset,
    name_of,
    preset_of,
)

TEXT = "latency=300ms,rate=50kB/s,cut=20kB,stall=5kB,status=529:2"
MILLISECONDS = st.integers(0, 60_000).map(lambda ms: ms / 1_000)
PERCENT = st.integers(0, 100).map(lambda percent: percent / 100)
BYTES = st.integers(0, 1_000_000_000)
EVENTS = st.integers(1, 1_000_000)
CONDITIONS = st.builds(
    NetworkConditions,
    latency_s=MILLISECONDS,
    jitter_s=MILLISECONDS,
    bytes_per_s=st.none() | st.integers(1, 1_000_000_000),
    cut_after_bytes=st.none() | BYTES,
    stall_after_bytes=BYTES,
    stall_s=st.none() | st.integers(1, 3_600_000).map(lambda ms: ms / 1_000),
    fail_status=st.sampled_from((429, 500, 529)),
    fail_count=st.none() | st.integers(1, 100),
    retry_after_s=MILLISECONDS,
    error_after_events=st.none() | EVENTS,
    malformed_after_events=st.none() | EVENTS,
    share=PERCENT,
    spread=PERCENT,
    seed=st.integers(0, 1_000_000),
)


def made(name: str, value: float) -> NetworkConditions:
    values: dict[str, Any] = {name: value}
    return NetworkConditions(**values)


# --- values


@pytest.mark.parametrize("name", LIMITS)
def test_every_number_has_bounds(name: str) -> None:
    assert getattr(made(name, LIMITS[name]), name) == LIMITS[name]
    for bad in (-1, LIMITS[name] + 1, *([0] if name in NEVER_ZERO else [])):
        with pytest.raises(ValueError, match=name):
            made(name, bad)


def test_only_statuses_that_can_be_made_up_are_taken() -> None:
    with pytest.raises(ValueError, match="429, 500, 529, not 404"):
        NetworkConditions(fail_status=404)


@pytest.mark.parametrize("name", ["retry_after_s", "share", "spread", "seed", "stall_s", "fail_count"])
def test_what_only_qualifies_has_no_effect_alone(name: str) -> None:
    assert not NetworkConditions().has_effect
    assert not made(name, 1).has_effect


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("latency_s", 0.1),
        ("jitter_s", 0.1),
        ("bytes_per_s", 1),
        ("cut_after_bytes", 0),
        ("stall_after_bytes", 0),
        ("fail_status", 500),
        ("error_after_events", 1),
        ("malformed_after_events", 1),
    ],
)
def test_everything_else_has_one(name: str, value: float) -> None:
    assert made(name, value).has_effect


def test_presets_are_known_by_name_and_others_are_custom() -> None:
    assert [name_of(preset.conditions) for preset in PRESETS] == ["Slow 3G", "Train", "Overloaded", "Flaky"]
    other = replace(PRESETS[0].conditions, seed=9)
    assert (preset_of(other), name_of(other)) == (None, "Custom")


# --- as text


def test_values_are_read_with_their_units() -> None:
    assert conditions_from(TEXT) == NetworkConditions(
        latency_s=0.3,
        bytes_per_s=50_000,
        cut_after_bytes=20_000,
        stall_after_bytes=5_000,
        fail_status=529,
        fail_count=2,
    )
    assert conditions_from("stall=1.5kB:2.5s, share=50%") == NetworkConditions(
        stall_after_bytes=1_500, stall_s=2.5, share=0.5
    )


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_presets_are_read_by_their_keys_and_may_be_changed(preset: Preset) -> None:
    assert conditions_from(preset.key) == preset.conditions
    assert conditions_from(f"{preset.key},seed=99") == replace(preset.conditions, seed=99)


def test_the_second_value_goes_with_the_first() -> None:
    train = conditions_from("train")
    assert (train.stall_after_bytes, train.stall_s) == (20_000, 6.0)
    assert conditions_from("train,stall=1kB").stall_s is None, "said anew, it lasts for ever unless it says otherwise"


@given(CONDITIONS)
def test_what_is_written_is_read_back_the_same(conditions: NetworkConditions) -> None:
    assert conditions_from(text_of(conditions)) == conditions


def test_text_is_short() -> None:
    assert text_of(conditions_from(TEXT)) == TEXT
    assert text_of(NetworkConditions()) == ""
    assert text_of(NetworkConditions(cut_after_bytes=0)) == "cut=0B"
    assert text_of(NetworkConditions(latency_s=0.0005)) == "latency=0.5ms"


def test_every_field_can_be_written() -> None:
    assert {name for parts in KEYS.values() for name, _ in parts} == {field.name for field in fields(NetworkConditions)}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "“” is no network profile; there are slow-3g, train, overloaded, flaky"),
        ("slow", "“slow” is no network profile"),
        ("latency", "“latency” is no network profile"),
        ("train,flaky", "“flaky” is no network condition; there are latency, jitter"),
        ("speed=3", "“speed” is no network condition"),
        ("latency=300", "“300” should look like 300ms or 2s"),
        ("latency=-1s", "“-1s” should look like"),
        ("latency=", "“” should look like"),
        ("latency=61s", "“61s” should lie between 0 and 60s"),
        ("rate=0B/s", "“0B/s” should lie between more than 0 and 1000MB/s"),
        ("rate=50kB", "“50kB” should look like 800B/s"),
        ("cut=1.5B", "“1.5B” is no whole number"),
        ("cut=1kB:2s", "has too many values"),
        ("status=404", "429, 500, 529, not 404"),
        ("share=200%", "“200%” should lie between 0 and 100%"),
        ("share=50%", "makes nothing worse"),
        ("train,", "“” is no network condition"),
    ],
)
def test_what_is_no_condition_is_told_in_a_sentence(text: str, words: str) -> None:
    with pytest.raises(ValueError) as raised:
        conditions_from(text)
    assert words in str(raised.value)


# --- what becomes of a request


def test_without_chance_every_request_meets_the_same() -> None:
    conditions = NetworkConditions(
        cut_after_bytes=20, stall_after_bytes=10, error_after_events=3, malformed_after_events=2
    )
    assert [fate_of(conditions, number) for number in (0, 7)] == [
        Fate(0, None, 20, 10, 3, 2),
        Fate(7, None, 20, 10, 3, 2),
    ]


def test_so_many_requests_fail_and_the_next_one_passes_again_and_again() -> None:
    line = BadLine(NetworkConditions(fail_status=529, fail_count=2))
    assert [line.next_fate().status for _ in range(7)] == [529, 529, None, 529, 529, None, 529]


def test_without_a_count_all_requests_fail() -> None:
    line = BadLine(NetworkConditions(fail_status=500))
    assert [line.next_fate().status for _ in range(3)] == [500, 500, 500]


def test_each_line_counts_its_own_requests() -> None:
    conditions = NetworkConditions(fail_status=429, fail_count=1)
    first, second = BadLine(conditions), BadLine(conditions)
    assert (first.next_fate().status, first.next_fate().status, second.next_fate().status) == (429, None, 429)


def test_the_same_seed_draws_the_same_and_another_one_does_not() -> None:
    conditions = NetworkConditions(cut_after_bytes=10_000, stall_after_bytes=10_000, share=0.5, spread=0.9)
    drawn = [fate_of(conditions, number) for number in range(50)]
    assert drawn == [fate_of(conditions, number) for number in range(50)]
    assert drawn != [fate_of(replace(conditions, seed=2), number) for number in range(50)]


def test_one_more_condition_changes_nothing_for_the_others() -> None:
    one = NetworkConditions(cut_after_bytes=10_000, share=0.5, spread=0.9)
    two = replace(one, stall_after_bytes=5_000, malformed_after_events=7)
    cuts = [[fate_of(conditions, number).cut_at_bytes for number in range(50)] for conditions in (one, two)]
    assert cuts[0] == cuts[1]
    hits = [(fate.cut_at_bytes is None, fate.stall_at_bytes is None) for fate in (fate_of(two, n) for n in range(50))]
    assert len(set(hits)) == 4, "each is drawn for itself"


def test_about_the_share_is_hit_and_the_numbers_stay_within_the_spread() -> None:
    conditions = NetworkConditions(cut_after_bytes=10_000, share=0.25, spread=0.5)
    cuts = [cut for number in range(1_000) if (cut := fate_of(conditions, number).cut_at_bytes) is not None]
    assert 200 < len(cuts) < 300
    assert all(5_000 <= cut <= 15_000 for cut in cuts)
    assert len(set(cuts)) > 150


def test_only_who_asks_for_it_is_cut_before_the_first_byte() -> None:
    wild = NetworkConditions(cut_after_bytes=1, spread=1.0, malformed_after_events=1, error_after_events=1)
    fates = [fate_of(wild, number) for number in range(200)]
    assert all(fate.cut_at_bytes and fate.malformed_after_events and fate.error_after_events for fate in fates)
    assert fate_of(NetworkConditions(cut_after_bytes=0), 0).cut_at_bytes == 0


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
@pytest.mark.parametrize("seed", range(1, 21))
def test_whoever_goes_on_gets_through_every_preset(preset: Preset, seed: int) -> None:
    """Enough passes for a beginning of text each time, and some replies come through whole."""
    conditions = replace(preset.conditions, seed=seed)
    asked = [fate for number in range(60) if (fate := fate_of(conditions, number)).status is None]
    whole = [fate for fate in asked if fate.cut_at_bytes is None and fate.error_after_events is None]
    assert all(fate.cut_at_bytes is None or fate.cut_at_bytes > 10_000 for fate in asked)
    assert all(fate.error_after_events is None or fate.error_after_events > 30 for fate in asked)
    assert len(whole) >= len(asked) // 5
    assert conditions.stall_after_bytes is None or conditions.stall_s is not None, "a stall is over some time"
    assert conditions.fail_status is None or (conditions.fail_count or 9) < ATTEMPTS_MAX
