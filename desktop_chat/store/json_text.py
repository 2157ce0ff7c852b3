"""JSON as it is kept on disk."""

from __future__ import annotations

import json
from typing import Any


def json_text(value: Any, indent: int | None = None) -> str:
    """Write a value as JSON that any file or database takes.

    Text stays readable; only where it holds half a surrogate pair, which UTF-8 cannot, everything beyond ASCII is
    escaped, so that it comes back exactly as it was.
    """
    separators = (",", ":") if indent is None else (",", ": ")
    text = json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, ensure_ascii=True, indent=indent, separators=separators)
    return text
