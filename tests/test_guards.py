"""Every guard is seen to fail: a bad test, run by a pytest of its own, must not pass."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parent.parent

QT = """
import asyncio, gc, logging, os, socket, subprocess, sys, threading, warnings
import pytest
from PySide6.QtCore import QObject, QTimer, Signal, qWarning
from PySide6.QtWidgets import QApplication, QWidget
"""


def run(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    body: str,
    *,
    folder: str = "ui",
    options: Sequence[str] = (),
) -> pytest.RunResult:
    """Run the body as a test file below `tests/<folder>` under this project's conftest and configuration."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    path = pytester.path / "tests" / folder / "test_bad.py"
    path.parent.mkdir(parents=True)
    path.write_text(QT + body, encoding="utf-8")
    (pytester.path / "conftest.py").write_text("from tests.conftest import *\n", encoding="utf-8")
    (pytester.path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text("utf-8"), encoding="utf-8")
    return pytester.run(sys.executable, "-m", "pytest", "-q", *options, str(path), timeout=60)


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


def test_every_bad_test_fails(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = [body.format(name=f"test_{name}") for name, (body, _) in BAD.items()]
    result = run(pytester, monkeypatch, "keep = []\n" + "\n\n".join(bodies), options=["--junitxml=result.xml"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    told: dict[str, str] = {}
    for case in ElementTree.parse(pytester.path / "result.xml").iter("testcase"):
        trouble = [*case.iter("failure"), *case.iter("error")]
        told[case.attrib["name"]] = "\n".join(f"{one.get('message')} {one.text}" for one in trouble)
    for name, (_, expected) in BAD.items():
        assert expected in told[f"test_{name}"], name


def test_the_real_home_is_out_of_reach(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    data = pytester.mkdir("share")
    database = data / "desktop-chat" / "conversations.db"
    database.parent.mkdir(parents=True)
    database.touch()
    monkeypatch.setenv("DESKTOP_CHAT_TESTS_REAL_HOME", str(data))
    body = f"""
def test_write():
    with pytest.raises(OSError):
        open({str(data / "file")!r}, "w")

def test_read_of_the_program_s_own():
    with pytest.raises(OSError):
        open({str(database)!r})
"""
    result = run(pytester, monkeypatch, body)
    result.assert_outcomes(passed=2, errors=2)
    result.stdout.fnmatch_lines(["*opening *file of the real home*", "*opening *conversations.db of the real home*"])
    assert not (data / "file").exists()


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


def test_good_tests_pass_in_one_process(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-not-a-key")
    result = run(pytester, monkeypatch, GOOD)
    result.assert_outcomes(passed=9)


def test_only_the_upper_folders_run_on_the_qt_loop(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    body = "async def test(): assert 'Qt' not in type(asyncio.get_running_loop()).__name__"
    run(pytester, monkeypatch, body, folder="core").assert_outcomes(passed=1)


def test_a_failed_test_leaves_a_picture(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    body = "def test(qtbot):\n    w = QWidget()\n    qtbot.addWidget(w)\n    w.show()\n    assert 1 == 2"
    result = run(pytester, monkeypatch, body)
    pictures = [line for line in result.stdout.lines if line.endswith(".png")]
    assert len(pictures) == 1
    assert (pytester.path / pictures[0]).read_bytes().startswith(b"\x89PNG")
