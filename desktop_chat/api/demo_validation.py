"""What the demo server refuses, as the Messages API refuses it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from desktop_chat.api.demo_conversation import (
    check_messages,
    check_newest_rules,
    check_system_messages,
    check_tool_results,
)
from desktop_chat.api.demo_models import Accepts, accepted_by, model_of
from desktop_chat.api.demo_problem import invalid
from desktop_chat.api.demo_thinking import check_thinking
from desktop_chat.api.demo_tokens import blocks_of, prompt_tokens
from desktop_chat.core.models import ModelInfo
from desktop_chat.core.provider import VERSION_COMPATIBLE, VERSION_NEWEST

BODY_BYTES_MAX: Final = 32 * 1024 * 1024
BUDGET_TOKENS_MIN: Final = 1_024
CACHE_MARKS_MAX: Final = 4


def check_version(version: str | None) -> str:
    """Take a known API version.

    Raises:  Problem (400).
    """
    if not version:
        raise invalid("anthropic-version: header is required")
    if version not in (VERSION_COMPATIBLE, VERSION_NEWEST):
        raise invalid(f"anthropic-version: “{version}” is not a known version")
    return version


def check_count(body: Mapping[str, Any]) -> ModelInfo:
    """Check a request for `count_tokens`, which is one for a reply without the reply's own fields.

    Raises:  Problem (400, 404).
    """
    model = model_of(body.get("model"))
    check_messages(body.get("messages"))
    return model


def check_request(body: Mapping[str, Any], version: str) -> ModelInfo:
    """Check a request for a reply.

    Raises:  Problem (400, 404) with the API's words.
    """
    model = model_of(body.get("model"))
    accepts = accepted_by(model)
    max_tokens = _check_max_tokens(body, model)
    messages = check_messages(body.get("messages"))
    _check_flags(body)
    _check_sampling(body, version, accepts)
    _check_thinking_config(body, accepts, max_tokens)
    _check_tools(body, accepts)
    if messages[-1]["role"] == "assistant":
        _check_prefill(messages, body, accepts)
    check_system_messages(messages, accepts)
    check_tool_results(messages)
    if version == VERSION_NEWEST:
        check_newest_rules(messages)
    _check_cache_marks(body)
    check_thinking(body, model)
    if model.context_tokens is not None and (count := prompt_tokens(body)) > model.context_tokens:
        raise invalid(f"prompt is too long: {count} tokens > {model.context_tokens} maximum")
    return model


def _check_max_tokens(body: Mapping[str, Any], model: ModelInfo) -> int:
    max_tokens = body.get("max_tokens")
    if max_tokens is None:
        raise invalid("max_tokens: Field required")
    if not isinstance(max_tokens, int) or isinstance(max_tokens, bool):
        raise invalid("max_tokens: Input should be a valid integer")
    if max_tokens < 0 or (max_tokens == 0 and body.get("stream")):
        raise invalid("max_tokens: Input should be greater than or equal to 1")
    most = model.output_tokens_max
    if most is not None and max_tokens > most:
        raise invalid(f"max_tokens: {max_tokens} > {most}, which is the maximum allowed number of output tokens")
    return max_tokens


def _check_flags(body: Mapping[str, Any]) -> None:
    if not isinstance(body.get("stream", False), bool):
        raise invalid("stream: Input should be a valid boolean")
    stops = body.get("stop_sequences") or []
    if not isinstance(stops, list) or not all(isinstance(stop, str) for stop in stops):
        raise invalid("stop_sequences: Input should be a list of strings")
    if any(not stop.strip() for stop in stops):
        raise invalid("stop_sequences: each stop sequence must contain non-whitespace")
    for place, block in enumerate(blocks_of(body.get("system"))):
        if block.get("type") != "text" or not str(block.get("text", "")):
            raise invalid(f"system.{place}: text content blocks must be non-empty")


def _check_sampling(body: Mapping[str, Any], version: str, accepts: Accepts) -> None:
    for name, default in (("temperature", 1), ("top_p", None), ("top_k", None)):
        value = body.get(name)
        if value is None:
            continue
        if version == VERSION_NEWEST:
            raise invalid(f"{name}: this parameter is not supported by API version {VERSION_NEWEST}")
        if value == default:
            continue
        if not accepts.is_sampling_accepted:
            raise invalid(f"`{name}` is not supported on this model; leave it out")
        if name == "temperature" and not (isinstance(value, int | float) and 0 <= value <= 1):
            raise invalid("temperature: Input should be a number from 0 to 1")
        if is_thinking_on(body, accepts) and name != "top_p":
            raise invalid(f"`{name}` may not be set when thinking is enabled")


def is_thinking_on(body: Mapping[str, Any], accepts: Accepts) -> bool:
    """Whether the reply to this request begins with thinking."""
    config = body.get("thinking")
    kind = config.get("type") if isinstance(config, Mapping) else None
    return accepts.thinks_by_default if kind is None else kind in ("adaptive", "enabled")


def effort_of(body: Mapping[str, Any], accepts: Accepts) -> str:
    """How much thought is asked for."""
    config = body.get("output_config")
    effort = config.get("effort") if isinstance(config, Mapping) else None
    return str(effort or accepts.default_effort)


def _check_thinking_config(body: Mapping[str, Any], accepts: Accepts, max_tokens: int) -> None:
    effort = effort_of(body, accepts)
    if isinstance(body.get("output_config"), Mapping) and body["output_config"].get("effort"):
        if not accepts.efforts:
            raise invalid("output_config.effort: effort is not supported on this model")
        if effort not in accepts.efforts:
            raise invalid(f"output_config.effort: “{effort}” is not one of {', '.join(accepts.efforts)}")
    config = body.get("thinking")
    if config is None:
        return
    kind = config.get("type") if isinstance(config, Mapping) else None
    if kind not in ("adaptive", "enabled", "disabled", "between_tools"):
        raise invalid(f"thinking.type: “{kind}” is not one of adaptive, enabled, disabled, between_tools")
    if kind not in accepts.thinking:
        if kind == "adaptive":
            raise invalid("adaptive thinking is not supported on this model")
        instead = " or ".join(f'"{name}"' for name in sorted(accepts.thinking))
        raise invalid(f'"thinking.type.{kind}" is not supported on this model; use {instead}')
    if kind in ("disabled", "between_tools") and accepts.efforts and effort not in accepts.efforts_without_thinking:
        raise invalid(f"thinking.type: “{kind}” cannot be used with effort “{effort}” on this model")
    if config.get("display") not in (None, "summarized", "omitted"):
        raise invalid("thinking.display: Input should be “summarized” or “omitted”")
    if kind == "enabled":
        _check_budget(config.get("budget_tokens"), max_tokens)


def _check_budget(budget: object, max_tokens: int) -> None:
    if not isinstance(budget, int) or isinstance(budget, bool):
        raise invalid("thinking.enabled.budget_tokens: Field required")
    if budget < BUDGET_TOKENS_MIN:
        raise invalid(f"thinking.enabled.budget_tokens: Input should be greater than or equal to {BUDGET_TOKENS_MIN}")
    if budget >= max_tokens:
        raise invalid("`max_tokens` must be greater than `thinking.budget_tokens`")


def _check_tools(body: Mapping[str, Any], accepts: Accepts) -> None:
    tools = body.get("tools") or []
    if not isinstance(tools, list) or not all(isinstance(tool, Mapping) for tool in tools):
        raise invalid("tools: Input should be a list of tools")
    for place, tool in enumerate(tools):
        if not tool.get("name"):
            raise invalid(f"tools.{place}.name: Field required")
        if tool.get("type", "custom") == "custom" and not isinstance(tool.get("input_schema"), Mapping):
            raise invalid(f"tools.{place}.custom.input_schema: Field required")
    choice = body.get("tool_choice")
    kind = choice.get("type") if isinstance(choice, Mapping) else None
    if choice is not None and kind not in ("auto", "any", "tool", "none"):
        raise invalid("tool_choice.type: Input should be “auto”, “any”, “tool” or “none”")
    if kind not in ("any", "tool"):
        return
    if not tools:
        raise invalid("tool_choice may only be specified while providing tools")
    if accepts.is_tool_forcing_refused:
        raise invalid(f"tool_choice: type “{kind}” is not supported on this model; use “auto”")
    if is_thinking_on(body, accepts) and "enabled" in accepts.thinking:
        raise invalid("Thinking may not be enabled when tool_choice forces tool use.")


def _check_prefill(messages: Sequence[Mapping[str, Any]], body: Mapping[str, Any], accepts: Accepts) -> None:
    if not accepts.is_prefill_accepted:
        raise invalid(
            "This model does not support assistant message prefill. The conversation must end with a user message."
        )
    blocks = blocks_of(messages[-1]["content"])
    if is_thinking_on(body, accepts) and (not blocks or blocks[0].get("type") != "thinking"):
        found = blocks[0].get("type") if blocks else "nothing"
        raise invalid(
            f"messages.{len(messages) - 1}.content.0.type: Expected `thinking` or `redacted_thinking`, but found "
            f"`{found}`. When `thinking` is enabled, a final `assistant` message must start with a thinking block."
        )
    text = str(blocks[-1].get("text", "")) if blocks else ""
    if text != text.rstrip():
        raise invalid("messages: final assistant content cannot end with trailing whitespace")


def _check_cache_marks(body: Mapping[str, Any]) -> None:
    blocks = [*(body.get("tools") or []), *blocks_of(body.get("system"))]
    for message in body["messages"]:
        blocks += blocks_of(message.get("content"))
    marks = [block["cache_control"] for block in blocks if block.get("cache_control")]
    if len(marks) > CACHE_MARKS_MAX:
        raise invalid(f"A maximum of {CACHE_MARKS_MAX} blocks with cache_control may be provided. Found {len(marks)}.")
    for mark in filter(None, (*marks, body.get("cache_control"))):
        if not isinstance(mark, Mapping) or mark.get("type") != "ephemeral":
            raise invalid("cache_control.type: Input should be “ephemeral”")
        if mark.get("ttl") not in (None, "5m", "1h"):
            raise invalid("cache_control.ttl: Input should be “5m” or “1h”")
