"""A transcript on the screen, and what a test does with it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.code import highlight
from tests.ui.transcript.stage import Stage


@pytest.fixture
def stage(look: Look, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """An empty transcript of usual size."""
    # Nobody has to wait for the colours of every line that grows; `test_highlight.py` knows of the pause.
    monkeypatch.setattr(highlight, "_PAUSE_S", 0.0)
    made = Stage(look, qtbot)
    yield made
    made.view.close()
