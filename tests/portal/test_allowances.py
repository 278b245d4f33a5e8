"""Payments of the last three months, their statements, and exports of the former space."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import IO, Any

import msgspec
import pytest
from httpx import Response

from contract import paths
from contract.allowances import HEADINGS, Payee, PaymentRecord, PaymentsPage
from contract.contact import Origin
from contract.identity import new_id
from contract.leave import Employee
from contract.portfolio import Right
from portal import people, retention
from portal.allowances import exports, records
from portal.allowances.payments import Paid, amounts, pay
from portal.allowances.statements import made_file
from portal.database import SYSTEM
from portal.files import Folder
from tests.portal.world import Clock, Person, World

SignIn = Callable[[str], Person]
START = date(2026, 10, 5)


def line(start: date = START, days: int = 14, rate: int = 325_100, **more: object) -> Paid:
    gross, csg, crds = amounts(rate, days)
    employee = more.pop("employee", Employee("M12", "Lefèvre", "Anne", "295109912611193"))
    return Paid(
        **{
            "leave_number": "82000001",
            "employee": employee,
            "branch": "AS",
            "code": "IJNOR",
            "label": "I.J. normales",
            "leave_start": START,
            "start": start,
            "end": start + timedelta(days=abs(days) - 1),
            "days": days,
            "rate": rate,
            "gross": gross,
            "csg": csg,
            "crds": crds,
        }
        | more
    )


def paid(world: World, *lines: Paid, space_id: str = "", payee: Payee = Payee.EMPLOYER) -> str:
    with world.database.write() as tx:
        return pay(tx, world.answering, space_id or world.own, payee, lines or (line(),)).transfer_id


def page(person: Person, after: int = 0, **more: object) -> PaymentsPage:
    query = "".join(f"&{name}={value}" for name, value in more.items())
    answer = person.get(paths.payments(person.world.own, after) + query)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=PaymentsPage)


def asking(world: World, *spaces: str, kind: str = "csv") -> dict[str, Any]:
    return {"wish": "request_export", "export_id": new_id(), "space_ids": spaces or [world.own], "format": kind}


def export_of(person: Person, export_id: str, space: str) -> dict[str, Any]:
    """As the feed tells it."""
    for change in person.pull((space, None))[0]["changes"]:
        if change["id"] == export_id:
            return dict(change["record"])
    raise LookupError(export_id)


def waited(person: Person, export_id: str, space: str) -> dict[str, Any]:
    """The export once it is no longer prepared."""
    while (record := export_of(person, export_id, space))["state"] in ("asked", "preparing"):
        person.get(paths.ME)  # the loop of the portal goes on meanwhile
    return record


def test_levies_are_rounded_each_day() -> None:
    assert amounts(533_100, 2) == (10_662, 662, 54)
    assert amounts(325_100, -96) == (-312_096, -96 * 202, -96 * 16)


def test_payments_are_read_by_their_number(clerk: Person, world: World) -> None:
    transfer = paid(world, line(), line(START + timedelta(days=14)))
    cancelled = replace(line(days=-14), sense="cancellation")
    again = paid(world, cancelled, line(rate=350_000))
    found = page(clerk)
    assert found.columns == PaymentRecord.__struct_fields__
    assert [(one.number, one.days, one.gross, one.net) for one in found.rows] == [
        (1, 14, 45_514, 45_514 - 14 * 218),
        (2, 14, 45_514, 45_514 - 14 * 218),
        (3, -14, -45_514, -45_514 + 14 * 218),
        (4, 14, 49_000, 49_000 - 14 * (217 + 18)),
    ]
    assert [one.transfer_id for one in found.rows] == [transfer, transfer, again, again]
    assert (found.last, found.more, found.since) == (4, False, date(2026, 8, 24))
    first = page(clerk, limit=3)
    assert (first.last, first.more) == (3, True)
    assert [one.number for one in page(clerk, first.last).rows] == [4]
    assert (page(clerk, 4).rows, page(clerk, 4).last) == ((), 4)


def test_the_page_is_not_sent_again_while_nothing_was_paid(clerk: Person, world: World) -> None:
    paid(world)
    etag = clerk.get(paths.payments(world.own)).headers["etag"]
    assert clerk.get(paths.payments(world.own), **{"If-None-Match": etag}).status_code == 304
    paid(world)
    assert clerk.get(paths.payments(world.own), **{"If-None-Match": etag}).status_code == 200
    assert clerk.get(paths.payments(world.own) + "&limit=0").status_code == 422


def test_the_portal_forgets_what_is_older_than_three_months(clerk: Person, world: World, clock: Clock) -> None:
    old = paid(world)
    assert clerk.get(paths.statement(old, "csv")).status_code == 200
    clock.forward(days=95)
    assert clerk.client.post(paths.REFRESH, json={"refresh": clerk.tokens["refresh"]}).status_code == 401
    clerk = Person(clerk.client, world, "all")
    new = paid(world)
    assert [one.transfer_id for one in page(clerk).rows] == [new]
    assert clerk.get(paths.statement(old, "csv")).status_code == 404


def test_the_feed_tells_that_something_was_paid(clerk: Person, sign_in: SignIn, world: World) -> None:
    paid(world)
    paid(world)
    (change,) = sign_in("allowances").pull((world.own, None))[0]["changes"]
    assert change["record"] == {"kind": "payments", "space_id": world.own, "last": 2, "paid_on": "2026-11-24"}
    assert sign_in("leave").pull((world.own, None))[0]["changes"] == []


def text_of(answer: Response) -> list[list[str]]:
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return [row.split(";") for row in answer.content.decode("utf-8-sig").split("\r\n")[:-1]]


def test_a_statement_is_a_table_that_proves_itself(clerk: Person, world: World) -> None:
    odd = Employee("", '=HYPERLINK("x");', "Anne", "")
    transfer = paid(world, line(rate=325_125), line(employee=odd, days=1), payee=Payee.EMPLOYEE)
    answer = clerk.get(paths.statement(transfer, "csv"))
    headings, first, second, total = text_of(answer)
    assert tuple(headings) == HEADINGS
    assert first[:8] == [
        "73282932000074",
        "1002",
        "Ponant Prévoyance",
        "Lefèvre",
        "Anne",
        "295109912611193",
        "M12",
        "82000001",
    ]
    assert first[8:17] == [
        "Maladie",
        "IJNOR",
        "I.J. normales",
        "Paiement",
        "05/10/2026",
        "05/10/2026",
        "18/10/2026",
        "14",
        "32,5125",
    ]
    assert first[17:] == ["455,18", "28,28", "2,24", "0,00", "424,66", "Salarié", "24/11/2026", "R-2026-0000001"]
    assert answer.text.count('"\'=HYPERLINK(""x"");"') == 1
    assert second[-1] == "R-2026-0000001"
    assert (total[10], total[15], total[17], total[21]) == ("Total général", "15", "487,69", "454,99")


@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf"])
def test_a_statement_goes_on_where_it_was_cut(kind: str, clerk: Person, sign_in: SignIn, world: World) -> None:
    transfer = paid(world, *(line(START + timedelta(days=day), 1) for day in range(60)))
    path = paths.statement(transfer, kind)
    whole = clerk.get(path)
    assert (whole.status_code, whole.headers["accept-ranges"]) == (200, "bytes")
    assert whole.headers["etag"] == f'"{hashlib.sha256(whole.content).hexdigest()}"'
    assert f"Releve_R-2026-0000001.{kind}" in whole.headers["content-disposition"]
    rest = clerk.get(path, Range="bytes=100-", **{"If-Range": whole.headers["etag"]})
    assert (rest.status_code, whole.content[:100] + rest.content) == (206, whole.content)
    assert sign_in("leave").get(path).status_code == 404
    assert sign_in("stranger").get(path).status_code == 404
    if kind == "xlsx":
        with zipfile.ZipFile(io.BytesIO(whole.content)) as package:
            sheet = package.read("xl/worksheets/sheet1.xml").decode()
        assert sheet.count("<row") == 62
        assert "<v>32.51</v>" in sheet


def former(day: int = 0, **more: object) -> Paid:
    return line(START + timedelta(days=14 * day), origin=Origin.FORMER, **more)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_is_prepared_told_and_downloaded(kind: str, clerk: Person, sign_in: SignIn, world: World) -> None:
    paid(world, former(0), line(), former(1))
    paid(world, former(2), space_id=world.second)
    body = asking(world, world.second, world.own, kind=kind)
    answer = clerk.wish(body)
    assert answer.status_code == 200, answer.text
    (asked,) = [change["record"] for change in answer.json()["touched"]]
    home = min(world.own, world.second)
    assert (asked["state"], asked["space_id"], asked["space_ids"]) == ("asked", home, sorted([world.own, world.second]))
    ready = waited(clerk, asked["export_id"], home)
    assert (ready["state"], ready["lines"]) == ("ready", 3)
    assert ready["expires_at"] > ready["ready_at"]
    got = clerk.get(paths.export(ready["export_id"]))
    assert (len(got.content), hashlib.sha256(got.content).hexdigest()) == (ready["size"], ready["sha256"])
    if kind == "csv":
        assert [row[1] for row in text_of(got)[1:]] == ["997", "1002", "1002", ""]
    part = clerk.get(paths.export(ready["export_id"]), Range="bytes=10-19")
    assert (part.status_code, part.content) == (206, got.content[10:20])
    other = sign_in("allowances")
    assert other.get(paths.export(ready["export_id"])).status_code == 404
    assert all(change["kind"] != "export" for change in other.pull((world.own, None))[0]["changes"])


def test_who_lost_a_right_no_longer_gets_what_she_had_exported(clerk: Person, world: World) -> None:
    paid(world, former())
    body = asking(world, world.own, world.second)
    clerk.wish(body)
    waited(clerk, body["export_id"], min(world.own, world.second))
    with world.database.write() as tx:
        people.withdraw(tx, SYSTEM, clerk.person_id, world.second, [Right.ALLOWANCES])
    assert clerk.get(paths.export(body["export_id"])).status_code == 404


def test_an_export_that_cannot_be_says_why(clerk: Person, sign_in: SignIn, world: World) -> None:
    body = asking(world)
    assert clerk.wish(body).status_code == 200
    failed = waited(clerk, body["export_id"], world.own)
    assert failed["state"] == "failed"
    assert "aucun dossier" in failed["sentence"]
    assert clerk.get(paths.export(body["export_id"])).status_code == 404
    assert sign_in("leave").wish(asking(world)).status_code == 403
    assert clerk.wish(asking(world, world.own, world.other)).status_code == 404
    assert clerk.wish(body | {"format": "xlsx"}).status_code == 422


def test_an_export_expires_and_its_file_goes(clerk: Person, world: World, clock: Clock) -> None:
    paid(world, former())
    body = asking(world)
    clerk.wish(body)
    ready = waited(clerk, body["export_id"], world.own)
    folder = Folder(world.settings.files)
    assert folder.whole(ready["sha256"]).exists()
    clock.forward(days=7)
    clerk = Person(clerk.client, world, "all")
    assert clerk.get(paths.export(body["export_id"])).status_code == 410
    retention.purge(world.database, world.settings, folder, clock())
    assert not folder.whole(ready["sha256"]).exists()
    over = export_of(clerk, body["export_id"], world.own)
    assert (over["state"], over["sha256"]) == ("expired", None)
    assert clerk.get(paths.export(body["export_id"])).status_code == 410


def test_a_file_stays_while_another_export_is_made_of_it(clerk: Person, world: World, clock: Clock) -> None:
    paid(world, former())
    first = asking(world)
    clerk.wish(first)
    sha256 = waited(clerk, first["export_id"], world.own)["sha256"]
    clock.forward(days=3)
    clerk = Person(clerk.client, world, "all")
    second = asking(world)
    clerk.wish(second)
    assert waited(clerk, second["export_id"], world.own)["sha256"] == sha256
    clock.forward(days=4, minutes=1)
    retention.purge(world.database, world.settings, Folder(world.settings.files), clock())
    clerk = Person(clerk.client, world, "all")
    assert clerk.get(paths.export(first["export_id"])).status_code == 410
    assert clerk.get(paths.export(second["export_id"])).status_code == 200


def test_statements_are_forgotten_and_made_again(clerk: Person, world: World, clock: Clock) -> None:
    transfer = paid(world)
    first = clerk.get(paths.statement(transfer, "csv"))
    clock.forward(days=31)
    folder = Folder(world.settings.files)
    retention.purge(world.database, world.settings, folder, clock())
    assert not folder.whole(hashlib.sha256(first.content).hexdigest()).exists()
    again = Person(clerk.client, world, "all").get(paths.statement(transfer, "csv"))
    assert again.content == first.content


def test_a_statement_whose_file_is_lost_is_made_again(clerk: Person, world: World) -> None:
    transfer = paid(world)
    first = clerk.get(paths.statement(transfer, "csv"))
    Folder(world.settings.files).whole(hashlib.sha256(first.content).hexdigest()).unlink()
    again = clerk.get(paths.statement(transfer, "csv"))
    assert (again.status_code, again.content) == (200, first.content)


def test_an_export_whose_file_went_with_an_older_one_is_made_again(
    world: World, clerk: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the writing of the file and of its row, the only row that spoke of these bytes may expire."""
    paid(world, former())
    body = asking(world)
    with world.database.write() as tx:
        exports.ask(tx, clerk.person_id, msgspec.convert(body, exports.RequestExport))
    folder = Folder(world.settings.files)

    def made_and_lost(where: Folder, written: Callable[[IO[bytes]], None]) -> tuple[int, str]:
        size, sha256 = made_file(where, written)
        folder.whole(sha256).unlink()
        return size, sha256

    preparer = exports.Preparer(world.settings, world.database, folder)
    with monkeypatch.context() as once:
        once.setattr(exports, "made_file", made_and_lost)
        preparer._prepare(preparer._next())
    assert export_of(clerk, body["export_id"], world.own)["state"] == "asked"
    preparer._prepare(preparer._next())
    assert export_of(clerk, body["export_id"], world.own)["state"] == "ready"
    assert clerk.get(paths.export(body["export_id"])).status_code == 200


