"""A request and the head of its answer as they went over the line, and what follows from them, as texts to read."""

from __future__ import annotations

from desktop_chat.core.stream_record import StreamRecord
from desktop_chat.ui.figures import bytes_text
from desktop_chat.ui.inspector.events_tab import ONLY_TIMES
from desktop_chat.ui.inspector.figure_rows import headers_text, plain_rows, plain_text
from desktop_chat.ui.inspector.phases import phases_of
from desktop_chat.ui.inspector.shown_text import Shown, escaped, parsed_text
from desktop_chat.ui.inspector.subject import Subject

_URL_CHARACTERS_MAX = 4_000
_LEFT_OUT = "The data of files is left out here; it went out whole."


def request_text(record: StreamRecord) -> tuple[Shown, str]:
    """What is shown of a request, and what Copy takes of it."""
    request = record.request
    first = escaped(f"{request.method} {request.url}"[:_URL_CHARACTERS_MAX].replace("\n", "\\n"))
    head = f"{first}\n{headers_text(request.headers)}\n\n"
    if request.body is None:
        return Shown(head, f"{ONLY_TIMES} The body had {bytes_text(request.size_bytes)}."), head
    body = parsed_text(request.body)
    note = f"{_LEFT_OUT} {body.note}".strip() if request.is_shortened else body.note
    return Shown(head + body.text, note), head + request.body


def answer_text(record: StreamRecord) -> tuple[Shown, str]:
    """What is shown of an answer before its events, and what Copy takes of it."""
    if record.status is None:
        return Shown("", "No answer has come."), ""
    text = f"{record.status}\n{headers_text(record.headers)}"
    return Shown(text), text


def figures_text(subject: Subject, part: int) -> tuple[Shown, str]:
    """All figures of a part, one a line."""
    record, figures = subject.records[part], subject.figures[part]
    phases = phases_of(record, figures, subject.now_in(part))
    text = plain_text(plain_rows(record, figures, phases, subject.length_s(part)))
    return Shown(text), text
