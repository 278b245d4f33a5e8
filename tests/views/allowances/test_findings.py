"""The list of findings: grouped, narrowed down, explained, decided of by key and undone, whatever their number."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from desktop.services.review import saying
from desktop.services.review.archive import Archive, State
from desktop.views.allowances import hands
from desktop.views.allowances.findings import Findings
from desktop.views.allowances.findings.sieve import Sieve, searchable, sifted
from desktop.views.allowances.reviewed import Reviewed
from desktop.views.allowances.verdicts import Point, Verdict, points, verdict_of
from desktop.views.icons import Icons
from desktop.views.later import Later
from desktop.views.opening import Appearance
from tests.services.review.making_lines import paid
from tests.views.acting import press
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


class Asked:
    def __init__(self) -> None:
        self.letters: list[tuple[Point, ...]] = []
        self.reports = 0

    def write(self, of: "reviews.Sequence[Point]") -> None:
        self.letters.append(tuple(of))

    def report(self) -> None:
        self.reports += 1


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def part(
    qtbot: QtBot, icons: Icons, later: Later, errands: Later, place: Place, tmp_path: Path, asked: Asked
) -> Findings:
    made = Findings(reviews.desk(icons, later, errands, tmp_path), place.doing, place.raw, asked.write, asked.report)
    qtbot.addWidget(made)
    made.resize(784, 700)
    made.show()
    place.parts.append(made.tell)
    made.tell(place.told)
    qtbot.waitUntil(lambda: made.list.rows.rowCount() == 7 and made.detail.lines.rows.rowCount() == 0)
    qtbot.waitUntil(lambda: later.idle)
    return made


def titles(part: Findings) -> list[str]:
    rows = part.list.rows
    return [row.title for place in range(rows.rowCount()) if (row := rows.row(place)) is not None]


def choose(qtbot: QtBot, part: Findings, title: str) -> None:
    part.list.table.select(titles(part).index(title))
    qtbot.waitUntil(lambda: part.detail._kind.text() == title)


def test_they_are_grouped_by_kind_with_their_number_and_amount(part: Findings) -> None:
    assert titles(part)[:3] == ["Total de contrôle inexact", "Doublon", "Trop-perçu"]
    assert part.list.rows.group_of(1) == "Doublons · 1 · 462,00\u00a0€"
    assert part.list.verdicts.currentText() == "À voir (7)"
    texts = [part.list.kinds.itemText(place) for place in range(part.list.kinds.count())]
    assert texts[0] == "Toutes les sortes"
    assert "Régularisations (1)" in texts


def test_one_is_explained_with_its_lines_their_places_and_raw_text(qtbot: QtBot, part: Findings, place: Place) -> None:
    choose(qtbot, part, "Doublon")
    qtbot.waitUntil(lambda: part.detail.lines.rows.rowCount() == 2)
    assert part.detail._title.text().startswith("LEFÈVRE-DUMONTIER Anne-Charlotte\u00a0: ")
    assert part.detail._step.text().startswith("Vérifiez sur le relevé")
    shown = part.detail.lines.rows.row(0)
    assert shown is not None
    assert shown.texts[:3] == ("fichier 1.csv", "7", "01/02/2018")
    assert "I.J. normales" in shown.texts[9:]
    qtbot.waitUntil(lambda: "MARTIN Zoé;" in part.detail.lines.raw.toPlainText())
    assert "126" not in part.detail.lines.raw.toPlainText(), "a NIR is masked"
    assert part.detail.lines._where.text() == "Ligne 7 de «\u00a0fichier 1.csv\u00a0», telle qu’elle s’y trouve\u00a0:"
    part.reveal(revealed=True)
    qtbot.waitUntil(lambda: "126 111" in part.detail.lines.raw.toPlainText())
    part.detail.open_lines.click()
    assert len(place.rows) == 2


def test_a_total_leads_to_its_file(qtbot: QtBot, part: Findings, place: Place) -> None:
    choose(qtbot, part, "Total de contrôle inexact")
    assert part.detail.lines.isHidden()
    assert part.detail._count.text() == "Total annoncé à la ligne 11 de «\u00a0fichier 1.csv\u00a0»"
    part.list.table.setFocus()
    qtbot.keyClick(part.list.table, Qt.Key.Key_Return)
    assert place.file == (0, 11)


def test_its_leave_is_pictured_or_its_month(qtbot: QtBot, part: Findings) -> None:
    choose(qtbot, part, "Jours non indemnisés")
    qtbot.waitUntil(part.detail.leave.strip.isVisible)
    assert "Non indemnisé du 15/01/2018" in part.detail.leave.strip.accessibleDescription()
    part.detail.by_month.click()
    qtbot.waitUntil(part.detail.month.isVisible)
    assert part.detail.leave.isHidden()


def test_keys_decide_one_after_another_and_the_archive_remembers(
    qtbot: QtBot, part: Findings, place: Place, kept: hands.Shelf
) -> None:
    table = part.list.table
    choose(qtbot, part, "Doublon")
    part.detail.bar.reason.setText("La banque a payé deux fois")
    table.setFocus()
    first = part.chosen[0].key
    qtbot.keyClick(table, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: len(titles(part)) == 6)
    assert part.chosen[0].title == "Trop-perçu", "the next one is current"
    assert part.detail.bar.reason.text() == "", "with no reason of another"
    qtbot.keyClick(table, Qt.Key.Key_C)
    qtbot.waitUntil(lambda: len(titles(part)) == 5)
    qtbot.keyClick(table, Qt.Key.Key_I)
    qtbot.waitUntil(lambda: len(titles(part)) == 4)
    decided = Archive(kept.keeping).decision(first)
    assert decided is not None
    assert (decided.state, decided.reason, decided.by) == (State.DISPUTED, "La banque a payé deux fois", reviews.AUTHOR)
    part.list.verdicts.setCurrentIndex(1)
    part.list.verdicts.activated.emit(1)
    qtbot.waitUntil(lambda: titles(part) == ["Doublon"])
    assert part.detail.bar._words.text().startswith("À contester, par Claire Martin le ")
    assert part.detail.bar._words.text().endswith("\u00a0: La banque a payé deux fois")


def test_a_decision_is_undone_and_what_stood_before_stands_again(qtbot: QtBot, part: Findings, place: Place) -> None:
    part.list.show_all()
    choose(qtbot, part, "Doublon")
    key = part.chosen[0].key
    part.decide(Verdict.DISPUTED, "un motif")
    qtbot.waitUntil(lambda: key in place.told.decisions)
    part.decide(Verdict.IGNORED, "")
    assert part.notice.sentence == "1\u00a0point classé «\u00a0ignoré\u00a0»."
    part.list.table.setFocus()
    qtbot.keyClick(part.list.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    decision = place.told.decisions[key]
    assert (decision.state, decision.reason) == (State.DISPUTED, "un motif")
    part.undo()
    assert key not in place.told.decisions
    part.undo()
    assert key not in place.told.decisions, "there is nothing more to undo"


def test_a_decision_is_taken_back_by_its_button(qtbot: QtBot, part: Findings, place: Place) -> None:
    part.list.show_all()
    choose(qtbot, part, "Doublon")
    part.detail.bar.buttons[Verdict.UNDERSTOOD].click()
    qtbot.waitUntil(part.detail.bar.undo.isVisible)
    part.detail.bar.undo.click()
    qtbot.waitUntil(part.detail.bar.undo.isHidden)
    assert not place.told.decisions


def test_several_are_decided_at_once(qtbot: QtBot, part: Findings, place: Place) -> None:
    part.list.table.selectAll()
    qtbot.waitUntil(lambda: "7\u00a0points choisis" in part.detail.bar._words.text())
    part.detail.bar.buttons[Verdict.IGNORED].click()
    qtbot.waitUntil(lambda: not titles(part))
    assert len(place.told.decisions) == 7
    assert part.list.empty.isVisible()
    assert part.list.empty._sentence.text() == "Il ne reste rien à voir"
    part.list.empty.button.click()
    qtbot.waitUntil(lambda: len(titles(part)) == 7)


def test_search_as_one_types_and_escape(qtbot: QtBot, part: Findings) -> None:
    part.focus_search()
    qtbot.keyClicks(part.list.search, "lefevre")
    qtbot.waitUntil(lambda: titles(part) == ["Doublon"])
    assert part.list.count.text() == "1\u00a0point affiché"
    qtbot.keyClicks(part.list.search, "zzz")
    qtbot.waitUntil(part.list.empty.isVisible)
    assert part.list.empty._sentence.text() == "Aucun point ne répond à cette recherche"
    qtbot.keyClick(part.list.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(titles(part)) == 7)
    qtbot.keyClick(part.list.search, Qt.Key.Key_Escape)
    assert part.list.table.hasFocus()


def test_the_adviser_is_written_to_and_the_report_asked(qtbot: QtBot, part: Findings, asked: Asked) -> None:
    choose(qtbot, part, "Doublon")
    part.detail.write.click()
    assert [point.title for point in asked.letters[0]] == ["Doublon"]
    part.print_current()
    assert asked.reports == 1


def test_chosen_points_are_copied_for_a_spreadsheet(qtbot: QtBot, part: Findings) -> None:
    choose(qtbot, part, "Doublon")
    part.list.table.setFocus()
    qtbot.keyClick(part.list.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    heads, row = (line.split("\t") for line in QApplication.clipboard().text().split("\n"))
    assert heads[:3] == ["Décision", "Sorte", "Personne"]
    assert row[:4] == ["À voir", "Doublon", "LEFÈVRE-DUMONTIER Anne-Charlotte", "462,00 €"], (
        "the clipboard gives ordinary spaces"
    )


def test_the_menu_of_a_point_decides_too(qtbot: QtBot, part: Findings) -> None:
    choose(qtbot, part, "Doublon")
    part.list.table.asked_menu.emit()
    (menu,) = part.findChildren(QMenu)
    qtbot.waitUntil(menu.isVisible)
    texts = [action.text().partition("\t")[0] for action in menu.actions() if action.text()]
    assert texts == ["Compris", "À contester", "Ignorer", "Voir les lignes", "Écrire au conseiller…", "Copier"]
    menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: len(titles(part)) == 6)
    menu.close()


def test_a_line_that_two_files_hold_names_both(qtbot: QtBot, part: Findings, kept: hands.Shelf, tmp_path: Path) -> None:
    line = paid(date(2018, 2, 1), date(2018, 2, 14), 3300)
    other = paid(date(2018, 3, 1), date(2018, 3, 5))
    part.tell(reviews.reviewed(kept, [line, line], [other, line]))
    qtbot.waitUntil(lambda: len(titles(part)) == 3)
    choose(qtbot, part, "Doublon")
    qtbot.waitUntil(part.detail.lines.also.isVisible)
    assert part.detail.lines.also.text() == "Aussi\u00a0: ligne 2 de «\u00a0fichier 2.csv\u00a0»."


def test_nothing_found_is_said(qtbot: QtBot, part: Findings, place: Place, later: Later) -> None:
    part.tell(replace(place.told, anomalies=(), regularisations=(), keys=()))
    qtbot.waitUntil(part.list.empty.isVisible)
    assert part.list.empty._sentence.text() == "Rien à signaler"
    part.tell(None)
    assert not titles(part)
    assert part.list.empty._sentence.text() == "Ouvrez d’abord des fichiers à vérifier"
    part.tell(place.told)
    assert part.list.empty._sentence.text() == "Vérification en cours…", "not yet that there is nothing"
    qtbot.waitUntil(lambda: len(titles(part)) == 7)


@pytest.mark.parametrize("appearance", [Appearance.LIGHT, Appearance.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("size", [(784, 700), (572, 500)], ids=["wide", "narrow"])
def test_everything_is_named_and_set_in_french(
    qtbot: QtBot, part: Findings, icons: Icons, size: tuple[int, int], appearance: Appearance
) -> None:
    icons.look.choose(appearance)
    part.resize(*size)
    for title in titles(part):
        choose(qtbot, part, title)
        assert unnamed(part) == []
        assert [(where, text, slips(text)) for where, text in visible_strings(part) if slips(text)] == []
    assert part.grab().width() == size[0], "the part takes no more room than it is given"
    for button in part.detail.bar.buttons.values():
        assert button.width() >= button.sizeHint().width(), button.text()


def test_in_a_low_window_the_open_point_stays_in_sight_among_others(part: Findings, qtbot: QtBot) -> None:
    table = part.list.table
    last = part.list.rows.rowCount() - 1
    table.select(last)
    part.resize(558, 490)
    qtbot.waitUntil(lambda: not table.visualRect(table.currentIndex()).isEmpty())
    qtbot.waitUntil(lambda: table.viewport().rect().contains(table.visualRect(table.currentIndex())))
    assert table.viewport().height() >= 4 * 58, "three others beside it"
    part.notice.tell("1 point classé «\u00a0compris\u00a0».")
    qtbot.waitUntil(lambda: table.viewport().height() < 4 * 58)
    assert table.viewport().height() >= 3 * 58, "two others with what is said of the last decision"


def test_newer_points_on_their_way_are_said(qtbot: QtBot, part: Findings, place: Place, kept: hands.Shelf) -> None:
    said = part.list.updating
    assert said.isHidden()
    part.expect(coming=True)
    assert said.isVisible()
    part.tell(reviews.a_review(kept))
    part.expect(coming=False)
    assert said.isVisible(), "its points are not here yet"
    qtbot.waitUntil(said.isHidden)


def test_the_text_of_a_line_is_seen_in_whole_lines(part: Findings) -> None:
    raw = part.detail.lines.raw
    raw.setPlainText("\n".join("Ligne" for _ in range(8)))
    block, seen = raw.firstVisibleBlock(), 0
    while block.isValid():
        box = raw.blockBoundingGeometry(block).translated(raw.contentOffset())
        assert box.top() >= raw.viewport().height() or box.bottom() <= raw.viewport().height(), "one is cut"
        seen += box.bottom() <= raw.viewport().height()
        block = block.next()
    assert seen == 3


def test_many_points_freeze_nothing(
    qtbot: QtBot, part: Findings, place: Place, later: Later, watchdog: Watchdog
) -> None:
    one = next(each for each in place.told.anomalies if each.kind.value == "duplicate")
    many = replace(place.told, anomalies=(one,) * 20_000, keys=tuple(f"k{n}" for n in range(20_001)))
    many = replace(many, decisions={}, regularisations=many.regularisations[:1])
    watchdog.during(lambda: part.tell(many))
    watchdog.until(lambda: part.list.rows.rowCount() == 20_001, 30)
    watchdog.during(lambda: part.list.search.setText("lefevre"))
    watchdog.until(lambda: part.list.rows.rowCount() == 20_000, 30)
    watchdog.until(lambda: later.idle)


def test_the_sieve_counts_what_it_lets_pass(place: Place) -> None:
    found = points(place.told)
    decisions = place.told.decisions
    every = searchable(place.told)
    assert every.points == found
    told = sifted(every, decisions, Sieve(verdict=None))
    assert len(told.ids) == told.whole == len(found) == len(place.told.keys)
    assert sum(told.kinds.values()) == sum(told.verdicts.values()) == told.whole
    assert {point.key for point in found} == set(place.told.keys)
    one = sifted(every, decisions, Sieve(group="duplicate"))
    assert [found[number].group for number in one.ids] == ["duplicate"]


def crowded(place: Place, count: int = 300) -> Reviewed:
    """A review in which most of what was found asks for nothing."""
    one = next(each for each in place.told.anomalies if each.kind.value == "year-end")
    others = tuple(each for each in place.told.anomalies if each.kind.value != "year-end")
    odd = (*others, *(one,) * count)
    told = replace(place.told, anomalies=odd, decisions={})
    return replace(told, keys=tuple(f"k{number}" for number in range(len(told.findings))))


def test_what_asks_for_nothing_is_one_row_until_it_is_wanted(
    qtbot: QtBot, part: Findings, place: Place, later: Later
) -> None:
    many = crowded(place)
    part.tell(many)
    qtbot.waitUntil(lambda: "300\u00a0points pour information" in part.list._sentence(folded(part)))
    rows = part.list.rows
    assert rows.rowCount() == 7, "one row for three hundred"
    assert titles(part)[:3] == ["Total de contrôle inexact", "Doublon", "Trop-perçu"], (
        "what needs the clerk comes first"
    )
    fold = folded(part)
    assert rows.group_of(rowed(part)) == f"Périodes sur deux années · 300 · {saying.euros(fold.amount)}"
    assert not part.list.count.isVisible(), "none is left out"
    part.list.table.select(rowed(part))
    assert part.detail.open_lines.text() == "Afficher ces points"
    assert not part.detail.write.isVisible()
    assert len(part.chosen) == 300
    press(qtbot, part, "Afficher ces points")
    qtbot.waitUntil(lambda: rows.rowCount() == 306)
    current = part.list.table.current()
    assert current is not None
    assert (current.group, current.folded) == ("year-end", False)


def test_what_is_folded_is_found_and_asked_for_by_kind(qtbot: QtBot, part: Findings, place: Place) -> None:
    part.tell(crowded(place))
    qtbot.waitUntil(lambda: rowed(part) > 0)
    part.list.search.setText("année")
    qtbot.waitUntil(lambda: part.list.rows.rowCount() >= 300)
    part.list.search.clear()
    qtbot.waitUntil(lambda: part.list.rows.rowCount() == 7)
    part.list.kinds.setCurrentIndex(part.list.kinds.findData("year-end"))
    part.list.kinds.activated.emit(0)
    qtbot.waitUntil(lambda: part.list.rows.rowCount() == 300)


def test_one_key_decides_of_all_that_is_folded(qtbot: QtBot, part: Findings, place: Place) -> None:
    many = crowded(place)
    place.told = many
    part.tell(many)
    qtbot.waitUntil(lambda: rowed(part) > 0)
    part.list.table.select(rowed(part))
    qtbot.keyClick(part.list.table, Qt.Key.Key_I)
    qtbot.waitUntil(lambda: part.list.rows.rowCount() == 6)
    assert sum(verdict_of(each) is Verdict.IGNORED for each in place.told.decisions.values()) == 300
    part.undo()
    qtbot.waitUntil(lambda: part.list.rows.rowCount() == 7)


def folded(part: Findings) -> Point:
    row = part.list.rows.row(rowed(part))
    assert row is not None
    return row


def rowed(part: Findings) -> int:
    rows = part.list.rows
    return next((place for place in range(rows.rowCount()) if (row := rows.row(place)) and row.folded), 0)
