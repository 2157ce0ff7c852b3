"""Parts below each other: heights are estimated until somebody looks, then measured."""

from __future__ import annotations

from desktop_chat.ui.transcript.parts.heights import Heights
from desktop_chat.ui.transcript.parts.leaf_part import set_gap
from desktop_chat.ui.transcript.parts.part import Part


class PartStack:
    """The parts of one message.

    Units:   pixels from the top of the message.
    """

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.width = self.spread = 0.0
        self.height = 0.0
        """Of all parts together; kept here rather than asked for, as it is looked at several times a frame."""
        self.moves = 0
        """Another number whenever a part has come or gone, or is higher or lower than before."""
        self._heights = Heights()

    def replace_from(self, index: int, parts: list[Part]) -> None:
        """Put these parts in place of all from `index` on."""
        if self.parts[index:] == parts:
            # They have only grown: a part that takes over another leaf keeps the room above it.
            for at, part in enumerate(parts, index):
                self._put_height(at, self._height_of(part))
        else:
            self.moves += 1
            self.parts[index:] = parts
            self._heights.truncate(index)
            above = self.parts[index - 1] if index else None
            for part in parts:
                set_gap(above, part)
                self._heights.append(self._height_of(part))
                above = part
            self.height = self._heights.total

    def replace(self, index: int, part: Part) -> None:
        """Put a part in place of another one of its kind: the room around them is the same."""
        part.gap = self.parts[index].gap
        self.parts[index] = part
        self.moves += 1
        self._heights[index] = self._height_of(part)
        self.height = self._heights.total

    def set_room(self, width: float, spread: float) -> None:
        """Lay out for another width of the column, or other room beside it: heights are guesses again."""
        if (width, spread) != (self.width, self.spread):
            self.width, self.spread = width, spread
            self.moves += 1
            self._heights = Heights(self._height_of(part) for part in self.parts)
            self.height = self._heights.total

    def _height_of(self, part: Part) -> float:
        return part.gap + (part.height if self.is_measured(part) else round(part.estimate(self.width)))

    def is_measured(self, part: Part) -> bool:
        """Whether a part is laid out for the room there is."""
        return part.measured_width == self.width and (not part.is_wide or part.spread == self.spread)

    def _put_height(self, index: int, height: float) -> None:
        if height != self._heights.values[index]:
            self._heights[index] = height
            self.height = self._heights.total
            self.moves += 1

    def _measure(self, part: Part) -> None:
        part.spread = self.spread
        part.measure(self.width)

    def settle(self, top: float, bottom: float) -> bool:
        """Measure what lies between two heights; True when a height turned out different."""
        if not self.parts:
            return False
        has_changed = False
        # Walked in every frame: `is_measured` stands here itself, a call for each part would cost more than the walk.
        parts, heights, width, spread = self.parts, self._heights.values, self.width, self.spread
        (index, y), count = self._heights.place_at(top), len(parts)
        while index < count and y <= bottom:
            part = parts[index]
            if part.measured_width != width or (part.is_wide and part.spread != spread):
                before = heights[index]
                self._measure(part)
                self._put_height(index, part.gap + part.height)
                has_changed = has_changed or heights[index] != before
            y += heights[index]
            index += 1
        return has_changed

    def is_settled(self, top: float, bottom: float) -> bool:
        """Whether all that lies between two heights is measured."""
        if not self.parts:
            return True
        heights, (index, y) = self._heights.values, self._heights.place_at(top)
        end = index
        while end < len(heights) and y <= bottom:
            y += heights[end]
            end += 1
        width, spread = self.width, self.spread
        return not [
            part
            for part in self.parts[index:end]
            if part.measured_width != width or (part.is_wide and part.spread != spread)
        ]

    def settle_from(self, index: int) -> None:
        """Measure all parts from `index` on."""
        for at in range(index, len(self.parts)):
            part = self.parts[at]
            if not self.is_measured(part):
                self._measure(part)
            self._put_height(at, part.gap + part.height)

    def remeasure(self, index: int) -> None:
        """Measure a part that has changed its shape by itself."""
        self._measure(self.parts[index])
        self._put_height(index, self.parts[index].gap + self.parts[index].height)

    def top_of(self, index: int) -> float:
        """Where a part begins, below its gap."""
        return self._heights.top_of(index) + self.parts[index].gap

    def index_at(self, y: float) -> int:
        """The part at a height; the gap belongs to the part below it."""
        return self._heights.index_at(y)

    def measured_between(self, top: float, bottom: float) -> list[tuple[int, Part, float]]:
        """Index, part and its top for everything measured that lies between two heights."""
        found: list[tuple[int, Part, float]] = []
        if not self.parts:
            return found
        parts, heights, width, spread = self.parts, self._heights.values, self.width, self.spread
        (index, y), count = self._heights.place_at(top), len(parts)
        while index < count and y <= bottom:
            part = parts[index]
            if part.measured_width == width and (not part.is_wide or part.spread == spread):
                found.append((index, part, y + part.gap))
            y += heights[index]
            index += 1
        return found
