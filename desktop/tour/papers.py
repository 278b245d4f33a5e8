"""The folder of files that a clerk has gathered: every kind that is read, some with what is wrong in them, one that is
none.

Who is paid in them, and how much, is invented; the sums come out, but for what is wrong on purpose.
"""

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPrintSupport import QPrinter

from desktop.services.portfolio import Space
from desktop.services.review.reading.headings import PORTAL
from desktop.views.printing import document, printer
from desktop.views.wording import NBSP

PORTAL_CSV: Final = "Export espace client.csv"
BPIJ_ZIP: Final = "BPIJ octobre 2026.zip"
BPIJ_PDF: Final = "BPIJ 2026-11-03.pdf"
INSURER_CSV: Final = "Prévoyance du Léman octobre.csv"
UNTAUGHT_CSV: Final = "Suivi RH.csv"
PHOTO: Final = "Photo de l’arrêt.png"
REJECTED: Final = 2
"""Lines of the insurer's file that cannot be read."""
SEARCHED: Final = "lefevre"
FOUND: Final = "LEFÈVRE"
"""The name that it finds."""
_NOBODY: Final = "99999999999999"
"""Of companies that are not named."""
_CSG: Final = 62
_CRDS: Final = 5
"""Of a thousand, each rounded per day."""


@dataclass(frozen=True, slots=True)
class _Person:
    """An employee on leave from `start` for so many days, at a daily rate in cents."""

    surname: str
    first_name: str
    nir: str
    number: str
    start: date
    days: int
    rate: int


_PEOPLE: Final = (
    _Person("BENALI", "Samir", "1850675056123", "M0107", date(2026, 6, 8), 41, 4147),
    _Person("CARPENTIER", "Lucie", "2900259350087", "M0112", date(2026, 3, 2), 96, 3875),
    _Person("DA SILVA", "Manuel", "1780999139045", "M0033", date(2025, 12, 15), 62, 4022),
    _Person("FAURE", "Élodie", "2930833063214", "M0141", date(2026, 9, 14), 30, 3561),
    _Person("GARNIER", "Thomas", "1820469123078", "M0058", date(2026, 7, 20), 72, 4147),
    _Person("KOWALSKI", "Anna", "2871299122015", "M0090", date(2026, 1, 12), 27, 3320),
    _Person("LEFÈVRE", "Camille", "2951099126111", "M0126", date(2026, 5, 4), 110, 3251),
    _Person("MERCIER", "Hélène", "2760313055142", "M0014", date(2026, 8, 3), 58, 4098),
    _Person("NGUYEN", "Thi Lan", "2840275056098", "M0077", date(2026, 4, 6), 45, 3702),
    _Person("PETIT", "Julien", "1910538185066", "M0133", date(2026, 10, 5), 26, 3934),
    _Person("ROUSSEAU", "Nathalie", "2720744109173", "M0009", date(2026, 2, 9), 132, 4147),
    _Person("TRAORÉ", "Aminata", "2890199341027", "M0118", date(2026, 9, 28), 21, 3610),
)


def folder(place: Path, space: Space) -> Path:
    """Makes the folder, about the employees of this space."""
    place.mkdir(parents=True)
    (place / PORTAL_CSV).write_bytes(_portal(space).encode("utf-8-sig"))
    (place / INSURER_CSV).write_bytes(_insurer().encode("cp1252"))
    (place / UNTAUGHT_CSV).write_bytes(_untaught().encode("utf-8"))
    _bpij_zip(place / BPIJ_ZIP, space)
    _bpij_pdf(place / BPIJ_PDF)
    _photo(place / PHOTO)
    return place


# The portal's export


@dataclass(frozen=True, slots=True)
class _Paid:
    """A period of somebody, paid or (`sign` -1) taken back. `rate` in cents a day."""

    person: _Person
    start: date
    end: date
    rate: int
    paid_on: date
    sign: int = 1
    payee: str = "Entreprise"

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def gross(self) -> int:
        return self.sign * self.days * self.rate

    @property
    def csg(self) -> int:
        return self.sign * self.days * _share(self.rate, _CSG)

    @property
    def crds(self) -> int:
        return self.sign * self.days * _share(self.rate, _CRDS)

    @property
    def net(self) -> int:
        return self.gross - self.csg - self.crds


def _share(cents: int, per_mille: int) -> int:
    return (cents * per_mille + 500) // 1000


