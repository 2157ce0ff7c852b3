"""The start: puts the window on the screen with Qt alone, then lets `program` take over under a qasync loop.

Two phases, because a person waits for the first one: what asyncio, httpx and the rest cost at import is paid while
the window already takes keys.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from desktop_chat import __version__
from desktop_chat.cli import ExitCode, Wishes
from desktop_chat.core.errors import StoreError
from desktop_chat.core.settings import Settings, Theme
from desktop_chat.crash import CrashHooks
from desktop_chat.loading import Loading
from desktop_chat.log import Log
from desktop_chat.milestones import milestone
from desktop_chat.paths import Paths
from desktop_chat.quit_signals import QuitSignals
from desktop_chat.resources import resource_path, resources_dir
from desktop_chat.single_instance import SingleInstance
from desktop_chat.store.settings_file import JsonSettingsFile
from desktop_chat.ui.failure_dialog import FailureDialog
from desktop_chat.ui.main_window import MainWindow
from desktop_chat.ui.theme import Look

if TYPE_CHECKING:
    from desktop_chat.program import Outfit

DEMO_FOLDER = "demo"


def run(wishes: Wishes) -> int:
    """Run the program with a window until it is closed; gives the exit code."""
    if not _has_screen(wishes):
        return _say("there is no display. Set DISPLAY, or QT_QPA_PLATFORM=offscreen to run without a window.")
    app = _make_application()
    paths = paths_for(wishes)
    try:
        paths.make()
        log = Log(paths.logs_dir, is_debug=wishes.is_debug)
    except StoreError as error:
        return _refuse_to_start(app, wishes, error)
    hooks = CrashHooks(paths.logs_dir)
    instance = SingleInstance(paths.lock_file)
    try:
        if not instance.acquire():
            return _leave_to_first(instance, wishes)
        return _run_alone(app, hooks, instance, paths, wishes)
    finally:
        instance.release()
        hooks.remove()
        log.close()


def paths_for(wishes: Wishes) -> Paths:
    """Where this run keeps its files; the demonstration has a place of its own."""
    if wishes.data_dir is not None:
        return Paths.below(wishes.data_dir)
    standard = Paths.standard()
    return Paths.below(standard.database.parent / DEMO_FOLDER) if wishes.is_demo else standard


def _run_alone(app: QApplication, hooks: CrashHooks, instance: SingleInstance, paths: Paths, wishes: Wishes) -> int:
    settings_file = JsonSettingsFile(paths.settings)
    stored, problems = settings_file.read()
    overrides = _overrides(wishes)
    settings = replace(stored, **overrides)
    look = Look(app, resources_dir() / "themes", settings.theme)
    window = _show_window(look, settings, wishes)
    quit_signals = QuitSignals(window.quit_now)
    try:
        outfit = _load_beside(app, window, wishes)
        from desktop_chat.program import Program

        program = Program(outfit, window, instance, paths, settings_file, wishes)
        return program.run(hooks, stored, problems, overrides)
    finally:
        quit_signals.close()


def _overrides(wishes: Wishes) -> dict[str, Any]:
    """The settings that the command line replaces for this run."""
    wanted = {"theme": wishes.theme, "model": wishes.model, "base_url": wishes.base_url}
    return {name: value for name, value in wanted.items() if value is not None}


def _show_window(look: Look, settings: Settings, wishes: Wishes) -> MainWindow:
    window = MainWindow(look, settings)
    if wishes.size_px is not None:
        window.resize(*wishes.size_px)
    window.first_painted.connect(lambda: milestone("first_painted"))
    window.show()
    return window


def _load_beside(app: QApplication, window: MainWindow, wishes: Wishes) -> Outfit:
    """Load the second half in a thread, from the first paint on, while the window takes keys and clicks."""
    made: list[Outfit] = []

    def load() -> None:
        from desktop_chat.program import load_outfit

        made.append(load_outfit(wishes))

    loading = Loading(load)
    loading.finished.connect(app.exit)
    window.first_painted.connect(loading.start)
    while not loading.is_done:
        # The desktop may ask to quit in this moment, too: that waits until there is something to close in order.
        app.exec()
    if loading.error is not None:
        raise loading.error
    milestone("loaded")
    return made[0]


def _make_application() -> QApplication:
    QApplication.setApplicationName("desktop-chat")
    QApplication.setApplicationDisplayName("Desktop Chat")
    QApplication.setApplicationVersion(__version__)
    QApplication.setDesktopFileName("desktop-chat")
    # The last window closing is not the end: running replies are stored first.
    QApplication.setQuitOnLastWindowClosed(False)
    app = QApplication(["desktop-chat"])
    app.setWindowIcon(QIcon(str(resource_path("icons/app.svg"))))
    return app


def _has_screen(wishes: Wishes) -> bool:
    """Whether a window can be shown; a run that needs nobody to look at it goes without a screen."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return True
    if wishes.is_once:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    return wishes.is_once


def _leave_to_first(instance: SingleInstance, wishes: Wishes) -> int:
    if wishes.is_once or wishes.screenshot is not None:
        return _say("it already runs with this data directory. Close it first, or choose another --data-dir.")
    if not instance.call_first(wishes.ask):
        return _say("it already runs with this data directory, but does not answer.")
    return ExitCode.GOOD


def _refuse_to_start(app: QApplication, wishes: Wishes, error: StoreError) -> int:
    """Say in the terminal and, unless nobody is looking, in a window why there is no start."""
    code = _say(f"{error.title} {error.detail}")
    if not wishes.is_once and QGuiApplication.platformName() != "offscreen":
        # The palette and the style sheet of the window are wanted here, too.
        Look(app, resources_dir() / "themes", wishes.theme or Theme.SYSTEM)
        dialog = FailureDialog(error.failure())
        dialog.finished.connect(lambda _result: app.exit())
        dialog.open()
        app.exec()
    return code


def _say(sentence: str) -> int:
    if sys.stderr is not None:
        sys.stderr.write(f"desktop-chat: {sentence}\n")
    return ExitCode.FAILED
