"""Every shortcut of the window in one table; the actions, the dialog and the README are built from it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget


class Command(StrEnum):
    """What a key can ask the window to do."""

    NEW_TAB = "new_tab"
    CLOSE_TAB = "close_tab"
    REOPEN_TAB = "reopen_tab"
    NEXT_TAB = "next_tab"
    PREVIOUS_TAB = "previous_tab"
    TAB_1 = "tab_1"
    TAB_2 = "tab_2"
    TAB_3 = "tab_3"
    TAB_4 = "tab_4"
    TAB_5 = "tab_5"
    TAB_6 = "tab_6"
    TAB_7 = "tab_7"
    TAB_8 = "tab_8"
    LAST_TAB = "last_tab"
    MOVE_TAB_LEFT = "move_tab_left"
    MOVE_TAB_RIGHT = "move_tab_right"
    RENAME = "rename"
    FOCUS_COMPOSER = "focus_composer"
    MODEL_MENU = "model_menu"
    ATTACH = "attach"
    STOP = "stop"
    REGENERATE = "regenerate"
    CONTINUE = "continue"
    PREVIOUS_MESSAGE = "previous_message"
    NEXT_MESSAGE = "next_message"
    TOGGLE_SIDEBAR = "toggle_sidebar"
    FILTER = "filter"
    SETTINGS = "settings"
    SHORTCUTS = "shortcuts"
    RECENT_TEXTS = "recent_texts"
    TRASH = "trash"
    HELP_MENU = "help_menu"
    NETWORK_OFF = "network_off"
    NETWORK_SLOW_3G = "network_slow_3g"
    NETWORK_TRAIN = "network_train"
    NETWORK_OVERLOADED = "network_overloaded"
    NETWORK_FLAKY = "network_flaky"
    NETWORK_CUSTOM = "network_custom"
    RESTORE = "restore"
    ZOOM_IN = "zoom_in"
    ZOOM_OUT = "zoom_out"
    ZOOM_RESET = "zoom_reset"
    NEWEST = "newest"
    FIND = "find"
    FIND_NEXT = "find_next"
    FIND_PREVIOUS = "find_previous"
    COPY_ANSWER = "copy_answer"
    COPY_CODE = "copy_code"
    INSPECT = "inspect"
    FULL_SCREEN = "full_screen"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One line of the table; without a command it only explains a key that a widget handles itself.

    Shape:   `keys` in Qt's portable form, the first is the one that is shown in tool tips; none for a command that
             only a menu offers.
    """

    group: str
    label: str
    keys: tuple[str, ...]
    command: Command | None = None
    is_listed: bool = True


_TABS, _WRITING, _LIST, _READING, _WINDOW = "Tabs", "Writing", "Conversations", "Reading", "Window"
_DIGIT_TABS: Final = (
    Command.TAB_1,
    Command.TAB_2,
    Command.TAB_3,
    Command.TAB_4,
    Command.TAB_5,
    Command.TAB_6,
    Command.TAB_7,
    Command.TAB_8,
)

