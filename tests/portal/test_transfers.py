"""Uploads that go on where they were cut, what is let in, and downloads by range."""

import hashlib
import io
import os
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from httpx import Response
from sqlalchemy import select

from contract import limits, paths
from contract.files import recognise
from contract.identity import new_id
from desktop.services.portal import Portal
from desktop.services.problems import PortalFault
from portal import people, retention, transfers
from portal.app import start_in_thread
from portal.database import SYSTEM
from portal.files import Folder, NotKept
from portal.tables import uploads
from tests.portal.world import PASSWORD, PDF, Clock, Person, World, open_client, settings_for

SignIn = Callable[[str], Person]

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
BIG = b"%PDF-1.7\n" + bytes(range(256)) * 2000


def sum_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def send(person: Person, sha256: str, content: bytes, offset: int, length: int) -> Response:
    headers = person.headers | {"Upload-Offset": str(offset), "Upload-Length": str(length)}
    return person.client.patch(paths.upload(sha256), content=content, headers=headers)


def status(person: Person, sha256: str) -> Response:
    return person.client.head(paths.upload(sha256), headers=person.headers)


def office(*members: tuple[str, bytes], compressed: bool = False) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return memory.getvalue()


DOCX = office(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>"))
XLSX = office(("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<w/>"))
ODT = office(("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<o/>"))


# Uploads


def test_an_upload_goes_on_where_it_was_cut(clerk: Person) -> None:
    sha256 = sum_of(BIG)
    unknown = status(clerk, sha256)
    assert (unknown.status_code, unknown.content) == (404, b"")
    first = send(clerk, sha256, BIG[:1000], 0, len(BIG))
    assert (first.status_code, first.headers["upload-offset"]) == (204, "1000")
    assert status(clerk, sha256).headers["upload-offset"] == "1000"
    astray = send(clerk, sha256, BIG[500:900], 500, len(BIG))
    assert (astray.status_code, astray.json()["type"]) == (409, "urn:volet:problem:offset")
    assert astray.headers["upload-offset"] == "1000"
    whole = send(clerk, sha256, BIG[1000:], 1000, len(BIG))
    assert whole.headers["upload-offset"] == whole.headers["upload-length"] == str(len(BIG))
    again = send(clerk, sha256, BIG, 0, len(BIG))
    assert (again.status_code, again.headers["upload-offset"]) == (409, str(len(BIG)))
    request_id = clerk.opened(attachments=[clerk.attachment(BIG)])
    assert request_id


def test_a_portal_that_restarts_knows_what_had_arrived(clerk: Person, world: World) -> None:
    sha256 = sum_of(BIG)
    send(clerk, sha256, BIG[:1000], 0, len(BIG))
    part = Folder(world.settings.files).part(clerk.person_id, sha256)
    part.write_bytes(part.read_bytes() + b"written, but never told")
    with open_client(world.settings) as restarted:
        again = Person(restarted, world, "all")
        assert status(again, sha256).headers["upload-offset"] == "1000"
        assert send(again, sha256, BIG[1000:], 1000, len(BIG)).status_code == 204


def test_a_wrong_sum_throws_the_part_away(clerk: Person, world: World) -> None:
    sha256 = sum_of(b"something else")
    refused = send(clerk, sha256, PDF, 0, len(PDF))
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:volet:problem:checksum")
    assert status(clerk, sha256).status_code == 404
    assert list((world.settings.files / "parts").iterdir()) == []
    assert list((world.settings.files / "whole").rglob("*/*")) == []


@pytest.mark.parametrize(
    "content", [PDF, PNG, b"\xff\xd8\xff\xe0" + b"\x00" * 9, DOCX, XLSX, ODT, "é;à\r\n".encode(), b"\x80uro"]
)
def test_what_is_let_in(clerk: Person, content: bytes) -> None:
    assert send(clerk, sum_of(content), content, 0, len(content)).status_code == 204


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00",
        b"\x7fELF",
        b"GIF89a\x00",
        b"PK\x03\x04 not a zip",
        office(("a.txt", b"a")),
        office(("mimetype", b"application/java"), ("x", b"")),
        office(("[Content_Types].xml", b""), ("word/x", b"\x00" * 60_000_000), compressed=True),
        office(("[Content_Types].xml", b""), ("word/x", b"\x00" * 1_000_000), compressed=True),
        office(("[Content_Types].xml", b""), *((f"word/{n}", b"") for n in range(2001))),
        b"text with\x00nul",
        b"\x81\x8d",
    ],
    ids=["exe", "elf", "gif", "broken", "zip", "jar", "bomb", "ratio", "members", "nul", "noise"],
)
def test_what_is_not_let_in(clerk: Person, content: bytes) -> None:
    refused = send(clerk, sum_of(content), content, 0, len(content))
    assert (refused.status_code, refused.json()["type"]) == (415, "urn:volet:problem:file-type")
    assert status(clerk, sum_of(content)).status_code == 404


