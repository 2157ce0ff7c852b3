"""The owner of the settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_chat.core.errors import SettingsError
from desktop_chat.core.provider import ANTHROPIC, ProviderProfile
from desktop_chat.core.settings import SettingProblem, Settings


class Preferences(QObject):
    """Holds the settings, hands out the frozen value, and has every change written down.

    `overrides` (from the command line) count for this run and are never stored.
    """

    settings_changed = Signal(object)
    """Settings: as they count now."""
    problem_found = Signal(str)
    """A sentence for the reader: they could not be written down."""

    def __init__(
        self,
        stored: Settings,
        save: Callable[[Settings, Callable[[SettingsError], None]], None],
        problems: tuple[SettingProblem, ...] = (),
        overrides: dict[str, Any] | None = None,
        profile: ProviderProfile | None = None,
    ) -> None:
        """Take over what the settings file gave.

        `save` writes in the background and calls back with a SettingsError when it could not;
        `profile` replaces the server of the settings for this run (the demonstration server).
        """
        super().__init__()
        self._stored = stored
        self._save = save
        self._overrides = dict(overrides or {})
        self._profile = profile
        self.problems = problems
        self.settings = replace(stored, **self._overrides)

    def change(self, **values: Any) -> None:
        """Change some settings; stored at once, told when anything is different."""
        stored = replace(self._stored, **values)
        for name in values:
            self._overrides.pop(name, None)
        settings = replace(stored, **self._overrides)
        if stored != self._stored:
            self._stored = stored
            self._save(stored, self._tell)
        if settings != self.settings:
            self.settings = settings
            self.settings_changed.emit(settings)

    def profile(self) -> ProviderProfile:
        """The server in use; Anthropic when the address in the settings is none."""
        if self._profile is not None:
            return self._profile
        try:
            return self.settings.profile()
        except ValueError:
            return ANTHROPIC

    def _tell(self, error: SettingsError) -> None:
        self.problem_found.emit(f"{error.title} {error.detail}".strip())
