"""Each failure of a server has its own kind and its own sentence, and never shows the key."""

from __future__ import annotations

import json
from typing import Any

import pytest

from desktop_chat.api.asked import Asked
from desktop_chat.api.failures import RAW_CHARACTERS_MAX, failure_of_answer, failure_of_event
from desktop_chat.core.api_key import ApiKey
from desktop_chat.core.errors import (
    ApiError,
    BadReply,
    KeyMissing,
    KeyRejected,
    NoConnection,
    Overloaded,
    RateLimited,
    Refused,
)
from desktop_chat.core.failure import Action

KEY = ApiKey("sk-ant-api03-AAAAbbbbCCCCddddEEEE/ffff+GGGG-wXyZ")
ASKED = Asked("api.example", KEY, "claude-test")


def body_of(error_type: str, message: str = "The words.", code: str | None = None) -> bytes:
    error: dict[str, Any] = {"type": error_type, "message": message}
    if code:
        error["details"] = {"error_code": code}
    return json.dumps({"type": "error", "error": error, "request_id": "req_body"}).encode()


def error_of(status: int, body: bytes = b"", asked: Asked = ASKED, **headers: str) -> ApiError:
    return failure_of_answer(
        status, {name.replace("_", "-"): value for name, value in headers.items()}, body, asked
    ).error


@pytest.mark.parametrize(
    ("status", "body", "kind", "part_of_title"),
    [
        (400, body_of("invalid_request_error"), Refused, "cannot do this request"),
        (400, body_of("invalid_request_error", "prompt is too long: 9 > 8"), Refused, "no longer fits"),
        (401, body_of("authentication_error"), KeyRejected, "not accepted"),
        (402, body_of("billing_error"), Refused, "no credit"),
        (403, body_of("permission_error"), KeyRejected, "not allowed"),
        (403, b"<html>Forbidden</html>", BadReply, "blocked"),
        (404, body_of("not_found_error", "model: claude-test"), Refused, "does not know the model “claude-test”"),
        (404, body_of("not_found_error", "Not Found"), Refused, "does not know this kind of request"),
        (404, b"<html>Not Found</html>", BadReply, "does not offer the Messages API"),
        (404, b'{"detail":"Not Found"}', BadReply, "does not offer the Messages API"),
        (405, b"", BadReply, "does not offer the Messages API"),
        (407, b"", NoConnection, "proxy asks for a password"),
        (408, b"", Overloaded, "waited too long"),
        (409, body_of("conflict_error"), Overloaded, "busy with the same thing"),
        (413, b"<html>nginx</html>", Refused, "too large"),
        (422, b'{"error":"bad field"}', Refused, "refused the request (422)"),
        (429, body_of("rate_limit_error"), RateLimited, "quota is used up"),
        (429, body_of("rate_limit_error", code="enforced_spend_limit_reached"), RateLimited, "spending limit"),
        (500, body_of("api_error"), Overloaded, "error of its own"),
        (502, b"<html>Bad Gateway</html>", Overloaded, "out of reach"),
        (503, b"", Overloaded, "out of service"),
        (504, body_of("timeout_error"), Overloaded, "took too long"),
        (511, b"<html>Sign in</html>", NoConnection, "sign in first"),
        (529, body_of("overloaded_error"), Overloaded, "overloaded"),
    ],
)
def test_each_status_has_its_own_sentence(status: int, body: bytes, kind: type[ApiError], part_of_title: str) -> None:
    error = error_of(status, body)
    assert type(error) is kind
    assert part_of_title in error.title
    assert error.detail
    assert error.answer.status == status


def test_the_titles_are_all_different() -> None:
    titles = {error_of(status, body_of("x")).title for status in (400, 401, 402, 403, 404, 408, 409, 413, 429, 500)}
    titles |= {error_of(status).title for status in (302, 405, 422, 502, 503, 504, 511, 529)}
    assert len(titles) == 18


def test_the_server_s_words_and_ids_are_kept_for_details() -> None:
    error = error_of(400, body_of("invalid_request_error", "max_tokens:  too\nbig"), request_id="req_head")
    assert error.detail == "max_tokens: too big"
    assert error.answer.request_id == "req_head"
    assert error.answer.error_type == "invalid_request_error"
    assert error.answer.raw is not None
    assert "invalid_request_error" in error.answer.raw
    assert error_of(400, body_of("x")).answer.request_id == "req_body"


