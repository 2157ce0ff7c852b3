"""Why the program cannot start, in words, with what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from desktop_chat.core.failure import Failure
from desktop_chat.ui.dialog_parts import MARGIN_PX, WIDTH_PX, quiet_button
from desktop_chat.ui.plain_label import let_select, plain_label
from desktop_chat.ui.return_key import ReturnPresses
from desktop_chat.ui.roles import set_role


class FailureDialog(QDialog):
    """Shown with `open`, over the empty window or alone; closing it in any way but by a choice means to quit."""

    quit_chosen = Signal()
    repair_chosen = Signal()
    """The reader wants as much as can be saved; the dialog stays and shows how far it is."""
    restore_chosen = Signal()
    anew_chosen = Signal()
    """The reader wants to go on with an empty history; the file that cannot be used is kept beside it."""

    def __init__(self, failure: Failure, *, may_repair: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ReturnPresses(self)
        self.setWindowTitle("Desktop Chat")
        self._may_repair = may_repair
        self._title = plain_label(role="title", parent=self)
        self._detail = plain_label(parent=self)
        let_select(self._detail)
        self._offer = plain_label(role="dim", parent=self)
        self._progress = QProgressBar(self)
        self._progress.setRange(0, 100)
        self._progress.setAccessibleName("Progress of the repair")
        self._quit = QPushButton("Quit", self)
        self._quit.clicked.connect(self.reject)
        self._anew = quiet_button("Start empty", self.anew_chosen, self)
        self._restore = quiet_button("Restore a backup…", self.restore_chosen, self)
        self._repair = quiet_button("Repair", self.repair_chosen, self)
        set_role(self._repair, "primary")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._quit)
        buttons.addStretch(1)
        for button in (self._anew, self._restore, self._repair):
            button.setVisible(may_repair)
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX)
        column.setSpacing(12)
        for widget in (self._title, self._detail, self._offer, self._progress):
            widget.setFixedWidth(WIDTH_PX)
            column.addWidget(widget)
        column.addSpacing(8)
        column.addLayout(buttons)
        self.rejected.connect(self.quit_chosen)
        self.show_failure(failure)

    def show_failure(self, failure: Failure) -> None:
        """Say what went wrong, and offer the choices (again)."""
        self._title.setText(failure.title)
        self._detail.setText(failure.detail)
        self._offer.setText(
            "Repair reads all that can still be read into a new file. Whatever you choose, the damaged file is kept."
        )
        self._offer.setVisible(self._may_repair)
        self._progress.setVisible(False)
        self._let_choose(True)
        first = self._repair if self._may_repair else self._quit
        first.setDefault(True)
        first.setFocus()

    def show_progress(self, share: float) -> None:
        """Say that the repair runs, and how far it is."""
        self._title.setText("Repairing …")
        self._detail.setText("All that can be read of the damaged file is written into a new one.")
        self._offer.setVisible(False)
        self._progress.setVisible(True)
        self._progress.setValue(round(share * 100))
        self._let_choose(False)

    def _let_choose(self, may_choose: bool) -> None:
        for button in (self._repair, self._restore, self._anew):
            button.setEnabled(may_choose)
