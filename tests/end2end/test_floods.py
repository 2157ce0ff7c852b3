"""Servers that never stop: each ends in a clear error or goes on within bounds, and Stop works throughout."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.end2end.floods import flooded

PEAK_MB_MAX = 500
ENDLESS_S = 1.0
"""Short enough that no machine comes near the bound of a reply's text in it."""

ENDS = {
    "endless thinking": "The reply grew beyond all measure.",
    "endless text in one line": "The reply grew beyond all measure.",
    "a line without an end": "The server sent an event without an end.",
    "a packed line without an end": "The server sent an event without an end.",
    "headers without an end": "sent headers without an end.",
    "a header without an end": "sent headers without an end.",
    "an error without an end": "The server cannot do this request.",
    "JSON without an end": "sent an answer without an end.",
}
GOES_ON = (
    "endless text",
    "endless pings",
    "endless unknown events",
    "endless events of lists",
    "packed comments without an end",
    "packed text without an end",
    "interim answers without an end",
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads its memory from /proc")


@pytest.mark.parametrize("name", ENDS)
def test_a_flood_that_must_end_does_so_in_a_clear_error(tmp_path: Path, name: str) -> None:
    cost = flooded(name, tmp_path, stop_after_s=30.0)
    assert (cost.status, cost.tries) == ("failed", 1)
    assert ENDS[name] in cost.title
    assert cost.closed_ms is None, "it ended by itself"
    assert cost.peak_mb < PEAK_MB_MAX


@pytest.mark.parametrize("name", GOES_ON)
def test_a_flood_that_may_go_on_is_stopped_with_a_click(tmp_path: Path, name: str) -> None:
    cost = flooded(name, tmp_path, stop_after_s=ENDLESS_S)
    assert cost.status == "stopped", cost.title
    assert cost.closed_ms is not None
    assert cost.peak_mb < PEAK_MB_MAX
