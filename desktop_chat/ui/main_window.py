"""The window: sidebar, tabs and page, on the screen before anything else is loaded, and filled when it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QKeyEvent,
    QMoveEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from desktop_chat.core.errors import StoreCorrupt
from desktop_chat.core.settings import Motion, Settings
from desktop_chat.ui.bare_surfaces import bare_surfaces
from desktop_chat.ui.placement import Placement
from desktop_chat.ui.theme import Look

if TYPE_CHECKING:
    from PySide6.QtGui import QPixmap

    from desktop_chat.chat.file_reader import FileReader
    from desktop_chat.chat.keys import Keys
    from desktop_chat.chat.library import Library
    from desktop_chat.chat.network import Network
    from desktop_chat.chat.preferences import Preferences
    from desktop_chat.chat.stream_recorder import StreamRecorder
    from desktop_chat.core.conversation import OpenTab
    from desktop_chat.core.failure import Failure
    from desktop_chat.core.messages import Draft
    from desktop_chat.core.models import ModelCatalog
    from desktop_chat.ui.desk import Desk
    from desktop_chat.ui.transcript.watch import Showing

_PROGRAM: Final = "Desktop Chat"


class MainWindow(QWidget):
    """Starts in three steps, because a person waits for the first: shown with its bare surfaces; `furnish`ed with
    the widgets, whose modules come after the first paint; `attach`ed to the conversations.

    MEASURED 25 ms for the first import of the `Qt` namespace, 2026-11-23: methods that come after the first paint
    import it themselves, like the widgets' modules.

    It never closes itself: `close_requested` asks the program to end in order.
    """

    first_painted = Signal()
    close_requested = Signal()
    repair_requested = Signal()
    restore_requested = Signal()

    def __init__(self, look: Look, settings: Settings) -> None:
        super().__init__()
        self._look = look
        self._settings = settings
        self._desk: Desk | None = None
        self._is_painted = False
        self._is_furnished = False
        self._typed_early = ""
        self.is_quit_wanted = False
        """Whether somebody wanted to quit, perhaps before the program listened to `close_requested`."""
        self._placement = Placement(self)
        self.setWindowTitle(_PROGRAM)
        self._placement.restore(settings.window_geometry)
        self._surfaces = bare_surfaces(self, look.colors, settings)

    def furnish(self) -> None:
        """Build the widgets; what was typed before stands in the composer."""
        from PySide6.QtWidgets import QVBoxLayout

        from desktop_chat.ui.dialogs import Dialogs
        from desktop_chat.ui.drop_overlay import DropZone
        from desktop_chat.ui.links import open_link
        from desktop_chat.ui.notice_bar import NoticeBar, Toasts
        from desktop_chat.ui.shortcuts import make_actions
        from desktop_chat.ui.side_by_side import SideBySide
        from desktop_chat.ui.sidebar import Sidebar
        from desktop_chat.ui.tab_deck import TabDeck
        from desktop_chat.ui.window_commands import WindowCommands

        look, settings = self._look, self._settings
        look.dress()
        self._dialogs = Dialogs(look, self)
        self.sidebar = Sidebar(look)
        self.deck = TabDeck(look, settings)
        self._notices = NoticeBar(look)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._notices)
        column.addWidget(self.deck, 1)
        self._toasts = Toasts(look, page)
        self._sides = SideBySide(self.sidebar, page, settings.sidebar_px, settings.is_sidebar_shown)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        zone = DropZone(look, self._sides, lambda: self.deck.page().may_attach)
        outer.addWidget(zone)
        zone.brought.connect(lambda found: self.deck.page().attach(found))
        zone.text_dropped.connect(self._insert_text)
        self._sides.sidebar_changed.connect(self._follow_sidebar)
        self._sides.focus_left.connect(self.deck.focus)
        self.deck.sidebar_requested.connect(self._sides.toggle_sidebar)
        self.deck.pages.link_opened.connect(self._dialogs.open_link)
        self._dialogs.link_clicked.connect(open_link)
        self._dialogs.key_accepted.connect(self._welcome_key)
        self._dialogs.quit_confirmed.connect(self.quit_now)
        self._dialogs.restore_requested.connect(self.restore_requested)
        self._notices.action_clicked.connect(self.repair_requested)
        self._commands = WindowCommands(self, zone, self._sides, self.sidebar, self.deck, self._dialogs, self._toasts)
        self.actions_by_command = make_actions(self, self._commands.handlers())
        self._is_furnished = True
        for surface in self._surfaces:
            surface.deleteLater()
        self._surfaces = ()
        self._follow_sidebar()
        self.deck.focus()
        self.deck.page().composer.insert_text(self._typed_early)

    def attach(
        self,
        library: Library,
        preferences: Preferences,
        keys: Keys,
        tabs: tuple[OpenTab, ...],
        *,
        catalog: ModelCatalog,
        network: Network,
        is_demo: bool = False,
        data_dir: str = "",
        showing: Showing | None = None,
        recorder: StreamRecorder | None = None,
        files: FileReader | None = None,
    ) -> None:
        """Fill the window: list, tabs, the current conversation; what was typed so far stays in the composer."""
        from desktop_chat.ui.deletion import Deletion
        from desktop_chat.ui.desk import Desk
        from desktop_chat.ui.detaching import Detaching
        from desktop_chat.ui.dropping import Dropping
        from desktop_chat.ui.network import OfflineNotice
        from desktop_chat.ui.window_sidebar import WindowSidebar

        desk = self._desk = Desk(library, preferences, keys, catalog, is_demo, showing, files)
        self._dialogs.attach(desk, data_dir)
        self._commands.attach(desk)
        Dropping(desk, self.deck, self._toasts)
        Detaching(self.deck, self._toasts)
        OfflineNotice(network, preferences, library, self._notices)
        sidebar = WindowSidebar(self, desk, self.sidebar, self.deck, self.actions_by_command)
        sidebar.pass_on(self._commands, self._dialogs, Deletion(desk, self.deck, self._toasts))
        if recorder is not None:
            from desktop_chat.ui.inspecting import Inspecting

            inspecting = Inspecting(self._look, desk, recorder, self)
            self.deck.pages.inspect_requested.connect(inspecting.open)
            self.close_requested.connect(inspecting.close)
        self._connect_facts(desk)
        self._show_motion(preferences.settings)
        self.deck.attach(desk, tabs)
        if preferences.problems:
            self.show_problem("\n".join(problem.sentence for problem in preferences.problems))

    def _connect_facts(self, desk: Desk) -> None:
        from desktop_chat.ui.shortcuts import Command

        self.deck.title_changed.connect(self._show_title)
        self.deck.pages.recent_requested.connect(self._dialogs.open_recent_texts)
        self.deck.pages.attach_requested.connect(self.actions_by_command[Command.ATTACH].trigger)
        self.deck.pages.key_requested.connect(self._dialogs.open_key)
        self.deck.pages.settings_requested.connect(self._dialogs.open_settings)
        library = desk.library
        library.recent_texts.taken.connect(self._take_draft)
        library.store_failed.connect(self.show_store_failure)
        library.store_recovered.connect(self._notices.hide_banner)
        desk.preferences.settings_changed.connect(self._show_settings)
        desk.preferences.problem_found.connect(self.show_problem)
        self._placement.changed.connect(lambda place: desk.preferences.change(window_geometry=place))

    # --- for the program

    @property
    def is_settled(self) -> bool:
        """Whether the tab in view shows everything there is: nothing is written, nothing waits to be painted."""
        return self._desk is not None and self.deck.page().is_settled

    def grab_window(self) -> QPixmap:
        """Take a picture of the window as it is."""
        return self.grab()

    def ask(self, text: str) -> str | None:
        """Send a text from a new tab (or the blank one in view); give the conversation's id, None if not sent."""
        if self._desk is None:
            return None
        if not self.deck.page().is_blank:
            self.deck.open_new()
        return self.deck.current_id if self.deck.page().ask(text) else None

    def raise_window(self) -> None:
        """Come to the front, also out of the task bar."""
        from PySide6.QtCore import Qt

        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    # --- facts

    def _show_title(self, title: str) -> None:
        # Qt takes `[*]` for the place of a mark, and two of them for one that is meant.
        self.setWindowTitle(f"{title.replace('[*]', '[*][*]')} — {_PROGRAM}")

    def _show_settings(self, settings: Settings) -> None:
        self._look.set_theme(settings.theme)
        self._show_motion(settings)

    def _show_motion(self, settings: Settings) -> None:
        from desktop_chat.ui.transcript.moving.motion import reduce_motion

        reduce_motion(settings.motion is Motion.REDUCED)

    def _welcome_key(self) -> None:
        self._toasts.show_toast("The key works.")
        self.deck.focus()

    def _take_draft(self, draft: Draft) -> None:
        composer = self.deck.page().composer
        composer.take_in(draft.text, draft.attachments)
        composer.focus()

    def _insert_text(self, text: str) -> None:
        self.deck.page().composer.insert_text(text)

    def show_problem(self, sentence: str) -> None:
        """Say in the banner what went wrong for the whole program."""
        self._notices.show_banner(sentence)

    def show_store_failure(self, failure: Failure) -> None:
        """Say in the banner that something could not be stored or read, and offer what helps."""
        # Only what a repair can mend has a button.
        label = "Repair…" if failure.kind == StoreCorrupt.__name__ else ""
        self._notices.show_banner(f"{failure.title} {failure.detail}".strip(), is_error=True, action_label=label)

    def _follow_sidebar(self) -> None:
        sides = self._sides
        self.deck.strip.set_sidebar_button_shown(not sides.is_sidebar_shown or sides.is_narrow)
        if self._desk is not None:
            self._desk.preferences.change(sidebar_px=sides.sidebar_px, is_sidebar_shown=sides.is_sidebar_wanted)

    # --- events

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take keys that nobody wanted: letters, and what is pasted, go to the composer; Return presses a button."""
        from PySide6.QtCore import Qt
        from PySide6.QtGui import QKeySequence

        from desktop_chat.ui.composer_text import is_paste_text
        from desktop_chat.ui.return_key import has_pressed

        is_text = bool(event.text()) and event.text().isprintable()
        held = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if not self._is_furnished:
            self._typed_early += event.text() if is_text and not held else ""
        elif (is_text and not held) or event.matches(QKeySequence.StandardKey.Paste) or is_paste_text(event):
            composer = self.deck.page().composer
            composer.focus()
            target = QApplication.focusWidget()
            if target is not None and composer.isAncestorOf(target):
                QApplication.sendEvent(target, event)
                return
        elif has_pressed(event):
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if not self._is_furnished:
            # Nothing to follow yet, and the look at `event.type()` builds an enum of 200 members.
            return
        if event.type() == QEvent.Type.WindowStateChange:
            self._placement.note_change()
        if event.type() == QEvent.Type.ActivationChange and self._desk is not None and self.isActiveWindow():
            current_id = self.deck.current_id
            if current_id is not None:
                self._desk.library.mark_seen(current_id)

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._placement.note_change()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._placement.note_change()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._is_painted:
            self._is_painted = True
            # After this paint has reached the screen, not in the midst of it.
            QTimer.singleShot(0, self, self.first_painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        busy_count = len(self._desk.library.busy_ids()) if self._desk is not None else 0
        if busy_count == 0:
            self.quit_now()
        else:
            self._dialogs.ask_to_quit(busy_count)

    def quit_now(self) -> None:
        """Ask the program to end without asking anybody; what was typed is handed over first."""
        self.is_quit_wanted = True
        self.hand_over()
        if self._is_furnished:
            from desktop_chat.ui.transcript.taking.taking import settle_clipboard

            settle_clipboard()
        self.close_requested.emit()

    def hand_over(self) -> None:
        """Have written down what is only in the window: where it stands, what was typed, the tabs."""
        self._placement.tell()
        if self._is_furnished:
            self.deck.pages.flush_drafts()
            self.deck.remember()
