r"""Maths in markdown: which signs delimit it, and which are money."""

from __future__ import annotations

import pytest

from desktop_chat.ui.transcript.markdown.blocks import Code, Formula, Mark, Paragraph, Table, text_of
from desktop_chat.ui.transcript.markdown.delimiters import latex_of
from desktop_chat.ui.transcript.markdown.half_written import half_written_from
from desktop_chat.ui.transcript.markdown.parser import parse
from desktop_chat.ui.transcript.markdown.splitter import Splitter


def formulas(text: str) -> list[str]:
    """The sources of all formulas of a text."""
    found = []
    for block in parse(text):
        for leaf in block.leaves:
            content = leaf.content
            if isinstance(content, Formula):
                found.append(content.source)
            elif isinstance(content, Paragraph):
                found += [span.text for span in content.spans if span.marks & Mark.MATHS]
    return found


def plain(text: str) -> str:
    """The words of a text of one paragraph."""
    ((leaf,),) = (block.leaves for block in parse(text))
    assert isinstance(leaf.content, Paragraph)
    return text_of(leaf.content.spans)


PRICES = (
    "$5 and $6",
    "$5-$10",
    "costs $3,000 or $4,000",
    "US$5/$6",
    "it is $5$ now",
    "$1.50$ each",
    "between $5 and 10$, say $7",
    "$5,$6,$7,$8",
    " ".join(f"${price}-" for price in range(300)).strip(),
    "a $20 a month plan, or 200$ a year",
    "$ x$ and $x $",
    r"\$x\$ and \\$",
)


@pytest.mark.parametrize("text", PRICES)
def test_prices_stay_text_byte_for_byte(text: str) -> None:
    assert formulas(text) == []
    assert plain(text) == text.replace(r"\$", "$").replace(r"\\", "\\")


def test_marks_between_prices_are_read() -> None:
    ((leaf,),) = (block.leaves for block in parse("from **$5**–**$10** on"))
    assert isinstance(leaf.content, Paragraph)
    assert [span.text for span in leaf.content.spans if span.marks & Mark.BOLD] == ["$5", "$10"]
    assert text_of(leaf.content.spans) == "from $5–$10 on"


def test_prices_in_a_table_and_in_code_stay_what_they_are() -> None:
    ((leaf,),) = (block.leaves for block in parse("| a | b |\n|---|---|\n| $5-$6 | `$7-$8` $1-$2 |"))
    assert isinstance(leaf.content, Table)
    assert [text_of(cell) for cell in leaf.content.rows[0]] == ["$5-$6", "$7-$8 $1-$2"]


MATHS = {
    "the value $x_1$ is": ["$x_1$"],
    "$x$, $y$.": ["$x$", "$y$"],
    "$5 + x$": ["$5 + x$"],
    "costs $5 and $x^2$": ["$x^2$"],
    r"\(a_1 * b_2 * c\) and \[ d \\ e \]": [r"\(a_1 * b_2 * c\)", r"\[ d \\ e \]"],
    r"\(a\)\(b\)": [r"\(a\)", r"\(b\)"],
    r"\(x\)5 and $5-$6": [r"\(x\)"],
    r"`\(` is \(x\)": [r"\(x\)"],
    "$$\na\n$$\n$$b$$": ["$$\na\n$$", "$$b$$"],
    "> \\[\n> a\n> \\]": ["\\[\na\n\\]"],
    "é \\(x\\) 日本 \\(y\\)": [r"\(x\)", r"\(y\)"],
    r"\( a < b > c \) <b>x</b>": [r"\( a < b > c \)"],
    "$$\na\n+ b\n- c\n= d\n$$": ["$$\na\n+ b\n- c\n= d\n$$"],
    "We have\n\\[\nx\n=\n* y \\]\nend": ["\\[\nx\n=\n* y \\]"],
    "- item\n  $$\n  a\n  - b\n  $$\n": ["$$\na\n- b\n$$"],
}


@pytest.mark.parametrize(("text", "sources"), MATHS.items(), ids=MATHS)
def test_maths_is_found_with_the_delimiters_it_was_written_with(text: str, sources: list[str]) -> None:
    assert formulas(text) == sources


