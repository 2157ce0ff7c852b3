"""Runs a program under the recorder, a small C library that is preloaded, and reads what it wrote down."""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.helpers.machine import leave_out

SOURCE: Final = Path(__file__).with_name("recorder.c")
END_S_MAX: Final = 120

_ENTRY: Final = struct.Struct("<QQQIIII")


class Kind(IntEnum):
    """What was done; the numbers are the recorder's."""

    OPENED = 1
    CREATED = 2
    WRITTEN = 3
    TRUNCATED = 4
    SYNCED = 5
    SYNC_FAILED = 6
    RENAMED = 7
    UNLINKED = 8


class Call(IntFlag):
    """What can be made to fail."""

    NOTHING = 0
    OPEN = 1
    WRITE = 2
    SYNC = 4
    TRUNCATE = 8


@dataclass(frozen=True, slots=True)
class Step:
    """One call, once it was over.

    Units:   `at` in seconds of the monotonic clock; `offset` is the new size where a file was truncated.
    """

    kind: Kind
    file: int
    at: float
    path: Path
    offset: int
    data: bytes
    """What was written; the old path where a file was renamed."""


@cache
def recorder() -> Path:
    """The compiled library; skips the test where it cannot be made."""
    if not sys.platform.startswith("linux"):
        pytest.skip("the recorder is preloaded as Linux does it")
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        leave_out("there is no C compiler for the recorder of power cuts (apt-get install gcc libc6-dev)")
    library = Path(os.environ["HOME"]) / "recorder.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE), "-lpthread"]
    outcome = subprocess.run(command, capture_output=True, text=True)
    if outcome.returncode and "stdint.h" in outcome.stderr:
        leave_out("the C compiler has no header files (apt-get install libc6-dev)")
    assert outcome.returncode == 0, outcome.stderr
    return library


def environment(folder: Path, log: Path, faults: Path | None = None) -> dict[str, str]:
    """What a program has to be started with for its files in this folder to be watched."""
    # A compiler's own programs and shells get on without; nothing else inherits it.
    preloaded = {"LD_PRELOAD": str(recorder()), "RECORDER_FOLDER": str(folder), "RECORDER_LOG": str(log)}
    return preloaded | ({"RECORDER_FAULTS": str(faults)} if faults is not None else {})


def recorded(
    command: Sequence[str],
    folder: Path,
    log: Path,
    *,
    variables: Mapping[str, str] | None = None,
    faults: Path | None = None,
) -> tuple[Step, ...]:
    """Run a program to its good end and give what it did to the files of the folder."""
    outcome = subprocess.run(
        command,
        env={**(os.environ if variables is None else variables), **environment(folder, log, faults)},
        capture_output=True,
        text=True,
        timeout=END_S_MAX,
    )
    assert outcome.returncode == 0, outcome.stderr
    return tuple(steps(log.read_bytes()))


def steps(log: bytes) -> Iterator[Step]:
    """The calls of a log, in the order in which they reached the system."""
    place = 0
    while place < len(log):
        file, offset, at_ns, path_size, data_size, kind, _ = _ENTRY.unpack_from(log, place)
        place += _ENTRY.size
        path = os.fsdecode(log[place : place + path_size])
        place += path_size
        yield Step(Kind(kind), file, at_ns / 1e9, Path(path), offset, log[place : place + data_size])
        place += data_size


class Faults:
    """What fails at the moment in a program that runs under the recorder; shared with it."""

    class _Layout(ctypes.Structure):
        _fields_ = (
            ("calls", ctypes.c_uint32),
            ("error", ctypes.c_uint32),
            ("suffix", ctypes.c_char * 56),
            ("failures", ctypes.c_uint32),
        )

    def __init__(self, path: Path) -> None:
        """Map the file, made if it is missing."""
        size = ctypes.sizeof(self._Layout)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.ftruncate(descriptor, size)
            self._mapped = mmap.mmap(descriptor, size)
        finally:
            os.close(descriptor)
        self._layout = self._Layout.from_buffer(self._mapped)

    @property
    def failures_count(self) -> int:
        """How many calls have failed."""
        return int(self._layout.failures)

    @contextmanager
    def failing(self, calls: Call, error: int = errno.EIO, suffix: str = "") -> Iterator[None]:
        """Let these calls fail inside the block, on files whose path ends so."""
        self._layout.suffix = suffix.encode()
        self._layout.error = error
        self._layout.calls = calls
        try:
            yield
        finally:
            self._layout.calls = Call.NOTHING
