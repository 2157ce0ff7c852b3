"""Playing a reply again in the inspector."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_chat.core.messages import MessageStatus
from desktop_chat.ui.inspector.play_tab import SPEEDS, PlayTab
from desktop_chat.ui.theme import Look
from tests.helpers.samples import question, reply
from tests.ui.inspector.records import delta, record

TEXT = "Because it is so."
RECORD = record([delta(0.3, "Because "), delta(0.6, "it is so."), delta(60.0, "")])
SEEN = replace(reply("c", None, TEXT, status=MessageStatus.COMPLETE), id="m")


@pytest.fixture
def tab(look: Look, qtbot: QtBot) -> PlayTab:
    made = PlayTab(look)
    qtbot.addWidget(made)
    made.resize(700, 400)
    with qtbot.waitExposed(made):
        made.show()
    made.take(question("c", "Why?"), SEEN, (RECORD,))
    return made


def written(tab: PlayTab) -> str:
    """What stands in the transcript."""
    tab.transcript.select_all()
    return tab.transcript.text_of_selection()


def test_seeking_shows_what_had_come_by_then(tab: PlayTab, qtbot: QtBot) -> None:
    tab.seek(0.4)
    qtbot.waitUntil(lambda: "Because" in written(tab))
    assert "it is so" not in written(tab)
    assert "Why?" in written(tab)
    tab.seek(1.0)
    qtbot.waitUntil(lambda: TEXT in written(tab))
    tab.seek(0.1)
    qtbot.waitUntil(lambda: "Because" not in written(tab))


def test_played_at_fifty_times_it_comes_to_its_end(tab: PlayTab, qtbot: QtBot) -> None:
    tab.speed.setCurrentIndex(SPEEDS.index(50.0))
    positions: list[float] = []
    tab.position_changed.connect(positions.append)
    tab.start()
    assert tab.is_playing
    assert tab.playing.text() == "Pause"
    qtbot.waitUntil(lambda: not tab.is_playing)
    assert positions[-1] == pytest.approx(60.0)
    assert positions == sorted(positions)
    qtbot.waitUntil(lambda: TEXT in written(tab))
    assert tab.playing.text() == "Play"


def test_pausing_holds_it_where_it_is(tab: PlayTab) -> None:
    tab.start()
    QTest.mouseClick(tab.playing, Qt.MouseButton.LeftButton)
    assert not tab.is_playing
    assert tab.playing.text() == "Play"


def test_pauses_can_be_shortened(tab: PlayTab, qtbot: QtBot) -> None:
    tab.speed.setCurrentIndex(SPEEDS.index(10.0))
    tab.shortening.setChecked(True)
    tab.start()
    # Sixty seconds, nearly all of them silence.
    qtbot.waitUntil(lambda: not tab.is_playing, timeout=3_000)


def test_out_of_sight_it_stands_still(tab: PlayTab) -> None:
    tab.start()
    tab.hide()
    assert not tab.is_playing


def test_it_is_not_laid_out_before_somebody_wants_to_see_it(tab: PlayTab) -> None:
    assert tab.is_ready
    assert tab._replay is None


def test_without_a_reply_nothing_can_be_played(tab: PlayTab) -> None:
    tab.seek(0.5)
    tab.drop()
    assert not tab.is_ready
    assert not tab.playing.isEnabled()
    tab.start()
    tab.seek(1.0)
    assert not tab.is_playing
