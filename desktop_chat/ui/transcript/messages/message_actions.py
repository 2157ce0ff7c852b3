"""Which actions a message offers, in their order."""

from __future__ import annotations

from typing import Final

from desktop_chat.core.messages import Message
from desktop_chat.ui.transcript.messages.message_item import Place
from desktop_chat.ui.transcript.parts.actions_part import ActionItem
from desktop_chat.ui.transcript.parts.part import Deed

RAW: Final = "raw"
"""Name of the fold that shows what is stored."""

_COPY: Final = ActionItem("Copy", Deed.COPY_MESSAGE, "Copy this message")
_RETRY: Final = ActionItem("Retry", Deed.RETRY, "Ask again; this answer stays")
_EDIT: Final = ActionItem("Edit", Deed.EDIT, "Ask in other words; this question stays")
_BRANCH: Final = ActionItem("Branch", Deed.BRANCH, "Go on from here in a conversation of its own")
_INSPECT: Final = ActionItem("Inspect", Deed.INSPECT, "What went over the line, and when")
_UNANSWERED: Final = ActionItem("Not answered yet · Resend", Deed.RETRY, "Send it again", is_quiet=False)


def reply_items(message: Message, place: Place, *, has_retry: bool, is_raw: bool) -> tuple[ActionItem, ...]:
    """What can be done with a reply; Retry stands in the strip where there is one that offers it."""
    items = [_COPY] if message.text else []
    if has_retry:
        items.append(_RETRY)
    return (*items, _BRANCH, *sibling_items(place), _raw_item(is_raw), _INSPECT)


def user_items(place: Place, *, is_unanswered: bool, is_raw: bool) -> tuple[ActionItem, ...]:
    """What can be done with a question."""
    lead = (_UNANSWERED,) if is_unanswered else ()
    return (*lead, _EDIT, _COPY, _BRANCH, _raw_item(is_raw), *sibling_items(place))


def sibling_items(place: Place) -> tuple[ActionItem, ...]:
    """The steps to earlier and later versions of a message, where there are any; always to be seen."""
    if place.count < 2:
        return ()
    before = Deed.PREVIOUS_SIBLING if place.number > 1 else None
    after = Deed.NEXT_SIBLING if place.number < place.count else None
    return (
        ActionItem("‹", before, "Earlier version (Alt+Left)", is_joined=True, is_quiet=False, is_faint=not before),
        ActionItem(f"{place.number} / {place.count}", is_joined=True, is_quiet=False),
        ActionItem("›", after, "Later version (Alt+Right)", is_quiet=False, is_faint=not after),
    )


def _raw_item(is_raw: bool) -> ActionItem:
    return ActionItem("Hide raw" if is_raw else "Raw", Deed.RAW, "What is stored of this message, as JSON", RAW)
