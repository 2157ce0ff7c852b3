"""Which addresses go through a proxy."""

from __future__ import annotations

from desktop_chat.api.proxies import proxy_routes


def test_without_a_proxy_there_are_no_routes() -> None:
    assert proxy_routes({}) == {}
    assert proxy_routes({"no": "example.com"}) == {}


def test_a_proxy_serves_its_scheme_and_never_loopback() -> None:
    assert proxy_routes({"https": "proxy.example:3128", "all": "socks5://s:1080"}) == {
        "https://": "http://proxy.example:3128",
        "all://": "socks5://s:1080",
        "all://localhost": None,
        "all://127.0.0.1": None,
        "all://[::1]": None,
    }


def test_exceptions_go_direct() -> None:
    routes = proxy_routes({"http": "http://p", "no": "example.com, .corp,10.0.0.1,::1,localhost,http://plain"})
    assert [pattern for pattern, proxy in routes.items() if proxy is None] == [
        "all://localhost",
        "all://127.0.0.1",
        "all://[::1]",
        "all://*example.com",
        "all://*.corp",
        "all://10.0.0.1",
        "http://plain",
    ]


def test_a_star_turns_all_proxies_off() -> None:
    assert proxy_routes({"http": "http://p", "no": "a,*"}) == {}
