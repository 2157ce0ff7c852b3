"""Texts that are not plain UTF-8, as files have them: UTF-16, a mark at the beginning, Western European letters."""

from __future__ import annotations

import codecs
from typing import Final

_OTHER_SHARE_MAX: Final = 0.2
"""In a text with more letters beyond ASCII, they are not Western European: Russian or Japanese, say."""

_CONTROLS: Final = bytes((*range(0x09), 0x0B, *range(0x0E, 0x20), 0x7F))
_BEYOND_ASCII: Final = bytes(range(128, 256))


def in_utf8(file: bytes) -> bytes:
    """Give a text in UTF-8 without a mark; what is no text, or in an encoding that nobody can tell, as it is."""
    if file.startswith(codecs.BOM_UTF8):
        return file.removeprefix(codecs.BOM_UTF8)
    if file.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded(file, "utf-16")
    return _decoded(file, "cp1252") if _is_western(file) else file


def _decoded(file: bytes, encoding: str) -> bytes:
    try:
        return file.decode(encoding).encode("utf-8")
    except UnicodeError:
        return file


def _is_western(file: bytes) -> bool:
    if len(file.translate(None, _CONTROLS)) < len(file):
        return False
    other_count = len(file) - len(file.translate(None, _BEYOND_ASCII))
    if not 0 < other_count <= len(file) * _OTHER_SHARE_MAX:
        return False
    try:
        file.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False
