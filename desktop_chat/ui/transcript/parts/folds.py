"""What the reader folded, unfolded or wrapped: kept per message, so that it outlives the parts that show it."""

from __future__ import annotations

from itertools import count
from typing import Final, TypeAlias

Folds: TypeAlias = dict[str, bool]
"""What the reader folded (False) or unfolded (True), by name; what is missing is as it comes."""

_WRAPPED: Final = ".wrapped"


class BlockFold:
    """Whether one long block is open, and whether its lines are wrapped.

    `name` and `wrap_name` are what a click that changes it is called.
    """

    def __init__(self, folds: Folds, name: str, is_open: bool, is_foldable: bool = True) -> None:
        self._folds = folds
        self.name = name
        self.wrap_name = name + _WRAPPED
        self._is_open = is_open
        """Whether it comes open, until the reader says otherwise."""
        self.is_foldable = is_foldable

    @property
    def is_open(self) -> bool:
        return not self.is_foldable or self._folds.get(self.name, self._is_open)

    @property
    def is_wrapped(self) -> bool:
        return self._folds.get(self.wrap_name, False)

    def is_noted(self, name: str) -> bool:
        """Whether the reader has asked for something else about the block."""
        return self._folds.get(name, False)

    def note(self, name: str) -> None:
        """Ask for something else, or no more."""
        self._folds[name] = not self.is_noted(name)

    def toggle(self, name: str) -> bool:
        """Change what a click of this name changes; False when it is not about this block."""
        if name not in (self.name, self.wrap_name):
            return False
        self._folds[name] = not (self.is_open if name == self.name else self.is_wrapped)
        return True


_alone: Final = count()


def always_open() -> BlockFold:
    """For a block that the reader has unfolded already by other means."""
    return BlockFold({}, f"alone{next(_alone)}", is_open=True, is_foldable=False)
