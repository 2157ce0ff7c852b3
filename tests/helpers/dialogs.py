"""What stands in a dialog, and its buttons by their words."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QPushButton, QWidget


def words_of(widget: QWidget) -> str:
    """All of its labels, a line each."""
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


def shown_words(widget: QWidget) -> str:
    """Its labels that are in sight, a line each."""
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def shown_buttons(widget: QWidget) -> dict[str, QPushButton]:
    """Its buttons that are in sight."""
    return {button.text(): button for button in widget.findChildren(QPushButton) if button.isVisible()}


def press(widget: QWidget, words: str) -> None:
    """Click the button with these words."""
    next(button for button in widget.findChildren(QPushButton) if button.text() == words).click()
