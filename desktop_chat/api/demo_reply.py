"""What the demo server replies: every block, the stop reason and the usage, decided before the first byte."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from desktop_chat.api import demo_tools
from desktop_chat.api.demo_answers import answer_for, continuation_of
from desktop_chat.api.demo_cache import PromptUsage
from desktop_chat.api.demo_faults import Faults, without_trick
from desktop_chat.api.demo_files import words_for_files
from desktop_chat.api.demo_ids import new_id
from desktop_chat.api.demo_models import Accepts, accepted_by
from desktop_chat.api.demo_thinking import signature_of
from desktop_chat.api.demo_tokens import blocks_of, mappings_in, pieces_of, token_count
from desktop_chat.api.demo_validation import is_thinking_on
from desktop_chat.core.models import ModelInfo

REFUSAL_WORD: Final = "ANTHROPIC_MAGIC_STRING_TRIGGER_REFUSAL"
"""The beginning of the API's own test word for refusals."""

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlannedReply:
    """A whole reply; `demo_events` cuts it into events."""

    id: str
    model: str
    content: tuple[Block, ...]
    stop_reason: str
    prompt: PromptUsage
    output_tokens: int
    thinking_tokens: int
    hidden_thinking: str = ""
    """Thinking that takes its time but is not shown."""
    stop_sequence: str | None = None
    stop_details: Mapping[str, Any] | None = None
    searches_count: int = 0
    found_tokens: int = 0
    """What the search results add to the prompt, in the last usage report only."""

    def message(self) -> dict[str, Any]:
        """The reply as a whole, as a request without `stream` gets it."""
        return {
            **self.opening(),
            "content": list(self.content),
            **self.ending(),
            "usage": self._usage(self.output_tokens, self.prompt.report(grown_by=self.found_tokens)),
        }

    def opening(self) -> dict[str, Any]:
        """The message of `message_start`."""
        return {
            "id": self.id,
            "type": "message",
            "role": "assistant",
            "model": self.model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "stop_details": None,
            "container": None,
            "diagnostics": None,
            "usage": self._usage(min(1, self.output_tokens), self.prompt.report(), is_first=True),
        }

    def ending(self) -> dict[str, Any]:
        """The delta of `message_delta`."""
        return {
            "stop_reason": self.stop_reason,
            "stop_sequence": self.stop_sequence,
            "stop_details": self.stop_details,
            "container": None,
        }

    def last_usage(self) -> dict[str, Any]:
        """The running totals of `message_delta`."""
        usage = self._usage(self.output_tokens, self.prompt.report(grown_by=self.found_tokens))
        return {name: value for name, value in usage.items() if name not in ("cache_creation", *_FIXED_USAGE)}

    def _usage(self, output_tokens: int, prompt: Mapping[str, Any], *, is_first: bool = False) -> dict[str, Any]:
        searches = {"web_search_requests": self.searches_count, "web_fetch_requests": 0}
        return {
            **prompt,
            "output_tokens": output_tokens,
            "output_tokens_details": {"thinking_tokens": 0 if is_first else self.thinking_tokens},
            "server_tool_use": searches if self.searches_count and not is_first else None,
            **_FIXED_USAGE,
        }


_FIXED_USAGE: Final = {"service_tier": "standard", "inference_geo": "global", "speed": "standard"}


@dataclass(frozen=True, slots=True)
class _Draft:
    """What would be said if there were no limits."""

    blocks: tuple[Block, ...]
    thinking: str = ""
    stop_reason: str = "end_turn"
    stop_details: Mapping[str, Any] | None = None
    searches_count: int = 0


