"""A reply that was cut and streams again: what stands there stays, and a hairline shows where it went on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QAccessible, QColor, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from desktop_chat.core.continuation import begun_again
from desktop_chat.core.events import BlockStarted, TextArrived, ThinkingArrived
from desktop_chat.core.failure import Action
from desktop_chat.core.messages import Block, Message, MessageStatus, Seam
from desktop_chat.core.settings import ColumnWidth, Following, Theme
from desktop_chat.ui.transcript.code.code_block import CodePart
from desktop_chat.ui.transcript.messages.words import seam_words
from desktop_chat.ui.transcript.parts.leaf_part import LeafPart
from desktop_chat.ui.transcript.parts.part import Deed, Part
from desktop_chat.ui.transcript.parts.prose import ProsePart
from desktop_chat.ui.transcript.parts.small_parts import ThinkingPart, WaitingPart
from desktop_chat.ui.transcript.parts.strip import StripPart
from desktop_chat.ui.transcript.tables.table import TablePart
from tests.helpers.samples import question
from tests.ui.transcript.messages.continuing import ASKED, FAILURE, around, end, feed, go_on, seams, text
from tests.ui.transcript.stage import LONG, SIZE_PX, Stage, answer, clipboard, told_by

CODE = "".join(f"line {number}\n" for number in range(40))


def cut(words: str, *more: Block) -> Message:
    """A reply whose line has failed."""
    return answer(words, status=MessageStatus.FAILED, failure=FAILURE, content=(text(words), *more))


def more(stage: Stage, begun: Message, words: str, index: int | None = None) -> None:
    """Let text of the second part arrive."""
    at = len(begun.content) if index is None else index
    feed(stage, begun, BlockStarted(at, text("")), TextArrived(at, words))


def continued(first: str, second: str, at: float = 1_790_000_000.0) -> Message:
    """A complete reply of two parts."""
    return answer("", content=(text(first), text(second)), seams=(Seam(1, at),))


def seam_rect(stage: Stage, number: int = 0) -> QRectF:
    """Where a seam is on the page."""
    spot, seam = seams(stage)[number]
    rect = spot.part.seam_rect(seam)
    assert rect is not None
    return rect.translated(spot.left, spot.top)


def is_painted(stage: Stage, rect: QRectF) -> bool:
    """Whether a line in the accent colour stands there, from its top to its bottom."""
    image, accent = stage.view.viewport().grab().toImage(), QColor(stage.look.colors.accent)
    ratio, zoom = image.devicePixelRatio(), stage.view._page.zoom
    x = int(rect.left() * zoom * ratio + 1e-3)
    top, bottom = int((rect.top() + 2) * zoom * ratio), int((rect.bottom() - 2) * zoom * ratio)
    return all(image.pixelColor(x, y) == accent for y in range(top, bottom))


# --- the strip


def test_a_cut_reply_offers_to_continue_and_names_itself(stage: Stage) -> None:
    reply = cut("Half a sen")
    stage.show(ASKED, reply)
    asked = told_by(stage.view.continue_requested)
    stage.click(Deed.CONTINUE)
    assert asked == [(reply.id,)]


def test_a_cut_reply_further_up_is_not_continued(stage: Stage) -> None:
    stage.show(ASKED, cut("Half"), question("c", "And?"), answer("Whole."))
    assert stage.targets(Deed.CONTINUE) == []
    assert len(stage.targets(Deed.RETRY)) == 2


def test_the_offer_goes_when_another_question_is_asked(stage: Stage) -> None:
    stage.show(ASKED, cut("Half"))
    assert len(stage.targets(Deed.CONTINUE)) == 1
    stage.view.add_message(question("c", "And?"))
    stage.wait()
    assert stage.targets(Deed.CONTINUE) == []


def test_continue_tells_its_key_where_the_pointer_is_and_to_a_screen_reader(stage: Stage) -> None:
    stage.show(ASKED, cut("Half"))
    ((spot, target),) = stage.targets(Deed.CONTINUE)
    assert target.tip == "Go on where it stopped (Ctrl+Shift+R)"
    node = stage.view._tree.node((stage.view._page.rows[1].message.id, spot.index, f"target:{target.name}"))
    assert node.role() == QAccessible.Role.Button
    assert node.name() == "Continue"
    assert node.description() == target.tip


@pytest.mark.parametrize("width", [240, 340, 700])
def test_every_offer_of_a_narrow_strip_is_within_it(stage: Stage, width: int) -> None:
    stage.view.resize(width, 500)
    rejected = replace(FAILURE, action=Action.OPEN_KEY)
    stage.show(ASKED, answer("Half", status=MessageStatus.FAILED, failure=rejected))
    spot = stage.part(StripPart)
    for target in spot.part.targets():
        assert target.rect.right() <= spot.part.measured_width
        assert target.rect.bottom() <= spot.part.height
    rects = [target.rect for target in spot.part.targets()]
    assert not any(one.intersects(other) for one in rects for other in rects if one is not other)


# --- streaming again


def test_what_stands_there_stays_as_it_is(stage: Stage) -> None:
    """No part is made anew, so none flickers, and what is selected or folded stays so."""
    reply = cut("# Title\n\nSome **bold** text.\n\n```python\na = 1\n```\n\n- one\n- tw")
    stage.show(ASKED, reply)
    before = [spot.part for spot in stage.spots() if isinstance(spot.part, LeafPart)]
    begun = go_on(stage, reply)
    assert [spot.part for spot in stage.spots() if isinstance(spot.part, LeafPart)] == before
    more(stage, begun, "o\n- three")
    assert [spot.part for spot in stage.spots() if isinstance(spot.part, LeafPart)][: len(before)] == before
    assert [part.plain(0, part.length) for part in before[-2:]] == ["• one", "• two"]


@pytest.mark.parametrize("following", Following)
@pytest.mark.parametrize("is_at_end", [True, False])
def test_no_line_moves_when_it_begins_again(stage: Stage, following: Following, is_at_end: bool) -> None:
    stage.view.set_following(following)
    reply = cut(LONG)
    stage.show(ASKED, reply)
    if not is_at_end:
        stage.wheel(angle=240)
    before = {id(spot.part): spot.top for spot in stage.spots() if isinstance(spot.part, LeafPart)}
    value = stage.value
    begun = go_on(stage, reply)
    after = {id(spot.part): spot.top for spot in stage.spots() if isinstance(spot.part, LeafPart)}
    assert (stage.value, after) == (value, before)
    if not is_at_end:
        more(stage, begun, " And a word.")
        assert stage.value == value


def test_the_actions_below_give_way_to_what_is_waited_for_until_the_first_word(stage: Stage) -> None:
    reply = cut("Half a sen")
    stage.show(ASKED, reply)
    begun = go_on(stage, reply)
    assert stage.targets(Deed.CONTINUE) == stage.targets(Deed.RETRY) == []
    waiting = stage.part(WaitingPart).part
    assert waiting.spoken.startswith("Waiting")
    feed(stage, begun, BlockStarted(1, text("")))
    assert isinstance(stage.part(WaitingPart).part, WaitingPart), "a block begins without a word"
    feed(stage, begun, TextArrived(1, "tence."))
    assert not [spot for spot in stage.spots() if isinstance(spot.part, WaitingPart)]
    assert around(stage) == ("Half a sen", "tence.")


def test_details_of_a_failure_that_is_over_are_folded_away(stage: Stage) -> None:
    reply = cut("Half")
    stage.show(ASKED, reply)
    stage.click(Deed.FOLD)
    begun = go_on(stage, reply)
    stage.view.end_message(replace(reply, seams=begun.seams[:-1]))
    stage.wait()
    assert not [spot for spot in stage.spots() if isinstance(spot.part, CodePart)]


def test_blocks_the_reader_folded_stay_so_and_what_comes_is_open(stage: Stage) -> None:
    reply = cut(f"```\n{CODE}```\n\nText\n\n```\nfirst\n")
    stage.show(ASKED, reply)
    stage.view.scroll_to_end()
    stage.wait()
    begun = go_on(stage, reply)
    more(stage, begun, CODE + "```\n\n```\n" + CODE + "```\n")
    codes = [part for part in stage.view._page.rows.item(1).stack.parts if isinstance(part, CodePart)]
    assert [part.is_folded for part in codes] == [True, False, False]
    stage.look.set_theme(Theme.DARK)
    stage.wait()
    codes = [part for part in stage.view._page.rows.item(1).stack.parts if isinstance(part, CodePart)]
    assert [part.is_folded for part in codes] == [True, False, False]


def test_the_end_of_a_long_reply_is_read_again_without_a_gap(stage: Stage) -> None:
    """What is on the screen stays there while all of it is read once more."""
    words = "\n\n".join(f"Paragraph {number}, with *many* words that `take` time." for number in range(3_000))
    reply = cut(words)
    stage.show(ASKED, reply)
    parts = list(stage.view._page.rows.item(1).stack.parts)
    begun = begun_again(reply)
    stage.view.show_path((ASKED, begun), lambda message_id: (message_id,))
    item = stage.view._page.rows.item(1)
    assert (item.is_read_again, item.unread_from) == (True, None)
    leaves = [part for part in parts if isinstance(part, LeafPart)]
    assert [part for part in item.stack.parts if isinstance(part, LeafPart)] == leaves
    more(stage, begun, " And on.")
    assert (item.is_read_again, item.unread_from) == (False, None)
    assert [part for part in item.stack.parts if isinstance(part, LeafPart)] == leaves
    assert around(stage)[1] == " And on."


def test_the_whole_reads_as_one_text(stage: Stage) -> None:
    """A word, a list and a block of code that were cut are one with their rest, whoever thinks in between."""
    reply = cut("- one\n- two\n\n```python\na = 1\nb")
    stage.show(ASKED, reply)
    begun = go_on(stage, reply)
    thinking: Block = {"type": "thinking", "thinking": ""}
    feed(stage, begun, BlockStarted(1, thinking), ThinkingArrived(1, "Where was I?"))
    assert stage.part(ThinkingPart).part.targets()[0].words == "▾ Thinking…"
    more(stage, begun, " = 2\n```\n\nDone.", index=2)
    code = stage.part(CodePart).part
    assert isinstance(code, CodePart)
    assert code.code == "a = 1\nb = 2\n"
    streamed = [part.spoken for part in stage.view._page.rows.item(1).stack.parts if isinstance(part, LeafPart)]
    ended = end(stage, begun, {**thinking, "thinking": "Where was I?"}, text(" = 2\n```\n\nDone."))
    stage.show(ASKED)
    stage.show(ASKED, ended)
    shown = [part.spoken for part in stage.view._page.rows.item(1).stack.parts if isinstance(part, LeafPart)]
    assert shown == streamed
    assert around(stage) == ("a = 1\nb", " = 2")


def test_thinking_of_the_first_part_is_over_in_a_page_made_anew(stage: Stage) -> None:
    thought: Block = {"type": "thinking", "thinking": "Hm."}
    reply = answer("", status=MessageStatus.STOPPED, content=(thought, text("Half")))
    stage.show(ASKED, begun_again(reply))
    assert stage.part(ThinkingPart).part.targets()[0].words == "▸ Thought"


def test_it_can_be_cut_and_go_on_again_and_again(stage: Stage) -> None:
    reply = cut("One")
    stage.show(ASKED, reply)
    for number, words in enumerate((" two", " three"), start=1):
        begun = go_on(stage, reply)
        more(stage, begun, words)
        reply = replace(begun, content=(*begun.content, text(words)), status=MessageStatus.FAILED, failure=FAILURE)
        stage.view.end_message(reply)
        stage.wait()
        assert len(seams(stage)) == number
    lefts = [seam_rect(stage, number).left() for number in range(2)]
    assert lefts == sorted(set(lefts))
    assert len(stage.targets(Deed.CONTINUE)) == 1


def test_an_end_on_its_way_to_the_page_does_not_end_what_goes_on(stage: Stage) -> None:
    begun = stage.begin("Half a ")
    stage.view.apply_event(begun.id, TextArrived(0, "sen"))
    stopped = replace(begun, content=(text("Half a sen"),), status=MessageStatus.STOPPED)
    stage.view.end_message(stopped)
    again = go_on(stage, stopped, [stage.view._page.rows[0].message])
    assert stage.view._page.rows[1].message.status is MessageStatus.STREAMING
    more(stage, again, "tence.")
    assert around(stage) == ("Half a sen", "tence.")


def test_a_reply_that_goes_on_unseen_is_made_when_somebody_looks(stage: Stage) -> None:
    reply = cut(LONG)
    stage.show(question("c"), answer(LONG * 5), question("c"), reply)
    stage.view.verticalScrollBar().setValue(0)
    stage.wait()
    others = [stage.view._page.rows[row].message for row in range(3)]
    assert stage.view._page.rows[3].item is None
    begun = go_on(stage, reply, others)
    more(stage, begun, " And on.")
    stage.view.scroll_to_end()
    stage.wait()
    assert around(stage)[1] == " And on."


# --- the seam


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ("A word in pro", "se.", ProsePart),
        ("- one\n- tw", "o\n- three", ProsePart),
        ("# A ti", "tle", ProsePart),
        ("> quo", "ted", ProsePart),
        ("```python\na = 1\nb", " = 2\n```", CodePart),
        ("| a | b |\n|---|---|\n| 1 | t", "wo |\n", TablePart),
        ("Call `f", "(x)` now", ProsePart),
        ("שלום ע", "ולם", ProsePart),
    ],
)
@pytest.mark.parametrize("theme", [Theme.LIGHT, Theme.DARK])
def test_a_hairline_stands_where_it_went_on(
    stage: Stage, first: str, second: str, kind: type[Part], theme: Theme
) -> None:
    stage.look.set_theme(theme)
    stage.show(ASKED, continued(first, second))
    spot, seam = seams(stage)[0]
    assert isinstance(spot.part, kind)
    rect = seam_rect(stage)
    assert seam.offset
    before = spot.part.rects(seam.offset - 1, seam.offset)[-1].translated(spot.left, spot.top)
    assert rect.left() in (before.left(), before.right())
    assert (rect.top(), rect.height(), rect.width()) == (before.top(), before.height(), 1.0)
    assert is_painted(stage, rect)


def test_it_is_left_of_what_runs_from_right_to_left(stage: Stage) -> None:
    stage.show(ASKED, continued("שלום ע", "ולם"))
    spot, seam = seams(stage)[0]
    assert seam.offset
    before = spot.part.rects(seam.offset - 1, seam.offset)[-1]
    assert seam_rect(stage).left() == before.left() + spot.left


def test_it_is_seen_at_once_while_it_goes_on(stage: Stage) -> None:
    reply = cut("Half a sen")
    stage.show(ASKED, reply)
    begun = go_on(stage, reply)
    assert around(stage) == ("Half a sen", "")
    place = seam_rect(stage)
    assert is_painted(stage, place)
    for piece in ("te", "nce", ".\n\nAnother ", "paragraph.\n\n- and\n- a list"):
        feed(stage, begun, TextArrived(1, piece))
        assert seam_rect(stage) == place
        assert is_painted(stage, place)
    end(stage, begun, text("tence.\n\nAnother paragraph.\n\n- and\n- a list"))
    assert seam_rect(stage) == place


@pytest.mark.parametrize("is_streaming", [True, False])
def test_it_stays_when_the_colours_change(stage: Stage, is_streaming: bool) -> None:
    reply = cut("Half a sen")
    stage.show(ASKED, reply)
    begun = go_on(stage, reply)
    more(stage, begun, "tence.")
    if not is_streaming:
        end(stage, begun, text("tence."))
    stage.look.set_theme(Theme.DARK)
    stage.wait()
    assert around(stage) == ("Half a sen", "tence.")
    assert is_painted(stage, seam_rect(stage))


def test_it_is_found_again_in_what_turns_out_to_be_something_else(stage: Stage) -> None:
    reply = cut("| a | b |")
    stage.show(ASKED, reply)
    begun = go_on(stage, reply)
    more(stage, begun, "\n|---|---|\n| 1 | 2 |\n")
    spot, _ = seams(stage)[0]
    assert isinstance(spot.part, TablePart)
    assert is_painted(stage, seam_rect(stage))


def test_blanks_at_the_end_of_the_first_part_do_not_count(stage: Stage) -> None:
    stage.show(ASKED, continued("The first.\n\n", "The second."))
    assert around(stage) == ("The first.", "")


def test_without_a_place_in_the_text_it_stands_at_the_top_edge(stage: Stage) -> None:
    stage.show(ASKED, continued("---\n\n[page](https://exa", "mple.org/)\n\nText"))
    spot, seam = seams(stage)[0]
    edge = spot.part.seam_rect(replace(seam, offset=None))
    assert edge is not None
    assert (edge.top(), edge.left() < 0) == (0.0, True)


def test_a_seam_behind_which_nothing_came_is_none(stage: Stage) -> None:
    reply = cut("Half")
    stage.show(ASKED, reply)
    begun = go_on(stage, reply)
    assert len(seams(stage)) == 1
    stage.view.end_message(replace(begun, status=MessageStatus.FAILED, failure=FAILURE, seams=begun.seams[:-1]))
    stage.wait()
    assert seams(stage) == []


def test_it_is_kept_at_every_zoom_and_width_and_in_a_page_made_anew(stage: Stage) -> None:
    words = "A sentence that is long enough for several lines of this narrow page, "
    told = continued(words * 3, words * 3)
    stage.show(ASKED, told)
    shown = around(stage)
    for zoom, column in ((100, ColumnWidth.NARROW), (150, ColumnWidth.NORMAL), (80, ColumnWidth.WIDE)):
        stage.view.set_reading(zoom, column)
        stage.wait()
        assert around(stage) == shown
        assert is_painted(stage, seam_rect(stage)), zoom
    stage.view.set_reading(100, ColumnWidth.NORMAL)
    for width in (420, 700, SIZE_PX[0]):
        stage.view.resize(width, SIZE_PX[1])
        stage.wait()
        assert is_painted(stage, seam_rect(stage)), width
    stage.show(question("d", "Else"))
    stage.show(ASKED, told)
    assert around(stage) == shown


def test_it_is_no_part_of_the_text(stage: Stage) -> None:
    """Neither copied nor found nor selected."""
    stage.show(ASKED, continued("Half a sen", "tence."))
    stage.view.select_all()
    stage.view.copy()
    assert clipboard().endswith("Half a sentence.")
    assert "Continued" not in clipboard("text/html")
    part = seams(stage)[0][0].part
    assert part.length == len("Half a sentence.")
    stage.view.finder.open()
    for word, count in (("sentence", 1), ("Continued", 0)):
        stage.view.finder.search(word)
        stage.wait_until(lambda: stage.view.finder.is_settled)
        assert stage.view.finder.figures.count == count


def test_a_word_across_the_seam_is_copied_whole(stage: Stage) -> None:
    stage.show(ASKED, continued("Half a sen", "tence."))
    rect = seam_rect(stage)
    place = rect.center().toPoint() - QPoint(3, 0)
    stage.click_at(place)
    QTest.mouseDClick(stage.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    stage.wait()
    assert stage.view.text_of_selection() == "sentence"


def test_where_the_pointer_is_it_tells_when(stage: Stage) -> None:
    told = continued("Half a sen", "tence.")
    stage.show(ASKED, told)
    viewport, rect = stage.view.viewport(), seam_rect(stage)

    at = rect.center()
    QApplication.sendEvent(
        viewport, QHelpEvent(QHelpEvent.Type.ToolTip, at.toPoint(), viewport.mapToGlobal(at.toPoint()))
    )
    assert QToolTip.text() == seam_words(told.seams[0])
    QToolTip.hideText()
    assert stage.view._tip_at(at + QPointF(4, 0)) == seam_words(told.seams[0])
    assert stage.view._tip_at(at - QPointF(30, 0)) == ""


def test_it_cannot_be_reached_with_tab(stage: Stage) -> None:
    stage.show(ASKED, continued("Half a sen", "tence."))
    assert seams(stage)[0][0].part.targets() == ()


def test_nothing_of_it_is_painted_over_the_header_of_code_or_beside_its_lines(stage: Stage) -> None:
    long_line = "x" * 400
    stage.show(ASKED, continued(f"```\n{CODE[:60]}{long_line}", f" end\n{CODE}\n```"))
    stage.view.verticalScrollBar().setValue(0)
    stage.wait()
    spot, seam = seams(stage)[0]
    assert isinstance(spot.part, CodePart)
    assert spot.part.seam_rect(seam) is None, "it is further right than the block shows"
    while spot.part.scroll_sideways(400):
        pass
    assert spot.part.seam_rect(seam) is not None
    assert is_painted(stage, seam_rect(stage))
    spot.part.stand_below(300.0)
    assert spot.part.seam_rect(seam) is None, "the header stands above the line"


def test_folded_lines_hide_their_seam(stage: Stage) -> None:
    stage.show(ASKED, continued(f"```\n{CODE}half", f" a line\n{CODE}```"))
    spot, seam = seams(stage)[0]
    assert spot.part.seam_rect(seam) is None
    stage.click(Deed.FOLD)
    assert spot.part.seam_rect(seam) is not None


def test_a_screen_reader_finds_it_as_a_note_on_its_paragraph(stage: Stage) -> None:
    told = continued("Half a sen", "tence.")
    stage.show(ASKED, told)
    spot, _ = seams(stage)[0]
    node = stage.view._tree.node((told.id, spot.index, ""))
    assert node.name() == "Half a sentence."
    assert node.description() == seam_words(told.seams[0])
