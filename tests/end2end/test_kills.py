"""A program that is killed in the middle of its replies has lost nothing that came a moment before."""

from __future__ import annotations

from pathlib import Path

from tests.end2end.kills import kills, summary_of

KILLS_COUNT = 5
SAFE_AFTER_S = 1.0
"""`python -m tests.end2end.kills 200` does the same as often as wanted, and allows 300 ms."""


def test_what_came_before_a_kill_is_there_at_the_next_start(tmp_path: Path) -> None:
    results = list(kills(tmp_path, KILLS_COUNT, seed=1, safe_after_s=SAFE_AFTER_S))
    assert len(results) == KILLS_COUNT
    assert summary_of(results)["not_harmless"] == []
    assert sum(loss.kept_count for kill in results for loss in kill.losses) > 0
    assert max(len(kill.losses) for kill in results) > 1, "several replies streamed at once"
