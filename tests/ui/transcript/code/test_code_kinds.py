"""Patches and terminal sessions: recognised, shown apart, taken apart."""

from __future__ import annotations

import pytest

from desktop_chat.ui.transcript.code.code_block import CodePart
from desktop_chat.ui.transcript.code.code_text import CodeText, rows_between
from desktop_chat.ui.transcript.code.diff_code import Change, change_of, is_diff
from desktop_chat.ui.transcript.code.terminal_code import Terminal, is_terminal
from tests.helpers.samples import question
from tests.ui.transcript.stage import Stage, answer

PATCH = """diff --git a/x.sql b/x.sql
--- a/x.sql
+++ b/x.sql
@@ -1,3 +1,3 @@
 select 1;
--- a comment of SQL that went
++++ more
+select 2;""".split("\n")


def test_a_patch_is_known_by_its_language_or_its_first_lines() -> None:
    assert is_diff("diff", ["anything"])
    assert is_diff("", PATCH)
    assert is_diff("", ["--- a", "+++ b"])
    assert not is_diff("python", PATCH)
    assert not is_diff("", ["- one", "- two", "+ three"]), "a list is no patch"


def test_lines_of_a_patch_say_what_they_are() -> None:
    changes = [change_of(PATCH, at) for at in range(len(PATCH))]
    file, place, none, gone, added = Change.FILE, Change.PLACE, Change.NONE, Change.REMOVED, Change.ADDED
    assert changes == [file, file, file, place, none, gone, added, added]


def test_lines_of_a_patch_are_tinted(stage: Stage) -> None:
    stage.show(question("c"), answer("```diff\n same\n+came\n-went\n```"))
    spot = stage.part(CodePart)
    image = stage.view.viewport().grab().toImage()
    x, top = int(spot.left) + 600, int(spot.top) + 27 + 10 + 10
    same, came, went = (image.pixelColor(x, top + 20 * line) for line in range(3))
    assert came.green() > came.red()
    assert went.red() > went.green()
    assert abs(same.red() - same.green()) < 6


SESSION = """$ cd src && ls
main.py  50% done
$ docker run \\
    -p 80:80 nginx
ada@host:~/src# apt install jq
# a comment
> no command goes on here
$ for x in 1 2; do
> echo $x
> done
1
2"""


def test_a_session_is_known_by_its_language_or_its_first_prompt() -> None:
    assert is_terminal("console", ["no prompt yet"])
    assert is_terminal("bash", ["", "$ ls"])
    assert is_terminal("", ["PS C:\\Users> dir"])
    assert not is_terminal("bash", ["# install", "apt install jq"])
    assert not is_terminal("python", ["$ ls"])
    assert not is_terminal("", ["> a quotation"])


def test_commands_are_taken_without_prompts_and_output() -> None:
    assert Terminal(SESSION.split("\n")).commands() == (
        "cd src && ls\ndocker run \\\n    -p 80:80 nginx\napt install jq\nfor x in 1 2; do\necho $x\ndone\n"
    )


@pytest.mark.parametrize(("line", "length"), [("# ls", 2), ("> ls", 2), ("# ", 2), ("out", 0), ("$", 1)])
def test_root_and_bare_prompts_count_where_there_is_no_other(line: str, length: int) -> None:
    assert Terminal([line]).prompt_length(0) == length


def test_the_menu_offers_commands_of_a_session_only(stage: Stage) -> None:
    stage.show(question("c"), answer(f"```console\n{SESSION}\n```\n\n```python\nx\n```"))
    session, code = stage.part(CodePart, 0).part, stage.part(CodePart, 1).part
    assert isinstance(session, CodePart)
    assert isinstance(code, CodePart)
    assert session.commands.startswith("cd src")
    assert code.commands == ""
    assert session.code == SESSION + "\n", "Copy gives the session as it is"


def test_output_is_quieter_than_what_was_typed(stage: Stage) -> None:
    stage.show(question("c"), answer("```console\n$ MMMMMMMM\nMMMMMMMMMM\n```"))
    spot = stage.part(CodePart)
    image = stage.view.viewport().grab().toImage()
    left, top = int(spot.left) + 14, int(spot.top) + 27 + 10
    darkest = [
        min(image.pixelColor(left + x, top + 20 * line + y).lightness() for x in range(20, 80) for y in range(20))
        for line in range(2)
    ]
    assert darkest[0] < darkest[1] - 40


# --- rows


def test_rows_break_behind_a_blank_or_where_the_room_ends() -> None:
    line = "word " * 30 + "x" * 100
    rows = list(rows_between(line, 40))
    assert "".join(line[first:last] for first, last in rows) == line
    assert all(last - first <= 40 for first, last in rows)
    assert all(line[last - 1] == " " for first, last in rows[:3])


def test_wide_signs_take_two_columns_and_accents_none() -> None:
    assert [last - first for first, last in rows_between("漢" * 50, 40)] == [20, 20, 10]
    assert len(list(rows_between("e\u0301" * 40, 40))) == 1


@pytest.mark.parametrize("columns_px", [None, 200.0])
def test_code_that_grows_has_the_rows_of_the_whole(columns_px: float | None) -> None:
    code = "first\n" + "long words " * 30 + "\n\n🙂 ü漢字 " * 20 + "\n" + "x" * 2500 + "\nlast\n"
    whole = CodeText(code)
    whole.wrap(columns_px)
    grown = CodeText("")
    grown.wrap(columns_px)
    for end in range(0, len(code) + 37, 37):
        grown.grow(code[:end])
    assert [grown.row(at) for at in range(grown.row_count)] == [whole.row(at) for at in range(whole.row_count)]
    assert grown.lines == whole.lines
    assert grown.widest_px == whole.widest_px
    for at in range(whole.row_count):
        row = whole.row(at)
        assert whole.row_at(row.start) == at or row.start == row.end


def test_folded_code_knows_its_width_and_its_lines() -> None:
    code = "a\n" * 40 + "x" * 90 + "\n"
    folded = CodeText(code, 30)
    assert len(folded.lines) == 30
    assert folded.widest_px == CodeText(code).widest_px
    folded.show_lines(None)
    assert len(folded.lines) == 41
