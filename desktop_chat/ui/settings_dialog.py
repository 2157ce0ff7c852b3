"""The settings dialog: built from the options of `core.settings`; every change holds at once. Opened with `open()`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_chat.core.models import ModelInfo
from desktop_chat.core.settings import GROUPS, Option, Settings, options
from desktop_chat.ui.icons import icon
from desktop_chat.ui.placement import bounded_by_screen
from desktop_chat.ui.plain_label import let_select, plain_label
from desktop_chat.ui.return_key import ReturnPresses
from desktop_chat.ui.roles import set_role
from desktop_chat.ui.setting_fields import WIDE, ModelField, field_for
from desktop_chat.ui.theme import Look

SIZE_PX: Final = QSize(600, 680)
RESET_PX: Final = 28
SCROLL_BAR_PX: Final = 10
"""As wide as `base.qss` has it; part of the margin, so that fields and buttons end in one line."""

UNENCRYPTED: Final = (
    "Not encrypted: everything you send, the key too, can be read and changed on the way. Use https:// if the server "
    "has it."
)

_DEFAULTS: Final = Settings()


class SettingsDialog(QDialog):
    """Shows all settings by group and hands each change on as it is made."""

    change_requested = Signal(str, object)
    """Name of the setting and its new value."""
    key_requested = Signal()

    def __init__(
        self,
        look: Look,
        settings: Settings,
        models: tuple[ModelInfo, ...],
        data_dir: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        ReturnPresses(self)
        self._settings = settings
        self.setWindowTitle("Settings")
        self.resize(bounded_by_screen(self, SIZE_PX))
        model_ids = _ids_of(models)
        self.rows = {name: SettingRow(look, name, option, model_ids, self) for name, option in options().items()}
        for name, row in self.rows.items():
            row.edited.connect(lambda value, name=name: self._take(name, value))
        self._key = QPushButton("API key…", self)
        self._key.clicked.connect(self.key_requested)
        self._arrange(data_dir)
        self.show_settings(settings)

    def show_settings(self, settings: Settings) -> None:
        """Show the settings as they are now; a field that is being typed into is left alone."""
        self._settings = settings
        for name, row in self.rows.items():
            row.show_value(getattr(settings, name))
        self.rows["base_url"].show_warning(UNENCRYPTED if settings.profile().is_unencrypted else "")

    def show_models(self, models: tuple[ModelInfo, ...]) -> None:
        """Offer these models from now on."""
        for row in self.rows.values():
            if isinstance(row.field, ModelField):
                row.field.offer(_ids_of(models))

    def hideEvent(self, event: QHideEvent) -> None:
        for row in self.rows.values():
            row.field.finish()
        super().hideEvent(event)

    def _take(self, name: str, value: object) -> None:
        """Hand a change on, unless the server's address would be none any more."""
        row = self.rows[name]
        changes: dict[str, Any] = {name: value}
        try:
            replace(self._settings, **changes).profile()
        except ValueError as problem:
            row.show_problem(str(problem))
            return
        row.show_problem("")
        self.change_requested.emit(name, value)

    def _arrange(self, data_dir: str) -> None:
        scroll = QScrollArea(self)
        scroll.setWidget(self._page(data_dir))
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close = QPushButton("Close", self)
        close.clicked.connect(self.close)
        for button in (self._key, close):
            button.setAutoDefault(False)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 12, 24, 16)
        foot.addStretch(1)
        foot.addWidget(close)
        rule = QFrame(self)
        set_role(rule, "rule")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(scroll, 1)
        outer.addWidget(rule)
        outer.addLayout(foot)

    def _page(self, data_dir: str) -> QWidget:
        """All settings under the headings of their groups; what is scrolled."""
        page = QWidget()
        set_role(page, "page")
        column = QVBoxLayout(page)
        column.setContentsMargins(24, 20, 24 - SCROLL_BAR_PX, 20)
        column.setSpacing(12)
        for group in GROUPS:
            heading = QLabel(group, page)
            set_role(heading, "title")
            column.addWidget(heading)
            for row in self.rows.values():
                if row.group == group:
                    column.addWidget(row)
            column.addSpacing(12)
        column.addWidget(self._key, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(12)
        column.addWidget(_place(data_dir, page))
        column.addStretch(1)
        return page


class SettingRow(QWidget):
    """One setting: its name, its sentence, its editor, and the way back to the default."""

    edited = Signal(object)

    def __init__(
        self, look: Look, name: str, option: Option, model_ids: tuple[str, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._default = getattr(_DEFAULTS, name)
        self.group = option.group
        self.field = field_for(name, self._default, option, model_ids, self)
        self._problem = plain_label(role="error", parent=self)
        self._problem.setVisible(False)
        self._warning = plain_label(role="warning", parent=self)
        self._warning.setVisible(False)
        self._reset = QToolButton(self)
        self._reset.setFixedSize(RESET_PX, RESET_PX)
        self._reset.setToolTip("Back to the default")
        self._reset.setAccessibleName(f"{option.label}: back to the default")
        self._reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        policy = self._reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._reset.setSizePolicy(policy)
        self._arrange(option, is_wide=name in WIDE)
        self.field.edited.connect(self.edited)
        self._reset.clicked.connect(self._go_back)
        look.colors_changed.connect(self._draw)
        self._draw()

    @property
    def problem(self) -> str:
        """Why the value cannot be used; empty when it can."""
        return self._problem.text()

    def show_value(self, value: object) -> None:
        """Show a value; a stored one is a good one."""
        self.field.show_value(value)
        self._reset.setVisible(value != self._default)

    def show_problem(self, sentence: str) -> None:
        """Say at the field why its value cannot be used; an empty sentence takes the mark away."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))
        self.field.set_wrong(bool(sentence))
        if sentence:
            self._reset.setVisible(True)

    @property
    def warning(self) -> str:
        """What is risky about the value; empty when nothing is."""
        return self._warning.text()

    def show_warning(self, sentence: str) -> None:
        """Say at the field what is risky about its value, which is used all the same."""
        self._warning.setText(sentence)
        self._warning.setVisible(bool(sentence))

    def _go_back(self) -> None:
        self.field.show_value(self._default)
        self.field.setFocus()
        self.edited.emit(self._default)

    def _draw(self) -> None:
        self._reset.setIcon(icon("reset", self._look.colors.dim, 16))

    def _arrange(self, option: Option, is_wide: bool) -> None:
        label = QLabel(option.label, self)
        label.setBuddy(self.field.editor)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        sentence = plain_label(option.sentence, "dim", self)
        if is_wide:
            grid.addWidget(label, 0, 0)
            grid.addWidget(sentence, 1, 0)
            grid.addWidget(self._reset, 0, 2, 2, 1, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight)
            grid.addWidget(self.field, 2, 0, 1, 3)
        else:
            grid.addWidget(label, 0, 0, Qt.AlignmentFlag.AlignBottom)
            grid.addWidget(sentence, 1, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(self._reset, 0, 1, 2, 1, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(self.field, 0, 2, 2, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(self._problem, 3, 0, 1, 3)
        grid.addWidget(self._warning, 4, 0, 1, 3)


def _ids_of(models: tuple[ModelInfo, ...]) -> tuple[str, ...]:
    return tuple(model.id for model in models if model.is_listed)


def _place(data_dir: str, parent: QWidget) -> QWidget:
    """Tell where everything is kept; the path can be selected and copied."""
    box = QWidget(parent)
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    column.addWidget(QLabel("Where everything is kept", box))
    path = plain_label(data_dir, "path", box)
    let_select(path)
    path.setIndent(0)
    path.setAccessibleName(f"Data folder: {data_dir}")
    column.addWidget(path)
    return box
