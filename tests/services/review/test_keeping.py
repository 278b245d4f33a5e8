"""Kept files: whole and as they were, once each, encrypted, and unharmed by what befalls the disk or each other."""

import errno
import io
import os
import random
import resource
import signal
import stat
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.services.problems import Remedy, StoreFault
from desktop.services.review.keeping import AlreadyKept, Keeping, mend, sealed
from desktop.services.review.reading import opening
from desktop.services.review.reading.source import Source
from desktop.services.review.whole import ReadFile, Unreadable
from tests.services.review import making_bpij, making_tables
from tests.services.review.making_kept import CANARY, KEY, bpij, read, statement

OTHER = bytes(reversed(range(32)))
WHEN = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "review"


@pytest.fixture
def keeping(folder: Path) -> Iterator[Keeping]:
    made = Keeping(folder, KEY)
    yield made
    made.close()


def again(keeping: Keeping, folder: Path, key: bytes = KEY) -> Keeping:
    keeping.close()
    return Keeping(folder, key)


def fault_of(call: Callable[[], object]) -> StoreFault:
    with pytest.raises(StoreFault) as caught:
        call()
    return caught.value


def same(one: ReadFile, other: ReadFile) -> bool:
    rest = [replace(each, frame=pl.DataFrame()) for each in (one, other)]
    beside = [[getattr(each, name) for name in ReadFile.__slots__ if name != "frame"] for each in rest]
    return one.frame.equals(other.frame) and one.frame.schema == other.frame.schema and beside[0] == beside[1]


def sealed_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.kept"))


# What is kept


@pytest.mark.parametrize("source", [statement(), bpij()], ids=["table", "bpij"])
def test_a_file_comes_back_as_it_was_read_and_as_it_came(source: Source, keeping: Keeping, folder: Path) -> None:
    file = read(source)
    kept = keeping.keep(source, file, by="Zoé Martin", at=WHEN)
    assert (kept.lines, kept.rejected, kept.size) == (file.frame.height, len(file.rejected), len(source.data))
    assert (kept.checked, kept.failed) == (len(file.controls), 0)
    reopened = again(keeping, folder)
    assert reopened.files() == (kept,)
    assert same(reopened.reopen(source.sha256), file)
    assert reopened.original(source.sha256).data == source.data
    reopened.close()


def test_an_archive_is_kept_as_it_came(keeping: Keeping) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.xml", bpij().data)
    source = Source("bpij.zip", packed.getvalue())
    keeping.keep(source, read(source))
    assert keeping.original(source.sha256).data == packed.getvalue()
    raw = keeping.raw(source.sha256, 2)
    assert raw is not None
    assert "RETCSJ" in raw.text


def test_the_same_bytes_are_refused_whatever_their_name(keeping: Keeping) -> None:
    keeping.keep(statement(), read(statement()), by="Zoé Martin", at=WHEN)
    twin = statement(name="copie de releve.csv")
    with pytest.raises(AlreadyKept) as refusal:
        keeping.keep(twin, read(twin))
    assert refusal.value.kept == keeping.files()[0]
    assert "«\u00a0releve.csv\u00a0», importé le 12/03/2026 par Zoé Martin" in refusal.value.sentence
    with pytest.raises(AlreadyKept):
        keeping.refuse_again(twin.sha256)
    assert len(keeping.files()) == 1


def test_an_erased_file_is_gone_and_may_come_again(keeping: Keeping, folder: Path) -> None:
    keeping.keep(statement(), read(statement()))
    keeping.keep(bpij(), read(bpij()))
    keeping.erase(statement().sha256)
    assert [kept.name for kept in keeping.files()] == ["bpij.xml"]
    assert len(sealed_files(folder)) == 1
    assert fault_of(lambda: keeping.reopen(statement().sha256)).detail == "review file gone"
    keeping.keep(statement(), read(statement()))
    reopened = again(keeping, folder)
    assert [kept.name for kept in reopened.files()] == ["bpij.xml", "releve.csv"]
    reopened.close()


# Lines as they stand


