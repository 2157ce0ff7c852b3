"""A reply that waits for its line: what is said at it and below it, Now and Stop; and a network that is gone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.failure import Action, Failure
from desktop_chat.core.messages import MessageStatus
from desktop_chat.ui.notice_bar import NoticeBar
from desktop_chat.ui.shortcuts import Command
from desktop_chat.ui.status_line import StatusLine
from desktop_chat.ui.status_words import activity_text
from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.messages.words import waiting_of
from desktop_chat.ui.transcript.parts.part import Deed, Target
from desktop_chat.ui.transcript.parts.strip import StripPart
from tests.helpers.fake_chat import FakeSession
from tests.helpers.window_kit import WindowKit, window_kits

NOW = 1_800_000_000.0
BROKEN = Failure("StreamBroken", "The connection broke off.", "The line failed.", Action.RETRY)
BUSY = replace(BROKEN, kind="Overloaded", title="It is overloaded.")
WAITS = Activity(Phase.RECONNECTING, 0.0, NOW + 4.0, 2, 3, BROKEN)
OFFLINE = replace(WAITS, retry_at=None)


@pytest.fixture
def kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    for made in window_kits(look):
        with qtbot.waitExposed(made.window):
            made.window.show()
        yield made


def strip(kit: WindowKit) -> tuple[QPoint, StripPart] | None:
    """The strip on the screen, and where it begins."""
    view = kit.transcript
    spots = view._page.spots(0.0, float(view.viewport().height()))
    return next(
        ((QPoint(round(at.left), round(at.top)), at.part) for at in spots if isinstance(at.part, StripPart)), None
    )


def said(kit: WindowKit) -> str:
    """What the strip says; empty while there is none."""
    found = strip(kit)
    return found[1].spoken if found is not None else ""


def offered(kit: WindowKit) -> list[str]:
    found = strip(kit)
    return [target.words for target in found[1].targets()] if found is not None else []


def click(kit: WindowKit, deed: Deed) -> None:
    found = strip(kit)
    assert found is not None
    corner, part = found
    target: Target = next(target for target in part.targets() if target.deed is deed)
    place = corner + target.rect.center().toPoint()
    QTest.mouseClick(kit.transcript.viewport(), Qt.MouseButton.LeftButton, pos=place)


def cut(kit: WindowKit, qtbot: QtBot, activity: Activity | None = None) -> FakeSession:
    """Have the line of a reply fail, and wait until that is to be seen."""
    kit.attach("a")
    session = kit.stream()
    session.cut_reply(activity or replace(WAITS, retry_at=time.time() + 4.0))
    qtbot.waitUntil(lambda: Deed.STOP.name in [target.deed.name for target in targets(kit)])
    return session


def targets(kit: WindowKit) -> tuple[Target, ...]:
    found = strip(kit)
    return found[1].targets() if found is not None else ()


def banner(kit: WindowKit) -> str:
    found = kit.window.findChild(NoticeBar)
    assert isinstance(found, NoticeBar)
    return found.text


# --- the words


@pytest.mark.parametrize(
    ("activity", "words"),
    [
        (WAITS, "Connection lost · continuing in 4 s (2 of 3)"),
        (replace(WAITS, retry_at=NOW - 1.0), "Connection lost · continuing… (2 of 3)"),
        (OFFLINE, "Connection lost · waiting for the network (2 of 3)"),
        (replace(WAITS, failure=BUSY), "Broken off by the server · continuing in 4 s (2 of 3)"),
    ],
)
def test_strip_and_status_line_say_the_same(activity: Activity, words: str) -> None:
    assert activity_text(activity, NOW) == words
    waiting = waiting_of(activity, NOW)
    assert waiting is not None
    assert waiting.strip is not None
    assert (waiting.words, f"{waiting.strip.title} {waiting.strip.text}") == (words, words)


def test_nothing_else_is_said_in_a_strip() -> None:
    for phase in Phase:
        waiting = waiting_of(Activity(phase), NOW)
        assert phase is Phase.RECONNECTING or waiting is None or waiting.strip is None


# --- at the reply


def test_a_reply_that_was_cut_says_when_it_goes_on(kit: WindowKit, qtbot: QtBot) -> None:
    cut(kit, qtbot)
    assert said(kit).startswith("Connection lost · continuing in ")
    assert offered(kit) == ["Now", "Stop"]


def test_the_countdown_counts(kit: WindowKit, qtbot: QtBot) -> None:
    session = cut(kit, qtbot)
    session.set_activity(replace(WAITS, retry_at=time.time() + 100.0))
    qtbot.waitUntil(lambda: "in 2 min" in said(kit))
    session.set_activity(replace(WAITS, retry_at=time.time() + 30.0))
    qtbot.waitUntil(lambda: "in 30 s" in said(kit))
    qtbot.waitUntil(lambda: "in 29 s" in said(kit))


def test_now_and_stop_are_passed_on(kit: WindowKit, qtbot: QtBot) -> None:
    session = cut(kit, qtbot)
    click(kit, Deed.GO_ON_NOW)
    assert (session.reconnect_now_count, session.stop_count) == (1, 0)
    click(kit, Deed.STOP)
    assert (session.reconnect_now_count, session.stop_count) == (1, 1)


def test_esc_stops_the_wait(kit: WindowKit, qtbot: QtBot) -> None:
    session = cut(kit, qtbot)
    kit.window.actions_by_command[Command.STOP].trigger()
    assert session.stop_count == 1


def test_a_wait_that_was_stopped_leaves_the_strip_of_the_failure(kit: WindowKit, qtbot: QtBot) -> None:
    session = cut(kit, qtbot)
    session.set_activity(Activity())
    session.turn_ended.emit(session.path()[-1])
    qtbot.waitUntil(lambda: said(kit).startswith("The connection broke off."))
    assert "Now" not in offered(kit)


@contextmanager
def double_click_ms(milliseconds: int) -> Iterator[None]:
    """What the reader's system takes for a double click."""
    usual = QApplication.doubleClickInterval()
    QApplication.setDoubleClickInterval(milliseconds)
    try:
        yield
    finally:
        QApplication.setDoubleClickInterval(usual)


