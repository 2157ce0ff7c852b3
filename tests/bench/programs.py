"""Starts the program and its demo server as processes of their own, as a person's machine runs them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

DEMO_KEY = "sk-ant-demo-benchmark"
START_S_MAX = 30.0
END_S_MAX = 15.0


class Started:
    """A running process whose standard error is read line by line."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            arguments,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )

    @property
    def pid(self) -> int:
        return self.process.pid

    def milestone_s(self, name: str) -> float:
        """Seconds from the start of the process to a milestone; lines before it are dropped.

        Raises:  RuntimeError with what was said when the process ends first.
        """
        assert self.process.stderr is not None
        said = []
        for line in self.process.stderr:
            said.append(line)
            if found := re.search(rf"milestone {name} at ([\d.]+)", line):
                return float(found[1]) - self.started_at
        raise RuntimeError(f"{name} never came:\n{''.join(said)}")

    def first_line(self) -> str:
        """The first line on standard output."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def end(self) -> None:
        """Ask the process to end, and make sure."""
        self.process.terminate()
        try:
            self.process.communicate(timeout=END_S_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()


@contextmanager
def started(arguments: Sequence[str], environment: Mapping[str, str]) -> Iterator[Started]:
    """Start a process and end it with the block."""
    running = Started(arguments, environment)
    try:
        yield running
    finally:
        running.end()


def home_environment(folder: Path) -> dict[str, str]:
    """An environment that knows nothing of the person at this machine."""
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return {name: str(folder) for name in names} | {
        "ANTHROPIC_API_KEY": DEMO_KEY,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "LC_ALL": "C.UTF-8",
        # As on a person's machine: the second start finds the compiled modules of the first.
        "PYTHONDONTWRITEBYTECODE": "",
    }


def program(*options: str) -> list[str]:
    """The command line of the program under test."""
    return [sys.executable, "-m", "desktop_chat", "--debug", *options]


def demo_server(*options: str) -> list[str]:
    """The command line of the demo server alone."""
    return [sys.executable, "-m", "desktop_chat.api.demo_server", *options]
