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
from desktop_chat.chat.progress import Progress
from desktop_chat.chat.recording import Recording
from desktop_chat.chat.reply_keeper import ReplyKeeper
from desktop_chat.chat.stream_recorder import StreamRecorder
from desktop_chat.core import request
from desktop_chat.core.activity import Activity
from desktop_chat.core.bad_line import BadLine
from desktop_chat.core.continuation import Joint, Placing, text_to_go_on_from
from desktop_chat.core.errors import ChatError, Refused, StreamBroken
from desktop_chat.core.events import (
    REPLY_EVENTS,
    THINKING_TYPES,
    BlockStarted,
    PartSkipped,
    Reply,
    ReplyEvent,
    ResponseOpened,
    StreamEvent,
    TextArrived,
    ThinkingArrived,
    apply,
)
from desktop_chat.core.failure import Failure, with_skipped
from desktop_chat.core.messages import Block, Message, MessageStatus, Timings
from desktop_chat.core.pricing import cost_usd
from desktop_chat.core.provider import ProviderProfile
from desktop_chat.core.rate_limits import RateLimits
from desktop_chat.core.request import RequestOptions
from desktop_chat.core.stream_record import StepKind
from desktop_chat.core.usage import Usage

BOUND_THINKING_WORDS: Final = ("bound to a different conversation", "cannot be modified", "invalid `signature`")
"""Parts of the API's answer when earlier thinking no longer fits (Messages API, Errors)."""

NO_PREFILL_WORDS: Final = "does not support assistant message prefill"

