"""The kernel's own bad line: the whole program on a loopback that is slow, and drops packets by chance."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from desktop_chat.api.demo_answers import answer_for
from tests.end2end.processes import Home, Process, command_line
from tests.helpers.machine import needs

QUESTION: Final = "hello"
LONG_S_MAX: Final = 120.0

# A small program (`ld random; jgt …`) puts packets by chance into a queue of one byte, which has room for none. netem
# would do the same, but many kernels come without it.
_INSIDE: Final = """
ip link set lo up mtu 1500
tc qdisc add dev lo root handle 1: htb default 1 r2q 1
tc class add dev lo parent 1: classid 1:1 htb rate {rate} burst 3000 cburst 3000
tc class add dev lo parent 1: classid 1:2 htb rate {rate}
tc qdisc add dev lo parent 1:1 handle 10: pfifo limit 200
tc qdisc add dev lo parent 1:2 handle 20: bfifo limit 1
tc filter add dev lo parent 1: bpf bytecode '4,32 0 0 4294963256,37 1 0 {bound},6 0 0 65538,6 0 0 0'
"$@"
tc -s qdisc show dev lo >{told}
"""


@dataclass(frozen=True, slots=True)
class Line:
    """How a line is; `rate` as tc writes it, `loss` as the share of packets."""

    rate: str
    loss: float = 0.0


LINES: Final = {"3G": Line("400kbit", 0.05), "30 % loss": Line("10mbit", 0.3), "56 kbit/s": Line("56kbit")}
"""A reply is about 150 packets: with 5 % loss one in five thousand loses none."""


def on_line(line: Line, told: Path, *command: str) -> list[str]:
    """The command, run in a network of its own with such a loopback; in the end the kernel tells its counts."""
    inside = _INSIDE.format(rate=line.rate, bound=int(line.loss * (2**32 - 1)), told=told)
    return ["unshare", "-rn", "sh", "-ec", inside, "sh", *command]


def dropped_count(told: Path) -> int:
    """How many packets the line has lost."""
    lossy = told.read_text(encoding="ascii").partition("qdisc bfifo")[2]
    return int(lossy.partition("dropped ")[2].partition(",")[0])


@needs("unshare", "util-linux")
@needs("tc", "iproute2")
@pytest.mark.parametrize("name", LINES)
def test_a_reply_comes_whole_over_a_line_of_the_kernel(home: Home, tmp_path: Path, name: str) -> None:
    told = tmp_path / "told"
    trial = subprocess.run(on_line(LINES[name], told, "true"), capture_output=True, text=True, timeout=30, check=False)
    if trial.returncode != 0:
        pytest.skip(f"the kernel gives no such line here: {trial.stderr.strip()[:200]}")
    command = command_line("--demo", "--ask", QUESTION, "--once")
    process = Process(on_line(LINES[name], told, *command), home.environment(), home.folder)
    try:
        ended = process.ended(LONG_S_MAX)
    finally:
        process.close()
    assert (ended.code, ended.out.rstrip("\n")) == (0, answer_for(QUESTION).text.rstrip()), ended.err
    assert (dropped_count(told) > 0) == (LINES[name].loss > 0), told.read_text(encoding="ascii")
