"""An edited question is a sibling of the old one; the old branch stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop_chat.chat.session import ChatSession
from desktop_chat.core.conversation import ConversationSummary
from desktop_chat.core.errors import StoreFull
from desktop_chat.core.messages import Draft, Message, MessageStatus, Role, draft_of, user_message
from desktop_chat.core.stored import StoredConversation
from tests.chat.desk import Desk, ask
from tests.helpers.attached_samples import words
from tests.helpers.fake_api import Gate, reply_events
from tests.helpers.samples import question, reply
from tests.helpers.signals import Heard, next_signal


def texts(path: tuple[Message, ...]) -> list[str]:
    return [message.text for message in path]


async def edited(session: ChatSession, message_id: str, text: str) -> Message:
    assert session.edit(message_id, Draft(text))
    answer = await next_signal(session.turn_ended)
    assert isinstance(answer, Message)
    return answer


async def test_an_edit_asks_beside_the_old_question_and_keeps_its_branch(desk: Desk) -> None:
    session = desk.session()
    await ask(session, "Why?")
    await ask(session, "And?")
    old = session.path()[0]
    desk.api.script(*reply_events("Better."))

    await edited(session, old.id, "Why, really?")

    assert texts(session.path()) == ["Why, really?", "Better."]
    new = session.path()[0]
    assert (new.parent_id, session.siblings(new.id)) == (old.parent_id, (old.id, new.id))
    assert len(desk.api.bodies[-1]["messages"]) == 1, "nothing of the old branch is sent"
    session.select_sibling(new.id, -1)
    assert texts(session.path()) == ["Why?", "Hello.", "And?", "Hello."]


async def test_an_edit_in_the_middle_keeps_what_stands_above(desk: Desk) -> None:
    session = desk.session()
    await ask(session, "One")
    await ask(session, "Two")

    await edited(session, session.path()[2].id, "Zwei")

    assert texts(session.path()) == ["One", "Hello.", "Zwei", "Hello."]


async def test_an_edited_question_is_stored_before_it_is_sent(desk: Desk) -> None:
    session = desk.session()
    await ask(session)
    desk.store.hold()
    paths = Heard(session.path_changed)

    assert session.edit(session.path()[0].id, Draft("Other?"))
    await desk.store.reached.wait()

    assert [texts(path) for path in paths] == [["Other?"]]
    assert len(desk.api.bodies) == 1
    desk.store.let_go()
    await next_signal(session.turn_ended)
    assert len(desk.api.bodies) == 2
    assert desk.store.tips[session.conversation_id] == session.path()[-1].id


async def test_an_edit_that_cannot_be_stored_is_taken_back_and_its_text_told(desk: Desk) -> None:
    session = desk.session()
    await ask(session)
    before = session.path()
    desk.store.failure = StoreFull("The disk is full.")
    failed = Heard(session.edit_failed)
    drafts = Heard(session.draft_returned)

    assert session.edit(before[0].id, Draft("Other?"))
    await next_signal(session.store_failed)

    assert session.path() == before
    assert session.siblings(before[0].id) == (before[0].id,)
    assert list(failed) == [(before[0].id, Draft("Other?", 6))]
    assert drafts == [], "the composer holds another text"
    assert len(desk.api.bodies) == 1
    desk.store.failure = None


async def test_an_edit_leaves_the_draft_of_the_composer_alone(desk: Desk) -> None:
    session = desk.session()
    await ask(session)
    session.keep_draft(Draft("half a thou", 3))

    await edited(session, session.path()[0].id, "Other?")

    assert desk.store.drafts[session.conversation_id] == Draft("half a thou", 3)


FILES = tuple(words(f"{name}.txt", name) for name in ("one", "two"))
FAR = {"type": "image", "source": {"type": "url", "url": "https://a.invalid/a.png"}}


def asked_with_files(session: ChatSession) -> Message:
    """Have a question in the conversation that went out with two files and something that lies elsewhere."""
    asked = user_message(session.conversation_id, None, "What is this?", FILES)
    asked = replace(asked, content=(FAR, *asked.content))
    summary = ConversationSummary(session.conversation_id, "T", 1.0, 1.0)
    session.load(StoredConversation(summary, (asked,), asked.id, Draft()))
    return asked


async def test_an_edited_question_goes_out_with_the_files_that_are_left(desk: Desk) -> None:
    session = desk.session()
    asked = asked_with_files(session)
    left = draft_of(asked).attachments[1:]

    assert session.edit(asked.id, Draft("What is that?", 0, left))
    await next_signal(session.turn_ended)

    content = (FAR, FILES[1].block(), {"type": "text", "text": "What is that?"})
    assert session.path()[0].content == content
    assert desk.api.bodies[-1]["messages"][0]["content"][1] == FILES[1].block()
    assert desk.store.messages[session.path()[0].id].content == content
    assert session.siblings(asked.id)[0] == asked.id
    session.select_sibling(session.path()[0].id, -1)
    assert session.path()[0] == asked, "the old question keeps its files"


async def test_files_alone_can_be_left_of_a_question_but_not_nothing(desk: Desk) -> None:
    session = desk.session()
    asked = asked_with_files(session)

    assert not session.edit(asked.id, Draft(" "))
    assert session.edit(asked.id, Draft(" ", 0, draft_of(asked).attachments))
    await next_signal(session.turn_ended)

    assert session.path()[0].content == (FAR, *(file.block() for file in FILES))


async def test_an_edit_that_cannot_be_stored_tells_which_files_were_left(desk: Desk) -> None:
    session = desk.session()
    asked = asked_with_files(session)
    left = draft_of(asked).attachments[:1]
    desk.store.failure = StoreFull("The disk is full.")
    failed = Heard(session.edit_failed)

    assert session.edit(asked.id, Draft("Other?", 1, left))
    await next_signal(session.store_failed)

    assert list(failed) == [(asked.id, Draft("Other?", 6, left))]
    desk.store.failure = None


@pytest.mark.parametrize("text", ["", "  \n"])
async def test_an_empty_edit_sends_nothing(desk: Desk, text: str) -> None:
    session = desk.session()
    await ask(session)

    assert not session.edit(session.path()[0].id, Draft(text))
    assert not session.is_busy


async def test_only_known_questions_can_be_edited(desk: Desk) -> None:
    session = desk.session()
    answer = await ask(session)

    assert answer.role is Role.ASSISTANT
    assert not session.edit(answer.id, Draft("x"))
    assert not session.edit("unknown", Draft("x"))


async def test_nothing_is_edited_while_a_turn_runs(desk: Desk) -> None:
    session = desk.session()
    await ask(session)
    gate = Gate()
    desk.api.script(gate, *reply_events("Second."))
    session.send(Draft("And?"))
    await gate.reached.wait()

    assert not session.edit(session.path()[0].id, Draft("Other?"))
    assert session.path()[0].text == "Why?"

    gate.open()
    await next_signal(session.turn_ended)


async def test_the_title_stays_when_the_first_question_is_edited(desk: Desk) -> None:
    session = desk.session()
    await ask(session, "Why?")

    await edited(session, session.path()[0].id, "Other?")

    assert session.title == "Why?"


# --- interrupted replies


async def test_an_interrupted_reply_that_is_kept_is_stored_so(desk: Desk) -> None:
    session = desk.session()
    asked = question(session.conversation_id)
    broken = reply(session.conversation_id, asked.id, "Half", status=MessageStatus.INTERRUPTED)
    await desk.store.put(asked)
    await desk.store.put(broken)
    summary = ConversationSummary(session.conversation_id, "T", 1.0, 1.0)
    session.load(StoredConversation(summary, (asked, broken), broken.id, Draft()))

    session.keep_as_is(broken.id)

    assert session.path()[-1].status is MessageStatus.STOPPED
    await session.close()
    assert desk.store.messages[broken.id] == replace(broken, status=MessageStatus.STOPPED)


async def test_only_interrupted_replies_are_kept(desk: Desk) -> None:
    session = desk.session()
    answer = await ask(session)

    session.keep_as_is(answer.id)
    session.keep_as_is("unknown")

    assert session.path()[-1] is answer
