"""Waiting for the line, so that a reply that was cut goes on by itself."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from desktop_chat.chat.network import Network
from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.continuation import can_be_continued, may_be_asked_anew
from desktop_chat.core.errors import NoConnection, Overloaded, StreamBroken
from desktop_chat.core.failure import Action, Failure
from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.core.provider import ProviderProfile

ATTEMPTS_MAX: Final = 3
"""For one reply, however much text came in between: a line that breaks four times is for the reader to judge."""

FIRST_DELAY_S: Final = 1.0
DELAY_S_MAX: Final = 30.0
_LINE_KINDS: Final = frozenset(error.__name__ for error in (StreamBroken, NoConnection))


async def wait_for(woken: asyncio.Event, seconds: float) -> None:
    """Wait until somebody wakes it, at most so long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await woken.wait()


@dataclass(frozen=True, slots=True)
class ReconnectOptions:
    """What tests turn; the defaults are what a person gets."""

    wait_for: Callable[[asyncio.Event, float], Awaitable[None]] = wait_for
    fraction: Callable[[], float] = random.random
    """Gives numbers from 0 up to 1."""
    now: Callable[[], float] = time.time


def is_of_line(failure: Failure | None) -> bool:
    """Whether it was the line that failed."""
    return failure is not None and failure.kind in _LINE_KINDS


def may_go_on(message: Message) -> bool:
    """Whether a reply had begun and was cut by what may well be over soon: the line, or a server with too much to do.

    An answer with an HTTP status is none of that: the client has tried as often as makes sense, or was refused. So it
    has where no connection could be made for a reply that had not begun.
    """
    failure = message.failure
    if failure is None or message.status is not MessageStatus.FAILED:
        return False
    if not can_be_continued(message):
        has_begun = message.content or message.seams or failure.kind != NoConnection.__name__
        if not (has_begun and may_be_asked_anew(message)):
            return False
    is_passing = is_of_line(failure) or failure.kind == Overloaded.__name__
    return is_passing and failure.status is None and failure.action is not Action.OPEN_SETTINGS


class Reconnecting:
    """The waits of one reply, with exponential back-off and full jitter: many cut at once do not come back at once."""

    def __init__(self, network: Network, options: ReconnectOptions) -> None:
        self._network = network
        self._options = options
        self._count = 0
        self._woken = asyncio.Event()
        self._is_hurried = False

    def may_follow(self, message: Message) -> bool:
        """Whether the reply, as it ended now, shall go on by itself."""
        return self._count < ATTEMPTS_MAX and may_go_on(message)

    def hurry(self) -> None:
        """Let the wait that runs be over."""
        self._is_hurried = True
        self._woken.set()

    async def wait(self, profile: ProviderProfile, message: Message, tell: Callable[[Activity], None]) -> None:
        """Wait until the reply can go on; without a network until there is one again.

        Cancel:  nothing is left behind.
        """
        delay_s = min(FIRST_DELAY_S * 2.0**self._count, DELAY_S_MAX) * self._options.fraction()
        self._count += 1
        self._is_hurried = has_missed_network = False
        waits = Activity(Phase.RECONNECTING, attempt=self._count, attempts_max=ATTEMPTS_MAX, failure=message.failure)
        self._network.offline_changed.connect(self._wake)
        try:
            while not self._is_hurried:
                self._woken.clear()
                if self._network.is_offline_for(profile):
                    has_missed_network = True
                    tell(waits)
                    await self._woken.wait()
                elif has_missed_network:
                    return
                else:
                    tell(replace(waits, retry_at=self._options.now() + delay_s))
                    await self._options.wait_for(self._woken, delay_s)
                    if not self._woken.is_set():
                        return
        finally:
            self._network.offline_changed.disconnect(self._wake)

    def _wake(self, _is_offline: bool) -> None:
        self._woken.set()
