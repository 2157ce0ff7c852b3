"""What the C library has given out, to tell what is kept from what is only not returned to the system."""

from __future__ import annotations

import ctypes
import sys
from typing import Final

CAN_TELL: Final = sys.platform == "linux"
"""mallinfo2 is of the GNU C library."""


class _Given(ctypes.Structure):
    """`struct mallinfo2` of malloc.h."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()
    )


def given_bytes() -> int:
    """All that is in use now; 0 where it cannot be told. Python's small objects have memory of their own."""
    if not CAN_TELL:
        return 0
    ask = ctypes.CDLL(None).mallinfo2
    ask.restype = _Given
    given = ask()
    return int(given.uordblks) + int(given.hblkhd)
