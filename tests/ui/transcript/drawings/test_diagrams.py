"""Mermaid diagrams: drawn when their fence is closed and somebody can draw them, otherwise code."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from desktop_chat.ui.transcript.code.code_block import CodePart
from desktop_chat.ui.transcript.drawings import mermaid
from desktop_chat.ui.transcript.drawings.diagram_part import DiagramPart
from desktop_chat.ui.transcript.drawings.workbench import Workbench
from desktop_chat.ui.transcript.parts.part import Deed
from desktop_chat.ui.transcript.taking.clip_markdown import markdown_text_of
from tests.ui.transcript.stage import Stage, answer

SOURCE = "graph LR\n A --> B\n"
FENCE = f"```mermaid\n{SOURCE}```\n"


def drawn(wish: mermaid._Wish) -> QImage:
    """Stands for the process: broken sources give no picture."""
    if "broken" in wish.source:
        return QImage()
    image = QImage(400, 200, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGreen)
    return image


@pytest.fixture
def painter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who draws at once."""
    monkeypatch.setattr(mermaid, "is_available", lambda: True)
    monkeypatch.setattr(mermaid, "_bench", Workbench("diagrams", drawn, QImage(), 9))


def test_without_the_package_a_diagram_stays_code(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mermaid, "is_available", lambda: False)
    stage.show(answer(FENCE))
    assert type(stage.part(CodePart).part) is CodePart


@pytest.mark.usefixtures("painter")
def test_a_diagram_is_shown_as_a_picture_and_copied_as_its_source(stage: Stage) -> None:
    stage.show(answer(FENCE))
    part = stage.part(DiagramPart).part
    assert isinstance(part, DiagramPart)
    assert part.is_picture
    assert part.rects(0, 1)[0].width() == 200
    assert markdown_text_of((part.taken(0, part.length),)) == FENCE.strip()
    assert part.code == SOURCE


@pytest.mark.usefixtures("painter")
def test_a_picture_wider_than_the_column_is_made_smaller(stage: Stage) -> None:
    stage.view.resize(200, 500)
    stage.show(answer(FENCE))
    (rect,) = stage.part(DiagramPart).part.rects(0, 1)
    assert rect.right() < stage.view._page.rows.width
    assert rect.width() < 200


@pytest.mark.usefixtures("painter")
def test_the_source_is_offered_and_stays_unfolded(stage: Stage) -> None:
    stage.show(answer(FENCE))
    (fold,) = [target for _, target in stage.targets(Deed.FOLD)]
    assert fold.tip == "Show the source"
    stage.click(Deed.FOLD)
    part = stage.part(DiagramPart).part
    assert isinstance(part, DiagramPart)
    assert not part.is_picture
    assert len(part.rects(0, part.length)) == 2
    stage.click(Deed.FOLD)
    assert part.is_picture


@pytest.mark.usefixtures("painter")
def test_a_broken_diagram_shows_its_source(stage: Stage) -> None:
    stage.show(answer("```mermaid\nbroken\n```\n"))
    part = stage.part(DiagramPart).part
    assert isinstance(part, DiagramPart)
    assert not part.is_picture
    assert not part.is_waiting
    assert stage.targets(Deed.FOLD) == []


@pytest.mark.usefixtures("painter")
def test_a_diagram_is_code_until_its_fence_is_closed(stage: Stage) -> None:
    begun = stage.begin("```mermaid\ngraph LR\n")
    assert type(stage.part(CodePart).part) is CodePart
    stage.stream(begun, " A --> B\n")
    assert type(stage.part(CodePart).part) is CodePart
    height = stage.view._page.rows.total
    stage.stream(begun, "```\n")
    part = stage.part(DiagramPart).part
    assert isinstance(part, DiagramPart)
    assert part.is_picture
    assert stage.view._page.rows.total >= height


@pytest.mark.usefixtures("painter")
def test_a_diagram_in_a_list_stays_code(stage: Stage) -> None:
    stage.show(answer("- item\n\n  ```mermaid\n  graph LR\n  ```\n"))
    assert type(stage.part(CodePart).part) is CodePart


def test_a_very_long_source_is_not_drawn() -> None:
    image = mermaid.look("x" * (mermaid.SOURCE_CHARACTERS_MAX + 1), False)
    assert image is not None
    assert image.isNull()


needs_package = pytest.mark.skipif(not mermaid.is_available(), reason="mermaidx is not installed")


@needs_package
def test_a_process_of_its_own_draws_a_diagram() -> None:
    image = mermaid._drawn(mermaid._Wish(SOURCE, is_dark=True))
    assert image.width() > 100


@needs_package
@pytest.mark.parametrize(
    "source", ["graph LR\n A -->", "graph LR\n A[\"<img src='http://127.0.0.1:9/x.png'/>\"] --> B", "\ud800", ""]
)
def test_a_hostile_diagram_is_no_picture_or_a_harmless_one(source: str) -> None:
    mermaid._drawn(mermaid._Wish(source, is_dark=False))


@needs_package
def test_the_process_ends_at_the_first_reach_for_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    reaching = "import socket; socket.socket(); import mermaidx"
    monkeypatch.setattr(mermaid, "_SCRIPT", mermaid._SCRIPT.replace("import mermaidx", reaching))
    assert mermaid._drawn(mermaid._Wish(SOURCE, is_dark=False)).isNull()


@needs_package
def test_a_diagram_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mermaid, "_DRAWING_S_MAX", 0.2)
    assert mermaid._drawn(mermaid._Wish(SOURCE, is_dark=False)).isNull()
