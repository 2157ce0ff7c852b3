"""Opens the stream inspector for a reply, keeps it told what becomes of that, and does what it asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_chat.core.failure import Failure
from desktop_chat.core.messages import Message
from desktop_chat.ui.connections import Connections
from desktop_chat.ui.placement import FRAME_PX
from desktop_chat.ui.theme import Look

if TYPE_CHECKING:
    from desktop_chat.chat.session import ChatSession
    from desktop_chat.chat.stream_recorder import StreamRecorder
    from desktop_chat.core.stream_record import SentRequest
    from desktop_chat.ui.desk import Desk
    from desktop_chat.ui.inspector.inspector_window import InspectorWindow


class Inspecting(QObject):
    """There is one inspector at most; asked for another reply, it shows that one."""

    def __init__(self, look: Look, desk: Desk, recorder: StreamRecorder, window: QWidget) -> None:
        super().__init__(window)
        self._look = look
        self._desk = desk
        self._recorder = recorder
        self._window = window
        self._inspector: InspectorWindow | None = None
        self._size: QSize | None = None
        """How large the reader has left it in this run."""
        self._connections = Connections()
        self._facts = Connections()
        """Of the conversation the reply belongs to."""

    def open(self, conversation_id: str, message_id: str) -> None:
        """Show what went over the line for a reply of an open conversation."""
        session = self._desk.library.session(conversation_id)
        inspector = self._inspector or self._make()
        self._facts.cut()
        self._facts.add(session.turn_ended, lambda message: self._tell(session, message, message_id))
        self._facts.add(session.turn_cut, lambda message: self._tell(session, message, message_id))
        found = next((message for message in session.path() if message.id == message_id), None)
        if found is not None:
            self._tell(session, found, message_id)
        inspector.show()
        inspector.setWindowState(inspector.windowState() & ~Qt.WindowState.WindowMinimized)
        inspector.raise_()
        inspector.activateWindow()

    def close(self) -> None:
        """Close the inspector, if it is open."""
        if self._inspector is not None:
            self._inspector.close()

    def _make(self) -> InspectorWindow:
        from desktop_chat.ui.inspector.inspector_window import InspectorWindow

        inspector = self._inspector = InspectorWindow(self._look, self._recorder, self._window)
        room = self._window.screen().availableGeometry()
        inspector.resize((self._size or inspector.size()).boundedTo(room.size() - FRAME_PX))
        # What has a frame is moved by the corner of that.
        place = QRect(QPoint(), inspector.size() + FRAME_PX)
        place.moveCenter(self._window.frameGeometry().center())
        place.moveBottomRight(QPoint(min(place.right(), room.right()), min(place.bottom(), room.bottom())))
        place.moveTopLeft(QPoint(max(place.left(), room.left()), max(place.top(), room.top())))
        inspector.move(place.topLeft())
        inspector.show_settings(self._desk.preferences.settings)
        inspector.closed.connect(self._forget)
        inspector.curl_requested.connect(self._copy_curl)
        inspector.save_requested.connect(self._ask_where)
        add = self._connections.add
        add(self._desk.preferences.settings_changed, inspector.show_settings)
        add(self._recorder.saved, lambda path: inspector.say(f"Saved as {Path(path).name}."))
        add(self._recorder.save_failed, self._show_failure)
        return inspector

    def _forget(self) -> None:
        self._connections.cut()
        self._facts.cut()
        inspector, self._inspector = self._inspector, None
        if inspector is not None:
            self._size = inspector.size()
            inspector.deleteLater()

    def _tell(self, session: ChatSession, message: Message, message_id: str) -> None:
        """Tell the inspector what a reply is now, and below which question it stands."""
        if self._inspector is None or message.id != message_id:
            return
        path = session.path()
        question = next((former for former in path if former.id == message.parent_id), None)
        self._inspector.inspect(question, message)

    # --- what it asks for

    def _copy_curl(self, request: SentRequest) -> None:
        from desktop_chat.core.curl import curl_command
        from desktop_chat.ui.transcript.taking.taking import put_text

        command = curl_command(request)
        if command is not None and self._inspector is not None:
            put_text(command)
            missing = " without the data of files" if request.is_shortened else ""
            self._inspector.say(f"Copied{missing}. Set ANTHROPIC_API_KEY before you run it.")

    def _ask_where(self, message: Message, part: int) -> None:
        from desktop_chat.ui.transcript.code.saving import folder_to_save_in

        dialog = QFileDialog(self._inspector, "Save as a replay file", str(Path(folder_to_save_in()) / "reply.sse"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.fileSelected.connect(lambda path: self._recorder.save(message, part, path))
        dialog.open()

    def _show_failure(self, failure: Failure) -> None:
        if self._inspector is not None:
            self._inspector.say(f"{failure.title} {failure.detail}".strip())
