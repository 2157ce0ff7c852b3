"""Editors for single settings: one for each kind of value, all with the same few words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QSpinBox, QStyledItemDelegate, QVBoxLayout, QWidget

from desktop_chat.core.settings import AuthChoice, ColumnWidth, Following, Motion, Option, SendKey, Theme, ThinkingMode
from desktop_chat.ui.roles import set_role

FIELD_WIDTH_PX: Final = 220
LONG_TEXT_HEIGHT_PX: Final = 96
SPIN_INDENT_PX: Final = 9
"""A spin box takes no padding from the style sheet on its left."""

MODEL: Final = "model"
WIDE: Final = frozenset({"base_url", "system_prompt"})
"""Options whose values are long: their fields take the whole width."""

CHOICES: Final[Mapping[type[StrEnum], Mapping[StrEnum, str]]] = {
    Theme: {Theme.SYSTEM: "As the desktop", Theme.LIGHT: "Light", Theme.DARK: "Dark"},
    SendKey: {SendKey.ENTER: "Enter", SendKey.CTRL_ENTER: "Ctrl+Enter"},
    ColumnWidth: {
        ColumnWidth.NARROW: "Narrow",
        ColumnWidth.NORMAL: "Normal",
        ColumnWidth.WIDE: "Wide",
        ColumnWidth.FULL: "Full",
    },
    Following: {
        Following.QUESTION: "Hold the question",
        Following.END: "Follow the end",
        Following.NEVER: "Never move",
    },
    Motion: {Motion.SYSTEM: "As the desktop", Motion.REDUCED: "Reduced"},
    ThinkingMode: {ThinkingMode.AUTO: "Auto", ThinkingMode.OFF: "Off"},
    AuthChoice: {
        AuthChoice.AUTO: "Follows the address",
        AuthChoice.X_API_KEY: "x-api-key",
        AuthChoice.BEARER: "Authorization: Bearer",
    },
}
"""By type first: members of different types with the same value are equal as keys."""


class SettingField(QWidget):
    """Shows one value and tells when the reader has changed it."""

    edited = Signal(object)
    """The new value, of the setting's own type."""

    def __init__(self, editor: QWidget, option: Option, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editor = editor
        editor.setAccessibleName(option.label)
        editor.setAccessibleDescription(option.sentence)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(editor)
        self.setFocusProxy(editor)

    def show_value(self, value: object) -> None:
        """Show a value without telling it back; what is being typed right now is left alone."""
        raise NotImplementedError

    def finish(self) -> None:
        """Tell a change that is still being typed."""

    def set_wrong(self, is_wrong: bool) -> None:
        """Mark the field."""
        self.editor.setProperty("is_wrong", is_wrong)
        self.editor.style().polish(self.editor)


class ChoiceField(SettingField):
    """One of a few named values."""

    def __init__(self, kind: type[StrEnum], option: Option, parent: QWidget | None = None) -> None:
        self._members = tuple(kind)
        self._combo = _Combo()
        self._combo.addItems([CHOICES[kind][member] for member in self._members])
        super().__init__(self._combo, option, parent)
        self._combo.setFixedWidth(FIELD_WIDTH_PX)
        self._combo.activated.connect(lambda row: self.edited.emit(self._members[row]))

    def show_value(self, value: object) -> None:
        self._combo.setCurrentIndex(self._members.index(value))


class SwitchField(SettingField):
    """On or off."""

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        self._combo = _Combo()
        self._combo.addItems(["On", "Off"])
        super().__init__(self._combo, option, parent)
        self._combo.setFixedWidth(FIELD_WIDTH_PX)
        self._combo.activated.connect(lambda row: self.edited.emit(row == 0))

    def show_value(self, value: object) -> None:
        self._combo.setCurrentIndex(0 if value else 1)


class NumberField(SettingField):
    """A whole number between bounds."""

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        self._spin = _Spin()
        self._spin.setKeyboardTracking(False)
        self._spin.setGroupSeparatorShown(True)
        if option.minimum is not None and option.maximum is not None:
            self._spin.setRange(option.minimum, option.maximum)
        super().__init__(self._spin, option, parent)
        self._spin.lineEdit().setTextMargins(SPIN_INDENT_PX, 0, 0, 0)
        self._spin.setFixedWidth(FIELD_WIDTH_PX)
        self._spin.valueChanged.connect(self.edited.emit)

    def show_value(self, value: object) -> None:
        self._spin.blockSignals(True)
        self._spin.setValue(int(str(value)))
        self._spin.blockSignals(False)

    def finish(self) -> None:
        self._spin.interpretText()


class LineField(SettingField):
    """One line of text, told when it is finished."""

    def __init__(self, editor: QWidget, line: QLineEdit, option: Option, parent: QWidget | None) -> None:
        super().__init__(editor, option, parent)
        self._line = line
        self._shown = ""
        self._line.editingFinished.connect(self.finish)

    def show_value(self, value: object) -> None:
        self._shown = str(value)
        if not (self._line.hasFocus() and self._line.isModified()):
            self._put(self._shown)

    def finish(self) -> None:
        text = self._line.text().strip()
        if text != self._shown:
            self._line.setModified(False)
            self._shown = text
            self.edited.emit(text)

    def _put(self, text: str) -> None:
        self._line.setText(text)


class TextField(LineField):
    """A line that is typed."""

    def __init__(self, option: Option, is_wide: bool, parent: QWidget | None = None) -> None:
        line = QLineEdit()
        super().__init__(line, line, option, parent)
        if not is_wide:
            line.setFixedWidth(FIELD_WIDTH_PX)


class LongTextField(SettingField):
    """Several lines of text, told when the field is left."""

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        self._text = QPlainTextEdit()
        self._shown = ""
        super().__init__(self._text, option, parent)
        set_role(self._text, "field")
        self._text.setTabChangesFocus(True)
        self._text.setFixedHeight(LONG_TEXT_HEIGHT_PX)
        self._text.installEventFilter(self)

    def show_value(self, value: object) -> None:
        self._shown = str(value)
        if not self._text.hasFocus() and self._text.toPlainText() != self._shown:
            self._text.setPlainText(self._shown)

    def finish(self) -> None:
        text = self._text.toPlainText()
        if text != self._shown:
            self._shown = text
            self.edited.emit(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.finish()
        return super().eventFilter(watched, event)


class ModelField(LineField):
    """A model's id: offered from a list, or typed, for servers with models of their own."""

    def __init__(self, option: Option, model_ids: tuple[str, ...], parent: QWidget | None = None) -> None:
        self._combo = _Combo()
        self._combo.setEditable(True)
        self._combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        line = self._combo.lineEdit()
        assert line is not None
        super().__init__(self._combo, line, option, parent)
        self._combo.setFixedWidth(FIELD_WIDTH_PX)
        line.setPlaceholderText("The default")
        line.setAccessibleName(option.label)
        self.offer(model_ids)
        self._combo.activated.connect(lambda _row: self.finish())

    def offer(self, model_ids: tuple[str, ...]) -> None:
        """Offer these models; what stands in the field stays."""
        text = self._line.text()
        self._combo.clear()
        self._combo.addItems(list(model_ids))
        self._put(text)

    def _put(self, text: str) -> None:
        self._combo.setCurrentIndex(self._combo.findText(text))
        super()._put(text)


class _Combo(QComboBox):
    """The wheel scrolls the page, not the value under the pointer."""

    def __init__(self) -> None:
        super().__init__()
        # The combo's own delegate does not know the style sheet's items.
        self.setItemDelegate(QStyledItemDelegate(self))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class _Spin(QSpinBox):
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def field_for(name: str, default: object, option: Option, model_ids: tuple[str, ...], parent: QWidget) -> SettingField:
    """Make the editor that fits a setting's type."""
    if isinstance(default, StrEnum):
        return ChoiceField(type(default), option, parent)
    if isinstance(default, bool):
        return SwitchField(option, parent)
    if isinstance(default, int):
        return NumberField(option, parent)
    if name == MODEL:
        return ModelField(option, model_ids, parent)
    return LongTextField(option, parent) if option.is_long_text else TextField(option, name in WIDE, parent)
