"""What several dialogs are made of: quiet buttons, lists of lines, and the words for replies that are being written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QHeaderView, QPushButton, QTreeWidget, QWidget

WIDTH_PX: Final = 500
"""How wide the words of a dialog are that has nothing but words."""
MARGIN_PX: Final = 24


def quiet_button(text: str, clicked: Callable[[], object] | SignalInstance, parent: QWidget) -> QPushButton:
    """Make a button that leaves Return to the dialog's default."""
    button = QPushButton(text, parent)
    button.setAutoDefault(False)
    button.clicked.connect(clicked)
    return button


def line_list(name: str, heads: Sequence[str], wide_column: int, parent: QWidget) -> QTreeWidget:
    """Make a list of lines in columns, one of which takes what room the others leave."""
    made = QTreeWidget(parent)
    made.setAccessibleName(name)
    made.setHeaderLabels(list(heads))
    made.setRootIsDecorated(False)
    made.setUniformRowHeights(True)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    head = made.header()
    head.setStretchLastSection(False)
    head.setSectionsMovable(False)
    head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    head.setSectionResizeMode(wide_column, QHeaderView.ResizeMode.Stretch)
    return made


def still_written(busy_count: int) -> str:
    """The beginning of a sentence about so many replies."""
    return f"{'A reply is' if busy_count == 1 else f'{busy_count} replies are'} still being written"