NO_MATHS = (
    "```\n\\(x\\) $y$\n```",
    "`\\(x\\)`",
    "<div>\n\\(x\\)\n</div>",
    r"\\(x\\)",
    "\\(x\n\ny\\)",
    "# \\(h\nfoo \\)",
    r"\( \)",
    r"only \( opened",
)


@pytest.mark.parametrize("text", NO_MATHS)
def test_code_html_and_what_is_not_closed_is_no_maths(text: str) -> None:
    assert formulas(text) == []
    assert "$$" not in repr(parse(text))


def test_delimiters_in_code_stay_what_they_are() -> None:
    ((fence,), (words,)) = (block.leaves for block in parse("```\n\\(x\\)\n```\n\n`\\[y\\]` and \\(z\\)"))
    assert fence.content == Code("", "\\(x\\)\n")
    assert isinstance(words.content, Paragraph)
    assert [span.text for span in words.content.spans] == ["\\[y\\]", " and ", "\\(z\\)"]


def test_a_pair_across_two_blocks_keeps_no_other_from_being_found() -> None:
    assert formulas("# \\[\nw\n\\]\n\\[\nv\n\\]\n") == ["\\[\nv\n\\]"]


def test_lists_and_code_after_a_stray_delimiter_stay_what_they_are() -> None:
    blocks = parse("$$\n\n- one\n- two\n\n```\n$$\n- x\n= y\n```\n")
    leaves = [leaf for block in blocks for leaf in block.leaves]
    assert [leaf.marker for leaf in leaves] == ["", "•", "•", ""]
    assert leaves[-1].content == Code("", "$$\n- x\n= y\n")


def test_display_maths_parts_its_paragraph() -> None:
    (block,) = parse("We have\n$$x$$\nwhere y.")
    first, formula, last = (leaf.content for leaf in block.leaves)
    assert isinstance(first, Paragraph)
    assert text_of(first.spans) == "We have"
    assert formula == Formula("$$x$$")
    assert isinstance(last, Paragraph)
    assert text_of(last.spans) == "where y."


def test_display_maths_in_a_cell_or_in_bold_stays_in_its_line() -> None:
    ((table,), (bold,)) = (block.leaves for block in parse("| a |\n|---|\n| $$x$$ |\n\n**$$y$$** z"))
    assert isinstance(table.content, Table)
    assert table.content.rows[0][0][0].marks & Mark.MATHS
    assert isinstance(bold.content, Paragraph)


@pytest.mark.parametrize(
    ("source", "latex"),
    [("$x$", "x"), ("$$x$$", "x"), (r"\(x\)", "x"), (r"\[x\]", "x"), ("$$x", ""), (r"\(x", ""), ("$", ""), ("$$", "")],
)
def test_the_content_of_a_formula_comes_without_delimiters(source: str, latex: str) -> None:
    assert latex_of(source)[0] == latex


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("a $$x", "$$x"),
        ("$$x$$ b \\[ y", "\\[ y"),
        ("\\(x\\) $a$ \\(b", "\\(b"),
        ("$\\alpha", "$\\alpha"),
        ("one\n\n$$x\n\ntwo", None),
        ("`$$` x", None),
        ("cash $5", None),
        ("$CAD", None),
        ("\\$\\$x", None),
    ],
)
def test_half_written_maths_is_found_where_it_begins(text: str, rest: str | None) -> None:
    start = half_written_from(text)
    assert (text[start:] if start >= 0 else None) == rest


def test_half_written_maths_keeps_its_look_while_it_comes() -> None:
    splitter = Splitter()
    for piece in ("We have \\[ x_1", " * y_2*", " = _z_ "):
        splitter.append(piece)
        ((words, formula),) = splitter.blocks
        assert isinstance(words.content, Paragraph)
        assert text_of(words.content.spans) == "We have"
        assert isinstance(formula.content, Formula)
    assert formula.content == Formula("\\[ x_1 * y_2* = _z_ ")
    splitter.append("\\] and \\(a_1")
    *_, last = splitter.blocks[-1]
    assert isinstance(last.content, Paragraph)
    assert last.content.spans[-1].text == "\\(a_1"
    assert last.content.spans[-1].marks == Mark.MATHS
