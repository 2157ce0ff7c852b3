"""The body of a request: what of a conversation is sent, and how."""

from __future__ import annotations

import hashlib
import html
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from desktop_chat.core.continuation import asking_to_go_on, text_to_go_on_from
from desktop_chat.core.events import PARTIAL_INPUT, THINKING_TYPES, TOOL_USE_TYPES
from desktop_chat.core.file_stand_in import file_data, with_data
from desktop_chat.core.messages import Block, Message, Role
from desktop_chat.core.models import ModelInfo, ThinkingKind
from desktop_chat.core.provider import ProviderProfile
from desktop_chat.core.settings import ThinkingMode
from desktop_chat.core.stop_reason import StopReason

BUDGET_TOKENS_MIN: Final = 1_024
BUDGET_TOKENS_MAX: Final = 8_192


@dataclass(frozen=True, slots=True)
class RequestOptions:
    """What is asked for besides the conversation itself."""

    model: ModelInfo
    max_tokens: int
    thinking: ThinkingMode = ThinkingMode.AUTO
    system_prompt: str = ""
    keeps_thinking: bool = True
    """False drops all earlier thinking, after the API found it bound to another conversation."""
    takes_prefill: bool = True
    """False asks in words to go on, after the server refused the beginning of an answer."""

    @property
    def is_prefilled(self) -> bool:
        """Whether a reply that is continued is begun for the model, instead of asking it in words."""
        return self.takes_prefill and self.model.takes_prefill


@dataclass(frozen=True, slots=True)
class BuiltRequest:
    """A body for `POST /v1/messages`, and the fingerprint of its prefix for the reply's `prefix_hash`."""

    body: Mapping[str, Any]
    prefix_hash: str


def build(
    path: Sequence[Message], profile: ProviderProfile, options: RequestOptions, cut: Message | None = None
) -> BuiltRequest:
    """Make the request for the reply that follows this path, or for the rest of one that was cut.

    What the API would refuse is mended: replies without a word and refused ones are left out, neighbours of one role
    are merged, cut tool calls dropped, and thinking that no longer fits what stands before it is stripped. What came
    of a stopped or failed reply is sent: the reader saw it.

    Raises:  ValueError when nothing is left to send.
    """
    messages, prefix_hash = _messages_for(path, profile, options)
    if not messages or messages[-1]["role"] != Role.USER:
        raise ValueError("there is no question to send")
    if cut is not None:
        messages += _asking_for_the_rest(cut, options)
    model = options.model
    max_tokens = min(options.max_tokens, model.output_tokens_max or options.max_tokens)
    body: dict[str, Any] = {"model": model.id, "max_tokens": max_tokens, "stream": True, "messages": messages}
    if options.system_prompt.strip():
        body["system"] = options.system_prompt
    is_begun = cut is not None and options.is_prefilled
    # SPEC Messages API, Extended thinking: the beginning of an answer and thinking exclude each other.
    thinking = _thinking_for(model, ThinkingMode.OFF if is_begun else options.thinking, max_tokens)
    if thinking:
        body["thinking"] = thinking
    if profile.has_caching:
        body["cache_control"] = {"type": "ephemeral"}
    return BuiltRequest(body, prefix_hash)


def _asking_for_the_rest(cut: Message, options: RequestOptions) -> list[dict[str, Any]]:
    """The beginning of the answer; and where the model would not go on with it by itself, the wish that it does."""
    begun = {"role": Role.ASSISTANT.value, "content": [{"type": "text", "text": text_to_go_on_from(cut)}]}
    if options.is_prefilled:
        return [begun]
    return [begun, {"role": Role.USER.value, "content": [{"type": "text", "text": asking_to_go_on(cut)}]}]


