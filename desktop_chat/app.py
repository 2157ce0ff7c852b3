"""The start: puts the window on the screen with Qt alone, then lets `program` take over under a qasync loop.

A person waits for the first paint, so little is imported before it: the widgets and the layers below them come
afterwards, in a thread, while the window already takes keys.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from desktop_chat import __version__
from desktop_chat.application import Application
from desktop_chat.cli import ExitCode, Wishes
from desktop_chat.core.errors import StoreError
from desktop_chat.core.settings import Theme
from desktop_chat.milestones import milestone
from desktop_chat.paths import Paths
from desktop_chat.resources import resource_path, resources_dir
from desktop_chat.single_instance import SingleInstance
from desktop_chat.store.settings_file import JsonSettingsFile
from desktop_chat.ui.main_window import MainWindow
from desktop_chat.ui.theme import Look

if TYPE_CHECKING:
    from desktop_chat.crash import CrashHooks
    from desktop_chat.log import Log
    from desktop_chat.outfit import Outfit
    from desktop_chat.quit_signals import QuitSignals

DEMO_FOLDER: Final = "demo"
PAINT_WAIT_MS: Final = 2_000
PLATFORM_VARIABLE = "QT_QPA_PLATFORM"
OFFSCREEN = "offscreen"


def run(wishes: Wishes) -> int:
    """Run the program with a window until it is closed; gives the exit code."""
    app = _make_application(wishes)
    if app is None:
        return _say("there is no display. Set DISPLAY, or QT_QPA_PLATFORM=offscreen to run without a window.")
    paths = paths_for(wishes)
    try:
        paths.make()
        instance = SingleInstance(paths.lock_file)
        is_first = instance.acquire()
    except StoreError as error:
        return _refuse_to_start(app, wishes, error)
    if not is_first:
        return _leave_to_first(app, instance, wishes)
    try:
        return _run_alone(app, instance, paths, wishes)
    finally:
        instance.release()


def paths_for(wishes: Wishes) -> Paths:
    """Where this run keeps its files; the demonstration has a place of its own."""
    if wishes.data_dir is not None:
        return Paths.below(wishes.data_dir)
    standard = Paths.standard()
    return Paths.below(standard.database.parent / DEMO_FOLDER) if wishes.is_demo else standard


def _run_alone(app: QApplication, instance: SingleInstance, paths: Paths, wishes: Wishes) -> int:
    settings_file = JsonSettingsFile(paths.settings)
    stored, problems = settings_file.read()
    overrides = _overrides(wishes)
    settings = replace(stored, **overrides)
    look = Look(app, resources_dir() / "themes", settings.theme)
    window = MainWindow(look, settings)
    painted_at = _show(app, window, wishes)
    # The window stands; from here on nobody waits for a picture.
    log, hooks = _watch(paths, wishes)
    from desktop_chat.showing_mark import ShowingMark

    showing = ShowingMark(paths.logs_dir, hooks)
    milestone("first_painted", painted_at)
    from PySide6.QtGui import QIcon

    app.setWindowIcon(QIcon(str(resource_path("icons/app.svg"))))
    quit_signals = _quit_signals(window)
    try:
        outfit = _load_rest(window, wishes)
        from desktop_chat.program import Program, SettingsAtStart

        program = Program(outfit, window, instance, paths, settings_file, wishes, showing)
        code = program.run(hooks, SettingsAtStart(stored, problems, overrides))
    finally:
        quit_signals.close()
        showing.close()
        hooks.remove()
        log.close()
    if program.is_restart_wanted:
        from desktop_chat.restart import restart

        # The next one wants the lock.
        instance.release()
        return restart()
    return code


def _overrides(wishes: Wishes) -> dict[str, Any]:
    """The settings that the command line replaces for this run."""
    wanted = {"theme": wishes.theme, "model": wishes.model, "base_url": wishes.base_url}
    return {name: value for name, value in wanted.items() if value is not None}


def _show(app: QApplication, window: MainWindow, wishes: Wishes) -> float:
    """Put the window on the screen, and tell when it was painted first, on the monotonic clock."""
    if wishes.size_px is not None:
        window.resize(*wishes.size_px)
    window.first_painted.connect(app.exit)
    # A window that comes up hidden or minimised is not painted; the program starts all the same.
    patience = QTimer()
    patience.timeout.connect(app.exit)
    patience.start(PAINT_WAIT_MS)
    window.show()
    app.exec()
    patience.stop()
    return time.monotonic()


def _watch(paths: Paths, wishes: Wishes) -> tuple[Log, CrashHooks]:
    """Start the log, and have bugs written to it."""
    from desktop_chat.crash import CrashHooks
    from desktop_chat.log import Log

    return Log(paths.logs_dir, is_debug=wishes.is_debug), CrashHooks(paths.logs_dir)


def _quit_signals(window: MainWindow) -> QuitSignals:
    from desktop_chat.quit_signals import QuitSignals

    return QuitSignals(window.quit_now)


def _load_rest(window: MainWindow, wishes: Wishes) -> Outfit:
    """Load what is not on the screen yet: first the widgets, then the layers below them."""
    from desktop_chat.loading import Loading

    Loading(_load_widgets).run()
    window.furnish()
    milestone("furnished")
    made: list[Outfit] = []

    def load() -> None:
        import desktop_chat.program
        import desktop_chat.ui.transcript.view  # noqa: F401
        from desktop_chat.outfit import load_outfit

        made.append(load_outfit(wishes))

    Loading(load).run()
    from desktop_chat.housekeeping import Housekeeping

    Housekeeping(window)
    milestone("loaded")
    return made[0]


def _load_widgets() -> None:
    import desktop_chat.ui.dialogs
    import desktop_chat.ui.sidebar
    import desktop_chat.ui.tab_deck  # noqa: F401


def _make_application(wishes: Wishes) -> QApplication | None:
    """Make the application; None when there is no display for its window, although somebody wants to look at it."""
    QApplication.setApplicationName("desktop-chat")
    QApplication.setApplicationDisplayName("Desktop Chat")
    QApplication.setApplicationVersion(__version__)
    QApplication.setDesktopFileName("desktop-chat")
    # The last window closing is not the end: running replies are stored first.
    QApplication.setQuitOnLastWindowClosed(False)
    is_choice_ours = sys.platform.startswith("linux") and not os.environ.get(PLATFORM_VARIABLE)
    if is_choice_ours:
        if not wishes.is_once and not _display_platforms():
            return None
        # Qt aborts the process when none of its platforms can start; the last one always can.
        os.environ[PLATFORM_VARIABLE] = ";".join([*_display_platforms(), OFFSCREEN])
    app = Application(["desktop-chat"])
    if is_choice_ours:
        # Not for the programs that we start, such as the browser.
        del os.environ[PLATFORM_VARIABLE]
        if QGuiApplication.platformName() == OFFSCREEN and not wishes.is_once:
            return None
    return app


def _display_platforms() -> list[str]:
    """The platforms of Qt that may find a display here, in the order in which Qt itself tries them."""
    names = {"wayland": "WAYLAND_DISPLAY", "xcb": "DISPLAY"}
    return [platform for platform, variable in names.items() if os.environ.get(variable)]


def _leave_to_first(app: QApplication, instance: SingleInstance, wishes: Wishes) -> int:
    if wishes.is_once or wishes.screenshot is not None or wishes.network is not None:
        return _say("it already runs with this data directory. Close it first, or choose another --data-dir.")
    if not instance.call_first(wishes.ask):
        return _refuse_to_start(app, wishes, instance.no_answer())
    return ExitCode.GOOD


def _refuse_to_start(app: QApplication, wishes: Wishes, error: StoreError) -> int:
    """Say in the terminal and, unless nobody is looking, in a window why there is no start."""
    code = _say(f"{error.title} {error.detail}")
    if not wishes.is_once and QGuiApplication.platformName() != OFFSCREEN:
        from desktop_chat.ui.failure_dialog import FailureDialog

        # The palette and the style sheet of the window are wanted here, too.
        Look(app, resources_dir() / "themes", wishes.theme or Theme.SYSTEM).dress()
        dialog = FailureDialog(error.failure())
        dialog.finished.connect(lambda _result: app.exit())
        dialog.open()
        app.exec()
    return code


def _say(sentence: str) -> int:
    if sys.stderr is not None:
        sys.stderr.write(f"desktop-chat: {sentence}\n")
    return ExitCode.FAILED
