"""The key: where it comes from, whether it works, and the models it opens."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from PySide6.QtCore import QObject, Signal

from desktop_chat.chat.ports import MessagesApi, SecretStore
from desktop_chat.chat.preferences import Preferences
from desktop_chat.chat.tasks import Tasks
from desktop_chat.core.api_key import ApiKey
from desktop_chat.core.errors import ChatError, KeyMissing, KeyringMissing, Refused, SecretError
from desktop_chat.core.failure import Failure
from desktop_chat.core.keys import KeyCheck, KeySource, KeyState
from desktop_chat.core.models import ModelCatalog, ModelInfo
from desktop_chat.core.provider import ProviderProfile

log = logging.getLogger(__name__)

NOT_FOUND = 404


class Keys(QObject):
    """Answers “which key for this server?” and keeps what a reader types.

    Order of sources: the environment, a key for this session only, the keyring. Keys from the keyring are read for
    each request and held nowhere.
    """

    state_changed = Signal(object)
    """KeyState: which key there is for the server in use."""
    check_ended = Signal(object)
    """KeyCheck: how the check of a typed key went."""
    models_changed = Signal(object)
    """tuple[ModelInfo, ...]: what can be chosen."""

    def __init__(
        self,
        secrets: SecretStore,
        api: MessagesApi,
        preferences: Preferences,
        catalog: ModelCatalog,
        tasks: Tasks,
        environment_keys: Mapping[str, ApiKey] = MappingProxyType({}),
        own_keys: Mapping[str, ApiKey] = MappingProxyType({}),
    ) -> None:
        """Take over the keys that need no keyring, by origin.

        `environment_keys` are those of `ANTHROPIC_API_KEY`, for the servers it may be sent to;
        `own_keys` those of servers that the program runs itself.
        """
        super().__init__()
        self._secrets = secrets
        self._api = api
        self._preferences = preferences
        self._catalog = catalog
        self._tasks = tasks
        self._environment_keys = environment_keys
        self._own_keys = own_keys
        self._session_keys: dict[str, ApiKey] = {}
        self._profile = preferences.profile()
        self._is_list_known = False
        self.state = KeyState(origin=self._profile.origin)
        self.models: tuple[ModelInfo, ...] = tuple(model for model in catalog.models if model.is_listed)
        preferences.settings_changed.connect(self._follow_server)

    async def key_for(self, profile: ProviderProfile) -> ApiKey | None:
        """Fetch the key for one request; None where the server may not want one.

        Raises:  KeyMissing, KeyringLocked.
        """
        if held := self._held_key(profile):
            return held
        try:
            key, fate = await self._secrets.read(profile.origin), "Paste it once; it is kept in the keyring."
        except KeyringMissing:
            # Who has not given a key yet is not told first where it cannot be kept.
            key, fate = None, "There is no keyring here, so it is used until the program ends."
        except SecretError:
            if profile.is_key_required:
                raise
            return None
        if key is None and profile.is_key_required:
            raise KeyMissing("There is no API key yet.", f"{profile.name} wants one. {fate}")
        return key

    def model(self, model_id: str) -> ModelInfo:
        """What is known of a model: the catalog's word, else the server's, else only its id."""
        listed = next((model for model in self.models if model.id == model_id), None)
        return self._catalog.find(model_id) or listed or ModelInfo(id=model_id, name=model_id)

    def default_model_id(self) -> str:
        """The model for a new conversation: the one of the settings, or one that the server really has."""
        wanted = self._preferences.settings.model or self._catalog.default_id
        ids = [model.id for model in self.models]
        if not self._is_list_known or not ids or wanted in ids:
            return wanted
        # A server may list only the dated id of a model.
        dated = (model_id for model_id in ids if (known := self._catalog.find(model_id)) and known.id == wanted)
        return next(dated, ids[0])

    def refresh(self) -> None:
        """Look again which key there is, and which models the server offers."""
        self._tasks.spawn(self._refresh(), "look for the key")

    def check_and_keep(self, text: str, for_session_only: bool = False) -> None:
        """Check a typed key with one cheap call and keep it; `check_ended` tells how it went."""
        self._tasks.spawn(self._check_and_keep(text, for_session_only), "check the key")

    def forget(self) -> None:
        """Delete the key of the server in use from the keyring and from memory."""
        self._tasks.spawn(self._forget(), "forget the key")

    def _held_key(self, profile: ProviderProfile) -> ApiKey | None:
        sources = (self._own_keys, self._environment_keys, self._session_keys)
        return next((keys[profile.origin] for keys in sources if profile.origin in keys), None)

    def _follow_server(self) -> None:
        profile = self._preferences.profile()
        if profile == self._profile:
            return
        self._profile = profile
        self._is_list_known = False
        self._set_models(tuple(model for model in self._catalog.models if model.is_listed))
        self.refresh()

    async def _refresh(self) -> None:
        profile = self._preferences.profile()
        self._set_state(await self._find_state(profile))
        if self.state.is_usable and not profile.is_anthropic:
            await self._list_models(profile)

    async def _find_state(self, profile: ProviderProfile) -> KeyState:
        state = KeyState(origin=profile.origin, place=await self._secrets.place())
        key, problem = None, None
        if self._held_key(profile) is None:
            try:
                key = await self._secrets.read(profile.origin)
            except SecretError as error:
                problem = error.failure()
        # Looked at last: while the keyring kept us waiting, a key for this session may have been typed.
        if (held := self._held_key(profile)) is not None:
            is_own = profile.origin in self._own_keys
            is_environment = not is_own and profile.origin in self._environment_keys
            source = KeySource.ENVIRONMENT if is_environment else KeySource.SESSION
            return replace(state, source=source, mask=held.mask)
        if key is not None:
            return replace(state, source=KeySource.KEYRING, mask=key.mask)
        without = KeySource.NONE if profile.is_key_required else KeySource.NOT_NEEDED
        return replace(state, source=without, problem=problem)

    async def _list_models(self, profile: ProviderProfile) -> None:
        try:
            models = await self._api.models(profile, await self.key_for(profile))
        except ChatError as error:
            log.info("the server's list of models could not be read: %s", error)
            return
        self._take_list(profile, models)

    def _take_list(self, profile: ProviderProfile, models: tuple[ModelInfo, ...]) -> None:
        if models and profile == self._preferences.profile():
            self._is_list_known = True
            self._set_models(tuple(self._merged(model) for model in models))

    async def _check_and_keep(self, text: str, for_session_only: bool) -> None:
        profile = self._preferences.profile()
        key = ApiKey.from_typed(text)
        if key is None or not key.is_header_safe:
            self.check_ended.emit(KeyCheck(False, _bad_text(is_empty=key is None)))
            return
        try:
            models = await self._api.models(profile, key)
        except Refused as error:
            if error.answer.status != NOT_FOUND or profile.is_anthropic:
                self.check_ended.emit(KeyCheck(False, error.failure()))
                return
            models = ()  # a server without a list of models still may take the key
        except ChatError as error:
            self.check_ended.emit(KeyCheck(False, error.failure()))
            return
        if not await self._keep(profile, key, for_session_only):
            return
        self._take_list(profile, models)
        self._set_state(await self._find_state(profile))
        self.check_ended.emit(KeyCheck(True))

    async def _keep(self, profile: ProviderProfile, key: ApiKey, for_session_only: bool) -> bool:
        if for_session_only:
            self._session_keys[profile.origin] = key
            return True
        try:
            await self._secrets.write(profile.origin, key)
        except SecretError as error:
            self.check_ended.emit(KeyCheck(False, error.failure(), offers_session_only=True))
            return False
        self._session_keys.pop(profile.origin, None)
        return True

    async def _forget(self) -> None:
        profile = self._preferences.profile()
        self._session_keys.pop(profile.origin, None)
        try:
            await self._secrets.delete(profile.origin)
        except SecretError as error:
            self._set_state(replace(await self._find_state(profile), problem=error.failure()))
            return
        self._set_state(await self._find_state(profile))

    def _merged(self, listed: ModelInfo) -> ModelInfo:
        known = self._catalog.find(listed.id)
        return replace(known, id=listed.id, name=listed.name or known.name) if known else listed

    def _set_state(self, state: KeyState) -> None:
        # The keyring may answer so late that another server is in use by then.
        if state != self.state and state.origin == self._preferences.profile().origin:
            self.state = state
            self.state_changed.emit(state)

    def _set_models(self, models: tuple[ModelInfo, ...]) -> None:
        if models != self.models:
            self.models = models
            self.models_changed.emit(models)


def _bad_text(is_empty: bool) -> Failure:
    if is_empty:
        return Failure("KeyMissing", "The field is empty.", "Paste the key, then press Check.")
    return Failure(
        "KeyRejected",
        "This cannot be a key.",
        "It holds blanks, line ends or letters that no key has. Copy it again, whole and alone.",
    )
