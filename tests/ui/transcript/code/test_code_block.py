"""Code blocks: the header that stays, folding, wrapping, saving."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QFileDialog, QMessageBox

from desktop_chat.ui.transcript.code.code_block import FOLDED_LINES, CodePart
from desktop_chat.ui.transcript.code.code_header import HEADER_PX
from desktop_chat.ui.transcript.code.saving import Saving, suggested_name, write_whole
from desktop_chat.ui.transcript.page import Spot
from desktop_chat.ui.transcript.parts.marked import UNMARKED
from desktop_chat.ui.transcript.parts.part import Canvas, Deed, Target
from tests.helpers.samples import question
from tests.ui.transcript.stage import LONG as PROSE
from tests.ui.transcript.stage import Stage, answer, clipboard

LINES = [f"value_{number} = {number}" for number in range(100)]
LONG = "```python\n" + "\n".join(LINES) + "\n```"
WIDE_LINE = "words = [" + ", ".join(f'"wörd {number}"' for number in range(60)) + "]"
WIDE = f"```python\nshort = 1\n{WIDE_LINE}\nlast = 2\n```"


def code_of(stage: Stage) -> tuple[Spot, CodePart]:
    spot = stage.part(CodePart)
    assert isinstance(spot.part, CodePart)
    return spot, spot.part


def show_top(stage: Stage, text: str) -> None:
    """Show a reply from its start."""
    stage.show(question("c"), answer(text))
    stage.view.verticalScrollBar().setValue(0)
    stage.wait()


def scroll(stage: Stage, value: int) -> None:
    stage.view.verticalScrollBar().setValue(value)
    stage.wait()


def folding(stage: Stage, words: str = "") -> tuple[Spot, Target]:
    """The place that folds or unfolds code; `words` are part of its tip."""
    return next(found for found in stage.targets(Deed.FOLD) if words in found[1].tip)


def press(stage: Stage, found: tuple[Spot, Target]) -> None:
    stage.click_at(found[0].rect_of(found[1]).center().toPoint())


def on_screen(stage: Stage) -> QImage:
    """What is on the screen, as the frames have left it."""
    image = stage.view.screen().grabWindow(stage.view.winId()).toImage()
    assert not image.isNull()
    return image


def painted_anew(stage: Stage) -> QImage:
    """What is on the screen when everything is painted again."""
    stage.view._painter.forget()
    stage.view._change()
    stage.wait()
    return on_screen(stage)


# --- the header


def test_the_header_stays_while_the_code_goes_up(stage: Stage) -> None:
    show_top(stage, LONG + "\n\nText.\n\n" * 20)
    spot, _ = code_of(stage)
    scroll(stage, int(spot.top) + 200)
    spot, target = stage.targets(Deed.COPY_CODE)[0]
    assert spot.top == -200
    assert spot.rect_of(target).top() == 0
    stage.click_at(spot.rect_of(target).center().toPoint())
    assert clipboard().startswith("value_0 = 0\nvalue_1")


def test_the_header_leaves_with_the_end_of_its_block(stage: Stage) -> None:
    show_top(stage, LONG + "\n\nText." * 60)
    spot, part = code_of(stage)
    scroll(stage, int(spot.top + part.height) - 30)
    spot, target = stage.targets(Deed.COPY_CODE)[0]
    assert spot.rect_of(target).bottom() < HEADER_PX
    assert target.rect.bottom() < part.height


@pytest.mark.parametrize("steps", [(1, 7, 40, -20, -5), (60, 300, 180, 200, -90, -400), (90,) * 9])
def test_a_page_that_was_only_moved_looks_like_one_painted_anew(stage: Stage, steps: tuple[int, ...]) -> None:
    show_top(stage, LONG + "\n\nText." * 60)
    for step in (int(code_of(stage)[0].top), *steps):
        stage.view._moves.by(step)
        stage.wait()
        moved = on_screen(stage)
        assert moved == painted_anew(stage), step


def test_a_block_that_grew_looks_like_one_painted_anew(stage: Stage) -> None:
    begun = stage.begin("```\n")
    for line in LINES[:36]:
        # Half a line first; no language: colours that come would have it painted once more.
        stage.stream(begun, line)
        stage.stream(begun, " # " + "x" * (len(line) % 7) + "\n")
        grown = on_screen(stage)
        assert grown == painted_anew(stage), line


# --- folding


def test_stored_code_is_folded_and_unfolds_where_it_stands(stage: Stage) -> None:
    show_top(stage, LONG + "\n\nEnd.")
    spot, part = code_of(stage)
    assert part.is_folded
    assert "(100)" in f"Show all ({part.line_count})"
    folded_px = part.height
    scroll(stage, 300)
    before = code_of(stage)[0].top
    press(stage, folding(stage))
    spot, part = code_of(stage)
    assert spot.top == before
    assert part.height - folded_px == (100 - FOLDED_LINES) * 20 - 30


def test_show_less_stays_under_the_pointer(stage: Stage) -> None:
    show_top(stage, "Above.\n\n" * 20 + LONG + "\n\nBelow." * 40)
    scroll(stage, 600)
    press(stage, folding(stage))
    spot, part = code_of(stage)
    scroll(stage, stage.value + int(spot.top) + 900)
    found = folding(stage, "first")
    y = found[0].rect_of(found[1]).top()
    press(stage, found)
    spot, part = code_of(stage)
    assert part.is_folded
    assert spot.top == y == 0


def test_thirty_lines_are_not_folded(stage: Stage) -> None:
    stage.show(question("c"), answer("```\n" + "x\n" * FOLDED_LINES + "```"))
    assert stage.targets(Deed.FOLD) == []


def test_code_that_was_seen_growing_stays_open_until_it_is_shown_anew(stage: Stage) -> None:
    begun = stage.begin()
    heights = []
    for line in LONG.split("\n"):
        stage.stream(begun, line + "\n")
        heights.append(stage.most)
    ended = stage.end(begun, LONG + "\n")
    assert heights == sorted(heights)
    assert not code_of(stage)[1].is_folded
    asked = stage.view._page.rows[0].message
    stage.show(question("c", "Else"))
    stage.show(asked, ended)
    assert code_of(stage)[1].is_folded


def test_folds_outlive_the_parts(stage: Stage) -> None:
    told = answer(LONG)
    stage.show(question("c"), told)
    press(stage, folding(stage))
    row = stage.view._page.rows[1]
    row.item = None
    stage.view._page.rows._built.discard(1)
    stage.view._change()
    stage.wait()
    assert not code_of(stage)[1].is_folded


def test_what_is_folded_is_selected_and_copied_whole(stage: Stage) -> None:
    stage.show(question("c"), answer(LONG))
    part = code_of(stage)[1]
    assert part.is_folded
    assert part.plain(0, part.length) == "\n".join(LINES)
    stage.click(Deed.COPY_CODE)
    assert clipboard() == "\n".join(LINES)


def test_a_fold_is_told_for_what_it_hides(stage: Stage) -> None:
    stage.show(question("c"), answer(LONG))
    part = code_of(stage)[1]
    at = part.plain(0, part.length).index("value_70")
    assert part.fold_over(5) == ""
    stage.view._page.rows.toggle(1, part.fold_over(at + 8))
    assert not part.is_folded
    assert part.fold_over(at + 8) == ""
    assert part.rects(at, at + 8)[0].top() == HEADER_PX + 10 + 70 * 20


# --- wrapping


def test_wrapped_lines_keep_the_text_and_its_positions(stage: Stage) -> None:
    stage.show(question("c"), answer(WIDE))
    part = code_of(stage)[1]
    text = part.plain(0, part.length)
    assert part.bar_rect().width() > 0
    before_px = part.height
    press(stage, folding(stage))
    part = code_of(stage)[1]
    assert part.bar_rect().isEmpty()
    assert part.height > before_px
    assert part.plain(0, part.length) == text
    at = text.index("last")
    (rect,) = part.rects(at, at + 4)
    assert part.offset_at(rect.center()) in range(at, at + 5)
    first, last = part.word_at(text.index("40"))
    assert part.plain(first, last) == "40"
    stage.click(Deed.COPY_CODE)
    assert clipboard() == f"short = 1\n{WIDE_LINE}\nlast = 2"
    press(stage, folding(stage))
    assert code_of(stage)[1].height == before_px


def test_a_selection_stays_when_lines_are_wrapped(stage: Stage) -> None:
    stage.show(question("c"), answer(WIDE))
    stage.view.select_all()
    taken = stage.view.text_of_selection()
    press(stage, folding(stage))
    assert stage.view.text_of_selection() == taken


def test_the_line_at_the_top_stays_when_lines_are_wrapped(stage: Stage) -> None:
    lines = "\n".join(f"line_{number} = '{'long ' * 40}'" for number in range(28))
    show_top(stage, f"```python\n{lines}\n```" + "\n\nBelow." * 40)
    spot, part = code_of(stage)
    scroll(stage, int(spot.top) + 300)
    spot, part = code_of(stage)
    text = part.plain(0, part.length)
    point = spot.local(spot.rect_of(part.targets()[0]).bottomLeft())
    before = text[: part.offset_at(point)].count("\n")
    press(stage, folding(stage))
    spot, part = code_of(stage)
    point = spot.local(spot.rect_of(part.targets()[0]).bottomLeft())
    assert text[: part.offset_at(point)].count("\n") == before


# --- width


def test_only_code_with_wide_lines_leaves_the_column(stage: Stage) -> None:
    stage.view.resize(1100, 500)
    stage.show(question("c"), answer("```\nx\n```\n\n" + WIDE))
    narrow, wide = stage.part(CodePart, 0), stage.part(CodePart, 1)
    assert narrow.part.targets()[-1].rect.right() <= 760
    assert wide.part.targets()[-1].rect.right() > 760
    assert wide.part.bar_rect().left() < 0


def test_code_that_grew_out_of_sight_has_its_colours(stage: Stage) -> None:
    begun = stage.begin(f"{PROSE}\n\n```python\nshort = 1")
    _, part = code_of(stage)
    scroll(stage, 0)
    # The block gets wider, and has to be painted anew, which it is not before it is seen again.
    stage.stream(begun, f"\n{WIDE_LINE}")
    stage.stream(begun, "\n# the last line")
    scroll(stage, stage.most)
    assert code_of(stage)[1] is part
    stage.qtbot.waitUntil(lambda: part.is_colored)
    stage.wait()
    assert part._body.lines.layout(2).formats(), "a comment has a colour of its own"


def test_code_gets_wider_once_while_it_streams(stage: Stage) -> None:
    stage.view.resize(1100, 500)
    begun = stage.begin("```\n")
    rights = []
    for number in range(1, 40):
        stage.stream(begun, "x" * number * 5 + "\n")
        rights.append(code_of(stage)[1].targets()[-1].rect.right())
    assert len(set(rights)) == 2


# --- saving


@pytest.mark.parametrize(
    ("language", "code", "name"),
    [
        ("python", "x = 1", "script.py"),
        ("", "x", "text.txt"),
        ("rust", "fn main() {}", "code.rs"),
        ("dockerfile", "FROM x", "Dockerfile"),
        ("python", "# src/retry/budget.py\nx = 1", "budget.py"),
        ("ts", "// filename: index.ts\nlet x", "index.ts"),
        ("html", "<!-- page.html -->\n<p>", "page.html"),
        ("bash", "#!/bin/bash\nls", "script.sh"),
        ("python", "# see ../../etc/passwd.txt for more", "script.py"),
        ("python", "# ../../.bashrc", "script.py"),
    ],
)
def test_a_file_name_is_suggested(language: str, code: str, name: str) -> None:
    assert suggested_name(language, code) == name


def test_code_is_saved_byte_for_byte(stage: Stage, tmp_path: Path) -> None:
    code = "a\t b  \n\n# ü 🙂 end\n"
    stage.show(question("c"), answer(f"```python\n{code}```"))
    stage.click(Deed.SAVE_CODE)
    (dialog,) = stage.view.findChildren(QFileDialog)
    assert not dialog.testOption(QFileDialog.Option.DontConfirmOverwrite)
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    assert Path(dialog.selectedFiles()[0]).name == "script.py"
    path = tmp_path / "chosen.py"
    with stage.qtbot.waitSignal(stage.view._deeds._saving.saved):
        dialog.fileSelected.emit(str(path))
    assert path.read_bytes() == code.encode()
    assert stage.view._taking.copied is not None, "a tick tells that it was saved"
    dialog.close()
    stage.qtbot.waitUntil(lambda: not stage.view.findChildren(QFileDialog))


def test_what_cannot_be_saved_is_told_and_asked_again(stage: Stage, tmp_path: Path) -> None:
    saving = Saving(stage.view)
    dialog = saving.ask("code", "script.py")
    dialog.fileSelected.emit(str(tmp_path / "no such folder" / "script.py"))
    dialog.close()
    stage.qtbot.waitUntil(lambda: bool(stage.view.findChildren(QMessageBox)))
    (box,) = stage.view.findChildren(QMessageBox)
    assert "script.py" in box.text()
    assert box.informativeText()
    box.buttons()[0].click()
    stage.qtbot.waitUntil(lambda: bool(stage.view.findChildren(QFileDialog)))
    for again in stage.view.findChildren(QFileDialog):
        again.close()
    stage.qtbot.waitUntil(lambda: not stage.view.findChildren(QFileDialog))


def test_a_failed_save_leaves_the_old_file(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "kept.py"
    path.write_text("old")
    tmp_path.chmod(0o500)
    path.chmod(0o400)
    try:
        reason = write_whole(str(path), "new")
        assert path.read_text() == ("old" if reason else "new")
    finally:
        tmp_path.chmod(0o700)


# --- pointing


def test_the_bar_of_wide_code_is_dragged(stage: Stage) -> None:
    stage.show(question("c"), answer(WIDE))
    spot, part = code_of(stage)
    before = part.bar_rect().left()
    start = part.bar_rect().translated(spot.left, spot.top).center().toPoint()
    stage.drag(start, start + QPoint(80, 0))
    assert part.bar_rect().left() == pytest.approx(before + 80, abs=2)


@pytest.mark.parametrize("bottom", [-200.0, 0.0, 5.0, 30.0])
def test_a_stretch_above_the_first_line_can_be_painted_alone(stage: Stage, bottom: float) -> None:
    stage.show(answer("```py\nx = 1\ny = 2\n```"))
    part = stage.part(CodePart).part
    picture = QImage(600, 200, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(picture)
    part.paint(Canvas(painter, stage.view._style, QRectF(0.0, bottom - 9.0, 600.0, 9.0), 0.0), 0.0, 0.0, UNMARKED)
    painter.end()
