"""The models the demo server offers: their entries in `GET /v1/models`, and what each of them accepts."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from desktop_chat.api.demo_problem import Problem, invalid, not_found
from desktop_chat.core.models import ModelCatalog, ModelInfo
from desktop_chat.resources import resource_path

PAGE_LIMIT: Final = 20
PAGE_LIMIT_MAX: Final = 1000
EFFORTS: Final = ("low", "medium", "high", "xhigh", "max")
_EFFORTS_OF_4_6: Final = ("low", "medium", "high", "max")


@dataclass(frozen=True, slots=True)
class Accepts:
    """What one model takes and refuses.

    Source:  Messages API, pages on thinking, effort and the models; read 2026-11-23.
    """

    thinking: frozenset[str]
    """The thinking types it takes."""
    thinks_by_default: bool = True
    shows_thinking_by_default: bool = False
    efforts: tuple[str, ...] = EFFORTS
    default_effort: str = "high"
    efforts_without_thinking: tuple[str, ...] = EFFORTS
    is_tool_forcing_refused: bool = False
    is_prefill_accepted: bool = False
    is_sampling_accepted: bool = False
    takes_system_messages: bool = False
    """Whether `system` may speak in the middle of a conversation."""
    binds_thinking: bool = False
    """Whether thinking is tied to everything that stands before it."""


_ADAPTIVE: Final = frozenset({"adaptive"})
_ADAPTIVE_OR_OFF: Final = frozenset({"adaptive", "disabled"})
_UP_TO_HIGH: Final = ("low", "medium", "high")

_FABLE_5_2: Final = Accepts(_ADAPTIVE, is_tool_forcing_refused=True, takes_system_messages=True, binds_thinking=True)
_FABLE_5: Final = Accepts(_ADAPTIVE, takes_system_messages=True)
_OPUS_4_7: Final = Accepts(_ADAPTIVE_OR_OFF, thinks_by_default=False)
_OPUS_4_8: Final = replace(_OPUS_4_7, takes_system_messages=True)
_MODEL_4_6: Final = Accepts(
    _ADAPTIVE_OR_OFF | {"enabled"},
    thinks_by_default=False,
    shows_thinking_by_default=True,
    efforts=_EFFORTS_OF_4_6,
    is_sampling_accepted=True,
)
_MODEL_4_5: Final = Accepts(
    frozenset({"enabled", "disabled"}),
    thinks_by_default=False,
    shows_thinking_by_default=True,
    efforts=(),
    is_prefill_accepted=True,
    is_sampling_accepted=True,
)

_ACCEPTS: Final[Mapping[str, Accepts]] = {
    "claude-fable-5-2": _FABLE_5_2,
    "claude-mythos-5-2": _FABLE_5_2,
    "claude-fable-5-1": _FABLE_5_2,
    "claude-mythos-5-1": _FABLE_5_2,
    "claude-opus-5-5": replace(_FABLE_5_2, default_effort="medium"),
    "claude-sonnet-5-5": Accepts(
        frozenset({"adaptive", "between_tools"}),
        efforts_without_thinking=_UP_TO_HIGH,
        is_tool_forcing_refused=True,
        binds_thinking=True,
    ),
    "claude-haiku-5-5": Accepts(
        _ADAPTIVE_OR_OFF, default_effort="medium", efforts_without_thinking=_UP_TO_HIGH, binds_thinking=True
    ),
    "claude-fable-5": _FABLE_5,
    "claude-mythos-5": _FABLE_5,
    "claude-opus-5": Accepts(_ADAPTIVE_OR_OFF, efforts_without_thinking=_UP_TO_HIGH, takes_system_messages=True),
    "claude-sonnet-5": Accepts(_ADAPTIVE_OR_OFF),
    "claude-opus-4-8": _OPUS_4_8,
    "claude-opus-4-7": _OPUS_4_7,
    "claude-opus-4-6": _MODEL_4_6,
    "claude-sonnet-4-6": _MODEL_4_6,
    "claude-opus-4-5": _MODEL_4_5,
    "claude-sonnet-4-5": _MODEL_4_5,
    "claude-haiku-4-5": _MODEL_4_5,
}

_RELEASED: Final[Mapping[str, str]] = {
    "claude-fable-5-2": "2026-11-09",
    "claude-mythos-5-2": "2026-11-09",
    "claude-haiku-5-5": "2026-10-07",
    "claude-sonnet-5-5": "2026-09-28",
    "claude-opus-5-5": "2026-09-22",
    "claude-fable-5-1": "2026-09-01",
    "claude-mythos-5-1": "2026-09-01",
    "claude-opus-5": "2026-07-24",
    "claude-sonnet-5": "2026-06-30",
    "claude-fable-5": "2026-06-01",
    "claude-mythos-5": "2026-06-01",
    "claude-opus-4-8": "2026-05-01",
    "claude-opus-4-7": "2026-04-01",
    "claude-sonnet-4-6": "2026-02-17",
    "claude-opus-4-6": "2026-02-05",
    "claude-opus-4-5": "2025-11-24",
    "claude-haiku-4-5": "2025-10-15",
    "claude-sonnet-4-5": "2025-09-29",
}
"""Days of release, for the order of the list; where only the season is known, the first of a month."""
_DEPRECATED: Final[Mapping[str, str]] = {"claude-sonnet-4-5": "2026-11-30T00:00:00Z"}


@cache
def catalog() -> ModelCatalog:
    """The program's own table of models."""
    return ModelCatalog.from_toml(tomllib.loads(resource_path("models.toml").read_text(encoding="utf-8")))


