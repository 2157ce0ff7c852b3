"""The floor of a start: an empty QMainWindow, told like the program's own milestones."""

from __future__ import annotations

import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QMainWindow


class BareWindow(QMainWindow):
    """Says when it was painted first."""

    is_painted = False

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.is_painted:
            self.is_painted = True
            QTimer.singleShot(0, self, self._tell)

    def _tell(self) -> None:
        sys.stderr.write(f"milestone first_painted at {time.monotonic():.6f}\n")
        sys.stderr.flush()


def main() -> int:
    app = QApplication(["bare"])
    window = BareWindow()
    window.resize(1280, 840)
    window.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
