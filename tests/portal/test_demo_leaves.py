"""The seeded leaves and payments: what the rules would have written, with all that goes wrong in real ones."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from contract.allowances import PaymentsRecord, window_start
from contract.leave import LeaveRecord
from contract.periods import clocks, last_day, overlapping
from portal.leave import records
from portal.tables import changes, leaves, payments, transfers
from tests.portal.seeded import NOW, Seeded, seeded

BULK = 5_000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seeded]:
    one = seeded(tmp_path_factory.mktemp("leaves"), requests=0, payments=BULK)
    yield one
    one.database.close()


def told(made: Seeded) -> list[LeaveRecord]:
    with made.database.read() as db:
        bodies = db.execute(select(changes.c.body).where(changes.c.kind == "leave")).scalars().all()
    return [msgspec.json.decode(body, type=LeaveRecord) for body in bodies]


def test_what_the_feeds_tell_is_what_lies_in_the_tables(made: Seeded) -> None:
    found = told(made)
    with made.database.read() as db:
        assert [records.leave_record(db, leave.leave_id) for leave in found] == found
        rows = {row.leave_id: row for row in db.execute(select(leaves))}
        for leave in found:
            row = rows[leave.leave_id]
            assert (row.state, row.last_day) == (leave.state, last_day(leave))


def test_there_are_sixty_leaves_with_all_that_may_become_of_one(made: Seeded) -> None:
    here = {space.space_id for space in made.world.group.spaces}
    found = [leave for leave in told(made) if leave.space_id in here]
    assert len(found) == 60
    states = Counter(leave.state for leave in found)
    assert min(states[name] for name in ("declared", "followed", "document_awaited", "ended", "withdrawn")) >= 3
    assert 10 <= sum(leave.origin == "former" for leave in found) <= 20
    assert sum(bool(leave.prolongations) for leave in found) >= 9
    assert any((one.start - leave.expected_end).days > 1 for leave in found for one in leave.prolongations[:1])
    assert {leave.terms.franchise_days.value for leave in found} == {15, 30, 90}
    assert any(leave.start > NOW.date() for leave in found)


def test_nobody_is_on_two_leaves_at_once(made: Seeded) -> None:
    found = told(made)
    for leave in found:
        others = [other for other in found if other.space_id == leave.space_id]
        assert overlapping(leave.employee, leave.start, last_day(leave), others, but=leave.leave_id) is None


def test_numbers_rise_with_the_day_of_payment_and_every_transfer_adds_up(made: Seeded) -> None:
    with made.database.read() as db:
        rows = db.execute(select(payments).order_by(payments.c.space_id, payments.c.number)).all()
        paid = {row.transfer_id: row for row in db.execute(select(transfers))}
        notices = db.execute(select(changes.c.space_id, changes.c.body).where(changes.c.kind == "payments")).all()
    assert len(rows) > BULK + 200
    for one, following in pairwise(rows):
        if one.space_id == following.space_id:
            assert following.number == one.number + 1
            assert following.paid_on >= one.paid_on
    nets: Counter[str] = Counter()
    for row in rows:
        assert row.net == row.gross - row.csg - row.crds - row.tax
        assert (row.paid_on, row.payee, row.reference) == tuple(
            getattr(paid[row.transfer_id], name) for name in ("paid_on", "payee", "reference")
        )
        nets[row.transfer_id] += row.net
    assert nets == {key: row.net for key, row in paid.items()}
    last = {row.space_id: row for row in rows}
    for space_id, body in notices:
        notice = msgspec.json.decode(body, type=PaymentsRecord)
        assert (notice.last, notice.paid_on) == (last[space_id].number, last[space_id].paid_on)


def test_the_published_regularisation_is_among_them_to_the_cent(made: Seeded) -> None:
    sql = "SELECT days, rate, gross, csg + crds, net FROM payments WHERE leave_number = '70001207' ORDER BY number"
    assert [tuple(row) for row in made.rows(sql)] == [
        (4, 0, 0, 0, 0),
        (13, 325_100, 42_263, 4_776, 37_487),
        (96, 325_100, 312_096, 35_267, 276_829),
        (-96, 325_100, -312_096, -35_267, -276_829),
        (96, 350_000, 336_000, 37_968, 298_032),
    ]


def test_what_goes_wrong_in_real_payments_goes_wrong_here(made: Seeded) -> None:
    since = window_start(NOW.date()).isoformat()
    assert made.number("SELECT count(*) FROM payments WHERE paid_on >= :since", since=since) > 100
    assert made.number("SELECT count(*) FROM payments WHERE code = 'RPR' AND gross < 0 AND days = 0") > 3
    assert made.number("SELECT count(*) FROM payments WHERE sense = 'cancellation'") > 5
    again = "SELECT count(*) FROM payments a JOIN payments b ON a.transfer_id = b.transfer_id AND a.start = b.start"
    again += (
        " AND a.leave_number = b.leave_number WHERE a.sense = 'cancellation' AND b.days = -a.days AND b.rate > a.rate"
    )
    assert made.number(again) >= 6
    twins = "SELECT count(*) FROM payments a JOIN payments b ON a.space_id = b.space_id AND a.number < b.number"
    twins += " AND a.transfer_id = b.transfer_id AND a.leave_number = b.leave_number AND a.start = b.start"
    assert made.number(twins + " AND a.gross = b.gross AND a.days > 0") >= 2
    wrong = "SELECT count(*) FROM payments p JOIN leaves l ON l.number = p.leave_number"
    assert made.number(wrong + " WHERE l.subrogation = 1 AND p.payee = 'employee'") >= 2
    assert made.number('SELECT count(*) FROM payments WHERE substr(start, 1, 4) < substr("end", 1, 4)') >= 2
    past_sixty = 'julianday(start) - julianday(leave_start) < 60 AND julianday("end") - julianday(leave_start) >= 60'
    assert made.number(f"SELECT count(*) FROM payments WHERE {past_sixty}") >= 5


def test_nothing_is_paid_before_the_franchise_is_over_nor_for_a_leave_that_was_withdrawn(made: Seeded) -> None:
    by_number = {leave.number: leave for leave in told(made)}
    rows = made.rows("SELECT leave_number, min(start) AS first FROM payments GROUP BY leave_number")
    checked = 0
    for number, first in rows:
        if (leave := by_number.get(number)) is not None:
            assert leave.state != "withdrawn"
            assert first >= clocks(leave.start, leave.terms).first_paid.isoformat()
            checked += 1
    assert checked >= 30
    assert made.number("SELECT count(*) FROM leaves WHERE paid_at IS NOT NULL") == checked


def test_a_world_of_any_size_has_as_many_lines_as_asked(made: Seeded, tmp_path: Path) -> None:
    plain = seeded(tmp_path, requests=0)
    lines = "SELECT count(*) FROM payments"
    assert made.number(lines) - plain.number(lines) == BULK
    assert plain.number("SELECT count(*) FROM leaves") == 64
    plain.database.close()
