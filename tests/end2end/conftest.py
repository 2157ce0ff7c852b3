"""What the end-to-end tests start from."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from desktop_chat.api.demo_server import DemoServer
from tests.end2end.processes import KEY, Home
from tests.end2end.running import Place, Run, Running


@pytest.fixture
def place(tmp_path: Path, demo_server: DemoServer) -> Place:
    """A fresh data directory and a demo server that answers at once."""
    return Place(tmp_path / "data", demo_server)


@pytest.fixture
def run(qapp: QApplication, place: Place) -> Run:
    """Start the program on this place; to be called again for a restart."""
    return lambda: Running(qapp, place)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home without a key for programs that run as processes."""
    return _home_in(tmp_path)


@pytest.fixture
def home_with_key(tmp_path: Path) -> Home:
    """The same with a key in the environment, which the demo server takes."""
    return _home_in(tmp_path, KEY)


def _home_in(folder: Path, key: str | None = None) -> Home:
    place = folder / "home"
    place.mkdir(mode=0o700)
    return Home(place, {"ANTHROPIC_API_KEY": key})
