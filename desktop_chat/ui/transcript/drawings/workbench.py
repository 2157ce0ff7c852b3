"""Things that take too long for a frame, made one after the other in a thread, and kept for those who ask again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

from desktop_chat.ui.thread_work import giving_way

Key = TypeVar("Key")
Made = TypeVar("Made")


class Workbench(Generic[Key, Made]):
    """What was made is found by its key; nobody waits, those who asked look again in a later frame."""

    def __init__(self, name: str, make: Callable[[Key], Made], failed: Made, kept_max: int) -> None:
        self._name = name
        self._make = make
        self._failed = failed
        """What stands for a thing that a bug kept from being made: it is not tried again and again."""
        self._kept_max = kept_max
        self._made: OrderedDict[Key, Made] = OrderedDict()
        self._wanted: dict[Key, None] = {}
        self._lock = threading.Lock()
        self._is_at_work = False

    def look(self, key: Key) -> Made | None:
        """What was made for the key; None while it is not ready, and then it is asked for."""
        with self._lock:
            made = self._made.get(key)
            if made is not None:
                self._made.move_to_end(key)
                return made
            self._wanted[key] = None
            if not self._is_at_work:
                self._is_at_work = True
                # It goes away when all is done: a program that is idle has no thread of this kind.
                threading.Thread(target=self._work, name=self._name, daemon=True).start()
        return None

    def _work(self) -> None:
        with giving_way():
            while (key := self._next_wanted()) is not None:
                self._make_one(key)

    def _make_one(self, key: Key) -> None:
        made, is_over = self._failed, True
        try:
            made = self._make(key)
            is_over = False
        finally:
            with self._lock:
                self._wanted.pop(key, None)
                self._made[key] = made
                if len(self._made) > self._kept_max:
                    self._made.popitem(last=False)
                # A bug ends the thread and is reported as any other; the next look begins a new one.
                self._is_at_work = not is_over

    def _next_wanted(self) -> Key | None:
        """The one asked for last: that is what the reader looks at now."""
        with self._lock:
            key = next(reversed(self._wanted), None)
            self._is_at_work = key is not None
            return key
