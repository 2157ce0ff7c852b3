"""The command line: what it takes, and the sentence for what it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_chat.cli import ExitCode, parser, wishes_from
from desktop_chat.core.conditions_text import KEYS, conditions_from
from desktop_chat.core.network_conditions import PRESETS


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What is said of a bad command line, which ends with its own exit code."""
    with pytest.raises(SystemExit) as ended:
        wishes_from(arguments)
    assert ended.value.code == ExitCode.BAD_USAGE
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--once",), "--once needs --ask"),
        (("--ask", " "), "it is empty"),
        (("--size", "12x"), "it should look like 1280x840"),
        (("--size", "100x100"), "between 200 and 8000 pixels"),
        (("--base-url", "ftp://example.org"), "is not a web address"),
        (("--demo", "--base-url", "http://localhost"), "leave --base-url out"),
        (("--export", "all.json", "--ask", "Why?"), "--export works alone"),
        (("--export", "all.json", "--screenshot", "window.png"), "--export works alone"),
        (("--screenshot", "no/such/folder/window.png"), "there is no such folder"),
        (("--network", "slow"), "argument --network: “slow” is no network profile; there are slow-3g"),
        (("--network", "latency=3"), "“3” should look like 300ms or 2s"),
        (("--network", ""), "“” is no network profile"),
        (("--debu",), "unrecognized arguments"),
    ],
)
def test_a_bad_line_is_told_in_a_sentence(
    arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert words in complaint(capsys, *arguments)


def test_a_line_without_options_asks_for_nothing_special() -> None:
    wishes = wishes_from([])
    assert (wishes.ask, wishes.export, wishes.data_dir, wishes.is_demo, wishes.is_once) == (None,) * 3 + (False,) * 2


def test_everything_can_be_asked_for_at_once(tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    wishes = wishes_from(["--ask", "Why?", "--once", "--screenshot", str(picture), "--size", "1280x840"])
    assert (wishes.ask, wishes.is_once, wishes.screenshot, wishes.size_px) == ("Why?", True, picture, (1280, 840))


def test_bytes_that_are_no_text_are_replaced() -> None:
    """So Python gives what a shell passed on in another encoding; it could be neither stored nor sent."""
    assert wishes_from(["--ask", "M\udcfcller 🙂"]).ask == "M\ufffdller 🙂"


@pytest.mark.parametrize("text", [*(preset.key for preset in PRESETS), "latency=300ms,status=529:2", "flaky,seed=7"])
def test_the_network_can_be_made_worse(text: str) -> None:
    assert wishes_from(["--network", text]).network == conditions_from(text)


def test_the_readme_and_the_help_name_every_way_to_make_it_worse() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    told = " ".join(parser().format_help().split())
    for preset in PRESETS:
        assert f"| `{preset.key}` |" in readme
        assert preset.key in told
    for key in KEYS:
        assert f"| `{key}=" in readme
        assert f" {key}=" in told
