"""The inspector's window over records that come, grow, are missing, or mean harm."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop_chat.api.body import Body
from desktop_chat.core import stream_figures
from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.core.settings import Settings, Theme
from desktop_chat.core.stream_figures import StreamFigures
from desktop_chat.core.stream_record import Arrival, SentRequest, Step, StepKind, StreamRecord
from desktop_chat.core.usage import Usage
from desktop_chat.ui.fonts import MONO_FAMILIES, SMALL_PX
from desktop_chat.ui.inspector import subject
from desktop_chat.ui.inspector.events_tab import ONLY_TIMES
from desktop_chat.ui.inspector.inspector_window import InspectorWindow
from desktop_chat.ui.inspector.shown_text import LINE_CHARACTERS_MAX
from desktop_chat.ui.theme import Look
from tests.helpers.fake_recorder import FakeRecorder, as_recorder
from tests.helpers.file_samples import image_block, png
from tests.helpers.samples import question, reply
from tests.ui.inspector.records import BEGAN_AT, STEPS, delta, event, record, reply_events
from tests.ui.test_accessible_names import controls, nameless, walked

HOSTILE = '<b>bold</b><img src="file:///etc/passwd">\u202e{0}%s\x00\x1b[31m'


def answer(**fields: object) -> Message:
    """The reply of which there are records."""
    made = reply("c", None, "word0 word1", **{"status": MessageStatus.COMPLETE, **fields})
    return replace(made, id="m")


class Bench:
    """The window, and what it is fed from."""

    def __init__(self, look: Look, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.recorder = FakeRecorder()
        self.window = InspectorWindow(look, as_recorder(self.recorder))
        qtbot.addWidget(self.window)
        with qtbot.waitActive(self.window):
            self.window.show()
            self.window.activateWindow()

    def show(self, *records: StreamRecord, message: Message | None = None) -> None:
        self.recorder.records["m"] = records
        self.window.inspect(question("c", "Why?"), message or answer())
        self.wait()

    def wait(self) -> None:
        subject = self.window.subject
        self.qtbot.waitUntil(lambda: not (subject._reading.isActive() or subject._waiting.isActive()))

    def figure(self, name: str) -> str:
        return self.window.summary.figures.value(name)

    def text(self, page: QWidget) -> str:
        self.window.pages.show_page(page)
        return page.text.toPlainText()  # type: ignore[attr-defined,no-any-return]


@pytest.fixture
def bench(look: Look, qtbot: QtBot) -> Iterator[Bench]:
    made = Bench(look, qtbot)
    yield made
    made.window.close()
    made.recorder.deleteLater()


def test_the_head_tells_who_answered_how(bench: Bench) -> None:
    bench.show(record(reply_events()), message=answer(model="claude-large"))
    assert bench.window.summary.head.words == "claude-large · api.anthropic.com · 200 OK · req_011CSample"


def test_a_reply_that_has_not_named_its_model_shows_the_one_that_was_asked(bench: Bench) -> None:
    bench.show(record((), ended=None), message=answer(model=None, status=MessageStatus.STREAMING))
    assert bench.window.summary.head.words.startswith("claude-large")


def test_the_figures_and_phases_are_told(bench: Bench) -> None:
    bench.show(record(reply_events()), message=answer(usage=Usage(output_tokens=19), stop_reason="end_turn"))
    assert bench.figure("First byte") == "300 ms"
    assert bench.figure("First word") == "400 ms"
    assert bench.figure("Events") == "24"
    assert bench.figure("Tokens/s") == "20"
    assert bench.figure("Rate limit left") == "46 requests, 12k tokens"
    assert bench.window.summary.phases.words == (
        "Connect 12 ms", "TLS 38 ms", "Send 1.0 ms", "Wait 249 ms", "First word 100 ms", "Streaming 970 ms",
    )  # fmt: skip


def test_tries_that_failed_are_one_phase(bench: Bench) -> None:
    again = (Step(2.0, StepKind.RETRY, "529"), Step(3.0, StepKind.SENT), Step(3.2, StepKind.OPENED))
    bench.show(record(reply_events(3.3), steps=(*STEPS, *again)))
    assert bench.window.summary.phases.words[:3] == ("Failed tries 3.00 s", "Send 0.0 ms", "Wait 200 ms")
    assert bench.figure("Retries") == "1"


def test_an_event_chosen_on_the_time_line_is_selected_in_the_list_and_shown(bench: Bench) -> None:
    bench.show(record(reply_events()))
    bench.window.time_line.event_chosen.emit(2)
    events = bench.window.pages.events
    assert events.table.currentIndex().row() == 2
    assert '"text": "word0 "' in events.pane.text.toPlainText()
    events.parsing.setChecked(False)
    assert events.pane.text.toPlainText() == bench.window.subject.course.arrivals[2].raw


def test_an_event_selected_in_the_list_is_marked_on_the_time_line(bench: Bench) -> None:
    bench.show(record(reply_events()))
    bench.window.pages.events.table.setFocus()
    for _ in range(3):
        QTest.keyClick(bench.window.pages.events.table, Qt.Key.Key_Down)
    assert bench.window.time_line.selected == 3


def test_what_the_filter_leaves_out_is_shown_all_the_same(bench: Bench) -> None:
    bench.show(record(reply_events()))
    bench.window.pages.events.filter.setText("message_stop")
    bench.window.time_line.event_chosen.emit(2)
    assert '"text": "word0 "' in bench.window.pages.events.pane.text.toPlainText()
    bench.window.pages.events.filter.setText("")
    assert bench.window.pages.events.table.currentIndex().row() == 2


def test_the_event_shown_once_the_list_has_the_keyboard_is_selected(bench: Bench) -> None:
    bench.show(record(reply_events()))
    events = bench.window.pages.events
    events.filter.setFocus()
    QTest.keyClick(events.filter, Qt.Key.Key_Tab)
    assert events.table.hasFocus()
    assert [index.row() for index in events.table.selectionModel().selectedRows()] == [0]
    assert "message_start" in events.pane.text.toPlainText()


def test_a_running_reply_grows_in_the_list_and_on_the_line(bench: Bench) -> None:
    events = reply_events()
    bench.show(record(events[:4], ended=None), message=answer(status=MessageStatus.STREAMING))
    assert not bench.window.replaying.isEnabled()
    bench.recorder.put(record(events[:9], ended=None))
    bench.wait()
    assert bench.window.pages.events.model.rowCount() == 9
    assert bench.figure("Events") == "9"
    assert bench.window.subject._live.isActive()


def test_the_list_follows_a_running_reply_until_one_scrolls_up(bench: Bench, qtbot: QtBot) -> None:
    events = reply_events(count=300)
    bar = bench.window.pages.events.table.verticalScrollBar()

    def grow(count: int) -> None:
        rows = bench.window.pages.events.model.rowCount()
        most = bar.maximum()
        bench.recorder.put(record(events[:count], ended=None))
        bench.wait()
        assert bench.window.pages.events.model.rowCount() > rows
        qtbot.waitUntil(lambda: bar.maximum() > most)

    bench.show(record(events[:20], ended=None), message=answer(status=MessageStatus.STREAMING))
    grow(60)
    grow(120)
    assert bar.value() == bar.maximum()
    bar.setValue(10)
    grow(200)
    assert bar.value() == 10
    bar.setValue(bar.maximum())
    most = bar.maximum()
    bench.recorder.put(record(events))
    bench.wait()
    qtbot.waitUntil(lambda: bar.maximum() > most)
    assert bar.value() == bar.maximum()


def test_a_list_that_is_complete_begins_at_its_top(bench: Bench, qtbot: QtBot) -> None:
    bench.show(record(reply_events(count=300)))
    bar = bench.window.pages.events.table.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    assert bar.value() == 0


def test_a_reply_that_ends_can_be_played_and_costs_nothing_more(bench: Bench) -> None:
    bench.show(record(reply_events()[:4], ended=None), message=answer(status=MessageStatus.STREAMING))
    bench.recorder.put(record(reply_events()))
    bench.window.inspect(None, answer())
    bench.wait()
    assert bench.window.replaying.isEnabled()
    assert not bench.window.subject._live.isActive()


def test_what_was_packed_while_it_is_shown_stays_and_is_read_again(bench: Bench) -> None:
    bench.show(record(reply_events()))
    bench.recorder.stored["m"] = bench.recorder.records.pop("m")
    bench.window.hide()
    bench.window.show()
    assert bench.recorder.asked == ["m"]
    assert len(bench.window.subject.course) == 24
    bench.recorder.end_loading("m")
    bench.wait()
    assert bench.figure("Events") == "24"


def test_hidden_or_closed_it_has_no_clock(bench: Bench) -> None:
    bench.show(record(reply_events()[:4], ended=None), message=answer(status=MessageStatus.STREAMING))
    bench.window.hide()
    assert not bench.window.subject._live.isActive()
    bench.window.show()
    assert bench.window.subject._live.isActive()
    bench.window.close()
    assert not bench.window.subject._live.isActive()
    bench.recorder.put(record(reply_events()))
    assert len(bench.window.subject.course) == 4


def test_50_000_events_are_read_in_slices_and_their_figures_made_aside(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    makers = []

    def figures_of(of: StreamRecord, tokens: int | None) -> StreamFigures:
        makers.append(threading.current_thread())
        return stream_figures.figures_of(of, tokens)

    monkeypatch.setattr(subject, "figures_of", figures_of)
    bench.recorder.records["m"] = (record([delta(0.3 + 0.001 * number, "a") for number in range(50_000)]),)
    bench.window.inspect(None, answer())
    assert len(bench.window.subject.course) < 10_000
    bench.wait()
    assert makers
    assert threading.main_thread() not in makers
    assert bench.figure("Events") == "50,000"
    assert bench.window.pages.events.model.rowCount() == 50_000


def test_parts_have_a_switch_and_each_its_request(bench: Bench) -> None:
    first = record(reply_events(), ended=StepKind.FAILED)
    second = record(reply_events()[:4], part=1, began_at=BEGAN_AT + 60, body='{"model":"claude-large","second":1}')
    bench.show(first, second)
    head = bench.window.summary.head
    assert [button.text() for button in head.buttons()] == ["1", "2"]
    assert head.buttons()[1].isChecked()
    assert '"second": 1' in bench.text(bench.window.pages.request)
    QTest.mouseClick(head.buttons()[0], Qt.MouseButton.LeftButton)
    assert '"content": "Why?"' in bench.text(bench.window.pages.request)
    assert bench.figure("Events") == "24"
    bench.window.time_line.event_chosen.emit(25)
    assert head.buttons()[1].isChecked()


def test_one_part_needs_no_switch(bench: Bench) -> None:
    bench.show(record(reply_events()))
    assert bench.window.summary.head.buttons() == ()


def test_the_request_is_shown_as_it_was_sent_without_the_key(bench: Bench) -> None:
    bench.show(record(reply_events()))
    assert bench.text(bench.window.pages.request).startswith(
        "POST https://api.anthropic.com/v1/messages\nx-api-key: $ANTHROPIC_API_KEY\ncontent-type: application/json\n\n{"
    )


def test_of_a_request_with_files_it_is_told_how_long_they_were(bench: Bench) -> None:
    sent = Body.of({"messages": [{"role": "user", "content": [image_block(png(size_bytes=7_500_000))]}]})
    whole = record(reply_events(), body=sent.shown)
    bench.show(replace(whole, request=replace(whole.request, is_shortened=sent.is_shortened)))
    assert '"data": "<base64, 10,000,000 characters>"' in bench.text(bench.window.pages.request)
    assert bench.window.pages.request.note == "The data of files is left out here; it went out whole."


def test_the_answer_and_all_figures_can_be_read(bench: Bench) -> None:
    bench.show(record(reply_events()))
    assert "anthropic-ratelimit-requests-remaining: 46" in bench.text(bench.window.pages.answer)
    figures = bench.text(bench.window.pages.figures)
    assert "content_block_delta" in figures
    assert "Request id" in figures


def test_of_a_reply_without_a_record_it_says_so(bench: Bench) -> None:
    bench.window.inspect(None, answer())
    assert bench.recorder.asked == ["m"]
    assert bench.window.words == "Reading what was kept of this reply…"
    bench.recorder.end_loading("m")
    assert bench.window.words.startswith("Nothing was kept of what went over the line")
    assert not bench.window.copying.isEnabled()
    assert not bench.window.replaying.isEnabled()


def test_of_an_earlier_run_only_the_times_are_shown(bench: Bench) -> None:
    stored = record([Arrival(0.4, "message_start", 90), Arrival(0.5, "content_block_delta", 80, 5)], body=None)
    bench.recorder.stored["m"] = (stored,)
    bench.window.inspect(None, answer())
    bench.recorder.end_loading("m")
    bench.window.time_line.event_chosen.emit(1)
    assert bench.window.words == ""
    assert bench.window.pages.events.pane.note == ONLY_TIMES
    bench.window.pages.show_page(bench.window.pages.request)
    assert bench.window.pages.request.note == f"{ONLY_TIMES} The body had 66 bytes."
    assert not bench.window.copying.isEnabled()
    assert bench.window.replaying.isEnabled()


def test_nothing_hostile_becomes_more_than_letters(bench: Bench) -> None:
    hostile = record(
        [Arrival(0.1, HOSTILE, 9, 0, HOSTILE), event(0.2, "error", error={"message": HOSTILE})],
        headers=((HOSTILE, HOSTILE), ("a", "b\r\nc: d")),
        status=99999,
        steps=(Step(0.0, StepKind.RETRY, HOSTILE),),
    )
    hostile = replace(hostile, request_id=HOSTILE, request=SentRequest(HOSTILE, f"http://[{HOSTILE}", (), HOSTILE, 1))
    bench.show(hostile, message=answer(model=HOSTILE))
    window = bench.window
    shown = [bench.text(page) for page in (window.pages.request, window.pages.answer, window.pages.figures)]
    window.pages.show_page(window.pages.events)
    for number in range(2):
        window.time_line.event_chosen.emit(number)
        shown.append(window.pages.events.pane.text.toPlainText())
    labels = window.findChildren(QLabel)
    shown += [label.text() for label in labels] + [label.accessibleName() for label in labels]
    shown += [window.pages.events.model.words_of(0, column) for column in range(6)]
    assert not [text for text in shown if any(sign in text for sign in "\u202e\x00\x1b\r")]
    rich = [label for label in labels if label.textFormat() is not Qt.TextFormat.PlainText and "<b>" in label.text()]
    assert rich == []
    assert "c: d" not in shown[1].splitlines()
    assert any("<img src=" in text for text in shown)


def test_an_event_of_a_megabyte_is_shown_shortened_and_copied_whole(bench: Bench, qtbot: QtBot) -> None:
    bench.show(record([delta(0.4, "x" * 1_000_000)]))
    bench.window.time_line.event_chosen.emit(0)
    pane = bench.window.pages.events.pane
    assert len(pane.text.toPlainText()) < 2 * LINE_CHARACTERS_MAX
    assert (
        pane.note
        == "Too long to be taken apart. Long lines are shown shortened; all of it is 1 MB. Copy takes all of it."
    )
    assert pane._whole == bench.window.subject.course.arrivals[0].raw


def test_find_counts_and_walks_round(bench: Bench) -> None:
    bench.show(record(reply_events()))
    pane = bench.window.pages.answer
    bench.window.pages.show_page(pane)
    pane.field.setText("anthropic")
    assert pane.count_words == "2 hits"
    first = pane.text.textCursor().position()
    QTest.keyClick(pane.field, Qt.Key.Key_Return)
    assert pane.text.textCursor().position() > first
    QTest.keyClick(pane.field, Qt.Key.Key_Return)
    assert pane.text.textCursor().position() == first
    QTest.keyClick(pane.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert pane.text.textCursor().position() > first


def test_the_keys_of_find_work_on_the_text_in_view(bench: Bench) -> None:
    bench.show(record(reply_events()))
    pane = bench.window.pages.answer
    bench.window.pages.show_page(pane)
    QTest.keyClick(bench.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert pane.field.hasFocus()
    pane.field.setText("anthropic")
    first = pane.text.textCursor().position()
    QTest.keyClick(bench.window, Qt.Key.Key_F3)
    assert pane.text.textCursor().position() > first
    QTest.keyClick(bench.window, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    assert pane.text.textCursor().position() == first


def test_what_is_played_again_is_looked_through_by_its_events(bench: Bench) -> None:
    bench.show(record(reply_events()))
    bench.window.pages.show_page(bench.window.pages.play)
    QTest.keyClick(bench.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert bench.window.pages.page is bench.window.pages.events
    assert bench.window.pages.events.filter.hasFocus()


def test_escape_empties_the_find_field_before_it_closes_the_window(bench: Bench) -> None:
    bench.show(record(reply_events()))
    bench.window.pages.show_page(bench.window.pages.answer)
    field = bench.window.pages.answer.field
    field.setFocus()
    field.setText("x")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == ""
    assert bench.window.isVisible()
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert not bench.window.isVisible()


def test_actions_say_what_is_wanted(bench: Bench) -> None:
    bench.show(record(reply_events()), record(reply_events(), part=1, began_at=BEGAN_AT + 9))
    asked: list[object] = []
    bench.window.curl_requested.connect(asked.append)
    bench.window.save_requested.connect(lambda message, part: asked.append((message.id, part)))
    bench.window.copying.click()
    bench.window.saving.click()
    assert asked == [bench.window.subject.records[1].request, ("m", 1)]


def test_play_again_shows_the_reply_and_a_click_on_the_time_line_goes_there(bench: Bench, qtbot: QtBot) -> None:
    bench.show(record(reply_events()))
    window = bench.window
    window.replaying.click()
    assert window.pages.page is window.pages.play
    assert window.pages.play.is_playing
    window.pages.play.pause()
    window.time_line.moment_chosen.emit(1.0)
    assert window.time_line._playing_s == 1.0
    window.pages.show_page(window.pages.events)
    window.time_line.moment_chosen.emit(0.2)
    assert window.time_line._playing_s == 1.0


def test_a_low_window_leaves_the_figures_to_their_page(bench: Bench, qtbot: QtBot) -> None:
    bench.show(record(reply_events()))
    bench.window.resize(640, 480)
    qtbot.waitUntil(lambda: not bench.window.summary.figures.isVisible())
    assert bench.window.width() == 640
    assert bench.window.pages.events.table.isColumnHidden(4)
    bench.window.resize(900, 640)
    qtbot.waitUntil(bench.window.summary.figures.isVisible)


def test_every_control_has_a_name_and_is_reached_with_tab(bench: Bench) -> None:
    bench.show(record(reply_events()), record(reply_events(), part=1, began_at=BEGAN_AT + 9))
    window = bench.window
    for page in (window.pages.events, window.pages.request, window.pages.play):
        window.pages.show_page(page)
        assert nameless(window) == []
        reached = walked(window, window.time_line)
        missed = [type(widget).__name__ for widget in controls(window) if widget not in reached]
        # Of a group of buttons Tab reaches the one that is chosen, the arrows the others.
        assert missed in ([], ["QToolButton"])


def test_what_came_over_the_line_is_written_in_a_fixed_pitch(bench: Bench) -> None:
    bench.show(record(reply_events()))
    for pane in (
        bench.window.pages.request,
        bench.window.pages.answer,
        bench.window.pages.figures,
        bench.window.pages.events.pane,
    ):
        assert pane.text.font().families()[0] == MONO_FAMILIES[0]
    assert bench.window.pages.events.table.font().pixelSize() == SMALL_PX


def test_texts_and_rows_follow_the_size_of_the_text(bench: Bench) -> None:
    before = bench.window.pages.request.text.font().pixelSize(), bench.window.pages.events.table.font().pixelSize()
    bench.window.show_settings(Settings(zoom_percent=150))
    after = bench.window.pages.request.text.font().pixelSize(), bench.window.pages.events.table.font().pixelSize()
    assert all(new > old for new, old in zip(after, before, strict=True))
    assert bench.window.pages.play.transcript._page.zoom == 1.5


def test_it_follows_the_theme(bench: Bench, look: Look) -> None:
    bench.show(record(reply_events()))
    light = bench.window.grab().toImage()
    look.set_theme(Theme.DARK)
    dark = bench.window.grab().toImage()
    assert _lightness(light) > 200
    assert _lightness(dark) < 60


def _lightness(picture: QImage) -> float:
    spots = [picture.pixelColor(x, y).lightness() for x in range(5, 900, 40) for y in range(5, 640, 40)]
    return sorted(spots)[len(spots) // 2]
