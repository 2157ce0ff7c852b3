"""A world in which every wait between two tries is ten times as short, and a page ahead is made so much sooner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from desktop_chat.api import retry
from desktop_chat.chat import reconnecting
from desktop_chat.ui import spare_page

SQUEEZE: Final = 10.0

_WAITS: Final = (
    (retry, "FIRST_DELAY_S"),
    (retry, "DELAY_S_MAX"),
    (reconnecting, "FIRST_DELAY_S"),
    (reconnecting, "DELAY_S_MAX"),
    (spare_page, "REST_MS"),
)


@contextmanager
def squeezed() -> Iterator[None]:
    """Have it so in this block."""
    before = [(module, name, getattr(module, name)) for module, name in _WAITS]
    for module, name, wait in before:
        setattr(module, name, type(wait)(wait / SQUEEZE))
    try:
        yield
    finally:
        for module, name, wait in before:
            setattr(module, name, wait)
