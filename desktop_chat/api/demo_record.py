"""What the demo server saw: one record for each request."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class RecordedRequest:
    """One request as the server saw it, for tests.

    Units:   `at` and `closed_at` as `time.monotonic`.
    """

    at: float
    method: str
    path: str
    headers: Mapping[str, str]
    """Names in lower case; the key is masked."""
    raw_body: bytes
    status: int | None = None
    """None until the answer has begun, and when there was none."""
    closed_at: float | None = None
    """When the client hung up before the answer was whole; None when it did not."""
    done: threading.Event = field(default_factory=threading.Event)
    """Set once the answer has ended, or the client has hung up."""

    @property
    def body(self) -> dict[str, Any]:
        """The body as JSON; empty when there was none."""
        value = json.loads(self.raw_body) if self.raw_body else {}
        return value if isinstance(value, dict) else {}
