"""What a screen reader finds in the running program: a real display, a real AT-SPI bus, the system's own reader."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.end2end.at_spi import PACKAGES, Reader, desktop, missing, reading
from tests.end2end.processes import Home, started
from tests.helpers.machine import leave_out

_WAIT_S: Final = 20.0
_OPTIONS: Final = ("--demo", "--size", "1280x2000", "--ask")
_QT_REMARK: Final = "qt.accessibility.atspi: AtSpiAdaptor::applicationInterface does not implement"
_PASTE: Final = """
from PySide6.QtGui import QGuiApplication
app = QGuiApplication([])
print(app.clipboard().text(), flush=True)
"""


@pytest.fixture
def lived_in(tmp_path: Path) -> Iterator[Home]:
    """A desktop with a screen reader's bus."""
    absent = missing()
    if absent:
        leave_out(f"missing: {absent} (apt-get install {PACKAGES})")
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    with desktop(Home(folder)) as home:
        yield home


@pytest.fixture
def reader(lived_in: Home) -> Iterator[Reader]:
    """A screen reader that is there before the program."""
    with reading(lived_in) as made:
        yield made


def test_a_screen_reader_finds_hears_and_presses_everything(lived_in: Home, reader: Reader) -> None:
    question = "How long should a client wait between retries?"
    with started(lived_in, *_OPTIONS, question) as program:
        heard = reader.ask("announced", "over the whole interval.", timeout_s=_WAIT_S)
        reader.ask("find", "button", "Retry", timeout_s=_WAIT_S)
        transcript = reader.ask("find", "list", "Conversation")
        asked, answered = transcript["children"][:2]
        _check_messages(asked, answered, question)
        _check_blocks(answered)
        _check_places(transcript)
        _check_speech("\n".join(heard).split("\n"))
        words = reader.ask("words", "list item", f"You: {question}")
        assert "".join(words) == question
        assert {"How", "long", "should"} <= {word.strip() for word in words}
        assert reader.ask("press", "button", "Copy code")
        assert reader.ask("announced", "Copied", timeout_s=_WAIT_S)
        assert _clipboard(lived_in).startswith("def delay(attempt: int")
        program.signal(signal.SIGTERM)
        ended = program.ended()
    assert ended.code == 0
    assert [line for line in ended.err.splitlines() if not line.startswith(_QT_REMARK)] == []


def test_headings_have_a_level_links_an_address_and_folds_a_state(lived_in: Home, reader: Reader) -> None:
    with started(lived_in, *_OPTIONS, "Show me all of markdown"):
        link = reader.ask("find", "link", "link", timeout_s=_WAIT_S)
        heading = reader.ask("find", "heading", "Heading 2", timeout_s=_WAIT_S)
        assert heading["attributes"]["level"] == "2"
        assert link["description"].startswith("https://example.org")
        assert link["actions"] == ["Press"]
        fold = reader.ask("find", "button", "Thought for*", timeout_s=_WAIT_S)
        assert "collapsed" in fold["states"]
        assert reader.ask("press", "button", "Thought for*")
        assert "expanded" in reader.ask("find", "button", "Thought for*")["states"]


def _check_messages(asked: dict[str, Any], answered: dict[str, Any], question: str) -> None:
    assert (asked["role"], answered["role"]) == ("list item", "list item")
    assert asked["name"] == f"You: {question}"
    assert asked["text"] == question
    assert answered["name"].startswith("Claude: ")
    assert "full jitter" in answered["text"]
    assert "**exponentially" not in answered["text"]
    assert "focusable" in answered["states"]


def _check_blocks(answered: dict[str, Any]) -> None:
    (code,) = _all(answered, "section")
    assert code["name"] == "Code, python, 5 lines"
    assert code["text"].startswith("def delay(attempt: int")
    assert "Copy code" in [button["name"] for button in _all(code, "button")]
    (table,) = _all(answered, "table")
    assert table["name"] == "Table, 3 columns, 3 rows"
    assert [cell["name"] for cell in _all(table, "table column header")] == ["Status", "Meaning", "Retry?"]
    assert [cell["text"] for cell in _all(table, "table cell")][:2] == ["429", "your rate limit"]
    assert any("jitter" in block["text"] for block in _all(answered, "paragraph"))
    assert {"Copy", "Retry"} <= {button["name"] for button in _all(answered, "button")}


def _check_places(transcript: dict[str, Any]) -> None:
    left, top, width, height = transcript["box"]
    buttons = _all(transcript, "button")
    assert buttons
    for button in buttons:
        x, y, wide, high = button["box"]
        assert left <= x < x + wide <= left + width, button
        assert top <= y < y + high <= top + height, button
        assert "showing" in button["states"]
        assert button["name"]


_STEP = re.compile("Connecting|Sent .*, waiting|Sending|Waiting|Thinking|Writing")


def _check_speech(said: list[str]) -> None:
    assert "Code, python, 5 lines." in said
    assert "Table, 3 columns, 3 rows." in said
    steps = [words for words in said if _STEP.fullmatch(words)]
    assert len(steps) == len(set(steps)), "each is said once"
    sentences = [words for words in said if words not in steps]
    assert all(words.endswith((".", "?", ":", "!")) for words in sentences), sentences
    assert "\n".join(said).count("full jitter") == 1


def _all(node: dict[str, Any], role: str) -> list[dict[str, Any]]:
    """Everything of a role at and below an object."""
    own = [node] if node["role"] == role else []
    return own + [found for child in node["children"] for found in _all(child, role)]


def _clipboard(home: Home) -> str:
    """What lies on the clipboard of a desktop."""
    asked = subprocess.run([sys.executable, "-c", _PASTE], env=home.environment(), capture_output=True, text=True)
    assert asked.returncode == 0, asked.stderr
    return asked.stdout
