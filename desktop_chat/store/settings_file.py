"""The settings on disk: one small JSON file, read before the first paint."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from desktop_chat.core.errors import SettingsError
from desktop_chat.core.settings import SettingProblem, Settings, settings_from, values_of
from desktop_chat.store.json_text import json_text
from desktop_chat.store.whole_file import replace_text


class _DamagedFile(SettingsError):
    """The file was read but makes no sense."""


class JsonSettingsFile:
    """Small and synchronous; `Preferences` gets what it read and a way to have it written."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> tuple[Settings, tuple[SettingProblem, ...]]:
        """Read the settings; a missing file gives the defaults, a damaged one the defaults and a problem.

        A damaged file is kept beside under another name. Never raises: the program starts in any case.
        """
        try:
            return settings_from(self._values())
        except _DamagedFile as error:
            return Settings(), (SettingProblem("", f"{error.title} {error.detail} {self._set_aside()}"),)
        except SettingsError as error:
            return Settings(), (SettingProblem("", f"{error.title} {error.detail}"),)

    def write(self, settings: Settings) -> None:
        """Replace the file in one step; keys of other versions are kept.

        Raises:  SettingsError when it cannot be written.
        """
        try:
            others = self._values()
        except _DamagedFile:
            self._set_aside()
            others = {}
        text = json_text({**others, **values_of(settings)}, indent=2) + "\n"
        try:
            replace_text(self._path, text)
        except OSError as error:
            raise self._error("The settings cannot be saved.", error.strerror or str(error)) from error

    def _values(self) -> dict[str, Any]:
        try:
            # Editors on Windows put a byte order mark in front.
            values = json.loads(self._path.read_bytes().decode("utf-8-sig"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._error("The settings cannot be read.", error.strerror or str(error)) from error
        except UnicodeDecodeError as error:
            raise self._damaged("not text in UTF-8", error.object.count(b"\n", 0, error.start) + 1) from error
        except json.JSONDecodeError as error:
            raise self._damaged(error.msg, error.lineno) from error
        except (RecursionError, ValueError) as error:
            # Nested too deeply, or a number with thousands of digits.
            raise self._damaged(str(error)) from error
        if not isinstance(values, dict):
            raise self._damaged("not one JSON object")
        return values

    def _error(self, title: str, reason: str) -> SettingsError:
        return SettingsError(title, f"{self._path}: {reason}.")

    def _damaged(self, reason: str, line: int | None = None) -> _DamagedFile:
        place = f"{self._path}, line {line}" if line else str(self._path)
        detail = f"{place}: {reason}. The defaults are used."
        return _DamagedFile("The settings file is damaged.", detail)

    def _set_aside(self) -> str:
        """Keep the damaged file under another name, and say where it is."""
        moment = time.strftime("%Y-%m-%d-%H%M%S")
        aside = self._path.with_name(f"{self._path.stem}.damaged-{moment}{self._path.suffix}")
        try:
            self._path.replace(aside)
        except OSError:
            return "It could not be set aside."
        return f"It was kept as {aside.name}."
