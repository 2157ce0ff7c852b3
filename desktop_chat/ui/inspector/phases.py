"""What a request went through until its answer was whole: connecting, sending, waiting, streaming."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from desktop_chat.core.stream_figures import StreamFigures, length_s_of
from desktop_chat.core.stream_record import Step, StepKind, StreamRecord


class PhaseName(StrEnum):
    """Valued as people read it."""

    FAILED_TRIES = "Failed tries"
    CONNECT = "Connect"
    TLS = "TLS"
    SEND = "Send"
    WAIT = "Wait"
    FIRST_WORD = "First word"
    STREAMING = "Streaming"


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the way.

    Units:   seconds since the request was asked for; a phase that is under way ends now.
    """

    name: PhaseName
    start_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s


_BY_STEP: Final = {
    StepKind.CONNECTED: PhaseName.CONNECT,
    StepKind.SECURED: PhaseName.TLS,
    StepKind.SENT: PhaseName.SEND,
    StepKind.OPENED: PhaseName.WAIT,
}
"""Which phase is over with a step."""


def phases_of(record: StreamRecord, figures: StreamFigures, now_s: float | None) -> tuple[Phase, ...]:
    """The phases of the try that counted, those before it as one; `now_s` is given while the reply is written."""
    phases: list[Phase] = []
    tries_s, steps = _last_try(record.steps)
    if tries_s:
        phases.append(Phase(PhaseName.FAILED_TRIES, 0.0, tries_s))
    at_s = tries_s
    for step in steps:
        name = _BY_STEP.get(step.kind)
        if name is not None:
            phases.append(Phase(name, at_s, max(at_s, step.at_s)))
            at_s = max(at_s, step.at_s)
    end_s = max(at_s, length_s_of(record), now_s or 0.0)
    first_word_s = figures.first_word_s
    if not any(phase.name is PhaseName.WAIT for phase in phases):
        phases.append(Phase(PhaseName.WAIT, at_s, end_s))
    elif first_word_s is None or first_word_s < at_s:
        phases.append(Phase(PhaseName.FIRST_WORD, at_s, end_s))
    else:
        phases.append(Phase(PhaseName.FIRST_WORD, at_s, first_word_s))
        phases.append(Phase(PhaseName.STREAMING, first_word_s, max(first_word_s, end_s)))
    return tuple(phases)


def _last_try(steps: tuple[Step, ...]) -> tuple[float, tuple[Step, ...]]:
    """When the last try began, and its steps."""
    last = max((number for number, step in enumerate(steps) if step.kind is StepKind.RETRY), default=-1)
    if last < 0:
        return 0.0, steps
    rest = steps[last + 1 :]
    began_s = rest[0].at_s if rest else steps[last].at_s
    return began_s, rest
