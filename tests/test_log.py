"""The log tells what happened and never a key."""

from __future__ import annotations

import logging
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_chat import log as log_module
from desktop_chat.log import Log, mask
from tests.guards import ExpectedLogs

KEY = "sk-ant-api03-abcDEF_123-xyz"

log = logging.getLogger("desktop_chat.test")


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Log]:
    made = Log(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize(
    "text",
    [
        f"using {KEY} now",
        f"x-api-key: {KEY}",
        "x-api-key: plainsecret",
        "{'x-api-key': 'plainsecret', 'accept': '*/*'}",
        "[(b'x-api-key', b'plainsecret')]",
        "Authorization: Bearer plainsecret",
        "headers={'authorization': 'Bearer plainsecret'}",
        'api_key="plainsecret"',
        "proxy http://me:plainsecret@proxy.example:3128 is down",
        "sk-proj-plainsecret",
    ],
)
def test_nothing_like_a_key_stays(text: str) -> None:
    masked = mask(text)
    assert "plainsecret" not in masked
    assert "abcDEF" not in masked
    assert "…" in masked


@pytest.mark.parametrize(
    "text",
    ["GET https://api.anthropic.com/v1/messages 200", "the API key was rejected", "me@example.com wrote task-1", ""],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert mask(text) == text


def test_keys_in_arguments_and_tracebacks_are_masked(started: Log, expect_log: object) -> None:
    try:
        raise ValueError(f"cannot use {KEY}")
    except ValueError:
        log.info("failed with %s", KEY, exc_info=True)
    text = started.path.read_text("utf-8")
    assert "ValueError: cannot use sk-ant-…" in text
    assert "failed with sk-ant-…" in text
    assert KEY not in text


def test_only_the_owner_may_read_the_log_and_its_old_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "FILE_BYTES_MAX", 500)
    started = Log(tmp_path)
    for number in range(40):
        log.info("line %d", number)
    started.close()
    files = sorted(tmp_path.iterdir())
    assert len(files) == 1 + log_module.OLD_FILES_COUNT
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_standard_error_stays_empty_without_debug(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    started = Log(tmp_path)
    log.info("quiet")
    log.debug("more quiet")
    started.close()
    assert capsys.readouterr().err == ""
    assert "quiet" in started.path.read_text("utf-8")
    assert "more quiet" not in started.path.read_text("utf-8")


def test_debug_shows_everything_on_standard_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    started = Log(tmp_path, is_debug=True)
    log.debug("detail of %s", KEY)
    started.close()
    shown = capsys.readouterr().err
    assert "detail of sk-ant-…" in shown
    assert "detail of sk-ant-…" in started.path.read_text("utf-8")


def test_a_program_without_standard_error_logs_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    started = Log(tmp_path)
    log.info("hello")
    started.close()
    assert "hello" in started.path.read_text("utf-8")


def test_closing_leaves_logging_as_it_was(tmp_path: Path) -> None:
    root = logging.getLogger()
    before = (list(root.handlers), root.level, logging.raiseExceptions)
    started = Log(tmp_path, is_debug=True)
    started.close()
    started.close()
    assert (list(root.handlers), root.level, logging.raiseExceptions) == before


def test_a_log_that_cannot_be_written_keeps_nobody_from_reading(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], expect_log: ExpectedLogs
) -> None:
    expect_log(r"desktop_chat\.log: no log file is written")
    (tmp_path / log_module.FILE_NAME).mkdir()

    made = Log(tmp_path)
    made.close()

    assert "no log file is written" in capsys.readouterr().err


def test_what_packages_whisper_to_the_root_logger_is_left_out(tmp_path: Path) -> None:
    made = Log(tmp_path, is_debug=True)
    logging.debug("a letter was drawn")
    log.debug("a question was sent")
    made.close()
    text = made.path.read_text(encoding="utf-8")
    assert "a question was sent" in text
    assert "a letter was drawn" not in text
