"""What the pages of leaves work with: handed to them once, by the window."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from desktop.services.leave import Leave, LeaveRow
from desktop.views.contact.desk import Desk as Office

Days = tuple[date, date]


def nothing_paid(_row: LeaveRow) -> Iterable[Days]:
    """No payment is known here."""
    return ()


@dataclass(frozen=True, slots=True)
class Desk:
    """`office` is what all pages of an account share. `write` opens the form of Contact filled in: topic, fields,
    space. `paid` tells the periods of a leave of which a payment is known, both days included."""

    leaves: Leave
    office: Office
    write: Callable[[str, dict[str, str], str | None], None]
    paid: Callable[[LeaveRow], Iterable[Days]] = nothing_paid
