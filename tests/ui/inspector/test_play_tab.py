"""Playing a reply again in the inspector."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_chat.core.messages import MessageStatus, Seam
from desktop_chat.core.stream_record import StreamRecord
from desktop_chat.ui.inspector.play_tab import SPEEDS, PlayTab
from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.parts.leaf_part import LeafPart
from desktop_chat.ui.transcript.parts.seam import SeamMark
from desktop_chat.ui.transcript.parts.small_parts import ThinkingPart
from tests.helpers.samples import question, reply
from tests.ui.inspector.records import BEGAN_AT, delta, event, record

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


def shown(tab: PlayTab) -> list[tuple[str, str, tuple[SeamMark, ...]]]:
    """The reply, part by part: what kind each is, what it says, and its seams."""
    parts = tab.transcript._page.rows.item(1).stack.parts
    told = [part for part in parts if isinstance(part, LeafPart | ThinkingPart)]
    return [
        (type(part).__name__, part.whole if isinstance(part, ThinkingPart) else part.spoken, part.seams)
        for part in told
    ]


def test_a_reply_of_several_parts_looks_as_it_is_stored(tab: PlayTab, qtbot: QtBot) -> None:
    """No word is torn apart where it was cut, neither while it plays nor at its end."""
    thoughts = [{"type": "thinking", "thinking": words} for words in ("First.", "Again.")]
    texts = [{"type": "text", "text": words} for words in ("Because it is s", "o, and *will* be.")]
    content = (thoughts[0], texts[0], thoughts[1], texts[1])
    seen = replace(SEEN, content=content, seams=(Seam(2, BEGAN_AT + 9.9),))

    def part(number: int, *sizes: int) -> StreamRecord:
        starts = [event(0.1, "content_block_start"), event(0.2, "content_block_delta", sizes[0])]
        ends = [event(0.4, "content_block_start"), *(event(0.5, "content_block_delta", size) for size in sizes[1:])]
        began_at = BEGAN_AT + 10.0 * number
        return record([*starts, event(0.3, "content_block_stop"), *ends], part=number, began_at=began_at)

    # The second part repeats "Because it is s".
    tab.take(question("c", "Why?"), seen, (part(0, 6, 15), part(1, 6, 15, 8, 9)))
    tab.seek(0.25)
    qtbot.waitUntil(lambda: [kind for kind, *_ in shown(tab)] == ["ThinkingPart"])
    # It is open while it runs.
    qtbot.waitUntil(lambda: "First." in written(tab))
    tab.speed.setCurrentIndex(SPEEDS.index(50.0))
    tab.start()
    qtbot.waitUntil(lambda: not tab.is_playing)
    qtbot.waitUntil(lambda: tab.transcript.is_painted_up_to_date)
    played = shown(tab)
    assert [spoken for _, spoken, _ in played] == ["First.\n\nAgain.", "Because it is so, and will be."]
    assert [[seam.offset for seam in seams] for *_, seams in played] == [[], [15]]
    tab.transcript.show_path((), lambda message_id: (message_id,))
    tab.transcript.show_path((question("c", "Why?"), seen), lambda message_id: (message_id,))
    qtbot.waitUntil(lambda: tab.transcript.is_painted_up_to_date)
    assert shown(tab) == played


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