def test_a_line_of_a_table_is_found_with_all_its_lines(keeping: Keeping) -> None:
    rows = making_tables.insurer(making_tables.leaves(4))
    rows[2][0] = 'ACME\n"Sud"'
    for encoding, ends in (("utf-8", "\n"), ("cp1252", "\r\n"), ("utf-16", "\r\n"), ("utf-8-sig", "\r")):
        source = Source("t.csv", making_tables.text(rows, encoding=encoding, ends=ends))
        file = read(source)
        keeping.keep(source, file)
        assert file.frame["line"].to_list() == [2, 3, 5, 6], encoding
        texts = [keeping.raw(source.sha256, line) for line in (1, 2, 3, 5, 6)]
        assert [text.place for text in texts if text] == [f"ligne {line}" for line in (1, 2, 3, 5, 6)]
        for row, text in zip(rows, texts, strict=True):
            assert text is not None
            assert text.text.split(";")[2] == row[2], encoding
        assert texts[2] is not None
        assert texts[2].text.startswith('"ACME\n""Sud""";')
        assert keeping.raw(source.sha256, 7) is None
        assert keeping.raw(source.sha256, 0) is None


def test_a_quote_that_never_closes_joins_no_lines(keeping: Keeping) -> None:
    source = statement()
    data = source.data.replace(b"illisible ", b'"illisible ')
    broken = Source("b.csv", data)
    keeping.keep(broken, read(broken))
    raw = keeping.raw(broken.sha256, 4)
    assert raw is not None
    assert raw.text == data.decode().splitlines()[3]


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1", "UTF-16"])
def test_an_element_is_found_by_its_number(keeping: Keeping, encoding: str) -> None:
    first = ("2018-01-05+01:00", "2018-01-06+01:00")
    told = making_bpij.of(
        making_bpij.Benefit("IJNOR", *first, extra="<Vide/>"),
        making_bpij.levy("RETCSJ", "-3.31", *first),
        making_bpij.Benefit("MIT", *first),
    )
    text = making_bpij.xml(told, prefix="ns2:", encoding=encoding).decode(encoding)
    text = text.replace("<ns2:Vide", "<!-- <ns2:Prestation>é</ns2:Prestation> --><ns2:Vide")
    source = Source("b.xml", text.encode(encoding))
    file = read(source)
    keeping.keep(source, file)
    for line, code in zip(file.frame["line"], file.frame["code"], strict=True):
        raw = keeping.raw(source.sha256, line)
        assert raw is not None
        assert raw.text.startswith("<ns2:Prestation>")
        assert raw.text.endswith("</ns2:Prestation>")
        assert f">{code}<" in raw.text
        assert raw.place == f"élément Prestation n°\u00a0{line}"
    assert keeping.raw(source.sha256, file.frame.height + 1) is None


def test_a_row_of_a_sheet_is_found_in_the_sheet_that_was_read(keeping: Keeping) -> None:
    lines = making_tables.leaves(3)
    rows = [list(making_tables.INSURER), *map(making_tables.insurer_row, lines)]
    source = Source("r.xlsx", making_tables.sheet(rows, above=2, hidden=["Cachée"]))
    file = read(source)
    keeping.keep(source, file)
    for line, row in zip(file.frame["line"], rows[1:], strict=True):
        raw = keeping.raw(source.sha256, line)
        assert raw is not None
        assert raw.text.split(" ; ")[2] == row[2]
        assert raw.place == f"ligne {line} de la feuille «\u00a0Relevé\u00a0»"


def test_a_line_of_a_pdf_needs_its_text(keeping: Keeping) -> None:
    page = (
        "Journée du 05/05/2018\nDétail des prestations pour MARTIN ANNE\n"
        "05/01/2018 au 06/01/2018 I.J. NORMALES 2 53,31 € 106,62 €\nTotal : 99,46 €\n"
    )
    source = Source("b.pdf", b"%PDF-1.4 text")
    file = opening.read(source, printed_text=lambda _: (page, page))
    keeping.keep(source, file)
    raw = keeping.raw(source.sha256, file.frame["line"][0], lambda _: (page, page))
    assert raw is not None
    assert "53,31" in raw.text
    assert raw.place.startswith("page 1, ligne ")
    with pytest.raises(Unreadable):
        keeping.raw(source.sha256, 1)


# Nothing in clear


