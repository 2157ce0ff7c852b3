"""What the pill says of an end that the reader does not see."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.messages import MessageStatus
from tests.helpers.samples import question
from tests.ui.transcript.messages.continuing import FAILURE, go_on
from tests.ui.transcript.scroll_acts import moved_px, places, send
from tests.ui.transcript.stage import LONG, Stage, answer

NEWEST = "Go to the newest text"


def said(stage: Stage) -> str:
    """What the pill says; nothing while there is none."""
    pill = stage.view._pill
    return pill.accessibleName() if pill.isVisible() else ""


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (MessageStatus.STOPPED, "Stopped"),
        (MessageStatus.FAILED, "Failed"),
        (MessageStatus.INTERRUPTED, "Interrupted"),
    ],
)
def test_a_reply_that_breaks_off_out_of_sight_is_told_without_a_movement(
    stage: Stage, status: MessageStatus, words: str
) -> None:
    begun = send(stage)
    stage.stream(begun, LONG)
    assert said(stage) == NEWEST
    width, before = stage.view._pill.width(), places(stage)
    stage.end(begun, LONG, status=status)
    assert said(stage) == f"{words}. {NEWEST}"
    assert stage.view._pill.width() != width
    assert moved_px(stage, before) == {0.0}


def test_a_reply_that_simply_ends_is_no_news(stage: Stage) -> None:
    begun = send(stage)
    stage.stream(begun, LONG)
    stage.end(begun, LONG)
    assert said(stage) == NEWEST


def test_who_has_seen_the_end_is_not_told_again(stage: Stage) -> None:
    begun = send(stage)
    stage.stream(begun, LONG)
    stage.end(begun, LONG, status=MessageStatus.STOPPED)
    stage.view._pill.click()
    stage.wait()
    assert said(stage) == ""
    stage.wheel(angle=360)
    assert said(stage) == NEWEST


def test_an_old_end_is_no_news_in_a_conversation_that_is_opened(stage: Stage) -> None:
    stage.show(question("c"), answer(LONG, status=MessageStatus.STOPPED))
    stage.key(Qt.Key.Key_Home)
    assert said(stage) == NEWEST


def test_a_line_that_fails_out_of_sight_is_told_until_the_reply_goes_on(stage: Stage) -> None:
    begun = send(stage)
    stage.stream(begun, LONG)
    content = ({"type": "text", "text": LONG},)
    broken = replace(begun, content=content, status=MessageStatus.FAILED, failure=FAILURE)
    stage.view.end_message(broken)
    stage.view.show_activity(Activity(Phase.RECONNECTING, retry_at=time.time() + 9.0))
    stage.wait()
    assert said(stage) == f"Connection lost. {NEWEST}"
    stage.view.show_activity(Activity(Phase.CONNECTING))
    stage.wait_until(lambda: said(stage) == NEWEST)
    go_on(stage, broken, (*stage.view._page.rows.messages[:-1],))
    assert said(stage) == NEWEST
