"""Files in the demonstration: what of a picture or document is looked at, what is refused, and what is said of it.

Right after a request has been parsed, the data of each file gives way to what is known of it: everything that follows
hashes and writes blocks again and again, and would hold the interpreter for megabytes each time.
"""

from __future__ import annotations

import binascii
import hashlib
import math
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from desktop_chat.api.demo_problem import invalid

FILE_BASE64_BYTES_MAX: Final = 10 * 1024 * 1024
SIDE_PIXELS_MAX: Final = 8_000
PIXELS_PER_TOKEN_SIDE: Final = 28
IMAGE_TOKENS_MAX: Final = 4_784
"""Of the newer models, which make larger pictures smaller first (Messages API, Vision)."""

PAGE_TOKENS: Final = 2_000
PAGE_BYTES: Final = 18_000
"""A PDF page, about."""

SEEN: Final = "seen"
"""Field of a source in which stands what is known of its data."""

_HEAD_BYTES: Final = 256 * 1024
"""In front of a photograph's size there may be a small picture of it, and where it was taken."""

_SLICE_CHARACTERS: Final = 64 * 1024
_SIGNS: Final = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
    "image/webp": b"RIFF",
    "application/pdf": b"%PDF-",
}
_KINDS: Final = {kind: kind.partition("/")[2].upper().replace("WEBP", "WebP") for kind in _SIGNS}
_SOURCES: Final = {"image": ("base64", "url", "file"), "document": ("base64", "text", "content", "url", "file")}
_SOURCE_FIELDS: Final = {"base64": "data", "text": "data", "content": "content", "url": "url", "file": "file_id"}

Block = Mapping[str, Any]


def with_files_seen(body: Any) -> Any:
    """A request with what is known of each file in the place of its data."""
    if not isinstance(body, dict) or not isinstance(body.get("messages"), list):
        return body
    messages = [
        {**message, "content": list(map(_seen, message["content"]))}
        if isinstance(message, dict) and isinstance(message.get("content"), list)
        else message
        for message in body["messages"]
    ]
    return {**body, "messages": messages}


def check_file(at: str, block: Block, kind: str) -> None:
    """Refuse a picture or document that cannot be one; `at` is the place of the block.

    Raises:  Problem (400) with the API's words.
    """
    at = f"{at}.{kind}"
    title = block.get("title")
    if title is not None and not isinstance(title, str):
        raise invalid(f"{at}.title: Input should be a valid string")
    source = block["source"]
    source_kind = source.get("type") if isinstance(source, Mapping) else None
    if source_kind not in _SOURCES[kind]:
        known = ", ".join(f"'{name}'" for name in _SOURCES[kind])
        raise invalid(
            f"{at}.source: Input tag '{source_kind}' found using 'type' does not match any of the expected tags: "
            f"{known}"
        )
    at = f"{at}.source.{source_kind}"
    field = _SOURCE_FIELDS[source_kind]
    if field not in source:
        raise invalid(f"{at}.{field}: Field required")
    if field != "content" and not isinstance(source[field], str):
        raise invalid(f"{at}.{field}: Input should be a valid string")
    if not source[field]:
        raise invalid(f"{at}: {kind} cannot be empty")
    if source_kind == "text" and source.get("media_type") != "text/plain":
        raise invalid(f"{at}.media_type: Input should be 'text/plain'")
    if source_kind == "base64":
        _check_base64(at, source, kind)


def _check_base64(at: str, source: Block, kind: str) -> None:
    allowed = [name for name in _SIGNS if name.startswith("image/") == (kind == "image")]
    media_type = source.get("media_type")
    if media_type not in allowed:
        *others, last = (f"'{name}'" for name in allowed)
        listed = f"{', '.join(others)} or {last}" if others else last
        raise invalid(f"{at}.media_type: Input should be {listed}")
    seen = source[SEEN]
    if not seen["is_base64"]:
        raise invalid(f"{at}.data: Invalid base64 data")
    if seen["characters"] > FILE_BASE64_BYTES_MAX:
        limit = f"{FILE_BASE64_BYTES_MAX // (1024 * 1024)} MB maximum"
        raise invalid(f"{at}: {kind} exceeds {limit}: {seen['characters']} bytes > {FILE_BASE64_BYTES_MAX} bytes")
    if kind == "document" and seen["media_type"] != media_type:
        raise invalid(f"{at}.data: The PDF specified was not valid.")
    if seen["media_type"] is None:
        raise invalid("Could not process image")
    if seen["media_type"] != media_type:
        raise invalid(f"{at}.data: Image does not match the provided media type {media_type}")
    if kind == "image" and not seen["size"]:
        raise invalid("Could not process image")
    if kind == "image" and max(seen["size"]) > SIDE_PIXELS_MAX:
        raise invalid(
            f"{at}.data: At least one of the image dimensions exceed max allowed size: {SIDE_PIXELS_MAX} pixels"
        )


def image_tokens(block: Block) -> int:
    """What a picture costs; as much as the largest, where its size is not known."""
    size = _seen_of(block).get("size")
    if not size:
        return IMAGE_TOKENS_MAX
    columns, rows = (math.ceil(side / PIXELS_PER_TOKEN_SIDE) for side in size)
    return min(IMAGE_TOKENS_MAX, int(columns * rows))


