"""The sums by person, leave, month and transfer: right to the cent, searched, sorted, and each opening its lines."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.services.review.leaves import leaves
from desktop.services.review.searching import Selection, Sheet
from desktop.views.allowances import hands
from desktop.views.allowances.people import People
from desktop.views.allowances.people.tallies import By, Wanted, answered, cells
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.opening import Appearance
from tests.services.review.making_lines import Line, lines, paid
from tests.views.allowances import reviews
from tests.views.allowances.reviews import Place
from tests.views.conftest import Watchdog
from tests.views.walking import slips, unnamed, visible_strings


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[hands.Shelf]:
    made = reviews.shelf(tmp_path)
    yield made
    made.close()


@pytest.fixture
def errands() -> Iterator[Later]:
    made = Later("errands")
    yield made
    made.stop()


@pytest.fixture
def place(kept: hands.Shelf) -> Place:
    return Place(kept, reviews.a_review(kept))


@pytest.fixture
def settle(qtbot: QtBot, later: Later, qapp: QApplication) -> Callable[[], None]:
    def quiet() -> bool:
        if not later.idle:
            return False
        qapp.processEvents()
        return later.idle

    def settle() -> None:
        qtbot.waitUntil(quiet, timeout=10_000)

    return settle


@pytest.fixture
def people(
    place: Place, icons: Icons, later: Later, errands: Later, tmp_path: Path, qtbot: QtBot, settle: Callable[[], None]
) -> People:
    made = People(reviews.desk(icons, later, errands, tmp_path), place.doing)
    qtbot.addWidget(made)
    made.resize(790, 500)
    made.tell(place.told)
    with qtbot.waitExposed(made):
        made.show()
    settle()
    return made


def test_the_sums_are_in_sight_beside_the_files_in_a_small_window(people: People) -> None:
    people.resize(711, 538)
    grid = people.grid
    across = grid.horizontalHeader()
    place = [heading.name for heading in grid.headings].index("lines")
    assert across.sectionViewportPosition(place) + across.sectionSize(place) <= grid.viewport().width() - 12


@pytest.mark.parametrize("by", list(By))
def test_the_net_amount_is_in_sight_in_a_window_of_1000_pixels(
    people: People, by: By, settle: Callable[[], None]
) -> None:
    people.choose(by)
    settle()
    people.resize(571, 490)
    grid = people.grid
    across = grid.horizontalHeader()
    place = [heading.name for heading in grid.headings].index("net")
    assert across.sectionViewportPosition(place) + across.sectionSize(place) <= grid.viewport().width() - 12


def test_newer_sums_on_their_way_are_said(
    people: People, place: Place, kept: hands.Shelf, settle: Callable[[], None]
) -> None:
    assert people.updating.isHidden()
    people.expect(coming=True)
    assert people.updating.isVisible()
    assert people.updating.text() == "Mise à jour…"
    people.tell(reviews.a_review(kept))
    people.expect(coming=False)
    settle()
    assert people.updating.isHidden()


def column(people: People, name: str) -> list[str]:
    rows = (people.grid.rows.row(at) for at in range(people.grid.rows.rowCount()))
    return [row.texts[name] for row in rows if row is not None]


def texts_of(widget: QWidget) -> list[str]:
    return [text for _, text in visible_strings(widget)]


def test_each_person_is_summed(people: People) -> None:
    assert column(people, "person") == ["MARTIN Zoé", "LEFÈVRE-DUMONTIER Anne-Charlotte", "DURAND Paul"]
    assert column(people, "indemnity") == ["2\u202f986,46\u00a0€", "924,00\u00a0€", "\u2212165,00\u00a0€"]
    assert column(people, "net") == ["2\u202f977,08\u00a0€", "924,00\u00a0€", "\u2212165,00\u00a0€"]
    assert column(people, "days") == ["77", "28", "0"]
    assert column(people, "nir")[0] == "2\u00a095\u00a001\u00a099\u00a0•••\u00a0•••"
    assert people.count.text() == "3\u00a0salariés"


@pytest.mark.parametrize(
    ("by", "row", "rows"),
    [
        (By.PERSON, 1, (6, 7)),
        (By.LEAVE, 0, (0, 1, 2, 3, 4, 5)),
        (By.MONTH, 1, (1, 2, 3)),
        (By.TRANSFER, 2, (2, 3)),
    ],
)
def test_a_row_opens_its_lines(
    people: People, place: Place, settle: Callable[[], None], qtbot: QtBot, by: By, row: int, rows: tuple[int, ...]
) -> None:
    people.choose(by)
    settle()
    people.grid.go_to(row)
    qtbot.keyClick(people.grid, Qt.Key.Key_Return)
    settle()
    assert place.rows == rows
    assert column(people, "lines")[row] == str(len(rows))


def test_all_rows_open_all_lines(people: People, place: Place, settle: Callable[[], None]) -> None:
    for by in By:
        people.choose(by)
        settle()
        people.grid.selectAll()
        people.lines.click()
        settle()
        assert place.rows == tuple(range(9))


def test_what_tells_no_date_nor_name_is_there_all_the_same(
    people: People, place: Place, kept: hands.Shelf, settle: Callable[[], None]
) -> None:
    bare = Line(gross=1234, person="", nir="", payer="")
    people.tell(reviews.reviewed(kept, [bare, paid(date(2018, 1, 1), date(2018, 1, 5))]))
    settle()
    assert sorted(column(people, "person")) == ["MARTIN Zoé", "Personne non nommée"]
    people.choose(By.MONTH)
    settle()
    assert column(people, "month") == ["Janvier 2018", "Sans date"]
    people.grid.go_to(1)
    people.open_lines()
    settle()
    (row,) = place.rows
    people.choose(By.TRANSFER)
    settle()
    assert "Organisme non indiqué" in column(people, "payer")
    people.grid.go_to(column(people, "payer").index("Organisme non indiqué"))
    people.open_lines()
    settle()
    assert place.rows == (row,)


def test_search_and_order(people: People, qtbot: QtBot, settle: Callable[[], None]) -> None:
    people.grid.sort_by("indemnity")
    settle()
    assert column(people, "person")[0] == "DURAND Paul"
    people.grid.sort_by("person", descending=True)
    settle()
    assert [name.split()[0] for name in column(people, "person")] == ["MARTIN", "LEFÈVRE-DUMONTIER", "DURAND"]
    people.search.setText("lefevre anne")
    qtbot.waitUntil(lambda: people.count.text() == "1\u00a0salarié sur 3")
    people.search.setText("2 95 01 99")
    qtbot.waitUntil(lambda: people._asked is not None and people._asked.text == "2 95 01 99")
    assert column(people, "person") == ["MARTIN Zoé"]
    people.search.setText("zzz")
    qtbot.waitUntil(people.empty.isVisible)
    assert "Aucun résultat" in texts_of(people)
    people.empty.button.click()
    settle()
    assert people.grid.rows.rowCount() == 3


def test_rows_copy_as_excel_takes_them(people: People, settle: Callable[[], None]) -> None:
    people.choose(By.MONTH)
    settle()
    people.grid.go_to(2)
    people.copy()
    settle()
    head, row = (line.split("\t") for line in QApplication.clipboard().text().splitlines())
    cells = dict(zip(head, row, strict=True))
    assert cells["Mois"] == "janvier 2018"
    assert cells["Montant net"] == "1390,62"
    people.choose(By.PERSON)
    settle()
    people.grid.go_to(2)
    people.copy()
    settle()
    assert "-165,00" in QApplication.clipboard().text(), "a number, not a text with an apostrophe"
    assert "1800175123457" not in QApplication.clipboard().text()
    assert ">73282932000074</td>" in QApplication.clipboard().mimeData().html()


def test_nirs_are_masked_until_they_are_revealed(people: People, settle: Callable[[], None]) -> None:
    people.reveal(revealed=True)
    settle()
    assert column(people, "nir")[0] == "2950199126111"
    people.reveal(revealed=False)
    at_hand = people.grid.rows.at_hand(0)
    assert at_hand is None or "•" in at_hand.texts["nir"]


def test_the_choice_is_kept_and_nothing_is_summed_unseen(
    people: People, place: Place, icons: Icons, later: Later, errands: Later, tmp_path: Path, qtbot: QtBot
) -> None:
    people.choose(By.LEAVE)
    again = People(reviews.desk(icons, later, errands, tmp_path), place.doing)
    qtbot.addWidget(again)
    again.tell(place.told)
    assert again.by is By.LEAVE
    assert again.chips[By.LEAVE].isChecked()
    assert again._asked is None
    with qtbot.waitExposed(again):
        again.show()
    qtbot.waitUntil(lambda: again.count.text() == "3\u00a0arrêts")


def test_empty_states_names_and_typography(
    people: People, kept: hands.Shelf, icons: Icons, settle: Callable[[], None]
) -> None:
    for look in (Appearance.LIGHT, Appearance.DARK):
        icons.look.choose(look)
        for by in By:
            people.choose(by)
            settle()
            assert not unnamed(people)
            assert not [text for text in texts_of(people) if slips(text)]
            assert not people.grab().isNull()
    people.tell(reviews.reviewed(kept, []))
    settle()
    assert "Aucune ligne" in texts_of(people)
    people.tell(None)
    assert "Aucun fichier ouvert" in texts_of(people)


def test_a_hundred_thousand_people_do_not_stop_the_window(
    people: People, kept: hands.Shelf, watchdog: Watchdog
) -> None:
    day = paid(date(2018, 1, 1), date(2018, 1, 5))
    told = reviews.reviewed(kept, [day])
    one = told.sheet.find(Selection()).lines()
    many = pl.concat([one] * 100_000).with_columns(
        pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).alias("line"),
        pl.concat_str(pl.lit("p/"), pl.int_range(pl.len())).alias("person_key"),
        pl.concat_str(pl.lit("PERSONNE "), pl.int_range(pl.len())).alias("person"),
    )
    sheet = Sheet(many)
    watchdog.during(lambda: people.tell(replace(told, sheet=sheet)))
    watchdog.until(lambda: people.count.text() == "100\u202f000\u00a0salariés")
    watchdog.during(lambda: people.grid.sort_by("person", descending=True))
    watchdog.until(lambda: (row := people.grid.rows.at_hand(0)) is not None and row.texts["person"] == "PERSONNE 99999")
    watchdog.during(lambda: people.search.setText("personne 4242"))
    watchdog.until(lambda: people.count.text().startswith("20\u00a0salariés"))


def test_two_names_of_one_number_are_both_on_the_screen() -> None:
    day = date(2023, 3, 1)
    sheet = Sheet(leaves(lines(*(paid(day, day, person=name) for name in ("LEFÈVRE Camille", "MARTIN Anne")))))
    (row,) = cells(answered(sheet, Wanted(By.PERSON, "martin", "", descending=False), None), [0], revealed=False)
    assert row.texts["person"] == "LEFÈVRE Camille, MARTIN Anne (même NIR)"
