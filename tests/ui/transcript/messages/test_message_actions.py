"""The row of actions below every message."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from desktop_chat.core.failure import Failure
from desktop_chat.core.messages import MessageStatus
from desktop_chat.core.settings import Theme
from desktop_chat.core.usage import Usage
from desktop_chat.ui.transcript.code.code_block import CodePart
from desktop_chat.ui.transcript.messages.raw import CHARACTERS_MAX, raw_text
from desktop_chat.ui.transcript.parts.actions_part import ActionsPart
from desktop_chat.ui.transcript.parts.bubble import BubblePart
from desktop_chat.ui.transcript.parts.part import Deed
from desktop_chat.ui.transcript.parts.small_parts import HeadPart
from desktop_chat.ui.transcript.parts.strip import StripPart
from tests.guards import ExpectedLogs
from tests.helpers.samples import BLOCKS, full_reply, question
from tests.ui.transcript.stage import LONG, Stage, answer, clipboard, told_by


def words(stage: Stage, number: int) -> list[str]:
    part = stage.part(ActionsPart, number).part
    assert isinstance(part, ActionsPart)
    return [item.words for item in part.items]


def ink(stage: Stage, number: int) -> int:
    """How many pixels of a row of actions are not the page's."""
    spot = stage.part(ActionsPart, number)
    image: QImage = stage.view.grab().toImage()
    page = QColor(stage.look.colors.page).rgb()
    top, left = round(spot.top), round(spot.left)
    return sum(
        image.pixel(x, y) != page
        for y in range(top, top + round(spot.part.height))
        for x in range(left, left + round(spot.part.measured_width))
    )


def has_ink_at_the_right(stage: Stage) -> bool:
    """Whether the last answer's row tells anything at its right end."""
    spot = stage.part(ActionsPart, 3)
    image: QImage = stage.view.grab().toImage()
    page = QColor(stage.look.colors.page).rgb()
    right = round(spot.left + spot.part.measured_width)
    ys = range(round(spot.top), round(spot.top + spot.part.height))
    return any(image.pixel(x, y) != page for y in ys for x in range(right - 40, right))


def hover(stage: Stage, number: int) -> None:
    spot = stage.part(ActionsPart, number)
    QTest.mouseMove(stage.view.viewport(), QPoint(round(spot.left) + 300, round(spot.top) + 5))
    stage.wait()


def two_turns(stage: Stage) -> None:
    first, last = question("c", "One?"), question("c", "Two?")
    stage.show(
        first, answer("First."), last, answer("Second.", usage=Usage(input_tokens=1_234_567, output_tokens=76_543))
    )


def test_the_rows_hold_what_the_design_shows_in_its_order(stage: Stage) -> None:
    asked, told = question("c", "Why?"), answer("Because.")
    siblings = {asked.id: (asked.id, "z"), told.id: ("a", told.id, "z")}
    stage.show(asked, told, siblings=siblings)
    assert words(stage, 0) == ["Edit", "Copy", "Branch", "Raw", "‹", "1 / 2", "›"]
    assert words(stage, 1) == ["Copy", "Retry", "Branch", "‹", "2 / 3", "›", "Raw", "Inspect"]


def test_only_the_last_answer_shows_its_actions_all_the_time(stage: Stage) -> None:
    two_turns(stage)
    assert [ink(stage, number) > 0 for number in range(4)] == [False, False, False, True]


def test_actions_come_to_sight_under_the_pointer_and_move_nothing(stage: Stage) -> None:
    two_turns(stage)
    before = [(spot.part, spot.top) for spot in stage.spots()]
    hover(stage, 1)
    assert ink(stage, 1) > 0
    assert ink(stage, 0) == 0, "another message stays quiet"
    assert [(spot.part, spot.top) for spot in stage.spots()] == before
    QTest.mouseMove(stage.view.viewport(), QPoint(300, stage.view.height() - 5))
    stage.wait()
    assert ink(stage, 1) == 0


def test_actions_come_to_sight_with_the_keyboard(stage: Stage) -> None:
    two_turns(stage)
    stage.view.setFocus()
    stage.key(Qt.Key.Key_Tab)
    assert ink(stage, 0) > 0


