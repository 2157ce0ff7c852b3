"""A clip as the clipboard and a drop take it: three forms, each written when somebody asks for it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QByteArray, QMetaType, QMimeData

from desktop_chat.ui.transcript.taking.clip import Clip

PLAIN, HTML, MARKDOWN = "text/plain", "text/html", "text/markdown"
_FORMS: Final = [PLAIN, HTML, MARKDOWN]


class ClipMime(QMimeData):
    """Offers a clip."""

    def __init__(self, clip: Clip) -> None:
        super().__init__()
        self.clip = clip

    def formats(self) -> list[str]:
        return list(_FORMS)

    def hasFormat(self, form: str) -> bool:
        return form in _FORMS

    def retrieveData(self, form: str, kind: QMetaType | QMetaType.Type) -> object:
        if form == PLAIN:
            return self.clip.plain()
        if form == HTML:
            return self.clip.html()
        return QByteArray(self.clip.markdown().encode()) if form == MARKDOWN else None

    def as_bytes(self) -> QMimeData:
        """The same, all written: needs no Python any more."""
        made = QMimeData()
        made.setText(self.clip.plain())
        made.setHtml(self.clip.html())
        made.setData(MARKDOWN, QByteArray(self.clip.markdown().encode()))
        return made
