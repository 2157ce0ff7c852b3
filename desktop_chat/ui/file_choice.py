"""The dialog in which files are chosen that go out with a question."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_chat.ui.brought import BroughtFiles

TITLE: Final = "Attach files"
FILTERS: Final = (
    "What can be attached (*.png *.jpg *.jpeg *.gif *.webp *.pdf *.txt *.md *.csv *.tsv *.json *.xml *.html *.css"
    " *.yaml *.yml *.toml *.ini *.log *.tex *.sql *.sh *.py *.js *.ts *.tsx *.jsx *.java *.kt *.c *.h *.cpp *.hpp"
    " *.cs *.go *.rs *.rb *.php *.swift *.r *.diff *.patch)",
    "All files (*)",
)
"""Any text can be attached, whatever its name: the second one is for those."""


class FileChoice(QObject):
    """Opens one dialog at a time, in the folder where the last file was found."""

    def __init__(self, window: QWidget, attach: Callable[[BroughtFiles], None]) -> None:
        super().__init__(window)
        self._window = window
        self._attach = attach
        self._folder = ""

    def open(self) -> None:
        """Ask for files; they are attached in the tab that is in view when they have been chosen."""
        folder = self._folder or QStandardPaths.writableLocation(QStandardPaths.StandardLocation.HomeLocation)
        dialog = QFileDialog(self._window, TITLE, folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptOpen)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters(FILTERS)
        dialog.setOption(QFileDialog.Option.HideNameFilterDetails)
        dialog.setOption(QFileDialog.Option.ReadOnly)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, "Attach")
        dialog.filesSelected.connect(self._take)
        dialog.open()

    def _take(self, paths: list[str]) -> None:
        if paths:
            self._folder = str(Path(paths[0]).parent)
            self._attach(BroughtFiles(tuple(Path(path) for path in paths)))
