"""Compressed answers: unpacked in small pieces, refused when they are bombs or damaged."""

from __future__ import annotations

import gzip
import zlib

import pytest

from desktop_chat.api.inflate import PIECE_BYTES_MAX, Inflater
from desktop_chat.core.errors import BadReply

TEXT = b"event: ping\ndata: {}\n\n" * 1_000


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT)),
        (" GZIP ", gzip.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)),
    ],
)
@pytest.mark.parametrize("chunk_bytes", [1, 7, 100_000])
def test_an_answer_is_unpacked_in_any_split(coding: str, packed: bytes, chunk_bytes: int) -> None:
    inflater = Inflater(coding)
    chunks = (packed[at : at + chunk_bytes] for at in range(0, len(packed), chunk_bytes))
    assert b"".join(piece for chunk in chunks for piece in inflater.feed(chunk)) == TEXT


def test_pieces_are_of_bounded_size() -> None:
    pieces = list(Inflater("gzip").feed(gzip.compress(b"\0" * 3_000_000)))
    assert max(map(len, pieces)) <= PIECE_BYTES_MAX
    assert sum(map(len, pieces)) == 3_000_000


def test_a_decompression_bomb_is_stopped() -> None:
    inflater = Inflater("gzip", unpacked_bytes_max=1_000_000)
    with pytest.raises(BadReply, match="far too much"):
        list(inflater.feed(gzip.compress(b"\0" * 10_000_000)))


@pytest.mark.parametrize("chunk_bytes", [3, 100_000])
def test_what_came_before_the_damage_is_given(chunk_bytes: int) -> None:
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    packed = packer.compress(TEXT) + packer.flush(zlib.Z_SYNC_FLUSH) + b"\xff" * 100
    inflater = Inflater("gzip")
    given = bytearray()
    with pytest.raises(BadReply, match="damaged"):
        for at in range(0, len(packed), chunk_bytes):
            for piece in inflater.feed(packed[at : at + chunk_bytes]):
                given += piece
    assert given == TEXT


def test_damaged_data_is_a_bad_reply() -> None:
    with pytest.raises(BadReply, match="damaged"):
        list(Inflater("gzip").feed(b"no gzip at all"))


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "x"])
def test_an_unknown_coding_is_a_bad_reply(coding: str) -> None:
    with pytest.raises(BadReply, match="unknown way"):
        Inflater(coding)