def test_limits(clerk: Person, world: World, clock: Clock) -> None:
    one = sum_of(b"1")
    assert send(clerk, one, b"x", 0, limits.FILE_BYTES + 1).status_code == 413
    assert send(clerk, one, b"", 0, 0).status_code == 422
    assert send(clerk, one, b"xxx", 0, 2).status_code == 413
    assert send(clerk, one, b"x" * (limits.UPLOAD_CHUNK + 1), 0, limits.FILE_BYTES).status_code == 413
    chunk = send(clerk, one, b"x" * limits.UPLOAD_CHUNK, 0, limits.FILE_BYTES)
    assert chunk.status_code == 204
    small = settings_for(world.settings.database, world.settings.files, clock, waiting_bytes=limits.FILE_BYTES)
    with open_client(small) as client:
        limited = Person(client, world, "all")
        assert send(limited, sum_of(b"2"), b"x", 0, 2).status_code == 413
        assert send(limited, one, b"x", limits.UPLOAD_CHUNK, limits.FILE_BYTES).status_code == 204


@pytest.mark.parametrize("limit", [{"waiting_bytes": 2 * len(PDF) + 1}, {"waiting_files": 2}], ids=["bytes", "files"])
def test_files_that_wait_to_be_attached_are_counted(world: World, clock: Clock, limit: dict[str, int]) -> None:
    narrow = settings_for(world.settings.database, world.settings.files, clock, **limit)
    with open_client(narrow) as client:
        limited = Person(client, world, "all")
        waiting = [limited.attachment(PDF), limited.attachment(PDF + b"2")]
        refused = send(limited, sum_of(BIG[:50]), BIG[:50], 0, 50)
        assert refused.status_code == 413
        limited.opened(attachments=waiting)
        assert send(limited, sum_of(BIG[:50]), BIG[:50], 0, 50).status_code == 204


def test_a_length_told_wrongly_at_first_can_be_put_right(clerk: Person) -> None:
    assert send(clerk, sum_of(PDF), PDF[:3], 0, 5).status_code == 204
    assert send(clerk, sum_of(PDF), PDF[3:], 3, len(PDF)).status_code == 409
    assert send(clerk, sum_of(PDF), PDF, 0, len(PDF)).status_code == 204


@pytest.mark.parametrize("header", ["Upload-Offset", "Upload-Length"])
@pytest.mark.parametrize("value", [None, "", "-1", "1.5", "x", "1" * 30])
def test_headers_are_whole_numbers(clerk: Person, header: str, value: str | None) -> None:
    headers = clerk.headers | {"Upload-Offset": "0", "Upload-Length": "1"}
    headers.pop(header)
    if value is not None:
        headers[header] = value
    refused = clerk.client.patch(paths.upload("0" * 64), content=b"x", headers=headers)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, header)


@pytest.mark.parametrize("word", ["x", "%00", "a" * 65, "A" * 64])
def test_a_sum_is_a_sum(clerk: Person, word: str) -> None:
    assert send(clerk, word, b"x", 0, 1).status_code == 422
    assert status(clerk, word).status_code == 404


def test_uploads_belong_to_who_sent_them(clerk: Person, sign_in: SignIn) -> None:
    sha256 = clerk.send_file(PDF)
    other = sign_in("contact")
    assert status(other, sha256).status_code == 404
    assert send(other, sha256, PDF[:5], 0, len(PDF)).headers["upload-offset"] == "5"


class Cut(Exception):
    """The portal was cut off."""


