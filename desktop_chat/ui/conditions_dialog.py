"""*Network conditions ▸ Custom*: every number by itself, with its unit and its range. Opened with `open()`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from desktop_chat.core.conditions_text import text_of
from desktop_chat.core.network_conditions import LIMITS, NetworkConditions
from desktop_chat.ui.plain_tip import plain_tip
from desktop_chat.ui.return_key import ReturnPresses
from desktop_chat.ui.roles import set_role
from desktop_chat.ui.setting_fields import SPIN_INDENT_PX

_COLUMNS: Final = 3
_COLUMN_PX: Final = 212
_MARGIN_PX: Final = 24


@dataclass(frozen=True, slots=True)
class _Number:
    """One number of the conditions as it is shown: so many of its unit make `per_shown` times as many of its own."""

    name: str
    label: str
    unit: str
    per_shown: float = 1
    least: int = 0
    nothing: str = ""
    """What stands for None; empty where there is always a number."""
    needs: str = ""
    """Name of another one without which it means nothing."""

    @property
    def greatest(self) -> int:
        return round(LIMITS[self.name] / self.per_shown)

    def shown(self, value: float | None) -> int:
        return self.least - 1 if value is None else round(value / self.per_shown)

    def value(self, shown: int) -> float | None:
        if shown < self.least:
            return None
        value = round(shown * self.per_shown, 6)
        return value if self.per_shown < 1 or self.unit == "s" else int(value)


_STATUS: Final = "fail_status"
_ROWS: Final[tuple[tuple[_Number | str, ...], ...]] = (
    (
        _Number("latency_s", "Latency", "ms", 0.001),
        _Number("jitter_s", "Jitter, at most", "ms", 0.001),
        _Number("bytes_per_s", "Speed", "kB/s", 1_000, 1, "as it is"),
    ),
    (
        _Number("cut_after_bytes", "Line lost after", "kB", 1_000, 0, "never"),
        _Number("stall_after_bytes", "Silent after", "kB", 1_000, 0, "never"),
        _Number("stall_s", "Silent for", "s", 1, 1, "ever", "stall_after_bytes"),
    ),
    (
        _STATUS,
        _Number("fail_count", "Failing in a row", "requests", 1, 1, "all requests", _STATUS),
        _Number("retry_after_s", "429 asks to wait", "s", needs=_STATUS),
    ),
    (
        _Number("error_after_events", "Overloaded after", "events", 1, 1, "never"),
        _Number("malformed_after_events", "Broken event after", "events", 1, 1, "never"),
    ),
    (
        _Number("share", "Replies concerned", "%", 0.01),
        _Number("spread", "Numbers vary by", "%", 0.01),
        _Number("seed", "Seed", ""),
    ),
)
_ANSWERS: Final = (
    (None, "as the server does"),
    (429, "429 quota used up"),
    (500, "500 server error"),
    (529, "529 overloaded"),
)


class ConditionsDialog(QDialog):
    """Begins with the conditions that hold; what is not touched stays exactly as it was."""

    chosen = Signal(object)
    """NetworkConditions."""

    def __init__(self, current: NetworkConditions | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ReturnPresses(self)
        self._begun_with = current or NetworkConditions()
        self._spins: dict[_Number, QSpinBox] = {}
        self._answer = _answer_box()
        self.setWindowTitle("Network conditions")
        # These are made without a parent: the keyboard comes to them where they stand.
        self._command = QLineEdit()
        self._command.setReadOnly(True)
        self._command.setPlaceholderText("Nothing is worse yet.")
        self._command.setAccessibleName("The same on the command line")
        self._copy = QPushButton("Copy")
        self._copy.setAccessibleName("Copy the command line")
        self._copy.setAutoDefault(False)
        self._copy.clicked.connect(self._copy_command)
        self._turn_on = QPushButton("Turn on" if current is None else "Apply")
        set_role(self._turn_on, "primary")
        self._turn_on.setDefault(True)
        self._turn_on.clicked.connect(self.accept)
        self._arrange()
        self._answer.setCurrentIndex([status for status, _ in _ANSWERS].index(self._begun_with.fail_status))
        self._answer.currentIndexChanged.connect(self._follow)
        for number, spin in self._spins.items():
            spin.setValue(number.shown(getattr(self._begun_with, number.name)))
            spin.valueChanged.connect(self._follow)
        self.accepted.connect(lambda: self.chosen.emit(self.conditions()))
        self._follow()

    def conditions(self) -> NetworkConditions:
        """What the fields say."""
        values: dict[str, Any] = {_STATUS: _ANSWERS[self._answer.currentIndex()][0]}
        for number, spin in self._spins.items():
            before = getattr(self._begun_with, number.name)
            values[number.name] = before if spin.value() == number.shown(before) else number.value(spin.value())
        for number in self._spins:
            if number.nothing and number.needs and values[number.needs] is None:
                values[number.name] = None
        return NetworkConditions(**values)

    def open(self) -> None:
        """Show the dialog; what is typed takes the place of the first number."""
        super().open()
        first = next(iter(self._spins.values()))
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        first.selectAll()

    def _arrange(self) -> None:
        lead = QLabel("Makes the line of this tab worse on purpose, until it is turned off or the program ends.", self)
        set_role(lead, "dim")
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(14)
        for row, fields in enumerate(_ROWS):
            for place, field in enumerate(fields):
                grid.addLayout(self._status_block() if isinstance(field, str) else self._block(field), row, place)
        for place in range(_COLUMNS):
            grid.setColumnMinimumWidth(place, _COLUMN_PX)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._command, 1)
        line.addWidget(self._copy)
        cancel = QPushButton("Cancel")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self._turn_on)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN_PX, 20, _MARGIN_PX, 20)
        column.setSpacing(16)
        column.addWidget(lead)
        column.addLayout(grid)
        column.addLayout(line)
        column.addLayout(buttons)

    def _block(self, number: _Number) -> QVBoxLayout:
        spin = self._spins[number] = QSpinBox()
        spin.setRange(number.least - 1 if number.nothing else number.least, number.greatest)
        spin.setSpecialValueText(number.nothing)
        spin.setSuffix(f" {number.unit}" if number.unit else "")
        spin.setGroupSeparatorShown(True)
        spin.lineEdit().setTextMargins(SPIN_INDENT_PX, 0, 0, 0)
        bounds = f"{number.least:,} to {number.greatest:,}"
        spin.setAccessibleName(number.label)
        spin.setAccessibleDescription(f"{bounds} {number.unit}".strip())
        return _block(number.label, bounds, spin)

    def _status_block(self) -> QVBoxLayout:
        self._answer.setAccessibleName("Answer")
        return _block("Answer", "", self._answer)

    def _follow(self) -> None:
        conditions = self.conditions()
        for number, spin in self._spins.items():
            spin.setEnabled(not number.needs or getattr(conditions, number.needs) is not None)
        for button in (self._turn_on, self._copy):
            button.setEnabled(conditions.has_effect)
        command = f"--network {text_of(conditions)}" if conditions.has_effect else ""
        if command != self._command.text():
            self._command.setText(command)
            self._command.setCursorPosition(0)
            self._command.setToolTip(plain_tip(command))

    def _copy_command(self) -> None:
        QGuiApplication.clipboard().setText(self._command.text())
        # What was copied is to be seen; it says so without a word.
        self._command.selectAll()


def _answer_box() -> QComboBox:
    box = QComboBox()
    # The combo's own delegate does not know the style sheet's items.
    box.setItemDelegate(QStyledItemDelegate(box))
    box.addItems([words for _, words in _ANSWERS])
    return box


def _block(label: str, bounds: str, editor: QWidget) -> QVBoxLayout:
    name, range_words = QLabel(label), QLabel(bounds)
    name.setBuddy(editor)
    set_role(range_words, "tiny")
    head = QHBoxLayout()
    head.addWidget(name)
    head.addWidget(range_words, 1, Qt.AlignmentFlag.AlignRight)
    column = QVBoxLayout()
    column.setSpacing(4)
    column.addLayout(head)
    column.addWidget(editor)
    return column
