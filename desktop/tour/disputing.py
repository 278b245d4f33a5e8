"""What the files come to: an employee found while typing, what is odd, what is disputed, the report, the letter."""

from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrintPreviewWidget
from PySide6.QtTest import QTest

from desktop.services.contact import RequestRow
from desktop.tour import papers
from desktop.tour.checking import review_of
from desktop.tour.stage import CONTROL, Stage
from desktop.views.allowances.criteria.filters import FilterSheet
from desktop.views.allowances.findings import Findings
from desktop.views.allowances.findings.detail import Detail
from desktop.views.allowances.giving import Giving
from desktop.views.allowances.giving.letter import FILE_NAME
from desktop.views.allowances.lines import Lines
from desktop.views.allowances.people import People
from desktop.views.fields.shapes import Button
from desktop.views.printing import Preview

REASON: Final = "Nous avons maintenu le salaire\u00a0: ce paiement nous revient."
DISPUTED: Final = "MERCIER"
PICTURED: Final = "NGUYEN"


def find_somebody(stage: Stage) -> None:
    """Over every column of every file, while typing."""
    review = review_of(stage)
    stage.press("Lignes", review.parts)
    lines = stage.find(Lines, "Lignes")
    rows = lines.grid.rows
    stage.until(lambda: rows.rowCount() > 0, "Les lignes ne se montrent pas.")
    whole = rows.rowCount()
    stage.until(lambda: stage.says(f"Lignes\u00a0: {whole}"), "Ce que font toutes les lignes n’est pas dit.")
    stage.picture("lignes")
    stage.key(Qt.Key.Key_F, CONTROL)
    stage.write(papers.SEARCHED)
    stage.until(lambda: 0 < rows.rowCount() < whole, "La recherche ne trouve rien, ou tout.")
    stage.until(lambda: _names(lines), "Les lignes trouvées ne se lisent pas.")
    if any(papers.FOUND not in name for name in _names(lines)):
        stage.miss("La recherche trouve quelqu’un d’autre.")
    stage.picture("lignes-recherche")


def _names(lines: Lines) -> list[str]:
    """Who is in the lines that were read by now."""
    rows = lines.grid.rows
    return [row.texts["person"] for place in range(rows.rowCount()) if (row := rows.row(place)) is not None]


def narrow_down(stage: Stage) -> None:
    """Only what is odd, whoever it is; the sums follow."""
    stage.key(Qt.Key.Key_Escape)
    lines = stage.find(Lines, "Lignes")
    rows = lines.grid.rows
    whole = review_of(stage).reviewed
    stage.until(lambda: whole is not None and rows.rowCount() == whole.totals.lines, "Échap n’efface pas la recherche.")
    stage.click(lines.filters.button)
    sheet = stage.find(FilterSheet, "Filtres")
    stage.pick(sheet.words["payee"], "Salarié")
    stage.until(lambda: 0 < rows.rowCount() < 10, "Le filtre ne retient rien, ou tout.")
    stage.picture("lignes-filtrees")
    stage.press("Fermer", sheet)
    stage.press("Tout effacer", lines)


def sum_up(stage: Stage) -> None:
    stage.press("Synthèse", review_of(stage).parts)
    people = stage.find(People, "Synthèse")
    stage.until(lambda: people.grid.rows.rowCount() > 10, "La synthèse par salarié ne se montre pas.")
    stage.picture("synthese")


def look_at_findings(stage: Stage) -> None:
    """Each in a sentence, with what to do."""
    stage.press("Points relevés", review_of(stage).parts)
    findings = stage.find(Findings, "Points relevés")
    stage.until(lambda: findings.list.rows.rowCount() > 5, "Les points relevés ne se montrent pas.")
    stage.picture("points-releves")


def see_the_leave(stage: Stage) -> None:
    """A period that nobody paid, drawn on the leave."""
    findings = stage.find(Findings, "Points relevés")
    _search(stage, findings, PICTURED)
    detail = findings.detail
    stage.until(lambda: detail.leave.isVisible() and detail.leave.height() > 40, "L’image de l’arrêt ne se montre pas.")
    stage.picture("image-de-l-arret", partial(_in_sight, detail))


