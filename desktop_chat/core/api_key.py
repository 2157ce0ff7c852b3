"""The API key as a value that cannot leak by accident."""

from __future__ import annotations

from typing import Final, NoReturn
from urllib.parse import quote

SHOWN_CHARACTERS: Final = 4
"""How many of its last characters a key may show, so that a reader can tell two keys apart."""

_QUOTES: Final = "\"'`“”‘’«»"


class ApiKey:
    """A secret that shows itself only to whoever calls `reveal`.

    Not a dataclass and not picklable: `repr`, `str`, `vars` and tracebacks show a mask.
    """

    __slots__ = ("_characters",)

    def __init__(self, text: str) -> None:
        self._characters = text

    @classmethod
    def from_typed(cls, text: str) -> ApiKey | None:
        """Make a key of what a person pasted; None when nothing is left of it.

        Blanks, line ends and quotation marks around the key are dropped: they come with the copy.
        """
        stripped = text.strip().strip(_QUOTES).strip()
        return cls(stripped) if stripped else None

    def reveal(self) -> str:
        """Give the key itself; to be called only where it goes into a header or the keyring."""
        return self._characters

    def spellings(self) -> tuple[str, ...]:
        """The key as it is, and as JSON or an address spells it: a server may echo it in any of these forms."""
        secret = self._characters
        return tuple(dict.fromkeys((secret, secret.replace("/", "\\/"), quote(secret, safe=""))))

    @property
    def mask(self) -> str:
        """The key as it may be shown, e.g. `sk-ant-…wXyZ`."""
        text = self._characters
        if len(text) <= 4 * SHOWN_CHARACTERS:
            return "…"
        prefix = "sk-ant-" if text.startswith("sk-ant-") else ""
        return f"{prefix}…{text[-SHOWN_CHARACTERS:]}"

    @property
    def is_header_safe(self) -> bool:
        """Whether the key can stand in an HTTP header: printable ASCII without blanks."""
        return all("!" <= character <= "~" for character in self._characters)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ApiKey) and other._characters == self._characters

    def __hash__(self) -> int:
        return hash(self._characters)

    def __repr__(self) -> str:
        return f"ApiKey({self.mask})"

    __str__ = __repr__

    def __reduce__(self) -> NoReturn:
        raise TypeError("an API key is never pickled or copied to disk")
