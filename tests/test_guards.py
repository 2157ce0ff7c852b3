"""Every guard is seen to fail: a bad test, run by a pytest of its own, must not pass.

One such pytest runs all of them, good ones first: its start takes longer than all its tests.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parent.parent

QT = """
import asyncio, gc, logging, os, socket, subprocess, sys, threading, warnings
import pytest
from PySide6.QtCore import QObject, QTimer, Signal, qWarning
from PySide6.QtWidgets import QApplication, QWidget
"""


BAD = {
    "qt_warning": ("def {name}(qapp): qWarning('boom')", "unexpected log record: qt: boom"),
    "python_warning": ("def {name}(): warnings.warn('boom')", "UserWarning: boom"),
    "log_record": ("def {name}(): logging.getLogger('x').warning('boom')", "unexpected log record: x: boom"),
    "log_record_expected_in_vain": ("def {name}(expect_log): expect_log('never')", "no log record matched 'never'"),
    "exception_in_a_slot": (
        """
class Bell(QObject):
    rung = Signal()

def {name}(qapp):
    bell = Bell()
    bell.rung.connect(lambda: 1 / 0)
    bell.rung.emit()
""",
        "ZeroDivisionError",
    ),
    "exception_in_a_virtual_method": (
        """
class Bad(QWidget):
    def hideEvent(self, event): raise KeyError('boom')

def {name}(qtbot):
    bad = Bad()
    qtbot.addWidget(bad)
    bad.show()
    QTimer.singleShot(0, bad, bad.hide)
    qtbot.waitUntil(lambda: not bad.isVisible())
""",
        "Error calling Python override of QWidget::hideEvent",
    ),
    "exception_nobody_can_raise": (
        """
class Dying:
    def __del__(self): raise KeyError('boom')

def {name}(): Dying()
""",
        "KeyError: 'boom'",
    ),
    "exception_in_a_thread": (
        """
def {name}():
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
""",
        "ZeroDivisionError",
    ),
    "exception_in_a_callback": (
        """
async def {name}():
    asyncio.get_running_loop().call_soon(lambda: 1 / 0)
    await asyncio.sleep(0.01)
""",
        "ZeroDivisionError",
    ),
    "task_left": (
        "async def {name}(): keep.append(asyncio.create_task(asyncio.sleep(30), name='lonely'))",
        "the test left tasks behind",
    ),
    "timer_left": (
        """
def {name}(qapp):
    timer = QTimer()
    keep.append(timer)
    timer.start(1000)
""",
        "a timer was left running",
    ),
    "window_left": (
        """
def {name}(qapp):
    window = QWidget()
    keep.append(window)
    window.show()
""",
        "a window was left behind",
    ),
    "connection_to_another_computer": (
        """
def {name}():
    with socket.socket() as s, pytest.raises(OSError):
        s.connect(('192.0.2.1', 80))
""",
        "a connection to '192.0.2.1'",
    ),
    "name_looked_up": (
        """
async def {name}():
    with pytest.raises(OSError):
        await asyncio.open_connection('example.com', 443)
""",
        "a look-up of the name 'example.com'",
    ),
    "child_process_left": (
        "def {name}(): keep.append(subprocess.Popen(['sleep', '30']))",
        "a child process was left running",
    ),
}


OUT_OF_REACH = """
def test_write():
    with pytest.raises(OSError):
        open({file!r}, "w")

def test_read_of_the_program_s_own():
    with pytest.raises(OSError):
        open({database!r})
"""

PICTURE = """
def test_picture(qtbot):
    w = QWidget()
    qtbot.addWidget(w)
    w.show()
    assert 1 == 2
"""

PLAIN = "async def test_plain(): assert 'Qt' not in type(asyncio.get_running_loop()).__name__"

GOOD = """
async def test_async_first(qapp):
    assert "Qt" in type(asyncio.get_running_loop()).__name__
    assert await asyncio.to_thread(lambda: 5) == 5

