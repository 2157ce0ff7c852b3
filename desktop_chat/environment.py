"""What the environment tells: the API key that wins over the keyring."""

from __future__ import annotations

import os

from desktop_chat.core.api_key import ApiKey


def environment_key() -> ApiKey | None:
    """The key of `ANTHROPIC_API_KEY`; None when it is not set or blank."""
    return ApiKey.from_typed(os.environ.get("ANTHROPIC_API_KEY", ""))
