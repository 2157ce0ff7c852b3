"""The kernel's own bad line, where it has one: the whole program on a loopback that delays and loses packets."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.end2end.processes import Home, Process, command_line

LINES = {
    "3G": ("delay", "150ms", "30ms", "loss", "1%"),
    "30 % loss": ("delay", "10ms", "loss", "30%"),
    "56 kbit/s": ("delay", "50ms", "rate", "56kbit"),
}
LONG_S_MAX = 120.0


def on_line(conditions: tuple[str, ...], command: list[str]) -> list[str]:
    """The command, run in a network of its own whose loopback is such a line."""
    inside = f'ip link set lo up; tc qdisc add dev lo root netem {" ".join(conditions)}; exec "$@"'
    return ["unshare", "-rn", "sh", "-ec", inside, "sh", *command]


@pytest.mark.parametrize("name", LINES)
def test_a_reply_comes_whole_over_a_line_of_the_kernel(home: Home, name: str) -> None:
    if shutil.which("unshare") is None or shutil.which("tc") is None:
        pytest.skip("needs unshare and tc")
    trial = subprocess.run(on_line(LINES[name], ["true"]), capture_output=True, text=True, timeout=30, check=False)
    if trial.returncode != 0:
        pytest.skip(f"the kernel has no netem here: {trial.stderr.strip()[:200]}")
    command = command_line("--demo", "--ask", "hello", "--once")
    process = Process(on_line(LINES[name], command), home.environment(), home.folder)
    try:
        ended = process.ended(LONG_S_MAX)
    finally:
        process.close()
    assert (ended.code, ended.err) == (0, "")
    assert "demonstration" in ended.out or "answers by heart" in ended.out
