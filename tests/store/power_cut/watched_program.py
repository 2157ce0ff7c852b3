"""The whole program, for the recorder: what its store promises is written down."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from desktop_chat import program
from desktop_chat.__main__ import main
from desktop_chat.store.store import Store, open_store
from tests.store.power_cut.watching import watch


def _watched(path: Path, backups_dir: Path) -> Store:
    store = open_store(path, backups_dir)
    watch(store, Path(os.environ["RECORDER_FOLDER"]))
    return store


if __name__ == "__main__":
    program.open_store = _watched  # type: ignore[attr-defined]
    sys.exit(main())
