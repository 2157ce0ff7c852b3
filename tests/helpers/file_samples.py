"""Files as somebody sends them: pictures of a size, a PDF, a text; and the blocks in which they go out."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def png(width: int = 640, height: int = 480, size_bytes: int = 0) -> bytes:
    """A whole picture; with a chunk that nobody reads, if it is to be larger."""
    rows = zlib.compress((b"\0" + b"\x55" * (width * 3)) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [_chunk(b"IHDR", head), _chunk(b"IDAT", rows), _chunk(b"IEND", b"")]
    missing = size_bytes - 8 - sum(map(len, parts)) - 12
    # Behind the picture: in front of it, who looks for the size would have to read it all.
    parts[2:2] = [_chunk(b"zzZz", b"\0" * missing)] if missing > 0 else []
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def jpeg(width: int = 640, height: int = 480, before_bytes: int = 60_000) -> bytes:
    """The beginning of a photograph, in which other things stand before its size."""
    notes = b"\xff\xe1" + struct.pack(">H", before_bytes) + b"\xff" * (before_bytes - 2)
    return b"\xff\xd8" + notes + b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 3) + b"\0" * 9


def gif(width: int = 640, height: int = 480) -> bytes:
    """The beginning of one."""
    return b"GIF89a" + struct.pack("<HHBBB", width, height, 0, 0, 0) + b"\0" * 6


def webp(width: int = 640, height: int = 480, kind: bytes = b"VP8X") -> bytes:
    """The beginning of one of its three kinds."""
    body = {
        b"VP8X": b"\0\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little"),
        b"VP8L": b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14),
        b"VP8 ": b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height),
    }[kind]
    return b"RIFF" + struct.pack("<I", 12 + len(body)) + b"WEBP" + kind + struct.pack("<I", len(body)) + body


def image_block(file: bytes | None = None, media_type: str = "image/png") -> dict[str, Any]:
    """A picture in a question; a small one, if none is given."""
    data = base64.b64encode(png() if file is None else file).decode()
    return {"type": "image", "source": {"type": "base64", "media_type": media_type, "data": data}}


def pdf_block(file: bytes = PDF, title: str = "paper.pdf") -> dict[str, Any]:
    """A PDF in a question."""
    source = {"type": "base64", "media_type": "application/pdf", "data": base64.b64encode(file).decode()}
    return {"type": "document", "source": source, "title": title}


def text_block(text: str = "Bring seeds.", title: str = "notes.txt") -> dict[str, Any]:
    """A text file in a question."""
    return {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": text}, "title": title}


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
