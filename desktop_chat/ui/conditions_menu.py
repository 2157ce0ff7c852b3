"""*Help ▸ Network conditions*: how the line of the tab in view is made worse on purpose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from desktop_chat.core.network_conditions import PRESETS, NetworkConditions, preset_of
from desktop_chat.ui.shortcuts import Command

TITLE: Final = "Network conditions"

PRESETS_BY_COMMAND: Final = dict(
    zip(
        (Command.NETWORK_SLOW_3G, Command.NETWORK_TRAIN, Command.NETWORK_OVERLOADED, Command.NETWORK_FLAKY),
        PRESETS,
        strict=True,
    )
)
"""In the order of the menu, which is that of the presets."""


def add_conditions_menu(menu: QMenu, actions: Mapping[Command, QAction], current: NetworkConditions | None) -> QMenu:
    """Add the submenu with one line for each choice; `current` is ticked, and None is Off."""
    submenu = menu.addMenu(TITLE)
    group = QActionGroup(submenu)
    preset = preset_of(current) if current is not None else None

    def add(command: Command, words: str, is_current: bool) -> None:
        line = submenu.addAction(words)
        line.setCheckable(True)
        line.setChecked(is_current)
        line.triggered.connect(actions[command].trigger)
        group.addAction(line)

    add(Command.NETWORK_OFF, "Off", current is None)
    submenu.addSeparator()
    for command, offered in PRESETS_BY_COMMAND.items():
        add(command, f"{offered.name}\t{offered.words}", offered is preset)
    submenu.addSeparator()
    add(Command.NETWORK_CUSTOM, "Custom…", current is not None and preset is None)
    return submenu
