"""What the command line asks for: a question, a picture of the window, and an exit code that tells how it went."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from desktop_chat.chat.keys import Keys
from desktop_chat.chat.library import Library
from desktop_chat.chat.session import ChatSession
from desktop_chat.cli import ExitCode, Wishes
from desktop_chat.core.failure import Failure
from desktop_chat.core.keys import KeySource
from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.core.stop_reason import StopReason
from desktop_chat.ui.main_window import MainWindow

SETTLE_S: Final = 10.0
SETTLE_STEP_S: Final = 0.03
LIMIT_REASONS: Final = (StopReason.MAX_TOKENS, StopReason.CONTEXT_FULL)
NO_KEY: Final = Failure(
    "KeyMissing", "There is no API key.", "Set ANTHROPIC_API_KEY, or start the program without --once and enter one."
)


class Errand:
    """Run once the window has its conversations; with `--once` it ends the program, by `end`."""

    def __init__(self, wishes: Wishes, window: MainWindow, end: Callable[[ExitCode], None]) -> None:
        self._wishes = wishes
        self._window = window
        self._end = end
        self._asked: ChatSession | None = None

    async def run(self, library: Library, keys: Keys) -> None:
        """Ask, take the picture, and with `--once` tell how it went."""
        wishes = self._wishes
        message: Message | None = None
        if wishes.ask is not None:
            message = await self._ask(wishes.ask, library)
        if wishes.screenshot is not None:
            await self._take_picture(wishes.screenshot)
        if wishes.is_once:
            self._end_once(message, has_key=keys.state.source is not KeySource.NONE)

    def stop(self) -> bool:
        """Stop the reply that is being waited for: its end ends the errand. False when there is none."""
        if self._asked is None or not self._asked.is_busy:
            return False
        self._asked.stop()
        return True

    def fail(self, failure: Failure) -> None:
        """Tell on standard error what went wrong; with `--once` nobody looks at the window."""
        _say(failure)
        if self._wishes.is_once:
            self._end(ExitCode.FAILED)

    async def _ask(self, text: str, library: Library) -> Message | None:
        """Send a text through the window's own path and wait for its reply; None when it could not be sent."""
        conversation_id = self._window.ask(text)
        if conversation_id is None:
            return None
        session = self._asked = library.session(conversation_id)
        ended: asyncio.Future[Message | None] = asyncio.get_running_loop().create_future()

        def end(message: Message | None) -> None:
            if not ended.done():
                ended.set_result(message)

        def fail(failure: Failure) -> None:
            self.fail(failure)
            end(None)

        session.turn_ended.connect(end)
        session.store_failed.connect(fail)
        return await ended

    async def _take_picture(self, target: Path) -> None:
        deadline = asyncio.get_running_loop().time() + SETTLE_S
        # Being settled is a state of many widgets, not one event that could be waited for.
        while not self._window.is_settled and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(SETTLE_STEP_S)
        if not self._window.grab_window().save(str(target), "PNG"):
            self.fail(Failure("NoPicture", f"{target} could not be written.", ""))

    def _end_once(self, message: Message | None, has_key: bool) -> None:
        if message is None:
            if not has_key:
                _say(NO_KEY)
            self._end(ExitCode.FAILED)
            return
        if message.text:
            sys.stdout.write(message.text.rstrip("\n") + "\n")
            sys.stdout.flush()
        shortcoming = shortcoming_of(message)
        if shortcoming is not None:
            _say(shortcoming)
        self._end(exit_code_of(message))


def exit_code_of(message: Message) -> ExitCode:
    """What `--once` says of a reply: complete, failed, or cut and kept."""
    is_limited = message.stop_reason in LIMIT_REASONS
    if message.status is MessageStatus.COMPLETE and message.stop_reason != StopReason.REFUSAL:
        return ExitCode.CUT if is_limited else ExitCode.GOOD
    return ExitCode.CUT if message.text and message.stop_reason != StopReason.REFUSAL else ExitCode.FAILED


def shortcoming_of(message: Message) -> Failure | None:
    """What `--once` tells of a reply that is not all that was asked for."""
    failure = message.failure
    if failure is not None:
        # To whom nobody has given a key, the way to the keyring is of no use.
        return NO_KEY if failure.kind == "KeyMissing" else failure
    if message.stop_reason == StopReason.REFUSAL:
        return Failure("Refusal", "The model declined to answer.", "")
    if message.stop_reason in LIMIT_REASONS:
        return Failure("LimitReached", "The reply reached the greatest length and ends there.", "")
    return None


def _say(failure: Failure) -> None:
    if sys.stderr is not None:
        sys.stderr.write(f"desktop-chat: {failure.title} {failure.detail}\n".replace(" \n", "\n"))
