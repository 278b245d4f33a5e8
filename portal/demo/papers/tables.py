"""Statements and schedules: PDF pages with a table, and the same rows as spreadsheets."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from portal.demo import stories
from portal.demo.dice import Dice
from portal.demo.french import figure, long_date, money, of_month, period, quarter, short_date, typeset
from portal.demo.matter import Matter
from portal.demo.papers import office
from portal.demo.papers.letters import RIGHT, ROOM, foot, insurer_head
from portal.pdf import MARGIN, Page, bound

Columns = Sequence[tuple[str, float, bool]]
"""(title, x of its edge, whether it is set to the right)"""


def _table(matter: Matter, title: str, columns: Columns, rows: Sequence[Sequence[str]], total: str) -> bytes:
    """A statement of the insurer's; 22 rows a page."""
    chunks = [rows[at : at + 22] for at in range(0, len(rows), 22)]
    pages = []
    for number, chunk in enumerate(chunks, 1):
        page = Page()
        insurer_head(page, matter)
        page.text(MARGIN, 140, typeset(title), 13, bold=True)
        page.text(MARGIN, 157, typeset(f"{matter.company} – édité le {short_date(matter.opened)}"), 9, grey=0.35)
        y = 190.0
        page.band(MARGIN, y - 14, ROOM, 20)
        _row(page, y, columns, [name for name, _, _ in columns], bold=True)
        for row in chunk:
            y += 24
            _row(page, y, columns, row)
            page.rule(MARGIN, y + 8, RIGHT, y + 8, grey=0.88)
        if number == len(chunks) and total:
            page.right(RIGHT - 6, y + 36, typeset(total), 11, bold=True)
        foot(page, number, len(chunks))
        pages.append(page)
    return bound(typeset(title), pages)


def _row(page: Page, y: float, columns: Columns, cells: Sequence[str], *, bold: bool = False) -> None:
    for (_, x, to_right), cell in zip(columns, cells, strict=True):
        (page.right if to_right else page.text)(x, y, typeset(cell), 9.5, bold=bold)


def allowance_statement(matter: Matter) -> bytes:
    """The daily allowances of a leave, a fortnight a line."""
    rows, first = [], matter.start
    while first <= matter.end:
        last = min(first + timedelta(days=13), matter.end)
        days = (last - first).days + 1
        rows.append((period(first, last), str(days), figure(matter.daily), figure(matter.daily * days)))
        first = last + timedelta(days=1)
    columns = (("Période", MARGIN + 6, False), ("Jours", 350, True), ("Taux", 430, True), ("Montant", RIGHT - 6, True))
    title = f"Décompte d'indemnités journalières – {matter.employee.short_name}"
    return _table(matter, title, columns, rows, f"Total : {money(matter.total)}")


