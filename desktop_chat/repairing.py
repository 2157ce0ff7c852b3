"""What the reader can do about a history that cannot be opened: repair it, put a copy back, start empty, or quit."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog

from desktop_chat.chat.ports import StoreCare
from desktop_chat.chat.tasks import Tasks
from desktop_chat.core.backups import BackupCopy
from desktop_chat.core.errors import StoreCorrupt, StoreError
from desktop_chat.ui.failure_dialog import FailureDialog
from desktop_chat.ui.main_window import MainWindow

log = logging.getLogger(__name__)


class Repairing(QObject):
    """One dialog over the empty window; it stays until the history can be opened, or the reader quits.

    Whatever is chosen, the damaged file stays.
    """

    def __init__(
        self,
        window: MainWindow,
        care: StoreCare,
        tasks: Tasks,
        start_again: Callable[[], Awaitable[bool]],
        on_quit: Callable[[], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._care = care
        self._tasks = tasks
        self._start_again = start_again
        self._on_quit = on_quit
        self._dialog: FailureDialog | None = None

    def offer(self, error: StoreError) -> None:
        """Say why there is no start, and what can be done."""
        dialog = self._dialog = FailureDialog(
            error.failure(), may_repair=isinstance(error, StoreCorrupt), parent=self._window
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self._forget)
        dialog.quit_chosen.connect(self._on_quit)
        dialog.repair_chosen.connect(lambda: self._tasks.spawn(self._repair(), "repair the history"))
        dialog.restore_chosen.connect(lambda: self._tasks.spawn(self._show_copies(), "show the copies"))
        dialog.anew_chosen.connect(lambda: self._tasks.spawn(self._start_anew(), "start with an empty history"))
        dialog.open()

    def _forget(self) -> None:
        self._dialog = None

    def _close_dialog(self) -> None:
        if self._dialog is not None:
            self._dialog.done(QDialog.DialogCode.Accepted)

    async def _repair(self) -> None:
        self._show_progress(0.0)
        try:
            report = await self._care.repair(self._show_progress)
        except StoreError as error:
            self._show_failure(error)
            return
        log.warning("the history was repaired: %s", report)
        self._close_dialog()
        if await self._start_again():
            from desktop_chat.ui.repair_report import RepairReport

            told = RepairReport(report, self._window)
            told.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            told.open()

    def _show_progress(self, share: float) -> None:
        if self._dialog is not None:
            self._dialog.show_progress(share)

    def _show_failure(self, error: StoreError) -> None:
        log.error("the history could not be put right: %s", error)
        if self._dialog is not None:
            self._dialog.show_failure(error.failure())

    async def _show_copies(self) -> None:
        from desktop_chat.ui.restore_dialog import RestoreDialog

        try:
            copies = await self._care.copies()
        except StoreError as error:
            self._show_failure(error)
            return
        if self._dialog is None:
            return
        dialog = RestoreDialog(self._dialog, is_damaged=True)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show_copies(copies)

        async def restore(copy: BackupCopy) -> None:
            dialog.show_busy()
            try:
                await self._care.arrange(copy)
                kept = await self._care.set_aside()
            except StoreError as error:
                dialog.show_failure(error.failure())
                return
            dialog.accept()
            await self._go_on(f"A copy is in use now. The damaged file is kept as {kept}.")

        dialog.restore_requested.connect(lambda copy: self._tasks.spawn(restore(copy), "put a copy back"))
        dialog.open()

    async def _start_anew(self) -> None:
        try:
            kept = await self._care.set_aside()
        except StoreError as error:
            self._show_failure(error)
            return
        log.warning("the damaged database is kept as %s", kept)
        await self._go_on(f"The history starts anew. The damaged file is kept as {kept}.")

    async def _go_on(self, sentence: str) -> None:
        self._close_dialog()
        if await self._start_again():
            self._window.show_problem(sentence)
