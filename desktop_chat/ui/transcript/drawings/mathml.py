"""LaTeX into MathML that ziamath draws as TeX would; what it does not know is an error and never drawn as it stands.

Source:  what latex2mathml 3 makes of common formulas, read off its output: scripts of a matrix stand beside its
         brackets instead of around them, sized brackets and unknown commands keep their backslash.
"""

from __future__ import annotations

import re
from typing import Final
from xml.etree.ElementTree import Element, SubElement, fromstring

_WITHOUT_SHAPE: Final = re.compile(r"\\(?:notag|nonumber|mathop|smash|label\{[^{}]*\})(?![A-Za-z])")
_TAG: Final = re.compile(r"\\tag\*?\{([^{}]*)\}")
"""The number of an equation: right behind it, where others set it at the edge of a page."""

_BINOMIAL: Final = re.compile(r"\\binom(?![A-Za-z])")
_COUNTED_ALIGNMENT: Final = re.compile(r"\\begin\{(alignat\*?|alignedat)\}\{\d+\}|\\end\{(alignat\*?|alignedat)\}")
_OPERATOR: Final = re.compile(r"(?<=\\operatorname)(\*?)\{([^{}]*)\}")
_BLANK_IN_NAME: Final = re.compile(r"\\[,;: ]|[~ ]")
_THIN_BLANK: Final = "\N{THIN SPACE}"
_WORDS: Final = re.compile(r"\\(text|textrm|mbox)\{((?:[^{}$]*\$[^{}$]+\$)+[^{}$]*)\}")
"""Words with formulas between dollars."""

_ENTITY: Final = re.compile(r"&(?=#?\w+;)")
_TEXT: Final = re.compile(r"(\\(?:text(?:rm|bf|it|sf|tt|normal)?|mbox|fbox|operatorname\*?)\s*\{)([^{}]*)(?=\})")
_ANGLES: Final = {"<": r"\langle ", ">": r"\rangle "}
_ANGLED: Final = re.compile(r"(\\(?:left|middle|right|[bB]igg?[lmr]?)\s*)([<>])")
_NEGATIONS: Final = {"=": r"\neq ", "<": r"\nless ", ">": r"\ngtr "}
_NEGATED: Final = re.compile(r"\\not\s*([=<>])")
_RELATIONS: Final = str.maketrans({"<": r"\lt ", ">": r"\gt "})
_HIDDEN: Final = str.maketrans("<>&", "\ue000\ue001\ue002")
_SHOWN: Final = str.maketrans("\ue000\ue001\ue002", "<>&")
"""Signs that the converter would write into its XML as they stand, and private ones that it lets through."""

_XMLNS: Final = re.compile(r' xmlns="[^"]*"')
_COMMAND: Final = re.compile(r"\\(?:[A-Za-z]+|.)")
_ESCAPED: Final = re.compile(r"\\([%&_#${}\N{NO-BREAK SPACE}])")
_PARTS_OF_SCRIPTS: Final = {"msup": 2, "msub": 2, "msubsup": 3, "mover": 2, "munder": 2, "munderover": 3}
_MATRIX_SPACING: Final = {"columnspacing": "0.8em", "rowspacing": "0.4em"}
_BESIDE_MATRIX: Final = "0.12em"


def mathml_of(latex: str, *, is_display: bool) -> Element:
    """The tree of a formula.

    Raises:  ValueError when a command is unknown; whatever latex2mathml raises at LaTeX that is broken.
    """
    from ziamath.tex import tex2mml

    mathml = tex2mml(_plain(latex, is_display=is_display), inline=not is_display)
    # Of no more elements than the converter makes itself: what the formula could add is hidden from it.
    tree = fromstring(_XMLNS.sub("", mathml))  # noqa: S314
    for element in list(tree.iter()):
        _mend_words(element)
        _mend_scripts(element)
        if element.tag == "mtable":
            _draw_column_lines(element)
            if not element.get("columnspacing"):
                element.attrib.update(_MATRIX_SPACING)
    for element in list(tree.iter()):
        _loosen_brackets(element)
    return tree


