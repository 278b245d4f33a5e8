"""The encrypted store: transactions and their bell, and every fault of disk, file and key with its own way out."""

import gc
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from desktop.services import cipher
from desktop.services.contact import NEW, Contact, Draft
from desktop.services.files import Shelf
from desktop.services.lock import Lock
from desktop.services.outbox import Outbox
from desktop.services.problems import Remedy, StoreFault
from desktop.services.store import Store
from tests.services import killing, powercut
from tests.services.conftest import KEY
from tests.services.world import World


def kept(store: Store) -> list[tuple[str, str]]:
    return [(name, value) for name, value in store.query("SELECT name, value FROM facts ORDER BY name")]


def keep(store: Store, name: str, *topics: str) -> None:
    with store.write(*topics) as db:
        db.execute("INSERT INTO facts (name, value) VALUES (?, 'x')", (name,))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_what_is_kept_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        for turn in range(2):
            store, shelf = Store(tmp_path / "own" / "store.db", KEY), Shelf(tmp_path / "own" / "shelf.db", KEY)
            keep(store, str(turn))
            shelf.stage_bytes("a.txt", b"a")
            modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "own").iterdir()}
            store.close()
            shelf.close()
            assert {"store.db", "store.db-wal", "shelf.db", "shelf.db-wal", "store.db.lock"} <= modes.keys()
            assert set(modes.values()) == {0o600}
            (tmp_path / "own" / "store.db").chmod(0o644)
    finally:
        os.umask(before)


# Transactions and the bell


def test_the_bell_rings_after_the_commit_with_the_topics_from_the_writing_thread(store: Store) -> None:
    heard: list[tuple[frozenset[str], int, list[tuple[str, str]]]] = []
    stop = store.listen(lambda topics: heard.append((topics, threading.get_ident(), kept(store))))
    keep(store, "a", "contact", "outbox")
    stop()
    seen = store.version("contact"), store.version("outbox"), store.version("contact", "outbox")
    keep(store, "b", "contact")
    assert (store.version("contact"), store.version("outbox")) == (seen[0] + 1, seen[1])
    assert store.version("contact", "outbox") == seen[2] + 1
    assert heard == [(frozenset({"contact", "outbox"}), threading.get_ident(), [("a", "x")])]


