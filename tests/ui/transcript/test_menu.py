"""The context menu: what it offers where, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QMenu

from desktop_chat.ui.transcript.code.code_block import CodePart
from desktop_chat.ui.transcript.parts.part import Deed, Part, Target
from desktop_chat.ui.transcript.parts.prose import ProsePart
from desktop_chat.ui.transcript.tables.table import TablePart
from tests.helpers.samples import question
from tests.ui.transcript.stage import Stage, answer, clipboard


@contextmanager
def menu_of(stage: Stage, kind: type[Part], target: Target | None = None) -> Iterator[QMenu]:
    menu = stage.view._menu.build(stage.part(kind), target)
    yield menu
    menu.deleteLater()


def words(menu: QMenu) -> list[str]:
    return [action.text().replace("&&", "&") for action in menu.actions()]


def choose(menu: QMenu, text: str) -> None:
    next(action for action in menu.actions() if action.text().replace("&", "").startswith(text)).trigger()


def test_without_a_selection_only_what_lies_there_can_be_taken(stage: Stage) -> None:
    stage.show(question("c"), answer("```py\nx\n```"))
    with menu_of(stage, CodePart) as menu:
        enabled = [action.text() for action in menu.actions() if action.isEnabled() and action.text()]
        assert enabled == ["Copy co&de", "&Save code…", "M&essage", "Select &all\tCtrl+A"]
        choose(menu, "Copy code")
        assert clipboard() == "x"


def test_a_selection_is_copied_in_the_form_that_was_chosen(stage: Stage) -> None:
    stage.show(question("c", "Ask."), answer("Some **text**."))
    stage.view.select_all()
    with menu_of(stage, ProsePart) as menu:
        assert words(menu)[:4] == ["&Copy\tCtrl+C", "Copy as &Markdown", "Copy as &plain text", "&Quote in reply"]
        choose(menu, "Copy as Markdown")
        assert clipboard() == "Ask.\n\nSome **text**."
        choose(menu, "Copy as plain")
        assert clipboard() == "Ask.\n\nSome text."
        assert not clipboard("text/html")


def test_quote_in_reply_gives_lines_of_a_quote(stage: Stage) -> None:
    quotes: list[str] = []
    stage.view.quote_requested.connect(quotes.append)
    stage.show(question("c", "Ask."), answer("One.\n\n- two"))
    stage.view.select_all()
    with menu_of(stage, ProsePart) as menu:
        choose(menu, "Quote")
    assert quotes == ["> Ask.\n>\n> One.\n>\n> - two\n"]


def test_a_link_shows_where_it_leads(stage: Stage) -> None:
    opened: list[tuple[str, str]] = []
    stage.view.link_opened.connect(lambda address, doubt: opened.append((address, doubt)))
    stage.show(question("c"), answer("[here](https://example.org/a?b&c)"))
    spot, target = stage.targets(Deed.FOLLOW_LINK)[0]
    menu = stage.view._menu.build(spot, target)
    assert words(menu)[0] == "&Open https://example.org/a?b&c"
    choose(menu, "Copy link address")
    assert clipboard() == "https://example.org/a?b&c"
    choose(menu, "Open")
    assert opened == [("https://example.org/a?b&c", "")]
    menu.deleteLater()


def test_a_link_that_may_not_be_opened_says_so(stage: Stage) -> None:
    stage.show(question("c"), answer("[here](javascript:alert(1))"))
    spot, target = stage.targets(Deed.TELL_ADDRESS)[0]
    menu = stage.view._menu.build(spot, target)
    assert "cannot be opened" in words(menu)[0]
    assert not menu.actions()[0].isEnabled()
    menu.deleteLater()


def test_a_table_can_be_taken_in_every_form(stage: Stage) -> None:
    stage.show(question("c"), answer("| a | b |\n|---|--:|\n| 1 | 2 |"))
    with menu_of(stage, TablePart) as menu:
        choose(menu, "Copy table")
        assert clipboard() == "a\tb\n1\t2"
        assert clipboard("text/markdown") == "| a | b |\n|---|--:|\n| 1 | 2 |"
        assert clipboard("text/html").startswith("<table><thead>")


def test_the_mnemonics_of_a_menu_differ(stage: Stage) -> None:
    stage.show(question("c"), answer("```py\nx\n```"))
    with menu_of(stage, CodePart) as menu:
        letters = [text[text.index("&") + 1].lower() for text in words(menu) if "&" in text]
    assert sorted(letters) == sorted(set(letters))


def test_the_keyboard_opens_the_menu_where_it_is(stage: Stage) -> None:
    stage.show(question("c", "Ask."), answer("One.\n\n```\nx\n```"))
    menu = stage.view._menu
    spot, target, _ = menu._keyboard_place()
    assert spot is not None
    assert (spot.row, target) == (0, None)
    while not (stage.view._focus.current and stage.view._focus.current[1].deed is Deed.COPY_CODE):
        stage.view.focusNextPrevChild(True)
    spot, target, point = menu._keyboard_place()
    assert spot is not None
    assert isinstance(spot.part, CodePart)
    assert target is not None
    assert target.deed is Deed.COPY_CODE
    assert point != QPointF()
    stage.view._focus.clear()
    stage.key(Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier)
    spot, _, _ = menu._keyboard_place()
    assert spot is not None
    assert isinstance(spot.part, CodePart), "at the moving end of the selection"
