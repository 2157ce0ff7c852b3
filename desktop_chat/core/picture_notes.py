"""What cameras and programs write into pictures beside the picture: above all, where it was taken."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Final

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_END: Final = b"IEND"
_PNG_NOTES: Final = frozenset((b"eXIf", b"tEXt", b"zTXt", b"iTXt"))
_WEBP_NOTES: Final = frozenset((b"EXIF", b"XMP "))
_WEBP_NOTE_FLAGS: Final = 0x0C
_JPEG_NOTES: Final = frozenset((0xE1, 0xED, 0xFE))
"""Exif and XMP, IPTC, comments."""

_SCAN: Final = 0xDA
"""From here on there is nothing but the picture."""

_END: Final = b"\xff\xd9"
_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
"""Within a scan 00 follows what is no marker, and those from D0 to D7 are part of it."""

_EXIF: Final = b"Exif\0\0"
_ORIENTATION: Final = 0x0112
_SHORT: Final = 3


def without_notes(file: bytes) -> bytes:
    """Leave out all of it that is not needed to see the picture; how it is turned stays.

    A file that is built in another way than it should be, or no PNG, JPEG or WebP, is given back as it is.
    """
    try:
        if file.startswith(_PNG):
            return _PNG + b"".join(chunk for name, chunk in _png_chunks(file) if name not in _PNG_NOTES)
        if file.startswith(b"\xff\xd8\xff"):
            return _jpeg_without(file)
        if file.startswith(b"RIFF") and file[8:12] == b"WEBP":
            return _webp_without(file)
    except (struct.error, ValueError):
        pass
    return file


def _png_chunks(file: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    while at < len(file):
        length, name = struct.unpack_from(">I4s", file, at)
        end = at + length + 12
        if end > len(file):
            raise ValueError("a chunk goes beyond the end")
        yield name, file[at:end]
        if name == _PNG_END:
            return
        at = end


def _jpeg_without(file: bytes) -> bytes:
    kept, turned, at = [], 1, 2
    while True:
        while file[at : at + 2] == b"\xff\xff":
            # As many as one likes may stand before a marker.
            at += 1
        sign, marker, length = struct.unpack_from(">BBH", file, at)
        if sign != 0xFF or length < 2:
            raise ValueError("no segment begins here")
        if marker == _SCAN:
            break
        segment = file[at : at + 2 + length]
        if marker not in _JPEG_NOTES:
            kept.append(segment)
        elif marker == 0xE1 and segment[4:10] == _EXIF:
            turned = _orientation(segment[10:])
        at += 2 + length
    # Behind JFIF, which has to be the first.
    place = 1 if kept and kept[0][1] == 0xE0 else 0
    kept.insert(place, _turn_segment(turned))
    return b"".join((file[:2], *kept, file[at : _jpeg_end(file, at)]))


def _jpeg_end(file: bytes, at: int) -> int:
    """Where the picture ends whose first scan begins here; a second one may follow, with notes of its own."""
    while (found := _MARKER.search(file, at)) is not None:
        if found[0] == _END:
            return found.end()
        (length,) = struct.unpack_from(">H", file, found.end())
        at = found.end() + length
    return len(file)


def _orientation(tiff: bytes) -> int:
    """How the picture is turned, 1 to 8; 1 is not at all, or that it cannot be read."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for entry in range(start + 2, start + 2 + 12 * count, 12):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, entry)
            if (tag, kind) == (_ORIENTATION, _SHORT):
                return value if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1


def _turn_segment(turned: int) -> bytes:
    """The shortest Exif that tells how a picture is turned; nothing for one that is not."""
    if turned == 1:
        return b""
    tiff = struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, _SHORT, 1, turned, 0, 0)
    return struct.pack(">BBH", 0xFF, 0xE1, 2 + len(_EXIF) + len(tiff)) + _EXIF + tiff


def _webp_without(file: bytes) -> bytes:
    kept, at = [], 12
    (length,) = struct.unpack_from("<I", file, 4)
    whole = min(len(file), 8 + length)
    while at < whole:
        name, length = struct.unpack_from("<4sI", file, at)
        end = at + 8 + length + length % 2
        if end > len(file):
            raise ValueError("a chunk goes beyond the end")
        chunk = file[at:end]
        if name == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_NOTE_FLAGS]) + chunk[9:]
        if name not in _WEBP_NOTES:
            kept.append(chunk)
        at = end
    body = b"WEBP" + b"".join(kept)
    return struct.pack("<4sI", b"RIFF", len(body)) + body
