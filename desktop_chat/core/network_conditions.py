"""How a line is made worse on purpose, to see what the program makes of it: slow, late, broken, refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

STATUSES: Final = (429, 500, 529)
"""What a made-up answer can say: the quota is used up, a fault of the server, too many people ask at once."""

NEVER_ZERO: Final = frozenset({"bytes_per_s", "stall_s", "fail_count", "error_after_events", "malformed_after_events"})
LIMITS: Final[Mapping[str, float]] = {
    "latency_s": 60,
    "jitter_s": 60,
    "bytes_per_s": 1_000_000_000,
    "cut_after_bytes": 1_000_000_000,
    "stall_after_bytes": 1_000_000_000,
    "stall_s": 3_600,
    "fail_count": 100,
    "retry_after_s": 3_600,
    "error_after_events": 1_000_000,
    "malformed_after_events": 1_000_000,
    "share": 1,
    "spread": 1,
    "seed": 1_000_000,
}
"""The greatest value of each number. The least is 0, or the least above it for those of `NEVER_ZERO`."""


@dataclass(frozen=True, slots=True)
class NetworkConditions:
    """One set of conditions; None stands for what does not happen. Checked when it is made.

    Units:   bytes of the reply's body as they come over the line; events of its stream, pings among them.
    Raises:  ValueError with a sentence for a value that cannot be.
    """

    latency_s: float = 0.0
    """How much later every request arrives; an answer is no sooner."""
    jitter_s: float = 0.0
    """How long, at most, what comes is held up now and then; what piles up meanwhile comes at once."""
    bytes_per_s: int | None = None
    """How much passes, in either direction."""
    cut_after_bytes: int | None = None
    """Then the connection is lost; with 0 it is before the answer begins."""
    stall_after_bytes: int | None = None
    """Then nothing comes any more."""
    stall_s: float | None = None
    """So long nothing comes; None for ever."""
    fail_status: int | None = None
    """An answer of this status in place of the server's own; the server is not asked."""
    fail_count: int | None = None
    """So many requests in a row get it, the next one passes, and it begins again; None for all requests."""
    retry_after_s: float = 2.0
    """How long the answer of status 429 asks to wait."""
    error_after_events: int | None = None
    """Then an `overloaded_error` event ends the stream."""
    malformed_after_events: int | None = None
    """Then a broken event is put between two sound ones."""
    share: float = 1.0
    """The share of the replies that are cut, stall, or get an event of ours: each is drawn for itself."""
    spread: float = 0.0
    """By so much of itself each of their numbers is more or less, drawn anew for each request."""
    seed: int = 1
    """What is drawn is the same again with the same seed."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if value is None or field.name == "fail_status":
                continue
            greatest = LIMITS[field.name]
            if not 0 <= value <= greatest or (value == 0 and field.name in NEVER_ZERO):
                least = "more than 0" if field.name in NEVER_ZERO else "0"
                raise ValueError(f"{field.name} should lie between {least} and {greatest}, not at {value}")
        if self.fail_status not in (None, *STATUSES):
            known = ", ".join(map(str, STATUSES))
            raise ValueError(f"an answer can be made up with status {known}, not {self.fail_status}")

    @property
    def has_effect(self) -> bool:
        """Whether anything is worse than without them."""
        worsening = (self.bytes_per_s, self.cut_after_bytes, self.stall_after_bytes, self.fail_status)
        events = (self.error_after_events, self.malformed_after_events)
        return bool(self.latency_s or self.jitter_s) or any(value is not None for value in (*worsening, *events))


@dataclass(frozen=True, slots=True)
class Preset:
    """Conditions with a name: `key` on the command line, `name` for people, who are told in `words` what it does."""

    key: str
    name: str
    words: str
    conditions: NetworkConditions


PRESETS: Final = (
    Preset(
        "slow-3g",
        "Slow 3G",
        "late, uneven, 50 kB/s",
        NetworkConditions(latency_s=0.4, jitter_s=0.2, bytes_per_s=50_000),
    ),
    Preset(
        "train",
        "Train",
        "the line dies or falls silent, and comes back",
        NetworkConditions(
            latency_s=0.12,
            jitter_s=0.1,
            bytes_per_s=200_000,
            cut_after_bytes=48_000,
            stall_after_bytes=20_000,
            stall_s=6.0,
            share=0.6,
            spread=0.6,
        ),
    ),
    Preset(
        "overloaded",
        "Overloaded",
        "529 twice, or an error in mid-reply",
        NetworkConditions(fail_status=529, fail_count=2, error_after_events=80, share=0.4, spread=0.5, seed=4),
    ),
    Preset(
        "flaky",
        "Flaky",
        "uneven, cut somewhere, broken events",
        NetworkConditions(
            latency_s=0.08, jitter_s=0.3, cut_after_bytes=32_000, malformed_after_events=30, share=0.5, spread=0.6
        ),
    ),
)
"""Each lets some kB of a reply pass before it fails, and some requests altogether: whoever goes on gets there."""


def preset_of(conditions: NetworkConditions) -> Preset | None:
    """The preset that these conditions are; None for others."""
    return next((preset for preset in PRESETS if preset.conditions == conditions), None)


def name_of(conditions: NetworkConditions) -> str:
    """What people call these conditions."""
    preset = preset_of(conditions)
    return preset.name if preset is not None else "Custom"
