"""The network is taken for gone only when two witnesses say so, and its return is noticed soon."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from desktop_chat.chat.network import Network
from desktop_chat.core.provider import ANTHROPIC, profile_for
from desktop_chat.reachability import LOOK_AGAIN_MS, Reachability, has_route


class Machine:
    """A machine whose cable a test pulls."""

    def __init__(self) -> None:
        self.is_routed = True
        self.looks_count = 0
        self.network = Network()
        self.reachability = Reachability(self.network, has_route=self._has_route)

    def _has_route(self) -> bool:
        self.looks_count += 1
        return self.is_routed

    @property
    def is_looking(self) -> bool:
        """Whether it goes on looking by itself."""
        timer = self.reachability.findChild(QTimer)
        assert isinstance(timer, QTimer)
        return timer.isActive()


@pytest.fixture
def machine(qtbot: QtBot) -> Iterator[Machine]:
    made = Machine()
    yield made
    made.reachability.close()


def test_a_machine_that_lost_its_network_is_offline_until_it_is_back(machine: Machine, qtbot: QtBot) -> None:
    machine.is_routed = False
    machine.reachability.set_cut_off(True)
    assert machine.network.is_offline

    machine.is_routed = True
    with qtbot.waitSignal(machine.network.offline_changed, timeout=4 * LOOK_AGAIN_MS) as back:
        machine.reachability.set_cut_off(False)
    assert back.args == [False]
    assert not machine.is_looking


def test_a_network_that_the_system_does_not_manage_is_believed_by_its_route(machine: Machine) -> None:
    machine.reachability.set_cut_off(True)
    assert not machine.network.is_offline
    assert machine.is_looking, "the route may go a moment after the word"


def test_a_route_that_goes_a_moment_after_the_word_is_noticed(machine: Machine, qtbot: QtBot) -> None:
    machine.reachability.set_cut_off(True)
    with qtbot.waitSignal(machine.network.offline_changed, timeout=4 * LOOK_AGAIN_MS):
        machine.is_routed = False
    assert machine.network.is_offline


def test_where_the_system_says_nothing_a_failed_try_is_reason_to_look(machine: Machine, qtbot: QtBot) -> None:
    machine.is_routed = False
    assert machine.looks_count == 0
    machine.network.doubt(ANTHROPIC)
    assert machine.network.is_offline

    with qtbot.waitSignal(machine.network.offline_changed, timeout=4 * LOOK_AGAIN_MS):
        machine.is_routed = True
    assert not machine.is_looking


def test_a_failed_try_on_a_good_network_changes_nothing(machine: Machine) -> None:
    machine.network.doubt(ANTHROPIC)
    assert not machine.network.is_offline
    assert not machine.is_looking


def test_after_closing_it_looks_no_more(machine: Machine) -> None:
    other = Machine()
    other.is_routed = False
    other.network.doubt(ANTHROPIC)
    other.reachability.close()
    assert not other.is_looking
    other.network.doubt(ANTHROPIC)
    assert other.looks_count == 1


def test_a_server_on_this_machine_that_fails_says_nothing_of_the_network(machine: Machine) -> None:
    machine.is_routed = False
    machine.network.doubt(profile_for("http://localhost:8080"))
    assert not machine.network.is_offline


def test_there_is_a_route_when_one_of_the_addresses_has_one() -> None:
    nowhere, here = (socket.AF_INET6, "127.0.0.1"), (socket.AF_INET, "127.0.0.1")
    assert has_route((nowhere, here))
    assert not has_route((nowhere,))
