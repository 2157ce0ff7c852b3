"""What is read in the place of a file's data: nobody reads megabytes of base64."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from desktop_chat.core.attachments import is_attached

SHOWN_CHARACTERS_MAX: Final = 1_000
"""So much of a file is no burden to whoever shows it."""


def file_data(block: Mapping[str, Any]) -> str | None:
    """The data of a file that was sent, as it stands in its block; None where there is none in it."""
    source = block.get("source")
    data = source.get("data") if is_attached(block) and isinstance(source, Mapping) else None
    return data if isinstance(data, str) else None


def with_stand_in(block: Mapping[str, Any]) -> Mapping[str, Any]:
    """A block as it can be read: without the long data of a file."""
    data = file_data(block)
    return block if data is None else with_data(block, stand_in(block, data))


def with_data(block: Mapping[str, Any], data: Any) -> dict[str, Any]:
    """The block of a file with something else in the place of its data."""
    return {**block, "source": {**block["source"], "data": data}}


def stand_in(block: Mapping[str, Any], data: str) -> str:
    """What is read in the place of long data, `<base64, 1,234,567 characters>`; of short data, that itself."""
    if len(data) <= SHOWN_CHARACTERS_MAX:
        return data
    return words_for("text" if block["source"].get("type") == "text" else "base64", data)


def words_for(kind: str, data: str) -> str:
    """Tell how much stands there."""
    return f"<{kind}, {len(data):,} characters>"
