"""What a tab's status line hears of its conversation, and of all others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.failure import Failure
from desktop_chat.core.messages import Draft, MessageStatus
from desktop_chat.core.rate_limits import Quota, RateLimits
from desktop_chat.core.usage import Usage
from desktop_chat.ui.status_line import StatusLine
from desktop_chat.ui.theme import Look
from tests.helpers.fake_chat import reply_to
from tests.helpers.window_kit import WindowKit, active_kits


@pytest.fixture
def kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    yield from active_kits(look, qtbot, "a")


def texts(kit: WindowKit) -> list[str]:
    """What the parts say of what they know: context, cost, rate limits."""
    line = kit.deck.page().findChild(StatusLine)
    assert line is not None
    return [part.words.breakdown for part in line.parts]


def test_what_the_conversation_costs_is_told_as_it_grows(kit: WindowKit) -> None:
    session = kit.session
    counted = replace(reply_to("a", session.tree.tip_id, "So."), usage=Usage(27_000, 1_000), cost_usd=0.21)
    session.tree.add(counted)
    session.totals_changed.emit(session.totals)
    assert "Used: 28,000 tokens" in texts(kit)[0]
    assert "$0.21" in texts(kit)[1]


def test_what_another_conversation_cost_today_is_told_here_too(kit: WindowKit) -> None:
    kit.library.today_cost_usd = 1.84
    kit.library.today_cost_changed.emit(1.84)
    assert "Today, all conversations: $1.84" in texts(kit)[1]


def test_what_the_rate_limit_leaves_is_told(kit: WindowKit) -> None:
    quota = Quota(50, 46)
    limits = RateLimits(quota, Quota(), Quota(), Quota())
    kit.session.limits_changed.emit(limits)
    assert "46 of 50 left" in texts(kit)[2]


def test_what_the_reply_does_is_told(kit: WindowKit) -> None:
    kit.session.set_activity(Activity(Phase.CONNECTING))
    line = kit.deck.page().findChild(StatusLine)
    assert line is not None
    assert line.parts[1].words.variants[0].startswith("Connecting")


def cost_words(kit: WindowKit) -> str:
    line = kit.deck.page().findChild(StatusLine)
    assert line is not None
    return line.parts[1].words.variants[0]


def test_a_reply_that_was_stopped_is_told_until_another_one_is_asked_for(kit: WindowKit) -> None:
    kit.session.send(Draft("Why?"))
    kit.session.stop()
    assert cost_words(kit).startswith("Stopped · this conversation")
    kit.session.set_activity(Activity(Phase.CONNECTING))
    assert cost_words(kit).startswith("Connecting")
    kit.session.end_reply()
    assert cost_words(kit).startswith("This conversation")


def test_why_a_reply_failed_is_in_the_tooltip(kit: WindowKit) -> None:
    failure = Failure("StreamBroken", "The reply broke off.", "The line was cut.")
    kit.session.turn_ended.emit(reply_to("a", None, "So.").as_ended(MessageStatus.FAILED, failure))
    assert cost_words(kit).startswith("Failed · ")
    assert texts(kit)[1].endswith("The reply broke off.")


def test_how_a_reply_ended_says_nothing_of_another_branch(kit: WindowKit) -> None:
    kit.session.send(Draft("Why?"))
    kit.session.stop()
    kit.session.path_changed.emit(kit.session.path())
    assert cost_words(kit).startswith("This conversation")
