"""What tests of the outbox share."""

from __future__ import annotations

from desktop_chat.chat.session import ChatSession
from desktop_chat.core.messages import Draft
from desktop_chat.core.outbox import Wait
from tests.chat.desk import Desk, all_ended
from tests.chat.library_cases import streaming
from tests.helpers.fake_api import Gate
from tests.helpers.signals import next_signal


def texts(session: ChatSession) -> list[str]:
    """What waits."""
    return [row.message.text for row in session.outbox.rows]


def waits(session: ChatSession) -> list[Wait]:
    """What it waits for."""
    return [row.why for row in session.outbox.rows]


def asked(session: ChatSession) -> list[str]:
    """The questions of the path."""
    return [message.text for message in session.path()[::2]]


def kept(desk: Desk) -> list[str]:
    """What waits on the disk."""
    return [each.text for each in sorted(desk.store.queued.values(), key=lambda each: each.place)]


async def queue(session: ChatSession, *written: str) -> None:
    """Write these while they cannot be sent, and wait until they are safe."""
    for text in written:
        assert session.send(Draft(text, len(text)))
    await all_ended("queue a message")


async def busy(desk: Desk, *written: str) -> tuple[ChatSession, Gate]:
    """A conversation with a reply that is being written, and these messages behind it."""
    session = desk.session()
    gate = await streaming(desk, session)
    await queue(session, *written)
    return session, gate


async def at_rest(session: ChatSession) -> None:
    if session.is_busy:
        await next_signal(session.rested)
