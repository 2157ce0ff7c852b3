"""Joins a composer to the conversation that is written in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop_chat.core.activity import Activity
from desktop_chat.core.attachments import Attachment, joined
from desktop_chat.core.keys import KeySource
from desktop_chat.core.messages import Draft, utf16_count
from desktop_chat.core.models import ThinkingKind
from desktop_chat.core.settings import Settings, ThinkingMode
from desktop_chat.ui.attaching import Attaching
from desktop_chat.ui.composer import Composer
from desktop_chat.ui.connections import Connections

if TYPE_CHECKING:
    from desktop_chat.chat.session import ChatSession
    from desktop_chat.ui.desk import Desk


@dataclass(frozen=True, slots=True)
class _Wish:
    """A question that the reader has sent, and that cannot go out yet."""

    send: Callable[[Draft], bool]
    draft: Draft
    """As it stands in the composer, with the files that have come since."""


class TabWriting(QObject):
    """Sends, keeps and gives back the text and files of one tab, and shows which model will read it."""

    key_requested = Signal()
    changed = Signal()
    """Another text stands in the composer, or none."""

    def __init__(self, session: ChatSession, desk: Desk, composer: Composer, attaching: Attaching) -> None:
        super().__init__(composer)
        self._attaching = attaching
        self._session = session
        self._desk = desk
        self._composer = composer
        self._is_ahead_of_load = False
        """Whether something was written that could not be kept yet."""
        self._wish: _Wish | None = None
        """What is to be sent once the conversation is there and its files are read."""

    def connect_all(self, connections: Connections) -> None:
        """Listen to both sides until the tab lets go of the conversation."""
        add, composer, session, desk = connections.add, self._composer, self._session, self._desk
        add(composer.send_requested, self.send)
        add(composer.send_now_requested, self._send_now)
        add(composer.stop_requested, session.stop)
        add(composer.draft_changed, self._keep)
        add(composer.changed, self._check_wish)
        add(composer.model_chosen, session.set_model)
        add(composer.thinking_chosen, self._choose_thinking)
        add(session.draft_changed, self.give_back)
        add(session.draft_returned, self._take_returned)
        add(session.totals_changed, lambda _totals: self._catch_up())
        add(session.activity_changed, self._show_activity)
        add(session.model_changed, lambda _model_id: self._show_models())
        add(desk.keys.models_changed, lambda _models: self._show_models())
        add(desk.preferences.settings_changed, self._show_settings)
        add(self._attaching.arrived, self._take_along)
        add(self._attaching.plan_changed, self._withdraw_wish)
        add(self._attaching.ended, self._send_wish)

    def show_all(self) -> None:
        """Show what is known so far."""
        self._show_activity(self._session.activity)
        self._show_settings(self._desk.preferences.settings)

    # --- the text

    def send(self, draft: Draft) -> bool:
        """Ask a question, or queue it; False when it cannot be taken."""
        return self._send_by(self._session.send, draft)

    def _send_now(self, draft: Draft) -> None:
        """Send what stands in the composer before all else; where nothing does, what has waited longest."""
        rows = self._session.outbox.rows
        if self._attaching.names or not draft.is_empty:
            self._send_by(self._session.send_now, draft)
        elif rows:
            self._session.outbox.send_now(rows[0].message.id)

    def _send_by(self, send: Callable[[Draft], bool], draft: Draft) -> bool:
        if self._desk.keys.state.source is KeySource.NONE:
            # The text stays where it is until there is a key to send it with.
            self.key_requested.emit()
            return False
        if not self._session.is_loaded or self._attaching.names:
            self._wish = _Wish(send, draft)
            self._attaching.show_waiting()
            return False
        if not send(draft):
            return False
        if self._is_standing(draft):
            self._composer.clear_sent()
        return True

    def _is_standing(self, draft: Draft) -> bool:
        standing = self._composer.draft()
        return (draft.text, draft.attachments) == (standing.text, standing.attachments)

    def give_back(self, draft: Draft) -> None:
        """Put back what was stored or could not be sent; what stands there already comes after it."""
        typed = self._composer.draft()
        files = joined(draft.attachments, typed.attachments)
        if (typed.text, typed.attachments) == (draft.text, files):
            return
        if typed.is_empty:
            self._composer.set_draft(draft)
        else:
            self._composer.set_draft(_with_text_ahead(draft.text, draft.caret, typed, files))
            self._keep(self._composer.draft())
        self.changed.emit()

    def _take_returned(self, draft: Draft) -> None:
        """Put back what could not be stored; a draft of it on the disk is older, or there is none."""
        self.give_back(draft)
        self._keep(self._composer.draft())

    def quote(self, quote: str) -> None:
        """Put a quote into the composer, on lines of its own."""
        before = self._composer.draft()
        has_line = before.text[: before.caret].rstrip(" ")[-1:] not in ("", "\n")
        self._composer.insert_text(("\n\n" if has_line else "") + f"{quote}\n")
        self._composer.focus()

    def _keep(self, draft: Draft) -> None:
        # Before the stored draft has come, it must not be replaced by what was typed meanwhile.
        self._is_ahead_of_load = not self._session.is_loaded
        if self._session.is_loaded:
            self._session.keep_draft(draft)
        self.changed.emit()

    def _catch_up(self) -> None:
        self._keep_early()
        self._send_wish()

    def _keep_early(self) -> None:
        """Keep what was written before the conversation was there; with a stored draft it is kept already."""
        if self._is_ahead_of_load and self._session.is_loaded:
            self._keep(self._composer.draft())

    # --- what waits to be sent

    @property
    def has_wish(self) -> bool:
        """Whether a question goes out as soon as it can."""
        return self._wish is not None

    def send_early(self, draft: Draft) -> None:
        """Send what was to be sent before anybody listened, as soon as it can be; unless it was changed since."""
        self._wish = _Wish(self._session.send, draft)
        self._send_wish()

    def withdraw(self) -> bool:
        """Take back what waits to be sent; the text stays. False when nothing does."""
        had_wish = self.has_wish
        self._withdraw_wish()
        return had_wish

    def _take_along(self, attachment: Attachment) -> None:
        if self._wish is not None:
            draft = self._wish.draft
            draft = replace(draft, attachments=joined(draft.attachments, (attachment,)))
            self._wish = replace(self._wish, draft=draft)

    def _check_wish(self) -> None:
        """Send nothing by itself that is not what the reader has sent."""
        # Until the stored draft has come, it may yet join what stands there.
        if self._wish is not None and self._session.is_loaded and not self._is_standing(self._wish.draft):
            self._withdraw_wish()

    def _withdraw_wish(self) -> None:
        if self._wish is not None:
            self._wish = None
            self._attaching.show_withdrawn()

    def _send_wish(self) -> None:
        self._check_wish()
        if self._wish is not None and self._session.is_loaded:
            # Where a file is still being read, it waits on.
            wish, self._wish = self._wish, None
            self._send_by(wish.send, wish.draft)

    # --- who reads it

    def _choose_thinking(self, mode: str) -> None:
        self._desk.preferences.change(thinking=ThinkingMode(mode))

    def _show_activity(self, activity: Activity) -> None:
        self._composer.set_busy(activity.is_busy)

    def _show_settings(self, settings: Settings) -> None:
        self._composer.set_send_key(settings.send_key)
        self._show_models()

    def _show_models(self) -> None:
        model_id = self._session.model_id
        self._composer.set_models(self._desk.keys.models, model_id)
        kind = self._desk.keys.model(model_id).thinking
        self._composer.set_thinking(self._desk.preferences.settings.thinking, kind is not ThinkingKind.NONE)


def _with_text_ahead(text: str, caret: int, typed: Draft, files: tuple[Attachment, ...]) -> Draft:
    """What was typed after a text, where both say something; the caret stays where somebody is typing."""
    if not text.strip() or text == typed.text:
        return Draft(typed.text, typed.caret, files)
    if not typed.text.strip():
        return Draft(text, caret, files)
    ahead = f"{text}\n\n"
    return Draft(ahead + typed.text, utf16_count(ahead) + typed.caret, files)
