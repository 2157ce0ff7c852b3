"""The surroundings of every test: a home of its own, no display, no keyring, no key, no network.

The environment is set while this file is imported, before Qt or keyring can look at it.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest

from tests import real_home

real_home.remember()

HOME = Path(tempfile.mkdtemp(prefix="desktop-chat-tests-"))

NEW_OBJECTS_MIN = 10_000
"""Fewer are not worth a collection between two tests."""
LOOKS_BEFORE_ALL = 20
"""So many collections of what is new, and then one of everything."""

_FIXED = {
    "QT_API": "pyside6",
    # Qt warns about any locale that is not UTF-8, and dates and numbers must read the same everywhere.
    "LC_ALL": "C.UTF-8",
    "LANGUAGE": "en",
    "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    # Neither the keyring nor the desktop of whoever runs the tests may be reached.
    "DBUS_SESSION_BUS_ADDRESS": "disabled:",
}
_ABSENT_PREFIXES = ("ANTHROPIC_", "QT_SCALE", "QT_STYLE", "QT_LOGGING", "QT_AUTO_SCREEN", "QT_FONT")
_ABSENT = (
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "QT_QPA_PLATFORMTHEME",
)


def _isolate() -> None:
    for name in list(os.environ):
        if name.startswith(_ABSENT_PREFIXES) or name.upper() in _ABSENT:
            del os.environ[name]
    for name, folder in real_home.FOLDERS.items():
        path = HOME / folder
        path.mkdir(mode=0o700, exist_ok=True)
        os.environ[name] = str(path)
    os.environ.update(_FIXED)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


_isolate()
# For the whole run: `pytest_runtest_logfinish` collects.
gc.disable()

pytest_plugins = ["tests.loops", "tests.guards", "tests.screenshots", "tests.helpers.demo"]


def pytest_collection_finish() -> None:
    """Leave all that was imported out of the collections to come.

    MEASURED 300 ms for each full one otherwise, twenty while importing and fifty in the run (2026-11-23).
    """
    gc.collect()
    gc.freeze()


def pytest_runtest_logfinish() -> None:
    """Collect here and not by itself: a widget that ends in a thread of a test hangs the run (see `housekeeping`)."""
    new_count, _, looked_through_count = gc.get_count()
    if looked_through_count >= LOOKS_BEFORE_ALL:
        gc.collect()
    elif new_count >= NEW_OBJECTS_MIN:
        gc.collect(1)


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(HOME, ignore_errors=True)
