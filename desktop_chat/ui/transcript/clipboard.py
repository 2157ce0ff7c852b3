"""Text on the clipboard in two forms: plain, and markdown for programs that ask for it."""

from __future__ import annotations

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication


def put_on_clipboard(plain: str, markdown: str) -> None:
    """Offer a text as `text/plain` and as `text/markdown`."""
    data = QMimeData()
    data.setText(plain)
    data.setData("text/markdown", markdown.encode())
    QGuiApplication.clipboard().setMimeData(data)
