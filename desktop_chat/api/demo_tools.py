"""Tools in the demonstration: calls made up from a tool's schema, and a web search that finds prepared pages."""

from __future__ import annotations

import base64
import json
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from desktop_chat.api.demo_ids import new_id
from desktop_chat.api.demo_tokens import blocks_of

_WORD: Final = re.compile(r"[a-z]{4,}")
_NAME: Final = re.compile(r"(?<![.!?] )(?<!^)\b[A-ZÀ-Þ][\w-]+(?: [A-ZÀ-Þ][\w-]+)*")
"""A capitalised word that does not begin a sentence: most likely a name."""
_CALLS_MAX: Final = 3
_RESULT_CHARACTERS_SHOWN: Final = 600

Block = dict[str, Any]


def calls_for(body: Mapping[str, Any], question: str, ids: random.Random) -> tuple[Block, ...]:
    """Decide whether the question asks for one of the request's own tools, and call it.

    Shape:   a sentence and one call for each name in the question; nothing when no tool fits.
    """
    choice = body.get("tool_choice") or {"type": "auto"}
    tools = [tool for tool in body.get("tools") or [] if isinstance(tool.get("input_schema"), Mapping)]
    tool = _chosen(tools, choice, question)
    if tool is None:
        return ()
    names = _NAME.findall(question)[: 1 if choice.get("disable_parallel_tool_use") else _CALLS_MAX] or [""]
    calls = [
        {
            "type": "tool_use",
            "id": new_id("toolu_01", ids),
            "name": tool["name"],
            "input": _input_for(tool["input_schema"], name, question),
            "caller": {"type": "direct"},
        }
        for name in names
    ]
    words = f"This is the built-in demonstration; it asks the tool `{tool['name']}` first."
    return ({"type": "text", "text": words, "citations": None}, *calls)


def answer_from(results: Iterable[Mapping[str, Any]]) -> str:
    """Make a sentence of what the tools have said."""
    lines = ["This is the built-in demonstration. The tools have answered:\n"]
    for result in results:
        said = "\n".join(str(part.get("text", f"({part.get('type')})")) for part in blocks_of(result.get("content")))
        said = said[:_RESULT_CHARACTERS_SHOWN] or "(nothing)"
        mark = "it failed: " if result.get("is_error") else ""
        lines.append(f"- {mark}{said}")
    return "\n".join(lines)


def has_web_search(body: Mapping[str, Any]) -> bool:
    """Whether the request brings the server's own search tool."""
    return any(str(tool.get("type", "")).startswith("web_search_") for tool in body.get("tools") or [])


def searched(question: str, ids: random.Random) -> tuple[Block, ...]:
    """A search, its results, and an answer that cites them."""
    call_id = new_id("srvtoolu_01", ids)
    query = " ".join(question.split())[:120] or "demonstration"
    first, second = _PAGES
    return (
        {"type": "text", "text": "This is the built-in demonstration; nothing leaves this computer. ", "citations": []},
        {
            "type": "server_tool_use",
            "id": call_id,
            "name": "web_search",
            "input": {"query": query},
            "caller": {"type": "direct"},
        },
        {
            "type": "web_search_tool_result",
            "tool_use_id": call_id,
            "caller": {"type": "direct"},
            "content": [_found(page) for page in _PAGES],
        },
        {"type": "text", "text": "Two prepared pages were “found”. The first says that ", "citations": []},
        {"type": "text", "text": first["says"], "citations": [_citation(first)]},
        {"type": "text", "text": "; the second adds that ", "citations": []},
        {"type": "text", "text": second["says"], "citations": [_citation(second), _citation(first)]},
        {"type": "text", "text": ".", "citations": []},
    )


def _chosen(tools: Sequence[Mapping[str, Any]], choice: Mapping[str, Any], question: str) -> Mapping[str, Any] | None:
    kind = choice.get("type")
    if kind == "tool":
        return next((tool for tool in tools if tool.get("name") == choice.get("name")), None)
    if kind == "any":
        return tools[0] if tools else None
    if kind == "none":
        return None
    asked = set(_WORD.findall(question.lower()))
    return next((tool for tool in tools if asked & set(_WORD.findall(str(tool["name"]).lower()))), None)


def _input_for(schema: Mapping[str, Any], name: str, question: str) -> dict[str, Any]:
    """Fill a schema: the name from the question into the first text, the plainest value into the rest."""
    filled: dict[str, Any] = {}
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return filled
    wanted = schema.get("required")
    required = wanted if isinstance(wanted, list) and wanted else list(properties)
    for field, kind in properties.items():
        if field in required and isinstance(kind, Mapping):
            filled[field] = _value_for(kind, name or question)
            name = name if not isinstance(filled[field], str) else ""
    return filled


def _value_for(kind: Mapping[str, Any], text: str) -> object:
    choices = kind.get("enum")
    if isinstance(choices, list) and choices:
        return choices[0]
    plain: Mapping[str, object] = {
        "string": text,
        "integer": 1,
        "number": 1.5,
        "boolean": True,
        "array": [],
        "object": {},
        "null": None,
    }
    return plain.get(str(kind.get("type", "string")), text)


_PAGES: Final = (
    {
        "url": "https://demonstration.example/retry-after",
        "title": "Retry-After, in plain words",
        "says": "a server tells in `Retry-After` how many seconds to wait",
        "cited": "The header gives a number of seconds, or a date.",
    },
    {
        "url": "https://demonstration.example/jitter",
        "title": "Why waiting needs chance",
        "says": "waiting times should differ from client to client",
        "cited": "Clients that wait equally long come back together.",
    },
)


def _found(page: Mapping[str, str]) -> Block:
    return {
        "type": "web_search_result",
        "title": page["title"],
        "url": page["url"],
        "encrypted_content": _opaque(page["cited"]),
        "page_age": "3 days ago",
    }


def _citation(page: Mapping[str, str]) -> Block:
    return {
        "type": "web_search_result_location",
        "url": page["url"],
        "title": page["title"],
        "encrypted_index": _opaque(page["url"]),
        "cited_text": page["cited"],
    }


def _opaque(text: str) -> str:
    return base64.b64encode(json.dumps(text).encode()).decode()
