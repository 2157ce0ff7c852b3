"""Where the person who runs the tests keeps their files, which no test may touch, and what says so to a program."""

from __future__ import annotations

import os
from pathlib import Path

FOLDERS = {
    "HOME": "",
    "USERPROFILE": "",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
    "XDG_CACHE_HOME": "cache",
    "XDG_RUNTIME_DIR": "run",
}
"""The variables that name a home or a place in one, each with its folder in the home of a test."""

_PROGRAM = "desktop-chat"

# Filled by the first `remember`; a test that runs pytest in pytest must not take its parent's temporary home for real.
_INHERITED = "DESKTOP_CHAT_TESTS_REAL_HOME"


def remember() -> None:
    """Note the real folders; to be called once, before the environment is changed."""
    if _INHERITED not in os.environ:
        home = Path.home()
        named = [
            os.environ.get(name) or str(home / usual)
            for name, usual in (
                ("XDG_CONFIG_HOME", ".config"),
                ("XDG_DATA_HOME", ".local/share"),
                ("XDG_STATE_HOME", ".local/state"),
                ("XDG_CACHE_HOME", ".cache"),
                ("APPDATA", "AppData/Roaming"),
                ("LOCALAPPDATA", "AppData/Local"),
            )
        ]
        os.environ[_INHERITED] = os.pathsep.join([*named, str(home / "Library")])


def is_forbidden(path: str, *, writes: bool) -> bool:
    """Whether a test may not open this path: the program's own folders at all, the others not for writing."""
    absolute = os.path.abspath(path)  # noqa: PTH100  Called for every opened file: no objects, no disk.
    for folder in os.environ.get(_INHERITED, "").split(os.pathsep):
        if folder and absolute.startswith(folder + os.sep):
            return writes or _PROGRAM in absolute[len(folder) :].lower()
    return False
