"""The key in the keyring: the real one keeps to the contract, and every way to fail is told in time."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, cast

import keyring.core
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null
from keyring.errors import KeyringError, PasswordSetError

from desktop_chat.chat.ports import SecretStore
from desktop_chat.core.errors import KeyringLocked, KeyringMissing, SecretError
from desktop_chat.store.keyring_backends import name_of, safe_backend
from desktop_chat.store.secrets import Keyring
from tests.helpers.fake_secrets import FakeSecrets
from tests.helpers.secrets_contract import KEY, ORIGIN, SecretsContract
from tests.store.secret_service import lock_everything, session_bus


class MemoryBackend:
    """A backend that keeps what it gets; not a `KeyringBackend`, for the library lists all its subclasses."""

    name = "Memory"

    def __init__(self) -> None:
        self.passwords: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.passwords[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.passwords[service, username]


class HungBackend(MemoryBackend):
    """Blocks until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = threading.Event()
        self.go = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.asked.set()
        self.go.wait()
        return super().get_password(service, username)


class FailingBackend(MemoryBackend):
    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error


class ForgetfulBackend(MemoryBackend):
    def set_password(self, service: str, username: str, password: str) -> None:
        pass


def with_backend(backend: MemoryBackend | None, **options: Any) -> Keyring:
    return Keyring(find_backend=lambda: cast("KeyringBackend | None", backend), **options)


@pytest.fixture
def chosen() -> Iterator[Callable[[Any], None]]:
    """Make the library choose a backend; undone at the end."""
    before = keyring.core._keyring_backend

    def choose(backend: Any) -> None:
        keyring.core._keyring_backend = backend

    yield choose
    keyring.core._keyring_backend = before


@pytest.fixture
async def real_keyring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: Callable[[Any], None]
) -> AsyncIterator[Keyring]:
    with session_bus(tmp_path, monkeypatch, has_keyring=True):
        monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
        chosen(None)
        keyring_ = Keyring()
        yield keyring_
        keyring_.close()


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class TestFakeSecrets(SecretsContract):
    @pytest.fixture
    def secrets(self) -> SecretStore:
        return FakeSecrets()


class TestMemoryBackend(SecretsContract):
    @pytest.fixture
    def secrets(self) -> Iterator[SecretStore]:
        secrets = with_backend(MemoryBackend())
        yield secrets
        secrets.close()


class TestGnomeKeyring(SecretsContract):
    @pytest.fixture
    def secrets(self, real_keyring: Keyring) -> SecretStore:
        return real_keyring

    async def test_it_is_called_by_its_name(self, real_keyring: Keyring) -> None:
        assert await real_keyring.place() == "GNOME Keyring"

    async def test_a_locked_one_is_told(self, real_keyring: Keyring) -> None:
        await real_keyring.write(ORIGIN, KEY)
        lock_everything()

        for attempt in (real_keyring.read(ORIGIN), real_keyring.write(ORIGIN, KEY), real_keyring.delete(ORIGIN)):
            with pytest.raises(KeyringLocked, match=r"locked.*this session only"):
                await attempt

    async def test_nothing_of_it_is_on_disk_in_plain_text(self, real_keyring: Keyring, tmp_path: Path) -> None:
        await real_keyring.write(ORIGIN, KEY)

        contents = files_below(tmp_path)
        assert contents, "the keyring's own file"
        assert not [name for name, content in contents.items() if KEY.reveal().encode() in content]


@pytest.fixture
def bare_bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with session_bus(tmp_path, monkeypatch, has_keyring=False):
        yield


async def assert_missing(secrets: Keyring) -> None:
    for attempt in (secrets.read(ORIGIN), secrets.write(ORIGIN, KEY), secrets.delete(ORIGIN)):
        with pytest.raises(KeyringMissing, match=r"this session only"):
            await attempt
    assert await secrets.place() == ""
    secrets.close()


async def test_a_bus_without_a_keyring_is_told(
    bare_bus: None, monkeypatch: pytest.MonkeyPatch, chosen: Callable[[Any], None]
) -> None:
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    chosen(None)

    await assert_missing(Keyring())


async def test_a_service_that_went_away_is_told(monkeypatch: pytest.MonkeyPatch, chosen: Callable[[Any], None]) -> None:
    from keyring.backends import SecretService

    chosen(cast("Any", SecretService.Keyring)())
    with pytest.raises(KeyringMissing):
        await Keyring().read(ORIGIN)


