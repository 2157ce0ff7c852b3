"""Starts the built application the way a stranger would, and checks what it does: no Python, no home, no display.

Any line on standard error that is not listed here is a failure.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PROGRAM: Final = {
    "darwin": "dist/Desktop Chat.app/Contents/MacOS/desktop-chat",
    "win32": "dist/desktop-chat/desktop-chat-console.exe",
}.get(sys.platform, "dist/desktop-chat/desktop-chat")
QUESTION: Final = "Show me some maths."
"""Formulas need files that lie beside their packages, and are seen on the picture."""

SELF_TESTED: Final = ("sqlite", "resources", "formula", "window", "reply")
LICENCES: Final = ("LGPL-3.0.txt", "NOTICE.txt", "LICENSE", "STIX-Two.txt", "DejaVu.txt")
TIME_LIMIT_S: Final = 120
STARTS_COUNT: Final = 5
PICTURE_BYTES_MIN: Final = 5_000
"""A window with nothing in it compresses to less."""

KNOWN_LINES: Final[tuple[re.Pattern[str], ...]] = ()
_FIRST_PAINT: Final = re.compile(r"milestone first_painted at ([\d.]+)")
_KEPT_VARIABLES: Final = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")


class Smoke(Exception):
    """A check that failed, in words."""


def main() -> int:
    """Run all checks; gives the exit code."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("program", nargs="?", type=Path, default=ROOT / PROGRAM)
    program = arguments.parse_args().program.absolute()
    try:
        check(program)
    except Smoke as failure:
        print(f"smoke test failed: {failure}", file=sys.stderr)
        return 1
    return 0


def check(program: Path) -> None:
    """Check everything.

    Raises:  Smoke at the first thing that is wrong.
    """
    if not program.is_file():
        raise Smoke(f"there is no {program}; build it first")
    folder = program.parents[2] if sys.platform == "darwin" else program.parent
    size_bytes = sum(file.lstat().st_size for file in folder.rglob("*") if not file.is_symlink())
    print(f"size on disk            {size_bytes / 1e6:.0f} MB")
    for name in LICENCES:
        if not any(folder.rglob(f"licences/{name}")):
            raise Smoke(f"the bundle lacks licences/{name}")
    with stranger() as surroundings:
        print(f"version                 {run(program, ['--version'], surroundings).strip()}")
        run(program, ["--no-such-option"], surroundings, code=2, is_quiet=False)
        check_self_test(program, surroundings)
        check_demo(program, surroundings, "no display")
        report_start_time(program, surroundings)
    with virtual_display() as display:
        if display is None:
            print("real X server           left out: there is no Xvfb here")
            return
        with stranger() as surroundings:
            check_demo(program, {**surroundings, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}, "X server")


def check_self_test(program: Path, surroundings: Mapping[str, str]) -> None:
    """Run --self-test and read its JSON."""
    text = run(program, ["--self-test"], surroundings)
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Smoke(f"--self-test printed no JSON: {text[:400]}") from error
    if not isinstance(found, dict):
        raise Smoke(f"--self-test printed something else than an object: {text[:400]}")
    bad = [name for name in SELF_TESTED if not found.get(name, {}).get("is_good")]
    if bad:
        raise Smoke(f"--self-test found these wanting: {', '.join(bad)}\n{text}")
    print(f"self-test               good, {len(found)} entries")


def check_demo(program: Path, surroundings: Mapping[str, str], where: str) -> None:
    """Ask the demonstration server through the window, and look at what is printed and painted."""
    picture = Path(surroundings["HOME"]) / "window.png"
    wishes = ["--demo", "--ask", QUESTION, "--once", "--screenshot", str(picture), "--size", "1280x840"]
    began = time.monotonic()
    reply = run(program, wishes, surroundings)
    took_s = time.monotonic() - began
    if len(reply.strip()) < len(QUESTION):
        raise Smoke(f"the reply is too short: {reply!r}")
    if not picture.is_file() or not picture.read_bytes().startswith(b"\x89PNG\r\n\x1a\n"):
        raise Smoke("there is no picture of the window")
    if picture.stat().st_size < PICTURE_BYTES_MIN:
        raise Smoke(f"the picture of the window looks empty: {picture.stat().st_size} bytes")
    kept = ROOT / "build" / "bundle" / f"smoke-{where.replace(' ', '-')}.png"
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(picture, kept)
    print(f"question, {where:<14}{len(reply)} characters in {took_s:.1f} s, picture: {kept.relative_to(ROOT)}")


