"""A window on fakes, as most tests of it want it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from desktop_chat.chat.network import Network
from desktop_chat.core.conversation import ConversationSummary, OpenTab
from desktop_chat.core.messages import Draft
from desktop_chat.core.settings import Settings, Theme
from desktop_chat.ui.main_window import MainWindow
from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.view import TranscriptView
from desktop_chat.ui.transcript.watch import Showing
from tests.helpers.fake_chat import (
    CATALOG,
    FakeKeys,
    FakeLibrary,
    FakePreferences,
    FakeSession,
    as_keys,
    as_library,
    as_preferences,
    exchange,
)
from tests.helpers.fake_reader import FakeFileReader, as_reader
from tests.helpers.fake_recorder import FakeRecorder, as_recorder

DAY_S = 86_400.0
NOON = 1_800_000_000.0


def summary(key: str, title: str, age_s: float = 0.0, is_pinned: bool = False) -> ConversationSummary:
    """Make a conversation for the list."""
    return ConversationSummary(key, title, NOON - age_s, NOON - age_s, is_pinned)


@dataclass
class WindowKit:
    """The window and everything it is plugged into; three conversations are known, none is open."""

    look: Look
    settings: Settings = field(default_factory=lambda: Settings(theme=Theme.LIGHT))
    library: FakeLibrary = field(default_factory=FakeLibrary)
    keys: FakeKeys = field(default_factory=FakeKeys)
    showing: Showing | None = None
    is_demo: bool = False

    def __post_init__(self) -> None:
        self.preferences = FakePreferences(self.settings)
        self.network = Network()
        self.recorder = FakeRecorder()
        self.files = FakeFileReader()
        for number, title in enumerate(("Apples", "Bears", "Clouds")):
            key = title[0].lower()
            self.library.summaries[key] = summary(key, title, age_s=float(number))
            self.library.messages[key] = exchange(key, f"What about {title.lower()}?", f"{title} are fine.")
        self.window = MainWindow(self.look, self.settings)
        self.window.furnish()
        self.window.resize(1280, 840)
        self.deck = self.window.deck
        self.sidebar = self.window.sidebar

    @property
    def transcript(self) -> TranscriptView:
        """What is read in the page in view."""
        found = self.deck.page().findChild(TranscriptView)
        assert isinstance(found, TranscriptView)
        return found

    def attach(self, *keys: str, current: str | None = None, tabs: tuple[OpenTab, ...] = ()) -> None:
        """Restore tabs with these conversations; the last one is in view unless told otherwise.

        `tabs` are restored as they are instead.
        """
        wanted = current or (keys[-1] if keys else "")
        self.window.attach(
            as_library(self.library),
            as_preferences(self.preferences),
            as_keys(self.keys),
            tabs or tuple(OpenTab(key, key == wanted) for key in keys),
            catalog=CATALOG,
            network=self.network,
            recorder=as_recorder(self.recorder),
            files=as_reader(self.files),
            showing=self.showing,
            is_demo=self.is_demo,
        )

    @property
    def session(self) -> FakeSession:
        """The session of the tab in view."""
        assert self.deck.current_id is not None
        return self.library.sessions[self.deck.current_id]

    def stream(self, text: str = "Tell me") -> FakeSession:
        """Have a reply written in the tab in view."""
        session = self.session
        assert session.send(Draft(text))
        session.begin_reply()
        return session


def window_kits(look: Look, settings: Settings | None = None) -> Iterator[WindowKit]:
    """Make one and take it down again, as a fixture does."""
    kit = WindowKit(look) if settings is None else WindowKit(look, settings)
    yield kit
    kit.window.hide()
    kit.window.deleteLater()
    # The window's lambdas hang on them: while one is left, the whole window stays in memory.
    fakes = (kit.library, kit.preferences, kit.keys, kit.network, kit.recorder, kit.files)
    for fake in (*fakes, *kit.library.sessions.values()):
        fake.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def active_kits(look: Look, qtbot: QtBot, *keys: str) -> Iterator[WindowKit]:
    """As `window_kits`, the window being on the screen and active, with tabs of these conversations if any."""
    for made in window_kits(look):
        with qtbot.waitActive(made.window):
            made.window.show()
            made.window.activateWindow()
        if keys:
            made.attach(*keys)
        yield made
