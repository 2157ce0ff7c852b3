"""Signatures of thinking: what may be sent back, and what was changed on the way.

A signature carries everything that is needed to check it, so that a conversation that was stored yesterday can be
continued with the server of today.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from desktop_chat.api.demo_models import accepted_by
from desktop_chat.api.demo_problem import Problem, invalid
from desktop_chat.api.demo_tokens import segments_of
from desktop_chat.core.models import ModelInfo

_SEAL: Final = b"desktop-chat demonstration"
"""Not a secret: it tells this server's signatures from those of other servers."""
_PART_BYTES: Final = 12
_PARTS: Final = 5


@dataclass(frozen=True, slots=True)
class _Signature:
    """What a signature says, each part a short hash."""

    model: bytes
    prefix: bytes
    previous: bytes
    """The seal of the thinking block before this one; zeros when it was the first."""
    thinking: bytes

    @property
    def seal(self) -> bytes:
        joined = self.model + self.prefix + self.previous + self.thinking
        return hmac.new(_SEAL, joined, hashlib.sha256).digest()[:_PART_BYTES]

    def written(self) -> str:
        parts = self.model + self.prefix + self.previous + self.thinking + self.seal
        return base64.b64encode(parts).decode()


_NO_BLOCK: Final = bytes(_PART_BYTES)


def signature_of(body: Mapping[str, Any], model: ModelInfo, thinking: str) -> str:
    """Sign the thinking that opens the reply to this request."""
    prefix, previous = _walk(body, model)
    return _Signature(_short(model.id), prefix, previous, _short(thinking)).written()


def check_thinking(body: Mapping[str, Any], model: ModelInfo) -> None:
    """Refuse thinking that was changed, invented, or moved to another conversation.

    Thinking of other models is ignored, and leaving thinking out from the start on is allowed, as in the API.

    Raises:  Problem (400).
    """
    _walk(body, model, is_checked=True)


def _walk(body: Mapping[str, Any], model: ModelInfo, is_checked: bool = False) -> tuple[bytes, bytes]:
    """Read a request in order; give the hash of all that is no thinking, and the seal of the last thinking block."""
    digest = hashlib.sha256()
    previous = _NO_BLOCK
    for owner, block, _ in segments_of(body):
        if owner != "assistant" or block.get("type") not in ("thinking", "redacted_thinking"):
            digest.update(json.dumps([owner, _plain(block)], sort_keys=True).encode())
            continue
        signature = _read(block)
        if signature is None:
            if is_checked:
                raise invalid("messages: Invalid `signature` in `thinking` block")
            continue
        if signature.model != _short(model.id):
            continue
        if is_checked:
            problem = _problem_with(signature, block, digest.digest()[:_PART_BYTES], previous, model)
            if problem:
                raise problem
        previous = signature.seal
    return digest.digest()[:_PART_BYTES], previous


def _problem_with(
    signature: _Signature, block: Mapping[str, Any], prefix: bytes, previous: bytes, model: ModelInfo
) -> Problem | None:
    if block.get("type") == "thinking" and signature.thinking != _short(str(block.get("thinking", ""))):
        return invalid(
            "messages: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified. "
            "These blocks must remain as they were in the original response."
        )
    is_first_left = previous == _NO_BLOCK
    is_in_place = signature.prefix == prefix and (is_first_left or signature.previous == previous)
    if accepted_by(model).binds_thinking and not is_in_place:
        return invalid(
            "messages: `thinking` block is bound to a different conversation. Everything before it must be sent as it "
            "was, or the thinking blocks from the first change on must be left out."
        )
    return None


def _read(block: Mapping[str, Any]) -> _Signature | None:
    field = "signature" if block.get("type") == "thinking" else "data"
    try:
        parts = base64.b64decode(str(block.get(field, "")), validate=True)
    except ValueError:
        return None
    if len(parts) != _PARTS * _PART_BYTES:
        return None
    model, prefix, previous, thinking, seal = (
        parts[start : start + _PART_BYTES] for start in range(0, len(parts), _PART_BYTES)
    )
    signature = _Signature(model, prefix, previous, thinking)
    return signature if hmac.compare_digest(signature.seal, seal) else None


def _plain(block: Mapping[str, Any]) -> dict[str, Any]:
    """A block without what may be added or left out freely: cache marks, nulls, empty lists."""
    return {name: value for name, value in block.items() if name != "cache_control" and value not in (None, [])}


def _short(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="replace")).digest()[:_PART_BYTES]
