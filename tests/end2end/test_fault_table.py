"""The fault table: what each fault of a network or a server shows, stores and costs, and that the text becomes whole.

`python -m tests.end2end.fault_table` prints it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.end2end.fault_processes import KILLED, NAMELESS, killed, nameless
from tests.end2end.fault_rows import ROWS
from tests.end2end.fault_trial import outcome_of
from tests.helpers.machine import need, needs


@pytest.mark.parametrize("name", ROWS)
async def test_a_fault_is_told_and_nothing_of_the_text_is_lost(qapp: QApplication, tmp_path: Path, name: str) -> None:
    row = ROWS[name]
    if row.is_tls:
        need("openssl", "openssl")
    outcome = await outcome_of(row, qapp, tmp_path)
    assert outcome.faults(row) == []


async def test_a_reply_that_was_killed_goes_on_to_its_exact_end(qapp: QApplication, tmp_path: Path) -> None:
    outcome = await killed(qapp, tmp_path)
    assert outcome.faults(KILLED) == []


@needs("unshare", "util-linux")
@needs("ip", "iproute2")
def test_a_network_without_names_is_told(tmp_path: Path) -> None:
    outcome = nameless(tmp_path)
    if isinstance(outcome, str):
        pytest.skip(outcome)
    assert outcome.faults(NAMELESS) == []
