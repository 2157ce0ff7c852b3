"""What a test does with a transcript: show, stream, scroll, click, look."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QPoint, QPointF, Qt, SignalInstance
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_chat.core.events import BlockStarted, TextArrived
from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.core.settings import Following
from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.messages.pacing import LAG_S
from desktop_chat.ui.transcript.page import Spot
from desktop_chat.ui.transcript.parts.part import Deed, Part, Target
from desktop_chat.ui.transcript.view import TranscriptView
from tests.helpers.samples import question, reply
from tests.helpers.signals import PATIENCE_S

SIZE_PX = (900, 500)
LONG = "\n\n".join(f"Paragraph {number} of a text that is longer than the screen." for number in range(60))


def answer(text: str, **fields: Any) -> Message:
    """A complete reply with this text."""
    return reply("c", None, text, **{"status": MessageStatus.COMPLETE, **fields})


def told_by(signal: SignalInstance) -> list[tuple[object, ...]]:
    """What a signal tells from now on."""
    told: list[tuple[object, ...]] = []
    signal.connect(lambda *values: told.append(values))
    return told


class Stage:
    """A transcript on the screen."""

    def __init__(self, look: Look, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.look = look
        self.view = TranscriptView(look)
        # What most tests look at is the end.
        self.view.set_following(Following.END)
        qtbot.addWidget(self.view)
        self.view.resize(*SIZE_PX)
        with qtbot.waitExposed(self.view):
            self.view.show()

    # --- show and stream ---

    def show(self, *messages: Message, siblings: dict[str, tuple[str, ...]] | None = None) -> None:
        """Show these messages and wait until they are painted."""
        self.view.show_path(messages, lambda message_id: (siblings or {}).get(message_id, (message_id,)))
        self.wait()

    def begin(self, text: str = "") -> Message:
        """Ask a question, let a reply begin and stream a first text."""
        self.show(question("c", "What?"))
        begun = reply("c", None, "", status=MessageStatus.STREAMING, content=())
        self.view.add_message(begun)
        self.view.apply_event(begun.id, BlockStarted(0, {"type": "text", "text": ""}))
        self.stream(begun, text)
        return begun

    def stream(self, begun: Message, text: str) -> None:
        """Let text arrive and wait until it is painted.

        It arrived a moment ago, so that all of it is due. With `apply_event` it would be handed out evenly, which
        takes a tenth of a second a piece and is tested elsewhere.
        """
        self.view._arrivals.put(begun.id, TextArrived(0, text), time.monotonic() - LAG_S)
        self.view._run_clock()
        self.view._clock.hurry()
        self.wait()

    def end(self, begun: Message, text: str, **fields: Any) -> Message:
        """End a reply and wait until its end is painted."""
        values = {"status": MessageStatus.COMPLETE, "content": ({"type": "text", "text": text},), **fields}
        ended = replace(begun, **values)
        self.view.end_message(ended)
        self.wait()
        return ended

    def wait(self) -> None:
        """Wait until everything is painted."""
        self.wait_until(lambda: self.view.is_painted_up_to_date)
        QApplication.sendPostedEvents()

    def wait_until(self, is_done: Callable[[], bool], timeout_s: float = PATIENCE_S) -> None:
        """Wait until something is so; one frame follows the other at once, but for those that only tell the time."""
        until_s = time.monotonic() + timeout_s
        while not is_done():
            assert time.monotonic() < until_s, "it never came"
            if not self._is_a_matter_of_time:
                self.view._clock.hurry()
            self.qtbot.wait(1)

    @property
    def _is_a_matter_of_time(self) -> bool:
        """Whether more frames make nothing faster: text that waits for its turn, a glide, a drawing in the making."""
        view = self.view
        return not view._arrivals.is_empty or view._page.scrolling.is_gliding or bool(view._painter.undrawn)

    # --- look ---

    @property
    def value(self) -> int:
        return self.view.verticalScrollBar().value()

    @property
    def most(self) -> int:
        return self.view.verticalScrollBar().maximum()

    def spots(self) -> list[Spot]:
        """All parts on the screen."""
        return list(self.view._page.spots(0.0, float(self.view.viewport().height())))

    def part(self, kind: type[Part], number: int = 0) -> Spot:
        """The part of a kind on the screen."""
        return [spot for spot in self.spots() if isinstance(spot.part, kind)][number]

    def targets(self, deed: Deed) -> list[tuple[Spot, Target]]:
        """All places on the screen that do something."""
        return [(spot, target) for spot in self.spots() for target in spot.part.targets() if target.deed is deed]

    # --- act ---

    def click(self, deed: Deed, number: int = 0) -> None:
        """Click a place that does something."""
        spot, target = self.targets(deed)[number]
        self.click_at(spot.rect_of(target).center().toPoint())

    def click_at(self, point: QPoint) -> None:
        QTest.mouseClick(self.view.viewport(), Qt.MouseButton.LeftButton, pos=point)
        self.wait()

    def drag(self, start: QPoint, end: QPoint) -> None:
        viewport = self.view.viewport()
        QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
        for step in range(1, 5):
            QTest.mouseMove(viewport, start + (end - start) * step / 4)
        QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)
        self.wait()

    def wheel(self, angle: int = 0, pixels: int = 0, across: int = 0) -> None:
        middle = QPointF(450.0, 250.0)
        turn = QWheelEvent(
            middle,
            middle,
            QPoint(0, pixels),
            QPoint(across, angle),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.view.viewport(), turn)
        self.wait()

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.view, key, modifier)
        self.wait()


def clipboard(form: str = "text/plain") -> str:
    """What lies on the clipboard."""
    return bytes(QGuiApplication.clipboard().mimeData().data(form).data()).decode()
