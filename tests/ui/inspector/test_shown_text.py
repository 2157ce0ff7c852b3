"""What came over the line, made readable and harmless."""

from __future__ import annotations

import json

import pytest

from desktop_chat.core.stream_record import Arrival
from desktop_chat.ui.inspector.shown_text import (
    LINE_CHARACTERS_MAX,
    TEXT_CHARACTERS_MAX,
    escaped,
    first_words,
    parsed_text,
    raw_text,
)
from tests.ui.inspector.records import delta, event


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\u202eevil\u202c", "\\u202eevil\\u202c"),
        ("a\x00\x1b[31m\x7f\x85", "a\\u0000\\u001b[31m\\u007f\\u0085"),
        ("half \ud83d", "half \\ud83d"),
        ("tag \U000e0041", "tag \\udb40\\udc41"),
        ("line\u2028line", "line\\u2028line"),
        ("tab\tand\nbreak", "tab\tand\nbreak"),
        ("שלום 世界 👩‍👩‍👧", "שלום 世界 👩‍👩‍👧"),
    ],
)
def test_what_acts_or_hides_is_written_as_json_writes_it(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_escapes_in_json_keep_its_meaning() -> None:
    value = {"text": "\u202eevil\U000e0041\x85"}
    shown = parsed_text(json.dumps(value, ensure_ascii=False)).text
    assert "\u202e" not in shown
    assert json.loads(shown) == value


def test_json_gets_a_line_for_each_value() -> None:
    assert parsed_text('{"type":"ping","a":[1]}').text == '{\n  "type": "ping",\n  "a": [\n    1\n  ]\n}'


@pytest.mark.parametrize("text", ["{not json", "[" * 100_000, "9" * 5_000 + "x"])
def test_what_is_no_json_is_shown_as_it_came(text: str) -> None:
    shown = parsed_text(text)
    assert shown.text.startswith(text[:100])
    assert shown.note.startswith("This is not JSON.")


def test_a_line_of_a_megabyte_is_shortened_and_its_size_named() -> None:
    shown = raw_text("x" * 1_000_000)
    assert len(shown.text) <= LINE_CHARACTERS_MAX + 2
    assert shown.note == "Long lines are shown shortened; all of it is 1 MB. Copy takes all of it."


def test_of_a_long_text_the_beginning_is_shown_and_its_size_named() -> None:
    shown = raw_text("line\n" * 50_000)
    assert len(shown.text) == TEXT_CHARACTERS_MAX
    assert shown.note == "Only the beginning is shown of 250 kB; Copy takes all of it."


def test_a_short_text_needs_no_word() -> None:
    assert raw_text("{}").note == ""


def test_the_first_words_of_a_delta_are_what_it_brought() -> None:
    assert first_words(delta(0, "Hello\nyou ")) == '"Hello\\nyou "'
    assert first_words(delta(0, '{"a', "input_json_delta", "partial_json")) == '"{\\"a"'


def test_the_first_words_of_anything_else_are_its_data() -> None:
    assert first_words(event(0, "ping")) == '{"type": "ping"}'
    assert first_words(Arrival(0, "content_block_delta", 3, 0, "[1]\n2")) == "[1] 2"
    assert first_words(Arrival(0, "content_block_delta", 3, 0, '{"delta": 1}')) == '{"delta": 1}'
    assert first_words(Arrival(0, "ping", 3)) == ""
    assert len(first_words(delta(0, "x" * 1_000_000))) <= 160
