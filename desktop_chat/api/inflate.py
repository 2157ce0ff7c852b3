"""Compressed answers, unpacked a piece at a time, so that a small answer cannot fill the memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final

from desktop_chat.core.errors import BadReply

PIECE_BYTES_MAX: Final = 64 * 1024
"""As much as one read of a socket gives: between two pieces the window has its turn."""

UNPACKED_BYTES_MAX: Final = 256 * 1024 * 1024
"""No reply comes near it; a decompression bomb stops here."""

_GZIP_OR_ZLIB: Final = zlib.MAX_WBITS | 32
"""Lets zlib find out which of the two headers the data has."""


class Inflater:
    """Unpacks one answer. We ask for `identity`; some gateways compress all the same.

    Raises:  BadReply for an unknown coding, damaged data, or more than the limit.
    """

    def __init__(self, content_encoding: str, unpacked_bytes_max: int = UNPACKED_BYTES_MAX) -> None:
        coding = content_encoding.strip().lower()
        if coding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise BadReply(
                "The server compressed its answer in an unknown way.",
                f"It used “{coding[:40]}” although an uncompressed answer was asked for.",
            )
        self._unpacker = None if coding in ("", "identity") else zlib.decompressobj(_GZIP_OR_ZLIB)
        self._left_bytes = unpacked_bytes_max

    @property
    def is_packed(self) -> bool:
        """Whether there is anything to unpack."""
        return self._unpacker is not None

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Give what the chunk unpacks to, in pieces of bounded size."""
        if self._unpacker is None:
            yield chunk
            return
        while chunk:
            before = self._unpacker.copy()
            try:
                piece = self._unpacker.decompress(chunk, PIECE_BYTES_MAX)
            except zlib.error as error:
                yield _up_to_damage(before, chunk)
                raise BadReply("The server's compressed answer is damaged.", f"Unpacking failed: {error}.") from error
            self._left_bytes -= len(piece)
            if self._left_bytes < 0:
                raise BadReply(
                    "The server's answer unpacks to far too much.",
                    "The connection was closed to protect this computer's memory.",
                )
            if piece:
                yield piece
            chunk = self._unpacker.unconsumed_tail


def _up_to_damage(unpacker: zlib._Decompress, chunk: bytes) -> bytes:
    """What can still be unpacked of a chunk: where zlib meets something wrong, it gives nothing of it."""
    good = bytearray()
    try:
        for at in range(len(chunk)):
            good += unpacker.decompress(chunk[at : at + 1])
    except zlib.error:
        pass
    return bytes(good)
