"""Everything that can be clicked or reached with Tab does what it says."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop_chat.core.failure import Action, Failure
from desktop_chat.core.messages import MessageStatus
from desktop_chat.core.settings import Theme
from desktop_chat.ui.transcript.code.code_block import CodePart
from desktop_chat.ui.transcript.parts.actions_part import ActionsPart
from desktop_chat.ui.transcript.parts.part import Deed, Target
from desktop_chat.ui.transcript.parts.small_parts import ThinkingPart
from tests.helpers.samples import question
from tests.ui.transcript.stage import LONG, Stage, answer, told_by

FAILURE = Failure(
    "KeyRejected", "The key was refused.", "Check it.", Action.OPEN_KEY, 401, "authentication_error", "req_1"
)


def test_retry_below_a_reply_names_it(stage: Stage) -> None:
    told = answer("Text.")
    stage.show(question("c"), told)
    asked = told_by(stage.view.retry_requested)
    stage.click(Deed.RETRY)
    assert asked == [(told.id,)]


def test_a_question_without_a_reply_offers_retry(stage: Stage) -> None:
    lonely = question("c", "Anybody?")
    stage.show(lonely)
    asked = told_by(stage.view.retry_requested)
    stage.click(Deed.RETRY)
    assert asked == [(lonely.id,)]


def test_a_failed_reply_offers_the_key_and_details(stage: Stage) -> None:
    stage.show(question("c"), answer("", status=MessageStatus.FAILED, failure=FAILURE, content=()))
    key = told_by(stage.view.key_requested)
    stage.click(Deed.OPEN_KEY)
    assert key == [()]
    stage.click(Deed.FOLD)
    details = stage.part(CodePart).part
    assert isinstance(details, CodePart)
    assert "status: 401" in details.code
    assert "request id: req_1" in details.code


@pytest.mark.parametrize("status", [MessageStatus.STOPPED, MessageStatus.INTERRUPTED, MessageStatus.COMPLETE])
def test_retry_is_offered_in_one_place_only(stage: Stage, status: MessageStatus) -> None:
    stage.show(question("c"), answer("Text.", status=status))
    assert len(stage.targets(Deed.RETRY)) == 1


def test_a_cut_reply_leads_to_the_settings(stage: Stage) -> None:
    stage.show(question("c"), answer("Text", stop_reason="max_tokens"))
    settings = told_by(stage.view.settings_requested)
    stage.click(Deed.OPEN_SETTINGS)
    assert settings == [()]


def test_siblings_are_stepped_through(stage: Stage) -> None:
    told = answer("Text.")
    stage.show(question("c"), told, siblings={told.id: ("a", told.id, "z")})
    stepped = told_by(stage.view.sibling_requested)
    stage.click(Deed.PREVIOUS_SIBLING)
    stage.click(Deed.NEXT_SIBLING)
    assert stepped == [(told.id, -1), (told.id, 1)]
    for deed in (Deed.PREVIOUS_SIBLING, Deed.NEXT_SIBLING):
        assert stage.targets(deed)[0][1].rect.width() >= 24, "one thin sign is hard to hit"


def test_there_is_no_step_beyond_the_last_sibling(stage: Stage) -> None:
    told = answer("Text.")
    stage.show(question("c"), told, siblings={told.id: ("a", told.id)})
    assert stage.targets(Deed.NEXT_SIBLING) == []
    assert len(stage.targets(Deed.PREVIOUS_SIBLING)) == 1


def test_links_are_told_only_when_they_may_be_opened(stage: Stage) -> None:
    stage.show(question("c"), answer("[good](https://example.com/) and [bad](javascript:alert(1))"))
    opened = told_by(stage.view.link_opened)
    stage.click(Deed.TELL_ADDRESS)
    assert opened == []
    stage.click(Deed.FOLLOW_LINK)
    assert opened == [("https://example.com/", "")]


def test_thinking_unfolds_and_folds(stage: Stage) -> None:
    thinking = {"type": "thinking", "thinking": "Because."}
    stage.show(question("c"), answer("", content=(thinking, {"type": "text", "text": "Yes."})))
    assert stage.part(ThinkingPart).part.length == 0
    stage.click(Deed.FOLD)
    part = stage.part(ThinkingPart).part
    assert part.plain(0, part.length) == "Because."
    stage.click(Deed.FOLD)
    assert stage.part(ThinkingPart).part.length == 0


def test_tab_walks_through_the_actions_and_return_does_them(stage: Stage) -> None:
    told = answer("```\nx\n```")
    stage.show(question("c"), told)
    stage.view.setFocus()
    asked = told_by(stage.view.retry_requested)
    while (stage.view._focus.current or (None, None))[1] != stage.targets(Deed.RETRY)[0][1]:
        stage.key(Qt.Key.Key_Tab)
        assert stage.view._focus.current is not None
    stage.key(Qt.Key.Key_Return)
    assert asked == [(told.id,)]


def test_tab_leaves_a_link_that_was_broken_into_lines(stage: Stage) -> None:
    address = "https://example.org/" + "path/" * 40
    stage.show(question("c"), answer(f"At {address} and [here](https://example.org/)."))
    assert len(stage.targets(Deed.FOLLOW_LINK)) > 2, "it has to be broken"
    stage.view.setFocus()
    walked: list[Target] = []
    while stage.view._focus.step(1) and len(walked) < 20:
        assert stage.view._focus.current is not None
        walked.append(stage.view._focus.current[1])
    assert [target.value for target in walked if target.deed is Deed.FOLLOW_LINK] == [address, "https://example.org/"]


def test_tab_brings_all_of_what_it_goes_to_into_sight(stage: Stage) -> None:
    stage.show(question("c"), answer(f"{LONG}\n\n[here](https://example.org/)\n\n{LONG}"))
    stage.view.verticalScrollBar().setValue(stage.most // 2 - 220)
    stage.wait()
    screen_px = stage.view.viewport().height()
    while not screen_px - 20 < (found := stage.targets(Deed.FOLLOW_LINK))[0][0].top < screen_px:
        stage.wheel(angle=12 if found[0][0].top < screen_px - 20 else -12)
    stage.view.setFocus()
    stage.key(Qt.Key.Key_Tab)
    assert stage.view._focus.current is not None
    spot, target = stage.view._focus.current
    assert spot.rect_of(target).bottom() <= screen_px


def test_what_unfolds_below_the_screen_is_brought_into_sight(stage: Stage) -> None:
    stage.show(question("c"), answer(LONG))
    row = stage.targets(Deed.RAW)[-1][0]
    stage.click(Deed.RAW, -1)
    code = stage.part(CodePart)
    screen_px = stage.view.viewport().height()
    assert screen_px - code.top >= screen_px / 4, "much of it can be seen"
    actions = stage.targets(Deed.RAW)[-1][0]
    assert 0 < actions.top < row.top, "what hides it again is in sight, too"


def test_what_unfolds_in_sight_moves_nothing(stage: Stage) -> None:
    stage.show(question("c"), answer("Short."))
    before = [spot.top for spot in stage.spots()]
    stage.click(Deed.RAW, -1)
    assert [spot.top for spot in stage.spots()][: len(before)] == before


def test_a_link_that_scrolls_away_from_the_pointer_is_no_longer_under_it(stage: Stage) -> None:
    stage.show(question("c"), answer(f"[here](https://example.org/)\n\n{LONG}"))
    stage.view.verticalScrollBar().setValue(0)
    stage.wait()
    spot, target = stage.targets(Deed.FOLLOW_LINK)[0]
    QTest.mouseMove(stage.view.viewport(), spot.rect_of(target).center().toPoint())
    assert stage.view.viewport().cursor().shape() is Qt.CursorShape.PointingHandCursor
    stage.key(Qt.Key.Key_End)
    assert stage.view.viewport().cursor().shape() is not Qt.CursorShape.PointingHandCursor


def test_the_row_below_a_reply_does_not_move_what_stands_there(stage: Stage) -> None:
    begun = stage.begin("Text.")
    before = [(spot.part, spot.top) for spot in stage.spots()]
    stage.end(begun, "Text.")
    spots = stage.spots()
    assert [(spot.part, spot.top) for spot in spots[1:2]] != []
    assert [top for _, top in before[2:]] == [spot.top for spot in spots[2 : len(before)]]
    assert isinstance(spots[-1].part, ActionsPart)


def test_colours_change_live(stage: Stage) -> None:
    stage.show(question("c"), answer("Text with `code`.\n\n```python\nx = 1\n```"))
    light = stage.view.grab().toImage()
    stage.look.set_theme(Theme.DARK)
    stage.wait()
    dark = stage.view.grab().toImage()
    assert light.pixelColor(5, 5).lightness() > 200
    assert dark.pixelColor(5, 5).lightness() < 60
    stage.look.set_theme(Theme.LIGHT)
    stage.wait()
    assert stage.view.grab().toImage() == light


def test_colours_change_live_while_a_reply_streams(stage: Stage) -> None:
    begun = stage.begin("First.\n\nSec")
    stage.look.set_theme(Theme.DARK)
    stage.stream(begun, "ond.\n\n- item")
    ended = stage.end(begun, "First.\n\nSecond.\n\n- item")
    streamed = stage.view.grab().toImage()
    asked = stage.view._page.rows[0].message
    stage.show(question("c", "Else"))
    stage.show(asked, ended)
    assert stage.view.grab().toImage() == streamed


def test_keys_that_are_not_ours_are_left_to_the_window(stage: Stage) -> None:

    typed = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_X, Qt.KeyboardModifier.NoModifier, "x")
    QApplication.sendEvent(stage.view, typed)
    assert not typed.isAccepted()
