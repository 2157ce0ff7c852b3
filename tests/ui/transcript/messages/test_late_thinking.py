"""Whoever goes on a reply that was cut may think before: all of that is one line, and no line of the text moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from PySide6.QtGui import QAccessible

from desktop_chat.core.continuation import begun_again
from desktop_chat.core.events import BlockEnded, BlockStarted, TextArrived, ThinkingArrived
from desktop_chat.core.messages import Block, Message, MessageStatus, Timings
from desktop_chat.core.settings import Following, Theme
from desktop_chat.ui.transcript.messages.reply_item import ReplyItem
from desktop_chat.ui.transcript.messages.small_sections import ThinkingSection
from desktop_chat.ui.transcript.parts.leaf_part import LeafPart
from desktop_chat.ui.transcript.parts.part import Deed
from desktop_chat.ui.transcript.parts.small_parts import ThinkingPart
from tests.ui.transcript.messages.continuing import ASKED, FAILURE, around, end, feed, go_on, seams, text
from tests.ui.transcript.stage import LONG, Stage, answer


def thought(words: str) -> Block:
    return {"type": "thinking", "thinking": words}


def cut_reply(*blocks: Block, thinking_s: float | None = None) -> Message:
    """A reply whose line has failed."""
    timings = Timings(thinking_s=thinking_s)
    return answer("", status=MessageStatus.FAILED, failure=FAILURE, content=blocks, timings=timings)


FIRST = cut_reply(thought("First."), text("One"), thinking_s=3.0)
PLAIN = cut_reply(text("One"))


def kinds(stage: Stage) -> list[type]:
    """Thinking and text of the reply, from top to bottom; for text its base."""
    item = stage.view._page.rows.item(1)
    return [
        LeafPart if isinstance(part, LeafPart) else ThinkingPart
        for part in item.stack.parts
        if isinstance(part, LeafPart | ThinkingPart)
    ]


def thinking(stage: Stage) -> list[ThinkingPart]:
    item = stage.view._page.rows.item(1)
    return [part for part in item.stack.parts if isinstance(part, ThinkingPart)]


def think(stage: Stage, begun: Message, words: str) -> None:
    at = len(begun.content)
    feed(stage, begun, BlockStarted(at, thought("")), ThinkingArrived(at, words), BlockEnded(at))


def go_on_writing(stage: Stage, begun: Message, words: str) -> None:
    at = len(begun.content) + 1
    feed(stage, begun, BlockStarted(at, text("")), TextArrived(at, words))


def fail(stage: Stage, begun: Message, *blocks: Block) -> Message:
    """Cut it once more."""
    ended = replace(begun, content=(*begun.content, *blocks), status=MessageStatus.FAILED, failure=FAILURE)
    stage.view.end_message(ended)
    stage.wait()
    return ended


def anew(stage: Stage, message: Message) -> None:
    """Show it as after a restart."""
    stage.show(ASKED)
    stage.show(ASKED, message)


def tops(stage: Stage) -> dict[int, float]:
    return {id(spot.part): spot.top for spot in stage.spots() if isinstance(spot.part, LeafPart)}


def test_the_thinking_of_all_parts_is_one_line_above_the_text(stage: Stage) -> None:
    reply = FIRST
    stage.show(ASKED, reply)
    for number in range(4):
        begun = go_on(stage, reply)
        think(stage, begun, f"Again {number}.")
        go_on_writing(stage, begun, f" and {number}")
        assert kinds(stage) == [ThinkingPart, LeafPart]
        reply = fail(stage, begun, thought(f"Again {number}."), text(f" and {number}"))
        assert kinds(stage) == [ThinkingPart, LeafPart]
    assert around(stage)[0] == "One"
    streamed = thinking(stage)[0]
    assert streamed.whole == "First.\n\n" + "\n\n".join(f"Again {number}." for number in range(4))
    anew(stage, reply)
    assert kinds(stage) == [ThinkingPart, LeafPart]
    assert (thinking(stage)[0].title, thinking(stage)[0].whole) == (streamed.title, streamed.whole)


def test_it_runs_below_the_text_and_is_put_above_with_the_first_word(stage: Stage) -> None:
    stage.show(ASKED, FIRST)
    begun = go_on(stage, FIRST)
    feed(stage, begun, BlockStarted(2, thought("")), ThinkingArrived(2, "Where was"))
    assert kinds(stage) == [ThinkingPart, LeafPart, ThinkingPart]
    assert [part.title for part in thinking(stage)] == ["▸ Thought for 3 s", "▾ Thinking…"]
    feed(stage, begun, ThinkingArrived(2, " I?"), BlockEnded(2), BlockStarted(3, text("")))
    assert len(thinking(stage)) == 2, "a block begins without a word"
    feed(stage, begun, TextArrived(3, " more"))
    assert [part.whole for part in thinking(stage)] == ["First.\n\nWhere was I?"]


@pytest.mark.parametrize("reply", [FIRST, PLAIN], ids=["thought", "plain"])
@pytest.mark.parametrize("is_unfolded", [False, True])
@pytest.mark.parametrize("following", Following)
def test_no_line_of_the_text_moves(stage: Stage, reply: Message, is_unfolded: bool, following: Following) -> None:
    stage.view.set_following(following)
    stage.show(ASKED, reply)
    if is_unfolded and reply is FIRST:
        stage.click(Deed.FOLD)
    before = tops(stage)
    begun = go_on(stage, reply)
    think(stage, begun, "Long.\n" * 5)
    assert tops(stage) == before
    go_on_writing(stage, begun, " and more")
    assert tops(stage) == before
    end(stage, begun, thought("Long.\n" * 5), text(" and more"))
    assert tops(stage) == before


def test_what_the_reader_keeps_unfolded_stays_one_place_and_has_all_of_it_when_unfolded_anew(stage: Stage) -> None:
    stage.show(ASKED, FIRST)
    stage.click(Deed.FOLD)
    reply = FIRST
    for words in ("Second.", "Third."):
        begun = go_on(stage, reply)
        think(stage, begun, words)
        go_on_writing(stage, begun, " more")
        assert [(part.is_unfolded, part.whole) for part in thinking(stage)] == [(True, "First.")]
        assert thinking(stage)[0].title.endswith(" · more when unfolded again")
        reply = fail(stage, begun, thought(words), text(" more"))
        assert kinds(stage) == [ThinkingPart, LeafPart]
    stage.click(Deed.FOLD)
    assert "more" not in thinking(stage)[0].title
    stage.click(Deed.FOLD)
    assert [(part.is_unfolded, part.whole) for part in thinking(stage)] == [(True, "First.\n\nSecond.\n\nThird.")]
    assert "more" not in thinking(stage)[0].title


def test_no_line_moves_for_who_reads_further_down(stage: Stage) -> None:
    reply = cut_reply(thought("First."), text(LONG))
    stage.show(ASKED, reply)
    stage.wheel(angle=240)
    before = tops(stage)
    begun = go_on(stage, reply)
    think(stage, begun, "Again.")
    go_on_writing(stage, begun, " and more")
    assert tops(stage) == before


def test_without_thinking_above_it_is_one_line_below_once_the_text_stands_still(stage: Stage) -> None:
    reply = PLAIN
    stage.show(ASKED, reply)
    for words in ("Two.", "Three."):
        begun = go_on(stage, reply)
        assert kinds(stage) == [LeafPart]
        think(stage, begun, words)
        assert kinds(stage) == [LeafPart, ThinkingPart]
        go_on_writing(stage, begun, " more")
        assert kinds(stage) == [LeafPart]
        reply = fail(stage, begun, thought(words), text(" more"))
        assert kinds(stage) == [LeafPart, ThinkingPart]
    assert thinking(stage)[0].whole == "Two.\n\nThree."
    anew(stage, reply)
    assert kinds(stage) == [LeafPart, ThinkingPart]
    assert thinking(stage)[0].whole == "Two.\n\nThree."


def test_a_part_that_only_thought_leaves_no_line_of_its_own(stage: Stage) -> None:
    stage.show(ASKED, FIRST)
    begun = go_on(stage, FIRST)
    think(stage, begun, "Hm.")
    reply = fail(stage, begun, thought("Hm."))
    assert [part.whole for part in thinking(stage)] == ["First.\n\nHm."]
    begun = go_on(stage, reply)
    go_on_writing(stage, replace(begun, content=begun.content[:-1]), " more")
    assert kinds(stage) == [ThinkingPart, LeafPart]
    assert around(stage)[1] == " more"


def test_the_time_is_that_of_all_parts(stage: Stage) -> None:
    blocks = (*FIRST.content, thought("Again."), text(" more"))
    begun = begun_again(FIRST)
    ended = replace(begun, content=blocks, status=MessageStatus.COMPLETE, timings=Timings(thinking_s=7.0))
    stage.show(ASKED, ended)
    assert [part.title for part in thinking(stage)] == ["▸ Thought for 7 s"]


def test_what_was_thought_before_the_first_word_is_one_line_however_often_it_began_anew(stage: Stage) -> None:
    reply = cut_reply(thought("First."), thinking_s=3.0)
    stage.show(ASKED, reply)
    for number in range(2):
        begun = go_on(stage, reply)
        at = len(begun.content)
        feed(stage, begun, BlockStarted(at, thought("")), ThinkingArrived(at, f"Again {number}."))
        assert [part.title for part in thinking(stage)][1:] == ["▾ Thinking…"]
        reply = fail(stage, begun, thought(f"Again {number}."))
        assert kinds(stage) == [ThinkingPart]
    begun = go_on(stage, reply)
    think(stage, begun, "At last.")
    go_on_writing(stage, begun, "The answer.")
    assert kinds(stage) == [ThinkingPart, LeafPart]
    assert seams(stage) == [], "nothing was cut in what is read"
    reply = end(stage, begun, thought("At last."), text("The answer."))
    assert kinds(stage) == [ThinkingPart, LeafPart]
    assert thinking(stage)[0].whole == "First.\n\nAgain 0.\n\nAgain 1.\n\nAt last."
    anew(stage, replace(reply, timings=Timings(thinking_s=7.0)))
    assert [(part.title, part.whole) for part in thinking(stage)] == [
        ("▸ Thought for 7 s", "First.\n\nAgain 0.\n\nAgain 1.\n\nAt last.")
    ]


def test_while_it_streams_the_times_add_up() -> None:
    first, later = (ThinkingSection(name, is_running=True) for name in ("thinking0", "thinking2"))
    first.end(3.0)
    later.end(4.0)
    first.take(later)
    assert first.took_s == 7.0


def test_a_page_made_anew_while_it_goes_on_knows_the_time_of_the_parts_before(stage: Stage) -> None:
    stage.show(ASKED, begun_again(FIRST))
    assert [part.title for part in thinking(stage)] == ["▸ Thought for 3 s"]


def test_several_texts_of_a_later_part_are_one_with_the_first(stage: Stage) -> None:
    for first in (FIRST, PLAIN):
        begun = begun_again(first)
        blocks = (*begun.content, thought("Again."), text(" and"), text(" more"))
        anew(stage, replace(begun, content=blocks, status=MessageStatus.COMPLETE))
        assert around(stage) == ("One", " and more")


def test_what_the_server_does_not_show_is_told_only_when_nothing_is_shown(stage: Stage) -> None:
    hidden: Block = {"type": "redacted_thinking", "data": "x"}
    for first, later, is_told in ((hidden, hidden, True), (hidden, thought("Seen."), False)):
        begun = begun_again(cut_reply(first, text("One")))
        anew(stage, replace(begun, content=(*begun.content, later, text(" more")), status=MessageStatus.COMPLETE))
        assert len(thinking(stage)) == 1
        assert ("not shown" in thinking(stage)[0].title) is is_told


@pytest.mark.parametrize("has_written", [False, True])
def test_a_page_made_anew_while_it_streams_shows_the_same(stage: Stage, has_written: bool) -> None:
    stage.show(ASKED, FIRST)
    begun = go_on(stage, FIRST)
    think(stage, begun, "Again.")
    blocks: Sequence[Block] = (thought("Again."),)
    if has_written:
        go_on_writing(stage, begun, " more")
        blocks = (*blocks, text(" more"))
    shown = [part.whole for part in thinking(stage)]
    anew(stage, replace(begun, content=(*begun.content, *blocks)))
    assert [part.whole for part in thinking(stage)] == shown
    stage.look.set_theme(Theme.DARK)
    stage.wait()
    assert [part.whole for part in thinking(stage)] == shown


def test_all_of_it_is_found_and_read_aloud_and_none_of_it_copied_as_text(stage: Stage) -> None:
    stage.show(ASKED, FIRST)
    begun = go_on(stage, FIRST)
    think(stage, begun, "Whereabouts?")
    go_on_writing(stage, begun, " more")
    ended = end(stage, begun, thought("Whereabouts?"), text(" more"))
    stage.click(Deed.FOLD)
    assert "Whereabouts?" in thinking(stage)[0].plain(0, thinking(stage)[0].length)
    spot = stage.part(ThinkingPart)
    node = stage.view._tree.node((ended.id, spot.index, ""))
    assert "Whereabouts?" in node.name() + node.text(QAccessible.Text.Value)
    stage.view.finder.open()
    stage.view.finder.search("Whereabouts")
    stage.wait_until(lambda: stage.view.finder.is_settled)
    assert stage.view.finder.figures.count == 1
    item = stage.view._page.rows.item(1)
    assert isinstance(item, ReplyItem)
    assert item.text == "One more"


def test_thinking_in_the_middle_of_a_part_stays_where_it_is(stage: Stage) -> None:
    begun = begun_again(FIRST)
    blocks = (*begun.content, thought("Again."), text(" more."), thought("Between."), text("Another."))
    stage.show(ASKED, replace(begun, content=blocks, status=MessageStatus.COMPLETE))
    assert kinds(stage) == [ThinkingPart, LeafPart, ThinkingPart, LeafPart]
    assert [part.whole for part in thinking(stage)] == ["First.\n\nAgain.", "Between."]
