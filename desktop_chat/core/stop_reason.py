"""Why a reply came to its end, as the server says it."""

from __future__ import annotations

from enum import StrEnum


class StopReason(StrEnum):
    """The reasons this program knows, by their names on the wire; a server may say others."""

    MAX_TOKENS = "max_tokens"
    CONTEXT_FULL = "model_context_window_exceeded"
    PAUSE_TURN = "pause_turn"
    REFUSAL = "refusal"
    STOP_SEQUENCE = "stop_sequence"
    TOOL_USE = "tool_use"
