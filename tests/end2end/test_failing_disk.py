"""A disk that fails in the middle of two replies: told, and all is written when it works again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.end2end.processes import END_S_MAX, Home
from tests.store.power_cut.recording import Faults, environment


def test_a_disk_that_fails_is_told_once_and_nothing_is_lost(home: Home, tmp_path: Path) -> None:
    data_dir, faults = tmp_path / "data", tmp_path / "faults"
    data_dir.mkdir(mode=0o700)
    Faults(faults)
    variables = home.environment() | environment(data_dir, tmp_path / "log", faults)
    outcome = subprocess.run(
        [sys.executable, "-m", "tests.end2end.failing_disk_child", str(data_dir), str(faults)],
        env=variables,
        capture_output=True,
        text=True,
        timeout=3 * END_S_MAX,
    )
    assert outcome.returncode == 0, outcome.stderr
    told = json.loads(outcome.stdout)

    for banner in (told["told"], told["still_told"]):
        assert "The disk could not do it." in banner and str(data_dir) in banner
    assert told["told_count"] == 1
    assert told["whole"] == [[True, True], [True, True]]
    assert told["found"] == [True, True]
    assert "Traceback" not in outcome.stderr
