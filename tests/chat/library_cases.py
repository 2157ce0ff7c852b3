"""What tests of the library share."""

from __future__ import annotations

from desktop_chat.chat.library import Library
from desktop_chat.chat.session import ChatSession
from desktop_chat.core.errors import StoreFull
from desktop_chat.core.messages import Draft, MessageStatus
from desktop_chat.core.rate_limits import Quota, RateLimits
from tests.chat.desk import Desk
from tests.helpers.fake_api import Gate, reply_events
from tests.helpers.samples import question, reply

FULL = StoreFull("The disk is full.")
LIMITS = RateLimits(Quota(50, 49, 1.0), Quota(), Quota(), Quota())


async def stored_conversation(desk: Desk, conversation_id: str, text: str, moment: float = 1.0) -> None:
    """Put a question with its reply on the disk."""
    asked = question(conversation_id, text, created_at=moment, ended_at=moment)
    await desk.store.put(asked, text)
    await desk.store.put(
        reply(conversation_id, asked.id, "Yes.", status=MessageStatus.COMPLETE, created_at=moment, ended_at=moment)
    )


async def streaming(desk: Desk, session: ChatSession) -> Gate:
    """Ask and stop in the middle of the reply; the gate lets it go on."""
    gate = Gate()
    events = reply_events("Half", " more")
    desk.api.script(*events[:3], gate, *events[3:])
    session.send(Draft("Why?"))
    await gate.reached.wait()
    return gate


async def closed(desk: Desk, library: Library) -> None:
    await library.close()
    await desk.tasks.close()


def ids(library: Library) -> list[str]:
    return [summary.id for summary in library.conversations()]
