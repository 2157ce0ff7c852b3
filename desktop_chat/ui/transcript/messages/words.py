"""The sentences of the transcript: head lines, strips, waiting. Pure functions, no Qt."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.continuation import can_be_continued
from desktop_chat.core.failure import PARTS_SKIPPED, Action, Failure
from desktop_chat.core.messages import Message, MessageStatus, Seam
from desktop_chat.core.stop_reason import StopReason
from desktop_chat.ui.figures import counted, duration_text, money_text
from desktop_chat.ui.status_words import activity_text, cut_text, reconnecting_text

_RATE_LEAST_S: Final = 0.2
"""Below this time of writing, tokens per second say nothing."""

_STALL_S: Final = 20.0
"""A shorter silence is no news below a text that has just grown."""


class Tone(StrEnum):
    """Colours of a strip, field names of Colors."""

    CALM = "line"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class StripWords:
    """What a strip under a message says and offers."""

    title: str
    text: str
    tone: Tone
    actions: tuple[Action, ...] = (Action.RETRY,)
    has_details: bool = False
    may_be_kept: bool = False
    """Whether the reader can say that it is well as it is."""
    offers_edit: bool = False
    """Whether asking in other words would help."""
    is_unsent: bool = False
    """Whether it is the question that failed: nothing at all has come back."""
    goes_on: bool = False
    """Whether the reply goes on by itself: sooner, or not at all, where the reader wants."""


ACTION_WORDS: Final = {
    Action.RETRY: "Retry",
    Action.CONTINUE: "Continue",
    Action.OPEN_KEY: "API key…",
    Action.OPEN_SETTINGS: "Settings…",
}
KEEP_WORDS: Final = "Keep as is"
EDIT_WORDS: Final = "Edit the question"
RESEND_WORDS: Final = "Resend"
EDIT_UNSENT_WORDS: Final = "Edit"
NOW_WORDS: Final = "Now"
STOP_WORDS: Final = "Stop"


def head_words(message: Message) -> str:
    """What follows the name in a reply's head line: model, time to the first word, speed."""
    words = [message.model] if message.model else []
    timings = message.timings
    if message.status is MessageStatus.STREAMING or timings is None:
        return " · ".join(words)
    first_s = timings.first_word_s
    if first_s is not None:
        words.append(f"{first_s:.2f} s to first word" if first_s < 10 else f"{first_s:.0f} s to first word")
        speed = _tokens_per_second(message)
        if speed is not None:
            words.append(f"{speed:.0f} tokens/s")
    return " · ".join(words)


def _tokens_per_second(message: Message) -> float | None:
    """Speed of the writing itself: thinking came before the first word."""
    timings, usage = message.timings, message.usage
    if timings is None or usage is None or timings.ended_s is None or timings.first_word_s is None:
        return None
    if not message.is_fully_counted:
        return None
    writing_s = timings.ended_s - timings.first_word_s
    tokens = usage.output_tokens - usage.thinking_tokens
    return tokens / writing_s if writing_s >= _RATE_LEAST_S and tokens > 0 else None


def thought_words(thinking_s: float | None) -> str:
    """How long the thinking took."""
    return f"Thought for {duration_text(thinking_s)}" if thinking_s else "Thought"


