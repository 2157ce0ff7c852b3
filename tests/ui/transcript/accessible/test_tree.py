"""The tree of the transcript that assistive technologies see; `tests/end2end` looks at it through AT-SPI."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.view import TranscriptView
from tests.helpers.samples import question
from tests.ui.transcript.stage import LONG, Stage, answer, clipboard

Role, Text = QAccessible.Role, QAccessible.Text


@pytest.fixture(autouse=True)
def _active() -> Iterator[None]:
    """An assistive technology is there."""
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


def root(stage: Stage) -> QAccessibleInterface:
    return QAccessible.queryAccessibleInterface(stage.view)


def below(node: QAccessibleInterface) -> list[QAccessibleInterface]:
    return [node.child(index) for index in range(node.childCount())]


def all_of(node: QAccessibleInterface, role: QAccessible.Role) -> list[QAccessibleInterface]:
    return [
        *([node] if node.role() == role else []),
        *(found for child in below(node) for found in all_of(child, role)),
    ]


def names(nodes: list[QAccessibleInterface]) -> list[str]:
    return [node.text(Text.Name) for node in nodes]


def button(stage: Stage, name: str) -> QAccessibleInterface:
    return next(node for node in all_of(root(stage), Role.Button) if node.text(Text.Name) == name)


def press(node: QAccessibleInterface) -> None:
    node.actionInterface().doAction(node.actionInterface().pressAction())


def test_messages_are_children_in_order(stage: Stage) -> None:
    stage.show(question("c", "What?"), answer("That."))
    tree = root(stage)
    assert (tree.role(), tree.text(Text.Name)) == (Role.List, "Conversation")
    messages = below(tree)[:2]
    assert [node.role() for node in messages] == [Role.ListItem] * 2
    assert names(messages) == ["You: What?", "Claude: That."]
    assert [tree.indexOfChild(node) for node in messages] == [0, 1]
    assert [node.parent() is tree for node in messages] == [True, True]


def test_a_long_message_has_a_short_name_and_its_whole_text(stage: Stage) -> None:
    stage.show(answer(LONG))
    node = root(stage).child(0)
    assert len(node.text(Text.Name)) < 140
    assert node.text(Text.Name).endswith("…")
    assert node.textInterface().text(0, -1) == LONG


def test_blocks_have_roles_and_words_without_marks(stage: Stage) -> None:
    stage.show(answer("# A\n\n### B\n\nSome **bold** text.\n\n> quoted\n\n- item\n\n```\nx\n```\n\n---\n\nEnd"))
    parts = below(root(stage).child(0))[1:-1]
    assert [(part.role(), part.textInterface().text(0, -1)) for part in parts] == [
        (Role.Heading, "A"),
        (Role.Heading, "B"),
        (Role.Paragraph, "Some bold text."),
        (Role.BlockQuote, "quoted"),
        (Role.Paragraph, "item"),
        (Role.Section, "x"),
        (Role.Separator, ""),
        (Role.Paragraph, "End"),
    ]
    level = QAccessible.Attribute.Level
    assert [part.attributesInterface().attributeValue(level) for part in parts[:2]] == [1, 3]
    assert [part.attributesInterface().attributeKeys() for part in parts[:3]] == [[level], [level], []]


def test_a_table_has_rows_and_cells(stage: Stage) -> None:
    stage.show(answer("| a | b |\n|---|---|\n| 1 | **2** |"))
    (table,) = all_of(root(stage), Role.Table)
    assert table.text(Text.Name) == "Table, 2 columns, 1 row"
    assert [names(below(row)) for row in all_of(table, Role.Row)] == [["a", "b"], ["1", "2"]]
    assert names(all_of(table, Role.ColumnHeader)) == ["a", "b"]
    cell = all_of(table, Role.Cell)[1]
    assert cell.parent().indexOfChild(cell) == 1
    assert table.indexOfChild(cell.parent()) == 1


def test_a_link_tells_where_it_leads_and_is_followed(stage: Stage, qtbot: QtBot) -> None:
    stage.show(answer("A [first](https://example.org/a) and a [second](https://example.org/b)."))
    links = all_of(root(stage), Role.Link)
    assert names(links) == ["first", "second"]
    assert links[1].text(Text.Description) == "https://example.org/b"
    with qtbot.waitSignal(stage.view.link_opened) as opened:
        press(links[1])
    assert opened.args is not None
    assert opened.args[0] == "https://example.org/b"


def test_a_link_over_two_lines_is_one_link(stage: Stage) -> None:
    stage.show(answer(f"[{'long words ' * 30}](https://example.org)"))
    assert len(all_of(root(stage), Role.Link)) == 1


def test_code_is_copied_by_its_button(stage: Stage) -> None:
    stage.show(answer("```python\nprint(1)\n```"))
    press(button(stage, "Copy code"))
    assert clipboard().strip() == "print(1)"


def test_text_is_counted_as_qt_counts_it(stage: Stage) -> None:
    stage.show(question("c", "a 😀 b"))
    text = root(stage).child(0).textInterface()
    assert text.characterCount() == 6
    assert text.text(2, 4) == "😀"
    assert text.text(5, -1) == "b"


def test_messages_far_away_are_there_and_cost_nothing_before_somebody_asks(stage: Stage) -> None:
    stage.show(*(answer(f"Number **{number}**.", id=f"m{number}") for number in range(2_000)))
    tree, rows = root(stage), stage.view._page.rows
    nodes = stage.view._tree._nodes
    built, known = rows.built_count, len(nodes)
    assert tree.child(3).text(Text.Name) == "Claude: Number **3**."
    assert tree.child(3).state().offscreen
    assert not tree.child(1_999).state().offscreen
    assert tree.child(1_999).text(Text.Name) == "Claude: Number 1999."
    assert (rows.built_count, len(nodes) - known) == (built, 2)


def test_the_tab_key_focuses_what_the_reader_hears(stage: Stage, told: list[tuple[str, str]]) -> None:
    stage.show(answer("A [link](https://example.org)."))
    stage.view.setFocus()
    told.clear()
    stage.key(Qt.Key.Key_Tab)
    (link,) = all_of(root(stage), Role.Link)
    assert link.state().focused
    assert root(stage).focusChild() is link
    assert told == [("Focus", "link")]


def test_selecting_by_keyboard_moves_the_caret(stage: Stage, told: list[tuple[str, str]]) -> None:
    stage.show(question("c", "Some words"))
    stage.view.setFocus()
    told.clear()
    for _ in range(3):
        stage.key(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert told[0] == ("Focus", "Some words")
    (text,) = [node for node in below(root(stage).child(0)) if node.state().focused]
    before = text.textInterface().cursorPosition()
    stage.key(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert abs(text.textInterface().cursorPosition() - before) == 1
    assert told[-1] == ("TextCaretMoved", "Some words")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What assistive technologies are told: event and name."""
    found: list[tuple[str, str]] = []

    def note(event: QAccessibleEvent) -> None:
        node = event.accessibleInterface()
        found.append((event.type().name, node.text(Text.Name) if node is not None else ""))

    monkeypatch.setattr(QAccessible, "updateAccessibility", note)
    return found


