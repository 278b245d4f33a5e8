"""Makes BPIJ messages of any shape, sound or not: XML, ZIP, and the pages and PDF that clerks download."""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from PySide6.QtGui import QFont

NAMESPACE = "www.cnamts.fr/tlsemp/IJ"
SIRET = "73282932000074"
NOT_A_COMPANY = "99999999999999"
ENVELOPE = (
    b'<?xml version="1.0" encoding="UTF-8"?><Entete xmlns="urn:cnamts:tlsemp:ENTBPIJ"><Version>02</Version></Entete>'
)


@dataclass(frozen=True, slots=True)
class Benefit:
    """A `Prestation`: the texts of its fields as they stand, None for those that are left out. `extra` is XML that
    goes behind them."""

    code: str | None = "IJNOR"
    start: str | None = "2018-01-05+01:00"
    end: str | None = "2018-01-06+01:00"
    days: str | None = "2"
    unit: str | None = "53.31"
    amount: str | None = "106.62"
    label: str | None = None
    employer: str | None = "true"
    claim: str | None = None
    extra: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """An `Indu`."""

    amount: str | None = "-50.00"
    number: str | None = "4711"


@dataclass(frozen=True, slots=True)
class Cover:
    """An `Assurance`."""

    branch: str | None
    benefits: tuple[Benefit, ...]


@dataclass(frozen=True, slots=True)
class Insured:
    """An `Assure`; `total` is the text of its `Cumul`, None without one, "sum" for what its lines come to."""

    covers: tuple[Cover, ...]
    nir: str | None = "2951099126111"
    surname: str | None = "MARTIN"
    first_name: str | None = "Anne"
    dues: tuple[Due, ...] = ()
    total: str | None = "sum"


@dataclass(frozen=True, slots=True)
class Fund:
    """A `Caisse`."""

    insured: tuple[Insured, ...]
    code: str | None = "751"
    name: str | None = "CPAM DE PARIS"
    day: str | None = "2018-05-05+02:00"


@dataclass(frozen=True, slots=True)
class Company:
    """A `Declare`."""

    funds: tuple[Fund, ...]
    siret: str | None = SIRET
    total: str | None = "sum"


@dataclass(frozen=True, slots=True)
class Message:
    """A whole document."""

    companies: tuple[Company, ...]
    sender: str | None = "CABINET DES QUAIS"
    total: str | None = "sum"


def of(*benefits: Benefit, **more: object) -> Message:
    """One person of one company, with these lines of illness."""
    insured = Insured((Cover("AS", benefits),), **more)  # type: ignore[arg-type]
    return Message((Company((Fund((insured,)),)),))


def levy(code: str, amount: str, start: str, end: str) -> Benefit:
    """A withholding: the same period, no days, no unit."""
    return Benefit(code, start, end, None, None, amount)


def regularised() -> Message:
    """The published screen of a regularisation: a payment, its mirror, a new payment, on one accounting day."""
    first, second = ("2017-12-23+01:00", "2018-01-04+01:00"), ("2018-01-05+01:00", "2018-04-10+02:00")
    return of(
        Benefit("CAR", "2017-12-19+01:00", "2017-12-22+01:00", "4", "0.00", "0.00"),
        Benefit("IJNOR", *first, "13", "32.51", "422.63"),
        levy("RETCSJ", "-44.20", *first),
        levy("RETCRD", "-3.56", *first),
        Benefit("IJNOR", *second, "96", "32.51", "3120.96"),
        levy("RETCSJ", "-326.36", *second),
        levy("RETCRD", "-26.31", *second),
        Benefit("IJNOR", *second, "96", "-32.51", "-3120.96"),
        levy("RETCSJ", "326.36", *second),
        levy("RETCRD", "26.31", *second),
        Benefit("IJNOR", *second, "96", "35.00", "3360.00"),
        levy("RETCSJ", "-351.35", *second),
        levy("RETCRD", "-28.33", *second),
    )


# XML


def xml(message: Message, prefix: str = "", encoding: str = "UTF-8", declared: str = "", pretty: bool = True) -> bytes:
    """The document, with all elements behind `prefix` ("ns2:")."""
    head = f'<?xml version="1.0" encoding="{declared or encoding}" standalone="yes"?>\n'
    space = f'xmlns{":" if prefix else ""}{prefix.rstrip(":")}="{NAMESPACE}"'
    body = "".join(_companies(message))
    inside = f"{_leaf('Identification', 'M-2018-1')}{_leaf('Temps', '2018-06-27T07:02:13.123+02:00')}"
    inside += (
        f"<Declarant>{_leaf('RaisonSociale', message.sender)}{body}{_total(message.total, _cents(message))}</Declarant>"
    )
    text = f"<BPIJ>{inside}</BPIJ>"
    if pretty:
        text = text.replace("><", ">\n  <")
    if prefix:
        text = text.replace("</", "\0").replace("<", f"<{prefix}").replace("\0", f"</{prefix}")
    return (head + text.replace("BPIJ>", f'BPIJ {space} Nature="BPIJ">', 1)).encode(encoding)


def _companies(message: Message) -> list[str]:
    return [
        f"<Declare>{_leaf('Identite', company.siret)}{_total(company.total, _cents(company))}"
        f"{''.join(_fund(fund) for fund in company.funds)}</Declare>"
        for company in message.companies
    ]


