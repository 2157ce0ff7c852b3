"""A reply on the page: head line, its blocks, sources, actions, strip; it takes events while it streams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from desktop_chat.core.events import (
    BlockEnded,
    BlockStarted,
    CitationArrived,
    FieldsArrived,
    InputJsonArrived,
    ReplyChanged,
    ReplyEnded,
    ReplyEvent,
    ReplyStarted,
    SignatureArrived,
    TextArrived,
    ThinkingArrived,
)
from desktop_chat.core.failure import Action
from desktop_chat.core.messages import Message, MessageStatus, Seam
from desktop_chat.ui.transcript.code.code_block import CodePart
from desktop_chat.ui.transcript.markdown.blocks import Code, Leaf
from desktop_chat.ui.transcript.markdown.parser import citation_mark
from desktop_chat.ui.transcript.markdown.splitter import plain_source
from desktop_chat.ui.transcript.messages.late_thinking import LateThinking
from desktop_chat.ui.transcript.messages.message_actions import RAW, reply_items
from desktop_chat.ui.transcript.messages.message_item import MessageItem, Place
from desktop_chat.ui.transcript.messages.raw import raw_text
from desktop_chat.ui.transcript.messages.section import Section
from desktop_chat.ui.transcript.messages.small_sections import CardSection, SourcesSection, ThinkingSection
from desktop_chat.ui.transcript.messages.text_section import TextSection
from desktop_chat.ui.transcript.messages.words import (
    Waiting,
    details_words,
    head_words,
    is_unsent,
    strip_words,
    usage_words,
)
from desktop_chat.ui.transcript.parts.actions_part import ActionsPart
from desktop_chat.ui.transcript.parts.folds import Folds
from desktop_chat.ui.transcript.parts.part import Part
from desktop_chat.ui.transcript.parts.small_parts import HeadPart, WaitingPart
from desktop_chat.ui.transcript.parts.strip import DETAILS, StripPart
from desktop_chat.ui.transcript.parts.style import Style


class ReplyItem(MessageItem):
    """One reply."""

    def __init__(self, message: Message, style: Style, folds: Folds) -> None:
        super().__init__(message, style, folds)
        self._model = message.model
        self._sections: list[Section] = []
        self._by_index: dict[int, Section] = {}
        self._late = LateThinking(self._sections, self._by_index)
        self._sources = SourcesSection()
        self._citations: dict[int, list[Mapping[str, Any]]] = {}
        self._head: list[Part] = []
        self._tail: list[Part] = []
        self._is_head_stale = self._is_tail_stale = True
        self._growing: tuple[int, TextSection] | None = None
        """The block that grew last, and its text, as long as nothing else has begun or ended since."""
        self._is_silent = bool(message.seams) and message.seams[-1].block == len(message.content)
        """Whether nothing has come yet of what goes on a reply that was cut."""
        self._take(message)

    def _take(self, message: Message) -> None:
        """Make the sections of a message's blocks."""
        self._sections, self._by_index, self._citations = [], {}, {}
        self._growing, self.is_read_again = None, False
        self._late = LateThinking(self._sections, self._by_index)
        for index, block in enumerate(message.content):
            self._start(index, block)
        self._put_seams(len(message.content))
        if message.status is not MessageStatus.STREAMING:
            self._finish_sections()
        self._late.share_thought(message.timings.thinking_s if message.timings else None)

    # --- going on ---

    def go_on(self, message: Message) -> bool:
        if self.unread_from is not None or len(self._by_index) != len(message.content):
            return False
        self.message = message
        self._put_citation_marks()
        last = self._last_text(len(message.content))
        self._growing = None
        if last is not None:
            last.go_on()
            self.is_read_again = True
        self._put_seams(len(message.content))
        # What is known of the failure is no more worth a look.
        self.folds.pop(DETAILS, None)
        self._is_silent = self._is_head_stale = self._is_tail_stale = True
        return True

    def _put_seams(self, index: int) -> None:
        """Mark the end of the text where the block of this index begins another part of the reply."""
        seam = next((seam for seam in self.message.seams if seam.block == index), None)
        text = self._last_text(index) if seam is not None else None
        if seam is not None and text is not None:
            self._put_citation_marks()
            text.put_seam(seam)

    def _last_text(self, index: int) -> TextSection | None:
        """The text that ends before a block."""
        found = (self._by_index.get(at) for at in reversed(range(index)))
        return next((section for section in found if isinstance(section, TextSection)), None)

    def _text_to_join(self, index: int) -> TextSection | None:
        """The text that goes on in a block: the one right above, or the one before it that was cut.

        Whoever goes on may think before; a word, a list or a block of code that was cut is one with its rest.
        """
        last = self._late.last_other
        return last if isinstance(last, TextSection) else self._text_cut_before(index)

    def _text_cut_before(self, index: int) -> TextSection | None:
        """The text that was cut before the part to which a block belongs, when that has only thought so far."""
        seam = self._seam_before_thinking(index)
        return self._last_text(seam.block) if seam is not None else None

    def _seam_before_thinking(self, index: int) -> Seam | None:
        """Where the part to which a block belongs begins, when it is a later one and has only thought so far."""
        seam = next((seam for seam in reversed(self.message.seams) if 0 < seam.block <= index), None)
        if seam is None:
            return None
        between = (self._by_index.get(at) for at in range(seam.block, index))
        return seam if all(section is None or isinstance(section, ThinkingSection) for section in between) else None

    # --- events ---

    def apply(self, event: ReplyEvent) -> None:
        """Take one event over; `sync` shows what came of it."""
        if self._is_silent and _says_anything(event):
            self._is_silent, self._is_tail_stale = False, True
        match event:
            case TextArrived(index, text):
                growing = self._growing
                if growing is None or growing[0] != index:
                    growing = self._grown(index, text)
                    self._growing = growing if text else None
                if growing is not None:
                    growing[1].append(text)
            case ThinkingArrived(index, text):
                section = self._section(index, "thinking")
                if isinstance(section, ThinkingSection):
                    section.append(text)
            case BlockStarted(index, block):
                self._start(index, block)
            case BlockEnded(index):
                self._end_block(index)
            case InputJsonArrived(index, json_text):
                section = self._section(index, "tool_use")
                if isinstance(section, CardSection):
                    section.append_json(json_text)
            case FieldsArrived(index, fields):
                section = self._section(index, "unknown")
                if isinstance(section, CardSection):
                    section.put_fields(fields)
            case CitationArrived(index, citation):
                self._citations.setdefault(index, []).append(citation)
            case ReplyStarted():
                self._is_head_stale = self._is_head_stale or self._model != event.model
                self._model = event.model or self._model
            case SignatureArrived() | ReplyChanged() | ReplyEnded():
                pass
            case _:
                assert_never(event)

    def _grown(self, index: int, text: str) -> tuple[int, TextSection] | None:
        """Let a block be the one that grows; None when it is no text."""
        section = self._section(index, "text")
        if not isinstance(section, TextSection):
            return None
        self._end_thinking()
        if text:
            self._late.settle()
        return index, section

    def _section(self, index: int, kind: str) -> Section:
        if index not in self._by_index:
            self._start(index, {"type": kind})
        return self._by_index[index]

    def _start(self, index: int, block: Mapping[str, Any]) -> None:
        kind = block.get("type")
        self._growing = None
        self._put_citation_marks()
        self._put_seams(index)
        section: Section
        if kind == "text":
            section = self._text_to_join(index) or self._added(TextSection(f"text{index}", self.is_streaming))
            if isinstance(section, TextSection) and (words := _text(block, "text")):
                self._late.settle()
                section.append(words)
            citations = block.get("citations")
            if isinstance(citations, list) and citations:
                self._citations.setdefault(index, []).extend(citations)
        elif kind in ("thinking", "redacted_thinking"):
            is_over = any(index < seam.block <= len(self.message.content) for seam in self.message.seams)
            thinking = ThinkingSection(f"thinking{index}", self.is_streaming and not is_over)
            thinking.is_hidden = kind == "redacted_thinking"
            thinking.append(_text(block, "thinking"))
            section = self._added(thinking)
            if self._seam_before_thinking(index) is not None:
                self._late.begin(thinking, self._text_cut_before(index))
        else:
            self._late.settle()
            section = self._added(CardSection(f"card{index}", block))
        self._by_index[index] = section
        self._is_tail_stale = True

    def _added(self, section: Section) -> Section:
        self._sections.append(section)
        return section

    def _end_block(self, index: int) -> None:
        self._put_citation_marks()
        section = self._by_index.get(index)
        if isinstance(section, ThinkingSection):
            section.end()

    def _end_thinking(self) -> None:
        for section in self._sections:
            if isinstance(section, ThinkingSection) and section.is_running:
                section.end()

    def _put_citation_marks(self) -> None:
        """Set the numbers of the sources at the end of the text they belong to."""
        for index, citations in self._citations.items():
            section = self._by_index.get(index)
            if isinstance(section, TextSection):
                numbers = dict.fromkeys(self._sources.number_of(citation) for citation in citations)
                section.append("".join(citation_mark(number) for number in numbers))
        self._citations.clear()

    # --- the end ---

    def end(self, message: Message) -> None:
        self.message = message
        self._model = message.model or self._model
        self._finish_sections()
        if not self._holds(message):
            self._take(message)
        self._late.share_thought(message.timings.thinking_s if message.timings else None)
        for section in self._sections:
            if isinstance(section, TextSection):
                section.keep_seams(message.seams)
        self._is_head_stale = self._is_tail_stale = True

    def _holds(self, message: Message) -> bool:
        """Whether the sections show this content already."""
        text = "".join(section.source for section in self._sections if isinstance(section, TextSection))
        final = plain_source(message.text)
        kinds = [block.get("type") for block in message.content]
        is_plain = not any(block.get("citations") for block in message.content)
        return len(kinds) == len(self._by_index) and (text == final or not is_plain)

    def _finish_sections(self) -> None:
        self._put_citation_marks()
        self._late.settle()
        for section in self._sections:
            if isinstance(section, TextSection):
                section.finish()
            elif isinstance(section, ThinkingSection):
                section.end()

    # --- parts ---

    @property
    def text(self) -> str:
        if not self.is_streaming:
            return self.message.text
        return "".join(section.source for section in self._sections if isinstance(section, TextSection))

    def set_place(self, place: Place, waiting: Waiting | None) -> None:
        if (place, waiting) != (self.place, self.waiting):
            self.place, self.waiting = place, waiting
            self._is_tail_stale = True

    def restyle(self, style: Style) -> None:
        self.style = style
        self._is_head_stale = self._is_tail_stale = self._sources.is_stale = True
        self.stack.replace_from(0, [])
        for section in self._sections:
            section.restyle(style)

    def toggle(self, fold: str) -> None:
        if fold in (DETAILS, RAW):
            self.folds[fold] = not self.folds.get(fold, False)
            self._is_tail_stale = True
            return
        for section in self._sections:
            if section.name == fold:
                is_running = isinstance(section, ThinkingSection) and section.is_running
                self.folds[fold] = not self.folds.get(fold, is_running)
                section.is_stale = True
        for index, part in enumerate(self.stack.parts):
            if part.toggle(fold):
                self.stack.remeasure(index)

    def sync(self) -> int | None:
        self.unread_from, self.is_read_again = None, False
        has_new_head = False
        first: int | None = None
        parts: list[Part] = []
        if self._is_head_stale:
            self._is_head_stale = False
            was_headed = bool(self._head) and self.stack.parts[:1] == self._head
            # What the server never began has no author: the strip belongs to the question above it.
            self._head = [] if is_unsent(self.message) else [HeadPart(self._head_words(), self.style)]
            if was_headed and self._head:
                self.stack.replace(0, self._head[0])
                has_new_head = True
            else:
                first = 0
        parts += self._head
        if self._late.below is not None:
            self._late.show(self.is_streaming)
        for section in self._sections:
            changed = section.synced(self.style, self.folds)
            if changed is not None and first is None:
                first = len(parts) + changed
            if section.is_read_again:
                self.is_read_again = True
            elif section.is_behind and self.unread_from is None:
                self.unread_from = len(parts) + section.read_parts_count
            parts += section.parts
        if self._sources.is_stale and self._sources.synced(self.style, self.folds) is not None and first is None:
            first = len(parts)
        parts += self._sources.parts
        if self._is_tail_stale:
            self._is_tail_stale = False
            self._tail = self._made_tail()
            first = len(parts) if first is None else first
        parts += self._tail
        if first is None and len(parts) != len(self.stack.parts):
            first = min(len(parts), len(self.stack.parts))
        if first is not None:
            self.stack.replace_from(first, parts[first:])
        return 0 if has_new_head else first

    def _head_words(self) -> str:
        return self._model or "" if self.is_streaming else head_words(self.message)

    def _made_tail(self) -> list[Part]:
        message = self.message
        if message.status is MessageStatus.STREAMING:
            return self._waiting_parts()
        going_on = self.waiting.strip if self.waiting is not None else None
        words = going_on or strip_words(message, self.place.is_last)
        is_raw = self.folds.get(RAW, False)
        has_retry = going_on is None and (words is None or Action.RETRY not in words.actions)
        items = reply_items(message, self.place, has_retry=has_retry, is_raw=is_raw)
        parts: list[Part] = [ActionsPart(items, usage_words(message), self.style, is_kept=self.place.is_last)]
        if is_raw:
            parts.append(CodePart(Leaf(Code("json", raw_text(message))), self.style))
        if words is None:
            return parts
        is_unfolded = self.folds.get(DETAILS, False)
        former = next((part for part in self._tail if isinstance(part, StripPart)), None)
        strip: list[Part] = [StripPart(words, self.style, is_unfolded, former)]
        if is_unfolded and words.has_details:
            strip.append(CodePart(Leaf(Code(DETAILS, details_words(message))), self.style))
        return [*strip, *parts] if words.is_unsent else [*parts, *strip]

    def _waiting_parts(self) -> list[Part]:
        waiting = self.waiting
        if self._sections and not self._is_silent and not (waiting and waiting.is_stall):
            return []
        return [WaitingPart(waiting.words if waiting else "Waiting…", self.style)]


def _says_anything(event: ReplyEvent) -> bool:
    """Whether there is more to be seen after an event; a block of text begins empty."""
    if isinstance(event, TextArrived | ThinkingArrived):
        return bool(event.text)
    return isinstance(event, BlockStarted) and (event.block.get("type") != "text" or bool(event.block.get("text")))


def _text(block: Mapping[str, Any], name: str) -> str:
    value = block.get(name)
    return value if isinstance(value, str) else ""