def _in_sight(detail: Detail) -> bool:
    """The leave is there from its marks to its legend; what stands above it may still be growing."""
    seen = detail.leave.visibleRegion().boundingRect().height() >= detail.leave.height() - 1
    if not seen:  # the picture that was just taken is not the one
        detail.area.ensureWidgetVisible(detail.leave)
    return seen


def _search(stage: Stage, findings: Findings, name: str) -> None:
    stage.write(name.lower(), findings.list.search)
    rows = findings.list.rows
    stage.until(
        lambda: rows.rowCount() == 1 and (row := rows.row(0)) is not None and name in row.explanation,
        f"La recherche dans les points ne trouve pas {name}.",
    )
    stage.until(
        lambda: (current := findings.list.table.current()) is not None and name in current.explanation,
        f"Le point de {name} ne s’ouvre pas.",
    )


def dispute(stage: Stage) -> None:
    """« À contester », with the reason why."""
    findings = stage.find(Findings, "Points relevés")
    _search(stage, findings, DISPUTED)
    stage.write(REASON, findings.detail.bar.reason)
    stage.picture("decision")
    stage.press("À contester", findings.detail.bar)
    stage.until(findings.notice.isVisible, "La décision n’est pas confirmée.")
    stage.write("", findings.list.search)
    QTest.keyClick(findings.list.search, Qt.Key.Key_Backspace)
    stage.pick(findings.list.verdicts, "À contester")
    stage.until(lambda: findings.list.rows.rowCount() == 1, "Le point contesté n’est pas dans sa liste.")
    stage.until(lambda: stage.says("ce paiement nous revient"), "Le motif ne se lit pas.")
    stage.picture("conteste")


def print_the_report(stage: Stage) -> None:
    """As it will be on paper, or in a PDF."""
    stage.press("Rapport et exports", review_of(stage).parts)
    giving = stage.find(Giving, "Rapport et exports")
    stage.until(lambda: len(giving.disputed) == 1, "Le point contesté n’est pas proposé au conseiller.")
    stage.picture("rapport-et-exports")
    stage.press("Aperçu et impression", giving)
    dialog = stage.find(Preview, "Aperçu avant impression")
    pages = dialog.findChildren(QPrintPreviewWidget)[0]
    stage.until(lambda: pages.pageCount() > 0, "Le rapport n’a pas de page.")
    stage.picture("rapport")
    path = stage.folder / "rapport.pdf"
    stage.pick_file(path, stage.find(Button, "Enregistrer en PDF", dialog).click)
    stage.until(lambda: not dialog.saving, "L’enregistrement en PDF ne finit pas.")
    if not path.exists() or not path.read_bytes().startswith(b"%PDF-"):
        stage.miss("Le rapport n’est pas enregistré en PDF.")
    stage.press("Fermer", dialog)


def write_to_the_adviser(stage: Stage) -> None:
    """The request is there, written, with the lines; she sends it."""
    giving = stage.find(Giving, "Rapport et exports")
    stage.press("Écrire au conseiller", giving)
    form = stage.workplace.contact.form
    stage.until(form.isVisible, "La demande ne s’ouvre pas.")
    stage.until(lambda: DISPUTED in form.text.toPlainText(), "La demande ne parle pas du point contesté.")
    stage.until(lambda: FILE_NAME in [file.name for file in form.strip.files], "Les lignes ne sont pas jointes.")
    stage.picture("demande-redigee")
    stage.press("Envoyer", form)
    stage.until(stage.delivered, "La demande ne part pas.")
    row: RequestRow = stage.open_row(lambda row: "ndemnités" in row.subject and row.files == 1, "La demande envoyée")
    stage.until(lambda: stage.row_of(row.request_id).file_number, "La demande n’a pas de numéro.")
    stage.picture("demande-envoyee")
