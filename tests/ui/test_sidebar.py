"""The sidebar: opening, renaming, deleting by hand; the filter; the foot."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt
from PySide6.QtGui import QInputMethodEvent, QPaintEvent, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_chat.core.keys import KeySource, KeyState
from desktop_chat.ui.sidebar import Sidebar
from desktop_chat.ui.theme import Look
from desktop_chat.ui.title_edit import TitleEdit
from tests.helpers.window_kit import summary

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
CONTROL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def sidebar(look: Look, qtbot: QtBot) -> Sidebar:
    made = Sidebar(look)
    qtbot.addWidget(made)
    made.resize(264, 600)
    made.show_conversations((summary("a", "Apples"), summary("b", "Bears", 1.0)))
    with qtbot.waitExposed(made):
        made.show()
    return made


def spot(sidebar: Sidebar, key: str) -> QPoint:
    index: QModelIndex = sidebar.model.index_of(key)
    assert index.isValid()
    return sidebar.history.visualRect(index).center()


def editor_of(sidebar: Sidebar) -> TitleEdit:
    found = sidebar.history.findChild(TitleEdit)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("button", "modifier", "is_new_tab"), [(LEFT, NONE, False), (LEFT, CONTROL, True), (MIDDLE, NONE, True)]
)
def test_a_click_opens_and_middle_or_ctrl_asks_for_a_new_tab(
    sidebar: Sidebar, qtbot: QtBot, button: Qt.MouseButton, modifier: Qt.KeyboardModifier, is_new_tab: bool
) -> None:
    with qtbot.waitSignal(sidebar.history.open_requested) as opened:
        QTest.mouseClick(sidebar.history.viewport(), button, modifier, spot(sidebar, "b"))
    assert opened.args == ["b", is_new_tab]


def test_the_arrows_go_through_the_list_and_return_opens(sidebar: Sidebar, qtbot: QtBot) -> None:
    sidebar.history.set_open("a")
    QTest.keyClick(sidebar.history, Qt.Key.Key_Down)
    with qtbot.waitSignal(sidebar.history.open_requested) as opened:
        QTest.keyClick(sidebar.history, Qt.Key.Key_Return)
    assert opened.args == ["b", False]


def test_the_row_that_was_open_and_the_one_that_is_are_painted_anew(sidebar: Sidebar, qtbot: QtBot) -> None:
    class Watch(QObject):
        region = QRegion()

        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if isinstance(event, QPaintEvent):
                self.region += event.region()
            return False

    sidebar.history.set_open("a")
    # The keyboard is there already, and Qt itself sees no reason to paint.
    QTest.keyClick(sidebar.history, Qt.Key.Key_Down)
    qtbot.wait(20)
    watch = Watch()
    sidebar.history.viewport().installEventFilter(watch)
    sidebar.history.set_open("b")
    qtbot.waitUntil(lambda: all(watch.region.contains(spot(sidebar, key)) for key in ("a", "b")))
    sidebar.history.viewport().removeEventFilter(watch)


def test_delete_asks_for_the_selected_row(sidebar: Sidebar, qtbot: QtBot) -> None:
    sidebar.history.set_open("b")
    with qtbot.waitSignal(sidebar.history.delete_requested) as deleted:
        QTest.keyClick(sidebar.history, Qt.Key.Key_Delete)
    assert deleted.args == ["b"]


def test_return_keeps_the_new_title(sidebar: Sidebar, qtbot: QtBot) -> None:
    assert sidebar.history.start_rename("b")
    editor = editor_of(sidebar)
    QTest.keyClicks(editor, "Brown bears")
    with qtbot.waitSignal(sidebar.history.rename_requested) as renamed:
        QTest.keyClick(editor, Qt.Key.Key_Return)
    assert renamed.args == ["b", "Brown bears"]


def test_escape_leaves_the_title(sidebar: Sidebar, qtbot: QtBot) -> None:
    renamed: list[str] = []
    sidebar.history.rename_requested.connect(lambda _key, title: renamed.append(title))
    sidebar.history.start_rename("b")
    editor = editor_of(sidebar)
    QTest.keyClicks(editor, "Brown bears")
    with qtbot.waitSignal(editor.destroyed):
        QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert renamed == []


def test_return_while_an_input_method_composes_does_not_end_the_rename(sidebar: Sidebar, qtbot: QtBot) -> None:
    renamed: list[str] = []
    sidebar.history.rename_requested.connect(lambda _key, title: renamed.append(title))
    sidebar.history.start_rename("b")
    editor = editor_of(sidebar)
    QApplication.sendEvent(editor, QInputMethodEvent("くま", []))
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert renamed == []
    committed = QInputMethodEvent("", [])
    committed.setCommitString("熊")
    QApplication.sendEvent(editor, committed)
    with qtbot.waitSignal(sidebar.history.rename_requested):
        QTest.keyClick(editor, Qt.Key.Key_Return)
    assert renamed == ["熊"]


def test_a_reply_that_ends_elsewhere_does_not_disturb_a_rename(sidebar: Sidebar) -> None:
    sidebar.history.start_rename("b")
    editor = editor_of(sidebar)
    QTest.keyClicks(editor, "Brown")
    sidebar.show_conversations((summary("b", "Bears"), summary("a", "Apples", 1.0)))
    assert editor_of(sidebar) is editor
    assert editor.text() == "Brown"


def test_letters_typed_on_the_list_are_left_to_the_window(sidebar: Sidebar) -> None:
    sidebar.history.set_open("a")
    QTest.keyClick(sidebar.history, Qt.Key.Key_B)
    assert sidebar.history.selected_id() == "a"


def test_the_filter_narrows_the_list_and_escape_shows_all(sidebar: Sidebar) -> None:
    QTest.keyClicks(sidebar.filter, "bea")
    assert sidebar.model.index_of("b").isValid()
    assert not sidebar.model.index_of("a").isValid()
    QTest.keyClick(sidebar.filter, Qt.Key.Key_Escape)
    assert sidebar.filter.text() == ""
    assert sidebar.model.index_of("a").isValid()


def test_the_arrow_down_leads_from_the_filter_into_the_list(sidebar: Sidebar) -> None:
    sidebar.focus_filter()
    QTest.keyClicks(sidebar.filter, "bea")
    QTest.keyClick(sidebar.filter, Qt.Key.Key_Down)
    assert sidebar.history.selected_id() == "b"


def words(sidebar: Sidebar) -> set[str]:
    return {label.text() for label in sidebar.findChildren(QLabel) if label.isVisible()}


def test_an_empty_list_says_what_will_be_there(sidebar: Sidebar) -> None:
    sidebar.show_conversations(())
    assert "Your conversations appear here" in words(sidebar)
    sidebar.show_conversations((summary("a", "Apples"),))
    sidebar.filter.setText("zebra")
    assert "No title with “zebra”" in words(sidebar)


def test_nothing_is_said_before_the_conversations_are_known(look: Look, qtbot: QtBot) -> None:
    sidebar = Sidebar(look)
    qtbot.addWidget(sidebar)
    sidebar.show()
    assert "Your conversations appear here" not in words(sidebar)


def test_the_foot_tells_where_the_key_is(sidebar: Sidebar) -> None:
    sidebar.show_key("Anthropic", KeyState(KeySource.KEYRING, "sk-ant-…wXyZ"))
    assert sidebar.key_words == "Anthropic · key in keyring"


@pytest.mark.parametrize("source", KeySource)
def test_the_foot_never_cuts_the_words_of_the_common_server(sidebar: Sidebar, source: KeySource) -> None:
    sidebar.show_key("Anthropic", KeyState(source, origin="https://api.anthropic.com"))
    QApplication.processEvents()
    foot = next(button for button in sidebar.findChildren(QPushButton) if button.text().startswith("Anthropic"))
    assert not foot.text().endswith("…") or source is KeySource.UNKNOWN
    assert foot.fontMetrics().horizontalAdvance(foot.text()) < foot.width()
    assert foot.accessibleName() == sidebar.key_words


def test_the_menu_pins_and_unpins(sidebar: Sidebar, qtbot: QtBot) -> None:
    for is_pinned, name in ((False, "Pin"), (True, "Unpin")):
        menu = sidebar.history.menu_for(summary("a", "Apples", is_pinned=is_pinned))
        action = next(action for action in menu.actions() if action.text() == name)
        with qtbot.waitSignal(sidebar.history.pin_requested) as pinned:
            action.trigger()
        assert pinned.args == ["a", not is_pinned]


def test_the_list_does_not_jump_when_other_conversations_move(sidebar: Sidebar) -> None:
    many = tuple(summary(str(number), f"Conversation {number}", float(number)) for number in range(200))
    sidebar.show_conversations(many)
    sidebar.history.set_open("0")
    bar = sidebar.history.verticalScrollBar()
    bar.setValue(2_000)
    sidebar.show_conversations((many[1], many[0], *many[2:]))
    assert bar.value() == 2_000
    assert sidebar.history.selected_id() == "0"


def test_the_field_of_a_rename_is_a_line_edit_that_starts_with_all_selected(sidebar: Sidebar) -> None:
    sidebar.history.start_rename("a")
    editor: QLineEdit = editor_of(sidebar)
    assert editor.selectedText() == "Apples"


def foot_text(sidebar: Sidebar) -> str:
    """What the foot shows of the key."""
    return next(
        button for button in sidebar.findChildren(QPushButton) if button.accessibleName() == sidebar.key_words
    ).text()


@pytest.mark.parametrize("width", [200, 264, 400])
@pytest.mark.parametrize(
    "host", ["localhost:11434", "a-very-long-gateway-name.intranet.example.com:8443", "l&m.example"]
)
def test_the_foot_shortens_the_server_and_not_what_is_said_of_the_key(sidebar: Sidebar, host: str, width: int) -> None:
    sidebar.setFixedWidth(width)
    sidebar.show_key(host, KeyState(KeySource.NOT_NEEDED, origin="http://localhost:11434"))
    QApplication.processEvents()
    assert foot_text(sidebar).endswith(" · no key" if width > 200 else "no key")
    assert width == 200 or foot_text(sidebar)[0] == host[0]
    assert sidebar.key_words == f"{host} · no key"


def test_the_foot_warns_of_a_line_that_can_be_read(sidebar: Sidebar) -> None:
    sidebar.show_key("llm.example", KeyState(KeySource.KEYRING, "…wXyZ", origin="http://llm.example"))
    assert sidebar.key_words == "Not encrypted · llm.example · key in keyring"
    assert "can be read on the way" in sidebar._key.toolTip()
    sidebar.show_key("127.0.0.1", KeyState(KeySource.NOT_NEEDED, origin="http://127.0.0.1:8080"))
    assert sidebar.key_words == "127.0.0.1 · no key"


def test_tab_goes_from_top_to_bottom_and_leaves_an_empty_list_out(sidebar: Sidebar) -> None:
    with_rows = [type(widget).__name__ for widget in walked(sidebar)]
    assert with_rows == ["_NewButton", "FilterField", "HistoryList", "FootButton", "FootButton", "FootButton"]
    sidebar.show_conversations(())
    assert sidebar.history not in walked(sidebar)


def walked(sidebar: Sidebar) -> list[QWidget]:
    """Where Tab leads, from the first control on."""
    found: list[QWidget] = []
    here: QWidget | None = sidebar.findChild(QAbstractButton)
    while here is not None and here not in found:
        here.setFocus()
        found.append(here)
        QTest.keyClick(here, Qt.Key.Key_Tab)
        here = sidebar.focusWidget()
    return found