def _fund(fund: Fund) -> str:
    leaves = _leaf("CodeCPAM", fund.code) + _leaf("Libelle", fund.name) + _leaf("JComptable", fund.day)
    return f"<Caisse>{leaves}{''.join(map(_insured, fund.insured))}</Caisse>"


def _insured(insured: Insured) -> str:
    leaves = _leaf("NIR", insured.nir) + _leaf("Nom", insured.surname) + _leaf("Prenom", insured.first_name)
    dues = "".join(f"<Indu>{_leaf('Numero', due.number)}{_leaf('Montant', due.amount)}</Indu>" for due in insured.dues)
    covers = "".join(
        f"<Assurance>{_leaf('CodeNature', cover.branch)}{''.join(map(_benefit, cover.benefits))}</Assurance>"
        for cover in insured.covers
    )
    return f"<Assure>{leaves}{_total(insured.total, _cents(insured))}{dues}{covers}</Assure>"


def _benefit(each: Benefit) -> str:
    leaves = (
        *(("CodeNature", each.code), ("Libelle", each.label), ("DateDebPrest", each.start), ("DateFinPrest", each.end)),
        *(("NbIJ", each.days), ("PU", each.unit), ("IJSub", each.employer), ("NumSin", each.claim)),
        ("Montant", each.amount),
    )
    return f"<Prestation>{''.join(_leaf(name, text) for name, text in leaves)}{each.extra}</Prestation>"


def _leaf(name: str, text: str | None) -> str:
    return "" if text is None else f"<{name}>{escape(text)}</{name}>"


def _total(stated: str | None, cents: int) -> str:
    if stated is None:
        return ""
    euros = f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"
    return f"<Cumul><Montant>{euros if stated == 'sum' else stated}</Montant></Cumul>"


def _cents(part: Message | Company | Fund | Insured) -> int:
    """What the well-written amounts below come to."""
    if isinstance(part, Insured):
        amounts = [each.amount for cover in part.covers for each in cover.benefits] + [due.amount for due in part.dues]
        return sum(round(float(amount) * 100) for amount in amounts if amount and _is_amount(amount))
    below = part.companies if isinstance(part, Message) else part.funds if isinstance(part, Company) else part.insured
    return sum(map(_cents, below))


def _is_amount(text: str) -> bool:
    return re.fullmatch(r"-?\d{1,9}(?:\.\d{1,2})?", text) is not None


# Archives


def zipped(*entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these (name, content), names as they are."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name, (2018, 6, 27, 7, 2, 12)), content, method)
    return made.getvalue()


def packed(message: Message) -> bytes:
    """As it is received: an envelope and the data file."""
    return zipped(("E-ENTBPIJ-1.xml", ENVELOPE), ("D-BPIJ-1.xml", xml(message)))


# What is printed


def printed(
    rows: Sequence[str], person: str = "MARTIN ANNE", day: str = "06/03/2024", total: str | None = "99,46 €"
) -> str:
    """The text of one accounting day and person."""
    head = ["Assurance maladie", f"Journée du {day}", f"Détail des prestations pour {person}"]
    return "\n".join([*head, "Période Nature Quantité Montant", *rows, *([f"Total : {total}"] if total else [])])


def printed_row(period: str, label: str, days: str, unit: str, amount: str) -> str:
    return f"{period} {label} {days} {unit} € {amount} €"


STATEMENT = """\
Relevé d’indemnités journalières n° R-2024-17
Adhérent n° 1234567 SIRET 732 829 320 00074
Date de paiement : 06/03/2024
Dossier Bénéficiaire Période Nature Jours Taux Brut Retenues Net Versé à
S-81 MARTIN Anne 01/03/2024 au 31/03/2024 I.J. NORMALES 31 1 032,51 € 32 007,81 € 2 144,52 € 29 863,29 € Entreprise
S-81 MARTIN Anne 01/03/2024 au 31/03/2024 I.J. NORMALES -31 1 032,51 € −32 007,81 € -2 144,52 € -29 863,29 € Entreprise
S-82 LE GOFF Yann 05/03/2024 au 05/03/2024 CARENCE 1 0,00 € 0,00 € 0,00 € 0,00 € Salarié
Total 0,00 € 0,00 € 0,00 €"""


def pdf(pages: Sequence[str]) -> bytes:
    """These texts on one sheet of paper each (longer ones go on behind), their rows as rows of a table."""
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice
    from PySide6.QtGui import QPageSize, QPdfWriter, QTextDocument

    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    document = QTextDocument()
    document.setDefaultFont(_plain())
    breaks = '<p style="page-break-before:always">'
    document.setHtml('<body style="font-size:7pt">' + breaks.join(f"<p>{_html(page)}</p>" for page in pages))
    document.print_(writer)
    del writer
    buffer.close()
    return bytes(kept.data())


def _plain() -> "QFont":
    """A font whose marks stand for themselves: Inter draws « 30 - 4 » with marks of its own, which no reader knows."""
    from PySide6.QtGui import QFont

    made = QFont()
    made.setFeature(QFont.Tag("calt"), 0)
    return made


def _html(page: str) -> str:
    lines = []
    for line in page.split("\n"):
        row = re.fullmatch(r"(\S+ au \S+) (.+) (\S+) (\S+ €) (\S+ €)", line.replace("1 0", "1\u202f0"))
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in row.groups()) if row else ""
        lines.append(f'<table width="100%"><tr>{cells}</tr></table>' if row else f"<p>{escape(line)}</p>")
    return "".join(lines)
