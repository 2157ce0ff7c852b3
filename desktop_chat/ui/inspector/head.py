"""The first line of the inspector: who answered how, and which part of the reply is looked at."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QToolButton, QWidget

from desktop_chat.core.stream_record import StreamRecord
from desktop_chat.ui.elided_label import ElidedLabel
from desktop_chat.ui.icon_button import IconButton
from desktop_chat.ui.inspector.shown_text import escaped
from desktop_chat.ui.plain_label import let_select, plain_label
from desktop_chat.ui.roles import set_role
from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.taking.taking import put_text

_MODEL_CHARACTERS_MAX: Final = 120
_HOST_CHARACTERS_MAX: Final = 200
_ID_CHARACTERS_MAX: Final = 80
_BODY_CHARACTERS_MAX: Final = 200_000


class Head(QWidget):
    """Model, host, status, request id; one button for each part once there are two."""

    part_chosen = Signal(int)
    """Counted from 0 among the parts that are shown."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._request_id = ""
        self._model = ElidedLabel("")
        set_role(self._model, "heading")
        self._where = ElidedLabel("")
        set_role(self._where, "dim")
        self._id = plain_label(role="path", wraps=False)
        let_select(self._id)
        self._id.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._copying = IconButton(look, "copy", "Copy the request id")
        self._copying.clicked.connect(lambda: put_text(self._request_id))
        self._parts = QHBoxLayout()
        self._parts.setSpacing(2)
        self._parts_label = QLabel("Part")
        set_role(self._parts_label, "dim")
        self._parts.addWidget(self._parts_label)
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.part_chosen)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._model, 3)
        row.addWidget(self._where, 4)
        row.addWidget(self._id)
        row.addWidget(self._copying)
        row.addLayout(self._parts)

    def show_part(self, records: tuple[StreamRecord, ...], part: int, model: str) -> None:
        """Show one of these parts; `model` is what the reply says it was written by."""
        record = records[part]
        self._model.set_text(escaped((model or _asked_model(record))[:_MODEL_CHARACTERS_MAX]))
        self._where.set_text(" · ".join(word for word in (_host(record), _status(record)) if word))
        self._request_id = record.request_id or ""
        self._id.setText(escaped(self._request_id[:_ID_CHARACTERS_MAX]))
        self._id.setAccessibleName(f"Request id {self._id.text()}")
        self._id.setVisible(bool(self._request_id))
        self._copying.setVisible(bool(self._request_id))
        self._show_switch(records, part)

    @property
    def words(self) -> str:
        """What the line says."""
        return " · ".join((self._model.full_text, self._where.full_text, self._id.text()))

    def buttons(self) -> tuple[QToolButton, ...]:
        """One for each part, when there are more than one."""
        return tuple(button for button in self._group.buttons() if isinstance(button, QToolButton))

    def _show_switch(self, records: tuple[StreamRecord, ...], part: int) -> None:
        self._parts_label.setVisible(len(records) > 1)
        wanted = len(records) if len(records) > 1 else 0
        for button in self.buttons()[wanted:]:
            self._group.removeButton(button)
            button.hide()
            button.deleteLater()
        for number in range(len(self.buttons()), wanted):
            button = QToolButton()
            set_role(button, "toggle")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._group.addButton(button, number)
            self._parts.addWidget(button)
        if wanted:
            self._group.button(part).setChecked(True)
        for button, record in zip(self.buttons(), records, strict=False):
            button.setText(f"{record.part + 1}")
            button.setAccessibleName(f"Part {record.part + 1}")
            button.setToolTip("How the reply began" if not record.part else "How the reply was continued")


def _host(record: StreamRecord) -> str:
    try:
        host = urlsplit(record.request.url).netloc
    except ValueError:
        host = ""
    return escaped(host[:_HOST_CHARACTERS_MAX])


def _status(record: StreamRecord) -> str:
    if record.status is None:
        return "no answer"
    try:
        return f"{record.status} {HTTPStatus(record.status).phrase}"
    except ValueError:
        return f"{record.status}"


def _asked_model(record: StreamRecord) -> str:
    """The model of the request, while the reply has not named its own."""
    body = record.request.body or ""
    try:
        model = json.loads(body).get("model") if len(body) <= _BODY_CHARACTERS_MAX else None
    except (ValueError, AttributeError, RecursionError):
        return ""
    return model if isinstance(model, str) else ""