SKIPPED_SHOWN: Final = 5
"""Of so many parts that could not be read it is kept how they came."""

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

    def __init__(
        self,
        message: Message,
        api: MessagesApi,
        keys: Keys,
        keeper: ReplyKeeper,
        recorder: StreamRecorder,
        tell: TurnListener,
        line: BadLine | None = None,
    ) -> None:
        self.message = message
        self._api = api
        self._keys = keys
        self._keeper = keeper
        self._recorder = recorder
        self._recording: Recording | None = None
        self._tell = tell
        self._line = line
        self._reply = Reply()
        self._begun = message
        """What there was before: something when a reply that was cut is continued."""
        self._placing = Placing(len(message.content))
        self._progress = Progress(tell.on_activity)
        self._sent_at = time.monotonic()
        self._timings = message.timings or Timings()
        self._thinks_since_s: float | None = None
        self._has_word = False
        """Whether a word of the answer has come, in this part of it."""
        self._skipped_count = message.failure.skipped_count if message.failure else 0
        self._skipped_raw = [message.failure.raw or ""] if message.failure and self._skipped_count else []

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come; the end may still be on its way to the disk."""
        return self.message.status is not MessageStatus.STREAMING

    def so_far(self) -> Message:
        """The reply with everything that has come."""
        if self.is_over:
            return self.message
        return replace(self.message, content=self._content(), model=self._reply.model or self.message.model)

    async def run(self, path: Sequence[Message], profile: ProviderProfile, options: RequestOptions) -> None:
        """Ask for the reply that follows this path and see it through.

        Order:   the empty reply is stored before anything is asked, the final message before this returns or raises.
        Cancel:  the connection is closed at once, the reply ends as STOPPED.
        """
        status = MessageStatus.FAILED
        failure: Failure | None = _BUG
        try:
            await self._keeper.start(self.message)
            self._recording = await self._recorder.begin(self.message)
            await self._stream(path, profile, options)
        except asyncio.CancelledError:
            status, failure = MessageStatus.STOPPED, None
            raise
        except ChatError as error:
            failure = error.failure()
        finally:
            self._progress.close()
            self._take_rest()
            if self._reply.is_ended:
                status, failure = MessageStatus.COMPLETE, None
            self.message = self._final(status, failure)
            record = self._recorder.end(self._recording, self.message) if self._recording is not None else None
            await self._keeper.end(self.message, record)

    async def _stream(self, path: Sequence[Message], profile: ProviderProfile, options: RequestOptions) -> None:
        while True:
            try:
                return await self._stream_once(path, profile, options)
            except Refused as error:
                if self._reply.has_output:
                    raise
                # Each at most once: what was changed is not refused for the same reason again.
                if _is_about(error, BOUND_THINKING_WORDS) and options.keeps_thinking:
                    options = replace(options, keeps_thinking=False)
                elif _is_about(error, (NO_PREFILL_WORDS,)) and options.is_prefilled:
                    options = replace(options, takes_prefill=False)
                else:
                    raise
                if self._recording is not None:
                    self._recording.stepped(StepKind.RETRY, f"{error} Asked again in another form.")

    async def _stream_once(self, path: Sequence[Message], profile: ProviderProfile, options: RequestOptions) -> None:
        # MEASURED 20 ms for a conversation of 1,000 messages, 2026-11-23: too long for the GUI thread.
        # Before its first word a reply has nothing that it could go on from: the question is asked anew.
        cut = self._begun if text_to_go_on_from(self._begun) else None
        built = await asyncio.to_thread(request.build, path, profile, options, cut)
        if not self._begun.content:
            self.message = replace(self.message, prefix_hash=built.prefix_hash)
        elif cut is not None:
            self._placing = Placing(len(cut.content), Joint(cut.text, options.is_prefilled))
        key = await self._keys.key_for(profile)
        self._sent_at = time.monotonic()
        async with aclosing(self._api.stream(built.body, profile, key, self._line, self._recording)) as events:
            async for event in events:
                self._take(event)
        if not self._reply.is_ended:
            raise StreamBroken("The reply broke off.", "The server ended it without saying that it is complete.")

    def _take(self, event: StreamEvent) -> None:
        if isinstance(event, REPLY_EVENTS):
            for placed in self._placing.placed(event):
                apply(self._reply, placed)
                self._keeper.add(self.message.id, placed)
                self._note_time(placed)
                self._tell.on_event(placed)
        elif isinstance(event, ResponseOpened) and event.rate_limits is not None:
            self._tell.on_limits(event.rate_limits)
        elif isinstance(event, PartSkipped):
            self._note_skipped(event)
        self._progress.take(event)

    def _note_skipped(self, part: PartSkipped) -> None:
        self._skipped_count += 1
        if len(self._skipped_raw) < SKIPPED_SHOWN:
            self._skipped_raw.append(f"{part.kind}: {part.raw}")

    def _take_rest(self) -> None:
        """What was held back in search of a repetition is no less worth for the line having failed again."""
        for event in self._placing.rest():
            apply(self._reply, event)
            self._tell.on_event(event)

    @property
    def _goes_on(self) -> bool:
        """Whether there is a second part; blocks that were only opened are none."""
        return self._reply.has_output or not self._begun.content

    def _content(self) -> tuple[Block, ...]:
        return (*self._begun.content, *self._reply.content()) if self._goes_on else self._begun.content

    def _note_time(self, event: ReplyEvent) -> None:
        if self._has_word:
            return
        now_s = time.monotonic() - self._sent_at
        if self._timings.first_event_s is None:
            self._timings = replace(self._timings, first_event_s=now_s)
        if isinstance(event, TextArrived) and event.text:
            self._has_word = True
            self._count_thinking(now_s)
            if self._timings.first_word_s is None:
                self._timings = replace(self._timings, first_word_s=now_s)
        elif isinstance(event, ThinkingArrived | BlockStarted) and self._thinks_since_s is None and _is_thinking(event):
            self._thinks_since_s = now_s

    def _count_thinking(self, now_s: float) -> None:
        if self._thinks_since_s is not None:
            thinking_s = (self._timings.thinking_s or 0.0) + now_s - self._thinks_since_s
            self._timings = replace(self._timings, thinking_s=thinking_s)
            self._thinks_since_s = None

    def _final(self, status: MessageStatus, failure: Failure | None) -> Message:
        reply = self._reply
        model_id = reply.model or self.message.model
        now_s = time.monotonic() - self._sent_at
        self._count_thinking(now_s)
        timings = replace(self._timings, ended_s=now_s + (self._timings.ended_s or 0.0))
        usage, cost = self._begun.usage, self._begun.cost_usd
        if usage is not None and cost is None:
            # What a program that was killed had received was counted, but not priced.
            cost = self._cost_usd(usage, self._begun.model)
        if reply.usage != Usage():
            part_usd = self._cost_usd(reply.usage, model_id)
            if usage is None:
                usage, cost = reply.usage, part_usd
            else:
                usage = usage.plus(reply.usage)
                cost = None if cost is None or part_usd is None else cost + part_usd
        return replace(
            self.message.as_ended(status, with_skipped(failure, self._skipped_count, "\n".join(self._skipped_raw))),
            content=self._content(),
            model=model_id,
            usage=usage,
            cost_usd=cost,
            stop_reason=reply.stop_reason,
            stop_details=reply.stop_details,
            timings=timings,
            seams=self._begun.seams if self._goes_on else self._begun.seams[:-1],
        )

    def _cost_usd(self, usage: Usage, model_id: str | None) -> float | None:
        return cost_usd(usage, self._keys.model(model_id)) if model_id else None


def _is_thinking(event: ThinkingArrived | BlockStarted) -> bool:
    return isinstance(event, ThinkingArrived) or event.block.get("type") in THINKING_TYPES


def _is_about(error: Refused, about: Sequence[str]) -> bool:
    said = f"{error.detail} {error.answer.raw or ''}"
    return any(words in said for words in about)
