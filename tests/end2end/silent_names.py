"""A network in which no name server answers: a namespace with a resolver of its own, which listens and says nothing.

Run inside of it, this file is that resolver: `python silent_names.py COMMAND …` lives as long as the command.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

NAME = "server.example"
ASKED_FOR = "a name was asked for"


def reason_against(folder: Path) -> str:
    """Why there can be no such network here; empty when there can."""
    outcome = subprocess.run(
        silenced(["true"], folder, seconds=1), capture_output=True, text=True, timeout=30, check=False
    )
    return "" if outcome.returncode == 0 else f"the kernel gives no namespace: {outcome.stderr.strip()[:200]}"


def silenced(command: Sequence[str], folder: Path, seconds: int) -> list[str]:
    """The command, run where every look-up of a name takes so long, and then comes to nothing."""
    resolver = folder / "resolv.conf"
    resolver.write_text(f"nameserver 127.0.0.1\noptions timeout:{seconds} attempts:1\n", encoding="ascii")
    inside = f'ip link set lo up; mount --bind {resolver} /etc/resolv.conf; exec "$@"'
    return ["unshare", "-rmn", "sh", "-ec", inside, "sh", sys.executable, __file__, *command]


def main() -> int:
    """Be the name server, and run the command; a signal is passed on."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind(("127.0.0.1", 53))
    process = subprocess.Popen(sys.argv[1:])

    def pass_on(number: int, _frame: FrameType | None) -> None:
        process.send_signal(number)

    signal.signal(signal.SIGTERM, pass_on)

    def listen() -> None:
        while listener.recv(4_096):
            sys.stderr.write(f"{ASKED_FOR}\n")
            sys.stderr.flush()

    threading.Thread(target=listen, daemon=True).start()
    return process.wait()


if __name__ == "__main__":
    sys.exit(main())
