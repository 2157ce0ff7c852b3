"""The table of models that ships with the program."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import Any

import pytest

from desktop_chat.core.models import ModelCatalog, ThinkingKind
from desktop_chat.core.pricing import cost_usd
from desktop_chat.core.usage import Usage
from desktop_chat.resources import resource_path


@pytest.fixture(scope="module")
def table() -> dict[str, Any]:
    return tomllib.loads(resource_path("models.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def catalog(table: dict[str, Any]) -> ModelCatalog:
    return ModelCatalog.from_toml(table)


def test_the_default_is_known_and_offered(catalog: ModelCatalog) -> None:
    model = catalog.find(catalog.default_id)
    assert model is not None
    assert model.is_listed


def test_the_day_of_the_prices_is_a_date_in_the_past(catalog: ModelCatalog) -> None:
    assert date(2026, 11, 1) <= date.fromisoformat(catalog.checked_on) <= date.today()


def test_every_id_and_every_name_stands_there_once(catalog: ModelCatalog) -> None:
    assert len({model.id for model in catalog.models}) == len(catalog.models)
    assert len({model.name for model in catalog.models}) == len(catalog.models)


def test_no_word_of_the_file_is_misspelt(table: dict[str, Any]) -> None:
    known = {
        "id", "name", "context_tokens", "output_tokens_max", "thinking", "thinking_off", "prices_usd", "long_prompt",
        "is_listed", "takes_prefill",
    }  # fmt: skip
    assert set(table) == {"default", "checked_on", "model"}
    for row in table["model"]:
        assert set(row) <= known, row["id"]


def test_prices_keep_their_usual_order(catalog: ModelCatalog) -> None:
    for model in catalog.models:
        assert model.prices is not None
        for prices in [model.prices, *([model.long_prompt.prices] if model.long_prompt else [])]:
            ladder = (
                prices.cache_read_usd,
                prices.input_usd,
                prices.cache_write_5m_usd,
                prices.cache_write_1h_usd,
                prices.output_usd,
            )
            assert ladder == tuple(sorted(ladder)), model.id
            assert prices.cache_write_5m_usd == pytest.approx(1.25 * prices.input_usd), model.id
            assert prices.cache_write_1h_usd == pytest.approx(2 * prices.input_usd), model.id


def test_a_model_that_cannot_stop_thinking_has_no_way_to_turn_it_off(catalog: ModelCatalog) -> None:
    ways = {model.id: model.thinking_off for model in catalog.models}
    assert ways["claude-opus-5-5"] is None
    assert ways["claude-sonnet-5-5"] == "between_tools"
    assert ways["claude-haiku-5-5"] == "disabled"
    assert set(ways.values()) == {None, "between_tools", "disabled"}


def test_older_models_think_within_a_budget(catalog: ModelCatalog) -> None:
    with_budget = {model.id for model in catalog.models if model.thinking is ThinkingKind.BUDGET}
    assert with_budget == {"claude-opus-4-5", "claude-sonnet-4-5", "claude-haiku-4-5"}


def test_a_dated_id_finds_its_model(catalog: ModelCatalog) -> None:
    assert catalog.find("claude-haiku-4-5-20251001") == catalog.find("claude-haiku-4-5")
    assert catalog.find("claude-haiku-4-5-2025") is None
    assert catalog.find("claude-instant") is None


def test_a_long_prompt_makes_the_whole_request_dearer(catalog: ModelCatalog) -> None:
    haiku = catalog.find("claude-haiku-5-5")
    assert cost_usd(Usage(input_tokens=100_000, output_tokens=1_000), haiku) == pytest.approx(0.0105)
    assert cost_usd(Usage(input_tokens=100_001, output_tokens=1_000), haiku) == pytest.approx(0.0525, rel=1e-4)


def test_a_table_of_another_form_is_refused() -> None:
    with pytest.raises(KeyError):
        ModelCatalog.from_toml({"default": "x", "checked_on": "2026-11-23", "model": [{"id": "x"}]})
    with pytest.raises(ValueError, match="dreaming"):
        ModelCatalog.from_toml(
            {
                "default": "x",
                "checked_on": "2026-11-23",
                "model": [
                    {"id": "x", "name": "X", "context_tokens": 1, "output_tokens_max": 1, "thinking": "dreaming"}
                ],
            }
        )
