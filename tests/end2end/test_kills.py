"""A program that is killed in the middle of its replies has lost nothing that came more than 300 ms before."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.end2end.kills import kills, summary_of

KILLS_COUNT = 5
"""`python -m tests.end2end.kills 200` does the same as often as wanted."""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system knows no SIGKILL")
def test_what_came_before_a_kill_is_there_at_the_next_start(tmp_path: Path) -> None:
    results = list(kills(tmp_path, KILLS_COUNT, seed=1))
    assert len(results) == KILLS_COUNT
    assert summary_of(results)["not_harmless"] == []
    assert sum(loss.kept_count for kill in results for loss in kill.losses) > 0
    assert max(len(kill.losses) for kill in results) > 1, "several replies streamed at once"
