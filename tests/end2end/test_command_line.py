"""The command line as a script sees it: exit codes, what is printed where, and what is written to disk."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from desktop_chat import __version__
from desktop_chat.api.demo_faults import AT_ONCE, Faults
from desktop_chat.api.demo_server import DemoServer
from tests.end2end.processes import KEY, Ended, Home, run, started
from tests.helpers.demo import wait_for_questions

TEXT = "First line, plain.\n\n- a list\n- with **marks**\n\nÜmlaut, 中文, 🎉."


# --- what ends before a window


def test_the_version_is_printed(home: Home) -> None:
    ended = run(home, "--version")
    assert (ended.code, ended.out.strip(), ended.err) == (0, f"desktop-chat {__version__}", "")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--nonsense"], "--nonsense"),
        (["a question without its option"], "unrecognized arguments"),
        (["--onc"], "--onc"),
        (["--once"], "--once needs --ask"),
        (["--ask"], "expected one argument"),
        (["--ask", "  "], "empty"),
        (["--size", "large"], "should look like 1280x840"),
        (["--size", "100x100"], "pixels"),
        (["--theme", "pink"], "pink"),
        (["--base-url", "ftp://somewhere"], "not a web address"),
        (["--base-url", "https://me:secret@example.invalid"], "user name or a password"),
        (["--demo", "--base-url", "http://127.0.0.1:1"], "leave --base-url out"),
        (["--export", "x.json", "--ask", "hello"], "--export works alone"),
        (["--export", "missing/folder/x.json"], "no such folder"),
        (["--screenshot", "."], "folder"),
    ],
    ids=" ".join,
)
def test_a_bad_command_line_is_told_and_opens_nothing(home: Home, options: list[str], sentence: str) -> None:
    ended = run(home, *options)
    assert ended.code == 2
    assert sentence in ended.err
    assert ended.out == ""
    assert "Traceback" not in ended.err
    assert home.files() == set(), "no window, so nothing is written"


# --- one question, one answer


@dataclass(frozen=True, slots=True)
class Case:
    """A question to a server, and how the program must end."""

    faults: Faults
    code: int
    says: str = ""
    """A part of what stands on standard error; empty for silence there."""
    prints: str | None = ""
    """What stands on standard output; None for a beginning of the text that is not empty."""
    key: str | None = KEY
    url: str = ""


def _unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


CASES: Mapping[str, Case] = {
    # The two that try again and again come first, so that all others run meanwhile.
    "no such host": Case(Faults(), 1, "nowhere.invalid", url="http://nowhere.invalid"),
    "nobody listens": Case(Faults(), 1, "127.0.0.1", url=f"http://127.0.0.1:{_unused_port()}"),
    "complete": Case(Faults(reply_text=TEXT), 0, prints=TEXT),
    "wrong key": Case(Faults(), 1, "The key was not accepted.", key="sk-ant-api03-not-the-right-one"),
    "bad request": Case(Faults(status=400), 1, "The server cannot do this request."),
    "a web page": Case(Faults(is_html=True, status=200), 1, "web page"),
    "cut": Case(Faults(reply_text=TEXT * 9, cut_after_events=20), 3, "ended too early", prints=None),
    "cut before a word": Case(Faults(reply_text=TEXT, cut_after_events=1), 1, "ended too early"),
    "limit reached": Case(Faults(tokens_max=20), 3, "greatest length", prints=None),
    "refusal": Case(Faults(refuses=True), 1, "declined", prints=None),
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Ended]]:
    """All cases, run side by side: most of them wait for something."""

    def ask(name: str) -> Ended:
        case = CASES[name]
        home = Home(tmp_path_factory.mktemp("home"), {"ANTHROPIC_API_KEY": case.key})
        with DemoServer(case.faults, AT_ONCE) as server:
            return run(home, "--base-url", case.url or server.url, "--ask", "hello", "--once", timeout_s=90)

    with ThreadPoolExecutor(4) as pool:
        yield dict(zip(CASES, pool.map(ask, CASES), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_once_tells_with_its_exit_code_how_the_reply_ended(answers: Mapping[str, Ended], name: str) -> None:
    case, ended = CASES[name], answers[name]
    assert ended.code == case.code, ended.err
    if case.prints is None:
        assert ended.out.strip()
    else:
        assert ended.out == (f"{case.prints}\n" if case.prints else "")
    if case.says:
        assert case.says in ended.err
        assert ended.err.startswith("desktop-chat: ")
        assert ended.err.count("\n") == 1, "one sentence, no trace"
    else:
        assert ended.err == ""


def test_what_a_cut_reply_prints_is_the_beginning_of_its_text(answers: Mapping[str, Ended]) -> None:
    printed = answers["cut"].out.removesuffix("\n")
    assert (TEXT * 9).startswith(printed)


def test_once_without_a_key_says_so_and_where_one_goes(home: Home) -> None:
    ended = run(home, "--ask", "hello", "--once")
    assert ended.code == 1
    assert ended.out == ""
    assert "There is no API key" in ended.err and "ANTHROPIC_API_KEY" in ended.err


# --- files


def test_a_picture_of_the_window_is_saved_and_everything_stays_in_the_data_directory(
    home_with_key: Home, demo_server: DemoServer, tmp_path: Path
) -> None:
    data_dir, pictures = tmp_path / "data", {}
    for theme in ("dark", "light"):
        picture = tmp_path / f"{theme}.png"
        options = ("--base-url", demo_server.url, "--data-dir", data_dir, "--ask", "hello", "--once")
        ended = run(home_with_key, *options, "--screenshot", picture, "--size", "900x640", "--theme", theme)
        assert ended.code == 0, ended.err
        image = pictures[theme] = QImage(str(picture))
        assert (image.width(), image.height()) == (900, 640)
    assert pictures["dark"].pixelColor(880, 300).lightness() < 60
    assert pictures["light"].pixelColor(880, 300).lightness() > 200
    assert home_with_key.files() == set()
    written = {str(path.relative_to(data_dir)) for path in data_dir.rglob("*") if path.is_file()}
    assert {"desktop-chat.sqlite3", "logs/desktop-chat.log"} <= written
    assert written <= {
        "desktop-chat.sqlite3",
        "logs/desktop-chat.log",
        "logs/faults.log",
        "logs/showing",
        "settings.json",
    }
    settings = data_dir / "settings.json"
    assert not settings.exists() or json.loads(settings.read_text(encoding="utf-8")).get("theme", "system") == "system"


def test_a_picture_that_cannot_be_written_is_told(home_with_key: Home, demo_server: DemoServer) -> None:
    options = ("--base-url", demo_server.url, "--ask", "hello", "--once")
    ended = run(home_with_key, *options, "--screenshot", "/proc/picture.png")
    assert ended.code == 1
    assert "/proc/picture.png could not be written" in ended.err


def test_the_self_test_finds_the_installation_whole(home: Home) -> None:
    ended = run(home, "--self-test")
    report = json.loads(ended.out)
    assert ended.code == 0
    assert report["is_good"] is True
    assert report["program"] == __version__
    assert report["window"]["platform"] == "offscreen"
    assert report["reply"]["characters_count"] > 0
    assert report["formula"]["size_px"][0] > report["formula"]["size_px"][1] > 0
    assert report["keyring"]["backend"] == "keyring.backends.fail.Keyring"
    assert all(text != "no metadata" for text in report["distributions"].values())
    assert ended.err == ""
    assert home.files() == set(), "it looks, it leaves nothing behind"


def test_the_export_holds_everything_whether_the_program_runs_or_not(
    home_with_key: Home, demo_server: DemoServer, tmp_path: Path
) -> None:
    demo_server.faults = Faults(reply_text=TEXT)
    data_dir = tmp_path / "data"
    first, second = tmp_path / "running.json", tmp_path / "ended.json"
    options = ("--data-dir", data_dir, "--base-url", demo_server.url, "--debug")
    with started(home_with_key, *options, "--ask", "hello there") as program:
        program.wait_until_usable()
        wait_for_questions(demo_server, 1)
        # The reply is stored before the second start's question is sent.
        run(home_with_key, *options, "--ask", "a second one")
        wait_for_questions(demo_server, 2)
        ended = run(home_with_key, "--data-dir", data_dir, "--export", first)
        assert (ended.code, ended.err) == (0, "")
        assert "2 conversations written to" in ended.out
        program.signal(15)
        assert program.ended().code == 0
    assert run(home_with_key, "--data-dir", data_dir, "--export", second).code == 0
    running, after = (json.loads(path.read_text(encoding="utf-8")) for path in (first, second))
    assert (running["format"], running["version"]) == ("desktop-chat-export", 1)
    assert {conversation["title"] for conversation in running["conversations"]} == {"hello there", "a second one"}
    question, reply = next(each for each in after["conversations"] if each["title"] == "hello there")["messages"]
    assert question["content"] == [{"type": "text", "text": "hello there"}]
    assert reply["parent_id"] == question["id"]
    assert (reply["role"], reply["status"], reply["stop_reason"]) == ("assistant", "complete", "end_turn")
    assert "".join(block["text"] for block in reply["content"]) == TEXT
    assert reply["usage"] is not None


def test_an_export_that_cannot_be_written_is_told(home: Home, tmp_path: Path) -> None:
    ended = run(home, "--data-dir", tmp_path / "data", "--export", "/proc/export.json")
    assert ended.code == 1
    assert ended.err.startswith("desktop-chat: ")
    assert "Traceback" not in ended.err


# --- a second start


def test_a_second_start_hands_over_and_goes(home_with_key: Home, demo_server: DemoServer, tmp_path: Path) -> None:
    options = ("--data-dir", tmp_path / "data", "--base-url", demo_server.url)
    with started(home_with_key, *options, "--debug") as first:
        first.wait_until_usable()
        plain = run(home_with_key, *options)
        assert (plain.code, plain.out, plain.err) == (0, "", "")
        asked = run(home_with_key, *options, "--ask", "from the second start")
        assert (asked.code, asked.out, asked.err) == (0, "", "")
        (question,) = wait_for_questions(demo_server, 1)
        assert question.body["messages"][0]["content"][0]["text"] == "from the second start"
        refused = run(home_with_key, *options, "--ask", "hello", "--once")
        assert (refused.code, refused.out) == (1, "")
        assert "already runs" in refused.err and "--data-dir" in refused.err
        there = ("--data-dir", tmp_path / "other", "--base-url", demo_server.url)
        elsewhere = run(home_with_key, *there, "--ask", "hello", "--once")
        assert elsewhere.code == 0
        first.signal(15)
        assert first.ended().code == 0


def test_an_impatient_double_click_gives_one_window(home: Home, tmp_path: Path) -> None:
    options = ("--data-dir", tmp_path / "data", "--demo")
    with started(home, *options, "--debug") as first:
        # It holds the lock, and does not listen yet.
        first.err.wait_for("milestone first_painted", 30)
        second = run(home, *options)
        assert (second.code, second.out, second.err) == (0, "", "")
        first.wait_until_usable()


def test_a_program_that_was_killed_does_not_keep_the_next_one_from_starting(
    home_with_key: Home, demo_server: DemoServer, tmp_path: Path
) -> None:
    options = ("--data-dir", tmp_path / "data", "--base-url", demo_server.url)
    with started(home_with_key, *options, "--debug") as first:
        first.wait_until_usable()
        first.kill()
    assert run(home_with_key, *options, "--ask", "hello", "--once").code == 0


# --- displays


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a display")
@pytest.mark.parametrize("display", [None, ":4711", "nowhere.invalid:0"])
def test_without_a_display_a_sentence_says_what_to_do(home: Home, display: str | None) -> None:
    bare = Home(home.folder, {**home.variables, "QT_QPA_PLATFORM": None, "DISPLAY": display})
    ended = run(bare, "--demo")
    assert ended.code == 1, ended.err
    assert "desktop-chat: there is no display" in ended.err
    assert "QT_QPA_PLATFORM=offscreen" in ended.err
    assert not any("core" in Path(name).name for name in home.files())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a display")
def test_a_question_from_a_script_needs_no_display(home: Home) -> None:
    bare = Home(home.folder, {**home.variables, "QT_QPA_PLATFORM": None})
    ended = run(bare, "--demo", "--ask", "hello", "--once")
    assert ended.code == 0
    assert "demonstration" in ended.out
    assert ended.err == ""
