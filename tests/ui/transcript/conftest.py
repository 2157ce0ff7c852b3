"""A transcript on the screen, and what a test does with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desktop_chat.ui.theme import Look
from tests.ui.transcript.stage import Stage


@pytest.fixture
def stage(look: Look, qtbot: QtBot) -> Iterator[Stage]:
    """An empty transcript of usual size."""
    made = Stage(look, qtbot)
    yield made
    made.view.close()
