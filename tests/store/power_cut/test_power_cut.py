"""The power is cut at hundreds of moments: all that was promised is there, and the start is clean."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.end2end.processes import Home
from tests.store.power_cut.__main__ import all_cuts, recording_of_turns
from tests.store.power_cut.recording import Kind, Step, recorded, recorder
from tests.store.power_cut.replaying import Cut, Disk, Unsynced
from tests.store.power_cut.watching import PROMISES

CUTS_COUNT = 20
SYNCS_MAX = 30
"""Around so many syncs, and so many times more, in three ways each; `python -m tests.store.power_cut 400` does all."""


def bad(found: Sequence[Cut]) -> list[Cut]:
    return [cut for cut in found if cut.problems]


@pytest.fixture(autouse=True)
def _needs_the_recorder() -> None:
    recorder()


def test_all_that_was_promised_survives_a_power_cut(tmp_path: Path) -> None:
    watched, recording = recording_of_turns(tmp_path, has_faults=False)

    found = all_cuts(recording, watched, 2 * CUTS_COUNT, syncs_max=2 * SYNCS_MAX)

    assert bad(found) == []
    assert len(found) > 300


def test_it_survives_on_a_disk_that_failed_before(tmp_path: Path) -> None:
    watched, recording = recording_of_turns(tmp_path, has_faults=True)
    assert Kind.SYNC_FAILED in {step.kind for step in recording}

    assert bad(all_cuts(recording, watched, CUTS_COUNT, syncs_max=SYNCS_MAX)) == []


def test_the_whole_program_survives_a_power_cut(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", {"ANTHROPIC_API_KEY": None, "PYTHONPATH": str(Path(__file__).parents[3])})
    data_dir = tmp_path / "data"
    data_dir.mkdir(mode=0o700)
    command = [sys.executable, "-m", "tests.store.power_cut.watched_program", "--demo", "--data-dir", str(data_dir)]
    recording = recorded(
        [*command, "--ask", "Tell me something long", "--once"],
        data_dir,
        tmp_path / "log",
        variables=home.environment(),
    )
    said = b"".join(step.data for step in recording if step.path.name == PROMISES)
    assert said.count(b'"of": "journal"') > 4, "the reply streamed long enough to be journalled"
    assert b'"complete"' in said

    assert bad(all_cuts(recording, data_dir, CUTS_COUNT, syncs_max=SYNCS_MAX)) == []


# --- the disk that the others are built on


PLACE = Path("/disk/file")


def step(kind: Kind, *, file: int = 1, path: Path = PLACE, offset: int = 0, data: bytes = b"") -> Step:
    return Step(kind, file, 0.0, path, offset, data)


def left(*steps: Step, unsynced: Unsynced = Unsynced.DROPPED) -> dict[Path, bytes]:
    import random

    disk = Disk()
    for each in steps:
        disk.take(each)
    return disk.left(unsynced, random.Random(0))


CREATED = step(Kind.CREATED)
NAMED = step(Kind.SYNCED, file=2, path=PLACE.parent)
SYNCED = step(Kind.SYNCED)


def test_the_name_of_a_file_is_lost_until_its_folder_is_synced() -> None:
    written = step(Kind.WRITTEN, data=b"words")
    assert left(CREATED, written, SYNCED) == {}
    assert left(CREATED, written, SYNCED, NAMED) == {PLACE: b"words"}
    assert left(CREATED, written, SYNCED, unsynced=Unsynced.KEPT) == {PLACE: b"words"}


def test_what_a_failed_sync_dropped_never_reaches_the_disk() -> None:
    written = step(Kind.WRITTEN, data=b"words")
    assert left(CREATED, NAMED, written, step(Kind.SYNC_FAILED), SYNCED) == {PLACE: b""}
    assert left(CREATED, NAMED, written, step(Kind.SYNC_FAILED), written, SYNCED) == {PLACE: b"words"}


def test_what_was_not_synced_is_dropped_kept_or_torn_at_sectors() -> None:
    old = step(Kind.WRITTEN, data=b"a" * 2048)
    new = step(Kind.WRITTEN, data=b"b" * 2048)
    begun = (CREATED, NAMED, old, SYNCED, new)
    assert left(*begun) == {PLACE: b"a" * 2048}
    assert left(*begun, unsynced=Unsynced.KEPT) == {PLACE: b"b" * 2048}
    torn = left(*begun, unsynced=Unsynced.TORN)[PLACE]
    assert set(torn) == set(b"ab")
    assert all(len(set(torn[start : start + 512])) == 1 for start in range(0, 2048, 512))


def test_the_recorder_sees_what_a_program_does(tmp_path: Path) -> None:
    watched = tmp_path / "watched"
    watched.mkdir()
    code = (
        "import os, sys\n"
        "os.chdir('/'); folder = sys.argv[1]\n"
        "file = os.open(folder + '/a', os.O_RDWR | os.O_CREAT)\n"
        "os.write(file, b'one'); os.pwrite(file, b'two', 1); os.ftruncate(file, 2); os.fsync(file)\n"
        "os.rename(folder + '/a', folder + '/b'); os.unlink(folder + '/b')\n"
    )
    done = recorded([sys.executable, "-c", code, str(watched)], watched, tmp_path / "log", variables=dict(os.environ))

    assert [(each.kind, each.path.name, each.offset, each.data) for each in done] == [
        (Kind.CREATED, "a", 0, b""),
        (Kind.WRITTEN, "a", 0, b"one"),
        (Kind.WRITTEN, "a", 1, b"two"),
        (Kind.TRUNCATED, "a", 2, b""),
        (Kind.SYNCED, "a", 0, b""),
        (Kind.RENAMED, "b", 0, str(watched / "a").encode()),
        (Kind.UNLINKED, "b", 0, b""),
    ]