SHORTCUTS: Final[tuple[Shortcut, ...]] = (
    Shortcut(_WRITING, "Send", ("Return",)),
    Shortcut(_WRITING, "Send, whatever the setting says", ("Ctrl+Return",)),
    Shortcut(_WRITING, "Send now, stopping the reply (empty field: the next in the queue)", ("Ctrl+Shift+Return",)),
    Shortcut(_WRITING, "New line", ("Shift+Return",)),
    Shortcut(_WRITING, "Edit the last question (in an empty field)", ("Up",)),
    # Beside Up, which no keyboard lacks: an empty field has no line to go up to, whatever is held.
    Shortcut(_WRITING, "Recent texts (in an empty field)", ("Ctrl+Up",)),
    Shortcut(_WRITING, "Write (or just type anywhere)", ("Ctrl+L",), Command.FOCUS_COMPOSER),
    Shortcut(_WRITING, "Attach files", ("Ctrl+O", "Ctrl+U"), Command.ATTACH),
    Shortcut(_WRITING, "Paste as text (without a picture or files)", ("Ctrl+Shift+V",)),
    Shortcut(_WRITING, "Choose the model", ("Ctrl+Shift+M",), Command.MODEL_MENU),
    Shortcut(_WRITING, "Stop the reply", ("Esc",), Command.STOP),
    Shortcut(_WRITING, "Ask for the last reply again", ("Ctrl+R",), Command.REGENERATE),
    Shortcut(_WRITING, "Continue the last reply where it was cut", ("Ctrl+Shift+R",), Command.CONTINUE),
    Shortcut(_TABS, "New conversation", ("Ctrl+T", "Ctrl+N"), Command.NEW_TAB),
    Shortcut(_TABS, "Close the tab (deletes nothing)", ("Ctrl+W",), Command.CLOSE_TAB),
    Shortcut(_TABS, "Reopen the closed tab", ("Ctrl+Shift+T",), Command.REOPEN_TAB),
    Shortcut(_TABS, "Next tab", ("Ctrl+Tab", "Ctrl+PgDown"), Command.NEXT_TAB),
    Shortcut(_TABS, "Previous tab", ("Ctrl+Shift+Tab", "Ctrl+PgUp"), Command.PREVIOUS_TAB),
    Shortcut(_TABS, "First to eighth tab", ("Ctrl+1", "Ctrl+8")),
    *(
        Shortcut(_TABS, f"Tab {number}", (f"Ctrl+{number}",), command, is_listed=False)
        for number, command in enumerate(_DIGIT_TABS, start=1)
    ),
    Shortcut(_TABS, "Last tab", ("Ctrl+9",), Command.LAST_TAB),
    Shortcut(_TABS, "Move the tab to the left", ("Ctrl+Shift+PgUp",), Command.MOVE_TAB_LEFT),
    Shortcut(_TABS, "Move the tab to the right", ("Ctrl+Shift+PgDown",), Command.MOVE_TAB_RIGHT),
    Shortcut(_LIST, "Filter conversations", ("Ctrl+Shift+F",), Command.FILTER),
    Shortcut(_LIST, "Rename", ("F2",), Command.RENAME),
    Shortcut(_LIST, "Open the selected conversation", ("Return",)),
    Shortcut(_LIST, "Open it in a new tab", ("Ctrl+Return",)),
    Shortcut(_LIST, "Delete the selected conversation", ("Del",)),
    Shortcut(_LIST, "Bring back what was deleted", ("Ctrl+Z",)),
    Shortcut(_READING, "Find in conversation", ("Ctrl+F",), Command.FIND),
    Shortcut(_READING, "Next hit", ("F3", "Ctrl+G"), Command.FIND_NEXT),
    Shortcut(_READING, "Previous hit", ("Shift+F3", "Ctrl+Shift+G"), Command.FIND_PREVIOUS),
    Shortcut(_READING, "Copy the last answer", ("Ctrl+Shift+C",), Command.COPY_ANSWER),
    Shortcut(_READING, "Copy the last code block", ("Ctrl+Shift+K",), Command.COPY_CODE),
    Shortcut(_READING, "Inspect the reply: what went over the line", ("Ctrl+Shift+I",), Command.INSPECT),
    Shortcut(_READING, "Select from where the keyboard is (with Ctrl: by words)", ("Shift+Left", "Shift+Right")),
    Shortcut(_READING, "Menu of what is selected", ("Menu", "Shift+F10")),
    Shortcut(_READING, "Former message", ("Alt+Up",), Command.PREVIOUS_MESSAGE),
    Shortcut(_READING, "Next message", ("Alt+Down",), Command.NEXT_MESSAGE),
    Shortcut(_READING, "Actions of that message", ("Return",)),
    Shortcut(_READING, "Earlier version of that message", ("Alt+Left",)),
    Shortcut(_READING, "Later version of that message", ("Alt+Right",)),
    Shortcut(_READING, "Larger text", ("Ctrl++", "Ctrl+="), Command.ZOOM_IN),
    Shortcut(_READING, "Smaller text", ("Ctrl+-",), Command.ZOOM_OUT),
    Shortcut(_READING, "Normal text size", ("Ctrl+0",), Command.ZOOM_RESET),
    Shortcut(_READING, "Go to the newest text", ("Ctrl+End",), Command.NEWEST),
    Shortcut(_WINDOW, "Show or hide the sidebar", ("Ctrl+B", "F9"), Command.TOGGLE_SIDEBAR),
    Shortcut(_WINDOW, "Settings", ("Ctrl+,",), Command.SETTINGS),
    Shortcut(_WINDOW, "This list", ("Ctrl+/", "F1"), Command.SHORTCUTS),
    Shortcut(_WINDOW, "Take back what was deleted or dropped, while a notice offers it", ("Ctrl+Z",)),
    Shortcut(_WINDOW, "Recent texts", (), Command.RECENT_TEXTS),
    Shortcut(_WINDOW, "Trash", (), Command.TRASH),
    Shortcut(_WINDOW, "Help menu", ("F10",), Command.HELP_MENU),
    Shortcut(_WINDOW, "Network conditions: off", (), Command.NETWORK_OFF),
    Shortcut(_WINDOW, "Network conditions: Slow 3G", (), Command.NETWORK_SLOW_3G),
    Shortcut(_WINDOW, "Network conditions: Train", (), Command.NETWORK_TRAIN),
    Shortcut(_WINDOW, "Network conditions: Overloaded", (), Command.NETWORK_OVERLOADED),
    Shortcut(_WINDOW, "Network conditions: Flaky", (), Command.NETWORK_FLAKY),
    Shortcut(_WINDOW, "Network conditions: custom", (), Command.NETWORK_CUSTOM),
    Shortcut(_WINDOW, "Restore a backup", (), Command.RESTORE),
    Shortcut(_WINDOW, "Full screen", ("F11",), Command.FULL_SCREEN),
    Shortcut(_WINDOW, "Quit", ("Ctrl+Q",), Command.QUIT),
)

