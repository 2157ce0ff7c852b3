"""The demo server's prompt cache: what of a prompt was seen before, and what that does to the usage report."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from desktop_chat.api.demo_limits import Clock
from desktop_chat.api.demo_tokens import segments_of

PREFIX_TOKENS_MIN: Final = 1_024
"""A shorter prefix is silently not cached."""
LOOK_BACK_BLOCKS: Final = 20
_TTL_S: Final = {"5m": 300.0, "1h": 3600.0}


@dataclass(frozen=True, slots=True)
class PromptUsage:
    """How a prompt is charged.

    Units:   tokens.
    """

    input_tokens: int
    write_5m_tokens: int = 0
    write_1h_tokens: int = 0
    read_tokens: int = 0

    def report(self, *, grown_by: int = 0) -> dict[str, Any]:
        """The prompt's half of a usage report."""
        return {
            "input_tokens": self.input_tokens + grown_by,
            "cache_creation_input_tokens": self.write_5m_tokens + self.write_1h_tokens,
            "cache_read_input_tokens": self.read_tokens,
            "cache_creation": {
                "ephemeral_5m_input_tokens": self.write_5m_tokens,
                "ephemeral_1h_input_tokens": self.write_1h_tokens,
            },
        }


@dataclass(slots=True)
class PromptCache:
    """Prefixes seen so far, with the time at which each is forgotten; used by one thread."""

    clock: Clock = time.monotonic
    _forgotten_at: dict[bytes, tuple[float, float]] = field(default_factory=dict)

    def use(self, body: Mapping[str, Any], model_id: str) -> PromptUsage:
        """Charge one prompt: read what is cached, write what is marked."""
        segments = segments_of(body)
        total = sum(tokens for _, _, tokens in segments)
        marks = _marks(body, [block for _, block, _ in segments])
        if not marks:
            return PromptUsage(total)
        keys, tokens_up_to = _prefixes(segments, model_id)
        read = self._read(marks, keys)
        read_tokens = tokens_up_to[read] if read is not None else 0
        written = {"5m": 0, "1h": 0}
        charged = read_tokens
        for place, ttl in sorted(marks.items()):
            if tokens_up_to[place] < PREFIX_TOKENS_MIN:
                continue
            written[ttl] += max(0, tokens_up_to[place] - charged)
            charged = max(charged, tokens_up_to[place])
            self._forgotten_at[keys[place]] = (self.clock() + _TTL_S[ttl], _TTL_S[ttl])
        return PromptUsage(total - charged, written["5m"], written["1h"], read_tokens)

    def _read(self, marks: Mapping[int, str], keys: list[bytes]) -> int | None:
        """Find the longest known prefix within reach of a mark, and keep it for another while."""
        now = self.clock()
        self._forgotten_at = {key: times for key, times in self._forgotten_at.items() if times[0] > now}
        within_reach = {
            place for mark in marks for place in range(mark, max(-1, mark - LOOK_BACK_BLOCKS), -1)
        }  # fmt: skip
        found = max((place for place in within_reach if keys[place] in self._forgotten_at), default=None)
        if found is not None:
            ttl_s = self._forgotten_at[keys[found]][1]
            self._forgotten_at[keys[found]] = (now + ttl_s, ttl_s)
        return found


def _marks(body: Mapping[str, Any], blocks: list[Mapping[str, Any]]) -> dict[int, str]:
    """Places of the blocks up to which is to be cached, and for how long."""
    marks = {place: _ttl(block["cache_control"]) for place, block in enumerate(blocks) if block.get("cache_control")}
    cacheable = [place for place, block in enumerate(blocks) if block.get("type") != "thinking"]
    if body.get("cache_control") and cacheable:
        marks[cacheable[-1]] = _ttl(body["cache_control"])
    return marks


def _ttl(mark: object) -> str:
    ttl = mark.get("ttl") if isinstance(mark, Mapping) else None
    return ttl if ttl in _TTL_S else "5m"


def _prefixes(segments: list[tuple[str, Mapping[str, Any], int]], model_id: str) -> tuple[list[bytes], list[int]]:
    digest = hashlib.sha256(model_id.encode())
    keys: list[bytes] = []
    tokens_up_to: list[int] = []
    so_far = 0
    for owner, block, tokens in segments:
        plain = {name: value for name, value in block.items() if name != "cache_control"}
        digest.update(json.dumps([owner, plain], sort_keys=True).encode())
        keys.append(digest.digest())
        so_far += tokens
        tokens_up_to.append(so_far)
    return keys, tokens_up_to
