"""The row of tabs: what it shows, and what the pointer can do with it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from desktop_chat.ui.tab_button import TAB_MAX_PX, TAB_MIN_PX, TabButton
from desktop_chat.ui.tab_fade import TabFade
from desktop_chat.ui.tab_strip import STRIP_HEIGHT_PX, TabStrip
from desktop_chat.ui.theme import Look

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
LONG = "A title that is far too long for any tab to show all of it at once"


@pytest.fixture
def strip(look: Look, qtbot: QtBot) -> TabStrip:
    made = TabStrip(look)
    qtbot.addWidget(made)
    made.resize(1000, STRIP_HEIGHT_PX)
    for tab_id, title in (("a", "Apples"), ("b", "Bears"), ("c", LONG)):
        made.add_tab(tab_id, title)
    made.set_current("a")
    made.show()
    return made


def tab(strip: TabStrip, tab_id: str) -> TabButton:
    return next(found for found in strip.findChildren(TabButton) if found.tab_id == tab_id)


def test_widths_keep_to_their_bounds(strip: TabStrip) -> None:
    assert tab(strip, "a").width() == TAB_MIN_PX
    assert tab(strip, "c").width() == TAB_MAX_PX


def test_a_long_title_is_shortened_on_the_tab_and_whole_in_the_tooltip(strip: TabStrip) -> None:
    assert tab(strip, "c").toolTip() == LONG


def test_a_reply_that_begins_does_not_move_the_tabs(strip: TabStrip) -> None:
    before = [tab(strip, key).geometry() for key in "abc"]
    strip.set_busy("b", True)
    assert [tab(strip, key).geometry() for key in "abc"] == before


def test_the_dot_has_the_accent_while_streaming_and_is_read_aloud(strip: TabStrip, look: Look) -> None:
    strip.set_busy("b", True)
    assert look.colors.accent in colors_of(tab(strip, "b").grab().toImage())
    assert tab(strip, "b").accessibleName() == "Bears, reply is being written"
    strip.set_busy("b", False)
    assert look.colors.accent not in colors_of(tab(strip, "b").grab().toImage())


def colors_of(image: QImage) -> set[str]:
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_the_current_tab_is_joined_with_the_page(strip: TabStrip, look: Look) -> None:
    picture = strip.grab().toImage()
    lowest = STRIP_HEIGHT_PX - 1
    strip_x = strip.width() - 5
    tab_x = tab(strip, "a").mapTo(strip, QPoint(40, 0)).x()
    assert picture.pixelColor(strip_x, lowest) == QColor(look.colors.line)
    assert picture.pixelColor(tab_x, lowest) == QColor(look.colors.page)


def test_tabs_answer_to_the_press(strip: TabStrip, qtbot: QtBot) -> None:
    with qtbot.waitSignal(strip.chosen) as chosen:
        QTest.mousePress(tab(strip, "b"), LEFT)
    assert chosen.args == ["b"]


def test_a_middle_click_closes(strip: TabStrip, qtbot: QtBot) -> None:
    with qtbot.waitSignal(strip.close_requested) as closed:
        QTest.mouseClick(tab(strip, "b"), MIDDLE)
    assert closed.args == ["b"]


def drag(strip: TabStrip, tab_id: str, *distances: int) -> None:
    pulled = tab(strip, tab_id)
    start = pulled.mapTo(strip, QPoint(10, 10))
    QTest.mousePress(pulled, LEFT, pos=QPoint(10, 10))
    for distance in distances:
        QTest.mouseMove(pulled, pulled.mapFrom(strip, start + QPoint(distance, 0)))
    QTest.mouseRelease(pulled, LEFT)


def test_dragging_to_the_right_reorders_and_tells_once(strip: TabStrip) -> None:
    told: list[bool] = []
    strip.order_changed.connect(lambda: told.append(True))
    drag(strip, "a", 40, 120, 170)
    assert strip.ids() == ("b", "a", "c")
    assert told == [True]
    assert tab(strip, "a").x() == tab(strip, "b").geometry().right() + 1


def test_a_wide_tab_can_be_dragged_to_the_left_end(strip: TabStrip) -> None:
    strip.set_current("c")
    drag(strip, "c", -100, -200, -400)
    assert strip.ids() == ("c", "a", "b")
    assert tab(strip, "c").x() == 0


def test_a_click_without_a_drag_leaves_the_order(strip: TabStrip) -> None:
    told: list[bool] = []
    strip.order_changed.connect(lambda: told.append(True))
    QTest.mouseClick(tab(strip, "a"), LEFT)
    assert told == []


def test_too_many_tabs_shrink_then_scroll_and_the_current_one_stays_in_sight(strip: TabStrip) -> None:
    for number in range(20):
        strip.add_tab(str(number), f"Conversation number {number}")
    assert {found.width() for found in strip.findChildren(TabButton)} == {TAB_MIN_PX}
    strip.set_current("19")
    last = tab(strip, "19")
    lane = last.parentWidget()
    assert lane is not None
    assert lane.rect().contains(last.geometry().adjusted(0, 0, 0, -1))
    strip.set_current("a")
    assert tab(strip, "a").x() == 0


def test_a_tab_that_is_cut_off_fades_out_and_its_neighbour_does_not(strip: TabStrip) -> None:
    left, right = strip.findChildren(TabFade)
    assert not left.isVisible()
    assert not right.isVisible()
    for number in range(20):
        strip.add_tab(str(number), f"Conversation number {number}")
    strip.set_current("a")
    cut = next(found for found in strip.findChildren(TabButton) if found.x() < right.x() < found.x() + found.width())
    assert right.isVisible()
    assert right.x() >= cut.x()
    assert not left.isVisible()
    strip.set_current("19")
    assert left.isVisible()
    assert not right.isVisible()


def test_moving_stops_at_the_ends(strip: TabStrip) -> None:
    strip.move_tab("a", -1)
    assert strip.ids() == ("a", "b", "c")
    strip.move_tab("a", 5)
    assert strip.ids() == ("b", "c", "a")


def test_renaming_in_place_commits_with_return(strip: TabStrip, qtbot: QtBot) -> None:
    strip.start_rename("b")
    field = tab(strip, "b").findChild(QLineEdit)
    assert field is not None
    QTest.keyClicks(field, "  Brown   bears ")
    with qtbot.waitSignal(strip.renamed) as renamed:
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert renamed.args == ["b", "Brown bears"]


def test_renaming_in_place_gives_up_with_escape_and_with_an_empty_title(strip: TabStrip) -> None:
    renamed: list[str] = []
    strip.renamed.connect(lambda _tab_id, title: renamed.append(title))
    for keys in ((Qt.Key.Key_X, Qt.Key.Key_Escape), (Qt.Key.Key_Backspace, Qt.Key.Key_Return)):
        strip.start_rename("b")
        field = next(found for found in tab(strip, "b").findChildren(QLineEdit) if not found.isHidden())
        for key in keys:
            QTest.keyClick(field, key)
    assert renamed == []
    assert strip.title("b") == "Bears"


def test_the_menu_offers_what_makes_sense(strip: TabStrip) -> None:
    menu = strip.menu_for("c")
    offered = {action.text().partition("\t")[0]: action.isEnabled() for action in menu.actions() if action.text()}
    assert offered == {
        "Rename…": True,
        "Close": True,
        "Close others": True,
        "Close to the right": False,
        "Reopen closed": False,
    }
