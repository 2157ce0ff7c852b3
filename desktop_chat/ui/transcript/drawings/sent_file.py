"""A file that stands in a message, as the reader can have it back: its name and its bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from desktop_chat.core.attachments import pieces_of_base64
from desktop_chat.ui.transcript.markdown.visible_text import visible

_STEP_CHARACTERS: Final = 64 * 1024
_NAME_BYTES_MAX: Final = 200
"""File systems take 255; what the dialog or the reader adds has room."""

_ENDING_CHARACTERS_MAX: Final = 12
_NOT_IN_NAMES: Final = re.compile('[<>:"/\\\\|?*\u2400-\u2421\ufffd]')
"""What has a meaning in a path on some system, and the signs for what cannot be seen."""

_ENDINGS: Final = {
    "application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpeg", "image/gif": ".gif", "image/webp": ".webp",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SentFile:
    """One file; nothing of it is decoded before somebody wants it."""

    title: str
    """As the message has it: it may hold anything."""
    media_type: str
    data: str = field(repr=False)
    """Its text, or base64 of anything else."""
    is_text: bool = False

    @property
    def name(self) -> str:
        """The name it is saved under: never a path, and a PDF's tells that it is one."""
        ending = ".txt" if self.is_text else _ENDINGS.get(self.media_type, "")
        name = _NOT_IN_NAMES.sub("_", visible(self.title)).strip().lstrip(".").rstrip(". ")
        if not name:
            return ("picture" if self.media_type.startswith("image/") else "document") + ending
        if not self.is_text and not name.lower().endswith(ending):
            name += ending
        stem, dot, last = name.rpartition(".")
        if not dot or len(last) > _ENDING_CHARACTERS_MAX:
            return _cut(name, _NAME_BYTES_MAX)
        return f"{_cut(stem, _NAME_BYTES_MAX)}.{last}"

    def pieces(self) -> Iterator[bytes]:
        """The file as it was sent, bit by bit.

        Raises:  ValueError when it is damaged.
        """
        if not self.is_text:
            yield from pieces_of_base64(self.data)
            return
        for start in range(0, len(self.data), _STEP_CHARACTERS):
            yield self.data[start : start + _STEP_CHARACTERS].encode("utf-8", "replace")


def _cut(text: str, bytes_max: int) -> str:
    return text.encode("utf-8", "replace")[:bytes_max].decode("utf-8", "ignore")
