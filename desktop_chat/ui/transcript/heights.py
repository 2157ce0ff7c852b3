"""Heights of things that stand below each other: any sum, change and search in logarithmic time."""

from __future__ import annotations

from collections.abc import Iterable


class Heights:
    """A list of heights with prefix sums (a Fenwick tree).

    Units:   pixels.
    """

    def __init__(self, heights: Iterable[float] = ()) -> None:
        self._values: list[float] = list(heights)
        self._tree: list[float] = [0.0, *self._values]
        for index in range(1, len(self._tree)):
            parent = index + (index & -index)
            if parent < len(self._tree):
                self._tree[parent] += self._tree[index]

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, index: int) -> float:
        return self._values[index]

    def __setitem__(self, index: int, height: float) -> None:
        change = height - self._values[index]
        if change:
            self._values[index] = height
            at = index + 1
            while at < len(self._tree):
                self._tree[at] += change
                at += at & -at

    def append(self, height: float) -> None:
        """Put one more at the end."""
        at = len(self._tree)
        inside = height
        child = at - 1
        while child > at - (at & -at):
            inside += self._tree[child]
            child -= child & -child
        self._values.append(height)
        self._tree.append(inside)

    def truncate(self, length: int) -> None:
        """Drop everything from index `length` on."""
        del self._values[length:]
        del self._tree[length + 1 :]

    def top_of(self, index: int) -> float:
        """Sum of all heights before `index`."""
        total = 0.0
        while index > 0:
            total += self._tree[index]
            index -= index & -index
        return total

    @property
    def total(self) -> float:
        return self.top_of(len(self._values))

    def index_at(self, y: float) -> int:
        """Index of what lies at `y`; the first or last one beyond the ends. There must be one."""
        at, step = 0, 1 << len(self._values).bit_length()
        while step:
            ahead = at + step
            if ahead < len(self._tree) and self._tree[ahead] <= y:
                at, y = ahead, y - self._tree[ahead]
            step >>= 1
        return min(at, len(self._values) - 1)
