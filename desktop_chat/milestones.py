"""Marks moments of the start in the log, on a clock that other processes share."""

from __future__ import annotations

import logging
import time

log = logging.getLogger(__name__)


def milestone(name: str, at: float | None = None) -> None:
    """Log that a moment has come (with --debug also on standard error); seconds of the system's monotonic clock."""
    log.debug("milestone %s at %.6f", name, time.monotonic() if at is None else at)
