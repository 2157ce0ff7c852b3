"""What a screen reader hears by itself while a reply streams."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication

from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.continuation import begun_again
from desktop_chat.core.events import TextArrived
from desktop_chat.core.failure import Failure
from desktop_chat.core.messages import MessageStatus
from desktop_chat.ui.transcript.accessible.speech import Speech
from tests.helpers.samples import question
from tests.ui.transcript.stage import Stage, answer


class Listener:
    """Hears a transcript; time passes when it is told to."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.said: list[str] = []
        self.now_s = 100.0
        self.speech = Speech(stage.view._page.rows, self.said.append)

    def pass_time(self, seconds: float = 1.0, is_visible: bool = True) -> list[str]:
        """Let frames go by; give what was said in them."""
        self.said.clear()
        for _ in range(10):
            self.now_s += seconds / 10
            self.speech.frame(self.now_s, is_visible)
        return list(self.said)


@pytest.fixture
def listener(stage: Stage) -> Listener:
    return Listener(stage)


def test_sentences_are_said_when_they_are_finished(listener: Listener) -> None:
    stage = listener.stage
    begun = stage.begin("The first one. The sec")
    listener.speech.begin(begun.id)
    assert listener.pass_time() == ["The first one."]
    assert listener.pass_time() == []
    stage.stream(begun, "ond one. And a third")
    assert listener.pass_time() == ["The second one."]
    stage.end(begun, "The first one. The second one. And a third")
    assert listener.pass_time() == ["And a third"]
    assert listener.pass_time() == []


def test_what_arrives_in_a_hurry_is_said_at_once_and_not_in_bits(listener: Listener) -> None:
    begun = listener.stage.begin("A. ")
    listener.speech.begin(begun.id)
    for number in range(20):
        listener.stage.view.apply_event(begun.id, TextArrived(0, f"Sentence {number}. "))
    listener.stage.wait()
    said = listener.pass_time()
    assert len(said) == 1
    assert "Sentence 18." in said[0]


def test_marks_are_not_read_out_and_blocks_are_told_in_a_word(listener: Listener) -> None:
    source = (
        "# Title\n\nSome **bold** text.\n\n- one\n- two\n\n1. first\n\n```python\na = 1\nb = 2\n```\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n---\n\nEnd."
    )
    begun = listener.stage.begin(source)
    listener.speech.begin(begun.id)
    listener.stage.end(begun, source)
    assert "\n".join(listener.pass_time()).split("\n") == [
        "Title",
        "Some bold text.",
        "one",
        "two",
        "1. first",
        "Code, python, 2 lines.",
        "Table, 2 columns, 1 row.",
        "End.",
    ]


def test_code_is_told_when_it_is_over(listener: Listener) -> None:
    begun = listener.stage.begin("Look:\n\n```\nline. One\n")
    listener.speech.begin(begun.id)
    assert listener.pass_time() == ["Look:"]
    listener.stage.stream(begun, "line. Two\n```\n\nSo")
    assert listener.pass_time() == ["Code, 2 lines."]


def test_nothing_is_said_of_a_conversation_behind_others(listener: Listener) -> None:
    stage = listener.stage
    begun = stage.begin("Unseen text. Unseen ")
    listener.speech.begin(begun.id)
    assert listener.pass_time(is_visible=False) == []
    stage.stream(begun, "end. Also unseen. S")
    assert listener.pass_time(is_visible=False) == []
    assert listener.pass_time() == []
    stage.stream(begun, "een. N")
    assert listener.pass_time() == ["Seen."]


def test_a_reply_that_was_under_way_before_is_taken_up_where_it_is(listener: Listener) -> None:
    begun = listener.stage.begin("Long ago. N")
    assert listener.pass_time() == []
    listener.stage.stream(begun, "ow. T")
    assert listener.pass_time() == ["Now."]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": MessageStatus.STOPPED}, "Stopped. What came is kept."),
        ({"stop_reason": "refusal"}, "Declined."),
        (
            {"status": MessageStatus.FAILED, "failure": Failure("overloaded", "Overloaded.", "Try later.")},
            "Overloaded. Try later.",
        ),
    ],
)
def test_how_a_reply_ended_is_said_last(listener: Listener, fields: dict[str, object], words: str) -> None:
    begun = listener.stage.begin("So f")
    listener.speech.begin(begun.id)
    listener.stage.end(begun, "So far", **fields)
    said = listener.pass_time()
    assert len(said) == 1
    assert said[0].startswith(f"So far\n{words}")


def test_a_question_that_came_to_nothing_is_told_with_what_can_be_done(listener: Listener) -> None:
    begun = listener.stage.begin("")
    listener.speech.begin(begun.id)
    failure = Failure("NoConnection", "No network.", "Check the cable.")
    listener.stage.end(begun, "", status=MessageStatus.FAILED, failure=failure, content=())
    assert listener.pass_time() == ["No network. Check the cable. Ctrl+R sends the question again."]


