"""Looks at pictures here, as the window does, while a thread decodes others; ends when it has not got stuck."""

from __future__ import annotations

import base64
import threading

from PySide6.QtCore import QBuffer, QIODevice, QSize
from PySide6.QtGui import QGuiApplication, QImage

from desktop_chat.ui.transcript.drawings.pictures import Picture

ROUNDS = 3_000


def _picture_of(kind: str) -> str:
    image = QImage(90, 60, QImage.Format.Format_RGB32)
    image.fill(0xCC3311)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, kind)  # type: ignore[call-overload]
    return base64.b64encode(bytes(buffer.data().data())).decode()


def main() -> None:
    """Run once."""
    app = QGuiApplication([])
    data = [_picture_of(kind) for kind in ("PNG", "JPEG", "WEBP")]
    is_over = threading.Event()

    def decode() -> None:
        while not is_over.is_set():
            for each in data:
                assert not Picture(each).decoded(QSize(20, 20)).isNull()

    decoding = threading.Thread(target=decode)
    decoding.start()
    for number in range(ROUNDS):
        assert Picture(data[number % len(data)]).size == QSize(90, 60)
    is_over.set()
    decoding.join()
    del app


if __name__ == "__main__":
    main()
