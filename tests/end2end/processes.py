"""The real program as a process of its own: with a home of its own, no keyring, no display, and everything it says."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from tests.real_home import FOLDERS

START_S_MAX: Final = 30.0
END_S_MAX: Final = 40.0
KEY: Final = "sk-ant-demo-for-the-tests"
"""The demo server takes it."""

_NOT_INHERITED: Final = ("ANTHROPIC_", "QT_", "XDG_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "DBUS_", "PYTHON")
_SCREENS: Final = ("DISPLAY", "WAYLAND_DISPLAY")


@dataclass(frozen=True, slots=True)
class Home:
    """An empty home folder and an environment that knows nothing of the person at this machine."""

    folder: Path
    variables: Mapping[str, str | None] = field(default_factory=dict)
    """What differs from the usual; None takes a variable away."""

    def environment(self) -> dict[str, str]:
        """The whole environment of a program that lives here; its folders are made."""
        made = {
            name: value
            for name, value in os.environ.items()
            if not name.upper().startswith(_NOT_INHERITED) and name not in _SCREENS
        }
        for name, below in FOLDERS.items():
            place = self.folder / below
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            made[name] = str(place)
        made |= {
            "LC_ALL": "C.UTF-8",
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        }
        for name, value in self.variables.items():
            made.pop(name, None)
            if value is not None:
                made[name] = value
        return made

    def files(self) -> set[str]:
        """Every file below, by its path from here."""
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended and what it said."""

    code: int
    out: str
    err: str


class Heard:
    """What a process says on one line, read as it comes."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._said = bytearray()
        self._is_over = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._read, name="listen to the program", daemon=True)
        self._thread.start()

    def text(self) -> str:
        """Everything so far."""
        with self._changed:
            return self._said.decode("utf-8", "replace")

    def wait_for(self, words: str, timeout_s: float) -> None:
        """Wait until these words have been said.

        Raises:  TimeoutError with what was said instead.
        """
        wanted = words.encode()
        with self._changed:
            self._changed.wait_for(lambda: wanted in self._said or self._is_over, timeout_s)
            if wanted not in self._said:
                raise TimeoutError(f"“{words}” was not said, but:\n{self._said.decode('utf-8', 'replace')}")

    def finish(self) -> None:
        """Read to the end; the process must be gone."""
        self._thread.join()
        self._source.close()

    def _read(self) -> None:
        while chunk := os.read(self._source.fileno(), 65536):
            with self._changed:
                self._said += chunk
                self._changed.notify_all()
        with self._changed:
            self._is_over = True
            self._changed.notify_all()


class Process:
    """One process under test; made by `started`, which ends it in any case."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], folder: Path, typed: str = "") -> None:
        """Start it in this folder; `typed` is all that stands on its standard input."""
        self._process = subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert self._process.stdout is not None and self._process.stderr is not None
        assert self._process.stdin is not None
        with self._process.stdin as keyboard:
            keyboard.write(typed.encode())
        self.out = Heard(self._process.stdout)
        self.err = Heard(self._process.stderr)

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_until_usable(self) -> None:
        """Until its window takes questions; it must have been started with `--debug`."""
        self.err.wait_for("milestone usable", START_S_MAX)

    def signal(self, number: int) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def ended(self, timeout_s: float = END_S_MAX) -> Ended:
        """Wait for its end.

        Raises:  TimeoutError with what it has said.
        """
        try:
            code = self._process.wait(timeout_s)
        except subprocess.TimeoutExpired as error:
            said = f"{self.out.text()}\n{self.err.text()}"
            raise TimeoutError(f"it did not end within {timeout_s} s; it said:\n{said}") from error
        self.out.finish()
        self.err.finish()
        return Ended(code, self.out.text(), self.err.text())

    def kill(self) -> Ended:
        """End it at once, as a power cut for the program would."""
        self._process.kill()
        return self.ended()

    def close(self) -> None:
        """Make sure that it is gone."""
        if self._process.poll() is None:
            self._process.kill()
        self.ended()


@contextmanager
def started(home: Home, *options: str | Path) -> Iterator[Process]:
    """The program, running in this home; gone at the end of the block."""
    # Elsewhere than in the source tree: what is written into the working folder is seen.
    process = Process(command_line(*options), home.environment(), home.folder)
    try:
        yield process
    finally:
        process.close()


def run(home: Home, *options: str | Path, timeout_s: float = END_S_MAX) -> Ended:
    """Run the program to its end."""
    with started(home, *options) as process:
        return process.ended(timeout_s)


def command_line(*options: str | Path) -> list[str]:
    """The command that starts the program."""
    return [sys.executable, "-m", "desktop_chat", *map(str, options)]
