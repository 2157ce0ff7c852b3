"""What the status line says: each part in several lengths, so that it can give way where room is short."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.errors import Overloaded
from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.core.rate_limits import Quota, RateLimits
from desktop_chat.core.totals import Totals
from desktop_chat.core.usage import Usage
from desktop_chat.ui.figures import bytes_text, counted, money_text, span_text, tokens_text

WARN_SHARE: Final = 0.80
BAD_SHARE: Final = 0.95
NOT_COUNTED: Final = "A reply that broke off is counted without its words: the server did not tell their number."
ESTIMATED: Final = "The speed is estimated from the characters that come; the server counts tokens at the end."
COUNTED_S: Final = 2
"""A shorter wait is not worth a number; until then it is told how much was sent."""

UNKNOWN_PRICE: Final = "The price of a model in this conversation is not known."


class Tone(StrEnum):
    """How near to a limit; valued as the roles of the theme."""

    NEUTRAL = "dim"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Words:
    """One part of the status line.

    Shape:   `variants` from the longest to the shortest, `rows` for the breakdown (name, value); each variant has
             at least the room that the one of the same place in `rooms` needs, so that it may change in peace.
    Units:   `share` is the used part of a limit, 0 to 1; None where no limit is known.
    """

    variants: tuple[str, ...] = ("",)
    title: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    note: str = ""
    tone: Tone = Tone.NEUTRAL
    share: float | None = None
    rooms: tuple[str, ...] = ()

    @property
    def breakdown(self) -> str:
        """The whole part in plain lines, for tooltips and screen readers."""
        lines = [f"{name}: {value}" for name, value in self.rows]
        return "\n".join(line for line in (self.title, *lines, self.note) if line)


@dataclass(frozen=True, slots=True)
class ActivityWords:
    """What the reply is doing, or how it ended, and what more is to be known of it."""

    text: str = ""
    note: str = ""


def context_words(totals: Totals) -> Words:
    """Tell how much of the model's memory the conversation fills."""
    used, limit = totals.context_tokens, totals.context_limit_tokens
    if not limit:
        unknown = (("Used", counted(used, "token")), ("Limit", "not known for this model"))
        return Words((f"Context {tokens_text(used)}", tokens_text(used)), "Context window", unknown)
    share = used / limit
    rows = (
        ("Used", counted(used, "token")),
        ("Limit", counted(limit, "token")),
        ("Left", counted(max(0, limit - used), "token")),
    )
    note = "The whole conversation is sent with every question." if share >= WARN_SHARE else ""
    return Words(
        variants=(f"{tokens_text(used)} of {tokens_text(limit)}", f"{share:.0%}"),
        title="Context window",
        rows=rows,
        note=note,
        tone=tone_of(share),
        share=min(1.0, share),
    )


def totals_words(totals: Totals, today_usd: float | None, activity: ActivityWords, prices_checked_on: str) -> Words:
    """Tell what the reply, the conversation and the day cost; in tokens where a price is not known.

    What is going on takes the place of the last reply's cost.
    """
    conversation = _amount(totals.conversation_cost_usd, totals.conversation, totals.is_conversation_partial)
    today = f" · today {money_text(today_usd)}" if today_usd is not None else ""
    tail = f"this conversation {conversation}{today}"
    variants: tuple[str, ...]
    rooms: tuple[str, ...] = ()
    if activity.text:
        variants = _beside_activity(activity.text, tail, conversation)
        rooms = _beside_activity(_WIDEST_ACTIVITY, tail, conversation)
    elif totals.reply is None:
        variants = (f"This conversation {conversation}{today}", f"{conversation}{today}", conversation)
    else:
        reply = _amount(totals.reply_cost_usd, totals.reply, totals.is_reply_partial)
        variants = (f"Reply {reply} · {tail}", f"T{tail[1:]}", f"{conversation}{today}", conversation)
    has_prices = totals.conversation_cost_usd is not None
    note = f"Estimated at the list prices of {prices_checked_on}." if has_prices else UNKNOWN_PRICE
    if totals.is_conversation_partial:
        note = f"{note}\n{NOT_COUNTED}"
    return Words(
        variants=variants,
        rooms=rooms,
        title="Cost",
        rows=_cost_rows(totals, today_usd),
        note=f"{note}\n{activity.note}".strip(),
    )


