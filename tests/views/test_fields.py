"""Fields take what people type, and say beside them what is wrong."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtWidgets import QCalendarWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.views.fields.dates import DateField
from desktop.views.fields.inputs import AmountField, FieldBox, SearchField
from desktop.views.fields.reading import read_amount, read_date
from desktop.views.fields.shapes import Banner, ElidedLabel, EmptyState
from desktop.views.icons import Icons

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("030226", date(2026, 2, 3)),
        ("03022026", date(2026, 2, 3)),
        ("3/2/26", date(2026, 2, 3)),
        ("03/02/26", date(2026, 2, 3)),
        ("03.02.2026", date(2026, 2, 3)),
        ("3-2-2026", date(2026, 2, 3)),
        ("3 2 2026", date(2026, 2, 3)),
        ("3\u00a02\u202f2026", date(2026, 2, 3)),
        ("3/2", date(2026, 2, 3)),
        ("0302", date(2026, 2, 3)),
        ("2026-02-03", date(2026, 2, 3)),
        ("3/2/", date(2026, 2, 3)),
        ("auj", TODAY),
        ("Aujourd\u2019hui", TODAY),
        ("AUJOURD'HUI", TODAY),
        ("hier", TODAY - timedelta(days=1)),
        ("demain", TODAY + timedelta(days=1)),
        ("3/2/36", date(2036, 2, 3)),
        ("3/2/37", date(1937, 2, 3)),
        ("29/02/24", date(2024, 2, 29)),
        ("29/02/26", None),
        ("31/04/26", None),
        ("3/13/26", None),
        ("0/1/26", None),
        ("003/2/26", None),
        ("3/2/226", None),
        ("3/2/1899", None),
        ("bientôt", None),
        ("3", None),
        ("", None),
        ("٣/٢/٢٦", None),
    ],
)
def test_dates_as_people_type_them(typed: str, read: date | None) -> None:
    assert read_date(typed, TODAY) == read


def test_twenty_six_is_not_nineteen_twenty_six() -> None:
    read = read_date("03/02/26", TODAY)
    assert read is not None
    assert read.year == 2026


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1234,56", "1234.56"),
        ("1234.56", "1234.56"),
        ("1 234,56 €", "1234.56"),
        ("1\u00a0234,56", "1234.56"),
        ("1\u202f234,56\u00a0€", "1234.56"),
        ("1\u2009234,5", "1234.50"),
        ("1.234,56", "1234.56"),
        ("12", "12.00"),
        ("12,", "12.00"),
        (",5", "0.50"),
        ("−12,30", "-12.30"),
        ("-12", "-12.00"),
        ("1,234.56", None),
        ("12,345", None),
        ("1.23.4,5", None),
        ("douze", None),
        ("", None),
        ("٣", None),
    ],
)
def test_amounts_as_people_type_them(typed: str, read: str | None) -> None:
    assert read_amount(typed) == (Decimal(read) if read is not None else None)


def test_a_date_is_tidied_and_moved_by_the_arrows(qtbot: QtBot, icons: Icons) -> None:
    field = DateField(icons)
    qtbot.addWidget(field)
    qtbot.keyClicks(field, "030226")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "03/02/2026"
    qtbot.keyClick(field, Qt.Key.Key_Up)
    assert field.value() == date(2026, 2, 4)
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert field.value() == date(2026, 2, 2)
    field.set_value(date(2026, 1, 31))
    qtbot.keyClick(field, Qt.Key.Key_PageUp)
    assert field.value() == date(2026, 2, 28)
    qtbot.keyClick(field, Qt.Key.Key_PageDown)
    assert field.value() == date(2026, 1, 28)


def test_what_is_no_date_is_said_and_forgiven_as_soon_as_it_is_one(qtbot: QtBot, icons: Icons) -> None:
    field = DateField(icons)
    qtbot.addWidget(field)
    qtbot.keyClicks(field, "31/04/2026")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.property("wrong") is True
    assert "03/02/2026" in field.complaint()
    assert field.accessibleDescription() == field.complaint()
    field.clear()
    assert field.property("wrong") is False
    assert field.complaint() == ""
    assert field.value() is None


def test_the_calendar_begins_on_monday_and_chooses(qtbot: QtBot, icons: Icons) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    column = QVBoxLayout(holder)
    field = DateField(icons)
    column.addWidget(field)
    holder.show()
    field.set_value(date(2026, 2, 3))
    qtbot.keyClick(field, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    calendar = field.findChild(QCalendarWidget)
    assert calendar is not None
    assert calendar.firstDayOfWeek() == Qt.DayOfWeek.Monday
    assert calendar.selectedDate() == QDate(2026, 2, 3)
    calendar.clicked.emit(QDate(2026, 2, 17))
    assert field.text() == "17/02/2026"


def test_an_amount_is_tidied(qtbot: QtBot) -> None:
    field = AmountField()
    qtbot.addWidget(field)
    qtbot.keyClicks(field, "1234.5")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "1\u202f234,50\u00a0€"
    assert field.value() == Decimal("1234.50")
    field.setText("douze")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.property("wrong") is True


def test_a_box_says_help_or_complaint_and_names_its_field(qtbot: QtBot) -> None:
    field = AmountField()
    box = FieldBox("Salaire brut", field, "Sur la dernière fiche de paie.")
    qtbot.addWidget(box)
    box.show()
    assert field.accessibleName() == "Salaire brut (facultatif)"
    assert field.accessibleDescription() == "Sur la dernière fiche de paie."
    box.complain("Indiquez un montant.")
    assert box.complaint == "Indiquez un montant."
    assert field.property("wrong") is True
    box.complain("")
    assert box.complaint == ""
    assert field.property("wrong") is False


def test_search_settles_once_and_escape_clears(qtbot: QtBot, icons: Icons) -> None:
    field = SearchField(icons, "Rechercher…")
    qtbot.addWidget(field)
    heard: list[str] = []
    field.settled.connect(lambda: heard.append(field.text()))
    qtbot.keyClicks(field, "lefevre")
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == ["lefevre"]
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == ""
    qtbot.waitUntil(lambda: heard == ["lefevre", ""])


def test_a_long_name_elides_and_tells_the_whole_in_its_tooltip(qtbot: QtBot) -> None:
    label = ElidedLabel("Établissements Lefèvre-Dubois et Compagnie, Fonderies du Lac")
    qtbot.addWidget(label)
    label.show()
    label.resize(120, 20)
    assert label.toolTip() == f"<qt>{label.text()}</qt>"
    label.setText("<img src='file:///a'>" + "x" * 99)
    assert "<img" not in label.toolTip()
    label.resize(900, 20)
    assert label.toolTip() == ""
    assert label.minimumSizeHint().width() < 60


def test_a_banner_says_one_thing_with_one_remedy(qtbot: QtBot, icons: Icons) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    column = QVBoxLayout(holder)
    banner = Banner(icons, "warning", "wifi-off")
    column.addWidget(banner)
    holder.show()
    assert banner.sentence == ""
    done: list[bool] = []
    banner.tell("Hors connexion.", "Réessayer", lambda: done.append(True))
    assert banner.sentence == "Hors connexion."
    button = holder.childAt(banner.mapTo(holder, QPoint(banner.width() - 50, banner.height() // 2)))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert done == [True]


def test_an_empty_page_says_why_and_what_next(qtbot: QtBot, icons: Icons) -> None:
    done: list[bool] = []
    state = EmptyState(icons, "inbox", "Rien encore", "Posez une question.", "Écrire", lambda: done.append(True))
    qtbot.addWidget(state)
    state.show()
    qtbot.mouseClick(state.button, Qt.MouseButton.LeftButton)
    assert done == [True]
    state.say("Aucun résultat")
    assert not state.button.isVisible()
