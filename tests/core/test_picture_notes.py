"""What cameras write into pictures stays here; how a picture is turned goes along."""

from __future__ import annotations

import struct
import zlib

import pytest

from desktop_chat.core.picture_notes import without_notes

PLACE = b"52.5200 N 13.4050 E"


def exif(turned: int | None, order: str = "<") -> bytes:
    """Exif as a camera writes it: how it is turned, and where it was taken."""
    entries = [struct.pack(f"{order}HHIHH", 0x0112, 3, 1, turned, 0)] if turned is not None else []
    entries.append(struct.pack(f"{order}HHII", 0x8825, 4, 1, 200))
    mark = b"II" if order == "<" else b"MM"
    body = struct.pack(f"{order}2sHIH", mark, 42, 8, len(entries)) + b"".join(entries) + b"\0\0\0\0"
    return b"Exif\0\0" + body + PLACE


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


JFIF, TABLES = segment(0xE0, b"JFIF\0 and so on"), segment(0xDB, b"\1" * 65)
SCAN = segment(0xDA, b"\0" * 8) + b"\x12\xff\x00\x34\xff\xd9"


def jpeg(*notes: bytes) -> bytes:
    return b"\xff\xd8" + JFIF + b"".join(notes) + TABLES + SCAN


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


@pytest.mark.parametrize("note", [exif(1), exif(None), b"http://ns.adobe.com/xap/1.0/\0" + PLACE])
def test_a_photograph_says_no_more_where_it_was_taken(note: bytes) -> None:
    assert without_notes(jpeg(segment(0xE1, note))) == jpeg()


def test_captions_and_comments_go_too() -> None:
    assert without_notes(jpeg(segment(0xED, PLACE), segment(0xFE, PLACE))) == jpeg()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("turned", [3, 6, 8])
def test_how_a_photograph_is_turned_stays(turned: int, order: str) -> None:
    clean = without_notes(jpeg(segment(0xE1, exif(turned, order))))
    assert PLACE not in clean
    assert clean.count(b"Exif\0\0") == 1
    assert without_notes(clean) == clean
    assert clean.startswith(b"\xff\xd8" + JFIF + b"\xff\xe1")
    assert struct.pack(">HHIH", 0x0112, 3, 1, turned) in clean


@pytest.mark.parametrize("broken", [b"Exif\0\0II", b"Exif\0\0II*\0\xff\xff\xff\xff" + PLACE, b"Exif\0\0" + PLACE])
def test_exif_that_cannot_be_read_goes_all_the_same(broken: bytes) -> None:
    assert without_notes(jpeg(segment(0xE1, broken))) == jpeg()


def test_colours_stay() -> None:
    profile = segment(0xE2, b"ICC_PROFILE\0\1\1 wide")
    assert without_notes(jpeg(profile)) == jpeg(profile)


def test_a_png_loses_its_notes_and_nothing_else() -> None:
    head, data, end = chunk(b"IHDR", b"\0" * 13), chunk(b"IDAT", b"pixels"), chunk(b"IEND", b"")
    start = b"\x89PNG\r\n\x1a\n"
    notes = chunk(b"eXIf", PLACE) + chunk(b"tEXt", PLACE) + chunk(b"zTXt", PLACE) + chunk(b"iTXt", PLACE)
    assert without_notes(start + head + notes + data + end) == start + head + data + end


def test_a_webp_loses_its_notes_and_says_so() -> None:
    def riff(*chunks: tuple[bytes, bytes]) -> bytes:
        packed = (name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2) for name, body in chunks)
        body = b"WEBP" + b"".join(packed)
        return b"RIFF" + struct.pack("<I", len(body)) + body

    frame, place = (b"VP8 ", b"odd"), (b"EXIF", PLACE)
    before = riff((b"VP8X", b"\x1c\0\0\0 size."), frame, place, (b"XMP ", PLACE))
    assert without_notes(before) == riff((b"VP8X", b"\x10\0\0\0 size."), frame)


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"plain text",
        b"%PDF-1.7",
        b"\xff\xd8\xff",
        b"\xff\xd8" + JFIF,
        b"\xff\xd8\xff\xe1\0\0",
        b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIDAT",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"RIFF\xff\0\0\0WEBPVP8X\xff\xff\0\0",
    ],
)
def test_what_is_built_otherwise_is_given_back_as_it_is(file: bytes) -> None:
    assert without_notes(file) == file


PNG = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\0" * 13) + chunk(b"IDAT", b"pixels") + chunk(b"IEND", b"")


def test_what_stands_behind_the_end_of_a_picture_stays_here() -> None:
    behind = chunk(b"eXIf", PLACE) + PLACE
    assert without_notes(PNG + behind) == PNG
    assert without_notes(jpeg() + jpeg(segment(0xE1, exif(1)))) == jpeg()
    body = b"WEBP" + struct.pack("<4sI", b"VP8 ", 4) + b"abcd"
    webp = struct.pack("<4sI", b"RIFF", len(body)) + body
    assert without_notes(webp + PLACE) == webp


def test_filling_before_a_marker_hides_nothing() -> None:
    assert without_notes(jpeg(b"\xff\xff" + segment(0xE1, exif(1)))) == jpeg()


def test_a_picture_of_several_scans_stays_whole() -> None:
    table = segment(0xC4, b"\0\xff\xd9" * 4)
    several = SCAN[:-2] + table + SCAN
    picture = b"\xff\xd8" + JFIF + TABLES + several
    assert without_notes(picture) == picture
