"""A review that is had again without a line being read: the same to the last value, or none at all."""

from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest

from desktop.services.review import recalling, totals
from desktop.services.review.anomalies import Known, KnownLeave, anomalies
from desktop.services.review.archive import Archive, finding_keys, merged
from desktop.services.review.keeping import Keeping
from desktop.services.review.leaves import leaves
from desktop.services.review.line import EXTRA
from desktop.services.review.recalling import Made, Recalled
from desktop.services.review.regularising import regularisations
from desktop.services.review.searching import Selection, Sheet
from tests.services.review import making_kept
from tests.services.review.making_kept import CANARY, KEY

KNOWN = Known(frozenset({"123456789"}), (KnownLeave(date(2024, 1, 5), employee="M0001"),), date(2026, 11, 24))


def reviewed(keeping: Keeping) -> Recalled:
    """Of all kept files."""
    archive = Archive(keeping)
    history = merged([archive.part(keeping.reopen(each.sha256)) for each in keeping.files()])
    frame = leaves(history.frame)
    odd, explained = anomalies(frame, (), KNOWN), regularisations(frame)
    sheet = Sheet(frame)
    sheet.mark(row for one in odd for row in one.rows)
    keys = finding_keys(history, (*odd, *explained))
    return Recalled(sheet, totals.whole(frame), odd, explained, keys, history, {3: date(2024, 2, 1)}, KNOWN)


def made(keeping: Keeping, payments: str = "") -> Made:
    return recalling.made_of(Archive(keeping), [each.sha256 for each in keeping.files()], payments)


@pytest.fixture
def keeping(tmp_path: Path) -> Keeping:
    folder = Keeping(tmp_path, KEY)
    for source in (making_kept.statement(40), making_kept.bpij()):
        folder.keep(source, making_kept.read(source))
    return folder


def test_all_is_as_it_was(keeping: Keeping) -> None:
    was = reviewed(keeping)
    assert was.anomalies
    recalling.keep(keeping, made(keeping), was)
    assert recalling.stands(keeping) == made(keeping)
    found = recalling.recall(keeping)
    assert found is not None
    for each in fields(Recalled):
        if each.name not in ("sheet", "history"):
            assert getattr(found, each.name) == getattr(was, each.name), each.name
    assert found.sheet.columns == was.sheet.columns
    for selection in (
        *(Selection(), Selection("zara"), Selection("2018"), Selection(order="person", descending=True)),
        *(Selection(anomalies_only=True), Selection(file=1), Selection(leave=0), Selection(month=date(2024, 1, 1))),
    ):
        assert found.sheet.find(selection).lines().equals(was.sheet.find(selection).lines(), null_equal=True)
    for name in was.sheet.columns:
        assert found.sheet.find(Selection(order=name)).numbers.equals(was.sheet.find(Selection(order=name)).numbers)
    for name in ("company", "kind", "payee", "sense", "month", "file"):
        assert found.sheet.choices(name) == was.sheet.choices(name)
    assert found.sheet.find(Selection()).lines().schema == was.sheet.find(Selection()).lines().schema
    places = was.history.frame.select("file", "line").rows()
    assert [found.history.places(*each) for each in places] == [was.history.places(*each) for each in places]
    assert found.history.frame.is_empty()


def test_it_is_of_other_things_once_they_are_other(keeping: Keeping) -> None:
    before = made(keeping)
    archive = Archive(keeping)
    statement = keeping.files()[0].sha256
    told = {"person": "LE GOFF Yann", "start": "05/01/2024", "net": "10,00", "gross": "10,00"}
    archive.correct(statement, 4, told, by="Zoé")
    corrected = made(keeping)
    assert corrected != before
    archive.withdraw(statement, 4, by="Zoé")
    assert made(keeping) == before
    assert made(keeping, "12 payments") != before
    other = making_kept.statement(3)
    keeping.keep(other, making_kept.read(other))
    assert made(keeping) != before
    assert replace(before, rules="") != before


def test_it_is_the_same_whoever_asks(keeping: Keeping, tmp_path: Path) -> None:
    statement = keeping.files()[0].sha256
    told = {"person": "LE GOFF Yann", "start": "05/01/2024", "net": "10,00", "gross": "10,00"}
    archive = Archive(keeping)
    archive.correct(statement, 4, told, by="Zoé")
    now = recalling.made_of(archive, [statement])
    keeping.close()
    again = Keeping(tmp_path, KEY)
    assert recalling.made_of(Archive(again), [statement]) == now


def test_it_goes_with_any_of_its_files(keeping: Keeping, tmp_path: Path) -> None:
    was, of = reviewed(keeping), made(keeping)
    recalling.keep(keeping, of, was)
    keeping.erase(keeping.files()[1].sha256)
    assert recalling.stands(keeping) is None
    recalling.keep(keeping, of, was)  # it was being written meanwhile
    assert recalling.stands(keeping) is None
    assert recalling.recall(keeping) is None
    assert not list(tmp_path.glob("*.made*"))


def test_what_is_damaged_is_made_again(keeping: Keeping, tmp_path: Path) -> None:
    recalling.keep(keeping, made(keeping), reviewed(keeping))
    (path,) = tmp_path.glob("*.made")
    whole = path.read_bytes()
    assert CANARY.encode() not in whole
    for at in (5, 80, 300, len(whole) // 2, len(whole) - 20):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert recalling.stands(keeping) is None or recalling.recall(keeping) is None
    path.write_bytes(whole[:-1])
    assert recalling.recall(keeping) is None
    path.write_bytes(whole)
    assert recalling.recall(keeping) is not None


def test_nothing_stands_where_nothing_was_kept(keeping: Keeping) -> None:
    assert recalling.stands(keeping) is None
    assert recalling.recall(keeping) is None


def test_columns_of_the_file_itself_come_back(tmp_path: Path) -> None:
    keeping = Keeping(tmp_path, KEY)
    source = replace(making_kept.statement(6), data=making_kept.statement(6).data.replace(b"Organisme", b"Truc"))
    keeping.keep(source, making_kept.read(source))
    was = reviewed(keeping)
    recalling.keep(keeping, made(keeping), was)
    found = recalling.recall(keeping)
    assert found is not None
    assert any(name.startswith(EXTRA) for name in found.sheet.columns)
    assert found.sheet.find(Selection()).lines().equals(was.sheet.find(Selection()).lines())
