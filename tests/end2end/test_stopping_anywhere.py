"""A cancel may fall anywhere, on Qt's loop, too: it knows nothing of generators that were dropped half-way."""

from __future__ import annotations

import pytest

from tests.api.test_closing import ANSWERS, assert_nothing_is_left


@pytest.mark.parametrize("name", ANSWERS)
async def test_no_cancel_leaves_anything_behind_on_the_loop_of_qt(name: str) -> None:
    await assert_nothing_is_left(ANSWERS[name])
