"""Everything a reader can set: one frozen dataclass, one line an option.

The dialog, the file, the documentation and a test are built from the options listed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Final

from desktop_chat.core.provider import ANTHROPIC_URL, VERSION_COMPATIBLE, AuthStyle, ProviderProfile, profile_for


class Theme(StrEnum):
    """Colours of the window."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class SendKey(StrEnum):
    """Which key sends; Shift+Enter always makes a new line, Ctrl+Enter always sends."""

    ENTER = "enter"
    CTRL_ENTER = "ctrl+enter"


class ThinkingMode(StrEnum):
    """Whether models that can think are asked to."""

    AUTO = "auto"
    OFF = "off"


class ColumnWidth(StrEnum):
    """How wide the text of a conversation gets."""

    NARROW = "narrow"
    NORMAL = "normal"
    WIDE = "wide"
    FULL = "full"


class Following(StrEnum):
    """What the page does while a reply is being written."""

    QUESTION = "question"
    """The question goes to the top and stays there; the reply grows below it."""
    END = "end"
    """The newest line stays in sight."""
    NEVER = "never"
    """Nothing moves but by the reader's own act."""


class Motion(StrEnum):
    """Whether things on the screen may move by themselves."""

    SYSTEM = "system"
    REDUCED = "reduced"
    """No gliding, no pulsing; text stands there as soon as it has come."""


class AuthChoice(StrEnum):
    """How the key is sent; AUTO follows from the server's address."""

    AUTO = "auto"
    X_API_KEY = "x-api-key"
    BEARER = "bearer"


@dataclass(frozen=True, slots=True)
class Option:
    """What the dialog, the file and the documentation need to know of one setting."""

    label: str
    sentence: str
    group: str
    minimum: int | None = None
    maximum: int | None = None
    is_long_text: bool = False


def _option(default: Any, option: Option | None) -> Any:
    return field(default=default, metadata={"option": option})


_LOOK, _TYPE, _ASK, _SERVER = "Appearance", "Typing", "Replies", "Server"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; immutable, replaced as a whole. Options without a label are kept but not in the dialog."""

    theme: Theme = _option(Theme.SYSTEM, Option("Theme", "Light, dark, or as the desktop has it.", _LOOK))
    column: ColumnWidth = _option(
        ColumnWidth.NORMAL, Option("Text width", "How wide the text of a conversation gets.", _LOOK)
    )
    zoom_percent: int = _option(
        100, Option("Text size", "In percent; Ctrl with +, − and 0 change it too.", _LOOK, 50, 300)
    )
    following: Following = _option(
        Following.QUESTION,
        Option("While a reply is written", "Keep the question at the top, follow the end, or never move.", _LOOK),
    )
    motion: Motion = _option(
        Motion.SYSTEM, Option("Motion", "As the desktop has it, or reduced: nothing glides or pulses.", _LOOK)
    )
    send_key: SendKey = _option(SendKey.ENTER, Option("Send with", "Shift+Enter always makes a new line.", _TYPE))
    model: str = _option("", Option("Model", "Model for new conversations; empty takes the default.", _ASK))
    max_tokens: int = _option(16_384, Option("Longest reply", "In tokens; thinking counts.", _ASK, 1, 128_000))
    thinking: ThinkingMode = _option(
        ThinkingMode.AUTO, Option("Thinking", "Let models think before they answer where they can.", _ASK)
    )
    reconnects: bool = _option(
        True, Option("Reconnect by itself", "Go on with a reply whose line has failed, at most three times.", _ASK)
    )
    system_prompt: str = _option(
        "", Option("Instructions", "Sent ahead of every conversation.", _ASK, is_long_text=True)
    )
    base_url: str = _option(
        ANTHROPIC_URL, Option("Address", "Anthropic, or any server that speaks the Messages API.", _SERVER)
    )
    auth_style: AuthChoice = _option(AuthChoice.AUTO, Option("Key is sent as", "Header that carries the key.", _SERVER))
    api_version: str = _option(
        "", Option("API version", "Value of anthropic-version; empty follows the address.", _SERVER)
    )
    window_geometry: str = _option("", None)
    sidebar_px: int = _option(264, None)
    is_sidebar_shown: bool = _option(True, None)

    def profile(self) -> ProviderProfile:
        """Where requests go with these settings.

        Raises:  ValueError with a sentence for the reader when the address or the version is none.
        """
        style = None if self.auth_style is AuthChoice.AUTO else AuthStyle(self.auth_style.value)
        version = self.api_version.strip()
        if not (version.isascii() and version.isprintable()):
            raise ValueError(f"“{version}” is no API version. It should look like {VERSION_COMPATIBLE}, or be empty.")
        return profile_for(self.base_url, style, version or None)


def options() -> Mapping[str, Option]:
    """The options of the dialog by field name, in order."""
    return {item.name: item.metadata["option"] for item in fields(Settings) if item.metadata["option"] is not None}


GROUPS: Final = (_LOOK, _TYPE, _ASK, _SERVER)


@dataclass(frozen=True, slots=True)
class SettingProblem:
    """A value in a settings file that could not be used and was replaced by its default."""

    key: str
    sentence: str


def settings_from(values: Mapping[str, Any]) -> tuple[Settings, tuple[SettingProblem, ...]]:
    """Build settings of a file's values; a bad one falls back to its default and is told."""
    known: dict[str, Any] = {}
    problems: list[SettingProblem] = []
    defaults = Settings()
    for item in fields(Settings):
        if item.name not in values:
            continue
        try:
            known[item.name] = _checked(values[item.name], getattr(defaults, item.name), item.metadata["option"])
        except ValueError as error:
            problems.append(SettingProblem(item.name, f"“{item.name}” {error}; the default is used."))
    for name in ("base_url", "api_version"):
        try:
            Settings(**{name: known.get(name, getattr(defaults, name))}).profile()
        except ValueError as error:
            problems.append(SettingProblem(name, f"{error} The default is used."))
            del known[name]
    return Settings(**known), tuple(problems)


def values_of(settings: Settings) -> dict[str, Any]:
    """The settings as plain JSON values."""
    return {item.name: getattr(settings, item.name) for item in fields(settings)}


def _checked(value: Any, default: Any, option: Option | None) -> Any:
    kind = type(default)
    if issubclass(kind, StrEnum):
        try:
            return kind(value)
        except ValueError:
            raise ValueError(f"must be one of {', '.join(member.value for member in kind)}") from None
    if kind is bool or kind is str:
        if not isinstance(value, kind):
            raise ValueError("must be true or false" if kind is bool else "must be text")
        return value
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("must be a whole number")
    least, most = (option.minimum, option.maximum) if option else (None, None)
    if least is not None and most is not None and not least <= value <= most:
        raise ValueError(f"must lie between {least} and {most}")
    return value
