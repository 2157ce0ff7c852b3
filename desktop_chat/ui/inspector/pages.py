"""The pages below the time line: events, request, headers of the answer, figures, and the reply played again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from desktop_chat.core.settings import Settings
from desktop_chat.ui.inspector.events_tab import EventsTab
from desktop_chat.ui.inspector.line_texts import answer_text, figures_text, request_text
from desktop_chat.ui.inspector.play_tab import PlayTab
from desktop_chat.ui.inspector.sections import Sections
from desktop_chat.ui.inspector.text_pane import TextPane
from desktop_chat.ui.theme import Look

if TYPE_CHECKING:
    from desktop_chat.ui.inspector.subject import Subject


class Pages(Sections):
    """Whoever changes the part, or brings another page into view (`shown`), has it `fill`ed."""

    def __init__(self, look: Look, subject: Subject) -> None:
        super().__init__("Parts of the inspector")
        self._subject = subject
        self.events = EventsTab(look, subject.course)
        self.request = TextPane("Request")
        self.answer = TextPane("Answer headers")
        self.figures = TextPane("Figures")
        self.play = PlayTab(look)
        for title, page in (
            ("Events", self.events),
            ("Request", self.request),
            ("Answer headers", self.answer),
            ("Figures", self.figures),
            ("Play", self.play),
        ):
            self.add(title, page)

    def fill(self, part: int) -> None:
        """Give the page in view the text of a part; the others get theirs when they are looked at."""
        record = self._subject.records[part]
        if self.page is self.request:
            self.request.show_text(*request_text(record))
        elif self.page is self.answer:
            self.answer.show_text(*answer_text(record))
        elif self.page is self.figures:
            self.figures.show_text(*figures_text(self._subject, part))

    def show_settings(self, settings: Settings) -> None:
        """Follow the size of the text."""
        percent = settings.zoom_percent
        for pane in (self.request, self.answer, self.figures):
            pane.set_zoom(percent)
        self.events.set_zoom(percent)
        self.play.set_reading(percent, settings.column)

    def open_find(self) -> None:
        """Let the reader type what is looked for; in what is played again nothing is, but in its events."""
        if self.page is self.play:
            self.show_page(self.events)
        field = self.events.filter if self.page is self.events else self._pane.field
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        field.selectAll()

    def find_step(self, by: int) -> None:
        """Go to the next hit, or with -1 to the one before."""
        self._pane.step(by)

    @property
    def _pane(self) -> TextPane:
        """The text in view."""
        return self.page if isinstance(self.page, TextPane) else self.events.pane