def _plain(latex: str, *, is_display: bool) -> str:
    """The same formula in commands that latex2mathml knows."""
    latex = _TAG.sub(r"\\qquad (\1)", latex)
    latex = _WITHOUT_SHAPE.sub("", latex)
    latex = _BINOMIAL.sub(r"\\dbinom" if is_display else r"\\tbinom", latex)
    latex = _COUNTED_ALIGNMENT.sub(_uncounted, latex)
    latex = _OPERATOR.sub(lambda found: f"{found[1]}{{{_BLANK_IN_NAME.sub(_THIN_BLANK, found[2])}}}", latex)
    return _without_xml(_WORDS.sub(_apart, latex))


def _without_xml(latex: str) -> str:
    """The same formula without a sign that would begin an element or an entity."""
    latex = _ENTITY.sub(lambda found: found[0].translate(_HIDDEN), latex)
    latex = _ANGLED.sub(lambda found: found[1] + _ANGLES[found[2]], latex)
    latex = _NEGATED.sub(lambda found: _NEGATIONS[found[1]], latex)
    latex = _TEXT.sub(lambda found: found[1] + found[2].replace(r"\&", "&").translate(_HIDDEN), latex)
    return latex.translate(_RELATIONS)


def _uncounted(found: re.Match[str]) -> str:
    name = found[1] or found[2]
    return f"\\{'begin' if found[1] else 'end'}{{{'aligned' if name == 'alignedat' else 'align*'}}}"


def _apart(found: re.Match[str]) -> str:
    pieces = found[2].split("$")
    return "".join(
        f"{{{piece}}}" if place % 2 else f"\\{found[1]}{{{piece}}}" for place, piece in enumerate(pieces) if piece
    )


def _mend_words(element: Element) -> None:
    """Signs that kept their backslash.

    Raises:  ValueError when it stands before an unknown command.
    """
    from latex2mathml.symbols_parser import convert_symbol

    element.text = text = (element.text or "").translate(_SHOWN)
    if element.tag == "mtext":
        element.text = text = _ESCAPED.sub(r"\1", text)
    if len(text) < 2 or "\\" not in text:
        return
    code = convert_symbol(text) if element.tag == "mo" and _COMMAND.fullmatch(text) else None
    if code is None:
        raise ValueError("a command that is unknown")
    element.text = chr(int(code, 16))


def _mend_scripts(element: Element) -> None:
    """What the scripts belong to, as one part: a matrix with its brackets comes as three."""
    count = _PARTS_OF_SCRIPTS.get(element.tag)
    surplus = len(element) - count if count else 0
    if surplus > 0:
        base = Element("mrow")
        base.extend(element[: surplus + 1])
        element[: surplus + 1] = [base]


def _draw_column_lines(table: Element) -> None:
    """A column of strokes where a line is asked for between two columns: ziamath knows no lines in tables."""
    columns_count = max((len(row) for row in table), default=0)
    lines = table.get("columnlines", "").split()
    # With a line at the left edge, too, they begin there.
    between = lines[1:-1] if len(lines) == columns_count + 1 else lines if len(lines) == columns_count - 1 else []
    for place in reversed([place for place, line in enumerate(between, 1) if line != "none"]):
        for row in table:
            cell = Element("mtd")
            SubElement(cell, "mo", stretchy="false").text = "|"
            row.insert(place, cell)


def _loosen_brackets(element: Element) -> None:
    """Room between a matrix and its brackets, as TeX has it."""
    for place in reversed(range(len(element) - 1)):
        tags = (element[place].tag, element[place + 1].tag)
        if tags in (("mo", "mtable"), ("mtable", "mo")):
            element.insert(place + 1, Element("mspace", width=_BESIDE_MATRIX))
