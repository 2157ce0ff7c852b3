"""The running program: every object is made here once, wired, and closed in order.

Imported in the second phase of the start, in a thread: it brings asyncio, qasync and the layers below ui.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from desktop_chat import __version__
from desktop_chat.api.client import MessagesClient
from desktop_chat.application import Application
from desktop_chat.chat.file_reader import FileReader
from desktop_chat.chat.keys import Keys
from desktop_chat.chat.library import Library
from desktop_chat.chat.network import Network
from desktop_chat.chat.preferences import Preferences
from desktop_chat.chat.reply_keeper import ReplyKeeper
from desktop_chat.chat.stream_recorder import StreamRecorder
from desktop_chat.chat.surroundings import Surroundings
from desktop_chat.chat.tasks import Tasks
from desktop_chat.cli import ExitCode, Wishes
from desktop_chat.core.api_key import ApiKey
from desktop_chat.core.errors import SettingsError, StoreError
from desktop_chat.core.provider import ANTHROPIC_URL, profile_for
from desktop_chat.core.settings import SettingProblem, Settings
from desktop_chat.core.stored import StartState
from desktop_chat.crash import CrashHooks
from desktop_chat.environment import environment_key
from desktop_chat.errand import Errand
from desktop_chat.event_loop import QtEventLoop
from desktop_chat.leaving_threads import LeavingThreads
from desktop_chat.milestones import milestone
from desktop_chat.outfit import Outfit
from desktop_chat.paths import Paths
from desktop_chat.reachability import Reachability
from desktop_chat.repairing import Repairing
from desktop_chat.session_end import SessionEnd
from desktop_chat.showing_mark import ShowingMark
from desktop_chat.single_instance import SingleInstance
from desktop_chat.store.attached_files import FilesOnDisk
from desktop_chat.store.secrets import Keyring
from desktop_chat.store.settings_file import JsonSettingsFile
from desktop_chat.store.store import open_store
from desktop_chat.store.worker import Worker
from desktop_chat.ui.main_window import MainWindow
from desktop_chat.ui.shrinking import fitted
from desktop_chat.upkeep import Upkeep

log = logging.getLogger(__name__)

CLOSE_STEP_S: Final = 3.0
"""How long one step of the way out may take before it is logged and left."""
WATCH_NETWORK_MS: Final = 2_000
"""Loading what asks the system for its network takes a moment: not while the window comes up."""


@dataclass(frozen=True, slots=True)
class SettingsAtStart:
    """The settings as the start has found them."""

    stored: Settings
    problems: tuple[SettingProblem, ...]
    overrides: dict[str, Any]
    """What the command line replaces for this run."""


class Program(QObject):
    """Owns everything that lives from the second phase of the start to the end."""

    def __init__(
        self,
        outfit: Outfit,
        window: MainWindow,
        instance: SingleInstance,
        paths: Paths,
        settings_file: JsonSettingsFile,
        wishes: Wishes,
        showing: ShowingMark | None = None,
    ) -> None:
        super().__init__()
        self._showing = showing
        self._outfit = outfit
        self._window = window
        self._instance = instance
        self._paths = paths
        self._settings_file = settings_file
        self._settings_worker = Worker("settings", stays=False)
        self._wishes = wishes
        self._errand = Errand(wishes, window, self._end)
        self._network = Network()
        self._reachability = Reachability(self._network, self)
        self._code: asyncio.Future[int]
        self.is_restart_wanted = False
        """Whether the program shall start anew once it has ended."""

    def run(self, hooks: CrashHooks, settings: SettingsAtStart) -> int:
        """Run the event loop until the program is to end; gives the exit code."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        QTimer.singleShot(WATCH_NETWORK_MS, self._reachability, self._reachability.watch_system)
        with asyncio.Runner(loop_factory=lambda: QtEventLoop(app)) as runner:
            runner.get_loop().set_exception_handler(hooks.on_loop_exception)
            runner.get_loop().set_default_executor(LeavingThreads())
            return runner.run(self.live(hooks, settings))

    # --- the way in

    async def live(self, hooks: CrashHooks, settings: SettingsAtStart) -> int:
        """The program's life on a running loop: build, attach, wait for the end, close in order."""
        self._code = asyncio.get_running_loop().create_future()
        self._tasks = Tasks(self._meet_bug)
        profile = self._outfit.demo.profile if self._outfit.demo else None
        self._preferences = Preferences(
            settings.stored, self._save_settings, settings.problems, settings.overrides, profile
        )
        self._client = MessagesClient()
        self._keyring = Keyring()
        self._files = FilesOnDisk(fitted)
        self._store = open_store(self._paths.database, self._paths.backups_dir)
        self._library: Library | None = None
        self._asked_early: list[str] = []
        self._keeper = ReplyKeeper(self._store, self._tasks)
        self._recorder = StreamRecorder(self._store, self._tasks)
        self._repairing = Repairing(
            self._window, self._store.care, self._tasks, self._start_again, lambda: self._end(ExitCode.FAILED)
        )
        self._upkeep = Upkeep(self._window, self._store.care, self._tasks, self._busy_count, self._restart)
        app = QApplication.instance()
        assert isinstance(app, Application)
        app.quit_requested.connect(self._window.close)
        app.is_heard = True
        self._session_end = SessionEnd(app, self._settle, self._tasks)
        self._window.close_requested.connect(self._quit)
        hooks.first_bug.connect(self._show_bug)
        if self._window.is_quit_wanted:
            self._quit()
        self._instance.listen(self._answer_second_start)
        try:
            start = await self._start_store()
            if start is not None:
                log.info(
                    "desktop-chat %s: %d conversations, %d replies were interrupted",
                    __version__,
                    len(start.conversations),
                    start.interrupted_count,
                )
                library = self._attach(start)
                if self._window.is_quit_wanted:
                    # What was typed meanwhile is kept.
                    self._window.quit_now()
                else:
                    self._tasks.spawn(self._errand.run(library, self._keys), "do what the command line asks for")
            return await self._code
        finally:
            app.is_heard = False
            self._session_end.close()
            await self._close()

    async def _start_store(self) -> StartState | None:
        """Open the database; when that cannot be, the window says why and the program waits to be closed."""
        try:
            return await self._store.start()
        except StoreError as error:
            log.error("the database cannot be opened: %s", error)
            if self._wishes.is_once:
                self._errand.fail(error.failure())
            else:
                self._repairing.offer(error)
            return None

    async def _start_again(self) -> bool:
        """Go on after the history was put right; whether it can be opened now."""
        start = await self._start_store()
        if start is not None:
            self._attach(start)
        return start is not None

    def _attach(self, start: StartState) -> Library:
        """Join the window to what is stored."""
        own = {self._outfit.demo.profile.origin: self._outfit.demo.key} if self._outfit.demo else {}
        self._keys = Keys(
            self._keyring,
            self._client,
            self._preferences,
            self._outfit.catalog,
            self._tasks,
            environment_keys=self._environment_keys(),
            own_keys=own,
        )
        surroundings = Surroundings(
            self._store,
            self._client,
            self._keys,
            self._preferences,
            self._keeper,
            self._tasks,
            self._network,
            self._recorder,
            conditions=self._wishes.network,
        )
        library = self._library = Library(surroundings, start)
        self._window.attach(
            library,
            self._preferences,
            self._keys,
            start.tabs,
            catalog=self._outfit.catalog,
            is_demo=self._outfit.demo is not None,
            network=self._network,
            data_dir=str(self._paths.database.parent),
            showing=self._showing,
            recorder=self._recorder,
            files=FileReader(self._files, self._tasks),
        )
        self._keys.refresh()
        # httpx and the certificates take 350 ms: in a thread, and before the first question needs them.
        threading.Thread(target=self._client.warm_up, name="warm-up", daemon=True).start()
        for question in self._asked_early:
            self._window.ask(question)
        self._upkeep.begin()
        milestone("usable")
        return library

    def _environment_keys(self) -> dict[str, ApiKey]:
        key = environment_key()
        if key is None:
            return {}
        # Sent to Anthropic and to the server that the same command line names; to no other one of the settings.
        urls = [ANTHROPIC_URL, *([self._wishes.base_url] if self._wishes.base_url else [])]
        return {profile_for(url).origin: key for url in urls}

    # --- while it runs

    def _answer_second_start(self, ask: str) -> None:
        self._window.raise_window()
        if ask and self._library is None:
            self._asked_early.append(ask)
        elif ask:
            self._window.ask(ask)

    def _meet_bug(self, error: BaseException) -> None:
        sys.excepthook(type(error), error, error.__traceback__)
        if self._wishes.is_once:
            # Nobody is there to close the window.
            self._end(ExitCode.FAILED)

    def _show_bug(self, line: str) -> None:
        self._window.show_problem(f"Something went wrong inside the program: {line}. The log has the details.")

    # --- the way out

    async def _settle(self) -> None:
        """Stop the replies, and have everything on disk; the program goes on."""
        self._window.hand_over()
        if self._library is not None:
            await self._library.close()
        await self._keeper.close()

    def _busy_count(self) -> int:
        return len(self._library.busy_ids()) if self._library is not None else 0

    def _restart(self) -> None:
        """End as if somebody had quit, and have the program started anew by whoever has started it."""
        self.is_restart_wanted = True
        self._window.quit_now()

    def _quit(self) -> None:
        if not self._wishes.is_once:
            self._end(ExitCode.GOOD)
        elif not self._errand.stop():
            # Else the end of the reply is the program's, with the exit code that tells of it.
            self._end(ExitCode.FAILED)

    def _end(self, code: ExitCode) -> None:
        if not self._code.done():
            self._code.set_result(code)

    async def _close(self) -> None:
        """Close everything from the top down; a step that hangs or breaks does not keep the next one from running."""
        self._window.hide()
        self._upkeep.close()
        self._reachability.close()
        if self._library is not None:
            await _step("stop the replies", self._library.close())
        await _step("write the journal", self._keeper.close())
        await _step("end the tasks", self._tasks.close())
        self._recorder.close()
        await _step("close the connections", self._client.close())
        await _step("close the database", self._store.close())
        await _step("write the settings", self._settings_worker.run(lambda: None))
        self._settings_worker.stop()
        self._keyring.close()
        self._files.close()
        if self._outfit.demo is not None:
            self._outfit.demo.close()
        self._window.deleteLater()

    def _save_settings(self, settings: Settings, on_error: Callable[[SettingsError], None]) -> None:
        # A thread of its own: writing with fsync took up to 30 ms, and the store's thread may be busy.
        async def save() -> None:
            try:
                # Nothing of Qt goes along: the thread may be the last to let go of it.
                await self._settings_worker.run(partial(self._settings_file.write, settings))
            except SettingsError as error:
                on_error(error)

        self._tasks.spawn(save(), "save the settings", is_saving=True)


async def _step(name: str, work: Awaitable[None]) -> None:
    try:
        await asyncio.wait_for(work, CLOSE_STEP_S)
    except TimeoutError:
        log.error("closing: could not %s within %.0f s", name, CLOSE_STEP_S)
    except StoreError as error:
        log.error("closing: could not %s: %s", name, error)
