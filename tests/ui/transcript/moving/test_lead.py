"""What the page does by itself: at a send, while a reply grows, and when it is opened again."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop_chat.core.activity import Activity, Phase
from desktop_chat.core.conversation import ReadingPlace
from desktop_chat.core.events import TextArrived
from desktop_chat.core.messages import Message, MessageStatus
from desktop_chat.core.settings import Following
from desktop_chat.ui.theme import Look
from desktop_chat.ui.transcript.moving.motion import GLIDE_S, Glide, reduce_motion
from desktop_chat.ui.transcript.parts.strip import StripPart
from desktop_chat.ui.transcript.parts.style import PAGE_PADDING_PX
from tests.helpers.samples import question, reply
from tests.ui.transcript.messages.continuing import FAILURE, go_on
from tests.ui.transcript.scroll_acts import MORE, ended, moved_px, places, question_top, send, uneven
from tests.ui.transcript.stage import LONG, SIZE_PX, Stage, answer

# --- Start ---


def test_on_send_the_question_is_brought_to_the_top(stage: Stage) -> None:
    send(stage)
    assert question_top(stage) == PAGE_PADDING_PX


def test_on_send_the_question_comes_from_wherever_the_reader_was(stage: Stage) -> None:
    stage.view.set_following(Following.QUESTION)
    stage.show(question("c", "First?"), answer(LONG))
    stage.key(Qt.Key.Key_Home)
    stage.view.add_message(question("c", "Second?"))
    stage.wait()
    assert question_top(stage) == PAGE_PADDING_PX


def test_the_way_to_the_top_takes_150_ms_and_slows_down() -> None:
    glide = Glide(100.0, 0.0)
    way = [100.0]
    for step in range(1, 6):
        is_on_its_way = glide.advance(step * GLIDE_S / 5)
        assert is_on_its_way == (step < 5)
        way.append(glide.offset_px)
    steps = [before - after for before, after in pairwise(way)]
    assert way[-1] == 0.0
    assert steps == sorted(steps, reverse=True)
    assert GLIDE_S <= 0.15


def test_the_way_to_the_top_is_gone_in_steps(stage: Stage) -> None:
    stage.view.set_following(Following.QUESTION)
    stage.show(question("c", "First?"), answer(LONG))
    values: list[int] = []
    stage.view.verticalScrollBar().valueChanged.connect(values.append)
    stage.view.add_message(question("c", "Second?"))
    stage.wait()
    assert len(values) > 2
    assert values == sorted(values)


def test_with_reduced_motion_the_question_is_at_the_top_at_once(stage: Stage) -> None:
    stage.view.set_following(Following.QUESTION)
    stage.show(question("c", "First?"), answer(LONG))
    values: list[int] = []
    stage.view.verticalScrollBar().valueChanged.connect(values.append)
    reduce_motion(True)
    stage.view.add_message(question("c", "Second?"))
    stage.wait()
    reduce_motion(False)
    assert len(values) == 1
    assert question_top(stage) == PAGE_PADDING_PX


def test_the_answer_grows_beneath_and_nothing_moves(stage: Stage) -> None:
    begun = send(stage)
    for piece in ("Short.", MORE, "\n\n" + LONG, MORE):
        stage.stream(begun, piece)
        assert question_top(stage) == PAGE_PADDING_PX


def test_the_room_below_a_short_answer_shrinks_as_it_grows(stage: Stage) -> None:
    begun = send(stage)
    place = stage.value
    assert stage.most == place
    stage.stream(begun, MORE)
    assert (stage.value, stage.most) == (place, place)
    stage.stream(begun, "\n\n" + LONG)
    assert stage.value == place < stage.most


def test_the_end_of_a_short_answer_leaves_the_question_at_the_top(stage: Stage) -> None:
    begun = send(stage)
    stage.stream(begun, "Short.")
    before = stage.value
    stage.end(begun, "Short.")
    assert stage.value == before
    assert question_top(stage) == PAGE_PADDING_PX


def test_scrolling_up_gives_the_room_back_without_a_jump(stage: Stage) -> None:
    send(stage)
    before, value = places(stage), stage.value
    stage.wheel(angle=120)
    assert moved_px(stage, before) == {90.0}
    assert stage.most == stage.value == value - 90
    stage.wheel(angle=-240)
    assert stage.value == value - 90


def test_a_conversation_that_is_opened_again_has_no_room_below(stage: Stage, look: Look, qtbot: QtBot) -> None:
    begun = send(stage)
    ended = stage.end(begun, "Short.")
    asked = [row.message for row in stage.view._page.rows]
    again = Stage(look, qtbot)
    again.view.set_following(Following.QUESTION)
    again.show(*asked[:-1], ended)
    last = again.spots()[-1]
    assert again.value == again.most
    assert last.top + last.part.height == again.view.viewport().height() - PAGE_PADDING_PX
    again.view.close()


def test_another_path_has_no_room_below(stage: Stage) -> None:
    begun = send(stage)
    stage.end(begun, "Short.")
    room = stage.most
    stage.show(*[row.message for row in stage.view._page.rows][:2])
    assert stage.most < room
    assert stage.value == stage.most


def test_another_version_of_a_message_is_shown_from_its_top(stage: Stage) -> None:
    asked, one, other = question("c"), answer(LONG), answer(LONG)
    stage.show(asked, one)
    stage.wheel(angle=120)
    stage.show(asked, other)
    head = next(spot for spot in stage.spots() if spot.row == 1)
    assert (head.index, head.top) == (0, PAGE_PADDING_PX)


def test_a_reply_asked_for_again_is_held_at_its_question(stage: Stage) -> None:
    begun = send(stage)
    stage.stream(begun, LONG)
    stage.end(begun, LONG)
    stage.key(Qt.Key.Key_End)
    stage.show(*[row.message for row in stage.view._page.rows][:3])
    again = reply("c", None, "", status=MessageStatus.STREAMING, content=())
    stage.view.add_message(again)
    stage.wait()
    assert question_top(stage) == PAGE_PADDING_PX


def test_whoever_scrolled_away_after_sending_is_not_brought_back_by_the_reply(stage: Stage) -> None:
    stage.view.set_following(Following.QUESTION)
    stage.show(question("c", "First?"), answer(LONG))
    stage.view.add_message(question("c", "Second?"))
    stage.wait()
    stage.key(Qt.Key.Key_PageUp)
    before = stage.value
    stage.view.add_message(reply("c", None, "", status=MessageStatus.STREAMING, content=()))
    stage.wait()
    assert stage.value == before


def test_the_question_is_left_only_when_the_reader_goes_to_the_end(stage: Stage) -> None:
    begun = send(stage)
    stage.stream(begun, LONG)
    stage.key(Qt.Key.Key_End)
    stage.stream(begun, MORE)
    assert stage.value == stage.most
    assert stage.view.is_at_end


def test_following_the_tail_stays_pinned_to_the_bottom(stage: Stage) -> None:
    begun = send(stage, Following.END)
    for piece in ("Short.", "\n\n" + LONG, MORE):
        stage.stream(begun, piece)
        assert stage.value == stage.most
        assert stage.view.is_at_end


def test_who_wants_nothing_to_move_sees_nothing_move_not_even_at_the_send(stage: Stage) -> None:
    stage.view.set_following(Following.NEVER)
    stage.show(question("c", "First?"), answer(LONG))
    before = places(stage)
    stage.view.add_message(question("c", "Second?\n" * 9))
    begun = reply("c", None, "", status=MessageStatus.STREAMING, content=())
    stage.view.add_message(begun)
    stage.view.apply_event(begun.id, TextArrived(0, LONG))
    stage.wait()
    assert moved_px(stage, before) == {0.0}
    assert stage.view._pill.isVisible()


def test_who_wants_nothing_to_move_is_not_carried_along_from_the_end_either(stage: Stage) -> None:
    begun = send(stage, Following.NEVER)
    stage.key(Qt.Key.Key_End)
    before = stage.value
    stage.stream(begun, LONG)
    assert stage.value == before


# --- Places ---


def test_the_place_of_a_reader_is_found_again(stage: Stage, look: Look, qtbot: QtBot) -> None:
    asked = question("c"), *uneven(30)
    stage.show(*asked)
    stage.view.verticalScrollBar().setValue(stage.most // 2)
    stage.wait()
    place = stage.view.place
    again = Stage(look, qtbot)
    again.view.open_at(place, is_unread=False)
    again.show(*asked)
    assert [spot.top for spot in again.spots()] == [spot.top for spot in stage.spots()]
    again.view.close()


def test_a_place_in_a_long_text_waits_until_the_text_is_read(stage: Stage, look: Look, qtbot: QtBot) -> None:
    long = answer("\n\n".join(f"Paragraph {number}." for number in range(6_000)))
    stage.show(long)
    stage.view.verticalScrollBar().setValue(stage.most * 3 // 4)
    stage.wait()
    again = Stage(look, qtbot)
    again.view.open_at(stage.view.place, is_unread=False)
    again.show(long)
    first = stage.spots()[0]
    assert next((spot.index, spot.top) for spot in again.spots()) == (first.index, first.top)
    again.view.close()


def test_at_the_end_the_place_is_the_end(stage: Stage) -> None:
    stage.show(question("c"), answer(LONG))
    assert stage.view.place is None
    stage.wheel(angle=120)
    assert stage.view.place is not None


def test_a_place_that_is_gone_is_the_end(stage: Stage) -> None:
    stage.view.open_at(ReadingPlace("never was", 3, 0.5), is_unread=False)
    stage.show(question("c"), answer(LONG))
    assert stage.value == stage.most


def test_an_unread_answer_opens_at_its_start(stage: Stage) -> None:
    stage.view.open_at(None, is_unread=True)
    stage.show(question("c", "First?"), answer(LONG), question("c", "Second?"), answer(LONG))
    assert question_top(stage) == PAGE_PADDING_PX


def test_an_answer_that_ended_out_of_sight_is_found_at_its_start(stage: Stage) -> None:
    begun = send(stage, Following.END)
    stage.stream(begun, LONG)
    stage.view.hide()
    stage.view.apply_event(begun.id, TextArrived(0, MORE))
    stage.view.end_message(ended(begun, LONG + MORE))
    stage.wait()
    stage.view.show()
    stage.wait()
    assert question_top(stage) == PAGE_PADDING_PX


def test_whoever_had_begun_to_read_the_answer_finds_the_line_again(stage: Stage) -> None:
    begun = send(stage, Following.END)
    stage.stream(begun, LONG)
    stage.wheel(angle=240)
    before = stage.value
    stage.view.hide()
    stage.view.end_message(ended(begun, LONG))
    stage.wait()
    stage.view.show()
    stage.wait()
    assert stage.value == before


def test_hiding_and_showing_a_page_keeps_the_place(stage: Stage) -> None:
    stage.show(question("c"), answer(LONG))
    stage.wheel(angle=240)
    before = stage.value
    stage.view.hide()
    stage.view.show()
    stage.wait()
    assert stage.value == before


def test_messages_that_come_before_those_on_the_screen_move_nothing(stage: Stage) -> None:
    messages = [question("c", f"Question {number}. {LONG}") for number in range(120)]
    stage.show(*messages[-20:])
    stage.wheel(angle=1200)
    before = [(spot.part, spot.top) for spot in stage.spots()]
    stage.show(*messages)
    assert [(spot.part, spot.top) for spot in stage.spots()] == before
    assert len(stage.view._page.rows) == 120


def test_messages_that_come_before_an_end_that_is_followed_leave_it_there(stage: Stage) -> None:
    messages = [question("c", f"Question {number}. {LONG}") for number in range(120)]
    stage.show(*messages[-20:])
    before = [(spot.part, spot.top) for spot in stage.spots()]
    stage.show(*messages)
    assert stage.view.is_at_end
    assert [(spot.part, spot.top) for spot in stage.spots()] == before


# --- The end that was on the screen


QUEUE_ROW_PX = 63
FILLS_THE_SCREEN = "\n\n".join(f"Line {number}." for number in range(8))


def asked_and_answered(stage: Stage) -> None:
    """Show a question at the top, and an answer that ends close to the lower edge."""
    begun = send(stage)
    stage.stream(begun, FILLS_THE_SCREEN)
    stage.end(begun, FILLS_THE_SCREEN)
    stage.view.resize(SIZE_PX[0], round(end_of(stage) + PAGE_PADDING_PX))
    stage.wait()
    assert question_top(stage) == PAGE_PADDING_PX


def end_of(stage: Stage) -> float:
    """Where the last thing of the page ends."""
    last = stage.spots()[-1]
    return last.top + last.part.height


def make_lower(stage: Stage, by_px: int) -> None:
    stage.view.resize(SIZE_PX[0], stage.view.height() - by_px)
    stage.wait()


def test_an_end_that_was_on_the_screen_stays_there_when_the_screen_gets_lower(stage: Stage) -> None:
    asked_and_answered(stage)
    make_lower(stage, QUEUE_ROW_PX)
    assert stage.spots()[-1].row == len(stage.view._page.rows) - 1
    assert end_of(stage) == stage.view.viewport().height() - PAGE_PADDING_PX
    make_lower(stage, -QUEUE_ROW_PX)
    assert question_top(stage) == PAGE_PADDING_PX


def test_a_page_that_got_lower_does_not_follow_the_reply_to_come(stage: Stage) -> None:
    asked_and_answered(stage)
    make_lower(stage, QUEUE_ROW_PX)
    assert not stage.view._page.scrolling.is_following


def test_who_does_not_see_the_end_stays_where_he_is_when_the_screen_gets_lower(stage: Stage) -> None:
    asked_and_answered(stage)
    stage.wheel(angle=120)
    before = places(stage)
    make_lower(stage, QUEUE_ROW_PX)
    assert moved_px(stage, before) == {0.0}


def test_while_text_comes_a_lower_screen_moves_nothing(stage: Stage) -> None:
    begun = send(stage)
    stage.stream(begun, FILLS_THE_SCREEN)
    make_lower(stage, round(stage.view.height() - end_of(stage)) + QUEUE_ROW_PX)
    assert question_top(stage) == PAGE_PADDING_PX


def test_who_wants_nothing_to_move_keeps_his_line_when_the_screen_gets_lower(stage: Stage) -> None:
    asked_and_answered(stage)
    stage.view.set_following(Following.NEVER)
    make_lower(stage, QUEUE_ROW_PX)
    assert question_top(stage) == PAGE_PADDING_PX


# --- A line that fails in the middle


def cut(stage: Stage, begun: Message, text: str) -> Message:
    """Have the line of a reply fail, so that it waits to go on."""
    broken = replace(begun, content=({"type": "text", "text": text},), status=MessageStatus.FAILED, failure=FAILURE)
    stage.view.end_message(broken)
    stage.view.show_activity(Activity(Phase.RECONNECTING, retry_at=time.time() + 9.0))
    stage.wait()
    return broken


@pytest.mark.parametrize("count", range(3, 15))
def test_a_line_that_fails_and_comes_back_leaves_the_question_at_the_top(stage: Stage, count: int) -> None:
    begun = send(stage)
    # Some of these end above the lower edge, some across it and some below.
    stage.view.resize(SIZE_PX[0], 430)
    stage.wait()
    tops, text = {question_top(stage)}, ""
    for _ in range(2):
        text += "One more paragraph.\n\n" * count
        stage.stream(begun, text)
        broken = cut(stage, begun, text)
        tops.add(question_top(stage))
        begun = go_on(stage, broken, (*stage.view._page.rows.messages[:-1],))
        tops.add(question_top(stage))
    stage.end(begun, text, status=MessageStatus.FAILED, failure=FAILURE)
    stage.view.show_activity(Activity())
    stage.wait()
    assert tops | {question_top(stage)} == {PAGE_PADDING_PX}


def test_while_a_reply_waits_for_its_line_a_lower_screen_moves_nothing(stage: Stage) -> None:
    begun = send(stage)
    stage.stream(begun, FILLS_THE_SCREEN)
    cut(stage, begun, FILLS_THE_SCREEN)
    make_lower(stage, round(stage.view.height() - end_of(stage)) + QUEUE_ROW_PX)
    assert question_top(stage) == PAGE_PADDING_PX


def test_who_follows_the_end_sees_the_offer_to_go_on(stage: Stage) -> None:
    begun = send(stage)
    stage.stream(begun, LONG)
    stage.key(Qt.Key.Key_End)
    cut(stage, begun, LONG)
    assert isinstance(stage.spots()[-1].part, StripPart)