def test_a_double_click_on_stop_does_not_ask_again(kit: WindowKit, qtbot: QtBot) -> None:
    session = cut(kit, qtbot)
    qtbot.waitUntil(lambda: kit.transcript.is_painted_up_to_date)
    with double_click_ms(60_000):
        click(kit, Deed.STOP)
        qtbot.waitUntil(lambda: offered(kit) == ["Continue", "Retry"])
        click(kit, Deed.RETRY)
        click(kit, Deed.CONTINUE)
    assert (session.stop_count, session.retried, session.is_busy) == (1, [], False)


def test_what_a_stopped_wait_offers_can_be_clicked_a_moment_later(kit: WindowKit, qtbot: QtBot) -> None:
    session = cut(kit, qtbot)
    click(kit, Deed.STOP)
    qtbot.waitUntil(lambda: offered(kit) == ["Continue", "Retry"])
    with double_click_ms(0):
        found = strip(kit)
        assert found is not None
        qtbot.waitUntil(lambda: found[1].is_settled)
        click(kit, Deed.RETRY)
    assert session.retried == [session.path()[-1].id]


def test_the_countdown_takes_clicks_while_it_counts(kit: WindowKit, qtbot: QtBot) -> None:
    session = cut(kit, qtbot)
    with double_click_ms(60_000):
        session.set_activity(replace(WAITS, retry_at=time.time() + 100.0))
        qtbot.waitUntil(lambda: "in 2 min" in said(kit))
        click(kit, Deed.GO_ON_NOW)
    assert session.reconnect_now_count == 1


def test_return_on_stop_puts_the_keyboard_on_no_other_button(kit: WindowKit, qtbot: QtBot) -> None:
    session = cut(kit, qtbot)
    view = kit.transcript

    def on() -> Deed | None:
        current = view._focus.current
        return current[1].deed if current is not None else None

    view.setFocus(Qt.FocusReason.TabFocusReason)
    while on() is not Deed.STOP:
        QTest.keyClick(view, Qt.Key.Key_Tab)
        assert view.hasFocus()
    QTest.keyClick(view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: offered(kit) == ["Continue", "Retry"])
    assert view.hasFocus()
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert (on(), session.stop_count, session.retried, session.is_busy) == (None, 1, [], False)
    QTest.keyClick(view, Qt.Key.Key_Tab)
    assert on() is Deed.CONTINUE


