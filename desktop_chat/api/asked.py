"""Whom a request was put to: what everything that is told about its answer begins with."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_chat.core.api_key import ApiKey


@dataclass(frozen=True, slots=True)
class Asked:
    """Which server was asked, for which model, with which key."""

    host: str
    key: ApiKey | None = None
    model: str = ""

    def masked(self, text: str) -> str:
        """Hide the key in what the server said: some echo it."""
        if self.key is None:
            return text
        for spelling in self.key.spellings():
            text = text.replace(spelling, self.key.mask)
        return text
