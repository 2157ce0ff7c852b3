"""What a reply costs."""

from __future__ import annotations

from desktop_chat.core.models import ModelInfo
from desktop_chat.core.usage import Usage

TOKENS_PER_PRICE = 1_000_000
WEB_SEARCH_USD = 0.01
"""US dollars for one web search of the server tool; read 2026-11-23."""


def cost_usd(usage: Usage, model: ModelInfo | None) -> float | None:
    """Price one reply in US dollars; None when the model's prices are unknown: no sum is better than a wrong one."""
    if model is None or model.prices is None:
        return None
    prices = model.prices
    if model.long_prompt is not None and usage.prompt_tokens > model.long_prompt.above_tokens:
        prices = model.long_prompt.prices
    per_million = (
        usage.input_tokens * prices.input_usd
        + usage.output_tokens * prices.output_usd
        + usage.cache_write_5m_tokens * prices.cache_write_5m_usd
        + usage.cache_write_1h_tokens * prices.cache_write_1h_usd
        + usage.cache_read_tokens * prices.cache_read_usd
    )
    return per_million / TOKENS_PER_PRICE + usage.web_search_count * WEB_SEARCH_USD
