"""The whole window over a real store, at rest after its start, and a click in its sidebar."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop_chat.chat.library import Library
from desktop_chat.chat.surroundings import Surroundings
from desktop_chat.core.settings import Settings, Theme
from desktop_chat.housekeeping import Housekeeping
from desktop_chat.paths import Paths
from desktop_chat.resources import resources_dir
from desktop_chat.store.store import Store, open_store
from desktop_chat.ui.main_window import MainWindow
from desktop_chat.ui.theme import Look
from tests.chat.desk import CATALOG, Desk


def store_below(folder: Path) -> Store:
    """The store of a folder, not opened yet."""
    paths = Paths.below(folder)
    paths.make()
    return open_store(paths.database, paths.backups_dir)


async def a_while(is_over: Callable[[], bool]) -> None:
    """Let the loop run; nothing tells by itself that something was painted."""
    while not is_over():  # noqa: ASYNC110
        # Without a rest this loop would keep the store's thread from working.
        await asyncio.sleep(0.001)


class WatchedWindow(MainWindow):
    """The program's window, which knows when something painted was handed to the screen last."""

    flushed_s = 0.0

    def event(self, event: QEvent) -> bool:
        is_done = super().event(event)
        # Qt paints what is dirty and flushes the backing store while it handles this event.
        if event.type() == QEvent.Type.UpdateRequest:
            self.flushed_s = time.perf_counter()
        return is_done


async def open_by_click(app: QApplication, folder: Path, conversation_id: str) -> tuple[float, float]:
    """Click a stored conversation in a window with a blank tab.

    Units:   milliseconds from the click until its end was handed to the screen, in all its colours, and until all of it
             is read, too.
    """
    store, chat = store_below(folder), Desk()
    surroundings = Surroundings(
        store, chat.api, chat.keys, chat.preferences, chat.keeper, chat.tasks, chat.network, chat.recorder
    )
    library = Library(surroundings, await store.start())
    look = Look(app, resources_dir() / "themes", Theme.LIGHT)
    window = WatchedWindow(look, Settings(theme=Theme.LIGHT))
    window.show()
    window.furnish()
    housekeeping = Housekeeping(window)
    window.attach(library, chat.preferences, chat.keys, (), catalog=CATALOG, network=chat.network)
    await a_while(lambda: window.deck.pages._spare.is_ready)
    housekeeping.look()
    painted_ms, all_ms = await _click(window, library, conversation_id)
    window.hide()
    window.deleteLater()
    look.deleteLater()
    await chat.close()
    await store.close()
    return painted_ms, all_ms


async def _click(window: WatchedWindow, library: Library, conversation_id: str) -> tuple[float, float]:
    history = window.sidebar.history
    spot = history.visualRect(history.rows.index_of(conversation_id)).center()
    began_s = time.perf_counter()
    QTest.mouseClick(history.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    view = window.deck.page()._transcript_of()
    session = library.session(conversation_id)
    await a_while(lambda: len(view._page.rows) > 0 and view.is_painted_up_to_date and window.flushed_s > began_s)
    painted_ms = (window.flushed_s - began_s) * 1000
    await a_while(lambda: session.is_loaded and view.is_painted_up_to_date)
    return painted_ms, (time.perf_counter() - began_s) * 1000
