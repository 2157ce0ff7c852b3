"""What the demo server wants of the `messages` of a request: roles, blocks, and tool calls that are answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from desktop_chat.api.demo_files import check_file
from desktop_chat.api.demo_models import Accepts
from desktop_chat.api.demo_problem import invalid
from desktop_chat.api.demo_tokens import blocks_of

MESSAGES_MAX: Final = 100_000
_ROLES: Final = ("user", "assistant", "system")
_BLOCK_FIELDS: Final = {
    "text": "text",
    "image": "source",
    "document": "source",
    "thinking": "signature",
    "redacted_thinking": "data",
    "tool_use": "id",
    "tool_result": "tool_use_id",
    "server_tool_use": "id",
    "web_search_tool_result": "tool_use_id",
    "search_result": "source",
    "container_upload": "file_id",
}
"""The field without which a block of this type says nothing."""
_SERVER_TOOL_BLOCKS: Final = ("server_tool_use", "web_search_tool_result")


def check_messages(messages: object) -> Sequence[Mapping[str, Any]]:
    """Check roles and blocks, each message by itself.

    Raises:  Problem (400).
    """
    if not isinstance(messages, list):
        raise invalid("messages: Field required" if messages is None else "messages: Input should be a valid list")
    if not messages:
        raise invalid("messages: at least one message is required")
    if len(messages) > MESSAGES_MAX:
        raise invalid(f"messages: at most {MESSAGES_MAX} messages are allowed")
    for place, message in enumerate(messages):
        if not isinstance(message, Mapping):
            raise invalid(f"messages.{place}: Input should be a valid dictionary")
        role = message.get("role")
        if role not in _ROLES:
            raise invalid(f"messages: Unexpected role “{role}”. Allowed roles are “user”, “assistant” and “system”.")
        _check_content(place, message.get("content"), is_last=place == len(messages) - 1, role=role)
    if messages[0]["role"] != "user":
        raise invalid("messages: first message must use the “user” role")
    return messages


def _check_content(place: int, content: object, *, is_last: bool, role: str) -> None:
    at = f"messages.{place}"
    if not isinstance(content, str | list):
        raise invalid(f"{at}.content: Field required")
    if not content and not (is_last and role == "assistant"):
        raise invalid(f"{at}: all messages must have non-empty content except for the optional final assistant message")
    if isinstance(content, str):
        if not content.strip():
            raise invalid(f"{at}: text content blocks must contain non-whitespace text")
        return
    for number, block in enumerate(content):
        _check_block(f"{at}.content.{number}", block, role)


def _check_block(at: str, block: object, role: str) -> None:
    if not isinstance(block, Mapping):
        raise invalid(f"{at}: Input should be a valid dictionary")
    kind = block.get("type")
    field = _BLOCK_FIELDS.get(str(kind))
    if field is None:
        raise invalid(f"{at}: Input tag “{kind}” found using “type” does not match any of the expected tags")
    if field not in block:
        raise invalid(f"{at}.{kind}.{field}: Field required")
    if kind == "text" and not block["text"]:
        raise invalid(f"{at}: text content blocks must be non-empty")
    if kind == "text" and not str(block["text"]).strip():
        raise invalid(f"{at}: text content blocks must contain non-whitespace text")
    if kind in ("image", "document"):
        check_file(at, block, str(kind))
    if kind == "tool_result":
        for number, part in enumerate(blocks_of(block.get("content"))):
            if part.get("type") in ("image", "document"):
                _check_block(f"{at}.tool_result.content.{number}", part, role)
    of_assistant = kind in ("thinking", "redacted_thinking", "tool_use", "server_tool_use", "web_search_tool_result")
    if of_assistant and role != "assistant":
        raise invalid(f"{at}: `{kind}` blocks can only be in `assistant` messages")
    if kind == "tool_result" and role != "user":
        raise invalid(f"{at}: `tool_result` blocks can only be in `user` messages")


def check_system_messages(messages: Sequence[Mapping[str, Any]], accepts: Accepts) -> None:
    """Rules in the middle of a conversation: after a user's words, before the reply, and only text.

    Raises:  Problem (400).
    """
    for place, message in enumerate(messages):
        if message["role"] != "system":
            continue
        at = f"messages.{place}"
        if not accepts.takes_system_messages:
            raise invalid(f"{at}: role 'system' is not supported on this model")
        if any(block.get("type") != "text" for block in blocks_of(message["content"])):
            raise invalid(f"{at}: messages with role 'system' may only contain text")
        before = messages[place - 1]
        last_kind = next((block.get("type") for block in reversed(blocks_of(before["content"]))), None)
        if before["role"] != "user" and last_kind not in _SERVER_TOOL_BLOCKS:
            raise invalid(f"{at}: a message with role 'system' must follow a user message")
        if place + 1 < len(messages) and messages[place + 1]["role"] != "assistant":
            raise invalid(f"{at}: a message with role 'system' must be last or be followed by an assistant message")


def check_newest_rules(messages: Sequence[Mapping[str, Any]]) -> None:
    """What only the newest API version refuses.

    Raises:  Problem (400).
    """
    for place, message in enumerate(messages):
        for number, block in enumerate(blocks_of(message["content"])):
            at = f"messages.{place}.content.{number}"
            if message["role"] == "assistant" and block.get("type") == "document":
                raise invalid(f"{at}: `document` blocks are not supported in `assistant` messages")
            if message["role"] == "user" and block.get("type") == "text" and block.get("citations"):
                raise invalid(f"{at}.citations: citations are not supported on text of `user` messages")


def check_tool_results(messages: Sequence[Mapping[str, Any]]) -> None:
    """Every call must be answered at the head of the next message, and no answer may come without its call.

    Raises:  Problem (400).
    """
    open_ids: list[str] = []
    for place, message in enumerate(messages):
        blocks = blocks_of(message.get("content"))
        result_ids = [str(block["tool_use_id"]) for block in blocks if block.get("type") == "tool_result"]
        unanswered = [call_id for call_id in open_ids if call_id not in result_ids]
        if unanswered:
            raise invalid(
                f"messages.{place - 1}: `tool_use` ids were found without `tool_result` blocks immediately after: "
                f"{', '.join(unanswered)}. Each `tool_use` block must have a corresponding `tool_result` block in the "
                "next message."
            )
        strangers = [result_id for result_id in result_ids if result_id not in open_ids]
        if strangers:
            raise invalid(f"messages.{place}: unexpected `tool_use_id` found in `tool_result` blocks: {strangers[0]}")
        kinds = [block.get("type") for block in blocks]
        if "tool_result" in kinds[len(result_ids) :]:
            raise invalid(f"messages.{place}: `tool_result` blocks must stand before other content")
        open_ids = [str(block["id"]) for block in blocks if block.get("type") == "tool_use"]
    if open_ids:
        raise invalid(
            f"messages.{len(messages) - 1}: `tool_use` ids were found without `tool_result` blocks immediately after: "
            f"{', '.join(open_ids)}."
        )
