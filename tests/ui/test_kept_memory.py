"""What has gone is freed, also what Qt keeps beside a widget: small things, but with every tab and every queued row."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop_chat.core.outbox import Wait, Waiting
from desktop_chat.ui.composer import Composer
from desktop_chat.ui.connections import Connections
from desktop_chat.ui.icon_button import IconButton
from desktop_chat.ui.outbox_rows import OutboxRows
from desktop_chat.ui.page_layout import PageLayout
from desktop_chat.ui.status_part import StatusPart
from desktop_chat.ui.theme import Look
from tests.helpers.c_memory import CAN_TELL, given_bytes
from tests.helpers.samples import queued

pytestmark = pytest.mark.skipif(not CAN_TELL, reason="mallinfo2 is of the GNU C library")

ROUNDS = 300
KEPT_MAX = 40
"""Bytes per round, of what the C library has given out; the smallest item of a layout has 88."""
ROUNDS_OF_BLOCKS = 100
BLOCKS_KEPT_MAX = 0.3
"""Python's objects per round."""


def kept_bytes(act: Callable[[], object]) -> float:
    """What stays given out for each time something is done, once it has been done often."""

    def rounds() -> int:
        for _ in range(ROUNDS):
            act()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        return given_bytes()

    rounds()
    before = rounds()
    return (rounds() - before) / ROUNDS


def kept_blocks(act: Callable[[], object]) -> float:
    """How many of Python's objects stay for each time something is done, once it has been done often."""

    def rounds() -> int:
        for _ in range(ROUNDS_OF_BLOCKS):
            act()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        gc.collect()
        # It keeps the names of attributes that were asked for.
        sys._clear_type_cache()
        return sys.getallocatedblocks()

    rounds()
    before = rounds()
    return (rounds() - before) / ROUNDS_OF_BLOCKS


class _Lasting(QObject):
    """Something that lives as long as the program does."""

    changed = Signal(str)


def test_connections_to_functions_that_were_cut_keep_nothing() -> None:
    lasting = _Lasting()
    # At places of their own: what is kept by the place of its function would be overwritten by the next one.
    functions = iter([partial(print, number) for number in range(3 * ROUNDS)])
    others = iter([lambda _text: None for _ in range(3 * ROUNDS)])

    def connect_and_cut() -> None:
        connections = Connections()
        connections.add(lasting.changed, next(functions))
        connections.add(lasting.changed, next(others))
        connections.cut()

    assert kept_bytes(connect_and_cut) < KEPT_MAX


def test_connections_are_cut_once_and_may_have_lost_their_sender(qtbot: QtBot) -> None:
    lasting, leaving, heard = _Lasting(), _Lasting(), list[str]()
    connections = Connections()
    connections.add(lasting.changed, lambda text: heard.append(text))
    connections.add(leaving.changed, lambda text: heard.append(text))
    lasting.changed.emit("before")
    leaving.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    connections.cut()
    connections.cut()
    lasting.changed.emit("after")

    assert heard == ["before"]


@pytest.mark.parametrize(
    "make",
    [
        lambda look, parent: IconButton(look, "close", "Close", parent=parent),
        lambda look, parent: StatusPart(look, "Cost", parent=parent),
        lambda look, parent: OutboxRows(look, parent),
        lambda look, parent: Composer(look, parent),
    ],
    ids=["icon button", "status part", "outbox rows", "composer"],
)
def test_what_every_tab_has_keeps_no_object_of_python(
    make: Callable[[Look, QWidget], QWidget], look: Look, qtbot: QtBot
) -> None:
    page = QWidget()
    qtbot.addWidget(page)

    assert kept_blocks(lambda: make(look, page).deleteLater()) < BLOCKS_KEPT_MAX


def test_a_page_that_gets_its_transcript_and_status_keeps_nothing_of_what_stood_there(qtbot: QtBot) -> None:
    def page() -> None:
        holder = QWidget()
        layout = PageLayout(holder, QWidget(), QWidget())
        layout.put_transcript(QWidget())
        layout.put_status(QWidget())
        holder.deleteLater()

    assert kept_bytes(page) < KEPT_MAX


def test_queued_rows_that_are_arranged_again_keep_nothing(look: Look, qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    rows = OutboxRows(look, follower := QWidget())
    column.addWidget(rows)
    column.addWidget(follower)
    waiting = tuple(Waiting(queued("a", place), Wait.REPLY) for place in range(3))

    assert kept_bytes(lambda: rows.show_rows(waiting)) < KEPT_MAX


def test_a_composer_that_was_painted_keeps_nothing(look: Look, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    window.resize(400, 300)
    window.show()

    def composer() -> None:
        made = Composer(look)
        column.addWidget(made)
        made.show()
        QCoreApplication.processEvents()
        made.hide()
        column.removeWidget(made)
        made.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    assert kept_bytes(composer) < KEPT_MAX
