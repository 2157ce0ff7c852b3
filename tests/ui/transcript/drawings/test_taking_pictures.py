"""Pictures and files that were sent can be had back: copied, saved under their names, by mouse and by keyboard."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox

from desktop_chat.core.attachments import PDF, Attachment
from desktop_chat.core.messages import user_message
from desktop_chat.ui.transcript.drawings.picture_viewer import PictureViewer
from desktop_chat.ui.transcript.drawings.pictures import Picture
from desktop_chat.ui.transcript.drawings.pictures_part import PicturesPart
from desktop_chat.ui.transcript.page import Spot
from desktop_chat.ui.transcript.parts.part import Deed, Target
from desktop_chat.ui.transcript.taking import picture_copying
from tests.helpers.file_samples import PDF as PDF_FILE
from tests.ui.transcript.drawings.test_pictures import block, bomb, file_of, sent
from tests.ui.transcript.stage import Stage

PNG_FILE, JPEG_FILE = file_of(300, 200), file_of(200, 300, "JPEG")


@pytest.fixture(autouse=True)
def _clipboard(qapp: object) -> Iterator[None]:
    QGuiApplication.clipboard().setText("kept")
    yield
    # What Python put there would be let go of when Python is no more.
    QGuiApplication.clipboard().clear()


def document(file: bytes | str, title: str = "paper.pdf") -> dict[str, object]:
    """A block that holds a PDF, or base64 as it stands."""
    data = file if isinstance(file, str) else base64.b64encode(file).decode()
    return {"type": "document", "title": title, "source": {"type": "base64", "media_type": PDF, "data": data}}


def actions_at(stage: Stage, spot: Spot | None, target: Target | None) -> dict[str, QAction]:
    menu = stage.view._menu.build(spot, target)
    return {action.text().replace("&", ""): action for action in menu.actions()}


def menu_of(stage: Stage, deed: Deed, number: int = 0) -> dict[str, QAction]:
    """What the menu offers on a target."""
    return actions_at(stage, *stage.targets(deed)[number])


def dialog_of(stage: Stage) -> QFileDialog:
    (dialog,) = stage.view.findChildren(QFileDialog)
    assert not dialog.testOption(QFileDialog.Option.DontConfirmOverwrite)
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    return dialog


def choose(stage: Stage, path: Path) -> str:
    """Choose where to save; gives the name that was suggested."""
    dialog = dialog_of(stage)
    name = Path(dialog.selectedFiles()[0]).name
    dialog.fileSelected.emit(str(path))
    dialog.close()
    stage.qtbot.waitUntil(lambda: not stage.view.findChildren(QFileDialog))
    return name


def copied(stage: Stage) -> QMimeData:
    stage.qtbot.waitUntil(lambda: not QGuiApplication.clipboard().text())
    data = QGuiApplication.clipboard().mimeData()
    assert data.formats() == ["image/png"]
    return data


def viewer_of(stage: Stage) -> PictureViewer:
    (viewer,) = stage.view.findChildren(PictureViewer)
    stage.qtbot.waitUntil(lambda: viewer.is_shown)
    return viewer


def close(stage: Stage, viewer: PictureViewer) -> None:
    viewer.close()
    stage.qtbot.waitUntil(lambda: not stage.view.findChildren(PictureViewer))


# --- copying


def test_a_png_is_copied_as_it_is_and_nothing_else(stage: Stage) -> None:
    file = PNG_FILE + b"what no encoder would write"
    stage.show(sent(block(file)))
    menu_of(stage, Deed.SHOW_PICTURE)["Copy picture"].trigger()
    assert copied(stage).data("image/png").data() == file


def test_a_picture_of_another_kind_is_copied_as_png(stage: Stage) -> None:
    stage.show(sent(block(PNG_FILE), block(JPEG_FILE)))
    menu_of(stage, Deed.SHOW_PICTURE, 1)["Copy picture"].trigger()
    image = QImage.fromData(bytes(copied(stage).data("image/png").data()))
    assert (image.width(), image.height()) == (200, 300)


def test_systems_that_know_pictures_as_pixels_get_them_too(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture_copying, "WANTS_PIXELS", True)
    stage.show(sent(block(PNG_FILE)))
    menu_of(stage, Deed.SHOW_PICTURE)["Copy picture"].trigger()
    stage.qtbot.waitUntil(lambda: QGuiApplication.clipboard().mimeData().hasImage())
    data = QGuiApplication.clipboard().mimeData()
    assert data.data("image/png").data() == PNG_FILE
    assert not data.hasText()


def test_a_picture_whose_body_is_broken_is_told_and_leaves_the_clipboard(stage: Stage) -> None:
    stage.show(sent(block(bomb(300, 200))))
    menu_of(stage, Deed.SHOW_PICTURE)["Copy picture"].trigger()
    stage.qtbot.waitUntil(lambda: bool(stage.view.findChildren(QMessageBox)))
    (box,) = stage.view.findChildren(QMessageBox)
    assert (box.text(), box.informativeText()) == ("The picture could not be copied.", "It is damaged.")
    assert QGuiApplication.clipboard().text() == "kept"
    box.close()
    stage.qtbot.waitUntil(lambda: not stage.view.findChildren(QMessageBox))


def test_what_is_copied_while_a_picture_is_being_made_stays(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    gate, real = threading.Event(), picture_copying._made

    def held(picture: Picture) -> object:
        gate.wait(10)
        return real(picture)

    monkeypatch.setattr(picture_copying, "_made", held)
    stage.show(sent(block(PNG_FILE)))
    menu_of(stage, Deed.SHOW_PICTURE)["Copy picture"].trigger()
    QGuiApplication.clipboard().setText("newer")
    gate.set()
    work = stage.view._deeds._copying
    assert work is not None
    stage.qtbot.waitUntil(lambda: not work._work._jobs)
    assert QGuiApplication.clipboard().text() == "newer"


# --- the menu


def test_the_menu_is_for_the_picture_that_is_meant_and_for_no_other_place(stage: Stage) -> None:
    stage.show(sent(block(PNG_FILE), document(PDF_FILE)))
    own = {"Copy picture", "Save picture…", "Save file…"}
    assert own & menu_of(stage, Deed.SHOW_PICTURE).keys() == {"Copy picture", "Save picture…"}
    assert own & menu_of(stage, Deed.SAVE_FILE).keys() == {"Save file…"}
    assert not own & actions_at(stage, stage.part(PicturesPart), None).keys()


def test_a_right_click_and_the_menu_key_open_the_menu_of_the_picture(stage: Stage) -> None:
    stage.show(sent(block(PNG_FILE)))
    opened: list[tuple[Spot | None, Target | None]] = []
    menu = stage.view._menu

    def build(spot: Spot | None, target: Target | None, latex: str = "") -> QMenu:
        opened.append((spot, target))
        return QMenu(stage.view)

    menu.build = build  # type: ignore[method-assign]
    (spot, target), *_ = stage.targets(Deed.SHOW_PICTURE)
    menu.open_at(spot.rect_of(target).center(), QPoint())
    stage.view.setFocus()
    QTest.keyClick(stage.view, Qt.Key.Key_Tab)
    menu.open_at_keyboard()
    assert [found.deed for _, found in opened if found] == [Deed.SHOW_PICTURE, Deed.SHOW_PICTURE]


# --- saving a picture


def test_a_picture_is_saved_from_the_menu_byte_for_byte(stage: Stage, tmp_path: Path) -> None:
    stage.show(sent(block(JPEG_FILE)))
    menu_of(stage, Deed.SHOW_PICTURE)["Save picture…"].trigger()
    assert choose(stage, tmp_path / "out") == "picture.jpeg"
    stage.qtbot.waitUntil((tmp_path / "out").exists)
    assert (tmp_path / "out").read_bytes() == JPEG_FILE


@pytest.mark.parametrize("is_by_key", [True, False])
def test_the_viewer_copies_and_saves_by_key_and_by_its_menu(stage: Stage, tmp_path: Path, is_by_key: bool) -> None:
    stage.show(sent(block(PNG_FILE)))
    stage.click(Deed.SHOW_PICTURE)
    viewer = viewer_of(stage)
    assert viewer.contextMenuPolicy() is Qt.ContextMenuPolicy.ActionsContextMenu
    copy, save = viewer.actions()
    assert (copy.text(), save.text()) == ("&Copy picture", "&Save picture…")

    def act(action: QAction, key: Qt.Key) -> None:
        if is_by_key:
            QTest.keyClick(viewer, key, Qt.KeyboardModifier.ControlModifier)
        else:
            action.trigger()

    act(copy, Qt.Key.Key_C)
    assert copied(stage).data("image/png").data() == PNG_FILE
    act(save, Qt.Key.Key_S)
    assert choose(stage, tmp_path / "out.png") == "picture.png"
    stage.qtbot.waitUntil((tmp_path / "out.png").exists)
    assert (tmp_path / "out.png").read_bytes() == PNG_FILE
    close(stage, viewer)


def test_what_is_saved_from_a_picture_puts_no_tick_on_what_was_saved_before(stage: Stage, tmp_path: Path) -> None:
    stage.show(sent(block(PNG_FILE), document(PDF_FILE)))
    deeds, taking = stage.view._deeds, stage.view._taking
    stage.click(Deed.SAVE_FILE)
    with stage.qtbot.waitSignal(deeds._saving.saved):
        choose(stage, tmp_path / "a.pdf")
    taking._drop_tick()
    menu_of(stage, Deed.SHOW_PICTURE)["Save picture…"].trigger()
    with stage.qtbot.waitSignal(deeds._saving.saved):
        choose(stage, tmp_path / "b.png")
    assert taking.copied is None


# --- saving a file


def by_click(stage: Stage) -> None:
    stage.click(Deed.SAVE_FILE)


def by_key(stage: Stage) -> None:
    stage.view.setFocus()
    QTest.keyClick(stage.view, Qt.Key.Key_Tab)
    QTest.keyClick(stage.view, Qt.Key.Key_Return)


def by_menu(stage: Stage) -> None:
    menu_of(stage, Deed.SAVE_FILE)["Save file…"].trigger()


@pytest.mark.parametrize("act", [by_click, by_key, by_menu])
def test_a_pdf_is_saved_under_its_name_byte_for_byte(
    stage: Stage, tmp_path: Path, act: Callable[[Stage], None]
) -> None:
    stage.show(sent(document(PDF_FILE, "../Annual report.pdf")))
    act(stage)
    with stage.qtbot.waitSignal(stage.view._deeds._saving.saved):
        assert choose(stage, tmp_path / "out.pdf") == "_Annual report.pdf"
    assert (tmp_path / "out.pdf").read_bytes() == PDF_FILE
    assert stage.view._taking.copied is not None
    assert stage.view._taking.done == "Saved"


def test_the_card_says_what_a_click_does_and_looks_so(stage: Stage) -> None:
    stage.show(sent(document(PDF_FILE)))
    ((spot, target),) = stage.targets(Deed.SAVE_FILE)
    assert target.tip == "Save the file…"
    assert target.words.startswith("paper.pdf, PDF · ")
    assert "Save the file…" in stage.view._tip_at(spot.rect_of(target).center())
    QTest.mouseMove(stage.view.viewport(), spot.rect_of(target).center().toPoint())
    stage.wait_until(lambda: stage.view.viewport().cursor().shape() is Qt.CursorShape.PointingHandCursor)


def test_the_card_shows_that_its_file_was_saved(stage: Stage) -> None:
    stage.show(sent(document(PDF_FILE)))
    ((spot, target),) = stage.targets(Deed.SAVE_FILE)
    before = stage.view.viewport().grab().toImage()
    stage.view._taking.show_tick(spot, target.name, "Saved")
    stage.wait()
    assert stage.view.viewport().grab().toImage() != before


def test_a_text_that_unfolds_can_be_saved_from_the_menu(stage: Stage, tmp_path: Path) -> None:
    text = "a = 'ü'\r\n"
    stage.show(user_message("c", None, "Why?", (Attachment.of("seeds.py", text.encode()),)))
    menu_of(stage, Deed.FOLD)["Save file…"].trigger()
    with stage.qtbot.waitSignal(stage.view._deeds._saving.saved):
        assert choose(stage, tmp_path / "out.py") == "seeds.py"
    assert (tmp_path / "out.py").read_bytes() == text.encode()


def test_a_picture_that_cannot_be_shown_can_be_saved(stage: Stage, tmp_path: Path) -> None:
    file = bomb(20_000, 20_000)
    stage.show(sent(block(file)))
    by_click(stage)
    assert choose(stage, tmp_path / "out.png") == "picture.png"
    stage.qtbot.waitUntil((tmp_path / "out.png").exists)
    assert (tmp_path / "out.png").read_bytes() == file


@pytest.mark.parametrize("source", [{"type": "url", "url": "http://127.0.0.1:9/a.pdf"}, {"type": "file"}, None])
def test_a_card_whose_file_is_elsewhere_offers_nothing(stage: Stage, source: object) -> None:
    stage.show(sent({"type": "document", "title": "a.pdf", "source": source}))
    assert stage.part(PicturesPart).part.targets() == ()


def test_a_damaged_file_is_told_and_an_older_one_stays(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_text("older")
    stage.show(sent(document("QUJD" * 300_000 + "A")))
    by_click(stage)
    choose(stage, path)
    stage.qtbot.waitUntil(lambda: bool(stage.view.findChildren(QMessageBox)))
    (box,) = stage.view.findChildren(QMessageBox)
    assert "damaged" in box.informativeText()
    assert path.read_text() == "older"
    assert [each.name for each in tmp_path.iterdir()] == ["paper.pdf"]
    box.close()
    stage.qtbot.waitUntil(lambda: not stage.view.findChildren(QMessageBox))
