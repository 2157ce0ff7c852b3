"""Attached files in words: their names as they may be shown, what they are, how large."""

from __future__ import annotations

from typing import Final

from desktop_chat.core.attachments import PDF, Attachment
from desktop_chat.ui.figures import bytes_text
from desktop_chat.ui.transcript.markdown.visible_text import visible

_NAME_CHARACTERS_MAX: Final = 300
"""No file system gives longer ones; what is stored may be anything."""

_END_CHARACTERS: Final = 60
_SIGN_CHARACTERS_MAX: Final = 4


def shown_name(attachment: Attachment) -> str:
    """The name on one line, with signs for what would act instead of being read."""
    name = attachment.name
    if len(name) > _NAME_CHARACTERS_MAX:
        name = f"{name[: _NAME_CHARACTERS_MAX - _END_CHARACTERS]}…{name[-_END_CHARACTERS:]}"
    return visible(name).replace("\n", " ").replace("\t", " ") or "Nameless"


def size_text(attachment: Attachment) -> str:
    """About how large the file is."""
    return bytes_text(attachment.size_bytes)


def sign_of(attachment: Attachment) -> str:
    """Up to four letters for what is no picture: `PDF`, or by the name's ending `MD`, `CSV`."""
    if attachment.media_type == PDF:
        return "PDF"
    ending = attachment.name.rpartition(".")[2] if "." in attachment.name else ""
    is_short = 0 < len(ending) <= _SIGN_CHARACTERS_MAX and ending.isascii() and ending.isalnum()
    return ending.upper() if is_short else "TEXT"


def spoken(attachment: Attachment) -> str:
    """What is read aloud: `Attached picture shot.png, 1.3 MB`."""
    kind = "picture" if attachment.is_picture else "PDF" if attachment.media_type == PDF else "text"
    return f"Attached {kind} {shown_name(attachment)}, {size_text(attachment)}"
