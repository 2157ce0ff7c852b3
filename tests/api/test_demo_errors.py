"""What the demo server refuses, and in which words: checked with the official SDK."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anthropic
import pytest
from anthropic import Anthropic

from desktop_chat.api.demo_faults import Faults
from desktop_chat.api.demo_limits import Limits
from desktop_chat.api.demo_server import DemoServer
from tests.helpers.official_sdk import sdk

SONNET = "claude-sonnet-5-5"
HELLO: list[Any] = [{"role": "user", "content": "hello"}]


def body(**changes: Any) -> dict[str, Any]:
    """A good request with something changed; None leaves a field out."""
    whole = {"model": SONNET, "max_tokens": 2_000, "messages": HELLO, **changes}
    return {name: value for name, value in whole.items() if value is not None}


@pytest.fixture
def client(demo_server: DemoServer) -> Iterator[Anthropic]:
    with sdk(demo_server) as client:
        yield client


def post(client: Anthropic, request: dict[str, Any], version: str = "2026-10-21") -> Any:
    """Send a body the SDK itself would not let through."""
    options: Any = {"headers": {"anthropic-version": version}}
    return client.post("/v1/messages", body=request, cast_to=object, options=options)


def refusal(client: Anthropic, request: dict[str, Any], version: str = "2026-10-21") -> str:
    with pytest.raises(anthropic.BadRequestError) as caught:
        post(client, request, version)
    assert caught.value.type == "invalid_request_error"
    assert caught.value.request_id is not None
    assert isinstance(caught.value.body, dict)
    return str(caught.value.body["error"]["message"])


@pytest.mark.parametrize("key", ["sk-ant-api03-wrong", "wrong"])
def test_a_wrong_key_is_not_let_in(demo_server: DemoServer, key: str) -> None:
    with sdk(demo_server, key=key, retries=2) as client:
        for call in (client.models.list, lambda: client.messages.create(**body())):
            with pytest.raises(anthropic.AuthenticationError) as caught:
                call()
            assert caught.value.type == "authentication_error"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"max_tokens": None}, "max_tokens: Field required"),
        ({"max_tokens": 0, "stream": True}, "greater than or equal to 1"),
        ({"max_tokens": 128_001}, "maximum allowed number of output tokens"),
        ({"max_tokens": "many"}, "valid integer"),
        ({"messages": None}, "messages: Field required"),
        ({"messages": []}, "at least one message"),
        ({"messages": [{"role": "robot", "content": "hi"}]}, "Unexpected role"),
        ({"messages": [{"role": "assistant", "content": "hi"}]}, "first message"),
        ({"messages": [{"role": "user", "content": ""}]}, "non-empty content"),
        ({"messages": [{"role": "user", "content": "  "}]}, "non-whitespace"),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": ""}]}]}, "must be non-empty"),
        ({"messages": [{"role": "user", "content": [{"type": "smell"}]}]}, "does not match any"),
        ({"messages": [{"role": "user", "content": [{"type": "image"}]}]}, "source: Field required"),
        ({"messages": [*HELLO, {"role": "assistant", "content": "I"}]}, "does not support assistant message prefill"),
        ({"system": [{"type": "text", "text": ""}]}, "non-empty"),
        ({"stop_sequences": [" "]}, "non-whitespace"),
        ({"stream": "yes"}, "valid boolean"),
        ({"temperature": 1}, "temperature"),
        ({"top_p": 0.9}, "top_p"),
        ({"top_k": 4}, "top_k"),
        ({"thinking": {"type": "enabled", "budget_tokens": 1_024}}, '"thinking.type.enabled" is not supported'),
        ({"thinking": {"type": "disabled"}}, '"thinking.type.disabled" is not supported'),
        ({"thinking": {"type": "sometimes"}}, "is not one of"),
        ({"thinking": {"type": "adaptive", "display": "loud"}}, "thinking.display"),
        ({"thinking": {"type": "between_tools"}, "output_config": {"effort": "max"}}, "cannot be used with effort"),
        ({"output_config": {"effort": "huge"}}, "effort"),
        ({"model": "claude-haiku-4-5", "thinking": {"type": "adaptive"}}, "adaptive thinking is not supported"),
        ({"model": "claude-haiku-4-5", "thinking": {"type": "enabled", "budget_tokens": 1_000}}, "1024"),
        ({"model": "claude-haiku-4-5", "thinking": {"type": "enabled", "budget_tokens": 2_000}}, "must be greater"),
        ({"tools": [{"name": "x"}]}, "input_schema: Field required"),
        ({"tools": [{"name": "x", "input_schema": {}}], "tool_choice": {"type": "any"}}, "not supported on this model"),
    ],
)  # fmt: skip
def test_a_request_that_cannot_work_is_refused(client: Anthropic, changes: dict[str, Any], words: str) -> None:
    assert words in refusal(client, body(**changes))


def test_older_models_still_take_a_temperature_under_the_older_version(client: Anthropic) -> None:
    request = body(model="claude-sonnet-4-6", temperature=0.2)
    assert post(client, request, "2023-06-01")["stop_reason"] == "end_turn"
    assert "temperature" in refusal(client, body(temperature=0.2), "2023-06-01")
    assert post(client, body(temperature=1), "2023-06-01")["stop_reason"] == "end_turn"
    thinking = body(model="claude-sonnet-4-6", temperature=0.2, thinking={"type": "adaptive"})
    assert "thinking" in refusal(client, thinking, "2023-06-01")


@pytest.mark.parametrize("version", ["", "2020-01-01"])
def test_a_version_is_wanted(client: Anthropic, version: str) -> None:
    assert "anthropic-version" in refusal(client, body(), version)


def test_a_tool_call_must_be_answered(client: Anthropic) -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "x", "input": {}}
    asked = [*HELLO, {"role": "assistant", "content": [call]}]
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "42"}
    missing = "tool_use` ids were found without `tool_result` blocks"
    assert missing in refusal(client, body(messages=[*asked, *HELLO]))
    assert "before other content" in refusal(
        client,
        body(messages=[*asked, {"role": "user", "content": [{"type": "text", "text": "well"}, result]}]),
    )
    assert "unexpected `tool_use_id`" in refusal(client, body(messages=[{"role": "user", "content": [result]}]))
    answered = [*asked, {"role": "user", "content": [result, {"type": "text", "text": "well?"}]}]
    assert post(client, body(messages=answered))["stop_reason"] == "end_turn"


def test_rules_in_the_middle_need_a_model_that_takes_them(client: Anthropic) -> None:
    rule = {"role": "system", "content": "From now on in rhyme."}
    after_question = [*HELLO, rule]
    assert post(client, body(model="claude-opus-5-5", messages=after_question))["stop_reason"] == "end_turn"
    assert "not supported on this model" in refusal(client, body(model="claude-sonnet-5", messages=after_question))
    twice = body(model="claude-opus-5-5", messages=[*after_question, *HELLO])
    assert "followed by an assistant message" in refusal(client, twice)
    late = [*HELLO, {"role": "assistant", "content": "Hi."}, rule]
    assert "must follow a user message" in refusal(client, body(model="claude-opus-5-5", messages=late))
    picture = {"role": "system", "content": [{"type": "image", "source": {"type": "url", "url": "https://x.example"}}]}
    assert "only contain text" in refusal(client, body(model="claude-opus-5-5", messages=[*HELLO, picture]))


def test_the_newest_version_is_stricter_about_blocks(client: Anthropic) -> None:
    cited = [{"role": "user", "content": [{"type": "text", "text": "hello", "citations": [{"type": "x"}]}]}]
    assert "citations" in refusal(client, body(messages=cited))
    assert post(client, body(messages=cited), "2023-06-01")["stop_reason"] == "end_turn"
    source = {"type": "text", "media_type": "text/plain", "data": "x"}
    document = {"role": "assistant", "content": [{"type": "document", "source": source}]}
    assert "`document`" in refusal(client, body(messages=[*HELLO, document, *HELLO]))


def conversation(client: Anthropic, model: str) -> list[Any]:
    """Two turns with thinking, and a third question."""
    messages: list[Any] = list(HELLO)
    for question in ("Plan a trip", "and now?"):
        reply = post(client, body(model=model, messages=messages, thinking={"type": "adaptive"}))
        messages += [{"role": "assistant", "content": reply["content"]}, {"role": "user", "content": question}]
    return messages


def test_changed_thinking_is_noticed(client: Anthropic) -> None:
    messages = conversation(client, "claude-opus-4-6")
    messages[3]["content"][0]["thinking"] = "I never thought that."
    assert "cannot be modified" in refusal(client, body(model="claude-opus-4-6", messages=messages))


def test_a_signature_of_another_server_is_noticed(client: Anthropic) -> None:
    messages = conversation(client, SONNET)
    messages[1]["content"][0]["signature"] = "c29tZXdoZXJlIGVsc2U="
    assert "Invalid `signature`" in refusal(client, body(messages=messages))


def test_thinking_is_bound_to_what_stands_before_it(client: Anthropic) -> None:
    bound = "bound to a different conversation"
    messages = conversation(client, SONNET)
    assert bound in refusal(client, body(messages=messages, system="New rules."))
    edited = [{"role": "user", "content": "hello you"}, *messages[1:]]
    assert bound in refusal(client, body(messages=edited))
    moved = [*messages[:3], {"role": "assistant", "content": messages[1]["content"]}, messages[4]]
    assert bound in refusal(client, body(messages=moved))


def test_thinking_may_be_left_out_from_the_start_on(client: Anthropic) -> None:
    messages = conversation(client, SONNET)
    without_first = [*messages]
    without_first[1] = {"role": "assistant", "content": messages[1]["content"][1:]}
    assert post(client, body(messages=without_first))["stop_reason"] == "end_turn"
    without_any = [*without_first]
    without_any[3] = {"role": "assistant", "content": messages[3]["content"][1:]}
    assert post(client, body(messages=without_any, system="New rules."))["stop_reason"] == "end_turn"


def test_cache_marks_do_not_unbind_thinking(client: Anthropic) -> None:
    messages = conversation(client, SONNET)
    messages[0] = {
        "role": "user",
        "content": [{"type": "text", "text": "hello", "cache_control": {"type": "ephemeral"}}],
    }
    assert post(client, body(messages=messages))["stop_reason"] == "end_turn"


def test_thinking_of_another_model_is_ignored(client: Anthropic) -> None:
    messages = conversation(client, SONNET)
    assert post(client, body(model="claude-haiku-5-5", messages=messages, system="New."))["stop_reason"] == "end_turn"


def test_a_model_that_does_not_exist_is_not_found(client: Anthropic) -> None:
    with pytest.raises(anthropic.NotFoundError, match="claude-2"):
        client.messages.create(**body(model="claude-2"))
    with pytest.raises(anthropic.NotFoundError):
        client.models.retrieve("claude-2")
    with pytest.raises(anthropic.NotFoundError):
        client.get("/v1/files", cast_to=object)


def test_a_prompt_beyond_the_context_is_too_long(client: Anthropic) -> None:
    words = [{"role": "user", "content": "a b " * 130_000}]
    assert "prompt is too long" in refusal(client, body(model="claude-haiku-4-5", messages=words))


def test_a_body_over_32_megabytes_is_too_large(client: Anthropic) -> None:
    with pytest.raises(anthropic.RequestTooLargeError) as caught:
        client.messages.create(**body(messages=[{"role": "user", "content": "x" * (32 * 1024 * 1024)}]))
    assert isinstance(caught.value.body, dict)
    assert caught.value.body["error"]["type"] == "request_too_large"


def test_a_rate_limit_says_when_to_come_back(client: Anthropic, demo_server: DemoServer) -> None:
    demo_server.faults = Faults(status=429, retry_after="7")
    with pytest.raises(anthropic.RateLimitError) as caught:
        client.messages.create(**body())
    assert caught.value.response.headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (403, anthropic.PermissionDeniedError, "permission_error"),
        (409, anthropic.ConflictError, "conflict_error"),
        (500, anthropic.InternalServerError, "api_error"),
        (529, anthropic.OverloadedError, "overloaded_error"),
    ],
)
def test_a_status_comes_with_its_type(
    client: Anthropic, demo_server: DemoServer, status: int, error: type[anthropic.APIStatusError], kind: str
) -> None:
    demo_server.faults = Faults(status=status)
    with pytest.raises(error) as caught:
        client.messages.create(**body())
    assert (caught.value.status_code, caught.value.type) == (status, kind)


def test_the_sdk_tries_again_and_gets_through(demo_server: DemoServer) -> None:
    demo_server.faults = Faults(status=529, retry_after_ms="1", count=2)
    with sdk(demo_server, retries=2) as client:
        assert client.messages.create(**body()).stop_reason == "end_turn"
    assert [request.status for request in demo_server.requests] == [529, 529, 200]


def test_an_error_in_the_middle_of_a_stream_reaches_the_client(client: Anthropic, demo_server: DemoServer) -> None:
    demo_server.faults = Faults(error_at_event=12)
    with (
        pytest.raises(anthropic.APIStatusError) as caught,
        client.messages.stream(**body()) as stream,
    ):
        stream.until_done()
    assert caught.value.type == "overloaded_error"


def test_an_empty_bucket_refuses_until_it_has_refilled() -> None:
    with DemoServer(limits=Limits(requests=2)) as server, sdk(server) as client:
        seen = [
            client.messages.with_raw_response.create(**body(max_tokens=1)).headers[
                "anthropic-ratelimit-requests-remaining"
            ]
            for _ in range(2)
        ]
        assert seen == ["1", "0"]
        with pytest.raises(anthropic.RateLimitError) as caught:
            client.messages.create(**body())
    assert 1 <= int(caught.value.response.headers["retry-after"]) <= 30
