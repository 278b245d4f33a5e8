"""From files to a decision that is there at the next start, and to the request with the disputed lines."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.services.contact import NEW
from desktop.views.allowances.findings import Findings
from desktop.views.allowances.giving import Giving
from desktop.views.allowances.review import Review
from desktop.views.allowances.verdicts import Verdict
from tests.services.review import making_tables
from tests.views.allowances.conftest import Desktop
from tests.views.conftest import Client


@pytest.fixture
def twice(tmp_path: Path) -> Path:
    """A file in which one line stands twice."""
    rows = [list(row) for row in making_tables.insurer(making_tables.leaves(12))]
    rows.append(rows[7])
    path = tmp_path / "releve.csv"
    path.write_bytes(making_tables.text(rows))
    return path


def part_of(review: Review, kind: type[QWidget]) -> QWidget:
    return next(each for each in review.parts if isinstance(each, kind))


def found(qtbot: QtBot, review: Review) -> Findings:
    qtbot.waitUntil(lambda: review.parts.complete and review.reviewed is not None, timeout=20_000)
    part = part_of(review, Findings)
    assert isinstance(part, Findings)
    review.parts.show_part(part)
    qtbot.waitUntil(lambda: part.list.rows.rowCount() > 0, timeout=20_000)
    return part


def choose(qtbot: QtBot, part: Findings, title: str) -> None:
    rows = part.list.rows
    titles = [row.title for place in range(rows.rowCount()) if (row := rows.row(place)) is not None]
    part.list.table.select(titles.index(title))
    qtbot.waitUntil(lambda: part.detail.lines.rows.rowCount() == 2)


def test_a_decision_is_there_at_the_next_start(desktop: Desktop, qtbot: QtBot, twice: Path) -> None:
    review = desktop.review()
    desktop.open(review, twice)
    part = found(qtbot, review)
    choose(qtbot, part, "Doublon")
    raw = twice.read_text("utf-8").splitlines()[7]
    qtbot.waitUntil(lambda: bool(part.detail.lines.raw.toPlainText()))
    shown = part.detail.lines.raw.toPlainText()
    assert shown.split(";")[:2] == raw.split(";")[:2], "the line as the file has it"
    assert "•" in shown
    part.list.table.setFocus()
    before = part.list.rows.rowCount()
    qtbot.keyClick(part.list.table, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: part.list.rows.rowCount() == before - 1)
    desktop.close()

    again = found(qtbot, desktop.review())
    assert again.list.rows.rowCount() == before - 1
    assert again.list.verdicts.itemText(1) == "À contester (1)"


def test_the_disputed_lines_go_to_the_contact_form(client: Client, qtbot: QtBot, twice: Path) -> None:
    workplace = client.workplace
    workplace.open_files([twice])
    qtbot.waitUntil(lambda: workplace.allowances.page is not None, timeout=20_000)
    assert workplace.allowances.page is not None
    review = workplace.allowances.page.review
    part = found(qtbot, review)
    choose(qtbot, part, "Doublon")
    part.decide(Verdict.DISPUTED, "Reçu deux fois")
    giving = part_of(review, Giving)
    assert isinstance(giving, Giving)
    qtbot.waitUntil(giving.letter.write.isEnabled, timeout=10_000)
    giving.letter.write.click()
    form = workplace.contact.form
    qtbot.waitUntil(form.isVisible, timeout=10_000)
    draft = form.draft()
    assert draft.subject == "Indemnités journalières\u00a0: doublon"
    assert "Motif : Reçu deux fois" in draft.text.replace("\u00a0", " ")
    assert [file.name for file in draft.files] == ["Lignes contestées.csv"]
    assert client.services.contact.draft(form.key) is not None
    assert form.key.startswith(NEW)
