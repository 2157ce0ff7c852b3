"""Selecting and copying."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from desktop_chat.ui.transcript.code.code_block import CodePart
from desktop_chat.ui.transcript.parts.bubble import BubblePart
from desktop_chat.ui.transcript.parts.part import Deed
from desktop_chat.ui.transcript.parts.prose import ProsePart
from desktop_chat.ui.transcript.tables.table import TablePart
from desktop_chat.ui.transcript.taking.clip_markdown import markdown_text_of
from tests.helpers.samples import question
from tests.ui.transcript.stage import Stage, answer, clipboard

CODE = 'def f():\n\treturn "a  b"   \n\n\n# end\x1b[31m \u202e ü 🙂\n'


def _select(stage: Stage, first: QPoint, last: QPoint) -> str:
    stage.drag(first, last)
    return stage.view.text_of_selection()


def _start_of(stage: Stage, kind: type, number: int = 0) -> QPoint:
    spot = stage.part(kind, number)
    return QPoint(int(spot.left) + 1, int(spot.top) + 8)


def test_text_is_selected_across_blocks(stage: Stage) -> None:
    stage.show(question("c"), answer("First **bold** one.\n\nSecond `code` one."))
    end = stage.part(ProsePart, 1)
    taken = _select(stage, _start_of(stage, ProsePart), QPoint(int(end.left) + 700, int(end.top) + 8))
    assert taken == "First bold one.\n\nSecond code one."


def test_text_is_selected_across_messages(stage: Stage) -> None:
    stage.show(question("c", "Ask."), answer("Answer."))
    spot = stage.part(ProsePart)
    start = _start_of(stage, BubblePart)
    taken = _select(stage, start, QPoint(int(spot.left) + 700, int(spot.top) + 8))
    assert taken == "Ask.\n\nAnswer."


def test_copy_gives_plain_text_and_markdown(stage: Stage) -> None:
    stage.show(question("c", "Ask."), answer("# Head\n\n- **one**\n- [two](https://x.y/)\n\n> said"))
    stage.view.select_all()
    stage.view.copy()
    assert clipboard() == "Ask.\n\nHead\n\n• one\n• two\n\nsaid"
    assert clipboard("text/markdown") == "Ask.\n\n# Head\n\n- **one**\n- [two](https://x.y/)\n\n> said"


def test_select_all_and_copy_by_keyboard(stage: Stage) -> None:
    stage.show(question("c", "Ask."), answer("Answer."))
    stage.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    stage.key(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard() == "Ask.\n\nAnswer."


def test_a_selection_survives_streaming_and_the_end(stage: Stage) -> None:
    begun = stage.begin("First paragraph.\n\nSecond")
    spot = stage.part(ProsePart)
    taken = _select(stage, _start_of(stage, ProsePart), QPoint(int(spot.left) + 60, int(spot.top) + 8))
    assert "First paragraph.".startswith(taken)
    assert taken
    stage.stream(begun, " one.\n\n```\ncode\n```\n")
    assert stage.view.text_of_selection() == taken
    stage.end(begun, "First paragraph.\n\nSecond one.\n\n```\ncode\n```\n")
    assert stage.view.text_of_selection() == taken


def test_two_clicks_select_a_word_and_three_a_block(stage: Stage) -> None:
    stage.show(question("c"), answer("alpha beta gamma."))
    spot = stage.part(ProsePart)
    point = QPoint(int(spot.left) + 60, int(spot.top) + 12)
    viewport = stage.view.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=point)
    QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=point)
    assert stage.view.text_of_selection() == "beta"
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=point)
    assert stage.view.text_of_selection() == "alpha beta gamma."


def test_code_is_copied_byte_for_byte(stage: Stage) -> None:
    stage.show(question("c"), answer(f"Here:\n\n```python\n{CODE}```\n"))
    stage.click(Deed.COPY_CODE)
    # The last line end belongs to the fence; pasted into a terminal, it would run the line.
    assert clipboard() == CODE.removesuffix("\n")
    assert clipboard("text/markdown") == f"```python\n{CODE}```"


def test_code_that_streams_is_copied_byte_for_byte(stage: Stage) -> None:
    begun = stage.begin()
    text = f"```python\n{CODE}```\n\nDone."
    for at in range(0, len(text), 3):
        stage.stream(begun, text[at : at + 3])
    stage.end(begun, text)
    stage.click(Deed.COPY_CODE)
    assert clipboard() == CODE.removesuffix("\n")


def test_control_and_bidi_characters_are_shown_not_obeyed(stage: Stage) -> None:
    stage.show(question("c"), answer("```\na\u202eb\x1b\n```"))
    part = stage.part(CodePart).part
    assert isinstance(part, CodePart)
    assert part._body.lines.layout(0).text() == "a\ufffdb\u241b"


def test_copy_shows_a_tick_for_a_moment(stage: Stage) -> None:
    stage.show(question("c"), answer("```\nx\n```"))
    stage.click(Deed.COPY_CODE)
    assert stage.view._taking.copied is not None
    stage.qtbot.waitUntil(lambda: stage.view._taking.copied is None, timeout=3000)


def test_copy_below_a_reply_takes_its_source(stage: Stage) -> None:
    stage.show(question("c"), answer("Some **text**."))
    stage.click(Deed.COPY_MESSAGE, -1)
    assert clipboard("text/markdown") == "Some **text**."
    assert clipboard() == "Some text."
    assert clipboard("text/html") == "<p>Some <strong>text</strong>.</p>"


def test_table_cells_are_copied_with_tabs(stage: Stage) -> None:
    stage.show(question("c"), answer("| a | b |\n|---|--:|\n| 1 | `2` |"))
    part = stage.part(TablePart).part
    assert part.plain(0, part.length) == "a\tb\n1\t2"
    assert markdown_text_of((part.taken(0, part.length),)) == "| a | b |\n|---|--:|\n| 1 | `2` |"


def test_emoji_do_not_shift_a_selection(stage: Stage) -> None:
    stage.show(question("c"), answer("🙂🙂 word `x🙂y` end"))
    part = stage.part(ProsePart).part
    first, last = part.word_at(6)
    assert part.plain(first, last) == "word"
    assert part.plain(0, part.length) == "🙂🙂 word x🙂y end"


def test_a_long_question_is_folded_but_copied_whole(stage: Stage) -> None:
    text = "\n".join(f"line {number}" for number in range(100))
    stage.show(question("c", text), answer("Yes."))
    stage.view.verticalScrollBar().setValue(0)
    stage.wait()
    folded = stage.part(BubblePart).part.height
    stage.view.select_all()
    assert stage.view.text_of_selection() == f"{text}\n\nYes."
    stage.click(Deed.FOLD)
    assert stage.part(BubblePart).part.height > folded


def test_the_last_code_is_that_of_the_newest_answer_with_code(stage: Stage) -> None:
    stage.show(answer("```\none\n```\n\n```py\ntwo\n```\n\nEnd."), question("c"), answer("No code."))
    assert stage.view.copy_last_code()
    assert clipboard() == "two"
    assert stage.view.copy_last_answer()
    assert clipboard() == "No code."


def test_a_very_long_copy_is_given_as_it_was_written(stage: Stage) -> None:
    text = "Some **bold** words & more.\n\n" * 4_000
    stage.show(question("c", "Ask."), answer(text))
    stage.view.select_all()
    stage.view.copy()
    assert clipboard() == clipboard("text/markdown") == f"Ask.\n\n{text}"
    assert "**bold** words &amp; more." in clipboard("text/html")


def test_a_long_copy_is_written_little_by_little(stage: Stage) -> None:
    stage.show(question("c", "Ask."), answer("Some **bold** words.\n\n" * 1_000))
    stage.view.select_all()
    stage.view.copy()
    clip = stage.view._taking._unwritten
    assert clip is not None
    assert not clip.work(0)
    stage.qtbot.waitUntil(lambda: stage.view._taking._unwritten is None)
    assert clip.work(0), "before anybody asked for it"
    assert clipboard().count("Some bold words.") == 1_000
