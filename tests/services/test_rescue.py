"""A damaged store put aside: nothing deleted, what can be read taken over."""

import shutil
from pathlib import Path

import pytest

from desktop.services.contact import Contact, Draft
from desktop.services.problems import StoreFault
from desktop.services.rescue import rescue
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
