"""The way out of the program: addresses that the reader has clicked."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices


def open_link(address: str) -> None:
    """Open a web or mail address outside, and nothing else: no file, no program."""
    # With its package comes the whole transcript, which is loaded in a thread, later than the widgets.
    from desktop_chat.ui.transcript.links import openable

    target = openable(address)
    if target is not None:
        QDesktopServices.openUrl(QUrl(target, QUrl.ParsingMode.TolerantMode))
