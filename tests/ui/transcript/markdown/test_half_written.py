"""Bold, italic, struck and code words whose end has not come: they look so at once, without their signs."""

from __future__ import annotations

import pytest

from desktop_chat.ui.transcript.markdown.blocks import Heading, Mark, Paragraph, Span, Table
from desktop_chat.ui.transcript.markdown.splitter import Splitter

BOLD, ITALIC, STRIKE, CODE = Mark.BOLD, Mark.ITALIC, Mark.STRIKE, Mark.CODE


def grown(source: str) -> Splitter:
    """A text that came letter by letter, and goes on."""
    splitter = Splitter()
    for letter in source:
        splitter.append(letter)
    return splitter


def last_spans(splitter: Splitter) -> tuple[Span, ...]:
    content = splitter.blocks[-1][-1].content
    assert isinstance(content, Paragraph | Heading)
    return content.spans


@pytest.mark.parametrize(
    ("source", "spans"),
    [
        ("It is **bold", (Span("It is "), Span("bold", BOLD))),
        ("With a key (**Settings", (Span("With a key ("), Span("Settings", BOLD))),
        ("With a key (**Settings*", (Span("With a key ("), Span("Settings", BOLD))),
        ("He says “*so", (Span("He says “"), Span("so", ITALIC))),
        ("He says [_so", (Span("He says ["), Span("so", ITALIC))),
        ("Run (`ls -l", (Span("Run ("), Span("ls -l", CODE))),
        ("Not ~~that", (Span("Not "), Span("that", STRIKE))),
        ("**a *b", (Span("a ", BOLD), Span("b", BOLD | ITALIC))),
        ("- one\n- **two `x", (Span("two ", BOLD), Span("x", BOLD | CODE))),
        ("## A (*b", (Span("A ("), Span("b", ITALIC))),
        ("**a** and **b", (Span("a", BOLD), Span(" and "), Span("b", BOLD))),
    ],
)
def test_what_is_open_at_the_end_looks_closed_while_it_comes(source: str, spans: tuple[Span, ...]) -> None:
    assert last_spans(grown(source)) == spans


@pytest.mark.parametrize(
    ("source", "spans"),
    [
        ("It is **bold\nand still", (Span("It is "), Span("bold and still", BOLD))),
        ("It is **bold\nand* ", (Span("It is "), Span("bold and", BOLD))),
        ("> it `is\n> so", (Span("it "), Span("is so", CODE))),
        ("One.\n\nIt *is\n", (Span("It "), Span("is", ITALIC))),
        ("- **a\n- b *c", (Span("b "), Span("c", ITALIC))),
        ("- **a\n- b", (Span("b"),)),
        ("# A (*b\nc", (Span("c"),)),
    ],
)
def test_what_is_open_stays_so_over_a_line_break_but_not_in_the_next_item(source: str, spans: tuple[Span, ...]) -> None:
    assert last_spans(grown(source)) == spans


HEAD = "| a | b |\n|---|---|\n"


def last_row(splitter: Splitter) -> tuple[tuple[Span, ...], ...]:
    """The cells of the last row, or of the head."""
    content = splitter.blocks[-1][-1].content
    assert isinstance(content, Table)
    return (content.head, *content.rows)[-1]


@pytest.mark.parametrize(
    ("source", "cells"),
    [
        (HEAD + "| x | **bo", ((Span("x"),), (Span("bo", BOLD),))),
        (HEAD + "| x | **bo*", ((Span("x"),), (Span("bo", BOLD),))),
        (HEAD + "| (*i", ((Span("("), Span("i", ITALIC)), ())),
        (HEAD + "| x | `a b", ((Span("x"),), (Span("a b", CODE),))),
        (HEAD + "| x | ~~**a", ((Span("x"),), (Span("a", BOLD | STRIKE),))),
        (HEAD + "| *x | *y", ((Span("*x"),), (Span("y", ITALIC),))),
        (HEAD + "| x \\| *y", ((Span("x | "), Span("y", ITALIC)), ())),
        (HEAD + "| **x** | 2 * 3", ((Span("x", BOLD),), (Span("2 * 3"),))),
        ("a | b\n--|--\n**x", ((Span("x", BOLD),), ())),
        ("- | a | b |\n  |---|---|\n  | x | *y", ((Span("x"),), (Span("y", ITALIC),))),
        ("| a | **b", ((Span("a"),), (Span("b", BOLD),))),
        ("| **a", ((Span("a", BOLD),),)),
        (HEAD + "| long | row |\n" * 90 + "| x | **bo", ((Span("x"),), (Span("bo", BOLD),))),
    ],
)
def test_what_is_open_in_a_cell_looks_closed_while_it_comes(source: str, cells: tuple[tuple[Span, ...], ...]) -> None:
    assert last_row(grown(source)) == cells


@pytest.mark.parametrize("sign", ["**", "*", "_", "`"])
@pytest.mark.parametrize(
    ("row", "cells"),
    [(HEAD + "| ", ((Span("a"),), (Span("b"),))), (HEAD + "| x | ", ((Span("x"),), ())), ("| a | ", ((Span("a"),),))],
)
def test_a_sign_alone_in_a_cell_waits_for_its_word(row: str, cells: tuple[tuple[Span, ...], ...], sign: str) -> None:
    assert last_row(grown(row + sign)) == cells


def test_a_sign_alone_does_not_begin_a_table() -> None:
    assert grown("| **").blocks == []


def test_a_sign_that_is_never_closed_comes_back_with_the_end_of_its_cell() -> None:
    assert last_row(grown(HEAD + "| x | *y |")) == ((Span("x"),), (Span("*y"),))


@pytest.mark.parametrize("sign", ["**", "*", "_", "`"])
def test_a_sign_alone_at_the_end_waits_for_its_word(sign: str) -> None:
    assert last_spans(grown(f"With a key ({sign}")) == (Span("With a key ("),)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("2 * 3 and snake_case", "2 * 3 and snake_case"),
        ("\\*no", "*no"),
        ("a*b", "a*b"),
        ("a`b", "a`b"),
        ("*" + "x" * 200, "*" + "x" * 200),
    ],
)
def test_what_opens_nothing_stays_what_it_is(source: str, words: str) -> None:
    assert last_spans(grown(source)) == (Span(words),)


def test_a_sign_that_is_never_closed_comes_back_with_the_end() -> None:
    splitter = grown("Note (*see below")
    splitter.finish()
    assert last_spans(splitter) == (Span("Note (*see below"),)


def test_signs_in_code_open_nothing() -> None:
    assert last_spans(grown("a `*` b")) == (Span("a "), Span("*", CODE), Span(" b"))
