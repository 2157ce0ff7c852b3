"""What the demo server says when it will not or cannot answer."""

from __future__ import annotations

import json
from typing import Final

ERROR_TYPES: Final = {
    400: ("invalid_request_error", "The request is not valid."),
    401: ("authentication_error", "invalid x-api-key"),
    402: ("billing_error", "Your credit balance is too low to access the API."),
    403: ("permission_error", "Your API key does not have permission to use the specified resource."),
    404: ("not_found_error", "Not Found"),
    405: ("invalid_request_error", "Method Not Allowed"),
    408: ("timeout_error", "Request timeout"),
    409: ("conflict_error", "Conflict"),
    413: ("request_too_large", "Request exceeds the maximum allowed number of bytes."),
    429: ("rate_limit_error", "This request would exceed your organization's rate limit. Please try again later."),
    500: ("api_error", "Internal server error"),
    503: ("api_error", "Service temporarily unavailable"),
    504: ("timeout_error", "The request took too long."),
    529: ("overloaded_error", "Overloaded"),
}
_UNKNOWN: Final = ("api_error", "Something went wrong.")


class Problem(Exception):
    """An answer that is an error, in the shape of the API."""

    def __init__(self, status: int, error_type: str, message: str, headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.error_type = error_type
        self.message = message
        self.headers = headers

    def body(self, request_id: str) -> bytes:
        """The error as JSON, with the id that also stands in the header."""
        return json.dumps(error_value(self.error_type, self.message, request_id)).encode()


def error_value(error_type: str, message: str, request_id: str) -> dict[str, object]:
    """An error as the API writes it, in a response and in an `error` event."""
    return {"type": "error", "error": {"type": error_type, "message": message}, "request_id": request_id}


def invalid(message: str) -> Problem:
    """A request that can never work (400)."""
    return Problem(400, "invalid_request_error", message)


def not_found(message: str) -> Problem:
    """Something that is not there (404)."""
    return Problem(404, "not_found_error", message)


def problem_for(status: int, headers: tuple[tuple[str, str], ...] = ()) -> Problem:
    """The usual words of a status."""
    error_type, message = ERROR_TYPES.get(status, _UNKNOWN)
    return Problem(status, error_type, message, headers)


def message_of(error_type: str) -> str:
    """The usual words of an error type."""
    return next((message for name, message in ERROR_TYPES.values() if name == error_type), _UNKNOWN[1])