def test_an_export_given_up_half_way_is_asked_for_again(clerk: Person, world: World, clock: Clock) -> None:
    """A portal that stopped leaves it begun; the next takes it up after a while."""
    body = asking(world)
    with world.database.write() as tx:
        exports.ask(tx, clerk.person_id, msgspec.convert(body, exports.RequestExport))
        exports.settle(tx, body["export_id"], state="preparing", begun_at=clock() - timedelta(minutes=16))
    clerk.wish(asking(world))
    assert waited(clerk, body["export_id"], world.own)["state"] == "failed"


def test_no_more_than_five_are_prepared_at_once(clerk: Person, world: World) -> None:
    with world.database.write() as tx:
        for _ in range(exports.MOST_AT_ONCE):
            body = asking(world)
            exports.ask(tx, clerk.person_id, msgspec.convert(body, exports.RequestExport))
            exports.settle(tx, body["export_id"], state="preparing", begun_at=world.clock())
    answer = clerk.wish(asking(world))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "export_id")


def test_an_export_is_given_up_when_the_portal_closes(clerk: Person, world: World) -> None:
    """Another portal, on the same database, finds it asked for and begins anew."""
    paid(world, former())
    body = asking(world)
    with world.database.write() as tx:
        exports.ask(tx, clerk.person_id, msgspec.convert(body, exports.RequestExport))
    preparer = exports.Preparer(world.settings, world.database, Folder(world.settings.files))
    row = preparer._next()
    assert row is not None
    assert export_of(clerk, body["export_id"], world.own)["state"] == "preparing"
    assert preparer._next() is None
    preparer.close()
    preparer._prepare(row)
    assert export_of(clerk, body["export_id"], world.own)["state"] == "asked"
    assert list((world.settings.files / "parts").iterdir()) == []
    clerk.wish(asking(world))
    assert waited(clerk, body["export_id"], world.own)["state"] == "ready"


def test_lines_are_read_a_batch_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    paid(world, *(line(START + timedelta(days=day), 1) for day in range(25)))
    monkeypatch.setattr(records, "_BATCH", 10)
    batches = list(records.stream(world.database, world.own, after=2))
    assert [len(batch) for batch in batches] == [10, 10, 3]
    assert [row[0] for batch in batches for row in batch] == list(range(3, 26))