def contribution_schedule(matter: Matter) -> bytes:
    """Contributions by category for one quarter."""
    base = matter.due
    shares = (("Prévoyance cadres", 34), ("Prévoyance non-cadres", 26), ("Santé cadres", 18), ("Santé non-cadres", 22))
    amounts = [(base * share / 100).quantize(Decimal("0.01")) for _, share in shares]
    amounts[-1] = base - sum(amounts[:-1])
    rows = [
        (label, str(matter.staff * share // 100 + 1), figure(amount))
        for (label, share), amount in zip(shares, amounts, strict=True)
    ]
    columns = (("Catégorie", MARGIN + 6, False), ("Effectif", 380, True), ("Cotisation", RIGHT - 6, True))
    return _table(matter, f"Bordereau du {quarter(matter.month)}", columns, rows, f"Total : {money(base)}")


def dsn_settings(matter: Matter) -> bytes:
    """The sheet from which payroll software is set."""
    names = ("Prévoyance ensemble du personnel", "Prévoyance cadres", "Santé base", "Santé option 1", "Santé option 2")
    rows = [
        (name, f"{matter.contract}-{place:02d}", f"P{place:04d}", f"{_rate(matter, name)} %")
        for place, name in enumerate(names, 1)
    ]
    columns = (
        ("Population", MARGIN + 6, False),
        ("Référence du contrat", 270, False),
        ("Code", 400, False),
        ("Taux", RIGHT - 6, True),
    )
    title = f"Fiche de paramétrage DSN – en vigueur au {long_date(matter.month)}"
    return _table(matter, title, columns, rows, "")


def _rate(matter: Matter, name: str) -> str:
    return figure(Decimal(Dice("rate", matter.contract, name).randrange(40, 320)) / 100)


def guarantees(matter: Matter) -> bytes:
    """The table of guarantees, two pages."""
    rows = [
        ("Incapacité de travail", "relais du maintien de salaire", "80 % du salaire de référence"),
        ("Mi-temps pour motif thérapeutique", "sur décision de la CPAM", "complément jusqu'au salaire net"),
        ("Invalidité, 1re catégorie", "notification de la CPAM", "48 % du salaire de référence"),
        ("Invalidité, 2e catégorie", "notification de la CPAM", "80 % du salaire de référence"),
        ("Capital décès", "toutes causes", "200 % du salaire annuel"),
        ("Rente d'éducation", "par enfant à charge", "12 % du salaire annuel"),
        ("Frais d'obsèques", "salarié, conjoint, enfant", "100 % du PMSS"),
        ("Consultation d'un généraliste", "OPTAM ou non", "150 % de la base"),
        ("Consultation d'un spécialiste", "OPTAM", "220 % de la base"),
        ("Consultation d'un spécialiste", "hors OPTAM", "200 % de la base"),
        ("Analyses et examens", "", "125 % de la base"),
        ("Pharmacie", "toutes vignettes", "100 % de la base"),
        ("Monture et verres simples", "tous les deux ans", "350 € par équipement"),
        ("Monture et verres complexes", "tous les deux ans", "500 € par équipement"),
        ("Lentilles", "par an", "180 €"),
        ("Soins dentaires", "", "150 % de la base"),
        ("Prothèses dentaires", "panier maîtrisé", "350 % de la base"),
        ("Orthodontie", "par semestre", "300 % de la base"),
        ("Aides auditives", "par oreille, tous les quatre ans", "1 700 €"),
        ("Chambre particulière", "par nuit", "70 €"),
        ("Lit d'accompagnant", "par nuit", "35 €"),
        ("Forfait journalier", "", "frais réels"),
        ("Cures thermales", "par an", "200 €"),
        ("Médecines douces", "quatre séances par an", "40 € par séance"),
        ("Vaccins non remboursés", "par an", "60 €"),
        ("Assistance à domicile", "dès la première hospitalisation", "20 heures"),
    ]
    columns = (("Garantie", MARGIN + 6, False), ("Condition", 240, False), ("Niveau", RIGHT - 6, True))
    return _table(matter, f"Tableau des garanties – contrat {matter.contract}", columns, rows, "")


def information_notice(matter: Matter) -> bytes:
    """Three pages of prose."""
    chapters = stories.chapters("notice")
    pages = []
    for number in range(3):
        page = Page()
        insurer_head(page, matter)
        y = 150.0
        if number == 0:
            page.text(MARGIN, y, "Notice d’information", 16, bold=True)
            y += 40
        for title, body in chapters[2 * number : 2 * number + 2]:
            page.text(MARGIN, y, title, 12, bold=True)
            y = page.paragraph(MARGIN, y + 22, body, ROOM, 10.5, 16) + 22
        foot(page, number + 1, 3)
        pages.append(page)
    return bound("Notice d’information", pages)


def _staff(matter: Matter) -> list[tuple[office.Cell, ...]]:
    head: tuple[office.Cell, ...] = ("Nom", "Emploi", "Date d’entrée", "Salaire brut")
    rows = [(person.full_name, person.job) for person in (matter.employee, matter.other)]
    return [head, *((*row, matter.entry, matter.wage + 150 * place) for place, row in enumerate(rows))]


def staff_workbook(matter: Matter) -> bytes:
    return office.workbook("Salariés", _staff(matter))


def staff_csv(matter: Matter) -> bytes:
    return office.comma_separated(_staff(matter))


def gap_workbook(matter: Matter) -> bytes:
    """What was declared, called and paid: a month a row."""
    third = (matter.due / 3).quantize(Decimal("0.01"))
    rows: list[tuple[office.Cell, ...]] = [("Mois", "Appelé", "Versé", "Écart")]
    for place in range(3):
        day = (matter.month + timedelta(days=31 * place)).replace(day=1)
        paid = third - (matter.gap if place == 2 else 0)
        rows.append((day, third, paid, third - paid))
    return office.workbook("Rapprochement", rows)


def note(matter: Matter) -> bytes:
    return office.document(
        typeset(f"Note interne – contrat {matter.contract}"),
        [
            typeset(f"Établissement de {matter.town}, adhérent {matter.member_number}."),
            typeset(
                f"Point fait le {long_date(matter.opened)} avec {matter.clerk}, mouvements {of_month(matter.month)}."
            ),
            typeset(f"Effectif assuré : {matter.staff} personnes. Écart constaté : {money(matter.gap)}."),
        ],
    )


def plain_note(matter: Matter) -> bytes:
    lines = (
        f"{matter.company} – adhérent {matter.member_number}",
        f"Effectif assuré au {short_date(matter.month)} : {matter.staff}",
        f"Écart à expliquer : {money(matter.gap)}",
    )
    return typeset("\r\n".join(lines) + "\r\n").encode()