def pdf_tokens(block: Block) -> int:
    """What a PDF costs, about; one page at least."""
    pages_count = max(1, round(int(_seen_of(block).get("size_bytes", 0)) / PAGE_BYTES))
    return pages_count * PAGE_TOKENS


def words_for_files(blocks: Sequence[Block]) -> str:
    """Say what was sent beside the words, so that one sees that it has arrived; empty for nothing."""
    *first, last = [_words_for(block) for block in blocks if str(block.get("type")) in _SOURCES] or [""]
    named = f"{', '.join(first)} and {last}" if first else last
    return f"You sent {named}." if named else ""


def _words_for(block: Block) -> str:
    seen = _seen_of(block)
    size = _bytes_words(seen["size_bytes"]) if seen else ""
    if block.get("type") == "image":
        sides = f" of {seen['size'][0]}×{seen['size'][1]}" if seen.get("size") else ""
        kind = _KINDS.get(seen.get("media_type") or "", "")
        return f"a picture{sides} ({kind}, {size})" if seen else "a picture from elsewhere"
    # A name is somebody else's text: no markdown of it may act.
    name = "".join(
        character if character.isalnum() or character in " .-" else f"\\{character}" for character in _name(block)
    )
    return f"{name} ({size})" if seen else name


def _name(block: Block) -> str:
    return " ".join(str(block.get("title") or "a document").split())[:100]


def _bytes_words(size: int) -> str:
    for unit, factor in (("MB", 1e6), ("kB", 1e3)):
        if size >= factor:
            return f"{size / factor:.3g} {unit}"
    return f"{size} bytes"


# --- looking at a file


def _seen(block: Any) -> Any:
    if not isinstance(block, dict):
        return block
    if block.get("type") == "tool_result" and isinstance(block.get("content"), list):
        return {**block, "content": list(map(_seen, block["content"]))}
    source = block.get("source")
    if str(block.get("type")) not in _SOURCES or not isinstance(source, dict):
        return block
    data = source.get("data")
    if not isinstance(data, str):
        return {**block, "source": {name: value for name, value in source.items() if name != SEEN}}
    written = data.encode("utf-8", "surrogatepass")
    if source.get("type") == "text":
        return {**block, "source": {**source, SEEN: {"size_bytes": len(written)}}}
    digest = hashlib.sha256(written).hexdigest() if data else ""
    return {**block, "source": {**source, "data": digest, SEEN: _seen_in(data)}}


def _seen_in(data: str) -> dict[str, Any]:
    head = b""
    size_bytes = 0
    is_base64 = len(data) % 4 == 0
    if is_base64:
        try:
            for piece in _decoded(data):
                size_bytes += len(piece)
                if len(head) < _HEAD_BYTES:
                    head += piece
        except ValueError:
            is_base64 = False
    media_type = next((kind for kind, sign in _SIGNS.items() if head.startswith(sign)), None)
    return {
        "is_base64": is_base64,
        "characters": len(data),
        "size_bytes": size_bytes,
        "media_type": media_type,
        "size": _size_in(head, media_type),
    }


def _decoded(data: str) -> Iterator[bytes]:
    """Piece by piece: in one go it would hold the interpreter.

    Raises:  ValueError when it is no base64.
    """
    for start in range(0, len(data), _SLICE_CHARACTERS):
        piece = data[start : start + _SLICE_CHARACTERS]
        if "=" in piece and start + _SLICE_CHARACTERS < len(data):
            raise ValueError("it ends before its end")
        yield binascii.a2b_base64(piece, strict_mode=True)


def _size_in(head: bytes, media_type: str | None) -> list[int]:
    """Width and height as the head of a picture tells them; nothing where it does not."""
    try:
        match media_type:
            case "image/png":
                return list(struct.unpack_from(">II", head, 16))
            case "image/gif":
                return list(struct.unpack_from("<HH", head, 6))
            case "image/jpeg":
                return _jpeg_size(head)
            case "image/webp":
                return _webp_size(head)
    except (struct.error, IndexError):
        pass
    return []


def _jpeg_size(head: bytes) -> list[int]:
    at = 2
    while head[at] == 0xFF:
        marker = head[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", head, at + 5)
            return [width, height]
        at += 2 + struct.unpack_from(">H", head, at + 2)[0]
    return []


def _webp_size(head: bytes) -> list[int]:
    kind = head[12:16]
    if kind == b"VP8X":
        return [1 + int.from_bytes(head[at : at + 3], "little") for at in (24, 27)]
    if kind == b"VP8L":
        bits = struct.unpack_from("<I", head, 21)[0]
        return [1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)]
    if kind == b"VP8 ":
        return [side & 0x3FFF for side in struct.unpack_from("<HH", head, 26)]
    return []


def _seen_of(block: Block) -> Mapping[str, Any]:
    source = block.get("source")
    seen = source.get(SEEN) if isinstance(source, Mapping) else None
    return seen if isinstance(seen, Mapping) else {}
