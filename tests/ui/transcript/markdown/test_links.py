"""Links open only where that is safe, and show where they lead."""

from __future__ import annotations

import pytest

from desktop_chat.ui.transcript.markdown.links import doubt_about, openable, shown_target


@pytest.mark.parametrize(
    "href", ["https://example.com/a?b=c#d", "http://example.com", "HTTPS://EXAMPLE.COM/", "mailto:a@example.com"]
)
def test_web_and_mail_addresses_may_be_opened(href: str) -> None:
    assert openable(href) == href


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", "file:///etc/passwd", "data:text/html,x", "vbscript:x", "//host",
        "/etc/passwd", "relative", "", "https:", "http://", "https://a.b/\u202egpj.exe", "java\nscript:x",
        "https://a b", "mailto:", "https://good.example\\@evil.example/",
        "https:\\\\host", "ssh://host", "x-apple:thing", "https://[broken",
    ],
)  # fmt: skip
def test_everything_else_may_not(href: str) -> None:
    assert openable(href) is None


def test_a_foreign_host_shows_its_wire_form() -> None:
    assert shown_target("https://аpple.com/") == "https://аpple.com/  (xn--pple-43d.com)"


def test_bidi_tricks_are_visible() -> None:
    assert shown_target("https://a.b/\u202egpj.exe") == "https://a.b/\ufffdgpj.exe  (cannot be opened)"


def test_what_cannot_be_opened_says_so() -> None:
    assert shown_target("javascript:alert(1)") == "javascript:alert(1)  (cannot be opened)"


@pytest.mark.parametrize(
    ("href", "text", "reason"),
    [
        ("https://bank.example@evil.example/", "here", "What stands before the @ is only a user name."),
        ("https://xn--pple-43d.com/", "here", "written in letters that may look like others: xn--pple-43d.com"),
        ("https://аpple.com/", "here", "written in letters that may look like others: xn--pple-43d.com"),
        ("https://evil.example/", "https://bank.example/login", "The text says bank.example"),
        ("https://bank.example.evil.org/", "bank.example", "but the link leads to bank.example.evil.org"),
        ("https://evil.example/", "https://readme.md/", "The text says readme.md"),
    ],
)
def test_a_link_that_pretends_gives_rise_to_doubt(href: str, text: str, reason: str) -> None:
    assert reason in doubt_about(href, text)


@pytest.mark.parametrize(
    ("href", "text"),
    [
        ("https://www.example.com/a", "example.com"),
        ("https://docs.example.com/", "example.com"),
        ("https://example.com/", "www.example.com"),
        ("https://example.com/readme.md", "readme.md"),
        ("https://example.com/", "the docs"),
        ("https://example.com/?q=a@b", "search"),
        ("mailto:a@example.com", "a@example.com"),
        ("javascript:alert(1)", "example.com"),
    ],
)
def test_an_honest_link_gives_rise_to_none(href: str, text: str) -> None:
    assert doubt_about(href, text) == ""
