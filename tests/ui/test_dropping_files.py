"""What is dragged over the window: one overlay for files and pictures, and what is let go comes into the composer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from desktop_chat.core.keys import KeySource, KeyState
from desktop_chat.ui.composer_text import ComposerText
from desktop_chat.ui.drop_overlay import DropOverlay, DropZone
from desktop_chat.ui.shortcuts import Command
from desktop_chat.ui.theme import Look
from tests.helpers.window_kit import WindowKit, active_kits, window_kits

COPY, MOVE = Qt.DropAction.CopyAction, Qt.DropAction.MoveAction
LEFT, NOTHING = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class Dragger:
    """Another program from which something is dragged over the window; the events go the way the system's do."""

    def __init__(self, window: QWidget, data: QMimeData, held: Qt.KeyboardModifier = NOTHING) -> None:
        self._window = window
        self.data = data
        self._held = held

    def enter(self, at: QPoint) -> bool:
        """Come in; whether it would be taken here."""
        event = QDragEnterEvent(at, COPY | MOVE, self.data, LEFT, self._held)
        return self._send(event) and self.move(at)

    def move(self, at: QPoint) -> bool:
        event = QDragMoveEvent(at, COPY | MOVE, self.data, LEFT, self._held)
        return self._send(event)

    def leave(self) -> None:
        self._send(QDragLeaveEvent())

    def drop(self, at: QPoint) -> Qt.DropAction:
        """Let go; what the other program is told was done with it."""
        event = QDropEvent(QPointF(at), COPY | MOVE, self.data, LEFT, self._held)
        self._send(event)
        return event.dropAction()

    def _send(self, event: QDragEnterEvent | QDragMoveEvent | QDragLeaveEvent | QDropEvent) -> bool:
        QApplication.sendEvent(self._window.windowHandle(), event)
        return event.isAccepted()


@pytest.fixture
def kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    yield from active_kits(look, qtbot, "a")


@pytest.fixture
def keyless_kit(look: Look, qtbot: QtBot) -> Iterator[WindowKit]:
    """A window that asks for a key first."""
    for made in window_kits(look):
        made.keys.state = KeyState(KeySource.NONE)
        with qtbot.waitExposed(made.window):
            made.window.show()
        made.attach()
        yield made


def zone_of(kit: WindowKit) -> DropZone:
    found = kit.window.findChild(DropZone)
    assert found is not None
    return found


def files_data(*paths: Path) -> QMimeData:
    made = QMimeData()
    made.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    made.setText("\n".join(str(path) for path in paths))
    return made


def text_data(text: str) -> QMimeData:
    made = QMimeData()
    made.setText(text)
    return made


def attached(kit: WindowKit) -> list[str]:
    return [attachment.name for attachment in kit.deck.page().composer.draft().attachments]


def middle_of(kit: WindowKit, widget: QWidget) -> QPoint:
    return widget.mapTo(kit.window, widget.rect().center())


def places(kit: WindowKit) -> list[QPoint]:
    """The text that is typed, the conversation, the sidebar with its field, the tabs."""
    text = kit.deck.page().composer.findChild(ComposerText)
    assert text is not None
    sidebar = middle_of(kit, kit.sidebar)
    return [middle_of(kit, text), QPoint(700, 300), sidebar, QPoint(sidebar.x(), 75), middle_of(kit, kit.deck.strip)]


def test_files_dropped_anywhere_are_attached_in_the_tab_in_view(kit: WindowKit, qtbot: QtBot, tmp_path: Path) -> None:
    names: list[str] = []
    for number, place in enumerate(places(kit)):
        path = tmp_path / f"notes {number}.txt"
        path.write_text(f"text {number}")
        dragger = Dragger(kit.window, files_data(path))

        assert dragger.enter(place)
        assert zone_of(kit).is_overlay_shown
        assert dragger.drop(place) is COPY

        assert not zone_of(kit).is_overlay_shown
        names.append(path.name)
        qtbot.waitUntil(lambda: attached(kit) == names)
    assert len(names) == 5
    assert kit.deck.page().composer.draft().text == ""


def test_the_overlay_stays_while_the_pointer_moves_over_the_window(kit: WindowKit, tmp_path: Path) -> None:
    dragger = Dragger(kit.window, files_data(tmp_path / "notes.txt"))
    start, *others = places(kit)
    assert dragger.enter(start)
    for place in (*others, start):
        assert dragger.move(place)
        assert zone_of(kit).is_overlay_shown
    dragger.leave()
    assert not zone_of(kit).is_overlay_shown


