"""Uses a key in every way a person can, and then looks for it everywhere it must not be.

Run alone: `python -m tests.end2end.key_hygiene` prints what was searched and what was found.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import quote

import psutil

from desktop_chat.api.demo_faults import AT_ONCE, Faults
from desktop_chat.api.demo_server import DemoServer
from tests.end2end.processes import START_S_MAX, Ended, Home, Process, command_line
from tests.helpers.paced_server import paced_server

KEY = "sk-ant-demo-Zq7RtW2/keyhygiene+XpL9vB4nMs=KqT"
"""Taken by the demo server; its signs tell escaped spellings from plain ones."""
WRONG_KEY = "sk-ant-api03-Wr0ng8Hy/gieneUvN5+cJ3dFa=YwE"
SESSIONS_AT_ONCE = 3

_WITH_KEYRING = """
printf %s password | gnome-keyring-daemon --foreground --unlock --components=secrets >/dev/null 2>&1 &
keyring=$!
"$@"
code=$?
kill $keyring
exit $code
"""


@dataclass(slots=True)
class Search:
    """What was looked through, and where a key was found."""

    files_count: int = 0
    bytes_count: int = 0
    outputs_count: int = 0
    command_lines_count: int = 0
    sessions: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)

    def through_files(self, folder: Path) -> None:
        """Look through every file below, its name included."""
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                content = path.read_bytes()
                self.files_count += 1
                self.bytes_count += len(content)
                self._look(content + str(path).encode(), str(path))

    def through_output(self, ended: Ended, name: str) -> None:
        """Look through what a program said."""
        self.outputs_count += 1
        self._look(f"{ended.out}\n{ended.err}".encode(), f"output of {name}")

    def through_command_lines(self, pid: int) -> None:
        """Look through the command line of a running process and of all its children."""
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            self.command_lines_count += 1
            self._look("\0".join(process.cmdline()).encode(), f"command line of {process.pid}")

    def add(self, other: Search) -> None:
        """Take over what another search has looked through and found."""
        self.files_count += other.files_count
        self.bytes_count += other.bytes_count
        self.outputs_count += other.outputs_count
        self.command_lines_count += other.command_lines_count
        self.sessions += other.sessions
        self.found += other.found

    def _look(self, content: bytes, where: str) -> None:
        self.found += [f"{where}: {name}" for name, spelling in _SPELLINGS.items() if spelling in content]


def _spellings() -> dict[str, bytes]:
    """A key in the forms in which it could have been written somewhere."""
    made: dict[str, bytes] = {}
    for name, key in (("key", KEY), ("wrong key", WRONG_KEY)):
        # The tail alone, too: a mask shows the first signs and the last four.
        middle = key[12:-6]
        forms = {
            "plain": key.encode(),
            "without its ends": middle.encode(),
            "in JSON": middle.replace("/", "\\/").encode(),
            "in an address": quote(middle, safe="").encode(),
            "in UTF-16": middle.encode("utf-16-le"),
            "in base64": base64.b64encode(key.encode())[4:-6],
        }
        made |= {f"{name} {form}": spelling for form, spelling in forms.items()}
    return made


_SPELLINGS = _spellings()


def search_everything(folder: Path) -> Search:
    """Hold all sessions, each in a home of its own below this folder, and search."""
    whole = Search()
    # Side by side: most of the time one of them waits for something.
    with ThreadPoolExecutor(SESSIONS_AT_ONCE) as pool:
        for search in pool.map(lambda numbered: numbered[1](folder / str(numbered[0])), enumerate(_sessions())):
            whole.add(search)
    # The keyring's own file is where the key belongs, sealed; it is searched all the same.
    whole.through_files(folder)
    return whole


Session: TypeAlias = Callable[[Path], Search]
"""Something a person does with a key in the home it is given."""


def _sessions() -> Iterator[Session]:
    """The ones that take longest first."""
    yield _type_into_the_window
    for is_by_force in (False, True):
        yield partial(_stop_in_the_middle, is_by_force)
    for name, (faults, key) in _ANSWERS.items():
        yield partial(_ask_with_environment_key, name, faults, key)
    yield _ask_with_a_torn_key


_ANSWERS: Final = {
    "a dropped line": (Faults(drops_before_headers=True, count=1), KEY),
    "a good reply": (Faults(), KEY),
    "a wrong key": (Faults(), WRONG_KEY),
    "a bad request": (Faults(status=400), KEY),
    "a web page": (Faults(is_html=True, status=200), KEY),
    "a broken stream": (Faults(reset_after_events=9), KEY),
}


def _ask_with_environment_key(name: str, faults: Faults, key: str, place: Path) -> Search:
    """Good and bad answers, all with `--debug`: everything that can be logged is."""
    search = Search(sessions=[name])
    with DemoServer(faults, AT_ONCE) as server:
        options = ("--base-url", server.url, "--ask", "hello", "--once", "--debug")
        with _watched(command_line(*options), Home(place, {"ANTHROPIC_API_KEY": key})) as process:
            process.err.wait_for("milestone usable", START_S_MAX)
            search.through_command_lines(process.pid)
            search.through_output(process.ended(), name)
    return search


def _ask_with_a_torn_key(place: Path) -> Search:
    """A key with a line end in it is what HTTP libraries quote in their errors."""
    search = Search(sessions=["a key with a line end"])
    home = Home(place, {"ANTHROPIC_API_KEY": f"{KEY}\n{WRONG_KEY}"})
    options = ("--base-url", "http://127.0.0.1:9", "--ask", "hello", "--once", "--debug")
    with _watched(command_line(*options), home) as process:
        search.through_output(process.ended(), search.sessions[0])
    return search


def _stop_in_the_middle(is_by_force: bool, place: Path) -> Search:
    """End a run by a signal or by force: nothing that is left behind may hold the key."""
    search = Search(sessions=["killed in mid-stream" if is_by_force else "ended in mid-stream"])
    with paced_server() as server:
        options = ("--base-url", server.url, "--ask", "hello", "--debug")
        with _watched(command_line(*options), Home(place, {"ANTHROPIC_API_KEY": KEY})) as process:
            server.wait_for_pieces(40, START_S_MAX)
            search.through_command_lines(process.pid)
            if not is_by_force:
                process.signal(15)
            search.through_output(process.kill() if is_by_force else process.ended(), search.sessions[0])
    return search


NOTHING_TYPED: Final = "no keyring on this machine: nothing was typed"


def _type_into_the_window(place: Path) -> Search:
    """Type both keys into the key dialog of a program with a real keyring, where there is one."""
    if shutil.which("gnome-keyring-daemon") is None or shutil.which("dbus-run-session") is None:
        return Search(sessions=[NOTHING_TYPED])
    search = Search(sessions=["typed into the window, kept in a real keyring, used from there"])
    home = Home(place, {"DBUS_SESSION_BUS_ADDRESS": None, "PYTHON_KEYRING_BACKEND": None})
    with DemoServer(pace=AT_ONCE) as server:
        typing = [sys.executable, "-m", "tests.end2end.typing_child", server.url, str(place / "typed")]
        command = ["dbus-run-session", "--", "sh", "-c", _WITH_KEYRING, "sh", *typing]
        # The keys go in by a pipe: on the command line they would be found at once.
        with _watched(command, home, f"{WRONG_KEY}\n{KEY}\n", Path(__file__).parents[2]) as process:
            process.err.wait_for("the key is kept", START_S_MAX)
            search.through_command_lines(process.pid)
            ended = process.ended()
    if ended.code != 0:
        raise RuntimeError(f"the key could not be typed:\n{ended.err}")
    search.through_output(ended, "typed into the window")
    return search


@contextmanager
def _watched(command: list[str], home: Home, typed: str = "", folder: Path | None = None) -> Iterator[Process]:
    home.folder.mkdir(mode=0o700, exist_ok=True)
    process = Process(command, home.environment(), folder or home.folder, typed)
    try:
        yield process
    finally:
        process.close()


def main() -> int:
    """Search, and print what was searched and found."""
    with tempfile.TemporaryDirectory(prefix="desktop-chat-key-", ignore_cleanup_errors=True) as folder:
        search = search_everything(Path(folder))
        outcome = subprocess.run(
            ["grep", "-rlaF", "-e", KEY, "-e", KEY[12:-6], "-e", WRONG_KEY[12:-6], folder],
            capture_output=True,
            text=True,
        )
    report = {
        "sessions": search.sessions,
        "files_searched": search.files_count,
        "bytes_searched": search.bytes_count,
        "outputs_searched": search.outputs_count,
        "command_lines_searched": search.command_lines_count,
        "spellings": len(_SPELLINGS),
        "found": search.found,
        "found_by_grep": outcome.stdout.split(),
    }
    print(json.dumps(report, indent=2))
    return 1 if search.found or outcome.stdout else 0


if __name__ == "__main__":
    sys.exit(main())