def _fortnights(person: _Person) -> Iterator[_Paid]:
    """What is paid of a leave: nothing for three days, then fourteen days at a time."""
    last = person.start + timedelta(person.days - 1)
    start = person.start + timedelta(3)
    yield _Paid(person, person.start, start - timedelta(1), 0, start + timedelta(17))
    while start <= last:
        end = min(start + timedelta(13), last)
        yield _Paid(person, start, end, person.rate, end + timedelta(4))
        start = end + timedelta(1)


def _history() -> Iterator[_Paid]:
    """All payments, among them one to the wrong person, one missing, one twice, and one put right."""
    for person in _PEOPLE:
        paid = list(_fortnights(person))
        if person.surname == "NGUYEN":
            del paid[2]
        if person.surname == "MERCIER":
            paid[3] = _Paid(person, paid[3].start, paid[3].end, person.rate, paid[3].paid_on, payee="Salarié")
        if person.surname == "BENALI":
            paid.insert(2, paid[2])
        if person.surname == "LEFÈVRE":
            paid += _put_right(paid[4])
        yield from paid


def _put_right(paid: _Paid) -> list[_Paid]:
    """Taken back whole and paid anew at a better rate, three weeks later."""
    later = paid.paid_on + timedelta(21)
    back = _Paid(paid.person, paid.start, paid.end, paid.rate, later, -1)
    return [back, _Paid(paid.person, paid.start, paid.end, 3500, later)]


def _portal(space: Space) -> str:
    rows = [
        (
            *(space.siret or space.siren or "", space.member_number, "Volet Prévoyance"),
            *(paid.person.surname, paid.person.first_name, _with_key(paid.person.nir), paid.person.number),
            *(
                f"D26-{paid.person.number[1:]}",
                "Maladie",
                *(("IJNOR", "I.J. complémentaires") if paid.rate else ("CAR", "Carence")),
            ),
            *("Paiement" if paid.sign > 0 else "Annulation", _day(paid.person.start)),
            *(_day(paid.start), _day(paid.end), str(paid.sign * paid.days), _euros(paid.rate)),
            *(_euros(paid.gross), _euros(paid.csg), _euros(paid.crds), _euros(0), _euros(paid.net)),
            *(paid.payee, _day(paid.paid_on), f"VIR-{paid.paid_on:%y%m%d}"),
        )
        for paid in sorted(_history(), key=lambda each: each.paid_on)
    ]
    return _table([PORTAL, *rows])


# The insurer's table


def _insurer() -> str:
    """A preamble, lines, two of which cannot be read, and a total that counts them."""
    sure = [
        ("MARCHAND Olivier", "01/10/2026", "15/10/2026", 15, 2210),
        ("MARCHAND Olivier", "16/10/2026", "31/10/2026", 16, 2210),
        ("ROY Sandrine", "05/10/2026", "31/10/2026", 27, 1875),
        ("ADAM Philippe", "12/10/2026", "31/10/2026", 20, 2404),
        ("LECLERC Inès", "01/10/2026", "31/10/2026", 31, 1960),
    ]
    rows = [
        (name, start, end, str(days), _euros(rate), _euros(days * rate), "Entreprise", "04/11/2026")
        for name, start, end, days, rate in sure
    ]
    wrong = [
        ("BERTIN Chloé", "06/10/2026", "31/10/2026", "26", "19,80", "514,8O", "Entreprise", "04/11/2026"),
        ("VASSEUR Karim", "31/09/2026", "20/10/2026", "20", "21,15", "423,00", "Entreprise", "04/11/2026"),
    ]
    whole = sum(days * rate for *_, days, rate in sure) + 51480 + 42300
    heads = ("Salarié", "Du", "Au", "Nb jours", "Taux journalier", "Montant brut", "Versé à", "Date de paiement")
    before = "Prévoyance du Léman\r\nRelevé des indemnités journalières – octobre 2026\r\nÉdité le 05/11/2026\r\n\r\n"
    total = ("Total général", "", "", "", "", _euros(whole), "", "")
    return before + _table([heads, *rows[:3], *wrong, *rows[3:], total])


def _untaught() -> str:
    """Somebody's own table, whose headings nobody else would choose."""
    heads = ("Qui", "Premier", "Dernier", "Combien", "Viré")
    rows = [
        ("HAMEL Pauline", "02/11/2026", "15/11/2026", "14", "412,30"),
        ("HAMEL Pauline", "16/11/2026", "20/11/2026", "5", "147,25"),
        ("OLIVIER Jean-Marc", "09/11/2026", "22/11/2026", "14", "388,92"),
    ]
    return _table([heads, *rows])


# What the health insurance sends


