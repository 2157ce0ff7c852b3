"""The demo server through the eyes of the official SDK: what it accepts as the Messages API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from anthropic import Anthropic, AsyncAnthropic

from desktop_chat.api.demo_answers import OPENING
from desktop_chat.api.demo_server import DemoServer
from tests.helpers.official_sdk import sdk

SONNET = "claude-sonnet-5-5"
OPUS_4_5 = "claude-opus-4-5"
WEATHER: Any = {
    "name": "get_weather",
    "description": "The weather of a city",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}, "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]}},
        "required": ["city", "unit"],
    },
}


def ask(text: str) -> list[Any]:
    return [{"role": "user", "content": text}]


@pytest.fixture
def client(demo_server: DemoServer) -> Iterator[Anthropic]:
    with sdk(demo_server) as client:
        yield client


def test_a_stream_carries_the_whole_answer(client: Anthropic) -> None:
    with client.messages.stream(
        model=SONNET, max_tokens=4_000, messages=ask("Explain SQL window functions.")
    ) as stream:
        pieces = list(stream.text_stream)
        message = stream.get_final_message()
    text = "".join(pieces)
    assert text.startswith(OPENING)
    assert "OVER (PARTITION BY customer" in text
    assert message.content[-1].type == "text"
    assert message.content[-1].text == text
    assert message.stop_reason == "end_turn"
    assert message.usage.output_tokens >= len(pieces)
    assert max(map(len, pieces)) <= 9


async def test_the_asynchronous_client_gets_the_same_words(demo_server: DemoServer, client: Anthropic) -> None:
    whole = client.messages.create(model=SONNET, max_tokens=4_000, messages=ask("hello"))
    async with (
        AsyncAnthropic(base_url=demo_server.url, api_key=demo_server.key.reveal(), max_retries=0) as other,
        other.messages.stream(model=SONNET, max_tokens=4_000, messages=ask("hello")) as stream,
    ):
        streamed = await stream.get_final_message()
    assert streamed.content[-1].model_dump(exclude={"parsed_output"}) == whole.content[-1].model_dump()
    assert streamed.usage == whole.usage
    assert streamed.id != whole.id


def test_thinking_comes_first_and_is_signed(client: Anthropic) -> None:
    with client.messages.stream(
        model=SONNET,
        max_tokens=4_000,
        messages=ask("Plan a trip to Lisbon"),
        thinking={"type": "adaptive", "display": "summarized"},
    ) as stream:
        kinds = [event.type for event in stream if event.type in ("thinking", "signature", "text")]
        message = stream.get_final_message()
    thinking, text = message.content
    assert thinking.type == "thinking"
    assert "Belém" in thinking.thinking
    assert thinking.signature
    assert text.type == "text"
    assert kinds == sorted(kinds, key=["thinking", "signature", "text"].index)
    assert kinds.count("signature") == 1
    assert message.usage.output_tokens_details is not None
    assert 0 < message.usage.output_tokens_details.thinking_tokens < message.usage.output_tokens


def test_omitted_thinking_is_only_a_signature(client: Anthropic) -> None:
    message = client.messages.create(model=SONNET, max_tokens=4_000, messages=ask("hello"))
    assert message.content[0].type == "thinking"
    assert message.content[0].thinking == ""
    assert message.content[0].signature


@pytest.mark.parametrize("model", [SONNET, "claude-haiku-5-5", OPUS_4_5])
def test_a_conversation_goes_on_when_everything_is_sent_back(client: Anthropic, model: str) -> None:
    messages = ask("hello")
    for question in ("Plan a trip", "Show me maths", "hello again"):
        reply = client.messages.create(model=model, max_tokens=4_000, messages=messages)
        messages += [{"role": "assistant", "content": reply.content}, {"role": "user", "content": question}]
    assert client.messages.create(model=model, max_tokens=4_000, messages=messages).stop_reason == "end_turn"


def test_a_tool_is_asked_and_its_answer_is_told(client: Anthropic) -> None:
    messages = ask("What is the weather in Paris and in New York?")
    with client.messages.stream(model=SONNET, max_tokens=4_000, messages=messages, tools=[WEATHER]) as stream:
        asked = stream.get_final_message()
    calls = [block for block in asked.content if block.type == "tool_use"]
    assert asked.stop_reason == "tool_use"
    assert [call.input for call in calls] == [
        {"city": "Paris", "unit": "celsius"},
        {"city": "New York", "unit": "celsius"},
    ]
    assert len({call.id for call in calls}) == 2
    messages += [
        {"role": "assistant", "content": asked.content},
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": calls[0].id, "content": "18 °C, sunny"},
                {"type": "tool_result", "tool_use_id": calls[1].id, "content": "no such station", "is_error": True},
            ],
        },
    ]
    told = client.messages.create(model=SONNET, max_tokens=4_000, messages=messages, tools=[WEATHER])
    assert told.stop_reason == "end_turn"
    assert told.content[-1].type == "text"
    assert "- 18 °C, sunny\n- it failed: no such station" in told.content[-1].text


def test_a_tool_can_be_forced_where_the_model_allows_it(client: Anthropic) -> None:
    message = client.messages.create(
        model="claude-opus-4-8",
        max_tokens=4_000,
        messages=ask("hello"),
        tools=[WEATHER],
        tool_choice={"type": "tool", "name": "get_weather", "disable_parallel_tool_use": True},
    )
    assert message.stop_reason == "tool_use"
    assert message.content[-1].type == "tool_use"


def test_a_tool_that_does_not_fit_is_left_alone(client: Anthropic) -> None:
    message = client.messages.create(model=SONNET, max_tokens=4_000, messages=ask("hello"), tools=[WEATHER])
    assert message.stop_reason == "end_turn"


def test_a_web_search_finds_and_cites(client: Anthropic) -> None:
    with client.messages.stream(
        model=SONNET,
        max_tokens=4_000,
        messages=ask("What is new about Retry-After?"),
        tools=[{"type": "web_search_20250305", "name": "web_search"}],
    ) as stream:
        message = stream.get_final_message()
    kinds = [block.type for block in message.content]
    assert kinds[:4] == ["thinking", "text", "server_tool_use", "web_search_tool_result"]
    cited = [block for block in message.content if block.type == "text" and block.citations]
    assert [len(block.citations or ()) for block in cited] == [1, 2]
    assert message.usage.server_tool_use is not None
    assert message.usage.server_tool_use.web_search_requests == 1
    assert message.usage.input_tokens > 100, "the results belong to the prompt"


def test_max_tokens_are_honoured(client: Anthropic) -> None:
    message = client.messages.create(model=OPUS_4_5, max_tokens=7, messages=ask("hello"), thinking={"type": "disabled"})
    assert message.stop_reason == "max_tokens"
    assert message.usage.output_tokens == 7
    assert message.content[0].type == "text"
    assert message.content[0].text == "This is the built-in demonstr"


def test_a_stop_sequence_ends_the_answer_before_it(client: Anthropic) -> None:
    message = client.messages.create(
        model=SONNET, max_tokens=4_000, messages=ask("hello"), stop_sequences=["never said", "demonstration"]
    )
    assert message.stop_reason == "stop_sequence"
    assert message.stop_sequence == "demonstration"
    assert message.content[-1].type == "text"
    assert message.content[-1].text == "This is the built-in "


def test_a_refusal_is_a_good_answer_with_a_reason(client: Anthropic) -> None:
    with client.messages.stream(model=SONNET, max_tokens=4_000, messages=ask("please /demo refuse")) as stream:
        message = stream.get_final_message()
    assert message.stop_reason == "refusal"
    assert message.stop_details is not None
    assert message.stop_details.category == "general_harms"


def test_the_models_come_page_by_page_newest_first(client: Anthropic) -> None:
    all_at_once = list(client.models.list(limit=1000))
    in_pages = list(client.models.list(limit=4))
    assert in_pages == all_at_once
    assert len({model.id for model in in_pages}) == len(in_pages) > 12
    assert [model.created_at for model in in_pages] == sorted((model.created_at for model in in_pages), reverse=True)
    backwards = client.models.list(limit=2, before_id=in_pages[5].id)
    assert [model.id for model in backwards.data] == [in_pages[3].id, in_pages[4].id]
    assert backwards.has_more


def test_one_model_tells_what_it_can(client: Anthropic) -> None:
    model = client.models.retrieve("claude-haiku-4-5-20251001")
    assert model.id == "claude-haiku-4-5"
    assert model.max_tokens == 64_000
    assert model.capabilities is not None
    assert model.capabilities.thinking.types.enabled.supported
    assert not model.capabilities.thinking.types.adaptive.supported


@pytest.mark.parametrize("question", ["hello", "長い質問です。" * 50, "x" * 10_000])
def test_counted_tokens_are_those_that_are_charged(client: Anthropic, question: str) -> None:
    request: dict[str, Any] = {"model": SONNET, "messages": ask(question), "system": "Be kind.", "tools": [WEATHER]}
    counted = client.messages.count_tokens(**request)
    assert client.messages.create(max_tokens=100, **request).usage.input_tokens == counted.input_tokens


def test_a_long_prompt_is_written_to_the_cache_and_read_from_it(client: Anthropic) -> None:
    system: Any = [{"type": "text", "text": "A rule. " * 2_000, "cache_control": {"type": "ephemeral", "ttl": "1h"}}]
    request: dict[str, Any] = {"model": SONNET, "max_tokens": 100, "system": system}
    total = client.messages.count_tokens(model=SONNET, system=system, messages=ask("hello")).input_tokens
    first = client.messages.create(messages=ask("hello"), **request).usage
    second = client.messages.create(messages=ask("other"), **request).usage
    assert first.cache_creation is not None
    assert (
        first.cache_creation.ephemeral_1h_input_tokens
        == first.cache_creation_input_tokens
        == total - first.input_tokens
    )
    assert first.cache_read_input_tokens == 0
    assert second.cache_creation_input_tokens == 0
    assert second.cache_read_input_tokens == first.cache_creation_input_tokens
