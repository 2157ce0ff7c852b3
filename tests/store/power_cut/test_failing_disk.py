"""A disk that fails in any way, at any call: told in words, readable all the while, and nothing is lost or doubled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop_chat.core.conversation import OpenTab
from desktop_chat.core.messages import MessageStatus
from tests.store.files import started
from tests.store.power_cut.faults_child import FAULTS, STREAMING
from tests.store.power_cut.recording import END_S_MAX, Faults, environment, recorder

KINDS = {
    "the disk is full": "StoreFull: The disk is full.",
    "the quota is used up": "StoreFull: The disk is full.",
    "it is read-only": "StoreReadOnly: Nothing can be stored here.",
}
"""What is told; where it is not in here, that the disk could not do it."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory of the child, when it has ended."""
    recorder()
    return tmp_path_factory.mktemp("failing")


@pytest.fixture(scope="module")
def told(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """How every call ended, by fault."""
    place = tmp_path_factory.mktemp("recorder")
    faults = place / "faults"
    Faults(faults)
    outcome = subprocess.run(
        [sys.executable, "-m", "tests.store.power_cut.faults_child", str(folder), str(faults)],
        env={**os.environ, **environment(folder, place / "log", faults)},
        capture_output=True,
        text=True,
        timeout=END_S_MAX,
    )
    assert outcome.returncode == 0, outcome.stderr
    found: dict[str, dict[str, str]] = json.loads(outcome.stdout)
    return found


@pytest.mark.parametrize("fault", FAULTS)
def test_every_call_says_what_the_disk_refuses(told: dict[str, dict[str, str]], fault: str) -> None:
    ends = dict(told[fault])
    if fault == "syncs fail" and not ends["append_journal"]:
        # It was written, and is synced, or written anew, within a second; only the next write after that is refused.
        del ends["append_journal"]
    wanted = KINDS.get(fault, "StoreError: The disk could not do it.")
    assert {call: end for call, end in ends.items() if not end.startswith(wanted)} == {}


async def test_nothing_is_lost_or_doubled(told: dict[str, dict[str, str]], folder: Path) -> None:
    async with started(folder) as store:
        state = await store.start()
        for name in told:
            asked = await store.load(f"c-{name}")
            assert asked is not None
            assert [message.text for message in asked.messages] == [f"asked while {name}"]
            assert asked.summary.is_pinned
            assert await store.load(f"w-{name}") is not None
        stored, typed = await store.load("c1"), await store.load("c2")
    assert stored is not None and typed is not None
    messages = {message.id: message for message in stored.messages}
    assert messages.keys() == {STREAMING.id, *(f"r-{name}" for name in told)}
    assert messages[STREAMING.id].text == "".join(f"{name}. " for name in told)
    assert {messages[f"r-{name}"].status for name in told} == {MessageStatus.COMPLETE}
    last = list(told)[-1]
    assert (typed.draft.text, stored.summary.title) == (f"typed while {last}", f"Renamed while {last}")
    assert state.tabs == (OpenTab(f"c-{last}", is_current=True),)