def test_the_overlay_lies_over_the_whole_window_and_grows_with_it(kit: WindowKit, tmp_path: Path) -> None:
    Dragger(kit.window, files_data(tmp_path / "notes.txt")).enter(QPoint(700, 300))
    overlay = kit.window.findChild(DropOverlay)
    assert overlay is not None
    assert overlay.size() == kit.window.size()
    kit.window.resize(1000, 700)
    assert overlay.size() == kit.window.size()
    zone_of(kit).put_away()


def test_escape_takes_the_overlay_away_and_stops_nothing(kit: WindowKit, tmp_path: Path) -> None:
    session = kit.stream()
    Dragger(kit.window, files_data(tmp_path / "notes.txt")).enter(QPoint(700, 300))

    kit.window.actions_by_command[Command.STOP].trigger()

    assert not zone_of(kit).is_overlay_shown
    assert session.is_busy


def test_an_overlay_that_nobody_took_away_goes_with_the_next_click(kit: WindowKit, tmp_path: Path) -> None:
    Dragger(kit.window, files_data(tmp_path / "notes.txt")).enter(QPoint(700, 300))
    overlay = kit.window.findChild(DropOverlay)
    assert overlay is not None
    QTest.mouseClick(overlay, LEFT)
    assert not zone_of(kit).is_overlay_shown


def test_a_picture_is_attached(kit: WindowKit, qtbot: QtBot) -> None:
    data = QMimeData()
    image = QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill(0)
    data.setImageData(image)
    dragger = Dragger(kit.window, data)
    assert dragger.enter(QPoint(700, 300))
    assert zone_of(kit).is_overlay_shown
    dragger.drop(QPoint(700, 300))
    qtbot.waitUntil(lambda: attached(kit) == ["Dropped picture.png"])


def test_text_goes_to_the_caret_without_an_overlay(kit: WindowKit) -> None:
    composer = kit.deck.page().composer
    composer.insert_text("before ")
    # With Shift the system offers to take it away from where it comes from.
    dragger = Dragger(kit.window, text_data("dropped"), Qt.KeyboardModifier.ShiftModifier)
    assert dragger.enter(QPoint(700, 300))
    assert not zone_of(kit).is_overlay_shown
    assert dragger.drop(QPoint(700, 300)) is COPY
    assert composer.draft().text == "before dropped"


def test_an_address_of_another_computer_is_inserted_and_not_fetched(kit: WindowKit) -> None:
    data = QMimeData()
    data.setUrls([QUrl("https://example.invalid/notes.pdf")])
    dragger = Dragger(kit.window, data)
    assert dragger.enter(QPoint(700, 300))
    assert not zone_of(kit).is_overlay_shown
    dragger.drop(QPoint(700, 300))
    assert kit.deck.page().composer.draft().text == "https://example.invalid/notes.pdf"
    assert attached(kit) == []


def test_what_is_neither_is_refused(kit: WindowKit) -> None:
    data = QMimeData()
    data.setData("application/x-thing", b"thing")
    assert not Dragger(kit.window, data).enter(QPoint(700, 300))


class DragFromHere(QDragEnterEvent):
    """Something is dragged out of the window itself."""

    def source(self) -> QObject:
        return QCoreApplication.instance() or QObject()


def test_what_is_dragged_out_of_a_conversation_is_not_taken_by_the_window(kit: WindowKit) -> None:
    data = text_data("words")
    event = DragFromHere(QPoint(700, 300), COPY, data, LEFT, NOTHING)
    zone_of(kit).dragEnterEvent(event)
    assert not event.isAccepted()


def test_nothing_is_taken_where_there_is_no_composer(keyless_kit: WindowKit, qtbot: QtBot, tmp_path: Path) -> None:
    kit = keyless_kit
    qtbot.waitUntil(lambda: not kit.deck.page().may_attach)
    assert not Dragger(kit.window, files_data(tmp_path / "notes.txt")).enter(QPoint(700, 300))
    assert not zone_of(kit).is_overlay_shown
    kit.window.actions_by_command[Command.ATTACH].trigger()
    assert kit.window.findChild(QFileDialog) is None
