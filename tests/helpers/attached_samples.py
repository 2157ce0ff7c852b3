"""Files to attach, each told from any other by its bytes."""

from __future__ import annotations

import hashlib

from desktop_chat.core.attachments import Attachment
from desktop_chat.core.messages import Draft


def noise(name: str, size_bytes: int = 1000) -> Attachment:
    """A picture, as far as its first bytes tell, of so many bytes; the same name gives the same ones."""
    rest = hashlib.shake_256(name.encode()).digest(size_bytes)
    return Attachment.of(name, (b"\x89PNG\r\n\x1a\n" + rest)[:size_bytes])


def words(name: str, text: str) -> Attachment:
    """A text."""
    return Attachment.of(name, text.encode())


def with_data(draft: Draft) -> tuple[Draft, tuple[str, ...]]:
    """What a draft is and what its files hold: files are equal by their ids alone."""
    return draft, tuple(attachment.data for attachment in draft.attachments)
