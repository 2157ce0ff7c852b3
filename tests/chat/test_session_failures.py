"""What goes wrong in a turn ends up where the reader can see it, and nothing is lost."""

from __future__ import annotations

from desktop_chat.core.conversation import UNTITLED
from desktop_chat.core.errors import KeyringLocked, NoConnection, StoreFull, StreamBroken
from desktop_chat.core.messages import Draft, MessageStatus
from desktop_chat.core.usage import Usage
from tests.chat.desk import Desk, ask
from tests.helpers.fake_api import reply_events
from tests.helpers.signals import Heard, next_signal

# --- a question that could not be stored


async def test_a_question_that_could_not_be_stored_returns_to_the_composer(desk: Desk) -> None:
    session = desk.session()
    drafts, paths, failures = Heard(session.draft_returned), Heard(session.path_changed), Heard(session.store_failed)
    desk.store.failure = StoreFull("The disk is full.")

    session.send(Draft("Why 😀?"))
    await next_signal(session.activity_changed, matching=lambda activity: not activity.is_busy)

    assert drafts == [Draft("Why 😀?", caret=7)]
    assert paths == [()]
    assert [failure.kind for failure in failures] == ["StoreFull"]
    assert (session.is_empty, session.is_busy, session.title) == (True, False, UNTITLED)
    assert desk.api.calls == []


async def test_after_a_failed_save_the_question_can_be_sent_again(desk: Desk) -> None:
    session = desk.session()
    desk.store.failure = StoreFull("The disk is full.")
    session.send(Draft("Why?"))
    await next_signal(session.draft_returned)
    await next_signal(session.activity_changed)
    desk.store.failure = None

    await ask(session)

    assert [message.text for message in session.path()] == ["Why?", "Hello."]
    assert session.title == "Why?"


async def test_a_failed_save_takes_back_the_last_question_alone(desk: Desk) -> None:
    session = desk.session()
    await ask(session, "One")
    desk.store.failure = StoreFull("The disk is full.")

    session.send(Draft("Two"))
    await next_signal(session.draft_returned)

    assert [message.text for message in session.path()] == ["One", "Hello."]
    assert session.title == "One"


# --- failures of the server


async def test_a_failure_before_the_first_byte_leaves_an_empty_failed_reply(desk: Desk) -> None:
    session = desk.session()
    desk.api.script(NoConnection("There is no connection.", "Check the network."))

    answer = await ask(session)

    assert (answer.status, answer.content, answer.usage) == (MessageStatus.FAILED, (), None)
    assert answer.failure is not None
    assert (answer.failure.kind, answer.failure.title) == ("NoConnection", "There is no connection.")
    assert desk.store.messages[answer.id] == answer


async def test_a_reply_that_breaks_in_the_middle_keeps_its_text(desk: Desk) -> None:
    desk.preferences.change(reconnects=False)
    session = desk.session()
    desk.api.script(*reply_events("Half ", "an")[:4], StreamBroken("The line broke."))

    answer = await ask(session)

    assert (answer.status, answer.text) == (MessageStatus.FAILED, "Half an")
    assert answer.failure is not None
    assert answer.failure.kind == "StreamBroken"
    assert answer.usage == Usage(7, 1)
    assert desk.store.messages[answer.id] == answer


async def test_a_stream_that_ends_without_its_end_is_broken(desk: Desk) -> None:
    desk.preferences.change(reconnects=False)
    session = desk.session()
    desk.api.script(*reply_events("Half an")[:3])

    answer = await ask(session)

    assert (answer.status, answer.text) == (MessageStatus.FAILED, "Half an")
    assert answer.failure is not None
    assert answer.failure.kind == "StreamBroken"


async def test_a_missing_key_fails_the_reply_and_keeps_the_question(desk: Desk) -> None:
    session = desk.session()
    desk.secrets.keys.clear()

    answer = await ask(session)

    assert answer.failure is not None
    assert answer.failure.kind == "KeyMissing"
    assert desk.api.calls == []
    assert [message.text for message in session.path()] == ["Why?", ""]


async def test_a_locked_keyring_fails_the_reply_in_its_own_words(desk: Desk) -> None:
    session = desk.session()
    desk.secrets.is_locked = True

    answer = await ask(session)

    assert answer.failure is not None
    assert answer.failure.kind == KeyringLocked.__name__


async def test_a_bug_ends_the_reply_and_is_reported(desk: Desk) -> None:
    session = desk.session()
    desk.api.script(*reply_events("Half")[:3], RuntimeError("oops"))

    answer = await ask(session)
    await next_signal(session.activity_changed) if session.is_busy else None

    assert (answer.status, answer.text) == (MessageStatus.FAILED, "Half")
    assert answer.failure is not None
    assert answer.failure.kind == "Bug"
    assert desk.store.messages[answer.id] == answer
    await desk.tasks.close()
    assert [str(bug) for bug in desk.bugs] == ["oops"]
    desk.bugs.clear()
    assert (await ask(session)).status is MessageStatus.COMPLETE