def test_versions_are_shown_all_the_time(stage: Stage) -> None:
    asked = question("c", "Why?")
    stage.show(asked, answer("Because."), siblings={asked.id: ("a", asked.id)})
    assert ink(stage, 0) > 0


def test_targets_are_large_enough_and_say_what_they_do(stage: Stage) -> None:
    two_turns(stage)
    for spot in stage.spots():
        if isinstance(spot.part, ActionsPart):
            for target in spot.part.targets():
                assert target.rect.height() >= 24
                assert target.rect.width() >= 24
                assert target.tip


def test_usage_gives_way_where_there_is_no_room(stage: Stage) -> None:
    two_turns(stage)
    assert has_ink_at_the_right(stage)
    stage.view.resize(350, 500)
    stage.wait()
    assert not has_ink_at_the_right(stage)
    assert ink(stage, 3) > 0, "the actions stay"


def test_actions_that_do_not_fit_beside_each_other_stand_below(stage: Stage) -> None:
    asked = question("c", "Why?")
    stage.show(asked, siblings={asked.id: ("a", asked.id, "z")})
    one_line = stage.part(ActionsPart).part.height
    stage.view.resize(330, 500)
    stage.wait()
    spot = stage.part(ActionsPart)
    targets = spot.part.targets()
    assert spot.part.height == 2 * one_line
    assert all(target.rect.left() >= -3 for target in targets)
    assert all(target.rect.right() <= spot.part.measured_width + 12 for target in targets)
    pairs = [(a.rect, b.rect) for at, a in enumerate(targets) for b in targets[at + 1 :]]
    assert not [pair for pair in pairs if pair[0].adjusted(3, 0, -3, 0).intersects(pair[1].adjusted(3, 0, -3, 0))]


def test_a_question_is_copied_as_it_was_typed(stage: Stage) -> None:
    stage.show(question("c", "# What *is* this?"), answer("That."))
    stage.click(Deed.COPY_MESSAGE, 0)
    assert clipboard() == "# What *is* this?"


def test_branch_names_its_message(stage: Stage) -> None:
    asked, told = question("c"), answer("Text.")
    stage.show(asked, told)
    branched = told_by(stage.view.acts.branch_requested)
    stage.click(Deed.BRANCH, 0)
    stage.click(Deed.BRANCH, 1)
    assert branched == [(asked.id,), (told.id,)]


def test_an_interrupted_reply_can_be_kept(stage: Stage) -> None:
    told = answer("Half", status=MessageStatus.INTERRUPTED)
    stage.show(question("c"), told)
    kept = told_by(stage.view.acts.keep_requested)
    stage.click(Deed.KEEP)
    assert kept == [(told.id,)]


def test_a_refusal_offers_to_edit_the_question(stage: Stage) -> None:
    asked = question("c", "How?")
    stage.show(asked, answer("", stop_reason="refusal", content=()))
    spot, target = next((spot, target) for spot, target in stage.targets(Deed.EDIT) if isinstance(spot.part, StripPart))
    stage.click_at(spot.rect_of(target).center().toPoint())
    assert stage.view.acts.editing._boxes.keys() == {asked.id}


# --- a question that came to nothing


FAILED: dict[str, Any] = {
    "status": MessageStatus.FAILED,
    "content": (),
    "failure": Failure("NoConnection", "No network.", "Look."),
}


def offered(stage: Stage) -> list[str]:
    return [target.words for target in stage.part(StripPart).part.targets()]


def test_a_question_that_came_to_nothing_stands_there_with_resend_and_edit(stage: Stage) -> None:
    asked = question("c", "How?")
    failed = answer("", **FAILED)
    stage.show(asked, failed)
    assert offered(stage) == ["Resend", "Edit", "Details"]
    below = [type(spot.part) for spot in stage.spots() if spot.row == 1]
    assert below[0] is StripPart, "nobody has answered: it stands right below the question"
    assert HeadPart not in below
    retried = told_by(stage.view.retry_requested)
    stage.click(Deed.RETRY)
    assert retried == [(failed.id,)]
    _, edit = next(found for found in stage.targets(Deed.EDIT) if isinstance(found[0].part, StripPart))
    stage.click_at(stage.part(StripPart).rect_of(edit).center().toPoint())
    assert stage.view.acts.editing._boxes.keys() == {asked.id}


