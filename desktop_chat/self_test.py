"""`--self-test`: is this installation whole? Answers in JSON, for people who help and for the bundle's smoke run."""

from __future__ import annotations

import contextlib
import io
import json
import platform
import sqlite3
import sys
import tempfile
import time
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication, QImage

from desktop_chat import __version__, app
from desktop_chat.cli import ExitCode, Wishes
from desktop_chat.resources import resources_dir
from desktop_chat.ui.transcript.drawings.maths import Wish, drawn

DISTRIBUTIONS: Final = (
    "PySide6-Essentials",
    "httpx",
    "h11",
    "keyring",
    "latex2mathml",
    "pygments",
    "pyromark",
    "qasync",
    "truststore",
    "ziafont",
    "ziamath",
)
QUESTION: Final = "hello"
FORMULA: Final = r"\int_0^\infty e^{-x^2}\,dx = \frac{\sqrt{\pi}}{2}"
FORMULA_PX: Final = 17.0
COLORS_MIN: Final = 16
"""A window that was really painted has more colours than a blank one."""


def self_test(wishes: Wishes) -> int:
    """Run all checks, print their results as one JSON object, and give the exit code."""
    with tempfile.TemporaryDirectory(prefix="desktop-chat-self-test-", ignore_cleanup_errors=True) as folder:
        report: dict[str, Any] = {
            "program": __version__,
            "python": platform.python_version(),
            "qt": qVersion(),
            "system": platform.platform(),
            "is_frozen": bool(getattr(sys, "frozen", False)),
            "distributions": {name: _version_of(name) for name in DISTRIBUTIONS},
            "sqlite": _sqlite_features(),
            "keyring": _keyring(),
            "resources": _resources(),
            **_window_and_reply(replace(wishes, data_dir=wishes.data_dir or Path(folder)), Path(folder)),
            # Behind the window: ziafont logs in a way that sets up a log on standard error where there is none yet.
            "formula": _formula(),
        }
    report["is_good"] = all(
        (
            report["sqlite"]["is_good"],
            report["resources"]["is_good"],
            report["formula"]["is_good"],
            report["window"]["is_good"],
            report["reply"]["is_good"],
        )
    )
    sys.stdout.write(json.dumps(report, indent=2) + "\n")
    return ExitCode.GOOD if report["is_good"] else ExitCode.FAILED


def _version_of(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "no metadata"


def _sqlite_features() -> dict[str, Any]:
    connection = sqlite3.connect(":memory:")
    statements = {
        "strict": "CREATE TABLE a (b TEXT) STRICT",
        "json": "SELECT json_extract('{\"a\": 1}', '$.a')",
        "fts5": "CREATE VIRTUAL TABLE c USING fts5(d)",
        "trigram": "CREATE VIRTUAL TABLE e USING fts5(f, tokenize='trigram')",
    }
    features = {name: _works(connection, sql) for name, sql in statements.items()}
    connection.close()
    return {"version": sqlite3.sqlite_version, **features, "is_good": features["strict"] and features["json"]}


def _works(connection: sqlite3.Connection, statement: str) -> bool:
    try:
        connection.execute(statement)
    except sqlite3.Error:
        return False
    return True


def _keyring() -> dict[str, str]:
    """Which keyring would be asked; none is no fault of the installation."""
    import keyring

    backend = keyring.get_keyring()
    return {"backend": f"{type(backend).__module__}.{type(backend).__qualname__}"}


def _resources() -> dict[str, Any]:
    root = resources_dir()
    files = [path for path in root.rglob("*") if path.is_file()]
    wanted = ("themes/light.json", "themes/dark.json", "themes/base.qss", "models.toml", "icons/app.svg")
    missing = [name for name in wanted if not (root / name).is_file()]
    return {"file_count": len(files), "missing": missing, "is_good": not missing}


def _formula() -> dict[str, Any]:
    """Draw one: the font and the names of the signs are files beside the packages, which an installation may lack."""
    drawing = drawn(Wish(FORMULA, is_display=True, font_px=FORMULA_PX))
    return {"size_px": [round(drawing.width), round(drawing.height)], "is_good": drawing.is_drawn}


def _window_and_reply(wishes: Wishes, folder: Path) -> dict[str, Any]:
    """Start the real program on the demonstration server, ask it something, and look at the picture."""
    picture = folder / "window.png"
    printed = io.StringIO()
    started_at = time.monotonic()
    run_wishes = replace(
        wishes, is_self_test=False, is_demo=True, base_url=None, ask=QUESTION, is_once=True, screenshot=picture
    )
    with contextlib.redirect_stdout(printed):
        code = app.run(run_wishes)
    seconds = round(time.monotonic() - started_at, 3)
    reply = printed.getvalue().strip()
    image = QImage(str(picture))
    colors_count = len({image.pixel(x, y) for x in range(0, image.width(), 8) for y in range(0, image.height(), 8)})
    return {
        "window": {
            "platform": QGuiApplication.platformName(),
            "size_px": [image.width(), image.height()],
            "colors_count": colors_count,
            "is_good": colors_count >= COLORS_MIN,
        },
        "reply": {
            "exit_code": int(code),
            "characters_count": len(reply),
            "seconds": seconds,
            "is_good": code == ExitCode.GOOD and bool(reply),
        },
    }