def test_a_long_answer_is_shortened() -> None:
    raw = error_of(502, b"<html>" + b"x" * 100_000).answer.raw
    assert raw is not None
    assert len(raw) == RAW_CHARACTERS_MAX


def test_a_401_without_a_key_asks_for_one() -> None:
    error = error_of(401, body_of("authentication_error"), Asked("local:1234"))
    assert isinstance(error, KeyMissing)
    assert error.action is Action.OPEN_KEY
    assert "local:1234" in error.title


@pytest.mark.parametrize(
    ("seconds", "words"), [("32", "32 s"), ("0.2", "1 s"), ("600", "10 minutes"), ("9000", "2 hours")]
)
def test_the_wait_is_told_in_words(seconds: str, words: str) -> None:
    error = error_of(429, body_of("rate_limit_error", "Slow down."), retry_after=seconds)
    assert f"asks to wait {words}" in error.detail
    assert error.detail.endswith("Slow down.")
    assert error.answer.retry_after_s == float(seconds)


def test_a_redirect_names_its_target_and_is_not_followed() -> None:
    error = error_of(307, location="https://elsewhere.example/v1/messages")
    assert isinstance(error, BadReply)
    assert "https://elsewhere.example/v1/messages" in error.detail
    assert error.action is Action.OPEN_SETTINGS


def test_a_web_page_instead_of_a_reply_is_told() -> None:
    error = error_of(200, b"<html>Welcome to Hotel Wifi</html>", content_type="text/html; charset=utf-8")
    assert isinstance(error, BadReply)
    assert "web page" in error.title
    assert "sign-in page" in error.detail
    plain = error_of(200, b"hello", content_type="text/plain")
    assert "“text/plain”" in plain.detail


@pytest.mark.parametrize(
    "body",
    [
        b'{"error":{"message":"No such model","type":"invalid_request_error","param":null,"code":"model_not_found"}}',
        b'{"error":{"type":"not_found_error","message":"model not found"}}',
    ],
)
def test_errors_in_other_shapes_are_understood(body: bytes) -> None:
    assert isinstance(error_of(404, body), Refused)


def test_an_error_as_a_bare_sentence_is_quoted() -> None:
    assert error_of(400, b'{"error":"model is required"}').detail == "model is required"


@pytest.mark.parametrize("status", [307, 400, 401, 403, 404, 429, 500])
def test_a_key_that_the_server_echoes_is_masked(status: int) -> None:
    secret = KEY.reveal()
    escaped = json.dumps({"error": {"type": "e", "message": f"bad key {secret}"}}).replace("/", "\\/").encode()
    for body in (secret.encode(), body_of(secret, f"the key {secret} is wrong"), escaped):
        error = error_of(status, body, location=f"https://x.example/?key={secret}")
        shown = repr(error) + repr(error.failure()) + str(error) + error.title + error.detail
        assert secret not in shown
        assert secret not in (error.answer.raw or "").replace("\\/", "/")


@pytest.mark.parametrize(
    ("error_type", "kind", "is_temporary"),
    [
        ("overloaded_error", Overloaded, True),
        ("api_error", Overloaded, True),
        ("timeout_error", Overloaded, True),
        ("internal_error", Overloaded, True),
        ("rate_limit_error", RateLimited, True),
        ("invalid_request_error", Refused, False),
        ("authentication_error", KeyRejected, False),
        ("permission_error", KeyRejected, False),
        ("billing_error", Refused, False),
        ("not_found_error", Refused, False),
        ("request_too_large", Refused, False),
    ],
)
def test_an_error_event_is_told_by_its_type(error_type: str, kind: type[ApiError], is_temporary: bool) -> None:
    event = {"type": "error", "error": {"type": error_type, "message": "Words"}, "request_id": "req_9"}
    early = failure_of_event(event, json.dumps(event), ASKED, has_output=False)
    assert type(early.error) is kind
    assert early.is_temporary is is_temporary
    assert early.error.answer.status is None
    assert (early.error.answer.error_type, early.error.answer.request_id) == (error_type, "req_9")
    late = failure_of_event(event, json.dumps(event), ASKED, has_output=True)
    assert not late.is_temporary
    assert late.error.detail.endswith("What had arrived is kept.")


# --- files

