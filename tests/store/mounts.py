"""Small and read-only disks, where the machine lets us mount them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.helpers.machine import need


class Disk:
    """A file system in memory, mounted on a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def remount(self, options: str) -> None:
        """Change its size (`size=8m`) or make it read-only (`ro`)."""
        subprocess.run(["mount", "-o", f"remount,{options}", str(self.folder)], check=True)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Disk]:
    """Mount a disk of this size; unmounted at the end. Skips the test where mounting is not allowed."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "desktop-chat-test", str(folder)]
    need("mount", "mount")
    outcome = subprocess.run(command, capture_output=True, text=True)
    if outcome.returncode:
        pytest.skip(f"this user may not mount a small disk: {outcome.stderr.strip()}")
    try:
        yield Disk(folder)
    finally:
        # Lazily: a test that failed may have left files open, and its own failure is the one to be told.
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
