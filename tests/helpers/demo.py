"""The demo server for tests: as fast as it goes, closed at the end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desktop_chat.api.demo_faults import AT_ONCE
from desktop_chat.api.demo_server import DemoServer


@pytest.fixture
def demo_server() -> Iterator[DemoServer]:
    """A running demo server without pace; set its `faults` to make it misbehave."""
    with DemoServer(pace=AT_ONCE) as server:
        yield server