def _bpij_zip(path: Path, space: Space) -> None:
    """Two people, levies apart, an overpayment; the company's total is a cent off."""
    first = _insured(
        "RENARD", "Sophie", "2880375056201", [("2026-09-21", "2026-10-04"), ("2026-10-05", "2026-10-18")], 3875
    )
    second = _insured("SIMON", "Alexandre", "1940659350033", [("2026-10-12", "2026-10-18")], 4147, due=-6210)
    whole = first[1] + second[1]
    told = (
        f"<Identification>VOLET-2026-10</Identification><Temps>2026-10-21T07:02:13</Temps><Declarant>"
        f"<RaisonSociale>CPAM</RaisonSociale>{_sum(whole)}<Declare><Identite>{space.siret or _NOBODY}</Identite>"
        f"{_sum(whole + 1)}<Caisse><CodeCPAM>751</CodeCPAM><Libelle>CPAM DE PARIS</Libelle>"
        f"<JComptable>2026-10-21+02:00</JComptable>{first[0]}{second[0]}</Caisse></Declare></Declarant>"
    )
    body = f'<?xml version="1.0" encoding="UTF-8"?><BPIJ xmlns="www.cnamts.fr/tlsemp/IJ" Nature="BPIJ">{told}</BPIJ>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("D-BPIJ-2026-10.xml", body)


def _insured(
    surname: str, first_name: str, nir: str, periods: Sequence[tuple[str, str]], rate: int, due: int = 0
) -> tuple[str, int]:
    """The element of somebody, and what it comes to in cents."""
    parts, whole = [], due
    for start, end in periods:
        days = (date.fromisoformat(end) - date.fromisoformat(start)).days + 1
        priced = f"<NbIJ>{days}</NbIJ><PU>{_dotted(rate)}</PU>"
        for code, cents, more in (
            ("IJNOR", days * rate, priced),
            ("RETCSJ", -days * _share(rate, _CSG), ""),
            ("RETCRD", -days * _share(rate, _CRDS), ""),
        ):
            whole += cents
            parts.append(
                f"<Prestation><CodeNature>{code}</CodeNature><DateDebPrest>{start}+02:00</DateDebPrest>"
                f"<DateFinPrest>{end}+02:00</DateFinPrest>{more}<IJSub>true</IJSub><Montant>{_dotted(cents)}</Montant>"
                "</Prestation>"
            )
    owed = f"<Indu><Numero>4711</Numero><Montant>{_dotted(due)}</Montant></Indu>" if due else ""
    return (
        f"<Assure><NIR>{nir}</NIR><Nom>{surname}</Nom><Prenom>{first_name}</Prenom>{_sum(whole)}{owed}"
        f"<Assurance><CodeNature>AS</CodeNature>{''.join(parts)}</Assurance></Assure>"
    ), whole


def _sum(cents: int) -> str:
    return f"<Cumul><Montant>{_dotted(cents)}</Montant></Cumul>"


def _bpij_pdf(path: Path) -> None:
    """One day of payment, one person."""
    rows = (
        ("CARENCE", "19/10/2026 au 21/10/2026", "3", "0,00", "0,00"),
        ("I.J. NORMALES", "22/10/2026 au 01/11/2026", "11", "36,10", "397,10"),
    )
    told = "".join(
        f"<tr><td>{period}</td><td>{label}</td><td>{days}</td><td>{rate} €</td><td>{amount} €</td></tr>"
        for label, period, days, rate, amount in rows
    )
    net = 39710 - 11 * (_share(3610, _CSG) + _share(3610, _CRDS))
    html = (
        "<p>CPAM de Paris</p><p>Journée du 03/11/2026</p><p>Détail des prestations pour BLANCHARD ÉRIC</p>"
        f"<table width='100%'>{told}</table><p>Total : {_euros(net)} €</p>"
    )
    made = printer()
    made.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    made.setOutputFileName(str(path))
    document("Bordereau", path.name, html, "").paint(made)


def _photo(path: Path) -> None:
    """No file of allowances."""
    image = QImage(600, 400, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.drawText(QRect(40, 40, 500, 300), Qt.AlignmentFlag.AlignLeft, f"Avis d’arrêt de travail{NBSP}: volet 3")
    painter.end()
    image.save(str(path))


# Writing


def _table(rows: Iterable[Sequence[str]]) -> str:
    return "".join(f"{';'.join(row)}\r\n" for row in rows)


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _euros(cents: int) -> str:
    return _dotted(cents).replace(".", ",")


def _dotted(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"


def _with_key(nir: str) -> str:
    return f"{nir}{97 - int(nir) % 97:02}"
