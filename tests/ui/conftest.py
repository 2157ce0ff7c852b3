"""What every test of a widget needs: the look."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from desktop_chat.core.settings import Theme
from desktop_chat.resources import resources_dir
from desktop_chat.ui.theme import Look


@pytest.fixture
def look(qapp: QApplication) -> Iterator[Look]:
    """The look of the program, light; another test starts from light again."""
    made = Look(qapp, resources_dir() / "themes", Theme.LIGHT)
    made.dress()
    yield made
    made.set_theme(Theme.SYSTEM)
    made.deleteLater()
