"""Formulas: drawn in a thread, kept, and never able to hold anything up."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from pytestqt.qtbot import QtBot

from desktop_chat.core.events import TextArrived
from desktop_chat.ui.transcript.drawings import maths
from desktop_chat.ui.transcript.drawings.maths import Drawing
from desktop_chat.ui.transcript.drawings.maths_part import FormulaPart
from desktop_chat.ui.transcript.drawings.workbench import Workbench
from desktop_chat.ui.transcript.parts.prose import ProsePart
from desktop_chat.ui.transcript.parts.style import Role
from desktop_chat.ui.transcript.tables.table import TablePart
from desktop_chat.ui.transcript.taking.clip_markdown import markdown_text_of
from tests.ui.transcript.stage import Stage, answer

MATRIX = r"\begin{pmatrix} a & b \\ c & d \\ e & f \end{pmatrix}"
LINE_PX = Role.PROSE.line_px


@pytest.fixture
def drawn(qtbot: QtBot) -> Callable[..., Drawing]:
    """Have a formula drawn."""

    def draw(latex: str, is_display: bool = True) -> Drawing:
        qtbot.waitUntil(lambda: maths.look(latex, is_display, 17.0) is not None, timeout=20_000)
        drawing = maths.look(latex, is_display, 17.0)
        assert drawing is not None
        return drawing

    return draw


def has_ink(image: QImage, x: range, y: range) -> bool:
    """Whether anything in a stretch of a picture is not the paper."""
    return any(image.pixel(column, row) != image.pixel(0, 0) for column in x for row in y)


# --- drawing ---


def test_a_formula_has_its_true_size(drawn: Callable[..., Drawing]) -> None:
    letter, matrix = drawn("x"), drawn(MATRIX)
    assert letter.is_drawn
    assert letter.descent < 2
    assert matrix.height > 3 * letter.height
    assert matrix.descent > 10


def test_display_and_inline_maths_are_set_differently(drawn: Callable[..., Drawing]) -> None:
    total = r"\sum_{i=1}^{n} i"
    assert drawn(total, is_display=True).height > 1.2 * drawn(total, is_display=False).height


def test_a_formula_is_painted_on_its_baseline_in_the_ink_of_the_text(drawn: Callable[..., Drawing]) -> None:
    image = QImage(60, 60, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    drawn("E").paint(painter, 10.0, 40.0, QColor("#205080"))
    painter.end()
    assert has_ink(image, range(10, 25), range(30, 40))
    assert not has_ink(image, range(60), range(42, 60))
    assert image.pixelColor(12, 39).blue() > image.pixelColor(12, 39).red()


def test_colours_of_the_writer_stay(drawn: Callable[..., Drawing]) -> None:
    colors = [color.name() for _, color in drawn(r"a + \color{red}{b}").shapes if color is not None]
    assert colors == ["#ff0000"]


def test_a_matrix_has_room_between_its_columns_and_beside_its_brackets(drawn: Callable[..., Drawing]) -> None:
    column = drawn(r"\begin{matrix} 8 \end{matrix}").width
    assert drawn(r"\begin{matrix} 8 & 8 \end{matrix}").width - 2 * column > 0.7 * 17.0
    # The brackets of the font leave no room beside them.
    brackets = drawn(r"\begin{vmatrix} 8 \end{vmatrix}").width - column
    assert brackets - (drawn(r"| 8 |").width - drawn("8").width) > 0.2 * 17.0


def test_frames_and_numbers_of_equations_are_drawn(drawn: Callable[..., Drawing]) -> None:
    assert drawn(r"\boxed{x}").width > drawn("x").width
    assert drawn("x").width < drawn(r"x \tag{1}").width < 120


HOSTILE = {
    "fractions within fractions": r"\frac{a}{" * 50 + "x" + "}" * 50,
    "roots within roots": r"\sqrt{" * 150 + "x" + "}" * 150,
    "braces": "{" * 1000 + "}" * 1000,
    "a macro that calls itself": r"\def\a{\a\a}\a",
    "a new command that calls itself": r"\newcommand{\x}{\x\x}\x",
    "a matrix without end": r"\begin{matrix}" + r"a&b\\" * 390 + r"\end{matrix}",
    "a matrix of nothing": r"\begin{matrix}" + "&" * 1900 + r"\end{matrix}",
    "rows of nothing": r"\begin{matrix}" + r"\\" * 900 + r"\end{matrix}",
    "matrices within matrices": r"\begin{matrix}a&" * 40 + "x" + r"\end{matrix}" * 40,
    "a broken fraction": r"\frac{",
    "a stray end": r"}\right)",
    "endless room": r"a\hspace{1000000cm}b",
    "too long": "x" * 2001,
    "nothing": "  ",
    "markup": r"\text{</mtext><img src='file:///etc/passwd'/>}",
    "an entity": "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>&a;",
    "control characters": "a\x00b\x1b[31m",
    "half a character": "a\ud800",
}


@pytest.mark.parametrize("latex", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_formula_ends_in_time(
    drawn: Callable[..., Drawing], latex: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Some of them would never end; the others take less.
    monkeypatch.setattr(maths, "_DRAWING_S_MAX", 1.0)
    drawing = drawn(latex)
    assert not drawing.is_drawn or (drawing.width <= 20_000 and drawing.height <= 4_000)
    assert drawn("x").is_drawn


@pytest.mark.parametrize(
    "latex", [r"\input{/etc/passwd}", r"\include{/etc/passwd}", r"\href{file:///etc/passwd}{x}", r"\write18{ls} x"]
)
def test_a_formula_reaches_no_file(drawn: Callable[..., Drawing], latex: str) -> None:
    drawn("x")
    touched: list[str] = []
    is_watching = True

    def watch(event: str, args: tuple[object, ...]) -> None:
        if is_watching and threading.current_thread().name == "formulas" and event in ("open", "subprocess.Popen"):
            touched.append(f"{event} {args[0]}")

    sys.addaudithook(watch)
    drawn(latex)
    is_watching = False
    assert [one for one in touched if "passwd" in one or "Popen" in one] == []


# --- on the page ---


def test_inline_maths_stands_in_its_line_and_only_its_line_grows(stage: Stage) -> None:
    words = "Words that fill more than one line of the column, so that there is a line before and one behind it, "
    stage.show(answer(f"{words * 2}then $\\frac{{\\frac{{a}}{{b}}}}{{\\frac{{c}}{{d}}}}$ in it. {words * 2}"))
    part = stage.part(ProsePart).part
    assert isinstance(part, ProsePart)
    lines = sorted({(rect.top(), rect.height()) for rect in part.rects(0, part.length)})
    heights = [height for _, height in lines]
    assert max(heights) > LINE_PX
    assert sum(height > LINE_PX for height in heights) == 1
    assert [top for top, _ in lines[1:]] == [top + height for top, height in lines[:-1]]
    assert part.height == sum(heights)


def test_lines_without_a_high_formula_stay_as_far_apart_as_ever(stage: Stage) -> None:
    stage.show(answer("The value $x$ is small.\n\nThe value x is small."))
    first, second = stage.part(ProsePart, 0).part, stage.part(ProsePart, 1).part
    assert first.height == second.height == LINE_PX


def test_a_point_below_a_grown_line_is_in_the_next_line(stage: Stage) -> None:
    stage.show(answer("a $\\frac{\\frac{a}{b}}{\\frac{c}{d}}$\\\nnext"))
    part = stage.part(ProsePart).part
    (rect,) = part.rects(part.length - 4, part.length)
    assert rect.top() > LINE_PX
    assert part.offset_at(rect.topLeft() + QPointF(1, 2)) == part.length - 4


def test_a_formula_is_one_thing_to_select_and_is_copied_as_it_was_written(stage: Stage) -> None:
    stage.show(answer(r"Let \(\alpha_1 + \beta\) be $x$."))
    part = stage.part(ProsePart).part
    source = r"\(\alpha_1 + \beta\)"
    start = len("Let ")
    assert part.word_at(start + 3) == (start, start + len(source))
    assert part.plain(start + 5, start + 6) == source
    assert part.plain(0, part.length) == rf"Let {source} be $x$."
    assert markdown_text_of((part.taken(0, part.length),)) == rf"Let {source} be $x$."
    (inside,), (whole,) = part.rects(start + 5, start + 6), part.rects(start, start + len(source))
    assert inside == whole


def test_selected_text_with_formulas_is_copied_with_its_delimiters(stage: Stage) -> None:
    text = "Let $x$ be\n\n$$\ny^2\n$$\n\n\\[ z \\]"
    stage.show(answer(text))
    stage.view.select_all()
    assert text in stage.view.text_of_selection()


def test_display_maths_stands_in_the_middle(stage: Stage) -> None:
    stage.show(answer(f"$$ {MATRIX} $$"))
    spot = stage.part(FormulaPart)
    (rect,) = spot.part.rects(0, 1)
    width = stage.view._page.rows.width
    assert abs(rect.center().x() - width / 2) < 1
    assert spot.part.height >= rect.height() > 3 * 17


def test_wide_display_maths_scrolls_sideways(stage: Stage) -> None:
    stage.show(answer("$$" + " + ".join(f"x_{{{number}}}" for number in range(30)) + "$$"))
    spot = stage.part(FormulaPart)
    assert not spot.part.bar_rect().isEmpty()
    before = spot.part.bar_rect().left()
    assert spot.part.scroll_sideways(200.0)
    assert spot.part.bar_rect().left() > before
    assert spot.part.rects(0, 1)[0].left() < 0


def test_inline_maths_wider_than_the_line_is_made_smaller(stage: Stage) -> None:
    stage.show(answer("so $" + " + ".join(f"x_{{{number}}}" for number in range(30)) + "$ it is"))
    part = stage.part(ProsePart).part
    assert isinstance(part, ProsePart)
    (formula,) = part._laid._formulas
    assert formula.rect.left() >= 0
    assert formula.rect.right() <= stage.view._page.rows.width + 1


def test_maths_that_cannot_be_drawn_shows_its_source(stage: Stage) -> None:
    stage.show(answer("$$\n\\def\\a{\\a\\a}\\a\n$$\n\nand $\\left( x$ here"))
    formula, words = stage.part(FormulaPart).part, stage.part(ProsePart).part
    assert not formula.is_waiting
    assert formula.plain(0, formula.length) == "$$\n\\def\\a{\\a\\a}\\a\n$$"
    assert len(formula.rects(0, formula.length)) == 3
    assert words.plain(0, words.length) == "and $\\left( x$ here"


def test_cells_hold_formulas(stage: Stage) -> None:
    stage.show(answer("| a | b |\n|---|---|\n| $\\frac{\\frac{a}{b}}{\\frac{c}{d}}$ | $5-$6 |\n| x | y |"))
    spot = stage.part(TablePart)
    assert isinstance(spot.part, TablePart)
    assert spot.part.height > 3 * 33 + 5
    (rect,) = spot.part.rects(4, 5)
    assert spot.part.latex_at(rect.center()) == "\\frac{\\frac{a}{b}}{\\frac{c}{d}}"


def test_words_beside_a_high_formula_stand_on_its_line(stage: Stage) -> None:
    stage.show(answer(f"| a | b |\n|---|---|\n| ${MATRIX}$ | words |\n| x | $y$ |"))
    part = stage.part(TablePart).part
    [formula] = part.rects(4, 5)
    [words] = part.rects(part.plain(0, part.length).index("words"), part.plain(0, part.length).index("words") + 5)
    axis = formula.top() + formula.height() / 2
    assert words.center().y() == pytest.approx(axis, abs=3.0)
    assert part.word_at(part.offset_at(words.center()))[0] == part.plain(0, part.length).index("words")


def held_back(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Draw no formula before this is set."""
    go = threading.Event()

    def drawn_later(wish: maths.Wish) -> Drawing:
        go.wait(20)
        return maths.drawn(wish)

    monkeypatch.setattr(maths, "_bench", Workbench("formulas", drawn_later, maths.FAILED, 9))
    return go


