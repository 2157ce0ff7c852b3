"""Ids in the shapes of the Messages API."""

from __future__ import annotations

import random
import string
from typing import Final

_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_LETTERS: Final = string.ascii_letters + string.digits
_ID_CHARACTERS: Final = 22
_REQUEST_CHARACTERS: Final = 21

ORGANIZATION_ID: Final = "00000000-0000-4000-8000-0000000000de"


def new_id(prefix: str, source: random.Random | None = None) -> str:
    """Make an id: the prefix, e.g. `msg_01`, and 22 base58 characters; from `source` where it shall be repeatable."""
    return prefix + "".join((source or random).choices(_BASE58, k=_ID_CHARACTERS))


def new_request_id() -> str:
    """Make the id of one request."""
    return "req_011" + "".join(random.choices(_LETTERS, k=_REQUEST_CHARACTERS))  # noqa: S311  ids, not secrets
