"""The rows of a code block laid out and coloured, each when it is painted first."""

from __future__ import annotations

from functools import cache
from typing import Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QTextLayout, QTextOption

from desktop_chat.ui.transcript.code.code_text import TAB_COLUMNS, CodeText
from desktop_chat.ui.transcript.code.diff_code import Change, change_of, is_diff, may_be_diff
from desktop_chat.ui.transcript.code.highlight import Colored, Highlighter
from desktop_chat.ui.transcript.code.terminal_code import Terminal, is_terminal, may_be_terminal
from desktop_chat.ui.transcript.markdown.visible_text import units
from desktop_chat.ui.transcript.parts.style import Role, Style, baseline_of, font_of, metrics_of

LINE_PX: Final = Role.CODE.line_px
_NO_LIMIT_PX: Final = 1e6
_LAYOUTS_MAX: Final = 400
"""So many rows keep their layout; more than any screen shows."""

_PROMPT_ROLE: Final = "comment"
_OUTPUT_ROLE: Final = "dim"
_TINT_ALPHA: Final = 0.16
_CHANGE_ROLES: Final = {Change.ADDED: "good", Change.REMOVED: "bad", Change.PLACE: "number", Change.FILE: "comment"}


@cache
def _option() -> QTextOption:
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    option.setTextDirection(Qt.LayoutDirection.LeftToRight)
    option.setTabStopDistance(TAB_COLUMNS * metrics_of(Role.CODE).horizontalAdvance("0"))
    return option


class CodeLines:
    """Layouts and colours for the rows of one text."""

    def __init__(self, text: CodeText, language: str, style: Style) -> None:
        self._text = text
        self._language = language
        self._style = style
        self._layouts: dict[int, QTextLayout] = {}
        self._highlighter = Highlighter(language)
        self._may_be_special = may_be_diff(language) or may_be_terminal(language)
        self._is_diff = False
        self.terminal: Terminal | None = None
        """Knows the prompts, when the code is what a terminal showed."""
        self.looks_ahead = False
        """Whether a line may look different for the sake of the one below it."""
        self.changed(0)

    def changed(self, first: int) -> bool:
        """The lines from `first` on are others than before; True when those above look different, too."""
        lines, is_other_kind = self._text.lines, False
        if self._may_be_special and not self.looks_ahead:
            self._is_diff = is_diff(self._language, lines)
            if not self._is_diff and is_terminal(self._language, lines):
                self.terminal = Terminal(lines)
            self.looks_ahead = is_other_kind = self._is_diff or self.terminal is not None
            first = 0 if is_other_kind else first
        if not self.looks_ahead:
            self._highlighter.put_lines(first, lines[first:])
        self._drop_layouts(self._text.first_row_of(max(0, first - 1) if self.looks_ahead else first))
        return is_other_kind

    def _drop_layouts(self, start: int, end: int | None = None) -> None:
        """Lay rows out again when they are painted again."""
        layouts = self._layouts
        for row in range(start, max(layouts, default=-1) + 1 if end is None else end):
            if row in layouts:
                del layouts[row]

    def forget(self) -> None:
        """Drop all layouts."""
        self._layouts.clear()

    def work(self, budget_s: float) -> int | None:
        """Colour some more lines; give the first that looks different now."""
        changed = self._highlighter.work(budget_s)
        if not changed:
            return None
        self._drop_layouts(self._text.first_row_of(changed.start), self._text.first_row_of(changed.stop))
        return changed[0]

    def is_resting(self, now_s: float) -> bool:
        """Whether `work` would do nothing now, though it may later."""
        return self._highlighter.is_resting(now_s)

    def look_to(self, row: int) -> None:
        """Rows up to this one are on the screen and want their colours."""
        if not self.looks_ahead and self._text.row_count:
            self._highlighter.look_to(self._text.line_of(min(row, self._text.row_count - 1)))

    @property
    def is_colored(self) -> bool:
        """Whether all lines that were looked at have their colours."""
        return self.looks_ahead or self._highlighter.is_done

    @property
    def has_tints(self) -> bool:
        """Whether rows may have a ground of their own."""
        return self._is_diff

    def tint_of(self, row: int) -> QColor | None:
        """The ground of a row that a patch adds or removes."""
        if not self._is_diff:
            return None
        change = change_of(self._text.lines, self._text.line_of(row))
        if change not in (Change.ADDED, Change.REMOVED):
            return None
        tint = QColor(self._style.colors.good if change is Change.ADDED else self._style.colors.bad)
        tint.setAlphaF(_TINT_ALPHA)
        return tint

    def layout(self, row: int) -> QTextLayout:
        """The layout of a row."""
        found = self._layouts.get(row)
        if found is None:
            if len(self._layouts) > _LAYOUTS_MAX:
                self._layouts.clear()
            found = self._layouts[row] = self._made_layout(row)
        return found

    def _colors_of(self, line: int) -> list[Colored]:
        text = self._text.lines[line]
        if self._is_diff:
            change = change_of(self._text.lines, line)
            if change is Change.NONE:
                return []
            length = 1 if change in (Change.ADDED, Change.REMOVED) else len(text)
            return [(0, length, _CHANGE_ROLES[change])]
        if self.terminal is not None:
            if not self.terminal.is_typed(line):
                return [(0, len(text), _OUTPUT_ROLE)]
            return [(0, self.terminal.prompt_length(line), _PROMPT_ROLE)]
        return self._highlighter.colors_of(line)

    def _made_layout(self, index: int) -> QTextLayout:
        row = self._text.row(index)
        text = self._text.lines[row.line][row.first : row.last]
        layout = QTextLayout(text, font_of(Role.CODE))
        layout.setCacheEnabled(True)
        layout.setTextOption(_option())
        formats = []
        for start, length, role in self._colors_of(row.line):
            first, last = max(start - row.first, 0), min(start + length - row.first, len(text))
            if first >= last:
                continue
            drawn = QTextLayout.FormatRange()
            drawn.start = units(text[:first])
            drawn.length = units(text[first:last])
            drawn.format = self._style.code_format(role)
            formats.append(drawn)
        layout.setFormats(formats)
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(_NO_LIMIT_PX)
        line.setPosition(QPointF(0.0, round(baseline_of(Role.CODE)) - line.ascent()))
        layout.endLayout()
        return layout
