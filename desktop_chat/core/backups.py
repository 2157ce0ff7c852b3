"""Copies of the history that can be put back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CopyKind(StrEnum):
    """Why a copy was made; valued as in the name of its file."""

    WEEKLY = "weekly"
    BEFORE_UPDATE = "format"
    """Before a newer program changed the file's format."""
    REPLACED = "replaced"
    """It was in use until another copy was put back."""
    DAMAGED = "damaged"
    """It was in use until it was repaired, or given up."""


@dataclass(frozen=True, slots=True)
class BackupCopy:
    """One copy on disk.

    Units:   `made_at` in seconds since the epoch. Counts are None where only a repair could tell.
    """

    path: str
    kind: CopyKind
    made_at: float
    size_bytes: int
    conversation_count: int | None = None
    message_count: int | None = None
