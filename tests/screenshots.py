"""A failed test leaves pictures of the windows that were open, and tells where they are."""

from __future__ import annotations

import re
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest

FOLDER: Final = "build/screenshots"
FILE_NAME_CHARACTERS_MAX: Final = 120


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call" and report.failed and "PySide6.QtWidgets" in sys.modules:
        paths = _save(item)
        if paths:
            report.sections.append(("Windows when the test failed", "\n".join(map(str, paths))))
    return report


def _save(item: pytest.Item) -> list[Path]:
    from PySide6.QtWidgets import QApplication

    if QApplication.instance() is None:
        return []
    folder = item.config.rootpath / FOLDER
    name = re.sub(r"[^\w.-]+", "-", item.nodeid)[-FILE_NAME_CHARACTERS_MAX:]
    paths = []
    for number, window in enumerate(window for window in QApplication.topLevelWidgets() if window.isVisible()):
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}-{number}.png"
        if window.grab().save(str(path)):
            paths.append(path)
    return paths
