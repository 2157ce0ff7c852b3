"""What a server says when it fails, told in plain words: status, headers and body become one error of the tree."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from desktop_chat.api import headers as said
from desktop_chat.api.asked import Asked
from desktop_chat.api.file_refusals import words_about_files
from desktop_chat.api.retry import AttemptFailed, is_temporary_status
from desktop_chat.api.wire import read_json
from desktop_chat.core.errors import (
    Answer,
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

RAW_CHARACTERS_MAX: Final = 2_000
WORDS_CHARACTERS_MAX: Final = 600
"""The server's own words are quoted up to here; Details has more."""

KEPT: Final = "What had arrived is kept."

_SPEND_LIMIT_CODES: Final = frozenset({"contract_spend_limit_reached", "enforced_spend_limit_reached"})
_STATUS_OF_TYPE: Final[Mapping[str, int]] = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "conflict_error": 409,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
_STATUS_OF_UNKNOWN_TYPE: Final = 500
_NEVER_ABOUT_FILES: Final = frozenset({401, 402, 403, 407, 413, 429, 529})
"""What these say is plain without words."""


@dataclass(frozen=True, slots=True)
class Report:
    """The error object of a body or an event, whatever its shape; empty where the server gave none."""

    type: str = ""
    words: str = ""
    code: str = ""
    request_id: str = ""

    @classmethod
    def read(cls, value: Any, asked: Asked) -> Report | None:
        """Find the report in a JSON value: the Messages API's own shape, OpenAI's, or a bare sentence."""
        if not isinstance(value, dict):
            return None
        error = value.get("error")
        request_id = asked.masked(_string(value.get("request_id")))
        if isinstance(error, str):
            return cls(words=_quoted(error, asked), request_id=request_id)
        if not isinstance(error, dict):
            return None
        details = error.get("details")
        code = details.get("error_code") if isinstance(details, dict) else error.get("code")
        return cls(
            type=asked.masked(_string(error.get("type"))),
            words=_quoted(_string(error.get("message")), asked),
            code=_string(code),
            request_id=request_id,
        )


def failure_of_answer(status: int, headers: Mapping[str, str], body: bytes, asked: Asked) -> AttemptFailed:
    """Tell what an answer that is no reply means: any status, any body, also a sign-in page or a redirect."""
    raw = asked.masked(body.decode("utf-8", "replace"))
    report = Report.read(read_json(raw), asked)
    answer = Answer(
        status=status,
        error_type=(report.type or None) if report else None,
        request_id=asked.masked(said.request_id(headers) or "") or (report.request_id or None if report else None),
        raw=raw[:RAW_CHARACTERS_MAX] or None,
        retry_after_s=said.retry_after_s(headers, time.time()),
    )
    if 300 <= status < 400:
        error: ApiError = _redirected(asked.masked(headers.get("location", "")), asked, answer)
    elif status < 300:
        error = not_a_reply(asked.masked(headers.get("content-type", "")), asked, answer)
    else:
        error = _error_of(status, report, asked, answer)
    is_temporary = said.should_retry(headers)
    if is_temporary is None:
        is_temporary = _is_temporary(status, error, report)
    return AttemptFailed(error, is_temporary)


def failure_of_event(event: Mapping[str, Any], raw: str, asked: Asked, has_output: bool) -> AttemptFailed:
    """Tell what an `error` event means. The HTTP status was 200 by then, so its type decides."""
    report = Report.read(event, asked) or Report()
    status = _STATUS_OF_TYPE.get(report.type, _STATUS_OF_UNKNOWN_TYPE)
    answer = Answer(
        error_type=report.type or None,
        request_id=report.request_id or None,
        raw=asked.masked(raw)[:RAW_CHARACTERS_MAX],
    )
    error = _error_of(status, report, asked, answer)
    if has_output:
        error.detail = f"{error.detail} {KEPT}".strip()
    return AttemptFailed(error, _is_temporary(status, error, report) and not has_output)


def not_a_reply(content_type: str, asked: Asked, answer: Answer) -> BadReply:
    """A successful answer that is no stream of the Messages API."""
    if "html" in content_type.lower():
        error = BadReply(
            f"{asked.host} sent a web page instead of a reply.",
            "On a public network this may be its sign-in page: open a browser and sign in. Otherwise something other "
            "than a Messages API server answers at this address; check it in the settings.",
            answer,
        )
    else:
        error = BadReply(
            f"{asked.host} answered in a form that is no reply.",
            f"It sent “{content_type[:80] or 'no content type'}” where the Messages API streams events. Check the "
            "server address in the settings.",
            answer,
        )
    error.action = Action.OPEN_SETTINGS
    return error


def _redirected(target: str, asked: Asked, answer: Answer) -> BadReply:
    error = BadReply(
        f"{asked.host} sends the request elsewhere.",
        f"It points to “{target[:200]}”. A key goes only to the address in the settings, so this was not followed; "
        "if the new address is right, enter it there.",
        answer,
    )
    error.action = Action.OPEN_SETTINGS
    return error


