"""Diagrams: mermaid source into a picture, where the optional package `mermaidx` is installed.

A process of its own draws each one: what the model wrote runs through an interpreter there, may take as long as it
likes until it is ended, and has no network.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from typing import Final

from PySide6.QtGui import QImage

from desktop_chat.ui.transcript.drawings.workbench import Workbench

LANGUAGE: Final = "mermaid"
SCALE: Final = 2.0
"""Pixels of the picture for one of the page."""

SOURCE_CHARACTERS_MAX: Final = 20_000
_DRAWING_S_MAX: Final = 20.0
"""MEASURED 1 to 3 s for usual ones, most of it the start, 18 s for a chain of 120 boxes (2026-11-23)."""

_PIXELS_MAX: Final = 50_000_000
_KEPT_MAX: Final = 40
_PNG: Final = b"\x89PNG\r\n\x1a\n"

# It ends by itself when nobody waits for it any more, and at the first try to reach a network.
_SCRIPT: Final = """
import os, sys, threading
timer = threading.Timer({limit}, os._exit, (1,))
timer.daemon = True
timer.start()
sys.addaudithook(lambda event, args: os._exit(2) if event.startswith("socket.") else None)
import mermaidx
drawn = mermaidx.render(sys.stdin.buffer.read().decode(), theme=sys.argv[1])
sys.stdout.buffer.write(drawn.png(scale={scale}, background="transparent"))
sys.stdout.flush()
os._exit(0)
"""


@dataclass(frozen=True, slots=True)
class _Wish:
    source: str
    is_dark: bool


@cache
def is_available() -> bool:
    """Whether diagrams can be drawn; a bundled program has no interpreter to run one with."""
    return not getattr(sys, "frozen", False) and importlib.util.find_spec("mermaidx") is not None


def look(source: str, is_dark: bool) -> QImage | None:
    """The picture of a diagram, null when it could not be drawn; None while it is being made."""
    return QImage() if len(source) > SOURCE_CHARACTERS_MAX else _bench.look(_Wish(source, is_dark))


def _drawn(wish: _Wish) -> QImage:
    script = _SCRIPT.format(limit=_DRAWING_S_MAX, scale=SCALE)
    command = [sys.executable, "-I", "-c", script, "dark" if wish.is_dark else "default"]
    source = wish.source.encode("utf-8", "replace")
    try:
        drawn = subprocess.run(command, input=source, capture_output=True, timeout=_DRAWING_S_MAX, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return QImage()
    is_picture = drawn.returncode == 0 and drawn.stdout.startswith(_PNG)
    image = QImage.fromData(drawn.stdout) if is_picture else QImage()
    return image if image.width() * image.height() <= _PIXELS_MAX else QImage()


_bench: Final = Workbench("diagrams", _drawn, QImage(), _KEPT_MAX)
