"""The menu behind *Help* at the sidebar's foot: what is needed seldom and has no place of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from desktop_chat.ui.shortcuts import Command, with_key

if TYPE_CHECKING:
    from desktop_chat.core.network_conditions import NetworkConditions

_LINES: Final = (
    (Command.SHORTCUTS, "Keyboard shortcuts"),
    (Command.ATTACH, "Attach files…"),
    (Command.INSPECT, "Inspect the reply…"),
    (Command.RECENT_TEXTS, "Recent texts…"),
    (Command.TRASH, "Trash…"),
    (Command.RESTORE, "Restore a backup…"),
)
"""Commands in the order of the menu, each with its words there."""


def help_menu(
    window: QWidget,
    actions: Mapping[Command, QAction],
    conditions: NetworkConditions | None = None,
    *,
    has_reply: bool = True,
) -> QMenu:
    """Build the menu; its lines do what the window's actions do. It goes away when it closes.

    `conditions` are those of the tab in view; `has_reply` says whether it has one that can be inspected.
    """
    from desktop_chat.ui.conditions_menu import add_conditions_menu

    menu = QMenu(window)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setAccessibleName("Help")
    for command, words in _LINES:
        line = menu.addAction(with_key(words, command))
        line.triggered.connect(actions[command].trigger)
        line.setEnabled(has_reply or command is not Command.INSPECT)
    add_conditions_menu(menu, actions, conditions)
    return menu
