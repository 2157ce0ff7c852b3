"""The real store keeps to the contract, and so does the fake the other tests use."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from desktop_chat.chat.ports import ConversationStore
from tests.helpers.fake_store import FakeStore
from tests.helpers.store_contract import StoreContract
from tests.store.files import store_in


class TestFakeStore(StoreContract):
    @pytest.fixture
    def store(self) -> ConversationStore:
        return FakeStore()


class TestRealStore(StoreContract):
    @pytest.fixture
    async def store(self, tmp_path: Path) -> AsyncIterator[ConversationStore]:
        store = store_in(tmp_path)
        await store.start()
        yield store
        await store.close()
