"""A program whose key is typed into its window, first a wrong one, then the right one; both come by standard input."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from desktop_chat.api.demo_server import DemoServer
from desktop_chat.core.keys import KeySource
from desktop_chat.core.messages import MessageStatus
from desktop_chat.log import Log
from desktop_chat.paths import Paths
from desktop_chat.ui.key_dialog import KeyDialog
from tests.end2end.alone import run_alone
from tests.end2end.running import Place, Running, until
from tests.helpers.dialogs import press, words_of

KEYRING_S_MAX = 20.0


async def type_keys(app: QApplication, url: str, data_dir: Path, wrong_key: str, key: str) -> None:
    """Type, be refused, type again, ask with the key from the keyring, and restart with it."""
    paths = Paths.below(data_dir)
    paths.make()
    paths.settings.write_text(json.dumps({"base_url": url, "auth_style": "x-api-key"}), encoding="utf-8")
    log = Log(paths.logs_dir, is_debug=True)
    place = Place(data_dir, DemoServer(), has_key=False)
    async with Running(app, place) as program:
        await until(lambda: program.program._keys.state.source is KeySource.NOT_NEEDED, KEYRING_S_MAX)
        await _type(program, wrong_key, lambda dialog: "was not accepted" in words_of(dialog))
        await _type(program, key, lambda dialog: not dialog.isVisible())
        assert program.program._keys.state.source is KeySource.KEYRING
        sys.stderr.write("the key is kept\n")
        sys.stderr.flush()
        await _ask(program)
    async with Running(app, place) as again:
        await until(lambda: again.program._keys.state.source is KeySource.KEYRING, KEYRING_S_MAX)
        await _ask(again)
        again.program._keys.forget()
        await until(lambda: again.program._keys.state.source is KeySource.NOT_NEEDED, KEYRING_S_MAX)
    log.close()


async def _type(program: Running, key: str, is_done: Callable[[KeyDialog], bool]) -> None:
    program.window._dialogs.open_key()
    dialog = program.window.findChild(KeyDialog)
    assert isinstance(dialog, KeyDialog)
    field = dialog.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    field.clear()
    QTest.keyClicks(field, key)
    press(dialog, "Check")
    await until(lambda: is_done(dialog), KEYRING_S_MAX)


async def _ask(program: Running) -> None:
    program.window.ask("hello")
    assert (await program.reply()).status is MessageStatus.COMPLETE


def main() -> None:
    """Run once."""
    url, data_dir = sys.argv[1:]
    wrong_key, key = sys.stdin.read().split()
    run_alone(lambda app: type_keys(app, url, Path(data_dir), wrong_key, key))


if __name__ == "__main__":
    main()