def _error_of(status: int, report: Report | None, asked: Asked, answer: Answer) -> ApiError:
    words = report.words if report else ""
    if report is not None and status not in _NEVER_ABOUT_FILES and (told := words_about_files(words, report.code)):
        return Refused(*told, answer)
    match status:
        case 400:
            return _invalid(words, answer)
        case 401 | 403:
            return _not_allowed(status, report, asked, answer)
        case 402:
            return Refused("The account has no credit left.", words or "The server asks for payment first.", answer)
        case 404 | 405:
            return _not_found(report, asked, answer)
        case 407:
            return NoConnection(
                "The proxy asks for a password.",
                "The proxy on the way to the server wants a sign-in. Put it into the system's proxy settings.",
                answer,
            )
        case 413:
            return Refused(
                "The conversation is too large to send.",
                f"{asked.host} does not take a request of this size. Edit the question without its files, or start a "
                "new conversation.",
                answer,
            )
        case 429:
            return _over_quota(report, answer)
        case 511:
            return NoConnection(
                "This network asks you to sign in first.", "Open a browser, sign in, then try again.", answer
            )
        case _ if is_temporary_status(status):
            return _out_of_order(status, words, report is not None, asked, answer)
        case _:
            return Refused(f"{asked.host} refused the request ({status}).", words, answer)


def _invalid(words: str, answer: Answer) -> Refused:
    if "prompt is too long" in words:
        return Refused(
            "The conversation no longer fits the model.",
            f"Start a new conversation or choose a model with a larger context. The server says: {words}",
            answer,
        )
    return Refused("The server cannot do this request.", words or "It did not say why.", answer)


def _not_allowed(status: int, report: Report | None, asked: Asked, answer: Answer) -> ApiError:
    if report is None and status == 403:
        return BadReply(
            f"Access to {asked.host} is blocked.",
            "The answer did not come from a Messages API server but from something before it, such as a firewall. "
            "Check the network and the server address.",
            answer,
        )
    words = report.words if report else ""
    if asked.key is None:
        return KeyMissing(f"{asked.host} asks for a key.", "Enter the API key of this server.", answer)
    if status == 403:
        return KeyRejected("The key is not allowed to do this.", words or "The server did not say why.", answer)
    return KeyRejected(
        "The key was not accepted.",
        f"{asked.host} does not know it. It may be incomplete, expired or revoked; enter it again.",
        answer,
    )


def _not_found(report: Report | None, asked: Asked, answer: Answer) -> ApiError:
    speaks_the_api = answer.status != 405 and report is not None and report.type != ""
    words = report.words if report else ""
    if speaks_the_api and asked.model and "model" in words.lower():
        return Refused(
            f"The server does not know the model “{asked.model}”.",
            f"Choose another model. The server says: {words}",
            answer,
        )
    error: ApiError
    if speaks_the_api:
        error = Refused(
            f"{asked.host} does not know this kind of request.",
            f"Check the server address in the settings. The server says: {words}",
            answer,
        )
    else:
        error = BadReply(
            f"{asked.host} does not offer the Messages API.",
            "Something answers there, but not at the path that was asked. Check the server address in the settings.",
            answer,
        )
    error.action = Action.OPEN_SETTINGS
    return error


def _over_quota(report: Report | None, answer: Answer) -> RateLimited:
    words = report.words if report else ""
    if _is_spend_limit(report):
        return RateLimited(
            "The spending limit is reached.",
            f"Waiting does not help; the limit is raised in the account's settings. {words}".strip(),
            replace(answer, retry_after_s=None),
        )
    if answer.retry_after_s is not None:
        wait = f"The server asks to wait {_duration(answer.retry_after_s)}."
    else:
        wait = "The server did not say for how long; try again in a minute."
    return RateLimited("The quota is used up for now.", f"{wait} {words}".strip(), answer)


def _out_of_order(status: int, words: str, has_report: bool, asked: Asked, answer: Answer) -> Overloaded:
    says = f" It says: {words}" if words else ""
    if status == 529:
        title, detail = f"{asked.host} is overloaded.", "Too many people ask at once; your own quota is not used up."
    elif status == 408:
        title, detail = f"{asked.host} waited too long for the request.", "The line may be slow." + says
    elif status == 409:
        title, detail = f"{asked.host} is busy with the same thing.", "The request met another one." + says
    elif status == 503:
        title, detail = f"{asked.host} is out of service for now.", "It should be back soon." + says
    elif status == 504:
        title, detail = f"{asked.host} took too long.", "The server ran out of time before it could reply." + says
    elif status == 502 or not has_report:
        title, detail = f"{asked.host} is out of reach.", f"A gateway in front of it answered {status}. Try again soon."
    else:
        title, detail = f"{asked.host} ran into an error of its own.", f"It is not your request.{says}"
    return Overloaded(title, detail, answer)


def _is_temporary(status: int, error: ApiError, report: Report | None) -> bool:
    # What is refused stays refused, whatever status a server chose for it.
    return is_temporary_status(status) and not isinstance(error, Refused) and not _is_spend_limit(report)


def _is_spend_limit(report: Report | None) -> bool:
    return report is not None and report.code in _SPEND_LIMIT_CODES


def _quoted(words: str, asked: Asked) -> str:
    return asked.masked(" ".join(words.split()))[:WORDS_CHARACTERS_MAX]


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _duration(seconds: float) -> str:
    whole_s = max(1, round(seconds))
    if whole_s < 120:
        return f"{whole_s} s"
    return f"{round(whole_s / 60)} minutes" if whole_s < 7_200 else f"{round(whole_s / 3_600)} hours"
