"""Token counts of the demo server: an estimate, but the same one wherever tokens are counted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from desktop_chat.api.demo_files import image_tokens, pdf_tokens

PIECE: Final = re.compile(
    r" ?[^\W\d_]{1,8}"  # a short word, or eight letters of a long one
    r"| ?\d{1,3}"
    r"| {2,8}|\n{1,2}|\t"
    r"| ?[^\w\s]{1,3}"
    r"|[\s\S]"  # whatever is left, one character each
)
"""One token-like piece: 1 to 9 characters; the pieces of a text, joined, are the text."""

_SLICE_CHARACTERS: Final = 20_000
"""`findall` holds the interpreter lock to its end; so long a slice takes about one millisecond."""
_MESSAGE_TOKENS: Final = 4
_TOOLS_TOKENS: Final = 340
"""What the API adds to a prompt with tools, about."""


def pieces_of(text: str) -> Iterator[str]:
    """Cut a text into the pieces in which it streams."""
    return (found[0] for found in PIECE.finditer(text))


def token_count(text: str) -> int:
    """Count the pieces of a text."""
    return sum(
        len(PIECE.findall(text, start, start + _SLICE_CHARACTERS)) for start in range(0, len(text), _SLICE_CHARACTERS)
    )


def block_tokens(block: Mapping[str, Any]) -> int:
    """Count one content block of a request, by what it carries."""
    kind = block.get("type")
    if kind == "text":
        return token_count(str(block.get("text", "")))
    if kind == "image":
        return image_tokens(block)
    if kind == "document":
        return _document_tokens(block)
    if kind == "tool_result" and isinstance(block.get("content"), list):
        return _MESSAGE_TOKENS + sum(block_tokens(part) for part in block["content"] if isinstance(part, Mapping))
    known = {name: value for name, value in block.items() if name not in ("type", "signature", "cache_control")}
    return _MESSAGE_TOKENS + token_count(json.dumps(known, ensure_ascii=False))


def _document_tokens(block: Mapping[str, Any]) -> int:
    source = block.get("source")
    if isinstance(source, Mapping) and source.get("type") == "text":
        return token_count(str(source.get("data", "")))
    return pdf_tokens(block)


def segments_of(body: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any], int]]:
    """Lay a request out in the order in which it is read: tools, system, then every block of every message.

    Shape:   (owner, block, tokens), where the owner is `tool`, `system` or the role of the message.
    """
    segments: list[tuple[str, Mapping[str, Any], int]] = []
    for place, tool in enumerate(mappings_in(body.get("tools"))):
        tokens = token_count(json.dumps(tool, ensure_ascii=False))
        segments.append(("tool", tool, tokens + (_TOOLS_TOKENS if place == 0 else 0)))
    segments += [("system", block, block_tokens(block)) for block in blocks_of(body.get("system"))]
    for message in mappings_in(body.get("messages")):
        role = str(message.get("role"))
        for place, block in enumerate(blocks_of(message.get("content"))):
            segments.append((role, block, block_tokens(block) + (_MESSAGE_TOKENS if place == 0 else 0)))
    return segments


def prompt_tokens(body: Mapping[str, Any]) -> int:
    """Count a whole request."""
    return sum(tokens for _, _, tokens in segments_of(body))


def blocks_of(content: object) -> list[Mapping[str, Any]]:
    """Content as blocks; a plain string is one text block."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    return list(mappings_in(content))


def mappings_in(value: object) -> Iterable[Mapping[str, Any]]:
    """The objects of a JSON list; whatever else stands in it, or instead of it, is left out."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
