"""Files that go out with a question: pictures, PDFs and texts, as the Messages API takes them."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from desktop_chat.core.errors import ChatError

BYTES_MAX: Final = 7_500_000
"""Of one picture or PDF: base64 makes 10 MB of it, the API's limit (Messages API, Vision)."""

TEXT_BYTES_MAX: Final = 2_000_000
"""Of one text: more fits into no model's context."""

TOTAL_BYTES_MAX: Final = 20_000_000
"""Of all that goes out with one question: with what was said before, the API takes 32 MB (Messages API, Errors)."""

COUNT_MAX: Final = 20
"""Of one question: with more the API wants smaller pictures (Messages API, Vision)."""

PDF: Final = "application/pdf"
TEXT: Final = "text/plain"

_STEP_BYTES: Final = 3 * 64 * 1024
"""A multiple of three, so that the pieces of base64 fit together."""

_SIGNS: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", PDF),
)
"""By their first bytes: the name of a file says little about what is in it."""


class NotAttachable(ChatError):
    """A file that cannot go out with a question."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file, as it stood when it was attached.

    Shape:   `id` is the SHA-256 of the file, in hex, or its place in a message that was sent; `data` its text, or
             base64 of anything else.
    """

    id: str
    name: str
    media_type: str
    data: str = field(repr=False, compare=False)
    size_bytes: int = field(compare=False)
    """Of the file."""

    @classmethod
    def of(cls, name: str, file: bytes) -> Attachment:
        """Take a file as it is; not on the GUI thread.

        Raises:  NotAttachable when it is of no kind that a model reads, empty or too large.
        """
        if not file:
            raise NotAttachable(f"“{name}” is empty.")
        media_type = media_type_of(file)
        if media_type is None:
            raise NotAttachable(
                f"“{name}” cannot be attached.", "Pictures (PNG, JPEG, GIF, WebP), PDF and text files can."
            )
        limit = TEXT_BYTES_MAX if media_type == TEXT else BYTES_MAX
        if len(file) > limit:
            raise too_large(name, len(file), limit)
        # The composer needs this module, and shall take keys before somebody attaches a file.
        import hashlib

        return cls.stored(hashlib.sha256(file).hexdigest(), name, media_type, file)

    @classmethod
    def stored(cls, id_: str, name: str, media_type: str, file: bytes) -> Attachment:
        """Make the value of a file that was taken before."""
        is_text = media_type == TEXT
        data = file.decode("utf-8", "replace") if is_text else _in_base64(file)
        return cls(id_, name, media_type, data, len(file))

    @classmethod
    def sent(cls, id_: str, name: str, block: Mapping[str, Any]) -> Attachment:
        """Make the value of a file that went out, of a block that `has_file`; its name, where it went out with none."""
        source = block["source"]
        data = source["data"]
        is_text = source["type"] == "text"
        size_bytes = len(data.encode("utf-8", "replace")) if is_text else bytes_in_base64(data)
        title = block.get("title")
        shown = title if isinstance(title, str) and title.strip() else name
        return cls(id_, shown, TEXT if is_text else str(source.get("media_type")), data, size_bytes)

    @property
    def file(self) -> bytes:
        """The file's bytes; a text's are UTF-8."""
        return self.data.encode("utf-8", "replace") if self.is_text else b"".join(pieces_of_base64(self.data))

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")

    @property
    def is_text(self) -> bool:
        return self.media_type == TEXT

    def block(self) -> dict[str, Any]:
        """The content block of the API."""
        source = {
            "type": "text" if self.is_text else "base64",
            "media_type": self.media_type,
            "data": self.data,
        }
        if self.is_picture:
            return {"type": "image", "source": source}
        return {"type": "document", "source": source, "title": self.name}


def bytes_in_base64(data: str) -> int:
    """How large a file is, without decoding it."""
    return len(data) * 3 // 4 - data[-2:].count("=")


def pieces_of_base64(data: str) -> Iterator[bytes]:
    """Decode a file bit by bit: all at once, Python would let no other thread run for 25 ms.

    Raises:  ValueError when it is no base64.
    """
    if "\n" in data:
        # Line ends say nothing, but would tear the pieces.
        data = "".join(data.split())
    characters = _STEP_BYTES // 3 * 4
    for start in range(0, len(data), characters):
        yield base64.b64decode(data[start : start + characters])


def media_type_of(file: bytes) -> str | None:
    """What a file is, by its content; None when a model could not read it."""
    if file.startswith(b"RIFF") and file[8:12] == b"WEBP":
        return "image/webp"
    known = next((media_type for sign, media_type in _SIGNS if file.startswith(sign)), None)
    return known or (TEXT if _is_text(file) else None)


def too_large(name: str, size_bytes: int, limit_bytes: int) -> NotAttachable:
    """The sentence for a file that has more than can go out."""
    size = f"{size_bytes / 1e9:.1f} GB" if size_bytes >= 1e9 else f"{size_bytes / 1e6:.1f} MB"
    return NotAttachable(f"“{name}” is too large.", f"It has {size}, {limit_bytes / 1e6:g} MB can be attached.")


def check_together(attachments: Sequence[Attachment]) -> None:
    """See whether so much can go out with one question.

    Raises:  NotAttachable.
    """
    if len(attachments) > COUNT_MAX:
        raise NotAttachable("These are too many files.", f"{COUNT_MAX} can go out with one question.")
    if sum(attachment.size_bytes for attachment in attachments) > TOTAL_BYTES_MAX:
        raise NotAttachable(
            "These files are too large together.", f"{TOTAL_BYTES_MAX // 1_000_000} MB can go out with one question."
        )


def joined(first: Sequence[Attachment], then: Sequence[Attachment]) -> tuple[Attachment, ...]:
    """The files of both in their order, each of them once."""
    by_id: dict[str, Attachment] = {}
    for attachment in (*first, *then):
        by_id.setdefault(attachment.id, attachment)
    return tuple(by_id.values())


def is_attached(block: Mapping[str, Any]) -> bool:
    """Whether a content block is a file that somebody has sent."""
    return block.get("type") in ("image", "document")


def has_file(block: Mapping[str, Any]) -> bool:
    """Whether a content block is such a file with all that stands in it, not only the address of one."""
    source = block.get("source") if is_attached(block) else None
    return (
        isinstance(source, Mapping) and source.get("type") in ("base64", "text") and isinstance(source.get("data"), str)
    )


def names_line(attachments: Sequence[Attachment]) -> str:
    """Name some files on one line; nothing for none."""
    return ", ".join(attachment.name for attachment in attachments)


def _in_base64(file: bytes) -> str:
    # In pieces: all at once, Python would let no other thread run for 20 ms.
    steps = range(0, len(file), _STEP_BYTES)
    return "".join(base64.b64encode(file[start : start + _STEP_BYTES]).decode("ascii") for start in steps)


def _is_text(file: bytes) -> bool:
    if b"\0" in file:
        return False
    try:
        file.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
