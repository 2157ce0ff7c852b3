"""The order in which Tab goes from control to control."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def put_before(follower: QWidget, top: QWidget, controls: Iterable[QWidget]) -> None:
    """Let Tab come to these, all of them in `top`, ahead of another one: Qt comes to what was made last in the end."""
    before = _ahead_of(follower)
    # What cannot have the keyboard is no place for Qt to put something behind.
    while before is not follower and (before.focusPolicy() is Qt.FocusPolicy.NoFocus or top.isAncestorOf(before)):
        before = _ahead_of(before)
    for control in controls:
        QWidget.setTabOrder(before, control)
        before = control


def _ahead_of(control: QWidget) -> QWidget:
    before = control.previousInFocusChain()
    assert before is not None, "the chain is a ring"
    return before
