"""How the demo server behaves: its pace, and everything it can be told to do wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a reply is written.

    Units:   `first_event_s` and `first_word_s` in seconds since the request was read; `tokens_per_s` on average,
             0 for as fast as it goes; `variation` is 0 for a metronome and 1 for very uneven.
    """

    first_event_s: float = 0.25
    first_word_s: float = 0.4
    tokens_per_s: float = 75.0
    variation: float = 0.6


HUMAN: Final = Pace()
"""About as fast as one likes to read along."""
AT_ONCE: Final = Pace(first_event_s=0.0, first_word_s=0.0, tokens_per_s=0.0, variation=0.0)
"""No waiting at all, for tests."""


@dataclass(frozen=True, slots=True)
class Faults:
    """What goes wrong; the default is a server that does everything right.

    Shape:   events are counted from 1 as they are written, pings among them: `cut_after_events=3` lets three
             through.
    Units:   `_s` in seconds; `chunk_bytes` is the least and the greatest size of one write.
    """

    path: str | None = "/v1/messages"
    """The one path the faults are for; None for every path."""
    count: int | None = None
    """For how many requests to that path; None for all. The next ones are answered as if nothing had been."""

    # --- instead of a reply ---
    status: int | None = None
    """An error status; its type and its words follow from it."""
    retry_after: str | None = None
    """Header `retry-after`, as it stands there: seconds or an HTTP date."""
    retry_after_ms: str | None = None
    should_retry: bool | None = None
    is_html: bool = False
    """Answer with a page, as a proxy does: 502 unless `status` says otherwise."""
    drops_before_headers: bool = False
    """Reset the connection once the request is read."""
    empty_body: bool = False
    """A stream that ends before its first event."""

    # --- when ---
    first_byte_delay_s: float = 0.0
    event_delay_s: float = 0.0

    # --- how a stream goes wrong ---
    counts_text: bool = False
    """Count the pieces of the answer's text instead of all events, so that thinking does not use the count up."""
    cut_after_events: int | None = None
    """End the response properly, without `message_stop`."""
    cut_after_characters: int | None = None
    """The same after exactly so much text of the answer, inside of an event too."""
    reset_after_events: int | None = None
    """Reset the connection (RST)."""
    error_at_event: int | None = None
    """An `error` event in place of event n, and the end."""
    error_type: str = "overloaded_error"
    error_message: str | None = None
    stall_after_events: int | None = None
    stall_s: float | None = None
    """How long the silence lasts; None for ever."""

    # --- how bytes are written ---
    chunk_bytes: tuple[int, int] | None = None
    """Cut the stream anywhere, inside CRLF and inside characters too."""
    crlf: bool = False
    in_one_write: bool = False
    gzip: bool = False
    content_type: str | None = None
    """Another content type or charset than the right one."""
    ping_every: int | None = None
    """One more ping after every n events."""

    # --- what is replied ---
    replay: Path | None = None
    """A recorded stream, sent byte by byte as it stands in the file."""
    reply_text: str | None = None
    """The whole answer, in place of a prepared one."""
    repeats_characters: int = 0
    """An answer that goes on repeats up to so much of its end first, but no less than a few words."""
    piece_characters: int = 4
    events_per_s: float | None = None
    """A fixed pace for `reply_text` and `replay`; None keeps the server's pace."""
    refuses: bool = False
    """End with the stop reason `refusal`."""
    redacts_thinking: bool = False
    tokens_max: int | None = None
    """End with the stop reason `max_tokens` after so many, even if the request allows more."""


NO_FAULTS: Final = Faults()


@dataclass(frozen=True, slots=True)
class Trick:
    """A fault that a person can ask for with `/demo NAME` in a question."""

    name: str
    shows: str
    faults: Faults
    fails_count: int | None = None
    """How often in a row it fails before the same question is answered; None for always."""

    @property
    def faults_once_over(self) -> Faults:
        """What is left of it when it fails no more, or when its answer goes on."""
        return Faults(repeats_characters=self.faults.repeats_characters)


IN_THE_MIDDLE: Final = 50
"""Pieces of text after which an answer breaks off: some lines are there, and even the shortest one is not over."""

OVERLAP_CHARACTERS: Final = 200

TRICKS: Final = (
    Trick("overloaded", "the server is overloaded (529), every time", Faults(status=529)),
    Trick(
        "rate-limit",
        "the quota is used up (429); works after 5 seconds",
        Faults(status=429, retry_after="5"),
        fails_count=1,
    ),
    Trick(
        "cut", "the stream ends in the middle of the answer", Faults(cut_after_events=IN_THE_MIDDLE, counts_text=True)
    ),
    Trick(
        "overlap",
        "the same, and *Continue* first repeats some of it",
        Faults(cut_after_events=IN_THE_MIDDLE, counts_text=True, repeats_characters=OVERLAP_CHARACTERS),
    ),
    Trick(
        "reset",
        "the connection breaks in the middle of the answer",
        Faults(reset_after_events=IN_THE_MIDDLE, counts_text=True),
    ),
    Trick(
        "error",
        "the server reports an error in the middle of the answer",
        Faults(error_at_event=IN_THE_MIDDLE, counts_text=True),
    ),
    Trick("stall", "the answer falls silent and stays so", Faults(stall_after_events=IN_THE_MIDDLE, counts_text=True)),
    Trick("wait", "half a minute without a sign of life, then the answer", Faults(first_byte_delay_s=30.0)),
    Trick("html", "a web page instead of an answer (502)", Faults(is_html=True)),
    Trick("key", "the key is not accepted (401)", Faults(status=401)),
    Trick("burst", "the whole answer in one piece", Faults(in_one_write=True)),
    Trick("crumbs", "the answer in packets of one to three bytes", Faults(chunk_bytes=(1, 3))),
    Trick("slow", "three tokens per second", Faults(event_delay_s=0.33)),
    Trick("refuse", "the model declines to answer", Faults(refuses=True)),
    Trick("redact", "thinking that may not be read", Faults(redacts_thinking=True)),
    Trick("max-tokens", "the answer is cut because it has become too long", Faults(tokens_max=120)),
)

_TRICK_WORD: Final = re.compile(r"(?<!\S)/demo[ \t]+([a-z-]+)(?:[ \t]+(\d{1,3}))?", re.IGNORECASE)


def trick_in(question: str) -> Trick | None:
    """Find `/demo NAME` or `/demo NAME N` (fail N times, then answer) in a question; unknown names are no trick."""
    found = _TRICK_WORD.search(question)
    if not found:
        return None
    name, count = found[1].lower(), found[2]
    trick = next((trick for trick in TRICKS if trick.name == name), None)
    return replace(trick, fails_count=int(count)) if trick and count else trick


def without_trick(question: str) -> str:
    """The question without its `/demo …`, to choose an answer by."""
    return _TRICK_WORD.sub(" ", question)
