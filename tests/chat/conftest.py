"""What tests of chat share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.chat.desk import Desk


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Chat around fakes; a test that causes a bug takes it out of `bugs`."""
    desk = Desk()
    yield desk
    await desk.close()
    assert desk.bugs == []