def plan(body: Mapping[str, Any], model: ModelInfo, prompt: PromptUsage, faults: Faults) -> PlannedReply:
    """Decide the reply to a request that was checked; the same request gives the same words."""
    accepts = accepted_by(model)
    ids = random.Random(json.dumps(body.get("messages"), sort_keys=True))  # noqa: S311  ids, not secrets
    draft = _draft(body, faults, ids)
    if not is_thinking_on(body, accepts):
        draft = replace(draft, thinking="")
    limit = min(int(body["max_tokens"]), faults.tokens_max or int(body["max_tokens"]))
    draft, stop_sequence = _stopped_at(draft, body.get("stop_sequences") or [])
    thinking = "".join(list(pieces_of(draft.thinking))[: limit // 2])
    thinking_tokens = token_count(thinking)
    if faults.reply_text is None:
        blocks, text_tokens, is_cut = _cut(draft.blocks, limit - thinking_tokens)
    else:
        # Whoever gives the text wants all of it, and it may be far too long to be cut into pieces twice.
        characters_count = sum(len(block["text"]) for block in draft.blocks)
        blocks, text_tokens, is_cut = draft.blocks, characters_count // faults.piece_characters, False
    shown = thinking if _shows_thinking(body, accepts) else ""
    if thinking:
        blocks = (_thinking_block(body, model, shown, is_redacted=faults.redacts_thinking), *blocks)
    return PlannedReply(
        id=new_id("msg_01"),
        model=str(body["model"]),
        content=blocks,
        stop_reason="max_tokens" if is_cut else ("stop_sequence" if stop_sequence else draft.stop_reason),
        prompt=prompt,
        output_tokens=thinking_tokens + text_tokens,
        thinking_tokens=thinking_tokens,
        hidden_thinking="" if shown and not faults.redacts_thinking else thinking,
        stop_sequence=None if is_cut else stop_sequence,
        stop_details=draft.stop_details,
        searches_count=draft.searches_count,
        found_tokens=sum(token_count(json.dumps(block)) for block in blocks if "tool_use_id" in block),
    )


def question_of(body: Mapping[str, Any]) -> str:
    """The text of the last user message."""
    return "\n".join(str(block.get("text", "")) for block in _asked_blocks(body) if block.get("type") == "text")


def _asked_blocks(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The last user message."""
    messages = mappings_in(body.get("messages"))
    asked = [message.get("content") for message in messages if message.get("role") == "user"]
    return blocks_of(asked[-1]) if asked else []


def _draft(body: Mapping[str, Any], faults: Faults, ids: random.Random) -> _Draft:
    question = question_of(body)
    messages: Sequence[Mapping[str, Any]] = body["messages"]
    interrupted = continuation_of(messages, faults.reply_text)
    if interrupted is not None:
        # Whoever has begun the answer for the model gets no repetition: it goes on by itself.
        repeats = faults.repeats_characters if messages[-1]["role"] == "user" else 0
        rest = interrupted.repeating(repeats) if repeats else interrupted.rest
        return _Draft((_text(rest),), "The answer was interrupted; it goes on where it ended.")
    if faults.reply_text is not None:
        return _Draft((_text(faults.reply_text),))
    if faults.refuses or REFUSAL_WORD in question:
        return _REFUSAL
    results = [block for block in blocks_of(messages[-1].get("content")) if block.get("type") == "tool_result"]
    if results:
        return _Draft((_text(demo_tools.answer_from(results)),), "The tool has answered; what is left is to say it.")
    calls = demo_tools.calls_for(body, question, ids)
    if calls:
        return _Draft(calls, "There is a tool for this question, so it should be asked.", stop_reason="tool_use")
    if demo_tools.has_web_search(body):
        return _Draft(demo_tools.searched(question, ids), "This should be looked up first.", searches_count=1)
    answer = answer_for(without_trick(question), words_for_files(_asked_blocks(body)))
    return _Draft((_text(answer.text),), answer.thinking)


def _text(text: str) -> Block:
    return {"type": "text", "text": text, "citations": None}


_REFUSAL: Final = _Draft(
    ({"type": "text", "text": "This is the built-in demonstration. ", "citations": None},),
    "This is the demonstration of a refusal.",
    "refusal",
    {
        "type": "refusal",
        "category": "general_harms",
        "explanation": "This only shows how a refusal looks. Nothing was wrong with the question.",
    },
)


def _stopped_at(draft: _Draft, stops: Sequence[str]) -> tuple[_Draft, str | None]:
    """End the text before the first of the stop sequences."""
    kept: list[Block] = []
    for block in draft.blocks:
        text = str(block.get("text", ""))
        places = [(at, stop) for stop in stops if (at := text.find(stop)) >= 0]
        if places:
            at, stop = min(places)
            kept += [{**block, "text": text[:at]}] if at else []
            return replace(draft, blocks=tuple(kept)), stop
        kept.append(block)
    return draft, None


def _cut(blocks: Sequence[Block], tokens_left: int) -> tuple[tuple[Block, ...], int, bool]:
    """Keep as much as the limit allows; a tool call is kept whole or not at all."""
    kept: list[Block] = []
    used = 0
    for block in blocks:
        if block["type"] == "text":
            pieces = list(pieces_of(block["text"]))
            fitting = pieces[: tokens_left - used]
            used += len(fitting)
            if fitting:
                kept.append({**block, "text": "".join(fitting)})
            if len(fitting) < len(pieces):
                return tuple(kept), used, True
            continue
        tokens = token_count(json.dumps(block["input"])) if "input" in block else 0
        if used + tokens > tokens_left:
            return tuple(kept), used, True
        used += tokens
        kept.append(block)
    return tuple(kept), used, False


def _shows_thinking(body: Mapping[str, Any], accepts: Accepts) -> bool:
    config = body.get("thinking")
    display = config.get("display") if isinstance(config, Mapping) else None
    return accepts.shows_thinking_by_default if display is None else display == "summarized"


def _thinking_block(body: Mapping[str, Any], model: ModelInfo, shown: str, *, is_redacted: bool) -> Block:
    if is_redacted:
        return {"type": "redacted_thinking", "data": signature_of(body, model, "")}
    return {"type": "thinking", "thinking": shown, "signature": signature_of(body, model, shown)}
