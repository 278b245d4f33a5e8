"""A damaged store put aside: nothing deleted, what can be read taken over."""

import hashlib
import shutil
from pathlib import Path

import pytest

from desktop.services.contact import Contact, Draft
from desktop.services.files import Shelf
from desktop.services.problems import StoreFault
from desktop.services.rescue import mend, rescue
from desktop.services.store import Store
from tests.services.conftest import KEY


def drafted(store: Store, contact: Contact, folder: Path, drafts: int) -> Path:
    """A copy of a store as a power cut leaves it: its latest commits are in the write-ahead log alone."""
    for number in range(drafts):
        contact.keep_draft(Draft(key=f"request {number}", text=f"à moitié écrit {number}"))
    folder.mkdir()
    for tail in ("", "-wal"):
        shutil.copy(folder.parent / "profile" / f"store.db{tail}", folder / f"store.db{tail}")
    return folder / "store.db"


def test_what_is_in_the_log_alone_is_taken_over(tmp_path: Path, store: Store, contact: Contact) -> None:
    path = drafted(store, contact, tmp_path / "cut", 3)
    rescued = rescue(path, KEY)
    assert (rescued.wishes, rescued.drafts) == (0, 3)
    assert rescued.aside == path.with_name("store.damaged-1.db")
    assert rescued.aside.exists()
    made = Store(path, KEY)
    try:
        assert made.query("SELECT key FROM drafts ORDER BY key") == [(f"request {number}",) for number in range(3)]
    finally:
        made.close()


def test_rows_on_both_sides_of_the_damage_are_taken_over(tmp_path: Path, store: Store, contact: Contact) -> None:
    text = "à moitié écrit " * 500
    for number in range(60):
        contact.keep_draft(Draft(key=f"request {number:02d}", text=text))
    store.close()
    path = tmp_path / "profile" / "store.db"
    content = bytearray(path.read_bytes())
    middle = len(content) * 3 // 5 // 4096 * 4096
    content[middle : middle + 4096] = bytes(4096)
    path.write_bytes(bytes(content))
    rescued = rescue(path, KEY)
    assert 0 < rescued.drafts < 60


def test_a_damaged_shelf_is_put_aside_alone_and_gives_what_can_be_read(
    tmp_path: Path, store: Store, contact: Contact, shelf: Shelf
) -> None:
    contact.keep_draft(Draft(key="request 1", text="à moitié écrit"))
    kept = [shelf.stage_bytes(f"{turn}.txt", f"{turn} ".encode() * 20_000).sha256 for turn in range(12)]
    shelf.close()
    store.close()
    folder = tmp_path / "profile"
    content = bytearray((folder / "shelf.db").read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = bytes(4096)
    (folder / "shelf.db").write_bytes(bytes(content))
    mended = mend(folder / "store.db", folder / "shelf.db", KEY)
    assert mended.store is None, "the store is whole, and stays"
    assert mended.shelf is not None
    assert mended.shelf.name == "shelf.damaged-1.db"
    assert mended.shelf.read_bytes()[:16] == bytes(content[:16])
    made = Shelf(folder / "shelf.db", KEY)
    try:
        held = made.held(kept)
        assert 6 <= len(held) < 12
        assert all(hashlib.sha256(made.content(sha256) or b"").hexdigest() == sha256 for sha256 in held)
    finally:
        made.close()


def test_a_shelf_that_cannot_be_opened_at_all_is_put_aside(tmp_path: Path, store: Store, shelf: Shelf) -> None:
    shelf.close()
    store.close()
    path = tmp_path / "profile" / "shelf.db"
    path.write_bytes(b"no shelf at all" * 1000)
    mended = mend(tmp_path / "profile" / "store.db", path, KEY)
    assert (mended.store, mended.shelf) == (None, path.with_name("shelf.damaged-1.db"))
    Shelf(path, KEY).close()


def test_the_store_is_rescued_when_the_shelf_is_whole(tmp_path: Path, store: Store, shelf: Shelf) -> None:
    shelf.close()
    store.close()
    folder = tmp_path / "profile"
    mended = mend(folder / "store.db", folder / "shelf.db", KEY)
    assert mended.shelf is None
    assert mended.store is not None


def test_each_damaged_file_keeps_its_own_name(tmp_path: Path, store: Store, contact: Contact) -> None:
    path = drafted(store, contact, tmp_path / "cut", 1)
    assert rescue(path, KEY).aside.name == "store.damaged-1.db"
    again = rescue(path, KEY)
    assert again.aside.name == "store.damaged-2.db"
    assert again.drafts == 1, "what was taken over once is taken over again"


def test_a_file_that_is_no_store_gives_nothing_and_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b"no store at all" * 1000)
    rescued = rescue(path, KEY)
    assert (rescued.wishes, rescued.drafts) == (0, 0)
    assert rescued.aside.read_bytes().startswith(b"no store at all")
    Store(path, KEY).close()


def test_another_key_takes_nothing_over_and_deletes_nothing(tmp_path: Path, store: Store, contact: Contact) -> None:
    path = drafted(store, contact, tmp_path / "cut", 2)
    before = path.read_bytes()
    rescued = rescue(path, bytes(32))
    assert rescued.drafts == 0
    assert rescued.aside.read_bytes() == before


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b"x" * 100)

    def refuse(self: Path, _target: Path) -> Path:
        raise PermissionError(13, "no", str(self))

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(StoreFault) as caught:
        rescue(path, KEY)
    assert caught.value.detail == "aside"
    assert path.exists()