def _thinking_for(model: ModelInfo, mode: ThinkingMode, max_tokens: int) -> dict[str, Any] | None:
    if mode is ThinkingMode.OFF:
        return {"type": model.thinking_off} if model.thinking_off else None
    if model.thinking is ThinkingKind.ADAPTIVE:
        return {"type": "adaptive", "display": "summarized"}
    budget_tokens = min(BUDGET_TOKENS_MAX, max_tokens // 2)
    if model.thinking is ThinkingKind.BUDGET and budget_tokens >= BUDGET_TOKENS_MIN:
        return {"type": "enabled", "budget_tokens": budget_tokens}
    return None


def _messages_for(
    path: Sequence[Message], profile: ProviderProfile, options: RequestOptions
) -> tuple[list[dict[str, Any]], str]:
    """The `messages` array, and the hash of everything before the coming reply."""
    digest = hashlib.sha256(
        json.dumps([profile.origin, options.model.id, options.system_prompt]).encode(errors="replace")
    )
    keeps_thinking = options.keeps_thinking
    sent: list[dict[str, Any]] = []
    for place, message in enumerate(path):
        if message.role is Role.ASSISTANT and message.prefix_hash != digest.hexdigest():
            # SPEC Messages API, Extended thinking: from the first changed prefix on, thinking is invalid.
            keeps_thinking = False
        follower = path[place + 1] if place + 1 < len(path) else None
        blocks = _sendable(message, follower, profile, keeps_thinking)
        if not blocks:
            continue
        digest.update(json.dumps([message.role.value, list(map(_hashable, blocks))], sort_keys=True).encode())
        if not profile.takes_text_documents:
            blocks = list(map(_without_document, blocks))
        if sent and sent[-1]["role"] == message.role:
            sent[-1]["content"].extend(blocks)
        else:
            sent.append({"role": message.role.value, "content": blocks})
    return sent, digest.hexdigest()


def _hashable(block: dict[str, Any]) -> dict[str, Any]:
    """A block for the fingerprint; of a file its own hash, as megabytes of JSON would hold up the window."""
    data = file_data(block)
    if data is None:
        return block
    return with_data(block, {"sha256": hashlib.sha256(data.encode("utf-8", "surrogatepass")).hexdigest()})


def _without_document(block: dict[str, Any]) -> dict[str, Any]:
    """A text file as plain text, for servers that know no documents; anything else as it is."""
    data = file_data(block)
    if data is None or block["source"].get("type") != "text":
        return block
    title = "".join(character if character.isprintable() else " " for character in str(block.get("title") or ""))
    name = html.escape(" ".join(title.split()))
    return {"type": "text", "text": f'<document title="{name}">\n{data}\n</document>'}


def _sendable(
    message: Message, follower: Message | None, profile: ProviderProfile, keeps_thinking: bool
) -> list[dict[str, Any]]:
    if message.stop_reason == StopReason.REFUSAL:
        return []
    blocks: Iterable[Block] = message.content
    if message.role is Role.ASSISTANT:
        if message.provider != profile.origin:
            blocks = [
                {"type": "text", "text": block.get("text", "")} for block in blocks if block.get("type") == "text"
            ]
        results = _result_ids(message) | (_result_ids(follower) if follower else frozenset())
        blocks = [block for block in blocks if _may_stay(block, results, keeps_thinking)]
    kept = [dict(block) for block in blocks if not _is_blank(block)]
    # Thinking alone is no turn: without an answer after it the message is left out.
    return kept if any(block.get("type") not in THINKING_TYPES for block in kept) else []


def _may_stay(block: Block, result_ids: frozenset[str], keeps_thinking: bool) -> bool:
    kind = block.get("type")
    if kind in THINKING_TYPES:
        is_whole = bool(block.get("signature")) or kind == "redacted_thinking"
        return keeps_thinking and is_whole
    if kind in TOOL_USE_TYPES:
        return PARTIAL_INPUT not in block and block.get("id") in result_ids
    return True


def _result_ids(message: Message) -> frozenset[str]:
    return frozenset(block["tool_use_id"] for block in message.content if isinstance(block.get("tool_use_id"), str))


def _is_blank(block: Block) -> bool:
    return block.get("type") == "text" and not str(block.get("text", "")).strip()