def test_its_strip_can_be_reached_and_used_with_the_keyboard(stage: Stage) -> None:
    failed = answer("", **FAILED)
    stage.show(question("c", "How?"), failed)
    retried = told_by(stage.view.retry_requested)
    step(stage, -1)
    stage.key(Qt.Key.Key_Tab)
    current = stage.view._focus.current
    assert current is not None
    assert (current[1].words, current[1].tip) == ("Resend", "Send the question again (Ctrl+R)")
    stage.key(Qt.Key.Key_Return)
    assert retried == [(failed.id,)]
    menu = QMenu(stage.view)
    stage.view.acts.fill_menu(menu, 1)
    assert [action.text() for action in menu.actions()][:3] == ["Resend", "Edit", "Details"]
    menu.deleteLater()


def test_a_reply_that_fails_before_its_first_word_loses_its_head(stage: Stage) -> None:
    stage.show(question("c", "How?"))
    begun = answer("", status=MessageStatus.STREAMING, content=())
    stage.view.add_message(begun)
    stage.wait()
    assert isinstance(stage.part(HeadPart).part, HeadPart)
    stage.view.end_message(replace(begun, **FAILED))
    stage.wait()
    assert not [spot for spot in stage.spots() if isinstance(spot.part, HeadPart)]
    assert offered(stage) == ["Resend", "Edit", "Details"]
    stage.look.set_theme(Theme.DARK)
    stage.wait()
    assert offered(stage) == ["Resend", "Edit", "Details"]


def test_a_reply_that_failed_behind_a_word_keeps_its_own_actions(stage: Stage) -> None:
    stage.show(question("c", "How?"), answer("Half", **{**FAILED, "content": ({"type": "text", "text": "Half"},)}))
    assert offered(stage) == ["Continue", "Retry", "Details"]
    assert isinstance(stage.part(HeadPart).part, HeadPart)


def test_a_step_that_leads_nowhere_looks_like_it(stage: Stage) -> None:
    told = answer("Because.")

    def inks() -> int:
        stage.wait()
        spot = stage.part(ActionsPart, 1)
        image: QImage = stage.view.grab().toImage()
        later = next(at for at, item in enumerate(spot.part.items) if item.words == "›")  # type: ignore[attr-defined]
        corner = spot.part._corners[later]  # type: ignore[attr-defined]
        xs = range(round(spot.left + corner.x()), round(spot.left + corner.x()) + 6)
        ys = range(round(spot.top), round(spot.top + spot.part.height))
        return min(image.pixelColor(x, y).lightness() for x in xs for y in ys)

    stage.show(question("c"), told, siblings={told.id: (told.id, "z")})
    darkest = inks()
    stage.show(question("c"), told, siblings={told.id: ("a", told.id)})
    assert inks() > darkest + 20


def test_the_menu_opened_with_a_key_is_at_its_first_action(stage: Stage, expect_log: ExpectedLogs) -> None:
    expect_log("does not support grabbing")
    stage.show(question("c"), answer("Because."))
    stage.view.acts.step(-1)
    stage.wait()
    stage.key(Qt.Key.Key_Return)
    (menu,) = [menu for menu in stage.view.findChildren(QMenu) if menu.isVisible()]
    first = menu.activeAction()
    menu.close()
    assert first is not None
    assert first.text() == "Copy"


# --- raw


def test_raw_folds_out_what_is_stored_and_back(stage: Stage) -> None:
    told = answer("Text.", id="0123456789", stop_reason="end_turn", usage=Usage(input_tokens=5, output_tokens=7))
    stage.show(question("c"), told)
    stage.click(Deed.RAW, 1)
    shown = stage.part(CodePart).part
    assert isinstance(shown, CodePart)
    for fact in ('"id": "0123456789"', '"text": "Text."', '"stop_reason": "end_turn"', '"output_tokens": 7'):
        assert fact in shown.code
    stage.click(Deed.RAW, 1)
    assert not [spot for spot in stage.spots() if isinstance(spot.part, CodePart)]