def test_waiting_is_told_once_and_only_when_it_lasts(listener: Listener) -> None:
    listener.speech.show_activity(Activity(Phase.WAITING))
    assert listener.pass_time(0.4) == []
    listener.speech.show_activity(Activity(Phase.THINKING))
    assert listener.pass_time() == ["Thinking"]
    assert listener.pass_time(10) == []
    listener.speech.show_activity(Activity(Phase.WRITING))
    assert listener.pass_time() == ["Writing"]
    for quiet_s in range(3):
        listener.speech.show_activity(Activity(Phase.QUIET, quiet_s=30.0 + quiet_s))
        assert listener.pass_time() == (["Nothing is coming at the moment"] if quiet_s == 0 else [])
    listener.speech.show_activity(Activity())
    assert listener.pass_time() == []


def test_each_step_of_a_turn_is_said_once_and_a_stall_whenever_it_begins(listener: Listener) -> None:
    def said(activity: Activity) -> list[str]:
        listener.speech.show_activity(activity)
        return listener.pass_time()

    quiet = Activity(Phase.QUIET, quiet_s=9.0)
    for _turn in range(2):
        assert said(Activity(Phase.CONNECTING)) == ["Connecting"]
        assert said(Activity(Phase.WAITING, sent_bytes=12_345)) == ["Sent 12 kB, waiting"]
        assert said(Activity(Phase.WRITING)) == ["Writing"]
        assert said(quiet) == ["Nothing is coming at the moment"]
        assert [said(Activity(Phase.WRITING, tokens_per_s=rate)) for rate in (None, 84, 91)] == [[], [], []]
        assert said(quiet) == ["Nothing is coming at the moment"]
        assert said(Activity()) == []


def test_a_short_silence_is_not_said(listener: Listener) -> None:
    listener.speech.show_activity(Activity(Phase.QUIET, quiet_s=3.0))
    assert listener.pass_time(4.0) == []
    assert listener.pass_time(2.0) == ["Nothing is coming at the moment"]


def test_a_retry_is_told_with_its_reason(listener: Listener) -> None:
    failure = Failure("overloaded", "The service is overloaded", "")
    listener.speech.show_activity(Activity(Phase.RETRYING, retry_at=200.0, attempt=2, attempts_max=5, failure=failure))
    assert listener.pass_time() == ["The service is overloaded. Trying again, 2 of 5"]


def test_a_wait_for_the_line_is_told_once_and_not_counted_along(listener: Listener) -> None:
    waits = Activity(Phase.RECONNECTING, retry_at=200.0, attempt=2, attempts_max=3)
    listener.speech.show_activity(waits)
    assert listener.pass_time() == ["Continuing by itself, 2 of 3"]
    assert listener.pass_time(3) == []
    listener.speech.show_activity(replace(waits, retry_at=None))
    assert listener.pass_time() == ["Waiting for the network, 2 of 3"]


def test_another_conversation_ends_the_speech(listener: Listener) -> None:
    begun = listener.stage.begin("One. T")
    listener.speech.begin(begun.id)
    listener.stage.show(question("c", "Else"), answer("Nothing new. Really."))
    assert listener.pass_time() == []


def test_the_view_speaks_only_while_somebody_listens(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(stage.view._tree.speech, "_say", said.append)
    begun = stage.begin("One. Two. ")
    stage.end(begun, "One. Two.")
    assert said == []
    QAccessible.setActive(True)
    try:
        begun = stage.begin("One. Two. T")
        stage.end(begun, "One. Two. Three")
        QApplication.processEvents()
        assert "\n".join(said).split("\n")[-1].endswith("Three")
    finally:
        QAccessible.setActive(False)


def test_a_reply_that_was_cut_tells_how_to_go_on_and_is_not_read_out_again(listener: Listener) -> None:
    stage = listener.stage
    begun = stage.begin("The first one. The sec")
    listener.speech.begin(begun.id)
    assert listener.pass_time() == ["The first one."]
    stopped = stage.end(begun, "The first one. The sec", status=MessageStatus.STOPPED)
    assert listener.pass_time() == ["The sec\nStopped. What came is kept. Ctrl+Shift+R continues."]
    again = begun_again(stopped)
    listener.speech.show_activity(Activity(Phase.WAITING))
    stage.show(stage.view._page.rows[0].message, again)
    assert listener.pass_time() == ["Waiting"]
    listener.speech.show_activity(Activity(Phase.WRITING))
    stage.view.apply_event(again.id, TextArrived(1, "ond one. And a third."))
    stage.wait()
    assert listener.pass_time() == ["The second one."]
    ended = replace(again, content=(*again.content, {"type": "text", "text": "ond one. And a third."}))
    stage.view.end_message(replace(ended, status=MessageStatus.COMPLETE))
    stage.wait()
    assert listener.pass_time() == ["And a third."]
