"""What the loading thread prepares for the program: parts that need no event loop."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from desktop_chat.cli import Wishes
from desktop_chat.core.api_key import ApiKey
from desktop_chat.core.models import ModelCatalog
from desktop_chat.core.provider import VERSION_NEWEST, AuthStyle, ProviderProfile
from desktop_chat.resources import resource_path

DEMO_REQUESTS_PER_MINUTE: Final = 50


@dataclass(frozen=True, slots=True)
class DemoServerOfThisRun:
    """The built-in server, running, and how to talk to it."""

    profile: ProviderProfile
    key: ApiKey
    close: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Outfit:
    """What is ready when the program begins."""

    catalog: ModelCatalog
    demo: DemoServerOfThisRun | None
    """Running; None unless it was asked for."""


def load_outfit(wishes: Wishes) -> Outfit:
    """Read the catalog of models and, for a demonstration, start its server; blocking, for a thread."""
    catalog = ModelCatalog.from_toml(tomllib.loads(resource_path("models.toml").read_text(encoding="utf-8")))
    return Outfit(catalog, _start_demo() if wishes.is_demo else None)


def _start_demo() -> DemoServerOfThisRun:
    from desktop_chat.api.demo_limits import Limits
    from desktop_chat.api.demo_server import DemoServer

    # As few requests a minute as a new account has, so that the status line has something to count.
    server = DemoServer(limits=Limits(requests=DEMO_REQUESTS_PER_MINUTE))
    profile = ProviderProfile("Demo server", server.start(), AuthStyle.X_API_KEY, VERSION_NEWEST, has_caching=True)
    return DemoServerOfThisRun(profile, server.key, server.close)
