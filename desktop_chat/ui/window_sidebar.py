"""Joins the sidebar to the conversations, and to the tabs and dialogs that are asked for in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from desktop_chat.ui.deletion import Deletion
from desktop_chat.ui.desk import Desk
from desktop_chat.ui.dialogs import Dialogs
from desktop_chat.ui.shortcuts import Command
from desktop_chat.ui.sidebar import Sidebar
from desktop_chat.ui.tab_deck import TabDeck
from desktop_chat.ui.window_commands import WindowCommands

if TYPE_CHECKING:
    from desktop_chat.core.activity import Activity


class WindowSidebar(QObject):
    """Shows there what is true of the whole program, from now on until the window ends."""

    def __init__(
        self,
        window: QWidget,
        desk: Desk,
        sidebar: Sidebar,
        deck: TabDeck,
        actions: Mapping[Command, QAction],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._sidebar = sidebar
        self._deck = deck
        self._actions = actions
        deck.current_changed.connect(sidebar.history.set_open)
        desk.library.conversations_changed.connect(sidebar.show_conversations)
        desk.library.activity_changed.connect(self._show_activity)
        desk.library.unseen_changed.connect(self._show_unseen)
        desk.library.waiting_changed.connect(sidebar.model.set_waiting)
        desk.preferences.settings_changed.connect(self._show_key)
        desk.keys.state_changed.connect(self._show_key)
        sidebar.show_conversations(desk.library.conversations())
        for conversation_id in desk.library.waiting_ids():
            sidebar.model.set_waiting(conversation_id, is_waiting=True)
        self._show_key()

    def pass_on(self, commands: WindowCommands, dialogs: Dialogs, deletion: Deletion) -> None:
        """Pass on what is wished there."""
        sidebar, library, history = self._sidebar, self._desk.library, self._sidebar.history
        sidebar.new_requested.connect(commands.open_new)
        sidebar.key_requested.connect(dialogs.open_key)
        sidebar.settings_requested.connect(dialogs.open_settings)
        sidebar.help_requested.connect(self.show_help)
        history.open_requested.connect(commands.open)
        history.rename_requested.connect(library.rename)
        history.pin_requested.connect(library.set_pinned)
        history.delete_requested.connect(deletion.delete)
        history.undo_requested.connect(deletion.undo_last)

    def show_help(self, place: QPoint) -> None:
        """Open the menu above a point of the screen."""
        from desktop_chat.ui.help_menu import help_menu

        page = self._deck.page()
        conditions = page.conditions.current if page.conditions is not None else None
        menu = help_menu(self._window, self._actions, conditions, has_reply=page.has_reply)
        menu.popup(QPoint(place.x(), place.y() - menu.sizeHint().height()))
        # Whoever opened it by keyboard sees where he is.
        menu.setActiveAction(menu.actions()[0])

    def _show_activity(self, conversation_id: str, activity: Activity) -> None:
        self._sidebar.model.set_busy(conversation_id, activity.is_busy)

    def _show_unseen(self, conversation_id: str, is_unseen: bool) -> None:
        if is_unseen and conversation_id == self._deck.current_id and self._window.isActiveWindow():
            self._desk.library.mark_seen(conversation_id)
        else:
            self._sidebar.model.set_unseen(conversation_id, is_unseen)

    def _show_key(self, _changed: object = None) -> None:
        if self._desk.is_demo:
            self._sidebar.show_demo()
        else:
            self._sidebar.show_key(self._desk.preferences.profile().name, self._desk.keys.state)
