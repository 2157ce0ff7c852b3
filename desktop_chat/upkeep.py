"""Looks after the history while the program runs: a check after an unclean end, a copy every week, putting one back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, QTimer

from desktop_chat.chat.ports import StoreCare
from desktop_chat.chat.tasks import Tasks
from desktop_chat.core.backups import BackupCopy
from desktop_chat.core.errors import StoreCorrupt, StoreError
from desktop_chat.ui.main_window import MainWindow

if TYPE_CHECKING:
    from desktop_chat.ui.restore_dialog import RestoreDialog

log = logging.getLogger(__name__)

CHECK_AFTER_MS: Final = 5_000
"""The start is over by then, for the reader and for the disk."""

FIRST_COPY_AFTER_MS: Final = 60_000
COPY_AGAIN_MS: Final = 6 * 3_600_000
"""A program that runs for weeks has its copies too; whether one is due is a look at a folder."""

BUSY_AGAIN_MS: Final = 60_000


class Upkeep(QObject):
    """Nothing of it happens before the start is over, and no copy is made while a reply is being written."""

    def __init__(
        self,
        window: MainWindow,
        care: StoreCare,
        tasks: Tasks,
        busy_count: Callable[[], int],
        on_restart: Callable[[], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._care = care
        self._tasks = tasks
        self._busy_count = busy_count
        self._on_restart = on_restart
        self._restoring: RestoreDialog | None = None
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._clock.timeout.connect(self.back_up)
        window.restore_requested.connect(lambda: tasks.spawn(self._open_restore(), "show the copies"))
        window.repair_requested.connect(self._ask_for_repair)

    def begin(self) -> None:
        """Start the clocks, once the window is filled."""
        if self._care.was_cut_off:
            QTimer.singleShot(CHECK_AFTER_MS, self, self.check)
        self._clock.start(FIRST_COPY_AFTER_MS)

    def close(self) -> None:
        """Begin nothing any more."""
        self._clock.stop()

    # --- in the background

    def check(self) -> None:
        """Look through the whole file; damage is told in the banner."""
        self._tasks.spawn(self._check(), "check the history")

    async def _check(self) -> None:
        try:
            found = await self._care.find_damage()
        except StoreCorrupt as error:
            found = str(error)
        except StoreError as error:
            log.info("the history could not be checked: %s", error)
            return
        if not found:
            log.info("the program had not ended in order; the history is sound")
            return
        log.error("the history has damaged parts: %s", found)
        damaged = StoreCorrupt(
            "The history file has damaged parts.", "Repair it soon: more might be lost when it is written to."
        )
        self._window.show_store_failure(damaged.failure())

    def back_up(self) -> None:
        """Make the copy of this week if it is due, unless a reply is being written."""
        if self._busy_count():
            self._clock.start(BUSY_AGAIN_MS)
            return
        self._tasks.spawn(self._back_up(), "copy the history")
        self._clock.start(COPY_AGAIN_MS)

    async def _back_up(self) -> None:
        try:
            await self._care.back_up_weekly()
        except StoreError as error:
            # The next look may have more luck, and nobody is kept from anything.
            log.info("no copy of the history was made: %s", error)

    # --- for the reader

    def _ask_for_repair(self) -> None:
        from desktop_chat.ui.restart_dialog import RestartDialog

        dialog = RestartDialog(self._busy_count(), self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.restart_confirmed.connect(lambda: self._tasks.spawn(self._restart_to_repair(), "restart to repair"))
        dialog.open()

    async def _restart_to_repair(self) -> None:
        try:
            await self._care.ask_for_repair()
        except StoreError as error:
            self._window.show_store_failure(error.failure())
            return
        self._on_restart()

    async def _open_restore(self) -> None:
        if self._restoring is not None:
            return
        from desktop_chat.ui.restore_dialog import RestoreDialog

        dialog = self._restoring = RestoreDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self._forget)
        dialog.restore_requested.connect(lambda copy: self._tasks.spawn(self._arrange(copy), "lay a copy ready"))
        dialog.drop_requested.connect(lambda: self._tasks.spawn(self._drop(), "keep today's state"))
        dialog.restart_requested.connect(self._on_restart)
        await self._show(dialog)
        dialog.open()

    def _forget(self) -> None:
        self._restoring = None

    async def _show(self, dialog: RestoreDialog) -> None:
        try:
            dialog.show_copies(await self._care.copies())
            if await self._care.is_arranged():
                dialog.show_arranged(self._busy_count())
        except StoreError as error:
            dialog.show_failure(error.failure())

    async def _arrange(self, copy: BackupCopy) -> None:
        if self._restoring is not None:
            self._restoring.show_busy()
        try:
            await self._care.arrange(copy)
        except StoreError as error:
            if self._restoring is not None:
                self._restoring.show_failure(error.failure())
            return
        log.info("at the next start this copy takes the place of the history: %s", copy.path)
        if self._restoring is not None:
            self._restoring.show_arranged(self._busy_count())

    async def _drop(self) -> None:
        try:
            await self._care.drop_arranged()
        except StoreError as error:
            if self._restoring is not None:
                self._restoring.show_failure(error.failure())
            return
        if self._restoring is not None:
            await self._show(self._restoring)
