"""Token counts of one reply, as the API reports them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeGuard


@dataclass(frozen=True, slots=True)
class Usage:
    """What one reply used so far.

    Units:   tokens; totals since the start of the reply, never differences.
    Source:  Messages API, `usage` in `message_start` and `message_delta`; read 2026-11-23.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    cache_read_tokens: int = 0
    thinking_tokens: int = 0
    web_search_count: int = 0

    @property
    def prompt_tokens(self) -> int:
        """Everything that was sent: new, written to the cache and read from it."""
        cached = self.cache_write_5m_tokens + self.cache_write_1h_tokens + self.cache_read_tokens
        return self.input_tokens + cached

    @property
    def context_tokens(self) -> int:
        """What the conversation occupies of the context window once the reply has ended."""
        return self.prompt_tokens + self.output_tokens

    def overwritten_by(self, report: Mapping[str, Any]) -> Usage:
        """Take over every number a usage report carries.

        Reports are running totals, so numbers replace; null, missing and malformed fields keep the old value, and so
        does a zero: a total does not shrink, but some servers count only in one of their reports.
        """
        known: dict[str, int] = {}
        for field, name in _TOP_LEVEL.items():
            _take(known, field, report.get(name))
        creation = report.get("cache_creation")
        if isinstance(creation, Mapping):
            _take(known, "cache_write_5m_tokens", creation.get("ephemeral_5m_input_tokens"))
            _take(known, "cache_write_1h_tokens", creation.get("ephemeral_1h_input_tokens"))
        written = report.get("cache_creation_input_tokens")
        if _is_count(written) and written > 0:
            one_hour = known.get("cache_write_1h_tokens", self.cache_write_1h_tokens)
            known["cache_write_5m_tokens"] = max(0, written - one_hour)
        details = report.get("output_tokens_details")
        if isinstance(details, Mapping):
            _take(known, "thinking_tokens", details.get("thinking_tokens"))
        server_tools = report.get("server_tool_use")
        if isinstance(server_tools, Mapping):
            _take(known, "web_search_count", server_tools.get("web_search_requests"))
        return replace(self, **known) if known else self

    def plus(self, other: Usage) -> Usage:
        """Add two replies up, for the totals of a conversation."""
        return Usage(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


_TOP_LEVEL = {
    "input_tokens": "input_tokens",
    "output_tokens": "output_tokens",
    "cache_read_tokens": "cache_read_input_tokens",
}


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _take(known: dict[str, int], field: str, value: object) -> None:
    if _is_count(value) and value > 0:
        known[field] = value