def usage_words(message: Message) -> str:
    """Tokens, and the cost where it is known; of a reply that broke off only what was sent is known."""
    if message.usage is None:
        return ""
    if not message.is_fully_counted:
        return f"{message.usage.prompt_tokens:,} in · output not reported"
    words = f"{message.usage.prompt_tokens:,} in · {message.usage.output_tokens:,} out"
    # What costs nothing here needs no words: a free server, or a copy that was paid for where it was written.
    return f"{words} · {money_text(message.cost_usd)}" if message.cost_usd else words


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is being waited for; a stall is told even below text that came before it."""

    words: str
    is_stall: bool
    strip: StripWords | None = None
    """What a reply that was cut and goes on by itself says instead of how it ended."""


def waiting_of(activity: Activity, now: float | None = None) -> Waiting | None:
    """What an activity lets the reader wait for; None while nothing is under way."""
    if not activity.is_busy:
        return None
    moment = time.time() if now is None else now
    is_quiet = activity.phase is Phase.QUIET and moment - activity.since >= _STALL_S
    is_stall = is_quiet or activity.phase in (Phase.RETRYING, Phase.RECONNECTING)
    return Waiting(waiting_words(activity, now), is_stall, _reconnecting_strip(activity, now))


def _reconnecting_strip(activity: Activity, now: float | None) -> StripWords | None:
    if activity.phase is not Phase.RECONNECTING:
        return None
    text = f"· {reconnecting_text(activity, time.time() if now is None else now)}"
    return StripWords(cut_text(activity), text, Tone.WARN, (), goes_on=True)


def waiting_words(activity: Activity, now: float | None = None) -> str:
    """What happens while nothing is to be seen yet, and why it takes another try.

    Units:   `now` in seconds since the epoch.
    """
    moment = time.time() if now is None else now
    if activity.phase is Phase.RETRYING:
        reason = f": {activity.failure.title[:1].lower()}{activity.failure.title[1:]}" if activity.failure else ""
        return activity_text(activity, moment) + reason
    # Until the first word is painted, writing is waiting still.
    is_writing = activity.phase is Phase.WRITING
    return activity_text(replace(activity, phase=Phase.WAITING) if is_writing else activity, moment)


def seam_words(seam: Seam) -> str:
    """What a seam in the text says about itself."""
    return f"Continued at {time.strftime('%H:%M', time.localtime(seam.at))}"


def is_unsent(message: Message) -> bool:
    """Whether a reply is none: it failed before anything came, and its question stands there unanswered."""
    return message.status is MessageStatus.FAILED and not message.content


def strip_words(message: Message, is_last: bool = True) -> StripWords | None:
    """What is to be said about how a reply ended; None when it simply ended.

    Only the last reply of the path (`is_last`) can be continued.
    """
    words = _with_skipped(_end_words(message), message)
    if words is None or not is_last or not can_be_continued(message):
        return words
    # A refused key, say, has to be put right first.
    first = words.actions[0] if words.actions[:1] == (Action.OPEN_KEY,) else None
    rest = tuple(action for action in words.actions if action is not first)
    return replace(words, actions=(*((first,) if first else ()), Action.CONTINUE, *rest))


def _with_skipped(words: StripWords | None, message: Message) -> StripWords | None:
    """What could not be read is missing, however the reply ended; a failure says so itself."""
    failure = message.failure
    if failure is None or failure.kind != PARTS_SKIPPED or message.status is MessageStatus.STREAMING:
        return words
    if words is None:
        return StripWords(failure.title, failure.detail, Tone.WARN, has_details=True)
    return replace(words, text=f"{words.text} {failure.title}".strip(), has_details=True)


def _end_words(message: Message) -> StripWords | None:
    match message.status:
        case MessageStatus.FAILED:
            words = _failure_words(message.failure)
            return replace(words, is_unsent=True) if is_unsent(message) else words
        case MessageStatus.STOPPED:
            text = "What came is kept." if _has_come(message) else "Nothing had come yet. Your question is kept."
            return StripWords("Stopped.", text, Tone.CALM)
        case MessageStatus.INTERRUPTED:
            moment = time.strftime("%H:%M", time.localtime(message.ended_at or message.created_at))
            title = f"This answer was interrupted at {moment}."
            return StripWords(title, "Everything received is saved.", Tone.WARN, may_be_kept=True)
        case MessageStatus.COMPLETE:
            return _stop_words(message)
        case _:
            return None


def _has_come(message: Message) -> bool:
    """Whether there is anything of a reply; a block of text or thinking begins empty."""
    kinds = ("text", "thinking")
    return any(block.get("type") not in kinds or block.get(str(block["type"])) for block in message.content)


def _failure_words(failure: Failure | None) -> StripWords:
    if failure is None:
        return StripWords("It failed.", "The reason was not kept.", Tone.BAD)
    actions: tuple[Action, ...] = (Action.RETRY,)
    if failure.action in (Action.OPEN_KEY, Action.OPEN_SETTINGS):
        actions = (failure.action, Action.RETRY)
    return StripWords(failure.title, failure.detail, Tone.BAD, actions, has_details=True)


def _stop_words(message: Message) -> StripWords | None:
    match message.stop_reason:
        case StopReason.MAX_TOKENS:
            text = "“Longest reply” in the settings raises it."
            return StripWords(_limit_title(message), text, Tone.WARN, (Action.OPEN_SETTINGS, Action.RETRY))
        case StopReason.CONTEXT_FULL:
            text = "This conversation fills the model's memory. Branch from a message further up, or start a new one."
            return StripWords("No room left.", text, Tone.WARN, ())
        case StopReason.PAUSE_TURN:
            text = "The server paused a long piece of work. Send a message to let it go on."
            return StripWords("Paused.", text, Tone.WARN, ())
        case StopReason.REFUSAL:
            return StripWords("Declined.", _refusal_text(message), Tone.CALM, offers_edit=True)
        case StopReason.STOP_SEQUENCE:
            return StripWords("Ended at a stop sequence.", "The server was told to end there.", Tone.CALM, ())
        case StopReason.TOOL_USE:
            text = "This program runs none yet. Ask it to answer without."
            return StripWords("It waits for a tool.", text, Tone.CALM, ())
    if not message.content:
        return StripWords("Empty reply.", "The model ended without a word.", Tone.CALM)
    return None


def _limit_title(message: Message) -> str:
    usage = message.usage
    if usage is None:
        return "Reached the limit of its length."
    if message.seams:
        # Each part had the whole limit to itself.
        return f"Reached the limit again, after {counted(usage.output_tokens, 'token')} in all."
    return f"Reached the limit of {counted(usage.output_tokens, 'token')}."


def _refusal_text(message: Message) -> str:
    explanation = (message.stop_details or {}).get("explanation")
    if isinstance(explanation, str) and explanation.strip():
        return explanation.strip()
    return "The model declined to answer this. Try to put it in another way."


def details_words(message: Message) -> str:
    """Everything that is known about a failure, one fact a line, for Details and its Copy."""
    failure = message.failure
    if failure is None:
        return ""
    moment = time.strftime("%Y-%m-%d %H:%M:%S %z", time.localtime(message.ended_at or message.created_at))
    facts: list[tuple[str, object]] = [
        ("status", failure.status),
        ("type", failure.type),
        ("request id", failure.request_id),
        ("kind", failure.kind),
        ("time", moment),
        ("model", message.model),
        ("server", message.provider),
    ]
    lines = [f"{name}: {value}" for name, value in facts if value is not None]
    if failure.raw:
        lines += ["", failure.raw]
    return "\n".join(lines)