def test_nothing_stands_on_the_disk_in_clear(folder: Path) -> None:
    """Every file that the process opens for writing is in the folder, and in none of them is anything of the files."""
    script = f"""
import os, sys
from pathlib import Path
opened = set()
def watch(event, args):
    if event == "open" and isinstance(args[0], (str, bytes, os.PathLike)):
        flags = args[2] if isinstance(args[2], int) else 0
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            opened.add(os.fsdecode(args[0]))
from tests.services.review.making_kept import *
source, other = statement(3000), bpij()
file, second = read(source), read(other)
sys.addaudithook(watch)
folder = Path({str(folder)!r})
keeping = Keeping(folder, KEY)
keeping.keep(source, file, by="Zoé")
keeping.keep(other, second, by="Zoé")
keeping.add("topic", [CANARY.encode()], by=CANARY)
keeping.reopen(source.sha256)
keeping.raw(source.sha256, 3)
sys.stdout.write("\\n".join(sorted(opened)))
sys.stdout.flush()
os._exit(0)  # with the write-ahead log as it is
"""
    temporary = folder.parent / "temporary"
    temporary.mkdir()
    ran = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "TMPDIR": str(temporary), "POLARS_TEMP_DIR": str(temporary)},
    )
    written = [Path(line) for line in ran.stdout.splitlines() if line]
    assert written
    assert {path.parent for path in written} == {folder}
    assert not list(temporary.iterdir())
    files = [path for path in folder.iterdir() if path.is_file()]
    assert len(files) >= 4
    for path in files:
        content = path.read_bytes()
        for told in (CANARY, "releve.csv", "Zoé", "IJNOR", statement(3000).sha256, "PAR1"):
            assert told.encode() not in content, path.name
            assert told.encode("utf-16-le") not in content, path.name
        assert statement(3000).sha256[:12] not in path.name


@pytest.mark.skipif(sys.platform == "win32", reason="modes are of POSIX")
def test_files_and_folder_are_for_their_owner_alone(keeping: Keeping, folder: Path) -> None:
    keeping.keep(statement(), read(statement()))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_the_vaults_key_is_never_used_itself(keeping: Keeping, folder: Path) -> None:
    keeping.keep(statement(), read(statement()))
    (path,) = sealed_files(folder)
    for key in (KEY, sealed.derived(KEY, "names"), sealed.derived(KEY, "register")):
        assert fault_of(lambda key=key: sealed.Sealed(path, key)).detail == "review file wrong-key"  # type: ignore[misc]
    sealed.Sealed(path, sealed.derived(KEY, "files")).close()
    keeping.close()
    assert fault_of(lambda: Keeping(folder, OTHER)).detail == "wrong-key"
    Keeping(folder, KEY).close()


# Damage


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_damage_of_a_sealed_file_is_found_out(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("sealed") / "one.kept"
    sections = [b"words", b"", b"x" * 70]
    sealed.seal(path, KEY, sections)
    whole = path.read_bytes()
    assert read_all(path) == sections
    place = data.draw(st.integers(0, len(whole) - 1))
    harm = data.draw(st.sampled_from(["flip", "cut", "more"]))
    if harm == "flip":
        path.write_bytes(whole[:place] + bytes([whole[place] ^ data.draw(st.integers(1, 255))]) + whole[place + 1 :])
    else:
        path.write_bytes(whole[:place] if harm == "cut" else whole[:place] + b"\0" + whole[place:])
    assert fault_of(lambda: read_all(path)).detail in ("review file damaged", "review file wrong-key")


def read_all(path: Path) -> list[bytes]:
    file = sealed.Sealed(path, KEY)
    try:
        return [file.section(number) for number in range(3)]
    finally:
        file.close()


def test_chunks_cannot_change_places_nor_be_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "CHUNK", 16)
    path = tmp_path / "one.kept"
    sections = [bytes([number]) * 48 for number in range(3)]
    sealed.seal(path, KEY, sections)
    whole = path.read_bytes()
    assert read_all(path) == sections
    size = 16 + 16
    head = len(whole) - 9 * size
    pieces = [whole[head + number * size :][:size] for number in range(9)]
    for order in ([1, 0, 2], [0, 0, 2], [0, 2, 1], [3, 1, 2]):
        path.write_bytes(whole[:head] + b"".join(pieces[number] for number in order) + b"".join(pieces[3:]))
        assert fault_of(lambda: read_all(path)).detail == "review file damaged"


def test_no_nonce_serves_two_chunks() -> None:
    places = [(section, number, last) for section in range(4) for number in range(600) for last in (False, True)]
    assert len({sealed._nonce(*place) for place in places}) == len(places)


