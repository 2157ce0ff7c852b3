"""A picture as large as the window allows: Escape closes it; it can be copied, or saved as it was sent."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QImage, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from desktop_chat.core.attachments import bytes_in_base64
from desktop_chat.ui.figures import bytes_text
from desktop_chat.ui.transcript.drawings.pictures import Picture, pixels_of

_LOOK_MS: Final = 16
_SHARE: Final = 0.9
_LEAST: Final = QSize(320, 240)
_PIXELS_AT_ONCE: Final = QSize(4096, 4096)


class _Canvas(QWidget):
    """The picture, fitted, never larger than it is."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.image = QImage()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.image.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        grain = self.devicePixelRatioF()
        ratio = min(self.width() / self.image.width(), self.height() / self.image.height(), 1.0 / min(grain, 1.0))
        shown = QRectF(0.0, 0.0, self.image.width() * ratio, self.image.height() * ratio)
        shown.moveCenter(QRectF(self.rect()).center())
        painter.drawImage(shown, self.image)
        painter.end()


class PictureViewer(QDialog):
    """Shows one picture; opened with `open`."""

    copy_requested = Signal()
    save_requested = Signal()

    def __init__(self, picture: Picture, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Picture")
        self._picture = picture
        self._canvas = _Canvas(self)
        self._words = QLabel(self._about(), self)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._canvas.setAccessibleName(self._words.text())
        buttons = QDialogButtonBox(self)
        buttons.addButton("&Copy", QDialogButtonBox.ButtonRole.ActionRole).clicked.connect(self.copy_requested)
        buttons.addButton("&Save…", QDialogButtonBox.ButtonRole.ActionRole).clicked.connect(self.save_requested)
        buttons.addButton(QDialogButtonBox.StandardButton.Close).setDefault(True)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self._canvas, 1)
        column.addWidget(self._words)
        column.addWidget(buttons)
        self._add_action("&Copy picture", QKeySequence.StandardKey.Copy).triggered.connect(self.copy_requested)
        self._add_action("&Save picture…", QKeySequence.StandardKey.Save).triggered.connect(self.save_requested)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        window = parent.window().size() * _SHARE
        self.resize((picture.size + QSize(40, 110)).boundedTo(window).expandedTo(_LEAST))
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _add_action(self, text: str, key: QKeySequence.StandardKey) -> QAction:
        """Offer something by a key, and in the context menu."""
        action = QAction(text, self)
        action.setShortcut(QKeySequence(key))
        action.setShortcutVisibleInContextMenu(True)
        self.addAction(action)
        return action

    def _about(self) -> str:
        size = self._picture.size
        kind = self._picture.kind.upper()
        return f"{kind} · {size.width():,} × {size.height():,} · {bytes_text(bytes_in_base64(self._picture.data))}"

    @property
    def is_shown(self) -> bool:
        """Whether the picture has been decoded."""
        return not self._canvas.image.isNull()

    def _look(self) -> None:
        """Show the picture once the thread has decoded it."""
        image = pixels_of(self._picture, _PIXELS_AT_ONCE)
        if image is None:
            return
        self._timer.stop()
        self._canvas.image = image
        self._canvas.update()
        if image.isNull():
            self._words.setText("The picture is broken.")
