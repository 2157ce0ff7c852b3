"""Keeps the process from leaving its memory on the disk when it dies: the API key is in there."""

from __future__ import annotations

from contextlib import suppress

CORE_BYTES_MAX = 1
"""Too small for any core file. Not 0: Linux would hand the memory to a crash reporter all the same (core(5))."""


def turn_off() -> None:
    """Have no core written, by the system or by what it calls; where there are none, as on Windows, nothing happens.

    `PR_SET_DUMPABLE` would do more, but then portals take the program for one they may not serve.
    """
    with suppress(ImportError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_CORE)
        limit = CORE_BYTES_MAX if most == resource.RLIM_INFINITY else min(CORE_BYTES_MAX, most)
        resource.setrlimit(resource.RLIMIT_CORE, (limit, limit))