# Qt reads Ctrl as Command on macOS, where these belong to the system; Meta is the Control key there.
_ON_MACOS: Final = {
    "Ctrl+Tab": "Meta+Tab",
    "Ctrl+Shift+Tab": "Meta+Shift+Tab",
    "F11": "Ctrl+Meta+F",
}


@dataclass(frozen=True, slots=True)
class ShortcutRow:
    """One line for people: `keys` as printed on the keyboard, alternatives joined by “or”."""

    group: str
    label: str
    keys: str


def rows() -> tuple[ShortcutRow, ...]:
    """Give the table for the dialog and the README, groups together and in order."""
    return tuple(
        ShortcutRow(shortcut.group, shortcut.label, _keys_text(shortcut))
        for shortcut in SHORTCUTS
        if shortcut.is_listed and shortcut.keys
    )


def key_text(command: Command) -> str:
    """The first key of a command as it is shown in tool tips; empty when it has none."""
    keys = next(shortcut.keys for shortcut in SHORTCUTS if shortcut.command is command)
    return _native(keys[0]) if keys else ""


def with_key(text: str, command: Command) -> str:
    """Write a command's key, if it has one, beside the text of a menu's line; the key is the window's business."""
    key = key_text(command)
    return f"{text}\t{key}" if key else text


def tab_number(command: Command) -> int | None:
    """Which tab Ctrl+1 to Ctrl+8 mean, counted from 1; None for every other command."""
    return _DIGIT_TABS.index(command) + 1 if command in _DIGIT_TABS else None


def make_actions(window: QWidget, handlers: Mapping[Command, Callable[[], object]]) -> dict[Command, QAction]:
    """Make one action for each command of the table and add it to the window.

    Raises:  KeyError when a command has no handler.
    """
    actions: dict[Command, QAction] = {}
    for shortcut in SHORTCUTS:
        if shortcut.command is None:
            continue
        action = QAction(shortcut.label, window)
        action.setShortcuts([QKeySequence(_for_platform(key)) for key in shortcut.keys])
        handler = handlers[shortcut.command]
        action.triggered.connect(lambda _checked=False, handler=handler: handler())
        window.addAction(action)
        actions[shortcut.command] = action
    return actions


def _keys_text(shortcut: Shortcut) -> str:
    joiner = " … " if shortcut.keys == ("Ctrl+1", "Ctrl+8") else " or "
    return joiner.join(_native(key) for key in shortcut.keys)


def _for_platform(key: str) -> str:
    return _ON_MACOS.get(key, key) if sys.platform == "darwin" else key


def _native(key: str) -> str:
    text = QKeySequence(_for_platform(key)).toString(QKeySequence.SequenceFormat.NativeText)
    return text.replace("Return", "Enter")