def report_start_time(program: Path, surroundings: Mapping[str, str]) -> None:
    """Print how long it takes from the start of the process to the first paint."""
    times_ms = []
    for number in range(STARTS_COUNT):
        picture = Path(surroundings["HOME"]) / f"start-{number}.png"
        wishes = ["--demo", "--ask", "Hello", "--once", "--screenshot", str(picture), "--debug"]
        began = time.monotonic()
        ended = _start(program, wishes, surroundings)
        painted = _FIRST_PAINT.search(ended.stderr)
        if painted is None:
            raise Smoke("the log of --debug does not tell when the window was first painted")
        times_ms.append((float(painted[1]) - began) * 1000)
    print(f"start to first paint    {statistics.median(times_ms):.0f} ms (median of {STARTS_COUNT}, offscreen)")


def run(
    program: Path, wishes: list[str], surroundings: Mapping[str, str], *, code: int = 0, is_quiet: bool = True
) -> str:
    """Run the program and give what it printed.

    Raises:  Smoke for another exit code, and for lines on standard error that are not known.
    """
    ended = _start(program, wishes, surroundings)
    command = " ".join(wishes)
    if ended.returncode != code:
        raise Smoke(f"{command}: exit code {ended.returncode} instead of {code}\n{ended.stdout}\n{ended.stderr}")
    unknown = [line for line in ended.stderr.splitlines() if not any(known.search(line) for known in KNOWN_LINES)]
    if is_quiet and unknown:
        raise Smoke(f"{command}: lines on standard error\n" + "\n".join(unknown))
    return ended.stdout


def _start(program: Path, wishes: list[str], surroundings: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            [str(program), *wishes],
            env=dict(surroundings),
            cwd=surroundings["HOME"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=TIME_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Smoke(f"{' '.join(wishes)}: did not end within {TIME_LIMIT_S} s") from error


@contextmanager
def stranger() -> Iterator[dict[str, str]]:
    """Give the environment of a person who has just arrived: an empty home, no display, no session bus, no key."""
    with tempfile.TemporaryDirectory(prefix="desktop-chat-smoke-") as home:
        environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        environment |= {"HOME": home, "USERPROFILE": home, "LC_ALL": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen"}
        for name, folder in (
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_STATE_HOME", "state"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_RUNTIME_DIR", "run"),
            ("APPDATA", "roaming"),
            ("LOCALAPPDATA", "local"),
        ):
            (Path(home) / folder).mkdir(mode=0o700)
            environment[name] = str(Path(home) / folder)
        yield environment


@contextmanager
def virtual_display() -> Iterator[str | None]:
    """Run an X server without a screen and give its name; None where there is none to run."""
    server = shutil.which("Xvfb")
    if server is None or not sys.platform.startswith("linux"):
        yield None
        return
    read_end, write_end = os.pipe()
    # Without -noreset it starts anew whenever its last client has gone.
    screen = ["-screen", "0", "1600x1200x24", "-nolisten", "tcp", "-noreset"]
    command = [server, "-displayfd", str(write_end), *screen]
    process = subprocess.Popen(command, pass_fds=[write_end], stderr=subprocess.DEVNULL)
    os.close(write_end)
    try:
        with os.fdopen(read_end) as answer:
            number = answer.readline().strip()
        if not number:
            raise Smoke("Xvfb did not start")
        yield f":{number}"
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