def test_a_damaged_file_leaves_the_others_as_they_are(keeping: Keeping, folder: Path) -> None:
    first, second = statement(), bpij()
    keeping.keep(first, read(first))
    path = sealed_files(folder)[0]
    keeping.keep(second, read(second))
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)
    reopened = again(keeping, folder)
    assert [kept.name for kept in reopened.files()] == ["releve.csv", "bpij.xml"]
    fault = fault_of(lambda: reopened.original(first.sha256))
    assert (fault.detail, fault.remedy) == ("review file damaged", Remedy.RETRY)
    assert same(reopened.reopen(second.sha256), read(second))
    reopened.erase(first.sha256)
    reopened.keep(first, read(first))
    assert reopened.original(first.sha256).data == first.data
    reopened.close()


def test_a_file_does_not_pass_for_another(keeping: Keeping, folder: Path) -> None:
    first, second = statement(), bpij()
    keeping.keep(first, read(first))
    (path,) = sealed_files(folder)
    keeping.keep(second, read(second))
    (other,) = set(sealed_files(folder)) - {path}
    other.write_bytes(path.read_bytes())
    assert fault_of(lambda: keeping.reopen(second.sha256)).detail == "review file damaged"


def test_a_file_that_vanished_is_said_and_can_be_erased(keeping: Keeping, folder: Path) -> None:
    keeping.keep(statement(), read(statement()))
    sealed_files(folder)[0].unlink()
    reopened = again(keeping, folder)
    assert fault_of(lambda: reopened.reopen(statement().sha256)).detail == "review file gone"
    reopened.erase(statement().sha256)
    assert reopened.files() == ()
    reopened.close()


def test_a_damaged_register_is_made_anew_with_files_and_entries(keeping: Keeping, folder: Path) -> None:
    keeping.keep(statement(), read(statement()), by="Zoé", at=WHEN)
    said = [f"entry {number}".encode() * 100 for number in range(200)]
    for body in said:
        keeping.add("topic", [body], by="Zoé", at=WHEN)
    keeping.close()
    path = folder / "register.db"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    fault = fault_of(lambda: list(open_and_read(folder)))
    assert (fault.detail, fault.remedy) == ("review register damaged", Remedy.REBUILD)
    aside, taken = mend(folder, KEY)
    assert aside.exists()
    mended = Keeping(folder, KEY)
    bodies = [entry.body for entry in mended.entries("topic")]
    assert len(bodies) == taken >= 150
    assert set(bodies) <= set(said)
    assert bodies == sorted(bodies, key=said.index)
    assert [(kept.name, kept.by) for kept in mended.files()] == [("releve.csv", "Zoé")]
    mended.close()


def test_a_mending_cut_anywhere_loses_nothing_said(
    keeping: Keeping, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping.add("topic", [b"said"] * 5, by="Zoé", at=WHEN)
    keeping.close()
    path = folder / "register.db"
    whole = path.read_bytes()
    for step in ("_put_aside", "_put_in_place", "_drop_mended"):
        for part in folder.glob("register*"):
            part.unlink()
        path.write_bytes(whole[:-4096] + bytes(4096))
        with monkeypatch.context() as cut:
            cut.setattr(f"desktop.services.review.keeping.{step}", stop)
            with pytest.raises(KeyboardInterrupt):
                mend(folder, KEY)
        if path.exists():
            mend(folder, KEY)
        again = Keeping(folder, KEY)
        assert len(again.entries("topic")) == 5, step
        again.close()


def stop(*_: object) -> None:
    raise KeyboardInterrupt


def open_and_read(folder: Path) -> Iterator[bytes]:
    keeping = Keeping(folder, KEY)
    try:
        yield from (entry.body for entry in keeping.entries("topic"))
    finally:
        keeping.close()


# Cuts


def test_a_full_disk_is_said_and_leaves_nothing_behind(keeping: Keeping, folder: Path) -> None:
    small, large = bpij(), statement(3000)
    keeping.keep(small, read(small))
    file = read(large)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        fault = fault_of(lambda: keeping.keep(large, file))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (fault.detail, fault.remedy) == ("full", Remedy.FREE_SPACE)
    assert [kept.name for kept in keeping.files()] == ["bpij.xml"]
    assert len(list(folder.glob("*.kept*"))) == 1
    keeping.keep(large, file)
    assert same(keeping.reopen(large.sha256), file)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO])
