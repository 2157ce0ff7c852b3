"""The figures of the status line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.core.usage import Usage


@dataclass(frozen=True, slots=True)
class Totals:
    """What the last reply and the whole conversation used.

    Units:   tokens and US dollars; None where a price or a size is not known.
    """

    reply: Usage | None = None
    reply_cost_usd: float | None = None
    conversation: Usage = Usage()
    conversation_cost_usd: float | None = 0.0
    """None as soon as one reply's price is unknown: no sum is better than a wrong one."""
    context_tokens: int = 0
    context_limit_tokens: int | None = None
    is_reply_partial: bool = False
    """Whether the last reply broke off before its output was counted: it cost at least this."""
    is_conversation_partial: bool = False
    """Whether that is so for any reply."""


def totals_of(messages: Iterable[Message], path: tuple[Message, ...], context_limit_tokens: int | None) -> Totals:
    """Add up a conversation: every reply was paid for, also those on branches that are not shown."""
    used = [message for message in messages if message.usage is not None]
    conversation = Usage()
    cost: float | None = 0.0
    for message in used:
        assert message.usage is not None
        conversation = conversation.plus(message.usage)
        cost = None if cost is None or message.cost_usd is None else cost + message.cost_usd
    last = next((message for message in reversed(path) if message.usage is not None), None)
    return Totals(
        reply=last.usage if last else None,
        reply_cost_usd=last.cost_usd if last else None,
        conversation=conversation,
        conversation_cost_usd=cost,
        context_tokens=last.usage.context_tokens if last and last.usage else 0,
        context_limit_tokens=context_limit_tokens,
        is_reply_partial=last is not None and _is_partial(last),
        is_conversation_partial=any(_is_partial(message) for message in used),
    )


def _is_partial(message: Message) -> bool:
    return message.status is not MessageStatus.STREAMING and not message.is_fully_counted
