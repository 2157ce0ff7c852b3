"""Who is told what goes over the line while a reply streams."""

from __future__ import annotations

from typing import Protocol

from desktop_chat.core.stream_record import SentRequest, StepKind


class StreamObserver(Protocol):
    """Given along with a call; told at the moment it happens, so every method has to return at once.

    Shape:   the key is hidden in everything that is told.
    Order:   `asked` first, and again when the request goes out; for each try what happened to the line, `opened` when
             an answer has come, `arrived`. How the reply ended is not told: whoever asked for it knows.
    """

    def asked(self, request: SentRequest) -> None:
        """A reply is asked for, and times count from now; told again, it is the same request with all its headers."""
        ...

    def stepped(self, kind: StepKind, words: str = "") -> None:
        """Something happened to the line."""
        ...

    def opened(self, status: int, request_id: str | None, headers: tuple[tuple[str, str], ...]) -> None:
        """The status and the headers of the answer are there."""
        ...

    def arrived(self, name: str, data: str, units: int) -> None:
        """A server event; its name is empty when the server gave none.

        Units:   `units` in characters of text or thinking that it brings.
        """
        ...
