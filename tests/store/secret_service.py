"""A real Secret Service, gnome-keyring on a bus of its own, with a home of its own."""

from __future__ import annotations

import gc
import os
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.helpers.machine import need

BUS_NAME = "org.freedesktop.secrets"
PASSWORD = "testpassword"
ANSWER_S = 10.0

_WITH_KEYRING = f"""
printf %s {PASSWORD} | gnome-keyring-daemon --foreground --unlock --components=secrets >/dev/null 2>&1 &
keyring=$!
echo "$DBUS_SESSION_BUS_ADDRESS"
cat
kill $keyring
wait
"""
_BUS_CONFIG = """
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
"""A bus that starts no services by itself: neither a second keyring nor a window that asks for its password."""
_BARE = 'echo "$DBUS_SESSION_BUS_ADDRESS"; exec cat'


@contextmanager
def session_bus(folder: Path, monkeypatch: pytest.MonkeyPatch, *, has_keyring: bool) -> Iterator[None]:
    """Let this process talk to a session bus of its own; everything started ends with it."""
    need("dbus-daemon", "dbus-run-session")
    need("gnome-keyring", "gnome-keyring-daemon")
    home, runtime = folder / "home", folder / "runtime"
    for place in (home, runtime):
        place.mkdir(mode=0o700)
    # No display: a keyring that wants to ask for its password gets no answer, instead of a window on this desktop.
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "XDG_RUNTIME_DIR": str(runtime), "LC_ALL": "C.UTF-8"}
    config = folder / "bus.conf"
    config.write_text(_BUS_CONFIG, encoding="utf-8")
    session = subprocess.Popen(
        ["dbus-run-session", f"--config-file={config}", "--", "sh", "-c", _WITH_KEYRING if has_keyring else _BARE],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert session.stdin is not None and session.stdout is not None
    try:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", session.stdout.readline().decode().strip())
        if has_keyring:
            _wait_for_service()
        yield
    finally:
        _close_connections()
        session.stdin.close()
        session.wait(ANSWER_S)
        session.stdout.close()


def _wait_for_service() -> None:
    """Until the keyring has taken its name on the bus."""
    from jeepney import MatchRule, message_bus  # type: ignore[import-untyped]
    from jeepney.io.blocking import open_dbus_connection  # type: ignore[import-untyped]

    rule = MatchRule(
        type="signal", interface=message_bus.interface, member="NameOwnerChanged", path=message_bus.object_path
    )
    rule.add_arg_condition(0, BUS_NAME)
    with closing(open_dbus_connection()) as bus, bus.filter(rule) as changes:
        bus.send_and_get_reply(message_bus.AddMatch(rule), timeout=ANSWER_S)
        if not bus.send_and_get_reply(message_bus.NameHasOwner(BUS_NAME), timeout=ANSWER_S).body[0]:
            bus.recv_until_filtered(changes, timeout=ANSWER_S)


def _close_connections() -> None:
    # keyring 25.7 forgets to close its connection when it fails: here, and not in some later test, it is found.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def lock_everything() -> None:
    """Lock the keyring, as the desktop does when its user goes away."""
    import secretstorage

    with closing(secretstorage.dbus_init()) as bus:
        for collection in secretstorage.get_all_collections(bus):
            collection.lock()
