"""The chips of the composer: attaching files, which model answers, and whether it thinks first."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QActionGroup, QPaintEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QStyle, QStyleOptionToolButton, QStylePainter, QToolButton, QWidget

from desktop_chat.core.models import ModelInfo
from desktop_chat.core.settings import ThinkingMode
from desktop_chat.ui.plain_tip import plain_tip
from desktop_chat.ui.shortcuts import Command, key_text

ARROW: Final = " ▾"
NAME_WIDTH_MAX_PX: Final = 220
NAME_WIDTH_MIN_PX: Final = 24
MENU_GAP_PX: Final = 4

THINKING_NAMES: Final = {ThinkingMode.AUTO: "auto", ThinkingMode.OFF: "off"}
THINKING_SENTENCES: Final = {
    ThinkingMode.AUTO: "Auto: think where it helps",
    ThinkingMode.OFF: "Off: answer at once",
}


class Chip(QToolButton):
    """A small rounded button."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "chip")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)


class AttachChip(Chip):
    """Asks for files; where room is short it is but its sign."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Attach files")
        self.setToolTip(f"Attach files ({key_text(Command.ATTACH)})")
        self.set_short(False)

    def set_short(self, is_short: bool) -> None:
        """Show the sign alone, or with its word."""
        self.setText("+" if is_short else "+ Attach")


class MenuChip(Chip):
    """Opens a menu over itself; narrower than its name, it leaves out the middle of that."""

    chosen = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._shown = ""
        """What it says, before the arrow."""
        self._menu = QMenu(self)
        self._group = QActionGroup(self)
        self._group.triggered.connect(lambda action: self.chosen.emit(str(action.data())))
        # Never wider than its name, and narrower where the layout has to save.
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self.open_menu)

    def open_menu(self) -> None:
        """Open the menu above the chip: the composer stands at the window's bottom."""
        if not self.isEnabled() or self._menu.isEmpty():
            return
        # popup() returns at once; a QToolButton's own menu would run an event loop of its own.
        self._menu.popup(self.mapToGlobal(QPoint(0, -self._menu.sizeHint().height() - MENU_GAP_PX)))
        self._menu.setActiveAction(self._group.checkedAction() or self._group.actions()[0])

    def _offer(self, choices: tuple[tuple[str, str], ...], current: str) -> None:
        """Fill the menu with (value, title) and tick the current one."""
        for old in self._group.actions():
            self._group.removeAction(old)
            self._menu.removeAction(old)
            old.deleteLater()
        for value, title in choices:
            action = self._menu.addAction(title.replace("&", "&&"))
            action.setData(value)
            action.setCheckable(True)
            action.setChecked(value == current)
            self._group.addAction(action)

    def paintEvent(self, _event: QPaintEvent) -> None:
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        missing_px = self.sizeHint().width() - self.width()
        if missing_px > 0:
            # Only then: the advance is rounded, and a name cut to its own rounded width may lose its middle.
            option.text = self._words(self.fontMetrics().horizontalAdvance(self._shown) - missing_px)
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        painter.end()

    def _say(self, text: str, value: str, tooltip: str) -> None:
        self._shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, NAME_WIDTH_MAX_PX)
        self.setText(self._words(NAME_WIDTH_MAX_PX))
        self.setToolTip(plain_tip(tooltip))
        self.setAccessibleName(f"{self._name}: {value}")

    def _words(self, room_px: int) -> str:
        shown = self.fontMetrics().elidedText(self._shown, Qt.TextElideMode.ElideMiddle, room_px)
        return shown.replace("&", "&&") + (ARROW if self.isEnabled() else "")


class ModelChip(MenuChip):
    """Names the model of the next reply; of all in its row it is the one that gives up width."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Model", parent)
        self._say("Model", "none", "Model of the next reply (Ctrl+Shift+M)")

    def minimumSizeHint(self) -> QSize:
        spare_px = max(0, self.fontMetrics().horizontalAdvance(self._shown) - NAME_WIDTH_MIN_PX)
        return self.sizeHint() - QSize(spare_px, 0)

    def set_models(self, models: tuple[ModelInfo, ...], current_id: str) -> None:
        """Offer the listed models, and the current one whatever it is."""
        offered = [(model.id, model.name) for model in models if model.is_listed or model.id == current_id]
        names = dict(offered)
        if current_id and current_id not in names:
            offered.insert(0, (current_id, current_id))
        self._offer(tuple(offered), current_id)
        name = names.get(current_id, current_id)
        self._say(name or "Model", name or "none", f"Model of the next reply: {current_id or 'none'} (Ctrl+Shift+M)")


class ThinkingChip(MenuChip):
    """Tells whether the model is asked to think."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Thinking", parent)
        self.set_mode(ThinkingMode.AUTO, is_available=True)

    def set_mode(self, mode: ThinkingMode, is_available: bool) -> None:
        """Show the mode; a model that cannot think takes the choice away and says why."""
        self.setEnabled(is_available)
        self._offer(tuple((item.value, THINKING_SENTENCES[item]) for item in ThinkingMode), mode.value)
        if is_available:
            name = THINKING_NAMES[mode]
            self._say(f"Thinking: {name}", name, "Whether the model thinks before it answers")
        else:
            self._say("Thinking: none", "none", "This model answers without thinking.")