@pytest.mark.parametrize("is_streamed", [False, True])
def test_columns_fit_drawn_formulas_unless_rows_come_meanwhile(
    stage: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, is_streamed: bool
) -> None:
    go = held_back(monkeypatch)
    head, row = "| a | b |\n|---|---|\n", "| $\\frac{1}{2} \\alpha \\beta$ | x |\n"
    if is_streamed:
        begun = stage.begin(head)
        stage.view.apply_event(begun.id, TextArrived(0, row))
    else:
        stage.view.show_path((answer(head + row),), lambda message_id: (message_id,))
    qtbot.waitUntil(lambda: bool(stage.view._painter.undrawn))
    part = stage.part(TablePart).part
    qtbot.waitUntil(lambda: part.plain(0, part.length).endswith("x"))
    as_source = part.rects(part.length - 1, part.length)[0].left()
    go.set()
    stage.wait()
    as_drawn = part.rects(part.length - 1, part.length)[0].left()
    assert as_drawn == as_source if is_streamed else as_drawn < as_source / 2


def test_the_menu_offers_the_latex_of_a_formula(stage: Stage) -> None:
    stage.show(answer(r"Let \(\alpha_1\) be"))
    spot = stage.part(ProsePart)
    (rect,) = spot.part.rects(4, 5)
    assert spot.part.latex_at(rect.center()) == r"\alpha_1"
    assert spot.part.latex_at(QPointF(1, 1)) == ""
    menu = stage.view._menu.build(spot, None, spot.part.latex_at(rect.center()))
    (action,) = [action for action in menu.actions() if "LaTeX" in action.text().replace("&", "")]
    action.trigger()
    assert QGuiApplication.clipboard().text() == r"\alpha_1"
    menu.close()
    menu.deleteLater()


