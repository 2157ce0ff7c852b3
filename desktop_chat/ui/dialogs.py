"""The window's dialogs: each is built when it is first asked for, opened without blocking, and told what changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from desktop_chat.core.keys import KeyCheck, KeyState
from desktop_chat.core.models import ModelInfo
from desktop_chat.core.settings import Settings
from desktop_chat.ui.quit_dialog import QuitDialog
from desktop_chat.ui.theme import Look

if TYPE_CHECKING:
    from desktop_chat.chat.conditions import Conditions
    from desktop_chat.ui.desk import Desk
    from desktop_chat.ui.key_dialog import KeyDialog
    from desktop_chat.ui.settings_dialog import SettingsDialog


class Dialogs(QObject):
    """Settings and key need the objects of chat: until `attach` asking for them does nothing."""

    quit_confirmed = Signal()
    key_accepted = Signal()
    """The key typed into the dialog works; the dialog has closed."""
    link_clicked = Signal(str)
    restore_requested = Signal()

    def __init__(self, look: Look, window: QWidget) -> None:
        super().__init__(window)
        self._look = look
        self._window = window
        self._desk: Desk | None = None
        self._data_dir = ""
        self._key: KeyDialog | None = None
        self._settings: SettingsDialog | None = None
        self._quit: QuitDialog | None = None

    def attach(self, desk: Desk, data_dir: str) -> None:
        """Take over what settings and key dialog show; `data_dir` is told to the reader."""
        self._desk = desk
        self._data_dir = data_dir
        desk.preferences.settings_changed.connect(self._show_settings)
        desk.keys.state_changed.connect(self._show_key_state)
        desk.keys.check_ended.connect(self._show_check)
        desk.keys.models_changed.connect(self._show_models)

    def open_settings(self) -> None:
        """Open the settings."""
        if self._desk is None:
            return
        if self._settings is None:
            self._settings = self._make_settings(self._desk)
        self._settings.show_settings(self._desk.preferences.settings)
        self._settings.open()

    def open_key(self) -> None:
        """Open the key dialog."""
        if self._desk is None:
            return
        if self._desk.is_demo:
            self._open_demo_key()
            return
        if self._key is None:
            self._key = self._make_key(self._desk)
        self._key.show_state(self._desk.keys.state)
        self._key.open()

    def open_shortcuts(self) -> None:
        """Open the list of shortcuts."""
        from desktop_chat.ui.shortcuts_dialog import ShortcutsDialog

        dialog = ShortcutsDialog(self._window)
        _open_once(dialog)

    def open_recent_texts(self) -> None:
        """Open what was sent, replaced or thrown away."""
        if self._desk is None:
            return
        from desktop_chat.ui.recent_texts_dialog import RecentTextsDialog

        recent = self._desk.library.recent_texts
        dialog = RecentTextsDialog(self._look, self._window)
        recent.changed.connect(dialog.show_texts)
        dialog.delete_requested.connect(recent.delete)
        dialog.clear_requested.connect(recent.clear)
        dialog.chosen.connect(recent.take)
        recent.read()
        _open_once(dialog)

    def open_trash(self) -> None:
        """Open what was deleted."""
        if self._desk is None:
            return
        from desktop_chat.ui.trash_dialog import TrashDialog

        trash = self._desk.library.trash
        dialog = TrashDialog(self._window)
        trash.changed.connect(dialog.show_deleted)
        dialog.restore_requested.connect(trash.restore)
        dialog.delete_requested.connect(trash.delete_for_good)
        trash.read()
        _open_once(dialog)

    def open_link(self, address: str, doubt: str) -> None:
        """Open an address; one that gives rise to doubt is shown first."""
        if not doubt:
            self.link_clicked.emit(address)
            return
        from desktop_chat.ui.link_dialog import LinkDialog

        dialog = LinkDialog(address, doubt, self._window)
        dialog.accepted.connect(lambda: self.link_clicked.emit(address))
        _open_once(dialog)

    def open_conditions(self, line: Conditions) -> None:
        """Open what the line of one conversation shall be like, in numbers."""
        from desktop_chat.ui.conditions_dialog import ConditionsDialog

        dialog = ConditionsDialog(line.current, self._window)
        dialog.chosen.connect(line.choose)
        _open_once(dialog)

    def ask_to_quit(self, busy_count: int) -> None:
        """Ask whether so many replies may be stopped."""
        if self._quit is None:
            self._quit = QuitDialog(self._window)
            self._quit.quit_confirmed.connect(self.quit_confirmed)
        self._quit.show_count(busy_count)
        self._quit.open()

    def _make_settings(self, desk: Desk) -> SettingsDialog:
        from desktop_chat.ui.settings_dialog import SettingsDialog

        settings = desk.preferences.settings
        dialog = SettingsDialog(self._look, settings, desk.keys.models, self._data_dir, self._window)
        dialog.change_requested.connect(self._change_setting)
        dialog.key_requested.connect(self.open_key)
        return dialog

    def _make_key(self, desk: Desk) -> KeyDialog:
        from desktop_chat.ui.key_dialog import KeyDialog

        dialog = KeyDialog(self._look, self._window)
        dialog.check_requested.connect(desk.keys.check_and_keep)
        dialog.forget_requested.connect(desk.keys.forget)
        dialog.link_clicked.connect(self.link_clicked)
        return dialog

    def _open_demo_key(self) -> None:
        from desktop_chat.ui.key_dialog import DemoKeyDialog

        dialog = DemoKeyDialog(self._window)
        _open_once(dialog)

    def _change_setting(self, name: str, value: object) -> None:
        if self._desk is not None:
            values: dict[str, Any] = {name: value}
            self._desk.preferences.change(**values)

    def _show_settings(self, settings: Settings) -> None:
        if self._settings is not None:
            self._settings.show_settings(settings)

    def _show_models(self, models: tuple[ModelInfo, ...]) -> None:
        if self._settings is not None:
            self._settings.show_models(models)

    def _show_key_state(self, state: KeyState) -> None:
        if self._key is not None:
            self._key.show_state(state)

    def _show_check(self, check: KeyCheck) -> None:
        # The card of an empty tab may have asked instead.
        if self._key is None or not self._key.isVisible():
            return
        self._key.show_check(check)
        if check.is_good:
            self._key.close()
            self.key_accepted.emit()


def _open_once(dialog: QDialog) -> None:
    """Open a dialog that is gone when it is closed."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
