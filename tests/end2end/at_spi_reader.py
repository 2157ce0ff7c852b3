"""Plays the screen reader: run by the system's own Python, which has the bindings of AT-SPI (python3-gi, Atspi-2.0).

Reads one JSON request a line, answers with one JSON value a line. It knows nothing of the program it looks at.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

LOOK_EVERY_MS = 50
NODES_MAX = 5_000


class Reader:
    """Looks at one application, and hears what it announces."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.loop = GLib.MainLoop()
        self.heard: list[str] = []
        self.listener = Atspi.EventListener.new(lambda event: self.heard.append(str(event.any_data)))
        self.listener.register("object:announcement")
        GLib.io_add_watch(sys.stdin.fileno(), GLib.IO_IN | GLib.IO_HUP, self.read)

    def read(self, _source: int, _condition: Any) -> bool:
        line = sys.stdin.readline()
        if not line:
            self.loop.quit()
            return False
        request = json.loads(line)
        until_s = time.monotonic() + request.get("timeout_s", 0.0)

        def look() -> bool:
            # An object may be gone between two questions about it: look again.
            try:
                answer = getattr(self, request["do"])(*request.get("with", ()))
            except GLib.Error as error:
                answer = None
                print(f"not there any more: {error}", file=sys.stderr)
            if not answer and time.monotonic() < until_s:
                return True
            print(json.dumps(answer), flush=True)
            return False

        if look():
            GLib.timeout_add(LOOK_EVERY_MS, look)
        return True

    # --- requests ---

    def tree(self) -> Any:
        """Everything the application shows."""
        app = self.application()
        return described(app) if app is not None else None

    def find(self, role: str, name: str) -> Any:
        """The first object of a role and a name, with everything below it."""
        found = self.found(role, name)
        return described(found) if found is not None else None

    def press(self, role: str, name: str) -> bool:
        """Do the first action of an object."""
        found = self.found(role, name)
        return found is not None and bool(found.do_action(0))

    def words(self, role: str, name: str) -> list[str]:
        """The text of an object, word by word, as a screen reader walks through it."""
        found = self.found(role, name)
        words, at = [], 0
        while found is not None and at < Atspi.Text.get_character_count(found):
            piece = Atspi.Text.get_string_at_offset(found, at, Atspi.TextGranularity.WORD)
            if piece.end_offset <= at:
                break
            words.append(piece.content)
            at = piece.end_offset
        return words

    def announced(self, words: str) -> list[str]:
        """What has been announced, once these words are among it."""
        return list(self.heard) if any(words in said for said in self.heard) else []

    # --- looking ---

    def application(self) -> Any:
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            app = desktop.get_child_at_index(index)
            if app is not None and self.name in (app.get_name() or ""):
                return app
        return None

    def found(self, role: str, name: str) -> Any:
        waiting = [self.application()]
        while waiting:
            node = waiting.pop(0)
            if node is None:
                continue
            if role_of(node) == role and fits(node.get_name(), name):
                return node
            waiting += [node.get_child_at_index(index) for index in range(node.get_child_count())]
        return None


def fits(name: str, wanted: str) -> bool:
    """Whether a name is the wanted one; a star at the end stands for anything."""
    return name.startswith(wanted[:-1]) if wanted.endswith("*") else name == wanted


def role_of(node: Any) -> str:
    """The role in words; newer systems call a push button just a button."""
    return str(node.get_role_name()).removeprefix("push ")


def described(node: Any, counted: list[int] | None = None) -> dict[str, Any]:
    """An object and everything below it."""
    counted = counted if counted is not None else [0]
    counted[0] += 1
    interfaces = node.get_interfaces()
    has_text, has_action = "Text" in interfaces, "Action" in interfaces
    children = []
    for index in range(node.get_child_count()):
        child = node.get_child_at_index(index) if counted[0] < NODES_MAX else None
        if child is not None:
            children.append(described(child, counted))
    box = Atspi.Component.get_extents(node, Atspi.CoordType.SCREEN) if "Component" in interfaces else None
    return {
        "role": role_of(node),
        "name": node.get_name(),
        "description": node.get_description(),
        "text": Atspi.Text.get_text(node, 0, -1) if has_text else None,
        "states": sorted(state.value_nick for state in node.get_state_set().get_states()),
        "actions": [Atspi.Action.get_action_name(node, at) for at in range(node.get_n_actions())] if has_action else [],
        "attributes": dict(node.get_attributes() or {}),
        "box": [box.x, box.y, box.width, box.height] if box is not None else None,
        "children": children,
    }


if __name__ == "__main__":
    Reader(sys.argv[1]).loop.run()
