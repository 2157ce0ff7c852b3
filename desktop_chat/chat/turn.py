"""One reply in the making: asks, takes what comes, and leaves a final message whatever happens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Final

from desktop_chat.chat.keys import Keys
from desktop_chat.chat.ports import MessagesApi
from desktop_chat.chat.reply_keeper import ReplyKeeper
from desktop_chat.core import request
from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.errors import ChatError, Refused, StreamBroken
from desktop_chat.core.events import (
    REPLY_EVENTS,
    BlockStarted,
    Reply,
    ReplyEvent,
    RequestSent,
    ResponseOpened,
    RetryScheduled,
    StillWaiting,
    StreamEvent,
    TextArrived,
    ThinkingArrived,
    apply,
)
from desktop_chat.core.failure import Failure
from desktop_chat.core.messages import Message, MessageStatus, Timings
from desktop_chat.core.pricing import cost_usd
from desktop_chat.core.provider import ProviderProfile
from desktop_chat.core.rate_limits import RateLimits
from desktop_chat.core.request import RequestOptions
from desktop_chat.core.usage import Usage

BOUND_THINKING_WORDS: Final = ("bound to a different conversation", "cannot be modified", "invalid `signature`")
"""Parts of the API's answer when earlier thinking no longer fits (PROTOCOL 2.1, 4.4)."""

_BUG: Final = Failure(
    "Bug", "Something went wrong inside the program.", "What came is kept. The log file has the details."
)


@dataclass(frozen=True, slots=True)
class TurnListener:
    """Whom a turn tells what happens; called on the GUI thread, in order."""

    on_event: Callable[[ReplyEvent], None]
    on_activity: Callable[[Activity], None]
    on_limits: Callable[[RateLimits], None]


class Turn:
    """Streams one reply. `message` is its state: STREAMING until `run` is over, final afterwards."""

    def __init__(self, message: Message, api: MessagesApi, keys: Keys, keeper: ReplyKeeper, tell: TurnListener) -> None:
        self.message = message
        self._api = api
        self._keys = keys
        self._keeper = keeper
        self._tell = tell
        self._reply = Reply()
        self._activity = Activity(Phase.CONNECTING)
        self._sent_at = time.monotonic()
        self._timings = Timings()

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come; the end may still be on its way to the disk."""
        return self.message.status is not MessageStatus.STREAMING

    def so_far(self) -> Message:
        """The reply with everything that has come."""
        if self.is_over:
            return self.message
        return replace(self.message, content=self._reply.content(), model=self._reply.model or self.message.model)

    async def run(self, path: Sequence[Message], profile: ProviderProfile, options: RequestOptions) -> None:
        """Ask for the reply that follows this path and see it through.

        Order:   the empty reply is stored before anything is asked, the final message before this returns or raises.
        Cancel:  the connection is closed at once, the reply ends as STOPPED.
        """
        status = MessageStatus.FAILED
        failure: Failure | None = _BUG
        try:
            await self._keeper.start(self.message)
            await self._stream(path, profile, options)
        except asyncio.CancelledError:
            status, failure = MessageStatus.STOPPED, None
            raise
        except ChatError as error:
            failure = error.failure()
        finally:
            if self._reply.is_ended:
                status, failure = MessageStatus.COMPLETE, None
            self.message = self._final(status, failure)
            await self._keeper.end(self.message)

    async def _stream(self, path: Sequence[Message], profile: ProviderProfile, options: RequestOptions) -> None:
        try:
            await self._stream_once(path, profile, options)
        except Refused as error:
            if not _is_about_thinking(error) or self._reply.has_output:
                raise
            await self._stream_once(path, profile, replace(options, keeps_thinking=False))

    async def _stream_once(self, path: Sequence[Message], profile: ProviderProfile, options: RequestOptions) -> None:
        # MEASURED 20 ms for a conversation of 1,000 messages, 2026-11-23: too long for the GUI thread.
        built = await asyncio.to_thread(request.build, path, profile, options)
        self.message = replace(self.message, prefix_hash=built.prefix_hash)
        key = await self._keys.key_for(profile)
        self._sent_at = time.monotonic()
        async with aclosing(self._api.stream(built.body, profile, key)) as events:
            async for event in events:
                self._take(event)
        if not self._reply.is_ended:
            raise StreamBroken("The reply broke off.", "The server ended it without saying that it is complete.")

    def _take(self, event: StreamEvent) -> None:
        if isinstance(event, REPLY_EVENTS):
            apply(self._reply, event)
            self._keeper.add(self.message.id, event)
            self._note_time(event)
            self._tell.on_event(event)
        elif isinstance(event, ResponseOpened) and event.rate_limits is not None:
            self._tell.on_limits(event.rate_limits)
        activity = _activity_after(event, self._activity)
        if activity != self._activity:
            self._activity = activity
            self._tell.on_activity(activity)

    def _note_time(self, event: ReplyEvent) -> None:
        timings = self._timings
        if timings.first_word_s is not None:
            return
        now_s = time.monotonic() - self._sent_at
        if timings.first_event_s is None:
            timings = replace(timings, first_event_s=now_s)
        if isinstance(event, TextArrived) and event.text:
            timings = replace(timings, first_word_s=now_s)
            if timings.thinking_s is not None:
                timings = replace(timings, thinking_s=now_s - timings.thinking_s)
        elif isinstance(event, ThinkingArrived | BlockStarted) and timings.thinking_s is None and _is_thinking(event):
            # Until the first word it holds the moment the thinking began.
            timings = replace(timings, thinking_s=now_s)
        self._timings = timings

    def _final(self, status: MessageStatus, failure: Failure | None) -> Message:
        reply = self._reply
        model_id = reply.model or self.message.model
        now_s = time.monotonic() - self._sent_at
        timings = replace(self._timings, ended_s=now_s)
        if timings.first_word_s is None and timings.thinking_s is not None:
            timings = replace(timings, thinking_s=now_s - timings.thinking_s)
        has_usage = reply.usage != Usage()
        return replace(
            self.message.as_ended(status, failure),
            content=reply.content(),
            model=model_id,
            usage=reply.usage if has_usage else None,
            cost_usd=cost_usd(reply.usage, self._keys.model(model_id)) if has_usage and model_id else None,
            stop_reason=reply.stop_reason,
            stop_details=reply.stop_details,
            timings=timings,
        )


def _is_thinking(event: ThinkingArrived | BlockStarted) -> bool:
    return isinstance(event, ThinkingArrived) or event.block.get("type") in request.THINKING_TYPES


def _is_about_thinking(error: Refused) -> bool:
    said = f"{error.detail} {error.answer.raw or ''}"
    return any(words in said for words in BOUND_THINKING_WORDS)


def _activity_after(event: StreamEvent, before: Activity) -> Activity:
    match event:
        case TextArrived(_, text) if text:
            return Activity(Phase.WRITING)
        case ThinkingArrived():
            return Activity(Phase.THINKING)
        case BlockStarted(_, block) if block.get("type") in request.THINKING_TYPES:
            return Activity(Phase.THINKING)
        case StillWaiting(quiet_s):
            return Activity(Phase.QUIET, quiet_s=quiet_s)
        case RetryScheduled(delay_s, attempt, attempts_max, failure):
            retry_at = time.time() + delay_s
            return Activity(Phase.RETRYING, 0.0, retry_at, attempt, attempts_max, failure)
        case RequestSent():
            return Activity(Phase.WAITING)
        case _ if before.phase is Phase.QUIET:
            return Activity(Phase.WAITING)
        case _:
            return before