def model_of(model_id: object) -> ModelInfo:
    """Look a model up, dated ids too.

    Raises:  Problem (404) when there is none.
    """
    if not isinstance(model_id, str) or not model_id:
        raise invalid("model: Field required")
    model = catalog().find(model_id)
    if model is None:
        raise not_found(f"model: {model_id}")
    return model


def accepted_by(model: ModelInfo) -> Accepts:
    """What this model takes; a model without an entry is taken for the newest kind."""
    return _ACCEPTS.get(model.id, _FABLE_5_2)


def models_page(query: Mapping[str, str]) -> dict[str, Any]:
    """One page of `GET /v1/models`, newest first.

    Raises:  Problem (400) for a limit out of bounds or two cursors at once, (404) for an unknown cursor.
    """
    limit = _limit_from(query.get("limit"))
    newest_first = sorted(catalog().models, key=lambda model: _RELEASED.get(model.id, ""), reverse=True)
    ids = [model.id for model in newest_first]
    after, before = query.get("after_id"), query.get("before_id")
    if after and before:
        raise invalid("Only one of after_id and before_id may be given")
    start = _place(ids, after) + 1 if after else 0
    end = start + limit
    if before:
        end = _place(ids, before)
        start = max(0, end - limit)
    page = newest_first[start:end]
    return {
        "data": [model_entry(model) for model in page],
        "has_more": start > 0 if before else end < len(ids),
        "first_id": page[0].id if page else None,
        "last_id": page[-1].id if page else None,
    }


def model_entry(model: ModelInfo) -> dict[str, Any]:
    """One model as the API describes it."""
    retires_at = _DEPRECATED.get(model.id)
    return {
        "type": "model",
        "id": model.id,
        "display_name": model.name,
        "created_at": f"{_RELEASED.get(model.id, '2026-01-01')}T00:00:00Z",
        "line": model.id.split("-")[1],
        "lifecycle": "deprecated" if retires_at else "active",
        "deprecated_at": "2026-09-30T00:00:00Z" if retires_at else None,
        "retires_at": retires_at,
        "max_input_tokens": model.context_tokens,
        "max_tokens": model.output_tokens_max,
        "capabilities": _capabilities(accepted_by(model)),
    }


def _capabilities(accepts: Accepts) -> dict[str, Any]:
    types = {name: _flag(name in accepts.thinking) for name in ("adaptive", "between_tools", "disabled", "enabled")}
    return {
        "batch": _flag(False),
        "citations": _flag(True),
        "code_execution": _flag(False),
        "image_input": _flag(True),
        "pdf_input": _flag(True),
        "structured_outputs": _flag(False),
        "server_tools": {**_flag(True), "web_search": _flag(True), "code_execution": _flag(False)},
        "context_management": _flag(False),
        "effort": {**_flag(bool(accepts.efforts)), **{name: _flag(name in accepts.efforts) for name in EFFORTS}},
        "thinking": {**_flag(True), "types": types},
    }


def _flag(is_supported: bool) -> dict[str, Any]:
    return {"supported": is_supported}


def _limit_from(text: str | None) -> int:
    if text is None:
        return PAGE_LIMIT
    if not text.isdecimal() or not 1 <= int(text) <= PAGE_LIMIT_MAX:
        raise invalid(f"limit: Input should be a number from 1 to {PAGE_LIMIT_MAX}")
    return int(text)


def _place(ids: list[str], cursor: str) -> int:
    if cursor not in ids:
        raise Problem(404, "not_found_error", f"cursor: {cursor}")
    return ids.index(cursor)
