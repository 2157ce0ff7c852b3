"""Formulas as models write them come out as TeX would set them, or not at all."""

from __future__ import annotations

from xml.etree.ElementTree import Element, ParseError

import pytest

from desktop_chat.ui.transcript.drawings.mathml import mathml_of
from desktop_chat.ui.transcript.drawings.maths import Wish, drawn

MATRIX = r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}"


def words(latex: str, *, is_display: bool = True) -> str:
    """All that a reader sees of a formula, in a row."""
    return "".join(mathml_of(latex, is_display=is_display).itertext())


def found(latex: str, tag: str) -> Element:
    element = mathml_of(latex, is_display=True).find(f".//{tag}")
    assert element is not None
    return element


@pytest.mark.parametrize(
    ("scripts", "tag", "said"),
    [("^{-1}", "msup", ["(abcd)", "−1"]), ("_2", "msub", ["(abcd)", "2"]), ("_1^T", "msubsup", ["(abcd)", "1", "T"])],
)
def test_scripts_of_a_matrix_stand_at_its_closing_bracket(scripts: str, tag: str, said: list[str]) -> None:
    assert ["".join(part.itertext()) for part in found(MATRIX + scripts, tag)] == said
    assert drawn(Wish(MATRIX + scripts, True, 16.0)).is_drawn


@pytest.mark.parametrize(
    ("latex", "said"),
    [
        (r"\Big\{ z \Big\}", "{z}"),
        (r"\bigl\langle z \bigr\rangle", "⟨z⟩"),
        (r"\Big\| z \Big\|", "‖z‖"),
        (r"\big\lvert z \big\rvert", "|z|"),
        (r"\Big\backslash", "\\"),
    ],
)
def test_sized_brackets_are_brackets(latex: str, said: str) -> None:
    assert words(latex) == said
    assert drawn(Wish(latex, True, 16.0)).is_drawn


@pytest.mark.parametrize(
    ("latex", "said"),
    [
        (r"\operatorname{arg\,max}_x f", "arg\N{THIN SPACE}maxxf"),
        (r"\operatorname*{arg min}_x f", "arg\N{THIN SPACE}minxf"),
        (r"\mathop{\mathrm{argmax}}_x f", "argmaxxf"),
        (r"x = y \label{eq:1} \notag", "x=y"),
        (r"\text{50\% of } x", "50% of x".replace(" ", "\N{NO-BREAK SPACE}")),
        (r"\text{if $x>0$ or $y$}", "if x>0 or y".replace(" ", "\N{NO-BREAK SPACE}")),
        (r"\binom{n}{k_{i}}", "(nki)"),
        (r"\begin{alignedat}{2} a &= b & c &= d \end{alignedat}", "a=bc=d"),
    ],
)
def test_what_the_converter_does_not_know_is_said_in_other_words(latex: str, said: str) -> None:
    assert words(latex) == said
    assert drawn(Wish(latex, True, 16.0)).is_drawn


def test_a_number_stands_behind_its_equation() -> None:
    assert words(r"x = 4 \tag{7}") == "x=4(7)"


def test_binomials_follow_the_style_of_the_formula() -> None:
    def height(is_display: bool) -> float:
        return drawn(Wish(r"\binom{n}{k}", is_display, 16.0)).height

    assert height(True) > 1.2 * height(False)


@pytest.mark.parametrize(
    ("columns", "row"), [("cc|c", "12|3"), ("c|c|c", "1|2|3"), ("|c|c|c|", "1|2|3"), ("ccc", "123")]
)
def test_lines_between_the_columns_of_an_array_are_kept(columns: str, row: str) -> None:
    table = found(rf"\left[\begin{{array}}{{{columns}}} 1 & 2 & 3 \\ 4 & 5 & 6 \end{{array}}\right]", "mtable")
    rows = ["".join(cells.itertext()) for cells in table]
    assert rows == [row, row.translate(str.maketrans("123", "456"))]


@pytest.mark.parametrize("said", ["<!DOCTYPEa>", "<mi>b</mi>", "&amp;", "<![CDATA[x]]>", "&#x3c;a&#x3e;", "R&D"])
@pytest.mark.parametrize("command", ["text", "textbf", "operatorname"])
def test_xml_in_words_is_text(command: str, said: str) -> None:
    assert words(rf"\{command}{{{said}}}") == said


@pytest.mark.parametrize(
    ("latex", "said"),
    [
        ("a<b>c", "a<b>c"),
        (r"a \not< b \not= c", "a≮b≠c"),
        ("<mi>b</mi>", "<mi>b</mi>"),
        (r"\left< x \right>", "⟨x⟩"),
        (r"\bigl< x \bigr>", "⟨x⟩"),
        (r"\text{R\&D}", "R&D"),
        (r"\text{if } x<0", "if\N{NO-BREAK SPACE}x<0"),
        (r"\text{x<0}", "x<0"),
    ],
)
def test_angles_are_signs_like_others(latex: str, said: str) -> None:
    assert words(latex) == said


@pytest.mark.parametrize(
    "latex", ["&lt;mi&gt;", "x&#x3c;mi/>", r"\color{&quot;&gt;&lt;mi/&gt;}{x}", r"\verb|<mi>&lt;|", r"\color{<mi/>}x"]
)
def test_a_formula_adds_no_elements_of_its_own(latex: str) -> None:
    try:
        tree = mathml_of(latex, is_display=True)
    except (ValueError, ParseError, LookupError, TypeError):
        return
    assert [element.tag for element in tree.iter() if element.tag == "mi" and not element.text] == []


@pytest.mark.parametrize("latex", [r"\ce{H2O}", r"x + \nosuch{y}", r"\text{\alpha}", r"\Big\nosuch x"])
def test_an_unknown_command_leaves_the_source(latex: str) -> None:
    with pytest.raises(ValueError, match="unknown"):
        mathml_of(latex, is_display=True)
    assert not drawn(Wish(latex, True, 16.0)).is_drawn
