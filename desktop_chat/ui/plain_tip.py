"""Tool tips that show a text as it is.

Qt reads a tool tip that looks like HTML as HTML, and would show the picture of any local file it names. Whatever did
not come from this program's own sentences goes through here.
"""

from __future__ import annotations

import html

from PySide6.QtGui import Qt


def plain_tip(text: str) -> str:
    """The text, written so that Qt shows it letter by letter."""
    if not Qt.mightBeRichText(text):
        return text
    return f"<p style='white-space: pre-wrap'>{html.escape(text)}</p>"