def test_raw_keeps_blocks_in_order_and_unknown_ones_too() -> None:
    text = raw_text(full_reply("c", None))
    places = [text.index(f'"type": "{block["type"]}"') for block in BLOCKS if block["type"] != "text"]
    assert places == sorted(places)
    assert '"zz": 1' in text


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ({"type": "image", "source": {"data": "A" * 5_000_000}}, '"<base64, 5,000,000 characters>"'),
        ({"type": "document", "source": {"type": "text", "data": "A" * 5_000}}, '"<text, 5,000 characters>"'),
        ({"type": "text", "text": "A" * 5_000_000}, "shortened: 5,000,000 characters"),
        ({"type": "list", "values": list(range(200_000))}, "shortened"),
    ],
)
def test_raw_of_something_huge_is_bounded_and_says_so(block: dict[str, object], words: str) -> None:
    text = raw_text(replace(full_reply("c", None), content=(block,)))
    assert len(text) < CHARACTERS_MAX + 1_000
    assert words in text
    assert "AAAAAAAAAA" * 100 not in text or block["type"] == "text"


def test_raw_bears_what_is_nested_too_deeply() -> None:
    deep: dict[str, object] = {"type": "deep"}
    for _ in range(900):
        deep = {"in": deep}
    assert "nested too deeply" in raw_text(replace(full_reply("c", None), content=(deep,)))


# --- walking


def step(stage: Stage, by: int) -> None:
    stage.view.acts.step(by)
    stage.wait()


def long_conversation(stage: Stage) -> list[str]:
    messages = [
        message
        for number in range(4)
        for message in (question("c", f"Question {number}?"), answer(f"{number}\n\n{LONG}"))
    ]
    stage.show(*messages)
    return [message.id for message in messages]


def walked(stage: Stage) -> str:
    row = stage.view._walk.row
    assert row is not None
    return stage.view._page.rows[row].message.id


def test_walking_brings_the_top_of_each_message_to_the_top(stage: Stage) -> None:
    ids = long_conversation(stage)
    for expected in reversed(ids):
        step(stage, -1)
        assert walked(stage) == expected
        assert 0 <= stage.view._page.top_of(stage.view._walk.row or 0) < 40
    step(stage, -1)
    assert walked(stage) == ids[0], "there is nothing above the first"
    step(stage, 1)
    assert walked(stage) == ids[1]


def test_walking_begins_where_the_reader_has_scrolled_to(stage: Stage) -> None:
    ids = long_conversation(stage)
    step(stage, -1)
    stage.key(Qt.Key.Key_Home)
    stage.wheel(pixels=-10)
    step(stage, 1)
    assert walked(stage) == ids[1]
    stage.key(Qt.Key.Key_Home)
    step(stage, -1)
    assert walked(stage) == ids[0]


def test_walking_up_from_the_very_top_begins_with_the_first_message(stage: Stage) -> None:
    ids = long_conversation(stage)
    stage.key(Qt.Key.Key_Home)
    step(stage, -1)
    assert walked(stage) == ids[0]


def test_past_the_last_message_waits_the_composer(stage: Stage) -> None:
    long_conversation(stage)
    wanted = told_by(stage.view.acts.composer_requested)
    step(stage, -1)
    step(stage, 1)
    assert wanted == [()]
    assert stage.value == stage.most
    assert stage.view._walk.row is None


def test_the_walk_takes_the_keyboard_and_tab_goes_through_the_actions_of_its_message(stage: Stage) -> None:
    two_turns(stage)
    step(stage, -1)
    step(stage, -1)
    assert stage.view.hasFocus()
    stage.key(Qt.Key.Key_Tab)
    current = stage.view._focus.current
    assert current is not None
    assert current[0].row == stage.view._walk.row == 2


def test_the_message_walked_to_has_a_bar_only_while_it_has_the_keyboard(stage: Stage) -> None:
    two_turns(stage)
    step(stage, -1)
    page = stage.view._page
    at = QPoint(round(page.left) - 13, round(page.top_of(3)) + 10)
    assert stage.view.grab().toImage().pixelColor(at) == QColor(stage.look.colors.accent)
    stage.view.clearFocus()
    stage.wait()
    assert stage.view.grab().toImage().pixelColor(at) == QColor(stage.look.colors.page)