def test_a_disk_that_refuses_is_said(
    keeping: Keeping, folder: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(os, "fsync", refuse)
    assert fault_of(lambda: keeping.keep(bpij(), read(bpij()))).detail in ("read-only", "review disk")
    monkeypatch.undo()
    assert not list(folder.glob("*.kept*"))
    keeping.keep(bpij(), read(bpij()))


def test_content_is_on_the_disk_before_its_name(keeping: Keeping, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    fsync, replaced = os.fsync, os.replace

    def synced(file: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(file).st_mode) else "content")
        fsync(file)

    def named(*names: str) -> None:
        done.append("name")
        replaced(*names)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", named)
    keeping.keep(bpij(), read(bpij()))
    assert done == ["content", "name", "folder"]


def test_what_a_cut_left_behind_is_put_right(keeping: Keeping, folder: Path) -> None:
    first, second, third = statement(), bpij(), statement(9)
    for source in (first, second, third):
        keeping.keep(source, read(source))
    keeping._register.drop_file(first.sha256)  # cut between its name and the register
    keeping._register.leave_file(second.sha256)  # cut while it was erased
    (folder / "half.kept.new").write_bytes(b"half")
    (folder / "strange.kept").write_bytes(b"strange")
    reopened = again(keeping, folder)
    assert {kept.sha256 for kept in reopened.files()} == {first.sha256, third.sha256}
    assert same(reopened.reopen(first.sha256), read(first))
    assert len(sealed_files(folder)) == 3
    assert (folder / "strange.kept").exists()
    assert not list(folder.glob("*.new"))
    reopened.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kill -9 is of POSIX")
def test_kill_9_loses_nothing_that_was_said_to_be_kept(folder: Path) -> None:
    dice = random.Random(3)  # noqa: S311 - the same moments for the same seed
    told: list[str] = []
    for _ in range(4):
        command = [
            sys.executable,
            "-c",
            f"from tests.services.review.making_kept import *; keep_for_ever(Path({str(folder)!r}))",
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            said = [writer.stdout.readline() for _ in range(dice.randrange(1, 6))]
            writer.send_signal(signal.SIGKILL)
            said += writer.stdout.read().splitlines(keepends=True)
        told += [line.decode().strip() for line in said if line.endswith(b"\n")]
    keeping = Keeping(folder, KEY)
    kept = {each.sha256 for each in keeping.files()}
    assert set(told) <= kept
    assert {entry.body.decode() for entry in keeping.entries("topic")} >= set(told)
    for sha256 in kept:
        assert keeping.reopen(sha256).frame.height == 399
        assert len(keeping.original(sha256).data) > 10_000
    assert not list(folder.glob("*.new"))
    keeping.close()


def test_entries_are_only_added(keeping: Keeping, folder: Path) -> None:
    keeping.add("one", [b"a", b"b"], by="Zoé", at=WHEN)
    keeping.add("two", [b"c"], by="Ali", at=WHEN)
    for sql in ("UPDATE entries SET body = x'00'", "DELETE FROM entries"):
        with pytest.raises(Exception, match="entries are only added"):
            keeping._register._db.execute(sql)
    reopened = again(keeping, folder)
    entries = reopened.entries("one")
    assert [(entry.body, entry.by, entry.at) for entry in entries] == [(b"a", "Zoé", WHEN), (b"b", "Zoé", WHEN)]
    assert reopened.entries("one", after=entries[0].number) == entries[1:]
    reopened.close()


def test_two_windows_do_not_keep_at_once(keeping: Keeping, folder: Path) -> None:
    assert fault_of(lambda: Keeping(folder, KEY)).detail == "owned"


def test_a_million_lines_reopen_in_a_second(keeping: Keeping) -> None:
    small = read(statement(2000)).frame
    frame = pl.concat([small] * 500).head(1_000_000)
    frame = frame.with_columns(
        pl.int_range(1, frame.height + 1, dtype=pl.UInt32).alias("line"),
        pl.concat_str(pl.lit("VIR"), pl.int_range(frame.height).cast(pl.String)).alias("reference"),
        pl.int_range(frame.height, dtype=pl.Int64).alias("gross"),
    )
    source = Source("million.csv", os.urandom(1 << 20))
    file = replace(read(statement()), name="million.csv", sha256=source.sha256, frame=frame)
    keeping.keep(source, file)
    times = []
    for _ in range(3):
        before = time.perf_counter()
        reopened = keeping.reopen(source.sha256)
        times.append(time.perf_counter() - before)
    assert reopened.frame.equals(frame)
    assert min(times) <= 1
