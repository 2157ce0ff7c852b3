"""Which keyring of the system is used, and its name for people; to be run in the keyring's thread.

`keyring` is imported inside: with its backends it costs over 400 ms of CPU (MEASURED 2026-11-23).
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_REFUSED_MODULES: Final = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")
"""None at all, one that forgets, and a collection that also writes plain text files and ranks them as usable."""
_CHAINER_MODULE: Final = "keyring.backends.chainer"

_NAMES: Final = {
    "keyring.backends.kwallet": "KWallet",
    "keyring.backends.macOS": "macOS Keychain",
    "keyring.backends.Windows": "Windows Credential Manager",
}
_SECRET_SERVICE_MODULES: Final = ("keyring.backends.SecretService", "keyring.backends.libsecret")
_SECRET_SERVICE_NAMES: Final = {
    "gnome-keyring-d": "GNOME Keyring",
    "kwalletd5": "KWallet",
    "kwalletd6": "KWallet",
    "ksecretd": "KWallet",
    "keepassxc": "KeePassXC",
}
"""By the name of the process, of which Linux keeps 15 characters."""


def safe_backend() -> KeyringBackend | None:
    """The system's keyring, or the one a person has configured; None when there is none that keeps secrets.

    Raises:  keyring's own errors, and those of the service behind it.
    """
    import keyring.core

    try:
        chosen = keyring.core.get_keyring()
        if type(chosen).__module__ == "keyring.backends.fail":
            # Found once at the start and remembered by the library, while the service may have come up since.
            keyring.core.init_backend()
            chosen = keyring.core.get_keyring()
    except (ImportError, AttributeError, RuntimeError, ValueError):
        # Somebody configured a backend that does not exist or does not run here.
        return None
    # The chain would fall through to a plain text file, so its best safe member stands for it.
    members = getattr(chosen, "backends", ()) if type(chosen).__module__ == _CHAINER_MODULE else [chosen]
    return next((member for member in members if _is_safe(member)), None)


def name_of(backend: KeyringBackend) -> str:
    """The keyring's name as people know it."""
    module = type(backend).__module__
    if module in _SECRET_SERVICE_MODULES:
        return _secret_service_name()
    return _NAMES.get(module) or str(backend.name)


def _is_safe(backend: KeyringBackend) -> bool:
    module = type(backend).__module__
    return not any(module == refused or module.startswith(f"{refused}.") for refused in _REFUSED_MODULES)


def _secret_service_name() -> str:
    """Several programs offer the Secret Service; the bus knows the process of the one that does."""
    import secretstorage
    from jeepney import MessageType, message_bus  # type: ignore[import-untyped]

    with closing(secretstorage.dbus_init()) as bus:
        reply = bus.send_and_get_reply(message_bus.GetConnectionUnixProcessID("org.freedesktop.secrets"))
    if reply.header.message_type == MessageType.error:
        return "Secret Service"
    try:
        process = Path(f"/proc/{reply.body[0]}/comm").read_text(encoding="utf-8").strip()
    except OSError:
        # In a sandbox other processes are out of sight.
        return "Secret Service"
    return _SECRET_SERVICE_NAMES.get(process, "Secret Service")
