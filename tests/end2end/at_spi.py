"""The program as a screen reader finds it: a private display, a private AT-SPI bus, and a reader that asks and listens.

`python -m tests.end2end.at_spi [options of the program …]` prints the tree; without options that of a demonstration.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, Final

from tests.end2end.processes import END_S_MAX, Home, started

NAME: Final = "desktop-chat"
"""How the program is called among all that talk to the bus."""

READER: Final = Path(__file__).with_name("at_spi_reader.py")
SYSTEM_PYTHON: Final = "/usr/bin/python3"
"""The bindings come with the system, and only its own Python has them."""

PACKAGES: Final = "xvfb dbus-daemon at-spi2-core python3-gi gir1.2-atspi-2.0"
_BINDINGS: Final = "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"
_SCREEN: Final = "1400x3000x24"
"""So high that a whole answer is on the screen."""


def missing() -> str:
    """What is not installed; empty when everything is there."""
    absent = [name for name in ("Xvfb", "dbus-daemon") if shutil.which(name) is None]
    if (
        not Path(SYSTEM_PYTHON).exists()
        or subprocess.run([SYSTEM_PYTHON, "-c", _BINDINGS], capture_output=True).returncode
    ):
        absent.append("the bindings of AT-SPI")
    return ", ".join(absent)


class Reader:
    """A screen reader to be asked."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, what: str, *given: object, timeout_s: float = 0.0) -> Any:
        """Ask again and again until there is an answer, or the time is over."""
        assert self._process.stdin is not None and self._process.stdout is not None
        request = {"do": what, "with": given, "timeout_s": timeout_s}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the reader has ended")
        return json.loads(answer)


@contextmanager
def desktop(home: Home) -> Iterator[Home]:
    """A display and a session bus of its own; gives the home of a program that shall live there."""
    with ExitStack() as stack:
        display = stack.enter_context(
            _telling(
                lambda end: ["Xvfb", "-displayfd", end, "-screen", "0", _SCREEN, "-nolisten", "tcp", "-noreset"], None
            )
        )
        variables: dict[str, str | None] = {**home.variables, "DISPLAY": f":{display}", "QT_QPA_PLATFORM": "xcb"}
        lived_in = Home(home.folder, variables)
        # The AT-SPI bus is started by this one when somebody asks for it, and ends with it.
        address = stack.enter_context(
            _telling(
                lambda end: ["dbus-daemon", "--session", "--nofork", f"--print-address={end}"], lived_in.environment()
            )
        )
        accessible = {"DBUS_SESSION_BUS_ADDRESS": address, "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
        yield Home(home.folder, {**variables, **accessible})


@contextmanager
def _telling(command: Callable[[str], list[str]], environment: dict[str, str] | None) -> Iterator[str]:
    """A process that writes one line into a pipe once it is ready; it ends with the block."""
    read_end, write_end = os.pipe()
    process = subprocess.Popen(
        command(str(write_end)),
        env=environment,
        pass_fds=(write_end,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    try:
        with os.fdopen(read_end) as lines:
            yield lines.readline().strip()
    finally:
        process.terminate()
        process.wait()


@contextmanager
def reading(home: Home) -> Iterator[Reader]:
    """A reader on the desktop of a home; it is there before the program, to hear everything."""
    process = subprocess.Popen(
        [SYSTEM_PYTHON, "-W", "ignore", str(READER), NAME],
        env=home.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Reader(process)
    finally:
        process.kill()
        process.communicate()


def write_tree(node: dict[str, Any], out: IO[str], depth: int = 0) -> None:
    """Write an object and everything below it, one line each."""
    words = [node["role"], json.dumps(node["name"], ensure_ascii=False)]
    if node["text"] is not None and node["text"] != node["name"]:
        words.append(f"text={json.dumps(_short(node['text']), ensure_ascii=False)}")
    if node["description"]:
        words.append(f"description={json.dumps(_short(node['description']), ensure_ascii=False)}")
    words += [f"{name}={value}" for name, value in node["attributes"].items() if name not in ("toolkit", "class")]
    if node["actions"]:
        words.append(f"actions={','.join(node['actions'])}")
    words.append(f"[{' '.join(node['states'])}]")
    out.write("  " * depth + " ".join(words) + "\n")
    for child in node["children"]:
        write_tree(child, out, depth + 1)


def _short(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:160]}…"


def main() -> None:
    """Print the tree of the program, then what it announced."""
    options = sys.argv[1:] or [
        "--demo",
        "--size",
        "1280x2000",
        "--ask",
        "How long should a client wait between retries?",
    ]
    with tempfile.TemporaryDirectory() as folder, desktop(Home(Path(folder))) as home, reading(home) as reader:
        with started(home, "--debug", *options) as program:
            program.wait_until_usable()
            reader.ask("find", "button", "Retry", timeout_s=END_S_MAX)
            tree = reader.ask("tree", timeout_s=END_S_MAX)
            heard = reader.ask("announced", "")
        write_tree(tree, sys.stdout)
        for words in heard:
            sys.stdout.write(f"announced: {json.dumps(words, ensure_ascii=False)}\n")


if __name__ == "__main__":
    main()
