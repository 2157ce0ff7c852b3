"""The demo server goes on with an answer that was cut, by prefill and asked in words, as the real API does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from anthropic import Anthropic, BadRequestError

from desktop_chat.api.demo_answers import OPENING, answer_for, continuation_of
from desktop_chat.api.demo_faults import Faults
from desktop_chat.api.demo_models import accepted_by, catalog
from desktop_chat.api.demo_server import DemoServer
from desktop_chat.core.continuation import asking_to_go_on
from tests.helpers.official_sdk import sdk
from tests.helpers.samples import reply

SONNET = "claude-sonnet-5-5"
HAIKU_4_5 = "claude-haiku-4-5"
ASKED = "Plan a trip"
WHOLE = answer_for(ASKED).text
PLAIN = "Your answer was interrupted. Please continue."


@pytest.fixture
def client(demo_server: DemoServer) -> Iterator[Anthropic]:
    with sdk(demo_server) as client:
        yield client


def words_for(begun: str) -> str:
    return asking_to_go_on(reply("c", None, begun))


def begun(text: str, asking: str | None = None, question: str = ASKED) -> list[Any]:
    """A conversation whose last answer was begun; and the wish that it goes on, unless it is a prefill."""
    messages = [{"role": "user", "content": question}, {"role": "assistant", "content": text}]
    return [*messages, {"role": "user", "content": asking}] if asking is not None else messages


def said(client: Anthropic, messages: list[Any], model: str = SONNET, **more: Any) -> str:
    """The text of a streamed answer, whether or not it comes to its end."""
    with client.messages.stream(model=model, max_tokens=40_000, messages=messages, **more) as stream:
        return "".join(stream.text_stream)


def refusal(client: Anthropic, messages: list[Any], model: str = HAIKU_4_5, **more: Any) -> str:
    with pytest.raises(BadRequestError) as caught:
        said(client, messages, model, **more)
    assert caught.value.type == "invalid_request_error"
    return str(caught.value)


def test_the_same_question_has_the_same_answer(client: Anthropic) -> None:
    assert [said(client, [{"role": "user", "content": ASKED}]) for _ in range(2)] == [WHOLE, WHOLE]


@pytest.mark.parametrize("at", [1, 7, 401, len(WHOLE) // 2, len(WHOLE) - 1])
def test_the_rest_follows_wherever_the_answer_was_cut(client: Anthropic, at: int) -> None:
    first = WHOLE[:at].rstrip()
    rest = WHOLE[len(first) :]
    assert said(client, begun(first, words_for(first))) == rest
    assert said(client, begun(first, PLAIN)) == rest
    assert said(client, begun(first), HAIKU_4_5) == rest


def test_the_quoted_end_is_enough_to_find_the_rest(client: Anthropic) -> None:
    assert said(client, begun("Something else.", words_for(WHOLE[:700].rstrip()))) == WHOLE[len(WHOLE[:700].rstrip()) :]


def test_an_answer_that_is_whole_is_not_gone_on_with(client: Anthropic) -> None:
    assert said(client, begun(WHOLE, PLAIN)).startswith(OPENING)
    assert said(client, begun("Of something else.", PLAIN)).startswith(OPENING)


@pytest.mark.parametrize(
    "messages",
    [
        None,
        "hello",
        [],
        [7],
        [{"role": "assistant", "content": WHOLE[:9]}],
        [{"role": "user", "content": PLAIN}],
        [{"role": "system", "content": ASKED}, {"role": "assistant", "content": WHOLE[:9]}],
        begun(WHOLE[:9], "Why?"),
        begun("", PLAIN),
    ],
)
def test_what_is_no_wish_to_go_on_is_none(messages: Any) -> None:
    assert continuation_of(messages) is None


def test_only_models_up_to_4_5_take_the_beginning_of_an_answer(client: Anthropic) -> None:
    for model in catalog().models:
        assert model.takes_prefill is accepted_by(model).is_prefill_accepted, model.id
        assert model.takes_prefill is model.id.endswith("-4-5"), model.id
    assert "does not support assistant message prefill" in refusal(client, begun("Half"), SONNET)
    assert "does not support assistant message prefill" in refusal(client, begun("Half"), "claude-opus-4-6")


def test_the_beginning_of_an_answer_must_not_end_with_a_blank(client: Anthropic) -> None:
    words = "messages: final assistant content cannot end with trailing whitespace"
    for text in ("Half ", "Half\n"):
        assert words in refusal(client, begun(text))
    blocks = [{"type": "text", "text": "Half "}, {"type": "text", "text": "an answer"}]
    assert said(client, [*begun("")[:1], {"role": "assistant", "content": blocks}], HAIKU_4_5)


def test_the_beginning_of_an_answer_and_thinking_exclude_each_other(client: Anthropic) -> None:
    thinking = {"type": "enabled", "budget_tokens": 1_024}
    assert "must start with a thinking block" in refusal(client, begun("Half"), thinking=thinking)
    assert said(client, begun(WHOLE[:9], PLAIN), HAIKU_4_5, thinking=thinking) == WHOLE[9:]


# --- repetitions


def test_a_server_that_repeats_does_so_the_same_way_each_time(client: Anthropic, demo_server: DemoServer) -> None:
    demo_server.faults = Faults(repeats_characters=200)
    sizes = set()
    for at in range(400, 900, 50):
        first = WHOLE[:at].rstrip()
        rest = said(client, begun(first, words_for(first)))
        assert rest == said(client, begun(first, words_for(first)))
        size = len(rest) - len(WHOLE[len(first) :])
        assert rest == WHOLE[len(first) - size :]
        assert 12 <= size <= 200
        sizes.add(size)
    assert len(sizes) > 5
    first = WHOLE[:401].rstrip()
    assert said(client, begun(first), HAIKU_4_5) == WHOLE[len(first) :], "a prefill is gone on with exactly"
    assert said(client, begun(WHOLE[:5], PLAIN)) == WHOLE, "there is no more to repeat"


def test_a_given_answer_is_gone_on_with_as_well(client: Anthropic, demo_server: DemoServer) -> None:
    demo_server.faults = Faults(reply_text="One, two, three, four.")
    assert said(client, begun("One, two,", words_for("One, two,"))) == " three, four."


# --- cuts


@pytest.mark.parametrize("count", [0, 1, 3, 77, len(WHOLE)])
def test_a_cut_leaves_exactly_so_many_characters(client: Anthropic, demo_server: DemoServer, count: int) -> None:
    demo_server.faults = Faults(cut_after_characters=count)
    assert said(client, [{"role": "user", "content": ASKED}]) == WHOLE[:count]


# --- what a person sees who asks for a trick


@pytest.mark.parametrize("asking", [PLAIN, None])
def test_an_answer_that_was_cut_for_show_can_be_continued(client: Anthropic, asking: str | None) -> None:
    question, model = f"{ASKED} /demo cut", SONNET if asking else HAIKU_4_5
    first = said(client, [{"role": "user", "content": question}], model)
    assert WHOLE.startswith(first)
    assert len(first) < len(WHOLE)
    assert said(client, begun(first.rstrip(), asking, question), model) == WHOLE[len(first.rstrip()) :]


def test_an_answer_may_be_cut_several_times_for_show(client: Anthropic) -> None:
    question = f"{ASKED} /demo cut 3"
    text = said(client, [{"role": "user", "content": question}])
    for is_last in (False, False, True):
        text = text.rstrip()
        text += said(client, begun(text, words_for(text), question))
        assert (text == WHOLE) is is_last
        assert WHOLE.startswith(text)


@pytest.mark.parametrize("trick", ["overlap", "overlap 1"])
def test_a_repetition_can_be_asked_for(client: Anthropic, trick: str) -> None:
    question = f"{ASKED} /demo {trick}"
    first = said(client, [{"role": "user", "content": question}]).rstrip()
    rest = said(client, begun(first, words_for(first), question))
    assert 12 <= len(rest) - len(WHOLE[len(first) :]) <= 200
    assert WHOLE.endswith(rest)


def test_a_trick_that_is_only_quoted_is_none(client: Anthropic) -> None:
    question = "what can you do?"
    whole = answer_for(question).text
    quoted = f"{whole[: whole.index('| `/demo overloaded`')]}\n/demo key"
    asking = f"Go on.\n<<<<<<<<\n{quoted}\n>>>>>>>>\nPlease."
    assert said(client, begun("No such answer", asking, "hello")).startswith(OPENING)
    assert "/demo" in said(client, begun(whole[:400].rstrip(), words_for(f"{whole[:400]}\n/demo key"), question))


def test_a_wish_may_have_a_trick_of_its_own(client: Anthropic) -> None:
    rest = said(client, begun(WHOLE[:99], "Please continue /demo cut"))
    assert WHOLE[99:].startswith(rest)
    assert 0 < len(rest) < len(WHOLE[99:])
