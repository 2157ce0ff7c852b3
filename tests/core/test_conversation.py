"""The tree of a conversation: one path is shown, nothing is lost when another one is."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_chat.core.conversation import ConversationTree
from desktop_chat.core.messages import Message, MessageStatus, Role
from tests.helpers.samples import question, reply


def node(message_id: str, parent_id: str | None = None, role: Role = Role.USER) -> Message:
    return replace(question("c", message_id, parent_id), id=message_id, role=role)


def ids(messages: tuple[Message, ...]) -> str:
    return " ".join(message.id for message in messages)


@st.composite
def forests(draw: st.DrawFn) -> list[Message]:
    """Messages in the order they were written; each hangs below an earlier one, or is a root."""
    count = draw(st.integers(1, 14))
    parents = [draw(st.none() | st.integers(0, place - 1)) if place else None for place in range(count)]
    return [node(f"{place:02}", None if up is None else f"{up:02}") for place, up in enumerate(parents)]


def test_an_empty_tree_has_no_tip_and_no_path() -> None:
    tree = ConversationTree()

    assert (len(tree), tree.tip_id, tree.path()) == (0, None, ())


def test_a_new_message_becomes_the_tip() -> None:
    tree = ConversationTree()
    tree.add(node("1"))
    tree.add(node("2", "1"))

    assert tree.tip_id == "2"
    assert ids(tree.path()) == "1 2"


def test_the_next_state_of_a_message_replaces_it_and_leaves_the_tip() -> None:
    tree = ConversationTree([node("1"), node("2", "1"), node("3", "2")], "3")
    ended = reply("c", "1", "done", id="2", status=MessageStatus.COMPLETE)

    tree.add(ended)

    assert tree["2"] is ended
    assert tree.tip_id == "3"
    assert tree.siblings("2") == ("2",)


def test_a_path_that_was_asked_for_before_knows_what_has_changed_since() -> None:
    tree = ConversationTree([node("1"), node("2", "1")])
    assert ids(tree.path()) == "1 2"
    ended = replace(tree["1"], status=MessageStatus.STOPPED)
    tree.add(ended)
    assert tree.path()[0] is ended
    tree.add(node("3", "2"))
    assert ids(tree.path()) == "1 2 3"
    tree.remove("3")
    assert ids(tree.path("3")) == ""
    assert ids(tree.path()) == "1 2"


def test_without_a_tip_the_newest_message_is_shown() -> None:
    messages = [node("1"), node("2", "1"), node("3", "1")]

    assert ids(ConversationTree(messages).path()) == "1 3"
    assert ids(ConversationTree(messages, "2").path()) == "1 2"
    assert ids(ConversationTree(messages, "gone").path()) == "1 3"


def test_messages_may_come_in_any_order() -> None:
    tree = ConversationTree([node("3", "2"), node("1"), node("4", "2"), node("2", "1")])

    assert ids(tree.path("3")) == "1 2 3"
    assert tree.siblings("4") == ("3", "4")


def test_a_retry_makes_a_sibling_and_selecting_shows_what_followed() -> None:
    tree = ConversationTree([node("1"), node("2", "1"), node("3", "2"), node("4", "3")])
    tree.show_up_to("1")
    tree.add(node("5", "1"))

    assert ids(tree.path()) == "1 5"
    assert tree.siblings("2") == tree.siblings("5") == ("2", "5")
    tree.select("2")
    assert ids(tree.path()) == "1 2 3 4"
    tree.select("5")
    assert ids(tree.path()) == "1 5"


def test_selecting_goes_down_to_the_newest_below() -> None:
    tree = ConversationTree([node("1"), node("2", "1"), node("3", "2"), node("4", "2"), node("5", "3")], "5")

    tree.select("2")

    assert ids(tree.path()) == "1 2 4"


def test_taking_back_a_message_shows_its_parent() -> None:
    tree = ConversationTree([node("1"), node("2", "1")])
    tree.add(node("3", "2"))

    tree.remove("3")

    assert "3" not in tree
    assert ids(tree.path()) == "1 2"
    tree.select("1")
    assert ids(tree.path()) == "1 2"


def test_taking_back_the_first_message_leaves_an_empty_tree() -> None:
    tree = ConversationTree()
    tree.add(node("1"))

    tree.remove("1")

    assert (len(tree), tree.tip_id, tree.path()) == (0, None, ())


def test_a_message_whose_parent_is_gone_starts_a_path() -> None:
    tree = ConversationTree([node("2", "1"), node("3", "2")])

    assert ids(tree.path()) == "2 3"
    assert tree.siblings("2") == ("2",)


@pytest.mark.parametrize("ring", [[node("1", "1")], [node("1", "2"), node("2", "1")]])
def test_a_ring_of_parents_hangs_nothing(ring: list[Message]) -> None:
    tree = ConversationTree(ring)

    tree.select("1")

    assert {message.id for message in tree.path()} == {message.id for message in ring}
    assert tree.siblings("1")


@given(forests(), st.data())
def test_a_path_goes_from_a_root_to_its_tip_without_a_gap(messages: list[Message], data: st.DataObject) -> None:
    tip = data.draw(st.sampled_from(messages))

    path = ConversationTree(messages, tip.id).path()

    assert path[-1] is tip
    assert path[0].parent_id is None
    assert all(below.parent_id == above.id for above, below in itertools.pairwise(path))


@given(forests(), st.data())
def test_the_order_in_which_messages_come_does_not_matter(messages: list[Message], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(messages))

    one, other = ConversationTree(messages), ConversationTree(shuffled)

    assert one.path() == other.path()
    assert all(one.siblings(message.id) == other.siblings(message.id) for message in messages)


@given(forests())
def test_siblings_are_all_children_of_one_parent_oldest_first(messages: list[Message]) -> None:
    tree = ConversationTree(messages)

    for message in messages:
        expected = tuple(other.id for other in messages if other.parent_id == message.parent_id)
        assert tree.siblings(message.id) == expected


@given(forests(), st.data())
def test_selecting_any_message_shows_it_on_a_path_that_ends_at_a_leaf(
    messages: list[Message], data: st.DataObject
) -> None:
    tree = ConversationTree(messages)
    chosen = data.draw(st.sampled_from(messages))

    tree.select(chosen.id)

    path = tree.path()
    assert chosen in path
    assert not any(message.parent_id == path[-1].id for message in messages)
    assert len(tree) == len(messages)


@given(forests(), st.data())
def test_adding_and_taking_back_leaves_the_tree_as_it_was(messages: list[Message], data: st.DataObject) -> None:
    parent = data.draw(st.sampled_from(messages))
    tree, untouched = ConversationTree(messages), ConversationTree(messages)

    tree.show_up_to(parent.id)
    tree.add(node("zz", parent.id))
    assert tree.path()[-1].id == "zz"
    tree.remove("zz")

    assert tree.path() == untouched.path(parent.id)
    assert list(tree) == list(untouched)
    assert all(tree.siblings(message.id) == untouched.siblings(message.id) for message in messages)
