"""The official SDK as a client of the demo server."""

from __future__ import annotations

from anthropic import Anthropic, DefaultHttpxClient

from desktop_chat.api.demo_server import DemoServer


def sdk(server: DemoServer, *, key: str | None = None, retries: int = 0) -> Anthropic:
    """A client of this server, with the server's own key or another one."""
    return Anthropic(
        base_url=server.url,
        api_key=server.key.reveal() if key is None else key,
        max_retries=retries,
        # The server speaks plain HTTP, and reading the system's certificates takes longer than most tests.
        http_client=DefaultHttpxClient(verify=False),
    )