async def test_a_keyring_that_came_later_is_found(
    chosen: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen(cast("Any", fail.Keyring)())
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", f"{__name__}.LateBackend")

    backend = safe_backend()

    assert type(backend) is LateBackend


class LateBackend(KeyringBackend):
    """Usable only when asked for by name."""

    priority = cast("Any", -1)

    def get_password(self, service: str, username: str) -> str | None:
        raise NotImplementedError

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


class PlainTextBackend(LateBackend):
    """Stands for the plain text file of `keyrings.alt`."""


PlainTextBackend.__module__ = "keyrings.alt.file"


class ChainOf(chainer.ChainerBackend):
    priority = cast("Any", -1)
    backends = cast("Any", ())

    def __init__(self, *backends: Any) -> None:
        self.backends = backends


ChainOf.__module__ = chainer.__name__


@pytest.mark.parametrize("refused", [fail.Keyring, null.Keyring, PlainTextBackend], ids=lambda kind: kind.__module__)
async def test_what_forgets_or_writes_plain_text_is_no_keyring(
    chosen: Callable[[Any], None], refused: type[Any]
) -> None:
    chosen(refused())
    await assert_missing(Keyring())

    chosen(ChainOf(refused(), refused()))
    await assert_missing(Keyring())


def test_the_safe_member_of_a_chain_is_taken(chosen: Callable[[Any], None]) -> None:
    safe = cast("Any", LateBackend)()
    chosen(ChainOf(cast("Any", PlainTextBackend)(), safe))

    assert safe_backend() is safe


def test_a_backend_that_does_not_exist_is_none(chosen: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch) -> None:
    chosen(None)
    for name in ("no.such.Keyring", "keyring.backends.null.NoSuchKeyring", "nonsense"):
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
        assert safe_backend() is None


def test_keyrings_have_the_names_people_know() -> None:
    from keyring.backends import kwallet

    assert name_of(cast("Any", kwallet.DBusKeyring)()) == "KWallet"
    assert name_of(cast("KeyringBackend", MemoryBackend())) == "Memory"


async def test_a_key_that_was_not_kept_is_told() -> None:
    secrets = with_backend(ForgetfulBackend())

    with pytest.raises(KeyringMissing, match="did not keep"):
        await secrets.write(ORIGIN, KEY)

    secrets.close()


@pytest.mark.parametrize("error", [PasswordSetError(KEY.reveal()), KeyringError(KEY.reveal()), ConnectionError()])
async def test_errors_of_the_backend_become_words_without_the_key(error: Exception) -> None:
    secrets = with_backend(FailingBackend(error))

    with pytest.raises(SecretError) as caught:
        await secrets.write(ORIGIN, KEY)

    assert KEY.reveal() not in f"{caught.value} {caught.value.failure()}"
    secrets.close()


async def test_a_hung_keyring_is_told_and_holds_nobody_up() -> None:
    hung, sound = HungBackend(), MemoryBackend()
    sound.set_password("desktop-chat", ORIGIN, KEY.reveal())
    backends = iter((hung, sound))
    secrets = Keyring(find_backend=lambda: cast("KeyringBackend", next(backends)), read_deadline_s=0.2)

    first = asyncio.ensure_future(secrets.read(ORIGIN))
    await asyncio.to_thread(hung.asked.wait)
    queued = asyncio.ensure_future(secrets.delete(ORIGIN))

    with pytest.raises(KeyringLocked, match=r"does not answer.*0\.2 seconds"):
        await first
    await queued
    assert sound.passwords == {}
    hung.go.set()
    secrets.close()


async def test_a_cancelled_question_is_not_asked() -> None:
    hung = HungBackend()
    secrets = with_backend(hung)
    first = asyncio.ensure_future(secrets.read(ORIGIN))
    await asyncio.to_thread(hung.asked.wait)
    second = asyncio.ensure_future(secrets.write(ORIGIN, KEY))
    await asyncio.sleep(0)

    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    hung.go.set()

    assert await first is None
    assert await secrets.read(ORIGIN) is None
    secrets.close()


HANGING_PROGRAM = """
import asyncio, threading
from desktop_chat.core.errors import KeyringLocked
from desktop_chat.store.secrets import Keyring

async def ask():
    secrets = Keyring(find_backend=threading.Event().wait, read_deadline_s=0.1)
    try:
        await secrets.read("https://api.anthropic.com")
    except KeyringLocked as error:
        print(error.title)

asyncio.run(ask())
"""


def test_a_hung_keyring_does_not_keep_the_program_from_ending() -> None:
    done = subprocess.run([sys.executable, "-c", HANGING_PROGRAM], capture_output=True, text=True, timeout=30)

    assert (done.stdout, done.stderr, done.returncode) == ("The keyring does not answer.\n", "", 0)


@pytest.mark.parametrize(
    ("switches", "error"),
    [({"is_missing": True}, KeyringMissing), ({"is_locked": True}, KeyringLocked), ({"hangs": True}, KeyringLocked)],
)
async def test_the_fake_fails_as_the_real_one(switches: dict[str, bool], error: type[SecretError]) -> None:
    secrets = FakeSecrets(**switches)
    secrets.deadline.set()

    for attempt in (secrets.read(ORIGIN), secrets.write(ORIGIN, KEY), secrets.delete(ORIGIN)):
        with pytest.raises(error):
            await attempt
