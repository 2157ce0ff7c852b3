"""The chips of the composer: which model answers, and whether it thinks first."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from desktop_chat.core.models import ModelInfo
from desktop_chat.core.settings import ThinkingMode
from desktop_chat.ui.plain_tip import plain_tip
from desktop_chat.ui.theme import Look

ARROW: Final = " ▾"
NAME_WIDTH_MAX_PX: Final = 220
MENU_GAP_PX: Final = 4

THINKING_NAMES: Final = {ThinkingMode.AUTO: "auto", ThinkingMode.OFF: "off"}
THINKING_SENTENCES: Final = {
    ThinkingMode.AUTO: "Auto: think where it helps",
    ThinkingMode.OFF: "Off: answer at once",
}


class Chip(QToolButton):
    """A small rounded button that opens a menu over itself."""

    chosen = Signal(str)

    def __init__(self, look: Look, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._name = name
        self._menu = QMenu(self)
        self._group = QActionGroup(self)
        self._group.triggered.connect(lambda action: self.chosen.emit(str(action.data())))
        self.setProperty("role", "chip")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
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

    def _say(self, text: str, value: str, tooltip: str) -> None:
        shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, NAME_WIDTH_MAX_PX)
        self.setText(shown.replace("&", "&&") + (ARROW if self.isEnabled() else ""))
        self.setToolTip(plain_tip(tooltip))
        self.setAccessibleName(f"{self._name}: {value}")


class ModelChip(Chip):
    """Names the model of the next reply."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Model", parent)
        self._say("Model", "none", "Model of the next reply (Ctrl+Shift+M)")

    def set_models(self, models: tuple[ModelInfo, ...], current_id: str) -> None:
        """Offer the listed models, and the current one whatever it is."""
        offered = [(model.id, model.name) for model in models if model.is_listed or model.id == current_id]
        names = dict(offered)
        if current_id and current_id not in names:
            offered.insert(0, (current_id, current_id))
        self._offer(tuple(offered), current_id)
        name = names.get(current_id, current_id)
        self._say(name or "Model", name or "none", f"Model of the next reply: {current_id or 'none'} (Ctrl+Shift+M)")


class ThinkingChip(Chip):
    """Tells whether the model is asked to think."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Thinking", parent)
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