def test_a_walk_that_does_not_move_the_page_shows_its_bar_at_once(stage: Stage) -> None:
    stage.begin("Some words.")
    stage.wait()
    for row in (1, 0):
        step(stage, -1)
        shown = stage.view.screen().grabWindow(stage.view.winId()).toImage()
        assert shown == stage.view.grab().toImage().convertToFormat(shown.format())
        assert stage.view._walk.row == row


def test_alt_left_and_right_step_through_the_versions_of_the_message_walked_to(stage: Stage) -> None:
    asked, told = question("c"), answer("Text.")
    stage.show(asked, told, siblings={told.id: ("a", told.id, "z")})
    stepped = told_by(stage.view.sibling_requested)
    step(stage, -1)
    stage.key(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    stage.key(Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert stepped == [(told.id, -1), (told.id, 1)]


def test_the_menu_of_a_message_holds_its_actions_and_does_them(stage: Stage) -> None:
    asked, told = question("c"), answer("Text.", status=MessageStatus.STOPPED)
    stage.show(asked, told, siblings={told.id: ("a", told.id)})
    menu = QMenu(stage.view)
    stage.view.acts.fill_menu(menu, 1)
    names = [action.text() for action in menu.actions()]
    assert names == ["Copy", "Branch", "Earlier version", "Raw", "Inspect", "Continue", "Retry"]
    stepped = told_by(stage.view.sibling_requested)
    menu.actions()[names.index("Earlier version")].trigger()
    assert stepped == [(told.id, -1)]
    menu.deleteLater()


def test_the_menu_of_a_long_message_holds_what_stands_below_its_end(stage: Stage) -> None:
    told = answer(LONG * 20, status=MessageStatus.STOPPED)
    stage.show(question("c"), told)
    step(stage, -1)
    # Everything is made anew, and only what is on the screen is laid out.
    stage.look.set_theme(Theme.DARK)
    stage.wait()
    menu = QMenu(stage.view)
    stage.view.acts.fill_menu(menu, 1)
    assert [action.text() for action in menu.actions()] == ["Copy", "Branch", "Raw", "Inspect", "Continue", "Retry"]
    retried = told_by(stage.view.retry_requested)
    menu.actions()[-1].trigger()
    assert retried == [(told.id,)]
    menu.deleteLater()


def test_another_version_stands_where_the_first_one_stood(stage: Stage) -> None:
    first, second = question("c", "One?"), question("c", "Another one?")
    siblings: dict[str, tuple[str, ...]] = {each.id: (first.id, second.id) for each in (first, second)}
    stage.show(first, answer(LONG), siblings=siblings)
    stage.key(Qt.Key.Key_Home)
    stage.wheel(pixels=-10)
    top = stage.part(BubblePart).top
    step(stage, -1)
    stage.wheel(pixels=-10)

    def switch(_message_id: str, _by: int) -> None:
        stage.view.show_path((second, answer(LONG)), lambda message_id: siblings.get(message_id, (message_id,)))

    stage.view.sibling_requested.connect(switch)
    stage.key(Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert stage.part(BubblePart).top == top
    assert walked(stage) == second.id, "the keyboard goes along"


def test_blank_lines_at_the_end_of_a_question_make_no_bubble_larger(stage: Stage) -> None:
    stage.show(question("c", "What does this do:"))
    height = stage.part(BubblePart).part.height
    stage.show(question("c", "What does this do:\n\n \n"))
    assert stage.part(BubblePart).part.height == height


def test_a_version_that_is_not_there_moves_nothing_later(stage: Stage) -> None:
    asked, cut = question("c", "Why?"), answer(LONG * 3, status=MessageStatus.STOPPED)
    path = (asked, answer(LONG * 3), question("c", "And then?"), cut)
    stage.show(*path)
    for _ in path:
        step(stage, -1)
    assert walked(stage) == asked.id
    stage.key(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    stage.key(Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    stage.view.scroll_to_end()
    stage.wait()
    end = stage.value
    assert end > 0
    stage.show(*path[:-1], replace(cut, status=MessageStatus.STREAMING))
    assert stage.value >= end