def limits_words(limits: RateLimits | None, now: float) -> Words:
    """Tell what the server says is left, and when it is full again.

    Units:   `now` in seconds since the epoch.
    """
    if limits is None:
        return Words()
    tokens = limits.tokens if limits.tokens.left is not None else limits.input_tokens
    shares = [share for share in map(used_share, (limits.requests, tokens)) if share is not None]
    share = max(shares, default=None)
    left = [f"{quota.left:,} {name}" for name, quota in (("requests", limits.requests),) if quota.left is not None]
    left_tokens = [f"{tokens_text(tokens.left)} tokens"] if tokens.left is not None else []
    if not left and not left_tokens:
        return Words()
    reset_at = next_reset(limits, now)
    reset = f" · resets in {span_text(reset_at - now)}" if reset_at is not None else ""
    both, first = ", ".join([*left, *left_tokens]), (left or left_tokens)[0]
    return Words(
        variants=(f"Rate limit: {both} left{reset}", f"{both} left{reset}", f"{first} left{reset}", f"{first} left"),
        title="Rate limits",
        rows=_limit_rows(limits, now),
        tone=tone_of(share) if share is not None else Tone.NEUTRAL,
        share=share,
    )


def activity_words(activity: Activity, now: float) -> ActivityWords:
    """Tell what the reply is doing, in words that count along.

    Units:   `now` in seconds since the epoch.
    """
    if activity.phase is Phase.WRITING and activity.tokens_per_s is not None:
        return ActivityWords(f"Writing, about {activity.tokens_per_s:,} tokens/s", ESTIMATED)
    text, since_s = activity_text(activity, now), int(now - activity.since)
    size = bytes_text(activity.sent_bytes) if activity.sent_bytes else ""
    if activity.phase is Phase.WAITING and size and since_s < COUNTED_S:
        text = f"Sent {size}"
    elif activity.phase is Phase.SENDING and size:
        text = f"Sending {size}, {span_text(since_s)}" if since_s >= COUNTED_S else f"Sending {size}…"
    elif activity.phase in _COUNTED and since_s >= COUNTED_S:
        text = f"{text.removesuffix('…')} {span_text(since_s)}"
    sent = f"The request has {size}." if size else ""
    return ActivityWords(text, activity.failure.title if activity.failure else sent)


def ended_words(message: Message) -> ActivityWords:
    """Tell how a reply ended that did not simply end; whoever reads further up does not see it there."""
    return ActivityWords(end_text(message), message.failure.title if message.failure else "")


def activity_text(activity: Activity, now: float) -> str:
    """Tell what the reply is doing in the fewest words, as they stand in its place; empty when nothing is under way.

    Units:   `now` in seconds since the epoch.
    """
    if activity.phase is Phase.QUIET:
        return f"Quiet for {span_text(int(now - activity.since))}"
    if activity.phase is Phase.RECONNECTING:
        return f"{cut_text(activity)} · {reconnecting_text(activity, now)}"
    if activity.phase is Phase.RETRYING:
        count = f" ({activity.attempt} of {activity.attempts_max})"
        if activity.retry_at is None or activity.retry_at <= now:
            return f"Trying again…{count}"
        return f"Trying again in {span_text(activity.retry_at - now)}{count}"
    return _PHASES.get(activity.phase, "")


def end_text(message: Message) -> str:
    """How a reply ended, in the fewest words; empty when it simply ended, or has not."""
    return _ENDS.get(message.status, "")


def cut_text(activity: Activity) -> str:
    """What happened to a reply that goes on by itself."""
    is_server = activity.failure is not None and activity.failure.kind == Overloaded.__name__
    return "Broken off by the server" if is_server else "Connection lost"


def reconnecting_text(activity: Activity, now: float) -> str:
    """When a reply goes on by itself.

    Units:   `now` in seconds since the epoch.
    """
    count = f" ({activity.attempt} of {activity.attempts_max})"
    if activity.retry_at is None:
        return f"waiting for the network{count}"
    if activity.retry_at <= now:
        return f"continuing…{count}"
    return f"continuing in {span_text(activity.retry_at - now)}{count}"


