"""What waits to be sent, on the page: the rows above the composer, and all that a reader can do with them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_chat.core.keys import KeySource, KeyState
from desktop_chat.core.messages import Draft
from desktop_chat.core.outbox import Wait, Waiting
from desktop_chat.ui.composer_text import ComposerText
from desktop_chat.ui.key_dialog import KeyDialog
from desktop_chat.ui.network import offline_words
from desktop_chat.ui.notice_bar import NoticeBar, Toasts
from desktop_chat.ui.outbox_row import OutboxRow, caption
from desktop_chat.ui.outbox_rows import OutboxRows
from desktop_chat.ui.theme import Look
from tests.helpers.keyboard import focused, press
from tests.helpers.samples import queued
from tests.helpers.window_kit import WindowKit, active_kits
from tests.ui.test_accessible_names import controls, nameless, walked

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
QUEUED = "Queued · goes out when this reply has ended"


@pytest.fixture
def kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    yield from active_kits(look, qtbot, "a")


def rows(kit: WindowKit) -> OutboxRows:
    found = kit.deck.page().findChild(OutboxRows)
    assert isinstance(found, OutboxRows)
    return found


def words(kit: WindowKit) -> tuple[str, ...]:
    """What is read above the composer; nothing while nothing waits."""
    found = kit.deck.page().findChild(OutboxRows)
    return found.words if isinstance(found, OutboxRows) and found.isVisible() else ()


def links(kit: WindowKit, place: int) -> tuple[QPushButton, ...]:
    """Edit, Drop and Send now of a row."""
    return [part for part in rows(kit)._parts if isinstance(part, OutboxRow)][place].links()


def type_and_enter(kit: WindowKit, text: str) -> None:
    kit.deck.page().composer.focus()
    QTest.keyClicks(focused(), text)
    press(Qt.Key.Key_Return)


def in_composer(kit: WindowKit) -> str:
    return kit.deck.page().composer.draft().text


def has_composer_focus(kit: WindowKit) -> bool:
    return isinstance(QApplication.focusWidget(), ComposerText)


def toasts(kit: WindowKit) -> Toasts:
    found = kit.window.findChild(Toasts)
    assert isinstance(found, Toasts)
    return found


# --- queueing


def test_enter_while_a_reply_is_written_queues_and_clears_the_composer(kit: WindowKit) -> None:
    kit.stream()
    type_and_enter(kit, "And then")
    assert in_composer(kit) == ""
    assert words(kit) == (QUEUED, "And then")
    assert has_composer_focus(kit)
    type_and_enter(kit, "And last")
    assert words(kit)[1:] == ("And then", "And last")


def test_without_a_network_enter_queues_too(kit: WindowKit) -> None:
    kit.session.outbox.is_offline = True
    type_and_enter(kit, "And then")
    assert words(kit) == ("Queued · goes out when you are online again", "And then")


def test_the_rows_stand_right_above_the_composer(kit: WindowKit, qtbot: QtBot) -> None:
    kit.stream()
    type_and_enter(kit, "And then")
    composer = kit.deck.page().composer
    qtbot.waitUntil(lambda: rows(kit).mapTo(kit.window, QPoint(0, rows(kit).height())).y() == composer_top(kit))
    assert kit.deck.page().written_px >= composer.height() + rows(kit).height()


def composer_top(kit: WindowKit) -> int:
    return kit.deck.page().composer.mapTo(kit.window, QPoint()).y()


def test_what_has_gone_out_is_gone_from_the_rows(kit: WindowKit) -> None:
    kit.session.outbox.wait_for(Wait.REPLY, "One", "Two")
    kit.session.outbox.drop(kit.session.outbox.rows[0].message.id)
    assert words(kit) == (QUEUED, "Two")
    kit.session.outbox.wait_for(Wait.REPLY)
    assert not rows(kit).isVisible()


def test_without_a_key_nothing_is_queued_and_the_text_stays(kit: WindowKit) -> None:
    kit.stream()
    kit.keys.state = KeyState(KeySource.NONE)
    type_and_enter(kit, "And then")
    assert (in_composer(kit), words(kit)) == ("And then", ())
    dialog = kit.window.findChild(KeyDialog)
    assert dialog is not None
    dialog.close()


def test_a_tab_in_which_something_waits_is_not_blank(kit: WindowKit) -> None:
    kit.deck.open_new()
    session = kit.session
    assert kit.deck.page().is_blank
    session.outbox.wait_for(Wait.NETWORK, "The first question")
    assert not kit.deck.page().is_blank
    assert session.conversation_id in [tab.conversation_id for tab in kit.library.remembered[-1]]


def test_what_waits_is_shown_when_its_tab_is_opened_again(kit: WindowKit) -> None:
    session = kit.stream()
    type_and_enter(kit, "And then")
    kit.deck.open_new()
    assert words(kit) == ()
    kit.deck.activate(session.conversation_id)
    assert words(kit) == (QUEUED, "And then")


# --- words


@pytest.mark.parametrize(
    ("why", "one", "many"),
    [
        (Wait.REPLY, QUEUED, "3 queued · go out in order when this reply has ended"),
        (
            Wait.NETWORK,
            "Queued · goes out when you are online again",
            "3 queued · go out in order when you are online again",
        ),
        (Wait.STOPPED, "Paused · the reply was stopped", "Paused · the reply was stopped"),
        (Wait.FAILED, "Paused · the reply failed", "Paused · the reply failed"),
        (Wait.ENDED_EARLY, "Paused · the reply ended early", "Paused · the reply ended early"),
        (Wait.NOT_STORED, "Paused · a message could not be stored", "Paused · a message could not be stored"),
        (
            Wait.READER,
            "Not sent yet · nothing goes out before you say so",
            "Not sent yet · nothing goes out before you say so",
        ),
    ],
)
def test_the_line_above_says_what_is_waited_for(why: Wait, one: str, many: str) -> None:
    assert (caption(why, 1), caption(why, 3)) == (one, many)


def test_each_group_has_a_line_of_its_own(kit: WindowKit) -> None:
    outbox = kit.session.outbox
    old, new, late = (queued("a", place, text) for place, text in enumerate(("Old", "New", "Late")))
    outbox._show((Waiting(old, Wait.READER), Waiting(new, Wait.REPLY), Waiting(late, Wait.READER)))
    assert words(kit) == (caption(Wait.READER, 2), "Old", "Late", QUEUED, "New")


def test_a_text_is_shown_letter_by_letter_and_on_one_line(kit: WindowKit) -> None:
    text = "<b>Bold</b> &amp;\n<img src=x> **stars**"
    kit.session.outbox.wait_for(Wait.REPLY, text)
    label = rows(kit).findChildren(OutboxRow)[0].findChild(QLabel)
    assert isinstance(label, QLabel)
    assert words(kit)[1] == "<b>Bold</b> &amp; <img src=x> **stars**"
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert label.text() == words(kit)[1]


def test_a_huge_text_takes_one_row(kit: WindowKit) -> None:
    kit.session.outbox.wait_for(Wait.REPLY, "x" * 5_000_000, "short")
    first, second = rows(kit).findChildren(OutboxRow)
    assert first.height() == second.height()
    assert len(words(kit)[1]) < 400
    assert len(first.accessibleName()) < 400
    assert rows(kit).minimumSizeHint().width() < kit.deck.width()


# --- many


def test_more_than_three_are_folded_and_can_be_unfolded(kit: WindowKit, qtbot: QtBot) -> None:
    kit.session.outbox.wait_for(Wait.REPLY, *(f"Number {number}" for number in range(5)))
    assert words(kit)[1:] == ("Number 0", "Number 1", "Number 2", "2 more")
    low = rows(kit).sizeHint().height()
    rows(kit)._more.click()
    assert words(kit)[1:] == (*(f"Number {number}" for number in range(5)), "Show fewer")
    assert rows(kit).sizeHint().height() > low
    rows(kit)._more.click()
    assert words(kit)[-1] == "2 more"
    assert rows(kit).sizeHint().height() == low


def test_a_long_stack_scrolls_and_leaves_room_to_read(kit: WindowKit, qtbot: QtBot) -> None:
    kit.window.resize(800, 600)
    kit.session.outbox.wait_for(Wait.REPLY, *(f"Number {number}" for number in range(40)))
    rows(kit)._more.click()
    bar = rows(kit)._scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    assert rows(kit).height() < kit.window.height() // 2
    links(kit, 39)[0].setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Backtab)
    assert bar.value() > 0, "the row with the keyboard is in sight"


def test_a_stack_that_got_short_is_folded_for_the_next_time(kit: WindowKit) -> None:
    outbox = kit.session.outbox
    outbox.wait_for(Wait.REPLY, "One", "Two", "Three", "Four")
    rows(kit)._more.click()
    outbox.drop(outbox.rows[0].message.id)
    assert words(kit)[1:] == ("Two", "Three", "Four")
    outbox.add(Draft("Five"))
    assert words(kit)[-1] == "1 more"


# --- edit


def test_edit_brings_a_message_back_into_the_composer(kit: WindowKit) -> None:
    kit.session.outbox.wait_for(Wait.REPLY, "One", "Two")
    links(kit, 0)[0].setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Space)
    assert (in_composer(kit), has_composer_focus(kit)) == ("One", True)
    assert kit.session.outbox.taken == [("One", Draft("One", 3))]
    assert words(kit) == (QUEUED, "Two")


def test_edit_keeps_what_stands_in_the_composer(kit: WindowKit) -> None:
    kit.session.outbox.wait_for(Wait.REPLY, "One")
    kit.deck.page().composer.insert_text("half a thought")
    links(kit, 0)[0].click()
    assert in_composer(kit) == "One\n\nhalf a thought"
    assert kit.session.outbox.taken[0][1].text == "One\n\nhalf a thought", "both go to the disk together"


def test_a_huge_message_comes_back_whole(kit: WindowKit) -> None:
    text = "A long story. " * 20_000
    kit.session.outbox.wait_for(Wait.REPLY, text)
    links(kit, 0)[0].click()
    assert in_composer(kit) == text


# --- drop


def test_a_message_is_dropped_at_once_and_undo_brings_it_back(kit: WindowKit) -> None:
    kit.session.outbox.wait_for(Wait.REPLY, "One", "Two and <b>more</b>", "Three")
    links(kit, 1)[1].click()
    assert words(kit)[1:] == ("One", "Three")
    assert toasts(kit).texts == ("Dropped “Two and <b>more</b>”",)
    press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert words(kit)[1:] == ("One", "Two and <b>more</b>", "Three")
    assert toasts(kit).texts == ()


def test_undo_works_after_the_tab_was_left(kit: WindowKit) -> None:
    session = kit.session
    session.outbox.wait_for(Wait.REPLY, "One")
    links(kit, 0)[1].click()
    kit.deck.open_new()
    press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [row.message.text for row in session.outbox.rows] == ["One"]


def test_undo_takes_back_the_drop_before_the_sending_and_in_a_text_what_was_typed(kit: WindowKit) -> None:
    kit.session.outbox.wait_for(Wait.REPLY, "One")
    type_and_enter(kit, "Two")
    kit.session.outbox.wait_for(Wait.REPLY, "One", "Two")
    links(kit, 0)[1].click()
    kit.deck.page().composer.focus()
    QTest.keyClicks(focused(), "Three")
    press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert in_composer(kit) == ""
    assert words(kit)[1:] == ("Two",)
    press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert in_composer(kit) == ""
    assert words(kit)[1:] == ("One", "Two")
    press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert in_composer(kit) == "Two", "with no notice left, the composer brings back what was sent from it"


# --- send now, resume


def test_send_now_is_passed_on(kit: WindowKit) -> None:
    kit.session.outbox.wait_for(Wait.REPLY, "One", "Two")
    links(kit, 0)[2].setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Space)
    assert kit.session.outbox.sent_now == ["One"]
    assert has_composer_focus(kit)


@pytest.mark.parametrize("why", [why for why in Wait if why.is_for_reader])
def test_a_paused_queue_can_be_resumed(kit: WindowKit, why: Wait) -> None:
    kit.session.outbox.wait_for(why, "One", "Two")
    resume = rows(kit)._parts[0].links()[0]
    assert resume.isVisible()
    assert resume.text() == ("Send all" if why is Wait.READER else "Resume")
    resume.setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Space)
    assert kit.session.outbox.resumed == [why]
    assert has_composer_focus(kit)


@pytest.mark.parametrize(("why", "texts"), [(Wait.REPLY, ("One", "Two")), (Wait.READER, ("One",))])
def test_there_is_nothing_to_resume_where_one_click_or_none_is_enough(
    kit: WindowKit, why: Wait, texts: tuple[str, ...]
) -> None:
    kit.session.outbox.wait_for(why, *texts)
    assert not rows(kit)._parts[0].links()[0].isVisible()


def test_ctrl_shift_enter_sends_what_is_written_before_all_else(kit: WindowKit) -> None:
    session = kit.stream()
    kit.deck.page().composer.focus()
    QTest.keyClicks(focused(), "No, this")
    press(Qt.Key.Key_Return, CTRL_SHIFT)
    assert session.stop_count == 1
    assert session.path()[-1].text == "No, this"
    assert (in_composer(kit), words(kit)) == ("", ())


def test_ctrl_shift_enter_in_an_empty_field_sends_what_has_waited_longest(kit: WindowKit) -> None:
    session = kit.stream()
    press(Qt.Key.Key_Return, CTRL_SHIFT)
    assert session.stop_count == 0, "nothing waits"
    session.outbox.wait_for(Wait.REPLY, "One", "Two")
    press(Qt.Key.Key_Return, CTRL_SHIFT)
    assert session.outbox.sent_now == ["One"]


# --- stop


def test_stop_stays_where_it_is_with_a_text_in_the_composer(kit: WindowKit, qtbot: QtBot) -> None:
    session = kit.stream()
    type_and_enter(kit, "And then")
    QTest.keyClicks(focused(), "typing on")
    button = kit.deck.page().composer._button
    qtbot.waitUntil(lambda: button.is_stop)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert session.stop_count == 1
    assert in_composer(kit) == "typing on"


def test_esc_in_the_rows_leaves_them_and_the_next_one_stops(kit: WindowKit) -> None:
    session = kit.stream()
    session.outbox.wait_for(Wait.REPLY, "One")
    links(kit, 0)[1].setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Escape)
    assert has_composer_focus(kit)
    assert session.stop_count == 0
    press(Qt.Key.Key_Escape)
    assert session.stop_count == 1
    assert words(kit)[1:] == ("One",)


# --- by keyboard


def test_tab_leads_through_the_rows_in_order_and_then_to_the_composer(kit: WindowKit) -> None:
    outbox = kit.session.outbox
    outbox.wait_for(Wait.STOPPED, "One", "Three", "Four", "Five")
    outbox.put_back(queued("a", 0, "Two"))
    outbox.change(Wait.STOPPED)
    text = kit.deck.page().composer.focusProxy()
    assert text is not None
    reached = walked(kit.window, text)
    ours = [widget for widget in reached if rows(kit).isAncestorOf(widget)]
    wanted: list[QWidget] = [link for part in rows(kit)._parts for link in part.links()]
    assert ours == [*wanted, rows(kit)._more]
    assert reached[-len(ours) :] == ours, "they come right before the composer"
    assert {type(widget).__name__ for widget in controls(kit.window) if widget not in reached} == set()


def test_every_button_says_which_message_it_is_for(kit: WindowKit) -> None:
    kit.session.outbox.wait_for(Wait.STOPPED, "One", "Two", "Three", "Four")
    assert nameless(kit.window) == []
    assert [link.accessibleName() for link in links(kit, 1)] == ["Edit: Two", "Drop: Two", "Send now: Two"]
    assert rows(kit).findChildren(OutboxRow)[0].accessibleName() == "Queued message: One"
    assert rows(kit).accessibleName() == "Queued messages"


def test_after_a_drop_the_keyboard_is_on_the_row_that_moved_up(kit: WindowKit) -> None:
    kit.session.outbox.wait_for(Wait.REPLY, "One", "Two")
    links(kit, 0)[1].setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Space)
    assert QApplication.focusWidget() is links(kit, 0)[1]
    assert words(kit)[1:] == ("Two",)
    press(Qt.Key.Key_Space)
    assert has_composer_focus(kit)


def test_a_row_that_goes_out_by_itself_takes_the_keyboard_nowhere_strange(kit: WindowKit) -> None:
    outbox = kit.session.outbox
    outbox.wait_for(Wait.REPLY, "One")
    links(kit, 0)[0].setFocus(Qt.FocusReason.TabFocusReason)
    outbox.wait_for(Wait.REPLY)
    assert has_composer_focus(kit)


# --- the banner


def test_the_banner_tells_how_many_messages_wait_for_the_network(kit: WindowKit) -> None:
    bar = kit.window.findChild(NoticeBar)
    assert isinstance(bar, NoticeBar)
    kit.network.set_offline(True)
    assert bar.text == "You are offline."
    kit.session.outbox.wait_for(Wait.NETWORK, "One")
    assert bar.text == "You are offline. 1 message waits and will be sent when you are online again."
    kit.session.outbox.add(Draft("Two"))
    assert bar.text == offline_words(2)
    kit.session.outbox.change(Wait.READER)
    assert bar.text == "You are offline.", "these wait for a click"
    kit.network.set_offline(False)
    assert bar.text == ""


def test_a_banner_that_was_put_away_does_not_come_again_with_the_next_message(kit: WindowKit) -> None:
    bar = kit.window.findChild(NoticeBar)
    assert isinstance(bar, NoticeBar)
    kit.network.set_offline(True)
    bar.hide_banner()
    kit.session.outbox.wait_for(Wait.NETWORK, "One")
    assert bar.text == ""
    kit.window.show_problem("The settings cannot be written.")
    kit.session.outbox.add(Draft("Two"))
    assert bar.text == "The settings cannot be written."
