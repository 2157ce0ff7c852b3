"""Starts the program: `python -m desktop_chat`, the `desktop-chat` command and the bundle."""

from __future__ import annotations

import gc
import os
import sys

# qasync picks its Qt by this name; it must stand before anything imports qasync.
os.environ["QT_API"] = "pyside6"


def main() -> int:
    """Read the command line and run what it asks for; gives the exit code."""
    # MEASURED 10 of 190 ms to the first paint, 2026-11-24; `Housekeeping` collects once all is loaded.
    gc.disable()
    from desktop_chat import core_dumps
    from desktop_chat.cli import wishes_from

    core_dumps.turn_off()
    wishes = wishes_from(sys.argv[1:])
    if wishes.export is not None or wishes.is_self_test:
        gc.enable()
    if wishes.export is not None:
        from desktop_chat.export_command import export

        return export(wishes)
    if wishes.is_self_test:
        from desktop_chat.self_test import self_test

        return self_test(wishes)
    _skip_feature_search()
    from desktop_chat.app import run

    return run(wishes)


def _skip_feature_search() -> None:
    """Keep PySide from reading the source of every module that is imported after it.

    WORKAROUND https://doc.qt.io/qtforpython-6/considerations.html (6.11.3): it looks for `from __feature__ import`,
    which no module here has. MEASURED 18 of 44 ms of the imports before the first paint, 2026-11-23.
    """
    import PySide6.QtCore  # noqa: F401

    feature = sys.modules.get("shibokensupport.feature")
    if hasattr(feature, "_mod_uses_pyside"):
        feature._mod_uses_pyside = lambda _module: False  # type: ignore[union-attr]


if __name__ == "__main__":
    sys.exit(main())
