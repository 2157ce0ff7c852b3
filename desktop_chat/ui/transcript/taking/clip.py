"""What was taken out of the transcript, as a value: it can be written plain, as markdown and as HTML, also later.

A large one is written in slices. One that is very large is given as it was written, in every form.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from desktop_chat.core.events import with_whole_surrogates
from desktop_chat.core.messages import Message, Role
from desktop_chat.ui.transcript.markdown.blocks import Code, Heading, Html, Leaf, Leaves, Paragraph
from desktop_chat.ui.transcript.markdown.splitter import Splitter
from desktop_chat.ui.transcript.taking.clip_html import html_of, html_of_typed
from desktop_chat.ui.transcript.taking.clip_markdown import markdown_text_of
from desktop_chat.ui.transcript.taking.clip_text import clean_text_of

CHARACTERS_MAX: Final = 100_000
"""More than this is given as it was written: fifty pages.

MEASURED 3 ms per KB for reading and writing all forms, 2026-11-23: 0.3 s for who pastes such a text within a second.
"""

_STEP_CHARACTERS: Final = 1_000
_STEP_LEAVES: Final = 20
_BETWEEN: Final = "\n\n"


@dataclass(frozen=True, slots=True)
class Share:
    """What was taken of one message: all of it, a text as typed, or leaves."""

    whole: Message | None = None
    text: str = ""
    is_typed: bool = False
    """Whether it is shown as it was typed, marks and all."""
    leaves: Leaves = ()

    @classmethod
    def of(cls, message: Message) -> Share:
        """All of a message."""
        return cls(message, is_typed=message.role is Role.USER)

    @property
    def source(self) -> str:
        """As it was written; empty for leaves."""
        return with_whole_surrogates(self.whole.text if self.whole is not None else self.text)


class Clip:
    """Some text, ready to be pasted.

    Shape:   a message stands for all of it.
    """

    def __init__(self, taken: Sequence[Share | Message]) -> None:
        self._taken = taken
        self._is_as_written = _is_long(taken)
        self._is_alone = len(taken) == 1 and len(_share(taken[0]).leaves) == 1
        self._plain: list[str] = []
        self._markdown: list[str] = []
        self._html: list[str] = []
        self._steps = iter(()) if self._is_as_written else self._written()
        self._is_done = self._is_as_written

    @property
    def is_empty(self) -> bool:
        return not self._taken

    def work(self, budget_s: float) -> bool:
        """Go on writing for a while; True when all forms are there."""
        until_s = time.perf_counter() + budget_s
        while not self._is_done and time.perf_counter() < until_s:
            self._is_done = next(self._steps, True) is True
        return self._is_done

    def plain(self) -> str:
        """Clean text, without marks."""
        return self._source() if self._is_as_written else _BETWEEN.join(self._finished(self._plain))

    def markdown(self) -> str:
        """With its marks; a whole message as it was written."""
        return self._source() if self._is_as_written else _BETWEEN.join(self._finished(self._markdown))

    def html(self) -> str:
        """As a fragment of HTML that fetches nothing."""
        if self._is_as_written:
            return f'<div style="white-space:pre-wrap">{escape(self._source())}</div>'
        return "".join(self._finished(self._html))

    def beginning(self, characters_max: int) -> str:
        """The first words, without writing the rest."""
        if not self._taken:
            return ""
        first = _share(self._taken[0])
        return (first.source or clean_text_of(first.leaves[:_STEP_LEAVES], self._is_alone))[:characters_max]

    def _source(self) -> str:
        return _BETWEEN.join(share.source or markdown_text_of(share.leaves) for share in map(_share, self._taken))

    def _finished(self, form: list[str]) -> list[str]:
        while not self._is_done:
            self._is_done = next(self._steps, True) is True
        return form

    def _written(self) -> Iterator[None]:
        """Write all forms, one short step after the other."""
        for share in map(_share, self._taken):
            if share.is_typed:
                self._plain.append(share.source)
                self._markdown.append(share.source)
                self._html.append(html_of_typed(share.source))
                yield
                continue
            leaves = share.leaves
            if not leaves:
                self._markdown.append(share.source)
                splitter = Splitter()
                for at in range(0, len(share.source), _STEP_CHARACTERS):
                    splitter.append(share.source[at : at + _STEP_CHARACTERS])
                    yield
                splitter.finish()
                leaves = tuple(leaf for block in splitter.blocks for leaf in block)
            else:
                self._markdown.append(markdown_text_of(leaves))
                yield
            plain = []
            for some in _slices(leaves):
                plain.append(clean_text_of(some, self._is_alone))
                self._html.append(html_of(some))
                yield
            self._plain.append(_BETWEEN.join(plain))


def _is_long(taken: Sequence[Share | Message]) -> bool:
    """Whether this is more than can be read at once; counts no further than that."""
    count = 0
    for share in map(_share, taken):
        count += sum(map(_size, share.leaves)) if share.leaves else len(share.source)
        if count > CHARACTERS_MAX:
            return True
    return False


def _size(leaf: Leaf) -> int:
    content = leaf.content
    if isinstance(content, Paragraph | Heading):
        return sum(len(span.text) for span in content.spans)
    return len(content.text) if isinstance(content, Code | Html) else 0


def _share(taken: Share | Message) -> Share:
    return taken if isinstance(taken, Share) else Share.of(taken)


def _slices(leaves: Leaves) -> Iterator[Leaves]:
    """The leaves in runs, cut where nothing goes on."""
    run: list[Leaf] = []
    for leaf in leaves:
        if len(run) >= _STEP_LEAVES and not leaf.frames and not leaf.is_joined:
            yield tuple(run)
            run = []
        run.append(leaf)
    if run:
        yield tuple(run)
