"""Drives whose locks or shared memory fail, as a home on the network: the store goes on alone, or says what to do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from desktop_chat.store.connection import is_shared, open_connection
from tests.helpers.machine import leave_out
from tests.helpers.samples import question
from tests.store.files import started

ROOT = Path(__file__).resolve().parents[2]

_PROGRAM = """
import asyncio, json, sys
from pathlib import Path
from desktop_chat.core.errors import StoreError
from tests.helpers.samples import question
from tests.store.files import store_in

async def main():
    store = store_in(Path(sys.argv[1]))
    try:
        await store.start()
        await store.put(question("c", "words"), "A title")
        state = await store.start()
        told = {"titles": [each.title for each in state.conversations], "damage": await store.care.find_damage(),
                "copied": await store.care.back_up_weekly(), "is_shared": store._database.is_shared}
    except StoreError as error:
        told = {"error": str(error)}
    await store.close()
    print(json.dumps(told))

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that refuses locks."""
    if not sys.platform.startswith("linux"):
        pytest.skip("the library that refuses locks is preloaded as Linux does it")
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        leave_out("there is no C compiler for the library that refuses locks (apt-get install gcc libc6-dev)")
    target = tmp_path_factory.mktemp("shim") / "no_locks.so"
    source = Path(__file__).with_name("no_locks.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", target, source, "-ldl"], check=True)
    return target


def run(shim: Path, mode: str, folder: Path) -> dict[str, object]:
    surroundings = {**os.environ, "LD_PRELOAD": str(shim), "NO_LOCKS": mode}
    ended = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(folder)],
        cwd=ROOT,
        env=surroundings,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    told = json.loads(ended.stdout)
    assert isinstance(told, dict)
    return told


# SQLite itself tries for ten seconds before it gives up on locks that are shared: once is enough.
@pytest.mark.parametrize(("mode", "is_old"), [("memory", False), ("memory", True), ("shared", True)])
async def test_where_nothing_can_be_shared_the_store_works_alone(
    shim: Path, tmp_path: Path, mode: str, is_old: bool
) -> None:
    if is_old:
        async with started(tmp_path) as store:
            await store.put(question("before"), "Before")

    told = run(shim, mode, tmp_path)

    assert told == {"titles": ["A title", *["Before"] * is_old], "damage": "", "copied": True, "is_shared": False}
    async with started(tmp_path) as store:
        assert len((await store.start()).conversations) == 1 + is_old, "a drive that locks can open it again"


def test_where_nothing_can_be_locked_it_is_told_what_to_do(shim: Path, tmp_path: Path) -> None:
    told = run(shim, "all", tmp_path)

    assert "cannot be locked" in str(told["error"])
    assert "--data-dir" in str(told["error"])


def test_a_usual_disk_is_shared(tmp_path: Path) -> None:
    connection = open_connection(tmp_path / "x.sqlite3", 50)

    assert is_shared(connection)
    connection.close()
