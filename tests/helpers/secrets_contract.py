"""What every keyring has to keep to; run against the fake and against the real Secret Service."""

from __future__ import annotations

from desktop_chat.chat.ports import SecretStore
from desktop_chat.core.api_key import ApiKey

ORIGIN = "https://api.anthropic.com"
KEY = ApiKey("sk-ant-api03-" + "aZ09-_" * 15)


class SecretsContract:
    """Subclasses give the fixture `secrets`: open, and without a key."""

    async def test_there_is_no_key_at_first(self, secrets: SecretStore) -> None:
        assert await secrets.read(ORIGIN) is None

    async def test_a_key_comes_back(self, secrets: SecretStore) -> None:
        await secrets.write(ORIGIN, KEY)

        assert await secrets.read(ORIGIN) == KEY

    async def test_every_server_has_its_own_key(self, secrets: SecretStore) -> None:
        other = ApiKey("another one")
        await secrets.write(ORIGIN, KEY)
        await secrets.write("http://127.0.0.1:8080", other)

        assert await secrets.read(ORIGIN) == KEY
        assert await secrets.read("http://127.0.0.1:8080") == other
        assert await secrets.read("http://127.0.0.1") is None

    async def test_a_new_key_replaces_the_old_one(self, secrets: SecretStore) -> None:
        await secrets.write(ORIGIN, ApiKey("old"))
        await secrets.write(ORIGIN, KEY)

        assert await secrets.read(ORIGIN) == KEY

    async def test_a_key_can_be_forgotten_twice(self, secrets: SecretStore) -> None:
        await secrets.write(ORIGIN, KEY)

        await secrets.delete(ORIGIN)
        await secrets.delete(ORIGIN)

        assert await secrets.read(ORIGIN) is None

    async def test_the_keyring_has_a_name(self, secrets: SecretStore) -> None:
        assert await secrets.place()
