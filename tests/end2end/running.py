"""The whole program inside a test: the real window, client, store and loop, on a data directory of its own."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop_chat.api.demo_server import DemoServer
from desktop_chat.chat.library import Library
from desktop_chat.chat.session import ChatSession
from desktop_chat.cli import Wishes
from desktop_chat.core.activity import Phase
from desktop_chat.core.messages import Message
from desktop_chat.core.models import ModelCatalog
from desktop_chat.core.provider import VERSION_NEWEST, AuthStyle, ProviderProfile
from desktop_chat.crash import CrashHooks
from desktop_chat.outfit import DemoServerOfThisRun, Outfit
from desktop_chat.paths import Paths
from desktop_chat.program import Program, SettingsAtStart
from desktop_chat.resources import resource_path, resources_dir
from desktop_chat.showing_mark import ShowingMark
from desktop_chat.single_instance import SingleInstance
from desktop_chat.store.settings_file import JsonSettingsFile
from desktop_chat.ui.failure_dialog import FailureDialog
from desktop_chat.ui.main_window import MainWindow
from desktop_chat.ui.notice_bar import NoticeBar
from desktop_chat.ui.safe_view import SafeView
from desktop_chat.ui.theme import Look
from tests import guards
from tests.helpers.signals import PATIENCE_S, next_signal


@dataclass(frozen=True, slots=True)
class Place:
    """What outlives one run: the data directory and the server it talks to."""

    data_dir: Path
    server: DemoServer
    has_key: bool = True
    """Whether the program knows the server and has its key; else it starts as on a new machine."""
    is_watched: bool = False
    """Whether what kills a run is found by the next; takes over Python's fault handler, which pytest uses."""


class Running:
    """One run of the program; `async with` starts and quits it as a person would."""

    def __init__(self, app: QApplication, place: Place) -> None:
        self._app = app
        self._place = place
        self.code: int | None = None
        """The exit code, once it has ended."""
        self.window: MainWindow
        self.program: Program
        self._life: asyncio.Task[int]

    async def __aenter__(self) -> Self:
        paths = Paths.below(self._place.data_dir)
        paths.make()
        self._hooks = CrashHooks(paths.logs_dir if self._place.is_watched else None)
        # The guards', not the program's: it knows what only the offscreen platform complains about.
        guards.install_qt_messages()
        self._showing = ShowingMark(paths.logs_dir, self._hooks) if self._place.is_watched else None
        self._instance = SingleInstance(paths.lock_file)
        assert self._instance.acquire()
        settings_file = JsonSettingsFile(paths.settings)
        stored, problems = settings_file.read()
        self._look = Look(self._app, resources_dir() / "themes", stored.theme)
        self.window = MainWindow(self._look, stored)
        self.window.furnish()
        self.window.resize(1000, 700)
        painted = next_signal(self.window.first_painted)
        self.window.show()
        await painted
        self.program = Program(
            self._outfit(), self.window, self._instance, paths, settings_file, Wishes(), self._showing
        )
        self._life = asyncio.create_task(self.program.live(self._hooks, SettingsAtStart(stored, problems, {})))
        await until(lambda: self.window.is_settled or self.plain_text or self.failure_dialog is not None)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.window.quit_now()
        code = await asyncio.wait_for(self._life, 3 * PATIENCE_S)
        self._instance.release()
        if self._showing is not None:
            self._showing.close()
        self._hooks.remove()
        self._look.deleteLater()
        self.code = code
        # A start that was refused ends with another code.
        assert code == 0 or error is not None or self.program._library is None

    @property
    def failure_dialog(self) -> FailureDialog | None:
        """What stands over the window when there is no start."""
        dialogs = self.window.findChildren(FailureDialog)
        return next((dialog for dialog in dialogs if dialog.isVisible()), None)

    @property
    def plain_text(self) -> str | None:
        """What stands in the place of a transcript that crashed; None when there is none."""
        view = self.window.findChild(SafeView)
        return view.text if isinstance(view, SafeView) and view.isVisible() else None

    @property
    def banner(self) -> str:
        """What the banner says; empty while there is none."""
        bar = self.window.findChild(NoticeBar)
        assert isinstance(bar, NoticeBar)
        return bar.text

    @property
    def library(self) -> Library:
        library = self.program._library
        assert library is not None
        return library

    @property
    def session(self) -> ChatSession:
        """The session of the tab in view."""
        current_id = self.window.deck.current_id
        assert current_id is not None
        return self.library.session(current_id)

    def let_cut_replies_be(self) -> None:
        """Turn off what goes on by itself: the test looks at the cut."""
        self.program._preferences.change(reconnects=False)

    def type_and_send(self, text: str) -> None:
        """Write into the composer of the tab in view and press Return."""
        target = self.window.deck.page().composer.focusProxy() or self.window.deck.page().composer
        self.window.deck.page().composer.focus()
        widget = QApplication.focusWidget() or target
        QTest.keyClicks(widget, text)
        QTest.keyClick(widget, Qt.Key.Key_Return)

    async def reply(self, session: ChatSession | None = None) -> Message:
        """Wait for the end of the turn that runs."""
        message = await next_signal((session or self.session).turn_ended, 3 * PATIENCE_S)
        assert isinstance(message, Message)
        return message

    async def writing(self, session: ChatSession | None = None) -> None:
        """Wait until text arrives."""
        watched = session or self.session
        if watched.activity.phase is not Phase.WRITING:
            await next_signal(watched.activity_changed, matching=lambda activity: activity.phase is Phase.WRITING)

    def _outfit(self) -> Outfit:
        catalog = ModelCatalog.from_toml(tomllib.loads(resource_path("models.toml").read_text(encoding="utf-8")))
        if not self._place.has_key:
            return Outfit(catalog, None)
        server = self._place.server
        profile = ProviderProfile("Demo", server.url, AuthStyle.X_API_KEY, VERSION_NEWEST, has_caching=True)
        return Outfit(catalog, DemoServerOfThisRun(profile, server.key, _leave_running))


def _leave_running() -> None:
    """The server belongs to the test, which outlives the program."""


Run = Callable[[], Running]
"""Starts the program; to be called again for a restart."""


async def until(condition: Callable[[], Any], timeout_s: float = PATIENCE_S) -> None:
    """Let the loop run until something is true.

    Raises:  TimeoutError.
    """
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110  a condition over many objects has no event of its own
            await asyncio.sleep(0.005)