def test_a_reply_that_goes_on_has_no_strip(kit: WindowKit, qtbot: QtBot) -> None:
    session = cut(kit, qtbot)
    going_on = replace(session.path()[-1], status=MessageStatus.STREAMING, failure=None)
    session.tree.add(going_on)
    session.set_activity(Activity(Phase.CONNECTING))
    session.path_changed.emit(session.path())
    qtbot.waitUntil(lambda: strip(kit) is None)


def test_a_reply_that_goes_on_before_its_cut_was_painted_is_no_cut_one(kit: WindowKit, qtbot: QtBot) -> None:
    kit.attach("a")
    session = kit.stream()
    session.cut_reply(WAITS)
    session.tree.add(replace(session.path()[-1], status=MessageStatus.STREAMING, failure=None))
    session.set_activity(Activity(Phase.WRITING))
    session.path_changed.emit(session.path())
    qtbot.waitUntil(lambda: kit.transcript.is_painted_up_to_date)
    rows = kit.transcript._page.rows
    assert rows[len(rows) - 1].message.status is MessageStatus.STREAMING
    assert strip(kit) is None


def test_a_tab_that_is_opened_while_it_waits_shows_the_wait(kit: WindowKit, qtbot: QtBot) -> None:
    cut(kit, qtbot)
    kit.deck.open_new()
    kit.deck.close_current()
    qtbot.waitUntil(lambda: said(kit).startswith("Connection lost"))


def test_the_composer_offers_stop_while_it_waits(kit: WindowKit, qtbot: QtBot) -> None:
    session = cut(kit, qtbot)
    assert session.is_busy
    kit.deck.page().composer.stop_requested.emit()
    assert session.stop_count == 1


def test_the_status_line_counts_down_and_tells_why(kit: WindowKit, qtbot: QtBot) -> None:
    cut(kit, qtbot)
    line = kit.deck.page().findChild(StatusLine)
    assert isinstance(line, StatusLine)
    assert line.parts[1].words.variants[-1].startswith("Connection lost · continuing in ")
    assert line.is_ticking
    assert "The connection broke off." in line.parts[1].toolTip()


# --- the banner


def test_a_network_that_is_gone_is_said_and_taken_back(kit: WindowKit) -> None:
    kit.attach("a")
    kit.network.set_offline(True)
    assert banner(kit) == "You are offline."
    kit.network.set_offline(False)
    assert banner(kit) == ""


def test_a_banner_that_was_put_away_does_not_come_again_for_the_same_loss(kit: WindowKit) -> None:
    kit.attach("a")
    kit.network.set_offline(True)
    bar = kit.window.findChild(NoticeBar)
    assert isinstance(bar, NoticeBar)
    bar.hide_banner()
    kit.preferences.change(zoom_percent=110)
    assert banner(kit) == ""
    kit.network.set_offline(False)
    kit.network.set_offline(True)
    assert banner(kit) == "You are offline."


def test_what_else_was_said_is_left_alone(kit: WindowKit) -> None:
    kit.attach("a")
    kit.network.set_offline(True)
    kit.window.show_problem("The settings cannot be written.")
    kit.network.set_offline(False)
    assert banner(kit) == "The settings cannot be written."


def test_a_failure_of_the_disk_is_not_hidden_by_it(kit: WindowKit) -> None:
    kit.attach("a")
    kit.library.store_failed.emit(Failure("StoreFull", "The disk is full.", ""))
    kit.network.set_offline(True)
    assert banner(kit) == "The disk is full."


def test_a_window_that_comes_up_without_a_network_says_so(kit: WindowKit) -> None:
    kit.network.set_offline(True)
    kit.attach("a")
    assert banner(kit) == "You are offline."
