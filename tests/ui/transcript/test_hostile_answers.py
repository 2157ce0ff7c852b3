"""Nothing from an answer acts by itself: a set of answers that try, each shown, hovered, clicked and copied."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QTextLayout
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop_chat.ui.transcript.code.code_block import CodePart
from desktop_chat.ui.transcript.markdown.links import openable
from desktop_chat.ui.transcript.markdown.visible_text import visible
from desktop_chat.ui.transcript.parts.leaf_part import LeafPart
from desktop_chat.ui.transcript.parts.part import Deed
from desktop_chat.ui.transcript.parts.rich_text import RichText
from tests.helpers.samples import question
from tests.helpers.tripwires import Tripwires, tripwires
from tests.ui.transcript.hostile import BLOCKS, FETCHING, FLOODS, HIDDEN, SCHEMES
from tests.ui.transcript.stage import Stage, answer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the tripwire on the file needs inotify")


@pytest.fixture
def wires(tmp_path: Path) -> Iterator[Tripwires]:
    with tripwires(tmp_path) as made:
        yield made


def live_through(stage: Stage, *, is_clicking: bool = True) -> list[tuple[Any, ...]]:
    """Do with the page what a reader may do without meaning any harm; give the links that it told."""
    opened: list[tuple[Any, ...]] = []
    stage.view.link_opened.connect(lambda *link: opened.append(link))
    viewport = stage.view.viewport()
    for fold in range(len(stage.targets(Deed.FOLD))):
        if fold < len(stage.targets(Deed.FOLD)):
            stage.click(Deed.FOLD, fold)
    for spot, target in [(at, target) for at in stage.spots() for target in at.part.targets()]:
        point = spot.rect_of(target).center().toPoint()
        QTest.mouseMove(viewport, point)
        if is_clicking and target.deed is Deed.FOLLOW_LINK:
            QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=point)
    stage.view.select_all()
    stage.view.copy()
    stage.wait()
    QApplication.processEvents()
    return opened


def texts_on_screen(stage: Stage) -> list[str]:
    """Every text as it is laid out for the screen."""
    return [text for spot in stage.spots() for text in _texts_of(spot.part, set())]


def _texts_of(thing: Any, seen: set[int]) -> Iterator[str]:
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, RichText):
        thing = thing.__dict__.get("_layout")
    if isinstance(thing, QTextLayout):
        yield thing.text()
    elif isinstance(thing, dict):
        for value in thing.values():
            yield from _texts_of(value, seen)
    elif isinstance(thing, list | tuple):
        for value in thing:
            yield from _texts_of(value, seen)
    elif type(thing).__module__.startswith("desktop_chat.ui.transcript"):
        slots = [getattr(thing, name) for name in getattr(type(thing), "__slots__", ()) if hasattr(thing, name)]
        yield from _texts_of([*getattr(thing, "__dict__", {}).values(), *slots], seen)


def test_the_tripwires_trip(wires: Tripwires) -> None:
    assert (wires.calls(), wires.opens()) == (0, 0)
    socket.create_connection(("127.0.0.1", wires.port)).close()
    wires.picture.read_bytes()
    assert (wires.calls(), wires.opens()) == (1, 1)


@pytest.mark.parametrize("name", FETCHING)
def test_nothing_is_fetched(stage: Stage, wires: Tripwires, name: str) -> None:
    stage.show(question("c"), answer(wires.armed(FETCHING[name])))
    live_through(stage)
    assert wires.calls() == 0
    assert wires.opens() == 0


def test_nothing_is_fetched_while_it_streams(stage: Stage, wires: Tripwires) -> None:
    begun = stage.begin()
    for text in FETCHING.values():
        stage.stream(begun, wires.armed(text) + "\n\n")
    live_through(stage, is_clicking=False)
    assert wires.calls() == 0
    assert wires.opens() == 0


def test_the_readers_own_words_fetch_nothing_either(stage: Stage, wires: Tripwires) -> None:
    stage.show(question("c", wires.armed("\n".join(FETCHING.values()))))
    live_through(stage)
    assert wires.calls() == 0
    assert wires.opens() == 0


@pytest.mark.parametrize("name", SCHEMES)
def test_nothing_but_the_web_and_mail_is_opened(stage: Stage, name: str) -> None:
    stage.show(question("c"), answer(SCHEMES[name]))
    opened = live_through(stage)
    assert opened == [], "none of these may be opened"
    assert stage.targets(Deed.FOLLOW_LINK) == []
    for spot, target in stage.targets(Deed.TELL_ADDRESS):
        assert not target.is_active
        assert target.value == ""
        assert "cannot be opened" in target.tip, spot


@pytest.mark.parametrize(
    "text", ["[x](javascript:alert(1))", "<file:///etc/passwd>", "| a |\n|---|\n| [x](data:text/html,y) |"]
)
def test_an_address_that_may_not_be_opened_is_text(stage: Stage, text: str) -> None:
    stage.show(question("c"), answer(text))
    [(spot, target), *_] = stage.targets(Deed.TELL_ADDRESS)
    assert not _is_tinted(stage, spot.rect_of(target))
    QTest.mouseMove(stage.view.viewport(), spot.rect_of(target).center().toPoint())
    assert stage.view._target_line.text == target.tip, "what stands behind it is told all the same"
    assert stage.view.viewport().cursor().shape() is Qt.CursorShape.IBeamCursor
    stage.view.setFocus()
    stage.view._focus.clear()
    while stage.view._focus.step(1):
        found = stage.view._focus.current
        assert found is not None
        assert found[1].deed is not Deed.TELL_ADDRESS


def test_an_address_that_may_be_opened_looks_like_a_link(stage: Stage) -> None:
    stage.show(question("c"), answer("[xxx](https://a.example/)"))
    [(spot, target)] = stage.targets(Deed.FOLLOW_LINK)
    assert _is_tinted(stage, spot.rect_of(target))


def _is_tinted(stage: Stage, rect: QRectF) -> bool:
    """Whether anything there is painted in the colour of links; text is grey."""
    image = stage.view.viewport().grab(rect.toAlignedRect()).toImage()
    colors = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return any(abs(color.red() - color.blue()) > 60 for color in colors)


@pytest.mark.parametrize("name", HIDDEN)
def test_what_would_hide_or_act_is_shown(stage: Stage, name: str) -> None:
    stage.show(question("c"), answer(HIDDEN[name]))
    shown = texts_on_screen(stage)
    assert shown
    for text in shown:
        # Qt ends lines with U+2028; the parts put it there themselves.
        plain = text.replace("\u2028", "\n")
        assert plain == visible(plain), ascii(text)


def test_an_override_turns_nothing_around(stage: Stage) -> None:
    stage.show(question("c"), answer("abc\u202edef ghi\u202c jkl"))
    part = stage.part(LeafPart).part
    line = part._laid._layout.lineAt(0)  # type: ignore[attr-defined]
    places = [line.cursorToX(at)[0] for at in range(line.textLength())]
    assert places == sorted(places)


def test_code_stands_left_to_right_whatever_it_holds(stage: Stage) -> None:
    stage.show(question("c"), answer("```\nשלום = 1  # تعليق\n```"))
    spot = stage.part(CodePart)
    assert spot.part.offset_at(QPointF(0.0, spot.part.height / 2)) == 0


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_is_shown_to_its_end(stage: Stage, name: str) -> None:
    stage.show(question("c"), answer(FLOODS[name]))
    parts = [part for row in stage.view._page.rows for part in (row.item.stack.parts if row.item else ())]
    ends = [part for part in parts if "the end" in part.plain(0, part.length)]
    assert ends, "the last words are on the page"


@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_that_streams_is_shown_to_its_end(stage: Stage, name: str) -> None:
    begun = stage.begin()
    text = FLOODS[name]
    for at in range(0, len(text), -(-len(text) // 7)):
        stage.stream(begun, text[at : at + -(-len(text) // 7)])
    stage.end(begun, text)
    parts = [part for row in stage.view._page.rows for part in (row.item.stack.parts if row.item else ())]
    assert any("the end" in part.plain(0, part.length) for part in parts)


def test_words_in_deep_quotes_stay_on_the_page(stage: Stage) -> None:
    stage.show(question("c"), answer("> " * 300 + "here"))
    spots = [spot for spot in stage.spots() if isinstance(spot.part, LeafPart)]
    assert [spot.part.plain(0, spot.part.length) for spot in spots] == ["here"]
    assert spots[0].left + spots[0].part.indent + 80 <= stage.view.width()  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_of_a_wrong_kind_harms_nothing(stage: Stage, wires: Tripwires, name: str) -> None:
    block = {key: wires.armed(value) if isinstance(value, str) else value for key, value in BLOCKS[name].items()}
    text = {"type": "text", "text": "Still here."}
    stage.show(question("c"), answer("", content=(block, text)))
    live_through(stage)
    shown = [spot.part.plain(0, spot.part.length) for spot in stage.spots() if isinstance(spot.part, LeafPart)]
    assert any("Still here." in piece for piece in shown)
    assert wires.calls() == 0
    assert wires.opens() == 0


def test_what_looks_like_html_in_a_tool_tip_is_shown_letter_by_letter(stage: Stage) -> None:
    stage.show(question("c"), answer("[hover](https://a.example/<b>x)"))
    [(spot, target)] = stage.targets(Deed.FOLLOW_LINK)
    QTest.mouseMove(stage.view.viewport(), spot.rect_of(target).center().toPoint())
    assert stage.view._target_line.text.startswith("https://a.example/<b>x")


def test_where_a_link_leads_is_said_before_it_can_be_clicked(stage: Stage) -> None:
    stage.show(question("c"), answer("[example.com](https://xn--exmple-cua.com/) and more"))
    [(spot, target)] = stage.targets(Deed.FOLLOW_LINK)
    QTest.mouseMove(stage.view.viewport(), spot.rect_of(target).center().toPoint())
    line = stage.view._target_line
    assert line.isVisible()
    assert line.text == "https://xn--exmple-cua.com/"
    QTest.mouseMove(stage.view.viewport(), QPoint(2, 2))
    assert not line.isVisible()


def test_the_keyboard_sees_where_a_link_leads(stage: Stage) -> None:
    stage.show(question("c"), answer("[here](https://a.example/there)"))
    stage.view.setFocus()
    stage.view._focus.clear()
    stage.key(Qt.Key.Key_Tab)
    while stage.view._focus.current and stage.view._focus.current[1].deed is not Deed.FOLLOW_LINK:
        stage.key(Qt.Key.Key_Tab)
    assert stage.view._target_line.text == "https://a.example/there"


def test_a_link_that_pretends_is_told_with_the_reason(stage: Stage) -> None:
    stage.show(question("c"), answer("[https://bank.example/](https://evil.example/)"))
    [(address, doubt)] = live_through(stage)
    assert openable(address) == "https://evil.example/"
    assert doubt == "The text says bank.example, but the link leads to evil.example."