BLIND = "This model cannot read pictures."
KIND = "A file is of a kind that the server does not take."
LARGE = "A picture is too large for the server."
UNREAD = "A picture could not be read."
NO_PDF = "This server takes no PDF."
AT = "messages.0.content.1.image.source.base64"


@pytest.mark.parametrize(
    ("status", "words", "title"),
    [
        (400, "this model does not support image input (ref: b8bd630e)", BLIND),
        (400, "This model doesn't support images", BLIND),
        (400, "Model does not support images. Please use a model that does.", BLIND),
        (400, "The current model does not support vision.", BLIND),
        (404, "No endpoints found that support image input", BLIND),
        (500, "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj", BLIND),
        (400, "qwen2.5:7b is not a multimodal model", BLIND),
        (400, "At most 0 image(s) may be provided in one prompt.", BLIND),
        (500, "this model is missing data required for image input", BLIND),
        (422, "vision inputs are not supported by this endpoint", BLIND),
        (400, f"{AT}.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'", KIND),
        (400, f"{AT}.data: Image does not match the provided media type image/png", KIND),
        (400, "The image was specified using the image/png media type, but the image appears to be a image/jpeg", KIND),
        (415, "unsupported media type: image/webp", KIND),
        (400, "image format image/bmp is not supported", KIND),
        (400, f"{AT}.data: At least one of the image dimensions exceed max allowed size: 8000 pixels", LARGE),
        (400, f"{AT}: image exceeds 10 MB maximum: 12 bytes > 10 bytes", LARGE),
        (400, "Could not process image", UNREAD),
        (500, "Failed to load image or audio file", UNREAD),
        (400, f"{AT}: image cannot be empty", UNREAD),
        (400, "A maximum of 100 PDF pages may be provided.", "A PDF has too many pages."),
        (
            400,
            "messages.0.content.0.document.source.base64.data: The PDF specified was not valid.",
            "A PDF could not be read.",
        ),
        (400, "The PDF is password protected.", "A PDF could not be read."),
        (400, "unsupported content block type: document", NO_PDF),
        (
            400,
            "Input tag 'document' found using 'type' does not match any of the expected tags: 'text', 'image'",
            NO_PDF,
        ),
        (400, "unknown variant `document`, expected one of `text`, `image`", NO_PDF),
        (400, "This model does not support PDF input", NO_PDF),
    ],
)
def test_a_refused_file_is_told_in_plain_words_and_not_sent_again(status: int, words: str, title: str) -> None:
    failed = failure_of_answer(status, {}, body_of("invalid_request_error", words), ASKED)
    assert type(failed.error) is Refused
    assert failed.error.title == title
    assert failed.error.detail.endswith(f" The server says: {words}")
    assert not failed.is_temporary


def test_too_many_pixels_are_known_by_their_code_too() -> None:
    assert error_of(400, body_of("invalid_request_error", "Words.", "image_dimensions_too_large")).title == LARGE
    assert error_of(400, body_of("invalid_request_error", "", "image_dimensions_too_large")).detail.endswith(
        "without it."
    )


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "adaptive thinking is not supported on this model"),
        (400, "This model does not support assistant message prefill."),
        (400, "messages: `tool_use` blocks are not supported by this provision"),
        (400, "messages.0.content.0.text: the imagery is supervised"),
        (400, "`document` blocks with citations enabled need all documents to have them"),
        (400, "temperature: this parameter is not supported by API version 2026-10-21"),
        (404, "model: vision-large"),
        (429, "This model does not support image input at this rate"),
        (413, "image too large"),
    ],
)
def test_what_is_said_of_other_things_is_not_taken_for_it(status: int, words: str) -> None:
    title = error_of(status, body_of("invalid_request_error", words)).title
    assert title not in (BLIND, KIND, LARGE, UNREAD, NO_PDF)


def test_a_model_that_cannot_see_is_told_by_an_event_as_well() -> None:
    event = {"error": {"type": "api_error", "message": "No endpoints found that support image input"}}
    failed = failure_of_event(event, json.dumps(event), ASKED, has_output=False)
    assert failed.error.title == BLIND
    assert failed.error.detail.startswith("Choose another model, or edit the question without them. The server says: ")
    assert not failed.is_temporary


def test_what_is_too_large_altogether_says_what_to_do() -> None:
    assert "Edit the question without its files" in error_of(413, b"<html>nginx</html>").detail
