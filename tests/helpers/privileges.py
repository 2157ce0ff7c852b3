"""An administrator whom permissions bind like anybody else."""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_VERSION_3: Final = 0x20080522
"""Of <linux/capability.h>, with 64 capabilities."""
_OVERRIDES: Final = 0b110
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: to write and to read whatever the permissions say."""
_HEADER: Final = struct.Struct("=Ii")
_SETS: Final = struct.Struct("=6I")
"""Effective, permitted and inheritable; the lower halves first."""


def can_be_bound() -> bool:
    """Whether permissions can be made to hold here."""
    return hasattr(os, "geteuid") and (os.geteuid() != 0 or sys.platform == "linux")


@contextmanager
def bound_by_permissions() -> Iterator[None]:
    """Give up the right to pass over permissions: of this thread, and of those that it starts meanwhile."""
    if os.geteuid() != 0:
        yield
        return
    before = _capabilities()
    _set_capabilities((before[0] & ~_OVERRIDES, *before[1:]))
    try:
        yield
    finally:
        _set_capabilities(before)


def _capabilities() -> tuple[int, ...]:
    data = ctypes.create_string_buffer(_SETS.size)
    _call("capget", data)
    return _SETS.unpack(data.raw)


def _set_capabilities(sets: tuple[int, ...]) -> None:
    _call("capset", ctypes.create_string_buffer(_SETS.pack(*sets), _SETS.size))


def _call(name: str, data: ctypes.Array[ctypes.c_char]) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    header = ctypes.create_string_buffer(_HEADER.pack(_VERSION_3, 0), _HEADER.size)
    if getattr(libc, name)(header, data) != 0:
        raise OSError(ctypes.get_errno(), name)