def test_a_formula_that_gets_ready_does_not_move_the_line_under_the_eye(
    stage: Stage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = held_back(monkeypatch)
    text = f"Start\n\n$$ {MATRIX} $$\n\n" + "\n\n".join(f"Paragraph {number}" for number in range(60))
    stage.view.show_path((answer(text),), lambda message_id: (message_id,))
    qtbot.waitUntil(lambda: stage.most > 0)
    stage.view.verticalScrollBar().setValue(100)
    qtbot.waitUntil(lambda: stage.value == 100 and bool(stage.view._painter.undrawn))
    formula = stage.part(FormulaPart)
    assert formula.top < 0 < formula.top + formula.part.height
    (height, eye) = formula.part.height, stage.part(ProsePart, 3)
    go.set()
    stage.wait()
    assert formula.part.height > height + LINE_PX
    assert next(spot.top for spot in stage.spots() if spot.part is eye.part) == eye.top


def test_a_message_does_not_get_lower_while_formulas_come(stage: Stage) -> None:
    begun = stage.begin("Now\n")
    heights = []
    for piece in (
        "$$\n",
        "\\frac{1}",
        "{2}\n",
        "+ k_9\n",
        "+ k_8\n",
        "+ k_7\n",
        "$$\n",
        "\nand ",
        "$z_",
        "{12}",
        "$ on",
    ):
        stage.stream(begun, piece)
        heights.append(stage.view._page.rows.total)
    assert heights == sorted(heights)
    assert stage.part(FormulaPart).part.length > 0


def test_other_colours_and_sizes_need_no_drawing_anew(drawn: Callable[..., Drawing]) -> None:
    drawing = drawn("x_{777}")
    image = QImage(100, 60, QImage.Format.Format_RGB32)
    for scale, ink in ((1.0, "black"), (2.0, "black"), (2.0, "red")):
        image.fill(QColor("white"))
        painter = QPainter(image)
        painter.scale(scale, scale)
        drawing.paint(painter, 2.0, 20.0, QColor(ink))
        painter.end()
        assert has_ink(image, range(100), range(60))
    assert image.pixelColor(QPoint(0, 0)) == QColor("white")
    assert maths.look("x_{777}", True, 17.0) is drawing