def test_an_end_that_failed_once_is_finished_by_sending_nothing(clerk: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the last bytes and the file's place the database was busy, or the portal ended."""

    def cut(*_: object) -> None:
        raise Cut

    sha256, whole = sum_of(BIG), len(BIG)
    send(clerk, sha256, BIG[:1000], 0, whole)
    with monkeypatch.context() as failing:
        failing.setattr(Folder, "place", cut)
        assert send(clerk, sha256, BIG[1000:], 1000, whole).status_code == 500
        assert send(clerk, sha256, b"", whole, whole).status_code == 500
    assert status(clerk, sha256).headers["upload-offset"] == str(whole)
    assert send(clerk, sha256, b"", whole, whole).status_code == 204
    clerk.opened(attachments=[{"attachment_id": new_id(), "name": "a.pdf", "size": whole, "sha256": sha256}])
    assert send(clerk, sha256, b"", whole, whole).status_code == 204, "finished twice is finished"


def test_the_client_finishes_what_failed_at_its_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*_: object) -> None:
        raise Cut

    running = start_in_thread(world.settings)
    door = Portal(running.address)
    try:
        access = door.sign_in(world.email("all"), PASSWORD, None).access
        with monkeypatch.context() as failing:
            failing.setattr(Folder, "place", cut)
            with pytest.raises(PortalFault):
                door.upload(access, sum_of(BIG), BIG, lambda *_: None)
        door.upload(access, sum_of(BIG), BIG, lambda *_: None)
        with world.database.read() as db:
            assert db.execute(select(uploads.c.complete)).scalar_one()
    finally:
        door.close()
        running.stop()


