"""Where the thinking is shown with which a later part of a reply begins, before it goes on the text that was cut."""

from __future__ import annotations

from desktop_chat.ui.transcript.messages.section import Section
from desktop_chat.ui.transcript.messages.small_sections import ThinkingSection
from desktop_chat.ui.transcript.messages.text_section import TextSection


class LateThinking:
    """Lets the thinking of later parts run behind the text, and puts it in one place when that goes on.

    That is the thinking above the text. Without one it is a line of its own behind the text, which is not there while
    the text grows. A reply that was cut before its first word has no text yet: what it thought is above.
    """

    def __init__(self, sections: list[Section], by_index: dict[int, Section]) -> None:
        self._sections = sections
        self._by_index = by_index
        self._latest: ThinkingSection | None = None
        self._text: TextSection | None = None
        """What goes on behind the latest."""
        self.below: ThinkingSection | None = None
        """The thinking that is a line of its own behind the text."""

    @property
    def last_other(self) -> Section | None:
        """The last section but for the thinking that stands behind a text it is not part of."""
        return next((section for section in reversed(self._sections) if section is not self.below), None)

    def begin(self, section: ThinkingSection, text: TextSection | None) -> None:
        """A part that goes on this text, or where there is none yet begins it anew, thinks; its section is the last."""
        self.settle()
        self._latest, self._text = section, text

    def settle(self) -> None:
        """Put the latest in its place: something else follows, or nothing."""
        latest, self._latest = self._latest, None
        if latest is None:
            return
        latest.end()
        place = self._above(latest) or self.below
        if place is None:
            self.below = latest
            return
        place.take(latest)
        self._sections.remove(latest)
        self._by_index.update({index: place for index, section in self._by_index.items() if section is latest})

    def _above(self, latest: ThinkingSection) -> ThinkingSection | None:
        """The thinking above the text, or above the latest where there is no text yet."""
        above = reversed(self._sections[: self._sections.index(self._text or latest)])
        return next((section for section in above if isinstance(section, ThinkingSection)), None)

    def show(self, is_streaming: bool) -> None:
        """Keep the line behind the text away while that grows: it would slide down with every line."""
        if self.below is not None:
            behind = self._sections[self._sections.index(self.below) + 1 :]
            self.below.put_away(is_streaming and all(section is self._latest for section in behind))

    def share_thought(self, thought_s: float | None) -> None:
        """Tell how long the thinking that is over took, all parts together."""
        first = next((section for section in self._sections if isinstance(section, ThinkingSection)), None)
        if first is None or first.is_running:
            return
        below_s = self.below.took_s if self.below is not None and self.below is not first else None
        first.end(max(0.0, thought_s - below_s) if thought_s and below_s else thought_s)
