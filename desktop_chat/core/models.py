"""Models: what they hold, what they cost, how they think."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ThinkingKind(StrEnum):
    """How a model is asked to think (Messages API, Extended thinking)."""

    ADAPTIVE = "adaptive"
    BUDGET = "enabled"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Prices:
    """Units: US dollars per million tokens."""

    input_usd: float
    output_usd: float
    cache_write_5m_usd: float
    cache_write_1h_usd: float
    cache_read_usd: float


@dataclass(frozen=True, slots=True)
class LongPromptPrices:
    """Prices for the whole request once its prompt is longer than `above_tokens`."""

    above_tokens: int
    prices: Prices


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """One model as the picker, the request and the status line need it; None where nobody knows."""

    id: str
    name: str
    context_tokens: int | None = None
    output_tokens_max: int | None = None
    thinking: ThinkingKind = ThinkingKind.NONE
    thinking_off: str | None = None
    """The thinking type that turns thinking off, `disabled` or `between_tools`; None where it cannot be turned off."""
    prices: Prices | None = None
    long_prompt: LongPromptPrices | None = None
    is_listed: bool = True
    """Whether the picker offers it; older models are known but not listed."""
    takes_prefill: bool = False
    """Whether it goes on with the beginning of an answer; others have to be asked in words."""


@dataclass(frozen=True, slots=True)
class ModelCatalog:
    """The built-in table (`resources/models.toml`): models in the order of the picker, and its date."""

    models: tuple[ModelInfo, ...]
    default_id: str
    checked_on: str
    """ISO date on which the prices were checked."""

    @classmethod
    def from_toml(cls, table: Mapping[str, Any]) -> ModelCatalog:
        """Build the catalog from the parsed file.

        Raises:  KeyError, TypeError, ValueError when the file does not have the form of `resources/models.toml`.
        """
        return cls(
            models=tuple(_model_from(row) for row in table["model"]),
            default_id=table["default"],
            checked_on=str(table["checked_on"]),
        )

    def find(self, model_id: str) -> ModelInfo | None:
        """Look a model up by its id; a dated id (`…-20251001`) finds its undated entry."""
        by_id = {model.id: model for model in self.models}
        if model_id in by_id:
            return by_id[model_id]
        stem, _, date = model_id.rpartition("-")
        return by_id.get(stem) if date.isdigit() and len(date) == len("20251001") else None


def _model_from(row: Mapping[str, Any]) -> ModelInfo:
    long_prompt = row.get("long_prompt")
    return ModelInfo(
        id=row["id"],
        name=row["name"],
        context_tokens=row["context_tokens"],
        output_tokens_max=row["output_tokens_max"],
        thinking=ThinkingKind(row["thinking"]),
        thinking_off=row.get("thinking_off"),
        prices=Prices(**row["prices_usd"]),
        long_prompt=LongPromptPrices(long_prompt["above_tokens"], Prices(**long_prompt["prices_usd"]))
        if long_prompt
        else None,
        is_listed=row.get("is_listed", True),
        takes_prefill=row.get("takes_prefill", False),
    )