def test_nothing_is_begun_anew_while_a_file_is_examined(
    clerk: Person, sign_in: SignIn, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who holds the same file cannot put other bytes in the place of what another company attached."""
    shared = attached(clerk)
    stranger = sign_in("stranger")
    truly, looked, go_on = recognise, Event(), Event()

    def slowly(content: bytes) -> str | None:
        looked.set()
        assert go_on.wait(10)
        return truly(content)

    monkeypatch.setattr(transfers, "recognise", slowly)
    with ThreadPoolExecutor(1) as aside:
        ending = aside.submit(send, stranger, sum_of(BIG), BIG, 0, len(BIG))
        assert looked.wait(10)
        answers = [send(stranger, sum_of(BIG), b"evil", 0, 5), send(stranger, sum_of(BIG), b"", len(BIG), len(BIG))]
        part = Folder(world.settings.files).part(stranger.person_id, sum_of(BIG))
        part.write_bytes(b"evil")  # as another process of the same portal might
        go_on.set()
        assert ending.result().status_code == 204
    assert [(answer.status_code, answer.json()["type"]) for answer in answers] == [(409, "urn:volet:problem:busy")] * 2
    assert clerk.get(paths.attachment(shared)).content == BIG


def test_a_whole_file_is_never_replaced(world: World) -> None:
    folder = Folder(world.settings.files)
    folder.place(PDF, sum_of(PDF))
    before = folder.whole(sum_of(PDF)).stat().st_ino
    folder.place(PDF, sum_of(PDF))
    assert folder.whole(sum_of(PDF)).stat().st_ino == before
    folder.whole(sum_of(PDF)).write_bytes(b"rotten")
    folder.place(PDF, sum_of(PDF))
    assert folder.whole(sum_of(PDF)).read_bytes() == PDF, "one that is not whole is mended"
    assert list((world.settings.files / "parts").iterdir()) == []


def test_what_a_crash_left_apart_is_swept(world: World, clock: Clock) -> None:
    folder = Folder(world.settings.files)
    old, new = (world.settings.files / "parts" / f"apart.{new_id()}" for _ in range(2))
    for left, days in ((old, 31), (new, 29)):
        left.write_bytes(PDF)
        written = (clock.moment - timedelta(days=days)).timestamp()
        os.utime(left, (written, written))
    retention.purge(world.database, world.settings, folder, clock.moment)
    assert (old.exists(), new.exists()) == (False, True)


def test_what_nobody_finished_or_attached_is_forgotten(clerk: Person, world: World, clock: Clock) -> None:
    attached, lonely, partial = PDF, PNG, BIG
    clerk.opened(attachments=[clerk.attachment(attached)])
    clerk.send_file(lonely)
    send(clerk, sum_of(partial), partial[:10], 0, len(partial))
    folder = Folder(world.settings.files)
    for days, left in ((29, True), (31, False)):
        retention.purge(world.database, world.settings, folder, clock.moment + timedelta(days=days))
        assert folder.whole(sum_of(attached)).exists()
        assert folder.whole(sum_of(lonely)).exists() is left
        assert folder.part(clerk.person_id, sum_of(partial)).exists() is left


# Downloads


def attached(clerk: Person, content: bytes = BIG, name: str = "relevé d’été.pdf") -> str:
    file = clerk.attachment(content, name)
    clerk.opened(attachments=[file])
    return str(file["attachment_id"])


def test_a_download_is_whole_and_says_what_it_is(clerk: Person) -> None:
    answer = clerk.get(paths.attachment(attached(clerk)))
    assert (answer.status_code, answer.content) == (200, BIG)
    headers = answer.headers
    assert headers["content-type"] == "application/pdf"
    assert headers["content-length"] == str(len(BIG))
    assert headers["etag"] == f'"{sum_of(BIG)}"'
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["content-disposition"] == (
        "attachment; filename=\"relev_ d__t_.pdf\"; filename*=UTF-8''relev%C3%A9%20d%E2%80%99%C3%A9t%C3%A9.pdf"
    )


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=0-9", 0, 10), ("bytes=500-", 500, len(BIG)), ("bytes=-7", len(BIG) - 7, len(BIG)),
     ("bytes=10-99999999", 10, len(BIG)), ("bytes=-99999999", 0, len(BIG))],
)  # fmt: skip
def test_a_range_is_a_part(clerk: Person, asked: str, start: int, end: int) -> None:
    answer = clerk.get(paths.attachment(attached(clerk)), Range=asked, **{"If-Range": f'"{sum_of(BIG)}"'})
    assert (answer.status_code, answer.content) == (206, BIG[start:end])
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(BIG)}"
    assert answer.headers["content-length"] == str(end - start)


@pytest.mark.parametrize("asked", ["bytes=5-2", "bytes=-", "bytes=a-b", "lines=1-2", "bytes=0-1,3-4"])
def test_what_is_no_range_is_the_whole(clerk: Person, asked: str) -> None:
    assert clerk.get(paths.attachment(attached(clerk)), Range=asked).status_code == 200


def test_a_range_of_another_content_is_the_whole(clerk: Person) -> None:
    headers = {"Range": "bytes=5-", "If-Range": '"another"'}
    assert clerk.get(paths.attachment(attached(clerk)), **headers).content == BIG


@pytest.mark.parametrize("asked", [f"bytes={len(BIG)}-", "bytes=-0"])
def test_a_range_beyond_the_end(clerk: Person, asked: str) -> None:
    answer = clerk.get(paths.attachment(attached(clerk)), Range=asked)
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{len(BIG)}")
    assert answer.json()["type"] == "urn:volet:problem:range"


def test_only_who_may_see_the_request_downloads(clerk: Person, sign_in: SignIn, world: World) -> None:
    path = paths.attachment(attached(clerk))
    contact = sign_in("contact")
    assert contact.get(path).status_code == 200
    for name in ("leave", "users", "main_administrator", "nobody", "stranger"):
        assert sign_in(name).get(path).status_code == 404
    with world.database.write() as tx:
        people.withdraw(tx, SYSTEM, contact.person_id, world.own, ["contact"])
    assert contact.get(path).status_code == 404
    assert clerk.get(paths.attachment(new_id())).status_code == 404
    assert clerk.get(paths.attachment("x")).status_code == 404


def test_a_hostile_name_is_rebuilt(clerk: Person) -> None:
    answer = clerk.get(paths.attachment(attached(clerk, name='..\\C:\\a\u200b"fdp.exe.pdf')))
    told = answer.headers["content-disposition"]
    assert told == "attachment; filename=\"a_fdp_exe.pdf\"; filename*=UTF-8''a_fdp_exe.pdf"


# The insurer's own files


@pytest.mark.parametrize(
    ("name", "content"), [("a.pdf", b""), ("a.pdf", PNG), ("a.exe", b"MZ"), ("a.txt", b"a" * (limits.FILE_BYTES + 1))]
)
def test_the_insurers_files_are_checked_too(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(NotKept):
        Folder(tmp_path).keep(name, content)


def test_a_file_is_kept_once(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    first, second = folder.keep("a.pdf", PDF), folder.keep("b.pdf", PDF)
    assert first.sha256 == second.sha256
    assert first.attachment_id != second.attachment_id
    assert folder.read(first.sha256, 0, 99) == PDF
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
