"""The answer of `GET /v1/models`, one page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from desktop_chat.core.models import ModelInfo, ThinkingKind

_OFF_TYPES: Final = ("disabled", "between_tools")
"""Thinking types that turn thinking off, the plainest first."""


@dataclass(frozen=True, slots=True)
class ModelPage:
    """One page; `next_after` is the id to ask the next one with, None on the last."""

    models: tuple[ModelInfo, ...]
    next_after: str | None

    @classmethod
    def read(cls, value: Any) -> ModelPage | None:
        """Read a page; None when it is no list of models. Compatible servers often give ids alone."""
        rows = value.get("data") if isinstance(value, dict) else None
        if not isinstance(rows, list):
            return None
        models = tuple(_model(row) for row in rows if isinstance(row, dict) and _text(row.get("id")))
        last_id = _text(value.get("last_id")) or (models[-1].id if models else None)
        return cls(models, last_id if value.get("has_more") is True and models else None)


def _model(row: dict[str, Any]) -> ModelInfo:
    thinking, thinking_off = _thinking(row)
    return ModelInfo(
        id=row["id"],
        name=_text(row.get("display_name")) or row["id"],
        context_tokens=_count(row.get("max_input_tokens")),
        output_tokens_max=_count(row.get("max_tokens")),
        thinking=thinking,
        thinking_off=thinking_off,
    )


def _thinking(row: dict[str, Any]) -> tuple[ThinkingKind, str | None]:
    """How the model thinks, and the type that turns it off; nothing is known without `capabilities`."""
    types: Any = row
    for name in ("capabilities", "thinking", "types"):
        types = types.get(name)
        if not isinstance(types, dict):
            return ThinkingKind.NONE, None
    supported = {name for name, entry in types.items() if isinstance(entry, dict) and entry.get("supported") is True}
    kind = next((kind for kind in (ThinkingKind.ADAPTIVE, ThinkingKind.BUDGET) if kind in supported), ThinkingKind.NONE)
    return kind, next((name for name in _OFF_TYPES if name in supported), None)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _count(value: object) -> int | None:
    return value if type(value) is int and value > 0 else None
