"""What the window does for each of its commands."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from desktop_chat.ui.dialogs import Dialogs
from desktop_chat.ui.drop_overlay import DropZone
from desktop_chat.ui.notice_bar import Toasts
from desktop_chat.ui.shortcuts import Command, tab_number
from desktop_chat.ui.side_by_side import SideBySide
from desktop_chat.ui.sidebar import Sidebar
from desktop_chat.ui.tab_deck import TabDeck

if TYPE_CHECKING:
    from desktop_chat.ui.desk import Desk
    from desktop_chat.ui.file_choice import FileChoice

_CONDITIONS: Final = (
    Command.NETWORK_OFF,
    Command.NETWORK_SLOW_3G,
    Command.NETWORK_TRAIN,
    Command.NETWORK_OVERLOADED,
    Command.NETWORK_FLAKY,
)


class WindowCommands(QObject):
    """Knows which part of the window a command is meant for; those that need a conversation do nothing without one."""

    def __init__(
        self,
        window: QWidget,
        zone: DropZone,
        sides: SideBySide,
        sidebar: Sidebar,
        deck: TabDeck,
        dialogs: Dialogs,
        toasts: Toasts,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._zone = zone
        self._sides = sides
        self._sidebar = sidebar
        self._deck = deck
        self._dialogs = dialogs
        self._toasts = toasts
        self._desk: Desk | None = None
        self._file_choice: FileChoice | None = None

    def attach(self, desk: Desk) -> None:
        """Get the settings that commands change."""
        self._desk = desk

    def handlers(self) -> dict[Command, Callable[[], object]]:
        """What every command does."""
        deck, page = self._deck, self._deck.page
        handlers: dict[Command, Callable[[], object]] = {
            Command.NEW_TAB: self.open_new,
            Command.CLOSE_TAB: deck.close_current,
            Command.REOPEN_TAB: deck.reopen,
            Command.NEXT_TAB: lambda: deck.step(1),
            Command.PREVIOUS_TAB: lambda: deck.step(-1),
            Command.LAST_TAB: lambda: deck.activate_number(-1),
            Command.MOVE_TAB_LEFT: lambda: deck.move_current(-1),
            Command.MOVE_TAB_RIGHT: lambda: deck.move_current(1),
            Command.RENAME: self._rename,
            Command.FOCUS_COMPOSER: deck.focus,
            Command.MODEL_MENU: self._open_model_menu,
            Command.ATTACH: self._choose_files,
            Command.STOP: self._stop,
            Command.REGENERATE: lambda: page().regenerate(),
            Command.CONTINUE: lambda: page().go_on(),
            Command.PREVIOUS_MESSAGE: lambda: page().walk(-1),
            Command.NEXT_MESSAGE: lambda: page().walk(1),
            Command.TOGGLE_SIDEBAR: self._sides.toggle_sidebar,
            Command.FILTER: self._filter,
            Command.SETTINGS: self._dialogs.open_settings,
            Command.SHORTCUTS: self._dialogs.open_shortcuts,
            Command.RECENT_TEXTS: self._open_recent_texts,
            Command.TRASH: self._dialogs.open_trash,
            Command.HELP_MENU: self._open_help,
            **{command: partial(self._choose_conditions, command) for command in _CONDITIONS},
            Command.NETWORK_CUSTOM: self._open_conditions,
            Command.RESTORE: self._dialogs.restore_requested.emit,
            Command.ZOOM_IN: lambda: self._zoom(1),
            Command.ZOOM_OUT: lambda: self._zoom(-1),
            Command.ZOOM_RESET: lambda: self._zoom(0),
            Command.NEWEST: lambda: page().scroll_to_end(),
            Command.FIND: deck.pages.open_find,
            Command.FIND_NEXT: lambda: deck.pages.find_step(1),
            Command.FIND_PREVIOUS: lambda: deck.pages.find_step(-1),
            Command.COPY_ANSWER: lambda: self._tell_copied(page().copy_last_answer(), "answer"),
            Command.COPY_CODE: lambda: self._tell_copied(page().copy_last_code(), "code block"),
            Command.INSPECT: self._inspect,
            Command.FULL_SCREEN: self._toggle_full_screen,
            Command.QUIT: self._window.close,
        }
        numbers = {command: number for command in Command if (number := tab_number(command)) is not None}
        return handlers | {command: partial(deck.activate_number, number) for command, number in numbers.items()}

    def open_new(self) -> None:
        """Open a tab with an empty conversation; a sidebar over it goes out of the way."""
        self._sides.put_away()
        self._deck.open_new()

    def open(self, conversation_id: str, in_new_tab: bool) -> None:
        """Show a conversation of the list; a sidebar over it goes out of the way."""
        self._sides.put_away()
        self._deck.open(conversation_id, in_new_tab)

    def _rename(self) -> None:
        history = self._sidebar.history
        selected_id = history.selected_id() if history.hasFocus() else None
        if selected_id is None:
            self._deck.start_rename()
        else:
            history.start_rename(selected_id)

    def _open_model_menu(self) -> None:
        self._deck.page().composer.open_model_menu()

    def _choose_files(self) -> None:
        if not self._deck.page().may_attach:
            return
        if self._file_choice is None:
            from desktop_chat.ui.file_choice import FileChoice

            self._file_choice = FileChoice(self._window, lambda files: self._deck.page().attach(files))
        self._file_choice.open()

    def _stop(self) -> None:
        """Esc: what lies over the page goes first."""
        page = self._deck.page()
        if self._zone.put_away():
            return
        if self._sides.is_narrow and self._sides.is_sidebar_shown:
            self._sides.put_away()
        elif not page.close_find():
            page.stop()

    def _open_recent_texts(self) -> None:
        # What stands there now may have taken the place of another text a moment ago.
        self._deck.page().composer.flush_draft()
        self._dialogs.open_recent_texts()

    def _open_help(self) -> None:
        self._sides.show_sidebar(True)
        self._sidebar.request_help()

    def _choose_conditions(self, command: Command) -> None:
        """Make the line of the tab in view worse on purpose; with a command that is no preset, as it is."""
        from desktop_chat.ui.conditions_menu import PRESETS_BY_COMMAND

        line, preset = self._deck.page().conditions, PRESETS_BY_COMMAND.get(command)
        if line is not None:
            line.choose(preset.conditions if preset is not None else None)

    def _open_conditions(self) -> None:
        line = self._deck.page().conditions
        if line is not None:
            self._dialogs.open_conditions(line)

    def _zoom(self, step: int) -> None:
        if self._desk is not None:
            self._desk.zoom(step)

    def _tell_copied(self, is_copied: bool, thing: str) -> None:
        self._toasts.show_toast(f"The last {thing} is copied." if is_copied else f"There is no {thing} here yet.")

    def _inspect(self) -> None:
        if not self._deck.page().inspect():
            self._toasts.show_toast("There is no reply here yet.")

    def _filter(self) -> None:
        self._sides.show_sidebar(True)
        self._sidebar.focus_filter()

    def _toggle_full_screen(self) -> None:
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)
