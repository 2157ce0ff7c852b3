"""The sentences of the transcript: head lines, strips, waiting. Pure functions, no Qt."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.failure import Action, Failure
from desktop_chat.core.messages import Message, MessageStatus

_MINUTE_S: Final = 60
_RATE_LEAST_S: Final = 0.2
"""Below this time of writing, tokens per second say nothing."""


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


ACTION_WORDS: Final = {
    Action.RETRY: "Retry",
    Action.OPEN_KEY: "Open key…",
    Action.OPEN_SETTINGS: "Settings…",
}


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
    return f"Thought for {duration_words(thinking_s)}" if thinking_s else "Thought"


def duration_words(seconds: float) -> str:
    """A duration for people: `6 s`, `1 min 5 s`."""
    whole = max(1, round(seconds))
    if whole < _MINUTE_S:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def usage_words(message: Message) -> str:
    """Tokens, and the cost where it is known; of a reply that broke off only what was sent is known."""
    if message.usage is None:
        return ""
    if not message.is_fully_counted:
        return f"{message.usage.prompt_tokens:,} in · output not reported"
    words = f"{message.usage.prompt_tokens:,} in · {message.usage.output_tokens:,} out"
    if message.cost_usd is None:
        return words
    return f"{words} · {cost_words(message.cost_usd)}"


def cost_words(usd: float) -> str:
    """An amount with as many places as it needs."""
    return f"${usd:.2f}" if usd >= 1 else f"${usd:.4f}"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is being waited for; a stall is told even below text that came before it."""

    words: str
    is_stall: bool


def waiting_of(activity: Activity, now: float | None = None) -> Waiting | None:
    """What an activity lets the reader wait for; None while nothing is under way."""
    if not activity.is_busy:
        return None
    return Waiting(waiting_words(activity, now), activity.phase in (Phase.QUIET, Phase.RETRYING))


def waiting_words(activity: Activity, now: float | None = None) -> str:
    """What happens while nothing is to be seen yet.

    Units:   `now` in seconds since the epoch.
    """
    if activity.phase is Phase.CONNECTING:
        return "Connecting…"
    if activity.phase is Phase.RETRYING:
        left_s = max(0.0, (activity.retry_at or 0.0) - (time.time() if now is None else now))
        reason = f": {activity.failure.title[:1].lower()}{activity.failure.title[1:]}" if activity.failure else ""
        when = f"in {duration_words(left_s)}" if left_s > 0 else "now"
        return f"Trying again {when} ({activity.attempt} of {activity.attempts_max}){reason}"
    if activity.phase is Phase.QUIET or activity.quiet_s > 0:
        return f"Still waiting ({activity.quiet_s:.0f} s)"
    if activity.phase is Phase.THINKING:
        return "Thinking…"
    return "Waiting…"


def strip_words(message: Message) -> StripWords | None:
    """What is to be said about how a reply ended; None when it simply ended."""
    match message.status:
        case MessageStatus.FAILED:
            return _failure_words(message.failure)
        case MessageStatus.STOPPED:
            return StripWords("Stopped.", "What came is kept.", Tone.CALM)
        case MessageStatus.INTERRUPTED:
            moment = time.strftime("%H:%M", time.localtime(message.ended_at or message.created_at))
            return StripWords(f"Interrupted at {moment}.", "Everything received is saved.", Tone.WARN)
        case MessageStatus.COMPLETE:
            return _stop_words(message)
        case _:
            return None


def _failure_words(failure: Failure | None) -> StripWords:
    if failure is None:
        return StripWords("It failed.", "The reason was not kept.", Tone.BAD)
    actions: tuple[Action, ...] = (Action.RETRY,)
    if failure.action in (Action.OPEN_KEY, Action.OPEN_SETTINGS):
        actions = (failure.action, Action.RETRY)
    return StripWords(failure.title, failure.detail, Tone.BAD, actions, has_details=True)


def _stop_words(message: Message) -> StripWords | None:
    match message.stop_reason:
        case "max_tokens":
            text = "The limit “Longest reply” was reached. Raise it in the settings, or ask it to continue."
            return StripWords("Cut off.", text, Tone.WARN, (Action.OPEN_SETTINGS, Action.RETRY))
        case "model_context_window_exceeded":
            text = "This conversation fills the model's memory. Start a new one to go on."
            return StripWords("No room left.", text, Tone.WARN, ())
        case "pause_turn":
            text = "The server paused a long piece of work. Send a message to let it go on."
            return StripWords("Paused.", text, Tone.WARN, ())
        case "refusal":
            return StripWords("Declined.", _refusal_text(message), Tone.WARN)
    if not message.content:
        return StripWords("Empty reply.", "The model ended without a word.", Tone.CALM)
    return None


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
