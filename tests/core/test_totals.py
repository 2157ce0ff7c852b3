"""The figures of the status line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.core.totals import Totals, totals_of
from desktop_chat.core.usage import Usage
from tests.helpers.samples import question, reply


def paid(text: str, usage: Usage | None, cost_usd: float | None) -> Message:
    fields: dict[str, Any] = {"usage": usage, "cost_usd": cost_usd}
    return reply("c", None, text, **fields)


def test_an_empty_conversation_costs_nothing() -> None:
    assert totals_of((), (), 200_000) == Totals(context_limit_tokens=200_000)
    assert totals_of((), (), None).conversation_cost_usd == 0.0


def test_the_last_reply_and_the_sum_of_all() -> None:
    first = paid("a", Usage(10, 20), 0.25)
    last = paid("b", Usage(100, 200, cache_read_tokens=1_000), 0.5)
    path = (question("c"), first, question("c"), last)

    totals = totals_of(path, path, 5_000)

    assert (totals.reply, totals.reply_cost_usd) == (last.usage, 0.5)
    assert totals.conversation == Usage(110, 220, cache_read_tokens=1_000)
    assert totals.conversation_cost_usd == pytest.approx(0.75)
    assert (totals.context_tokens, totals.context_limit_tokens) == (1_300, 5_000)


def test_branches_that_are_not_shown_were_paid_for() -> None:
    shown, hidden = paid("a", Usage(1, 2), 0.1), paid("b", Usage(10, 20), 0.2)

    totals = totals_of([shown, hidden], (shown,), None)

    assert totals.conversation == Usage(11, 22)
    assert totals.conversation_cost_usd == pytest.approx(0.3)
    assert (totals.reply, totals.context_tokens) == (Usage(1, 2), 3)


def test_one_unknown_price_leaves_no_sum() -> None:
    known, unknown = paid("a", Usage(1, 2), 0.1), paid("b", Usage(1, 2), None)

    totals = totals_of([unknown, known], (unknown, known), None)

    assert totals.conversation_cost_usd is None
    assert totals.conversation == Usage(2, 4)
    assert totals.reply_cost_usd == 0.1


def test_replies_without_a_report_are_passed_over() -> None:
    counted, running = paid("a", Usage(1, 2), 0.1), paid("b", None, None)

    totals = totals_of([counted, running], (counted, running), None)

    assert (totals.reply, totals.context_tokens) == (Usage(1, 2), 3)
    assert totals.conversation_cost_usd == 0.1


def test_a_reply_that_broke_off_makes_its_conversation_a_lower_bound() -> None:
    cut = replace(paid("a", Usage(10, 1), 0.1), status=MessageStatus.STOPPED)
    whole = replace(paid("b", Usage(1, 2), 0.1), status=MessageStatus.COMPLETE)

    after = totals_of([cut, whole], (cut, whole), None)
    before = totals_of([cut], (cut,), None)

    assert (after.is_reply_partial, after.is_conversation_partial) == (False, True)
    assert (before.is_reply_partial, before.is_conversation_partial) == (True, True)
    assert not totals_of([paid("c", Usage(1, 1), 0.1)], (), None).is_conversation_partial, "it is still being written"


def test_messages_may_be_given_as_an_iterator() -> None:
    only = paid("a", Usage(1, 2), 0.1)

    assert totals_of(iter([only]), (only,), None).conversation == Usage(1, 2)