def next_reset(limits: RateLimits | None, now: float) -> float | None:
    """The moment the tightest bucket is full again; None when none is awaited."""
    if limits is None:
        return None
    buckets = (limits.requests, limits.tokens, limits.input_tokens, limits.output_tokens)
    awaited = [bucket for bucket in buckets if bucket.resets_at is not None and bucket.resets_at > now]
    tightest = max(awaited, key=lambda bucket: used_share(bucket) or 0.0, default=None)
    return tightest.resets_at if tightest else None


def used_share(quota: Quota) -> float | None:
    """How much of a bucket is used, 0 to 1."""
    if quota.left is None or not quota.limit:
        return None
    return min(1.0, max(0.0, 1 - quota.left / quota.limit))


def tone_of(share: float) -> Tone:
    """Neutral until 80 %, then amber, red from 95 %."""
    if share >= BAD_SHARE:
        return Tone.BAD
    return Tone.WARN if share >= WARN_SHARE else Tone.NEUTRAL


_PHASES: Final = {
    Phase.CONNECTING: "Connecting…",
    Phase.SENDING: "Sending…",
    Phase.WAITING: "Waiting…",
    Phase.THINKING: "Thinking…",
    Phase.WRITING: "Writing…",
}
_ENDS: Final = {
    MessageStatus.STOPPED: "Stopped",
    MessageStatus.FAILED: "Failed",
    MessageStatus.INTERRUPTED: "Interrupted",
}
_COUNTED: Final = (Phase.CONNECTING, Phase.SENDING, Phase.WAITING, Phase.THINKING)
"""They are told with their seconds, writing with its speed."""

_WIDEST_ACTIVITY: Final = "Writing, about 888 tokens/s"
"""What most phases of a turn fit in, so that the line stands still from one to the next."""


def _beside_activity(activity: str, tail: str, conversation: str) -> tuple[str, ...]:
    return f"{activity} · {tail}", f"{activity} · {conversation}", activity


def _amount(usd: float | None, usage: Usage, is_partial: bool) -> str:
    """Money, or tokens where a price is not known; `≥` where not all of it was counted."""
    if usd is None:
        amount = f"{tokens_text(usage.context_tokens)} tokens"
    else:
        amount = money_text(usd).removeprefix("< ") if is_partial else money_text(usd)
    return f"≥ {amount}" if is_partial else amount


def _cost_rows(totals: Totals, today_usd: float | None) -> tuple[tuple[str, str], ...]:
    rows: list[tuple[str, str]] = []
    for name, usage, usd, is_partial in (
        ("Last reply", totals.reply, totals.reply_cost_usd, totals.is_reply_partial),
        ("This conversation", totals.conversation, totals.conversation_cost_usd, totals.is_conversation_partial),
    ):
        if usage is not None:
            money = f" · {_amount(usd, usage, is_partial)}" if usd is not None else ""
            sign = "≥ " if is_partial else ""
            rows.append((name, f"{usage.prompt_tokens:,} in · {sign}{usage.output_tokens:,} out{money}"))
    cached = totals.conversation.cache_read_tokens
    if cached:
        rows.append(("Read from the cache", counted(cached, "token")))
    if today_usd is not None:
        rows.append(("Today, all conversations", money_text(today_usd)))
    return tuple(rows)


def _limit_rows(limits: RateLimits, now: float) -> tuple[tuple[str, str], ...]:
    rows: list[tuple[str, str]] = []
    for name, quota in (
        ("Requests", limits.requests),
        ("Tokens", limits.tokens),
        ("Input tokens", limits.input_tokens),
        ("Output tokens", limits.output_tokens),
    ):
        if quota.left is None:
            continue
        limit = f" of {quota.limit:,}" if quota.limit is not None else ""
        awaits = quota.resets_at is not None and quota.resets_at > now
        reset = f", full again in {span_text(quota.resets_at - now)}" if awaits and quota.resets_at else ""
        rows.append((name, f"{quota.left:,}{limit} left{reset}"))
    return tuple(rows)
