"""A reply whose line breaks, in the whole program: it goes on without a click, and nothing waits at the end."""

from __future__ import annotations

import pytest

from desktop_chat.api.demo_faults import Faults
from desktop_chat.chat import reconnecting
from desktop_chat.chat.session import ChatSession
from desktop_chat.core.activity import Phase
from desktop_chat.core.messages import MessageStatus
from tests.end2end.running import Place, Run, until
from tests.helpers.demo import questions_to
from tests.helpers.signals import Heard, next_signal

TEXT = " ".join(f"Sentence number {number} of the answer." for number in range(40))


@pytest.fixture(autouse=True)
def _long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """No wait ends by itself while a test looks at it."""
    for name in ("FIRST_DELAY_S", "DELAY_S_MAX"):
        monkeypatch.setattr(reconnecting, name, 100_000.0)


async def cut(session: ChatSession) -> None:
    """Wait until the line has failed, and the turn waits for it."""
    if session.activity.phase is not Phase.RECONNECTING:
        await next_signal(session.activity_changed, matching=lambda to: to.phase is Phase.RECONNECTING)


async def test_a_reply_whose_line_breaks_again_and_again_is_whole_in_the_end(run: Run, place: Place) -> None:
    place.server.faults = Faults(reply_text=TEXT, reset_after_events=90, counts_text=True)
    async with run() as program:
        session = program.session
        cuts = Heard(session.turn_cut)
        program.type_and_send("hello")
        for number in range(2):
            await cut(session)
            assert len(cuts) == number + 1
            if number == 1:
                place.server.faults = Faults(reply_text=TEXT)
            session.reconnect_now()
            await until(lambda: session.activity.phase is not Phase.RECONNECTING)
        await until(lambda: not session.is_busy)
        reply = session.path()[-1]
        assert (reply.status, reply.text) == (MessageStatus.COMPLETE, TEXT)
        assert len(questions_to(place.server)) == 3


async def test_the_program_ends_while_a_reply_waits_and_nothing_goes_on_at_the_next_start(
    run: Run, place: Place
) -> None:
    place.server.faults = Faults(reply_text=TEXT, reset_after_events=40, counts_text=True)
    async with run() as program:
        program.type_and_send("hello")
        await cut(program.session)
        text = program.session.path()[-1].text
    # Ended, although the wait would have gone on for a day.
    assert len(questions_to(place.server)) == 1
    async with run() as again:
        reply = again.session.path()[-1]
        assert (reply.status, reply.text) == (MessageStatus.FAILED, text)
        assert TEXT.startswith(text)
        assert not again.session.is_busy
    assert len(questions_to(place.server)) == 1
