"""What a reply holds besides text: thinking, sources, and everything else as a folded card."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, Final

from desktop_chat.ui.transcript.code.code_block import CodePart
from desktop_chat.ui.transcript.markdown.blocks import Code, Frame, Leaf, Paragraph, Rule, Span
from desktop_chat.ui.transcript.messages.leaf_parts import part_of
from desktop_chat.ui.transcript.messages.section import Section
from desktop_chat.ui.transcript.messages.words import thought_words
from desktop_chat.ui.transcript.parts.folds import Folds
from desktop_chat.ui.transcript.parts.small_parts import CardPart, ThinkingPart
from desktop_chat.ui.transcript.parts.style import Style

_RAW_CHARACTERS_MAX: Final = 20_000
_CARD_TITLE_CHARACTERS_MAX: Final = 120


class ThinkingSection(Section):
    """Thinking: open while it runs, one line afterwards unless the reader unfolded it."""

    def __init__(self, name: str, is_running: bool) -> None:
        super().__init__(name)
        self._pieces: list[str] = []
        self._began_s = time.monotonic()
        self.is_running = is_running
        self.took_s: float | None = None
        self.is_hidden = False
        """Whether the server shows nothing of it."""
        self._is_away = False
        self._has_new_text = False
        self._held_back: list[str] = []
        """What was thought later, while the reader had this unfolded: the lines below would have moved."""

    @property
    def text(self) -> str:
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    def append(self, text: str) -> None:
        if text:
            self._pieces.append(text)
            self._has_new_text = True

    def end(self, took_s: float | None = None) -> None:
        """It is over; `took_s` is how long it took, measured here while it ran when not told."""
        if self.is_running:
            self.is_running = False
            self.took_s = took_s or time.monotonic() - self._began_s
            self.is_stale = True
        elif took_s is not None and took_s != self.took_s:
            self.took_s = took_s
            self.is_stale = True

    def take(self, later: ThinkingSection) -> None:
        """Show what was thought later below this, or when it is unfolded anew; the time is that of both, if known."""
        if later.text:
            self._held_back.append(later.text)
        if not self._is_open:
            self._show_held_back()
        self.took_s = None if self.took_s is None or later.took_s is None else self.took_s + later.took_s
        self.is_hidden = self.is_hidden and later.is_hidden
        self.is_stale = True

    def put_away(self, is_away: bool) -> None:
        """Show nothing of it for now, or show it again."""
        if is_away != self._is_away:
            self._is_away = is_away
            self.is_stale = True

    def _show_held_back(self) -> None:
        for text in self._held_back:
            self.append(f"\n\n{text}" if self.text else text)
        self._held_back.clear()

    @property
    def _is_open(self) -> bool:
        """Whether its text can be read on the page."""
        part = self.parts[0] if self.parts else None
        return isinstance(part, ThinkingPart) and part.is_unfolded

    def synced(self, style: Style, folds: Folds) -> int | None:
        if self._is_away:
            had_parts, self.parts = bool(self.parts), []
            return 0 if had_parts else None
        is_unfolded = folds.get(self.name, self.is_running)
        if not is_unfolded:
            self._show_held_back()
        part = self.parts[0] if self.parts else None
        if not self.is_stale and isinstance(part, ThinkingPart):
            if not self._has_new_text:
                return None
            if part.is_unfolded:
                self._has_new_text = False
                part.grow(self.text)
                return 0
        self.is_stale = self._has_new_text = False
        title = "Thinking…" if self.is_running else thought_words(self.took_s)
        if self.is_hidden:
            title += " (not shown by the server)"
        if self._held_back:
            title += " · more when unfolded again"
        self.parts = [ThinkingPart(title, self.text, self.name, is_unfolded, style)]
        return 0


class CardSection(Section):
    """A tool call, its result, or a block this program does not know: one line, the JSON below it on demand."""

    def __init__(self, name: str, block: Mapping[str, Any]) -> None:
        super().__init__(name)
        self._block = dict(block)
        self._json_pieces: list[str] = []

    def append_json(self, text: str) -> None:
        self._json_pieces.append(text)
        self.is_stale = True

    def put_fields(self, fields: Mapping[str, Any]) -> None:
        self._block.update(fields)
        self.is_stale = True

    def synced(self, style: Style, folds: Folds) -> int | None:
        if not self.is_stale:
            return None
        self.is_stale = False
        is_unfolded = folds.get(self.name, False)
        self.parts = [CardPart(self._title(), self.name, is_unfolded, style)]
        if is_unfolded:
            self.parts.append(CodePart(Leaf(Code("json", self._raw())), style))
        return 0

    def _title(self) -> str:
        kind = str(self._block.get("type") or "unknown block").replace("_", " ")
        tool = self._block.get("name")
        words = f"{kind} · {tool}" if isinstance(tool, str) and tool else kind
        given = self._block.get("input")
        if isinstance(given, Mapping):
            words += "".join(f" · {value}" for value in given.values() if isinstance(value, str))
        words = " ".join(words.split())
        short = words[:_CARD_TITLE_CHARACTERS_MAX]
        return short if short == words else short + "…"

    def _raw(self) -> str:
        try:
            text = json.dumps(self._block, indent=2, ensure_ascii=False, default=str)
        except RecursionError:
            return "This block is nested too deeply to be shown."
        if self._json_pieces:
            text += "\n" + "".join(self._json_pieces)
        return text if len(text) <= _RAW_CHARACTERS_MAX else text[:_RAW_CHARACTERS_MAX] + "\n…"


class SourcesSection(Section):
    """The sources of the citations, numbered as their marks in the text."""

    def __init__(self) -> None:
        super().__init__("sources")
        self._sources: list[tuple[str, str]] = []

    def number_of(self, citation: Any) -> int:
        """The number of a citation's source; a new source is added to the list."""
        given = citation if isinstance(citation, Mapping) else {}
        url = _first_text(given, "url", "source")
        source = (_first_text(given, "title", "document_title") or url or "Source", url)
        if source not in self._sources:
            self._sources.append(source)
            self.is_stale = True
        return self._sources.index(source) + 1

    def synced(self, style: Style, folds: Folds) -> int | None:
        if not self.is_stale:
            return None
        self.is_stale = False
        if not self._sources:
            return None
        leaves = [Leaf(Rule())]
        for number, (title, url) in enumerate(self._sources, start=1):
            leaves.append(Leaf(Paragraph((Span(title, href=url),)), (Frame.FOOTNOTE,), str(number), is_tight=True))
        self.parts = [part_of(leaf, style) for leaf in leaves]
        return 0


def _first_text(values: Mapping[str, Any], *names: str) -> str:
    """The first of these fields that holds a text, in one line."""
    found = (value for name in names if isinstance(value := values.get(name), str) and value)
    return " ".join(next(found, "").split())