def test_a_transaction_that_fails_leaves_nothing_and_rings_nobody(store: Store) -> None:
    heard: list[frozenset[str]] = []
    store.listen(heard.append)
    before = store.version("contact")

    def fail() -> None:
        with store.write("contact") as db:
            store.afterwards(lambda: heard.append(frozenset({"never"})))
            db.execute("INSERT INTO facts (name, value) VALUES ('a', 'x')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (kept(store), heard, store.version("contact")) == ([], [], before)
    keep(store, "b", "contact")
    assert heard == [frozenset({"contact"})]


def test_a_slip_of_ours_stays_what_it_is(store: Store) -> None:
    with pytest.raises(apsw.SQLError):
        store.query("SELECT nothing FROM nowhere")
    with pytest.raises(apsw.ConstraintError), store.write() as db:
        db.execute("INSERT INTO facts (name, value) VALUES ('a', NULL)")
    with pytest.raises(RuntimeError, match="inside"), store.write(), store.write():
        pass
    with pytest.raises(RuntimeError):
        store.afterwards(lambda: None)


def test_writers_take_turns_and_readers_see_whole_commits(store: Store) -> None:
    counts: list[int] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            counts.append(store.query("SELECT count(*) FROM facts")[0][0])
        counts.append(store.query("SELECT count(*) FROM facts")[0][0])

    def write(name: str) -> None:
        for turn in range(20):
            with store.write() as db:
                for half in range(2):
                    db.execute("INSERT INTO facts (name, value) VALUES (?, '')", (f"{name}.{turn}.{half}",))

    reader = threading.Thread(target=read)
    writers = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    reader.start()
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    done.set()
    reader.join()
    assert counts[-1] == 120
    assert all(count % 2 == 0 for count in counts)


def test_whoever_waits_to_write_goes_before_who_has_just_written(store: Store) -> None:
    """As the person does while a long answer is taken in, transaction after transaction."""
    thread = threading.Thread(target=keep, args=(store, "hers"))
    with store.write():
        thread.start()
        until = time.monotonic() + 60
        while not store._door.locked():
            assert time.monotonic() < until
    with store.write() as db:
        names = [name for (name,) in db.execute("SELECT name FROM facts WHERE name = 'hers'")]
    thread.join(60)
    assert names == ["hers"]


def test_a_reading_connection_does_not_write(store: Store) -> None:
    with pytest.raises(apsw.ReadOnlyError):
        store.read().execute("DELETE FROM facts")


def test_a_long_reading_is_cut_short_by_the_name_of_its_thread(store: Store) -> None:
    found: list[type[BaseException]] = []
    begun = threading.Event()
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

    def read() -> None:
        store.query("SELECT 1")
        begun.set()
        try:
            store.query(endless)
        except apsw.InterruptError as error:
            found.append(type(error))

    thread = threading.Thread(target=read, name="reader")
    thread.start()
    assert begun.wait(10)
    while thread.is_alive():
        store.interrupt("reader")
        thread.join(0.01)
    assert found == [apsw.InterruptError]


def test_readers_of_dead_threads_are_let_go(store: Store) -> None:
    thread = threading.Thread(target=lambda: store.query("SELECT 1"))
    thread.start()
    thread.join()
    gc.collect()
    assert len(store._readers) == 0


# Schema


def test_views_are_made_anew_at_each_start_and_tables_keep_their_rows(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = Store(path, KEY)
    keep(store, "a")
    with store.write() as db:
        db.execute("DROP VIEW shown_requests")
        db.execute("CREATE VIEW of_old AS SELECT 1")
    store.close()
    store = Store(path, KEY)
    assert kept(store) == [("a", "x")]
    assert store.query("SELECT * FROM shown_requests") == []
    assert store.query("SELECT name FROM sqlite_schema WHERE name = 'of_old'") == []
    store.close()


def test_leaves_of_an_earlier_version_are_known_by_their_employee(tmp_path: Path) -> None:
    """004 on a store that 003 left, with a leave in it: what it adds is worked out of what is there."""
    path, columns = tmp_path / "store.db", ("matricule_sign", "nir_sign", "name_sign")
    store = Store(path, KEY)
    with store.write() as db:
        db.execute(
            "INSERT INTO leaves VALUES (1, 'a', 1, 's', '8', 'Lefèvre', 'Zoé', 'A-042', '2 95 10 99 126 111 93', '01',"
            " '2026-11-02', '2026-11-30', 'declared', 'new', 0, 0, 0, '{}', '', '', '')"
        )
        for index in ("leaves_matricule", "leaves_nir", "leaves_name"):
            db.execute(f"DROP INDEX {index}")
        for column in columns:
            db.execute(f"ALTER TABLE leaves DROP COLUMN {column}")
        for later in ("users", "user_places", "user_ends", "users_gone", "lost_rights"):
            db.execute(f"DROP TABLE {later}")
        db.execute("INSERT INTO person VALUES (1, 'p', 'Mme', 'Ana', 'Petit', 'ana.petit@exemple.fr')")
        db.pragma("user_version", 3)
    store.close()
    store = Store(path, KEY)
    signs = store.query(f"SELECT {', '.join(columns)} FROM leaves")
    assert signs == [("a 042", "2951099126111", "lefevre\nzoe")]
    assert store.read().pragma("user_version") >= 4
    assert not Lock(store).locked, "what was at work before there was a lock stays open"
    store.close()


def test_the_settings_that_protect_what_is_written(store: Store) -> None:
    with store.write() as db:
        settings = {name: db.pragma(name) for name in ("journal_mode", "synchronous", "trusted_schema", "foreign_keys")}
        assert settings == {"journal_mode": "wal", "synchronous": 2, "trusted_schema": 0, "foreign_keys": 1}
        assert db.pragma("cipher") == "chacha20"
    assert store.read().pragma("cache_size") == -65_536


# Faults, each with its own way out


def fault_of(what: Callable[[], object]) -> StoreFault:
    with pytest.raises(StoreFault) as caught:
        what()
    assert caught.value.sentence.endswith(".")
    return caught.value


def filled(path: Path) -> Path:
    store = Store(path, KEY)
    for turn in range(60):
        keep(store, f"fact {turn} {'x' * 900}")
    store.close()
    return path


def test_a_wrong_key_leaves_the_data_intact(tmp_path: Path) -> None:
    path = filled(tmp_path / "store.db")
    before = path.read_bytes()
    fault = fault_of(lambda: Store(path, bytes(32)))
    assert (fault.detail, fault.remedy) == ("wrong-key", Remedy.ASK_SUPPORT)
    assert path.read_bytes() == before
    store = Store(path, KEY)
    assert len(kept(store)) == 60
    store.close()


@pytest.mark.parametrize("content", [b"bonjour" * 1000, b"SQLite format 3\0" + bytes(5000)])
def test_a_file_that_is_none_of_ours_is_not_touched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(content)
    fault = fault_of(lambda: Store(path, KEY))
    assert (fault.detail, fault.remedy) == ("foreign", Remedy.REBUILD)
    assert path.read_bytes() == content


@pytest.mark.parametrize("at", [5, 20, 100, 4096 * 3 + 7, 4096 * 5 + 4090])
def test_a_flipped_bit_is_found_and_never_read_as_data(tmp_path: Path, at: int) -> None:
    path = filled(tmp_path / "store.db")
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)

    def look() -> None:
        store = Store(path, KEY)
        try:
            powercut.check(store)
        finally:
            store.close()

    fault = fault_of(look)
    assert (fault.detail, fault.remedy) in {("damaged", Remedy.REBUILD), ("foreign", Remedy.REBUILD)}


def test_a_file_cut_off_is_found(tmp_path: Path) -> None:
    path = filled(tmp_path / "store.db")
    os.truncate(path, 4096 * 7 + 100)

    def look() -> None:
        store = Store(path, KEY)
        try:
            powercut.check(store)
        finally:
            store.close()

    assert fault_of(look).detail == "damaged"


def test_data_of_a_newer_version_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = Store(path, KEY)
    with store.write() as db:
        db.pragma("user_version", 99)
    store.close()
    fault = fault_of(lambda: Store(path, KEY))
    assert fault.detail == "newer 99"
    assert "plus récente" in fault.sentence
    assert cipher.Claim(path, KEY).release() is None


def test_one_process_owns_a_profile(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.db", KEY)
    fault = fault_of(lambda: Store(tmp_path / "store.db", KEY))
    assert (fault.detail, fault.remedy) == ("owned", Remedy.RETRY)
    store.close()
    Store(tmp_path / "store.db", KEY).close()


@pytest.mark.skipif(sys.platform == "win32", reason="rights of folders are told otherwise on Windows")
def test_a_folder_that_is_read_only_says_so() -> None:
    """In another process, which gives up the rights of root when it has them: root may write everywhere."""
    code = (
        "import os, sys, pathlib; from desktop.services.store import Store\n"
        "from desktop.services.problems import StoreFault\n"
        "if os.geteuid() == 0: os.setgid(65534); os.setuid(65534)\n"
        "try: Store(pathlib.Path(sys.argv[1]) / 'store.db', bytes(32))\n"
        "except StoreFault as fault: print(fault.detail)\n"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "profile"
        folder.mkdir()
        folder.chmod(0o555)
        Path(name).chmod(0o755)
        ran = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=False)
        assert ran.stdout.strip() == "read-only", ran.stderr


class _Full(apsw.VFS):
    """A disk with so many bytes left."""

    def __init__(self) -> None:
        self.left = 1 << 30
        super().__init__("fulldisk", "unix")

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return _FullFile(self, name, flags)


class _FullFile(apsw.VFSFile):
    def __init__(self, disk: _Full, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        super().__init__("unix", name, flags)
        self._disk = disk

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._disk.left -= len(data)
        if self._disk.left < 0:
            raise apsw.FullError
        super().xWrite(data, offset)


def test_a_full_disk_says_so_loses_nothing_and_needs_no_restart(tmp_path: Path) -> None:
    disk = _Full()
    try:
        store = Store(tmp_path / "store.db", KEY, vfs="multipleciphers-fulldisk")
        outbox = Outbox(store, hold_seconds=0)
        contact = Contact(store, outbox)
        disk.left = 40_000
        acknowledged: list[str] = []

        def go_on() -> None:
            for turn in range(1000):
                contact.keep_draft(Draft(key=f"draft {turn}", text="x" * 500))
                acknowledged.append(f"draft {turn}")

        fault = fault_of(go_on)
        assert (fault.detail, fault.remedy) == ("full", Remedy.FREE_SPACE)
        assert acknowledged
        assert contact.drafts() >= set(acknowledged)
        disk.left = 1 << 30
        contact.keep_draft(Draft(key="once more", text="there is room again"))
        assert contact.drafts() >= {*acknowledged, "once more"}
        store.close()
    finally:
        disk.unregister()


# Durability


def test_power_cuts_lose_nothing_that_was_acknowledged() -> None:
    said: list[str] = []
    assert powercut.main(40, tell=said.append) == 0, said


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kill -9 is of POSIX")
def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    assert killing.main(6, folder=tmp_path) == 0


# Secrets


def test_nothing_of_the_key_or_of_anybody_is_readable_on_disk_or_in_a_log(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    fill: Callable[..., World],
    contact: Contact,
    shelf: Shelf,
    store: Store,
) -> None:
    caplog.set_level(logging.DEBUG)
    world = fill()
    nir, name = "2850775056123", "Lefèvre-Canari"
    contact.keep_draft(Draft(NEW, f"{name} {nir}"))
    request = world.requests[0]
    contact.reply(Draft(request.request_id, f"Au sujet de {name}, NIR {nir}"), request.state_version)
    shelf.stage_bytes(f"{name}.txt", f"{name} {nir}".encode())
    with pytest.raises(StoreFault):
        Store(tmp_path / "profile" / "store.db", bytes(32))
    canaries = [text.encode() for text in (nir, name, "Lefèvre", "Œhmichen", world.me.email, KEY.hex())]
    canaries += [KEY, *(request.subject.encode() for request in world.requests)]
    live = [path.read_bytes() for path in sorted((tmp_path / "profile").iterdir())]
    store.close()
    shelf.close()
    rest = [path.read_bytes() for path in sorted((tmp_path / "profile").iterdir())]
    assert len(live) >= 5
    assert [canary for canary in canaries for content in live + rest if canary in content] == []
    assert KEY.hex() not in caplog.text
    assert nir not in caplog.text


def test_an_error_about_the_key_does_not_quote_it(tmp_path: Path) -> None:
    for wrong in (b"short", bytes(33)):
        with pytest.raises(ValueError, match="32 bytes") as caught:
            cipher.connect(tmp_path / "a.db", wrong)
        assert wrong.hex() not in str(caught.value)


def test_a_copied_profile_opens_elsewhere_with_its_key(tmp_path: Path) -> None:
    filled(tmp_path / "one" / "store.db")
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    store = Store(tmp_path / "two" / "store.db", KEY)
    assert len(kept(store)) == 60
    store.close()
