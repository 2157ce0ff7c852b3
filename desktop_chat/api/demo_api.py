"""The endpoints of the demo server: what a request gets, before anybody thinks of sockets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from desktop_chat.api.demo_cache import PromptCache
from desktop_chat.api.demo_faults import Faults
from desktop_chat.api.demo_files import with_files_seen
from desktop_chat.api.demo_http import Headers, HttpRequest
from desktop_chat.api.demo_ids import ORGANIZATION_ID
from desktop_chat.api.demo_limits import LIMITS, Limits, Quota
from desktop_chat.api.demo_models import model_entry, model_of, models_page
from desktop_chat.api.demo_problem import invalid, not_found, problem_for
from desktop_chat.api.demo_reply import PlannedReply, plan
from desktop_chat.api.demo_tokens import prompt_tokens
from desktop_chat.api.demo_validation import check_count, check_request, check_version

KEY_PREFIX: Final = "sk-ant-demo"
MESSAGES: Final = "/v1/messages"
COUNT_TOKENS: Final = "/v1/messages/count_tokens"
MODELS: Final = "/v1/models"
_METHODS: Final = {MESSAGES: ("POST",), COUNT_TOKENS: ("POST",), MODELS: ("GET", "HEAD")}


@dataclass(frozen=True, slots=True)
class JsonAnswer:
    """An answer that is sent in one piece."""

    value: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReplyAnswer:
    """A reply, to be streamed or sent whole."""

    reply: PlannedReply
    is_stream: bool


@dataclass(slots=True)
class DemoApi:
    """The server's side of the Messages API: keys, quota, cache, models and replies; used by one thread."""

    limits: Limits = LIMITS
    quota: Quota = field(init=False)
    cache: PromptCache = field(default_factory=PromptCache)

    def __post_init__(self) -> None:
        self.quota = Quota(self.limits)

    def headers(self, request_id: str) -> Headers:
        """What every answer carries."""
        return [
            ("request-id", request_id),
            ("anthropic-organization-id", ORGANIZATION_ID),
            *self.quota.headers(),
        ]

    def check_access(self, request: HttpRequest) -> None:
        """Let nobody in without a key, and nothing through that is too large or not there.

        Raises:  Problem (404, 405, 401, 413).
        """
        methods = methods_of(request.path)
        if not methods:
            raise not_found("Not Found")
        if request.method not in methods:
            raise problem_for(405, (("allow", ", ".join(methods)),))
        key = key_of(request.headers)
        if key is None or not key.startswith(KEY_PREFIX):
            raise problem_for(401)
        if request.is_too_large:
            raise problem_for(413)

    def answer(self, request: HttpRequest, faults: Faults) -> JsonAnswer | ReplyAnswer:
        """Answer a request that passed `check_access`.

        Raises:  Problem.
        """
        version = check_version(request.headers.get("anthropic-version"))
        if request.path == MODELS:
            return JsonAnswer(models_page(request.query))
        if request.path.startswith(MODELS + "/"):
            return JsonAnswer(model_entry(model_of(request.path.removeprefix(MODELS + "/"))))
        body = body_of(request)
        if request.path == COUNT_TOKENS:
            check_count(body)
            return JsonAnswer({"input_tokens": prompt_tokens(body)})
        model = check_request(body, version)
        self.quota.take(prompt_tokens(body))
        reply = plan(body, model, self.cache.use(body, model.id), faults)
        self.quota.take_output(reply.output_tokens)
        return ReplyAnswer(reply, is_stream=bool(body.get("stream")))


def methods_of(path: str) -> tuple[str, ...]:
    """The methods an address takes; none when there is no such address."""
    is_model = path.startswith(MODELS + "/") and "/" not in path.removeprefix(MODELS + "/")
    return ("GET", "HEAD") if is_model else _METHODS.get(path, ())


def key_of(headers: Mapping[str, str]) -> str | None:
    """The key of a request, from either header; None when it has none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    bearer = token.strip() if scheme.lower() == "bearer" else ""
    return headers.get("x-api-key") or bearer or None


def body_of(request: HttpRequest) -> dict[str, Any]:
    """Parse a body; the data of its files is looked at and left behind.

    Raises:  Problem (400).
    """
    try:
        body = with_files_seen(json.loads(request.body))
    except (ValueError, RecursionError) as error:
        raise invalid(f"The request body is not valid JSON: {error}") from error
    if not isinstance(body, dict):
        raise invalid("The request body must be a JSON object")
    return body
