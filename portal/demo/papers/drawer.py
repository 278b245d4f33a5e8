"""Every kind of file that the seeded world knows, by the code that the scripts use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from portal.demo.dice import Dice
from portal.demo.french import month_name, slug
from portal.demo.matter import Matter
from portal.demo.papers import letters, pictures, tables


@dataclass(frozen=True, slots=True)
class _Kind:
    """`name` may hold {salarie}, {mois}, {annee}, {entreprise}, {adherent} and {numero}, a number of four digits."""

    name: str
    make: Callable[[Matter], bytes]


_KINDS: Final[Mapping[str, _Kind]] = MappingProxyType(
    {
        "affiliation": _Kind("bulletin-affiliation-{salarie}.pdf", letters.membership_form),
        "arret": _Kind("avis-arret-{salarie}.pdf", letters.leave_notice),
        "attestation": _Kind("attestation-employeur-{salarie}.pdf", letters.statement_of_honour),
        "beneficiaires": _Kind("designation-beneficiaires-{salarie}.pdf", letters.beneficiary_form),
        "bordereau": _Kind("bordereau-{mois}-{annee}.pdf", tables.contribution_schedule),
        "bulletins": _Kind("bulletins-de-paie-{salarie}.pdf", letters.payslips),
        "capture": _Kind("capture-ecran-{numero}.png", pictures.chart),
        "certificat": _Kind("certificat-travail-{salarie}.pdf", letters.work_certificate),
        "courrier": _Kind("courrier-{salarie}.pdf", letters.clerk_letter),
        "decompte": _Kind("decompte-ij-{salarie}.pdf", tables.allowance_statement),
        "dsn": _Kind("fiche-parametrage-dsn-{annee}.pdf", tables.dsn_settings),
        "garanties": _Kind("tableau-garanties-{annee}.pdf", tables.guarantees),
        "lettre": _Kind("courrier-{adherent}-{numero}.pdf", letters.insurer_letter),
        "liste": _Kind("liste-salaries-{entreprise}.xlsx", tables.staff_workbook),
        "liste-csv": _Kind("liste-salaries-{adherent}.csv", tables.staff_csv),
        "note": _Kind("note-interne-{mois}.docx", tables.note),
        "notice": _Kind("notice-information-{annee}.pdf", tables.information_notice),
        "photo": _Kind("IMG_{numero}.jpg", pictures.photograph),
        "prolongation": _Kind("prolongation-{salarie}.pdf", letters.prolongation_notice),
        "rapprochement": _Kind("rapprochement-cotisations-{mois}.xlsx", tables.gap_workbook),
        "rib": _Kind("rib-{entreprise}.pdf", letters.bank_details),
        "salaire": _Kind("attestation-salaire-{salarie}.pdf", letters.wage_certificate),
        "scan": _Kind("scan-{annee}-{numero}.png", pictures.scan),
        "texte": _Kind("point-{mois}-{annee}.txt", tables.plain_note),
    }
)


def codes() -> frozenset[str]:
    return frozenset(_KINDS)


def file_name(code: str, matter: Matter, position: int) -> str:
    """What the file of that kind is called in the message at this position of the conversation."""
    return _KINDS[code].name.format(
        salarie=matter.employee.slug,
        mois=slug(month_name(matter.month)),
        annee=matter.month.year,
        entreprise=slug(matter.company),
        adherent=matter.member_number,
        numero=Dice("number", code, matter.file_number, position).randrange(1000, 10_000),
    )


def draw(code: str, matter: Matter) -> bytes:
    """The file of that kind about this matter: the same matter, the same bytes."""
    return _KINDS[code].make(matter)
