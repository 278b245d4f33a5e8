"""Payments: made by the insurer, read page by page for three months."""

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import msgspec
from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from sqlalchemy import insert, select, update

from contract import limits, paths
from contract.allowances import Payee, PaymentsPage, Sense, window_start
from contract.contact import Origin
from contract.identity import new_id
from contract.leave import Employee, LeaveState
from contract.portfolio import Right
from contract.wire import ProblemKind
from portal import people
from portal.allowances import records
from portal.answers import Reply, entity_tags, is_id, nothing, one_of, say
from portal.caller import Ask, Doorkeeper
from portal.database import TRANSFER_NUMBER, Database, Transaction
from portal.openapi import Answer, Operation, Parameter, told
from portal.people import Adviser
from portal.problems import Refusal, invalid, unknown
from portal.settings import Settings
from portal.tables import leaves, payments, transfers

CSG_PER_MILLE: Final = 62
CRDS_PER_MILLE: Final = 5
"""Withheld on each day's allowance, rounded each day (L. 136-8 of the social-security code; ordinance 96-50)."""

_NUMBER: Final = {"type": "integer", "minimum": 0, "maximum": 2**53}
_LIMIT: Final = {"type": "integer", "minimum": 1, "maximum": limits.PAYMENTS_PER_PAGE}

_PAYMENTS: Final = Operation(
    name="payments",
    summary="Read the payments of the last three months, page by page.",
    answers={
        200: Answer("A page of payments, by their number.", PaymentsPage, headers=("ETag",)),
        304: Answer("The page has not changed.", headers=("ETag",)),
    },
    refuses=(ProblemKind.RIGHTS, ProblemKind.UNKNOWN, ProblemKind.INVALID),
    headers=(
        Parameter("If-None-Match", "The `ETag` of the page that is here already."),
        Parameter("after", "The number behind which to read on; 0 from the beginning.", _NUMBER, place="query"),
        Parameter("limit", "The most rows to answer.", _LIMIT, place="query"),
    ),
)


def routes(settings: Settings, database: Database, doorkeeper: Doorkeeper) -> Sequence[HTTPRouteHandler]:
    @get(paths.PAYMENTS.replace("}", ":str}"), opt=told(_PAYMENTS))
    async def payments_page(request: Ask, space_id: FromPath[str]) -> Reply:
        with database.read() as db:
            caller = doorkeeper.caller(db, request)
            held = people.rights_in(db, caller.person_id, space_id, settings.now()) if is_id(space_id) else frozenset()
            if not held:
                raise unknown()
            if Right.ALLOWANCES not in held:
                raise Refusal(ProblemKind.RIGHTS)
            after = _asked(request, "after", 0, 2**53)
            limit = _asked(request, "limit", limits.PAYMENTS_PER_PAGE, limits.PAYMENTS_PER_PAGE, least=1)
            since = window_start(settings.now().date())
            last = records.last_number(db, space_id)
            etag = f'"{database.epoch}.{last}.{after}.{limit}.{since:%Y%m%d}"'
            if one_of(etag, entity_tags(request)):
                return nothing(304, {"ETag": etag})
            start = max(after, records.before_window(db, space_id, since))
            rows = records.page(db, space_id, start, limit)
        reached = rows[-1][0] if rows else start
        # As `PaymentsPage`, without making a struct of each row.
        page = {
            "space_id": space_id,
            "since": since,
            "last": reached,
            "more": reached < last,
            "insurer": settings.insurer,
        }
        return say(msgspec.json.encode(page | {"columns": records.COLUMNS, "rows": rows}), headers={"ETag": etag})

    return (payments_page,)


def _asked(request: Ask, name: str, default: int, most: int, *, least: int = 0) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    number = int(text) if re.fullmatch(r"[0-9]{1,16}", text, re.ASCII) else -1
    if not least <= number <= most:
        raise invalid(name, f"Ce nombre doit être compris entre {least} et {most}.")
    return number


# Paying


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """One line to be paid, or cancelled: then days and amounts are negative. Units as in `PaymentRecord`."""

    leave_number: str
    employee: Employee
    branch: str
    code: str
    label: str
    leave_start: date | None
    start: date | None
    end: date | None
    days: int
    rate: int
    gross: int
    csg: int = 0
    crds: int = 0
    tax: int = 0
    sense: str = Sense.PAYMENT
    origin: str = Origin.NEW

    @property
    def net(self) -> int:
        return self.gross - self.csg - self.crds - self.tax


