"""The way out of the program: addresses that the reader has clicked."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from desktop_chat.ui.transcript.markdown.links import openable


def open_link(address: str) -> None:
    """Open a web or mail address outside, and nothing else: no file, no program."""
    target = openable(address)
    if target is not None:
        QDesktopServices.openUrl(QUrl(target, QUrl.ParsingMode.TolerantMode))