def test_what_is_not_shown_any_more_is_let_go(stage: Stage) -> None:
    stage.show(question("c", "Old"), answer("Gone."))
    old = root(stage).child(1)
    part = old.child(1)
    stage.show(question("c", "New"))
    assert not isValid(old)
    assert not isValid(part)
    assert names(below(root(stage))[:1]) == ["You: New"]


def test_a_part_that_is_gone_is_invalid(stage: Stage) -> None:
    begun = stage.begin("One.\n\nTwo.")
    last = below(root(stage).child(1))[-1]
    assert last.isValid()
    begun_row = stage.view._page.rows.index_of(begun.id)
    assert begun_row is not None
    stage.view._page.rows.item(begun_row).stack.replace_from(0, [])
    assert not last.isValid()
    assert last.text(Text.Name) == ""
    assert last.child(0) is None


@pytest.mark.parametrize("is_left_to_qt", [True, False])
def test_a_transcript_takes_its_nodes_along(look: Look, qtbot: QtBot, is_left_to_qt: bool) -> None:
    view = TranscriptView(look)
    tree = QAccessible.queryAccessibleInterface(view)
    view.show_path((answer("A [link](https://example.org).\n\n| a |\n|---|\n| 1 |"),), lambda key: (key,))
    with qtbot.waitExposed(view):
        view.show()
    qtbot.waitUntil(partial(getattr, view, "is_painted_up_to_date"))
    # PySide makes it another meta object, for which Qt asks for another interface.
    QTimer(view).timeout.connect(view.select_all)
    nodes = [tree, QAccessible.queryAccessibleInterface(view), *all_of(tree, Role.ListItem), *all_of(tree, Role.Link)]
    assert len(nodes) == 4
    view.close()
    if is_left_to_qt:
        view.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    del view
    gc.collect()
    assert [isValid(node) for node in nodes] == [False] * len(nodes)


def test_without_an_assistive_technology_nothing_is_made(stage: Stage, perform: Callable[[], None]) -> None:
    QAccessible.setActive(False)
    perform()
    assert stage.view._tree._nodes == {}


@pytest.fixture
def perform(stage: Stage) -> Callable[[], None]:
    """A question, an answer, and a walk with the keyboard."""

    def run() -> None:
        begun = stage.begin("A [link](https://example.org). ")
        stage.end(begun, "A [link](https://example.org).")
        stage.view.setFocus()
        stage.key(Qt.Key.Key_Tab)

    return run
