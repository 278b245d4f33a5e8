"""The pictures: the course of a leave to the day and the cent, a month's bars, and both as words."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from desktop.views.allowances.picture import LeavePicture, MonthPicture
from desktop.views.allowances.picture.bars import month
from desktop.views.allowances.picture.course import Course, MarkKind, Stretch, course
from desktop.views.icons import Icons
from desktop.views.later import Later
from tests.services.review.making_lines import Line, cancelled, lines, paid, withheld
from tests.views.allowances import reviews

START = date(2018, 1, 1)


def drawn(*made: Line, expected_end: date | None = None) -> Course:
    told = course(lines(*made), expected_end)
    assert told is not None
    return told


def stretches(told: Course) -> list[tuple[Stretch, date, date, int]]:
    return [(one.stretch, one.first, one.last, one.amount) for lane in told.lanes for one in lane.segments]


def test_each_kind_of_days_is_told() -> None:
    waiting = Line(START, date(2018, 1, 3), 0, 0, 0, 3, "CAR", kind="waiting")
    first = paid(date(2018, 1, 4), date(2018, 1, 10))
    second = paid(date(2018, 1, 15), date(2018, 1, 20))
    third = paid(date(2018, 1, 21), date(2018, 1, 31))
    told = drawn(
        waiting, first, *withheld(first), second, cancelled(second), paid(second.start, second.end, 4100),
        third, cancelled(third), paid(date(2018, 2, 1), date(2018, 2, 5)), paid(date(2018, 2, 5), date(2018, 2, 6)),
    )  # fmt: skip
    assert stretches(told) == [
        (Stretch.WAITING, START, date(2018, 1, 3), 0),
        (Stretch.PAID, date(2018, 1, 4), date(2018, 1, 10), 28000),
        (Stretch.GAP, date(2018, 1, 11), date(2018, 1, 14), 0),
        (Stretch.RENEWED, date(2018, 1, 15), date(2018, 1, 20), 24600),
        (Stretch.CANCELLED, date(2018, 1, 21), date(2018, 1, 31), 0),
        (Stretch.PAID, date(2018, 2, 1), date(2018, 2, 4), 16000),
        (Stretch.TWICE, date(2018, 2, 5), date(2018, 2, 5), 8000),
        (Stretch.PAID, date(2018, 2, 6), date(2018, 2, 6), 4000),
    ]


def test_what_the_employee_was_paid_is_told_apart() -> None:
    told = drawn(paid(START, date(2018, 1, 7)), paid(date(2018, 1, 8), date(2018, 1, 14), payee="employee"))
    assert [one[0] for one in stretches(told)] == [Stretch.PAID, Stretch.TO_PERSON]


def test_the_limits_are_marked() -> None:
    told = drawn(paid(date(2017, 12, 1), date(2018, 2, 10)), expected_end=date(2018, 3, 1))
    assert [(mark.kind, mark.day) for mark in told.marks] == [
        (MarkKind.START, date(2017, 12, 1)),
        (MarkKind.DAY_60, date(2018, 1, 29)),
        (MarkKind.YEAR_END, date(2017, 12, 31)),
        (MarkKind.EXPECTED, date(2018, 3, 1)),
    ]
    assert told.last == date(2018, 3, 1)
    assert [mark.kind for mark in drawn(paid(START, date(2018, 3, 1))).marks] == [MarkKind.START, MarkKind.DAY_60]
    assert [mark.kind for mark in drawn(paid(START, date(2018, 2, 28))).marks] == [MarkKind.START]


def test_each_payer_has_a_lane_and_two_natures_are_no_double() -> None:
    base = paid(START, date(2018, 1, 14))
    told = drawn(
        base, paid(START, date(2018, 1, 14), code="MIT"), paid(date(2018, 1, 8), date(2018, 1, 20), payer="Prévoyance")
    )
    assert [lane.name for lane in told.lanes] == [base.payer, "Prévoyance"]
    assert {one[0] for one in stretches(told)} == {Stretch.PAID}


def test_what_has_no_dates_is_no_picture() -> None:
    assert course(lines(Line(None, None, None, 4000))) is None
    assert course(lines(Line(START, START, None, -4000, kind="recovery"))) is None
    hostile = drawn(Line(START, date(9999, 12, 31), 0, 4000))
    assert (hostile.last - hostile.first).days <= 3_660


def test_it_is_told_in_words() -> None:
    told = drawn(paid(START, date(2018, 1, 7)), paid(date(2018, 1, 8), date(2018, 1, 14)))
    assert told.words == (
        "Arrêt de MARTIN Zoé du 01/01/2018 au 14/01/2018. CPAM 75 PARIS\u00a0: Payé du 01/01/2018 au 14/01/2018, "
        "14\u00a0jours, 560,00\u00a0€. Début de l’arrêt le 01/01/2018."
    )


periods = st.lists(
    st.tuples(st.integers(0, 90), st.integers(1, 40), st.integers(-9999, 9999), st.booleans()), min_size=1, max_size=8
)


@settings(max_examples=60, deadline=None)
@given(periods)
def test_the_days_follow_one_another_and_the_amounts_add_up(made: list[tuple[int, int, int, bool]]) -> None:
    """Every day from the first to the last is in exactly one segment, and no cent is lost where lines are cut."""
    given_ = [
        Line(first := START + timedelta(begin), first + timedelta(days - 1), None, cents, 0, days,
             sense="cancellation" if back else "payment")
        for begin, days, cents, back in made
    ]  # fmt: skip
    told = drawn(*given_)
    segments = [one for lane in told.lanes for one in lane.segments]
    for before, after in pairwise(segments):
        assert after.first == before.last + timedelta(1)
    assert sum(one.amount for one in segments) == sum(one.gross for one in given_)


def test_a_month_is_told_by_day_and_by_transfer() -> None:
    made = lines(
        paid(START, date(2018, 1, 7), paid_on=date(2018, 2, 3), reference="V1"),
        paid(START, date(2018, 1, 7), paid_on=date(2018, 2, 3), reference="V2"),
        Line(START, START, None, -1000, kind="recovery", paid_on=date(2018, 2, 28), reference="V2"),
    )
    told = month(made, date(2018, 2, 1))
    assert len(told.by_day) == 28
    assert [(bar.mark, bar.amount, bar.lines) for bar in told.by_day if bar.lines] == [
        ("3", 56000, 2),
        ("28", -1000, 1),
    ]
    assert [(bar.amount, bar.lines) for bar in told.by_transfer] == [(28000, 1), (27000, 2)]
    assert sum(bar.amount for bar in told.by_day) == sum(bar.amount for bar in told.by_transfer) == told.net == 55000
    assert told.words(told.by_day) == (
        "Février 2018\u00a0: 550,00\u00a0€ nets. Le 03/02/2018\u00a0: 560,00\u00a0€, 2\u00a0lignes\u202f; "
        "Le 28/02/2018\u00a0: −10,00\u00a0€, 1\u00a0ligne."
    )


def test_many_transfers_are_put_together_without_a_loss() -> None:
    made = [paid(START, START, 100 + number, paid_on=START, reference=f"V{number:03}") for number in range(80)]
    told = month(lines(*made), START)
    assert len(told.by_transfer) == 31
    assert sum(bar.amount for bar in told.by_transfer) == told.net
    assert told.by_transfer[-1].name == "50\u00a0autres virements"


@pytest.fixture
def told(tmp_path: "reviews.Path") -> "reviews.Reviewed":
    return reviews.a_review(reviews.shelf(tmp_path))


def test_the_keyboard_goes_from_period_to_period(
    qtbot: QtBot, icons: Icons, later: Later, told: "reviews.Reviewed"
) -> None:
    picture = LeavePicture(icons.look, later)
    qtbot.addWidget(picture)
    picture.resize(600, 200)
    picture.show()
    leave = next(value for value, count in told.sheet.choices("leave") if count == 6)
    picture.tell(told.sheet, int(str(leave)))
    qtbot.waitUntil(lambda: "Carence" in picture.strip.accessibleDescription())
    picture.strip.setFocus()
    qtbot.keyClick(picture.strip, Qt.Key.Key_Right)
    assert picture._caption.text().startswith("Carence du 20/11/2017")
    qtbot.keyClick(picture.strip, Qt.Key.Key_End)
    assert picture._caption.text().startswith("Payé du 20/01/2018")
    qtbot.keyClick(picture.strip, Qt.Key.Key_Left)
    assert picture._caption.text() == "Non indemnisé du 15/01/2018 au 19/01/2018, 5\u00a0jours"
    qtbot.mouseMove(
        picture.strip, QPoint(3, picture.strip.box(0, picture.strip._segments()[0][1]).center().toPoint().y())
    )
    qtbot.waitUntil(lambda: picture._caption.text().startswith("Carence"))
    picture.tell(told.sheet, None)
    assert picture.isHidden()


def test_a_month_is_shown_by_day_or_by_transfer(
    qtbot: QtBot, icons: Icons, later: Later, told: "reviews.Reviewed"
) -> None:
    picture = MonthPicture(icons.look, later)
    qtbot.addWidget(picture)
    picture.resize(600, 260)
    picture.show()
    picture.tell(told.sheet, date(2018, 2, 1))
    qtbot.waitUntil(lambda: "Le 12/02/2018" in picture.bars.accessibleDescription())
    picture.bars.setFocus()
    qtbot.keyClick(picture.bars, Qt.Key.Key_Right)
    assert picture._caption.text() == "Le 12/02/2018\u00a0: 840,00\u00a0€, 1\u00a0ligne"
    picture.by_transfer.click()
    assert "CPAM 75 PARIS, le 12/02/2018" in picture.bars.accessibleDescription()
    assert picture.grab().width() == 600
