"""Counting a word in slices: which messages come first, and where it ends."""

from __future__ import annotations

import math
import time

from desktop_chat.core.messages import Message
from desktop_chat.ui.transcript.finding.counting import Counting
from desktop_chat.ui.transcript.finding.searched import Searched, Texts
from desktop_chat.ui.transcript.messages.rows import Rows
from tests.helpers.samples import question
from tests.ui.transcript.stage import Stage

FOREVER_S = math.inf


class TextsInOrder(Texts):
    """Remembers in which order the texts were asked for."""

    def __init__(self) -> None:
        super().__init__(is_case_kept=False)
        self.asked: list[str] = []

    def of(self, message: Message) -> bytes:
        self.asked.append(message.text)
        return super().of(message)


def rows_of(stage: Stage, *texts: str) -> Rows:
    stage.show(*(question("c", text) for text in texts))
    return stage.view._page.rows


def test_the_messages_near_the_reader_come_first(stage: Stage) -> None:
    texts = TextsInOrder()
    counting = Counting(rows_of(stage, "a", "b", "c", "d"), texts, None, near=2)
    counting.count_on(FOREVER_S)
    assert texts.asked == ["c", "d", "a", "b"]
    assert counting.is_over


def test_a_place_behind_the_end_is_the_last_message(stage: Stage) -> None:
    texts = TextsInOrder()
    Counting(rows_of(stage, "a", "b"), texts, None, near=7).count_on(FOREVER_S)
    assert texts.asked == ["b", "a"]


def test_nothing_is_counted_once_the_time_is_over(stage: Stage) -> None:
    rows, texts = rows_of(stage, "needle"), Texts(is_case_kept=False)
    searched = Searched(rows, "needle", texts)
    counting = Counting(rows, texts, searched, near=0)
    counting.count_on(time.perf_counter() - 1)
    assert not counting.is_over
    assert searched.total == 0


def test_of_very_many_messages_only_the_nearest_are_read(stage: Stage) -> None:
    rows, texts = rows_of(stage, *["needle"] * 450), Texts(is_case_kept=False)
    searched = Searched(rows, "needle", texts)
    counting = Counting(rows, texts, searched, near=0)
    counting.count_on(FOREVER_S)
    assert not counting.is_exact
    assert counting.look_on(near=0, budget_s=FOREVER_S)
    assert counting.inexact_count == 0
    assert not counting.look_on(near=0, budget_s=FOREVER_S)
    assert [row for row in range(450) if not searched.is_exact(row)] == list(range(400, 450))
