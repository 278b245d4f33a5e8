"""The names of days and months, as Python counts them."""

from datetime import date

from contract.calendar import DAYS, MONTHS


def test_days_and_months_are_counted_as_dates_count_them() -> None:
    when = date(2026, 11, 24)
    assert (DAYS[when.weekday()], MONTHS[when.month - 1]) == ("mardi", "novembre")
    assert (len(set(DAYS)), len(set(MONTHS))) == (7, 12)
