"""What has gone is freed, also what Qt keeps beside a widget: small things, but with every tab and every queued row."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop_chat.core.outbox import Wait, Waiting
from desktop_chat.ui.composer import Composer
from desktop_chat.ui.outbox_rows import OutboxRows
from desktop_chat.ui.page_layout import PageLayout
from desktop_chat.ui.theme import Look
from tests.helpers.samples import queued

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="mallinfo2 is of the GNU C library")

ROUNDS = 300
KEPT_MAX = 40
"""Bytes per round, of what the C library has given out; the smallest item of a layout has 88."""


class _Given(ctypes.Structure):
    """`struct mallinfo2` of malloc.h."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()
    )


def kept_bytes(act: Callable[[], object]) -> float:
    """What stays given out for each time something is done, once it has been done often."""
    ask = ctypes.CDLL(None).mallinfo2
    ask.restype = _Given

    def rounds() -> int:
        for _ in range(ROUNDS):
            act()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        return int(ask().uordblks)

    rounds()
    before = rounds()
    return (rounds() - before) / ROUNDS


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