@dataclass(frozen=True, slots=True)
class Transfer:
    """What is paid at once. `first` is the number of its first line in the space."""

    transfer_id: str
    space_id: str
    reference: str
    paid_on: date
    payee: str
    first: int


_OF_LINE: Final = tuple(field.name for field in dataclasses.fields(Paid) if field.name != "employee")
_OF_TRANSFER: Final = ("transfer_id", "space_id", "reference", "paid_on", "payee")


def amounts(rate: int, days: int) -> tuple[int, int, int]:
    """(gross, CSG, CRDS) in cents of so many days at this rate: levies are rounded each day, as they are printed."""
    gross = (abs(days) * rate + 50) // 100
    csg, crds = ((rate * share + 50_000) // 100_000 for share in (CSG_PER_MILLE, CRDS_PER_MILLE))
    sign = -1 if days < 0 else 1
    return sign * gross, days * csg, days * crds


def pay(tx: Transaction, adviser: Adviser, space_id: str, payee: Payee, lines: Sequence[Paid]) -> Transfer:
    """Pays the lines today, at once. Raises `Refusal` when an earlier payment of the space bears a later day."""
    tx.hold([space_id])
    last = records.last_number(tx.db, space_id)
    paid_on = tx.now.date()
    latest = select(payments.c.paid_on).where(payments.c.space_id == space_id, payments.c.number == last)
    if (before := tx.db.execute(latest).scalar_one_or_none()) is not None and before > paid_on:
        raise Refusal(ProblemKind.INVALID, "Un versement plus récent existe déjà.")
    reference = f"R-{paid_on.year}-{tx.next_fact(TRANSFER_NUMBER):07d}"
    transfer = Transfer(new_id(), space_id, reference, paid_on, payee, last + 1)
    rows = [row_of(transfer, new_id(), place, line) for place, line in enumerate(lines)]
    tx.db.execute(insert(transfers).values(transfer_row(transfer, rows)))
    tx.db.execute(insert(payments), rows)
    numbers = {line.leave_number for line in lines}
    mine = leaves.c.space_id == space_id, leaves.c.number.in_(numbers), leaves.c.paid_at.is_(None)
    tx.db.execute(update(leaves).where(*mine).values(paid_at=tx.now))
    records.tell(tx, space_id, rows[-1]["number"], paid_on)
    tx.audit(adviser.actor, "payments.pay", space=space_id, subject=transfer.transfer_id)
    return transfer


def row_of(transfer: Transfer, payment_id: str, place: int, line: Paid) -> dict[str, Any]:
    """The row of a line, the one of this place (from 0) in the transfer."""
    row = {name: getattr(line, name) for name in _OF_LINE} | msgspec.structs.asdict(line.employee)
    row |= {name: getattr(transfer, name) for name in _OF_TRANSFER}
    return row | {"payment_id": payment_id, "number": transfer.first + place, "net": line.net}


def transfer_row(transfer: Transfer, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    last, net = transfer.first + len(rows) - 1, sum(row["net"] for row in rows)
    return dataclasses.asdict(transfer) | {"last": last, "net": net}


def daily(
    leave_number: str,
    employee: Employee,
    branch: str,
    leave_start: date,
    start: date,
    end: date,
    rate: int,
    origin: str,
    *,
    cancelled: bool = False,
) -> Paid:
    """The normal allowances of a period, both days included, or their cancellation."""
    days = (end - start).days + 1
    gross, csg, crds = amounts(rate, -days if cancelled else days)
    return Paid(
        leave_number=leave_number,
        employee=employee,
        branch=branch,
        code="IJNOR",
        label="I.J. normales",
        leave_start=leave_start,
        start=start,
        end=end,
        days=-days if cancelled else days,
        rate=rate,
        gross=gross,
        csg=csg,
        crds=crds,
        sense=Sense.CANCELLATION if cancelled else Sense.PAYMENT,
        origin=origin,
    )


def of_leave(row: Any, start: date, end: date, rate: int, *, branch: str, cancelled: bool = False) -> Paid:  # noqa: ANN401
    """A line for a period of a leave; `row` is one of `leaves`. Raises `Refusal` for days outside it."""
    if row.state == LeaveState.WITHDRAWN or start < row.start or end > row.last_day or end < start:
        raise Refusal(ProblemKind.INVALID, "Cette période n’est pas dans l’arrêt.")
    employee = Employee(row.matricule, row.last_name, row.first_name, row.nir)
    return daily(row.number, employee, branch, row.start, start, end, rate, row.origin, cancelled=cancelled)
