"""Copying a picture: its pixels alone, as PNG, whatever the file is."""

from __future__ import annotations

import sys
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QObject, Qt
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter
from PySide6.QtWidgets import QMessageBox, QWidget

from desktop_chat.ui.picture_files import buffer_of, reader_of
from desktop_chat.ui.thread_work import ThreadWork
from desktop_chat.ui.transcript.drawings.pictures import Picture

PNG: Final = "image/png"

WANTS_PIXELS: Final = sys.platform in ("win32", "darwin")
"""There a clipboard knows pictures as pixels; Qt makes the system's forms of those alone."""


class PictureCopying(QObject):
    """Puts a picture on the clipboard once a thread has made it, unless something else was copied meanwhile."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._work = ThreadWork(self)
        self._wanted: Picture | None = None
        QGuiApplication.clipboard().dataChanged.connect(self._forget)

    def copy(self, picture: Picture) -> None:
        """Copy this one."""
        self._wanted = picture
        self._work.begin(lambda: _made(picture), lambda made: self._put(picture, *made))

    def _forget(self) -> None:
        self._wanted = None

    def _put(self, picture: Picture, file: QByteArray, image: QImage) -> None:
        if self._wanted is not picture:
            return
        self._wanted = None
        if file.isEmpty():
            self._tell_damaged()
            return
        data = QMimeData()
        data.setData(PNG, file)
        if WANTS_PIXELS:
            data.setImageData(image)
        QGuiApplication.clipboard().setMimeData(data)

    def _tell_damaged(self) -> None:
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText("The picture could not be copied.")
        box.setInformativeText("It is damaged.")
        box.addButton(QMessageBox.StandardButton.Close)
        box.open()


def _made(picture: Picture) -> tuple[QByteArray, QImage]:
    """The file of a PNG as it is, a PNG of any other; empty for a damaged one. In a thread."""
    try:
        file = picture.file
    except ValueError:
        return QByteArray(), QImage()
    buffer = buffer_of(file)
    image = reader_of(buffer, picture.kind).read()
    if image.isNull():
        return QByteArray(), image
    if picture.kind == "png":
        return file, image
    made = QBuffer()
    made.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(made, QByteArray(b"png")).write(image)
    return made.data(), image