def test_then_qtbot(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    timer = QTimer(window, singleShot=True)
    with qtbot.waitSignal(timer.timeout, timeout=1000):
        timer.start(10)

async def test_then_async_again():
    await asyncio.sleep(0)

def test_an_exit_of_the_application(qapp):
    qapp.exit(0)

def test_does_not_end_later_waits(qtbot):
    timer = QTimer(singleShot=True)
    with qtbot.waitSignal(timer.timeout, timeout=1000):
        timer.start(10)

def test_an_expected_record(expect_log):
    expect_log("x: bo+m")
    logging.getLogger("x").error("boom")

def test_a_name_that_never_exists():
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("host.invalid", 443)

def test_home_key_and_keyring_are_not_the_real_ones():
    import keyring
    assert "desktop-chat-tests-" in os.environ["HOME"]
    assert "ANTHROPIC_API_KEY" not in os.environ
    assert type(keyring.get_keyring()).__module__ == "keyring.backends.fail"
    assert os.environ["DBUS_SESSION_BUS_ADDRESS"] == "disabled:"

@pytest.fixture
async def server():
    started = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    task = asyncio.create_task(started.serve_forever(), name="server")
    await asyncio.sleep(0)
    yield started
    task.cancel()
    await asyncio.wait([task])
    started.close()
    await started.wait_closed()

async def test_a_task_of_a_fixture_is_fine(server):
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of all these tests."""

    folder: Path
    code: int
    printed: str
    troubles: dict[str, str]
    """By the name of the test; empty for one that passed."""

    def pictures(self) -> list[Path]:
        """What was saved of the windows that were open."""
        return [self.folder / line for line in self.printed.splitlines() if line.endswith(".png")]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """Run all of them under this project's conftest and configuration."""
    folder = tmp_path_factory.mktemp("guards")
    (folder / "conftest.py").write_text("from tests.conftest import *\n", encoding="utf-8")
    (folder / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text("utf-8"), encoding="utf-8")
    home = folder / "share"
    database = home / "desktop-chat" / "conversations.db"
    database.parent.mkdir(parents=True)
    database.touch()
    bad = [body.format(name=f"test_{name}") for name, (body, _) in BAD.items()]
    files = {
        "core/test_plain.py": PLAIN,
        "ui/test_good.py": GOOD,
        "ui/test_out_of_reach.py": OUT_OF_REACH.format(file=str(home / "file"), database=str(database)),
        "ui/test_picture.py": PICTURE,
        "ui/test_bad.py": "keep = []\n" + "\n\n".join(bad),
    }
    paths = [folder / "tests" / name for name in files]
    for path, body in zip(paths, files.values(), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(QT + body, encoding="utf-8")
    variables = {
        "PYTHONPATH": str(ROOT),
        "ANTHROPIC_API_KEY": "sk-ant-not-a-key",
        "DESKTOP_CHAT_TESTS_REAL_HOME": str(home),
    }
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--junitxml=result.xml", *map(str, paths)],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )
    troubles: dict[str, str] = {}
    for case in ElementTree.parse(folder / "result.xml").iter("testcase"):
        told = [*case.iter("failure"), *case.iter("error")]
        troubles[case.attrib["name"]] = "\n".join(f"{one.get('message')} {one.text}" for one in told)
    return Outcome(folder, ended.returncode, ended.stdout, troubles)


def test_the_run_of_bad_tests_fails(outcome: Outcome) -> None:
    assert outcome.code == pytest.ExitCode.TESTS_FAILED, outcome.printed


@pytest.mark.parametrize("name", BAD)
def test_every_bad_test_fails(outcome: Outcome, name: str) -> None:
    assert BAD[name][1] in outcome.troubles[f"test_{name}"]


def test_the_real_home_is_out_of_reach(outcome: Outcome) -> None:
    write, read = outcome.troubles["test_write"], outcome.troubles["test_read_of_the_program_s_own"]
    assert f"opening {outcome.folder / 'share' / 'file'} of the real home" in write
    assert f"opening {outcome.folder / 'share' / 'desktop-chat' / 'conversations.db'} of the real home" in read
    # Both have met their OSError: it is the guard alone that fails them.
    assert "DID NOT RAISE" not in write + read
    assert not (outcome.folder / "share" / "file").exists()


@pytest.mark.parametrize("name", re.findall(r"^(?:async )?def (test_\w+)", GOOD, re.MULTILINE))
def test_good_tests_pass_in_one_process(outcome: Outcome, name: str) -> None:
    assert outcome.troubles[name] == ""


def test_only_the_upper_folders_run_on_the_qt_loop(outcome: Outcome) -> None:
    assert outcome.troubles["test_plain"] == ""


def test_a_failed_test_leaves_a_picture(outcome: Outcome) -> None:
    (picture,) = [path for path in outcome.pictures() if "test_picture" in path.name]
    assert picture.read_bytes().startswith(b"\x89PNG")
