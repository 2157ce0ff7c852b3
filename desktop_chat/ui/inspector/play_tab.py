"""Playing a reply again, in a transcript of its own: no network, only what was written down."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_chat.chat.replay import Replay
from desktop_chat.core.messages import Message
from desktop_chat.core.settings import ColumnWidth, Following
from desktop_chat.core.stream_record import StreamRecord
from desktop_chat.ui.connections import Connections
from desktop_chat.ui.fonts import SMALL_PX, figures_font
from desktop_chat.ui.inspector.words import moment_words
from desktop_chat.ui.plain_label import plain_label
from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.view import TranscriptView

SPEEDS: Final = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 50.0)


class PlayTab(QWidget):
    """Shows one reply once more; it is made ready by `take` and starts when it is asked to."""

    position_changed = Signal(float)
    """Seconds on the common axis; below 0 when nothing is being played."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._question: Message | None = None
        self._played: tuple[Message, tuple[StreamRecord, ...]] | None = None
        self._replay: Replay | None = None
        self._connections = Connections()
        self.transcript = TranscriptView(look)
        self.transcript.set_following(Following.END)
        self.playing = QPushButton("Play")
        self.again = QPushButton("From the start")
        self.speed = QComboBox()
        self.speed.setAccessibleName("Speed")
        for speed in SPEEDS:
            self.speed.addItem(f"{speed:g}×", speed)
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        self.shortening = QCheckBox("Shorten pauses")
        self.shortening.setToolTip("A silence of more than a second counts for one")
        self._position = plain_label(wraps=False)
        self._position.setFont(figures_font(SMALL_PX))
        bar = QHBoxLayout()
        bar.setSpacing(8)
        for widget in (self.playing, self.again, self.speed, self.shortening):
            bar.addWidget(widget)
        bar.addStretch(1)
        bar.addWidget(self._position)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(bar)
        column.addWidget(self.transcript, 1)
        self.playing.clicked.connect(self._toggle)
        self.again.clicked.connect(self.start)
        self.speed.currentIndexChanged.connect(lambda _row: self._set_speed())
        self.shortening.toggled.connect(self._set_shortened)
        self._show_state()

    # --- what is played

    def take(self, question: Message | None, message: Message, records: tuple[StreamRecord, ...]) -> None:
        """Be ready to play this reply, which stands below this question."""
        self.drop()
        self._question = question
        self._played = (message, records)
        self._show_state()

    def _make(self) -> None:
        """Lay the reply out in time; that takes a moment for a long one, so not before somebody wants to see it."""
        if self._played is None or self._replay is not None:
            return
        message, records = self._played
        replay = self._replay = Replay(message, records, self)
        add = self._connections.add
        add(replay.reset, self._show_empty)
        add(replay.event_arrived, self.transcript.apply_event)
        add(replay.ended, self.transcript.end_message)
        add(replay.position_changed, self._follow)
        add(replay.playing_changed, lambda _is_playing: self._show_state())
        self._set_speed()
        self._set_shortened(self.shortening.isChecked())
        self._show_state()

    def drop(self) -> None:
        """Let go of the reply."""
        self._played = None
        if self._replay is not None:
            self._replay.stop()
            self._connections.cut()
            self._replay.deleteLater()
            self._replay = None
            self.transcript.show_path((), lambda message_id: (message_id,))
            self.position_changed.emit(-1.0)
        self._show_state()

    @property
    def is_ready(self) -> bool:
        """Whether there is something to play."""
        return self._played is not None

    @property
    def is_playing(self) -> bool:
        return self._replay is not None and self._replay.is_playing

    # --- wishes

    def start(self) -> None:
        """Play from the beginning."""
        self._make()
        if self._replay is not None:
            self._replay.restart()

    def pause(self) -> None:
        """Stand still."""
        if self._replay is not None:
            self._replay.pause()

    def seek(self, at_s: float) -> None:
        """Go to a moment of the common axis."""
        self._make()
        if self._replay is not None:
            self._replay.seek(at_s)
            self._show_state()

    def set_reading(self, zoom_percent: int, column: ColumnWidth) -> None:
        """Show the text as the conversations do."""
        self.transcript.set_reading(zoom_percent, column)

    def _toggle(self) -> None:
        self._make()
        if self._replay is None:
            return
        if self._replay.is_playing:
            self._replay.pause()
        else:
            self._replay.play()

    def _set_speed(self) -> None:
        if self._replay is not None:
            self._replay.set_speed(float(self.speed.currentData()))

    def _set_shortened(self, is_shortened: bool) -> None:
        if self._replay is not None:
            self._replay.set_gaps_shortened(is_shortened)

    # --- showing

    def _show_empty(self, reply: Message) -> None:
        path = (reply,) if self._question is None else (self._question, reply)
        # Another path first, so that what was played before leaves nothing behind.
        self.transcript.show_path((), lambda message_id: (message_id,))
        self.transcript.show_path(path, lambda message_id: (message_id,))

    def _follow(self, at_s: float) -> None:
        self._show_position(at_s)
        self.position_changed.emit(at_s)

    def _show_state(self) -> None:
        is_playing, is_ready = self.is_playing, self.is_ready
        self.playing.setText("Pause" if is_playing else "Play")
        for widget in (self.playing, self.again):
            widget.setEnabled(is_ready)
        self._show_position(self._replay.position_s if self._replay is not None else 0.0)

    def _show_position(self, at_s: float) -> None:
        length_s = self._replay.length_s if self._replay is not None else 0.0
        self._position.setText(f"{moment_words(at_s)} of {moment_words(length_s)} s" if length_s else "")

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        # Nobody is looking.
        self.pause()
