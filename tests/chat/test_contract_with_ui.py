"""What the window may count on: the objects of chat, and the fakes its tests run against, offer the same."""

from __future__ import annotations

import inspect
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QMetaMethod, QObject

from desktop_chat.chat.keys import Keys
from desktop_chat.chat.library import Library
from desktop_chat.chat.outbox import Outbox
from desktop_chat.chat.preferences import Preferences
from desktop_chat.chat.session import ChatSession
from desktop_chat.chat.stream_recorder import StreamRecorder
from tests.chat.desk import Desk
from tests.helpers.fake_chat import FakeKeys, FakeLibrary, FakePreferences, FakeSession
from tests.helpers.fake_outbox import FakeOutbox
from tests.helpers.fake_recorder import FakeRecorder


@dataclass(frozen=True)
class Offer:
    """One object of chat as the window sees it."""

    real: type[QObject]
    fake: type[QObject]
    signals: frozenset[str]
    methods: frozenset[str]
    values: frozenset[str]


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


OFFERS = (
    Offer(
        ChatSession,
        FakeSession,
        words(
            """end_read(PyObject)
            path_changed(PyObject) message_added(PyObject) event_arrived(QString,PyObject)
            turn_cut(PyObject) turn_ended(PyObject) rested()
            activity_changed(PyObject) totals_changed(PyObject) limits_changed(PyObject) title_changed(QString)
            draft_changed(PyObject) draft_returned(PyObject) model_changed(QString)
            stored(PyObject) store_failed(PyObject) edit_failed(QString,PyObject)"""
        ),
        words(
            """path siblings send send_now edit keep_as_is stop go_on reconnect_now retry select_sibling keep_draft
            set_model"""
        ),
        words("conversation_id title is_busy is_empty is_loaded end activity totals limits model_id outbox"),
    ),
    Offer(
        Library,
        FakeLibrary,
        words(
            """conversations_changed(PyObject) activity_changed(QString,PyObject) unseen_changed(QString,bool)
            waiting_changed(QString,bool) today_cost_changed(double) store_failed(PyObject) store_recovered()
            outgoing_changed() branch_made(QString)"""
        ),
        words(
            """conversations busy_ids unseen_ids waiting_ids new_session session branch release mark_seen rename
            set_pinned delete restore put_back_queued remember_tabs"""
        ),
        words("today_cost_usd outgoing_count"),
    ),
    Offer(
        Outbox,
        FakeOutbox,
        words("changed(PyObject) send_requested(PyObject) stop_requested() text_returned(PyObject)"),
        words("add take_out drop put_back send_now resume"),
        words("rows outgoing_count is_offline"),
    ),
    Offer(
        StreamRecorder,
        FakeRecorder,
        words("record_changed(QString) saved(QString) save_failed(PyObject)"),
        words("records_of is_loaded load save"),
        words(""),
    ),
    Offer(
        Preferences,
        FakePreferences,
        words("settings_changed(PyObject) problem_found(QString)"),
        words("change profile"),
        words("settings problems"),
    ),
    Offer(
        Keys,
        FakeKeys,
        words("state_changed(PyObject) check_ended(PyObject) models_changed(PyObject)"),
        words("model check_and_keep forget refresh"),
        words("state models"),
    ),
)
ALL = pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: offer.real.__name__)


def signals_of(kind: type[QObject]) -> set[str]:
    meta = kind.staticMetaObject  # type: ignore[attr-defined]
    methods = (meta.method(place) for place in range(meta.methodOffset(), meta.methodCount()))
    return {
        bytes(method.methodSignature().data()).decode()
        for method in methods
        if method.methodType() == QMetaMethod.MethodType.Signal
    }


def parameters_of(kind: type[QObject], name: str) -> list[tuple[str, object, object, object]]:
    parameters = inspect.signature(getattr(kind, name)).parameters.values()
    return [(each.name, each.kind, each.default, each.annotation) for each in parameters]


@ALL
def test_both_have_exactly_these_signals(offer: Offer) -> None:
    assert signals_of(offer.real) == offer.signals
    assert signals_of(offer.fake) == offer.signals


@ALL
def test_both_take_the_same_arguments(offer: Offer) -> None:
    for name in sorted(offer.methods):
        assert parameters_of(offer.real, name) == parameters_of(offer.fake, name), name


@ALL
def test_both_give_the_same_kind_of_answer(offer: Offer) -> None:
    for name in sorted(offer.methods):
        real, fake = (inspect.signature(getattr(kind, name)).return_annotation for kind in (offer.real, offer.fake))
        assert real == {"FakeSession": "ChatSession"}.get(fake, fake), name


@ALL
def test_the_fakes_add_no_method_that_the_window_could_mistake_for_a_real_one(offer: Offer) -> None:
    """What a fake has in common with the real object beyond the offer must look the same, too."""
    own = {name for name in vars(offer.fake) if not name.startswith("_") and callable(getattr(offer.fake, name))}
    played = {"load"}
    for name in sorted(own & set(vars(offer.real)) - played):
        if inspect.isfunction(getattr(offer.real, name)):
            assert parameters_of(offer.real, name) == parameters_of(offer.fake, name), name


async def test_both_have_these_values(desk: Desk) -> None:
    library = desk.empty_library()
    pairs: dict[type[QObject], tuple[QObject, QObject]] = {
        ChatSession: (desk.session(), FakeSession("c1")),
        Library: (library, FakeLibrary()),
        Outbox: (desk.session().outbox, FakeOutbox("c1")),
        Preferences: (desk.preferences, FakePreferences()),
        Keys: (desk.keys, FakeKeys()),
        StreamRecorder: (desk.recorder, FakeRecorder()),
    }
    for offer in OFFERS:
        for one in pairs[offer.real]:
            assert {name for name in offer.values if not hasattr(one, name)} == set(), type(one).__name__


async def test_at_the_start_both_have_the_same_values(desk: Desk) -> None:
    real, fake = desk.session(), FakeSession("c1")

    for name in ("title", "is_busy", "is_empty", "is_loaded", "activity", "limits", "totals"):
        assert getattr(real, name) == getattr(fake, name), name
    assert desk.empty_library().today_cost_usd == FakeLibrary().today_cost_usd
    assert desk.preferences.settings == FakePreferences().settings
    assert desk.preferences.profile() == FakePreferences().profile()
    assert desk.preferences.problems == FakePreferences().problems
