"""Letters, certificates and forms, as clerks and advisers attach them. No diagnosis, no NIR: none is needed here."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from portal.demo.dice import Dice
from portal.demo.french import long_date, money, month, of_month, period, short_date, siren, typeset
from portal.demo.matter import INSURER, Matter
from portal.pdf import A4, MARGIN, Page, bound

ROOM = A4[0] - 2 * MARGIN
RIGHT = A4[0] - MARGIN


def _head(page: Page, sender: str, lines: Sequence[str]) -> None:
    page.text(MARGIN, 64, sender, 14, bold=True)
    for place, line in enumerate(lines):
        page.text(MARGIN, 80 + 13 * place, line, 9, grey=0.35)
    page.rule(MARGIN, 112, RIGHT, 112)


def company_head(page: Page, matter: Matter) -> None:
    _head(page, matter.company, (f"Service des ressources humaines – {matter.town}", f"SIRET {siren(matter.siret)}"))


def insurer_head(page: Page, matter: Matter) -> None:
    _head(
        page, INSURER, ("Service gestion entreprises", f"Adhérent {matter.member_number} – contrat {matter.contract}")
    )


def foot(page: Page, number: int, of: int) -> None:
    page.right(RIGHT, A4[1] - 36, f"Page {number} sur {of}", 8, grey=0.45)


def _signed(page: Page, y: float, who: str, key: str) -> None:
    """A name with a stroke of the pen beneath it."""
    page.text(330, y, who, 10)
    dice = Dice("signature", key)
    x = 335.0
    points = [(x, y + 30)]
    for _ in range(12):
        x += dice.uniform(4, 12)
        points.append((x, y + 30 + dice.uniform(-14, 12)))
    page.curve(points)


def _letter(matter: Matter, about: str, body: str, *, by_insurer: bool) -> bytes:
    page = Page()
    (insurer_head if by_insurer else company_head)(page, matter)
    to = matter.company if by_insurer else INSURER
    page.text(330, 150, to, 10, bold=True)
    page.text(330, 165, matter.town if by_insurer else "Service gestion entreprises")
    page.text(330, 205, typeset(f"{'Brest' if by_insurer else matter.town}, le {long_date(matter.opened)}"))
    page.text(MARGIN, 245, typeset(f"Objet : {about}"), bold=True)
    page.text(MARGIN, 262, typeset(f"Dossier n° {matter.file_number}"), 9, grey=0.35)
    y = page.paragraph(MARGIN, 300, typeset(body), ROOM, 10.5, 17)
    _signed(page, y + 26, matter.adviser if by_insurer else matter.clerk, matter.file_number)
    return bound(typeset(about), [page])


def clerk_letter(matter: Matter) -> bytes:
    return _letter(
        matter,
        f"situation de {matter.employee.full_name}",
        f"Madame, Monsieur,\n\nNous vous confirmons par la présente la situation de {matter.employee.full_name}, "
        f"{matter.employee.job} au sein de notre établissement depuis le {long_date(matter.entry)}.\n\n"
        f"Nous vous remercions de bien vouloir mettre à jour le contrat {matter.contract} en conséquence et de nous "
        "adresser une confirmation écrite.\n\nNous restons à votre disposition pour tout complément et vous prions "
        "d'agréer, Madame, Monsieur, l'expression de nos salutations distinguées.",
        by_insurer=False,
    )


def insurer_letter(matter: Matter) -> bytes:
    return _letter(
        matter,
        f"votre contrat {matter.contract}",
        "Madame, Monsieur,\n\nNous accusons réception de votre demande et vous confirmons que votre dossier a été "
        f"traité par nos services à la date du {long_date(matter.opened)}.\n\nLes informations enregistrées figurent "
        "dans votre espace client. Nous vous invitons à les vérifier et à nous signaler toute différence avec vos "
        "propres données.\n\nNous vous prions d'agréer, Madame, Monsieur, l'expression de nos salutations distinguées.",
        by_insurer=True,
    )


def _certificate(matter: Matter, title: str, rows: Sequence[tuple[str, str]], body: str) -> bytes:
    page = Page()
    company_head(page, matter)
    page.band(MARGIN, 140, ROOM, 34)
    page.text(MARGIN + 12, 162, typeset(title), 13, bold=True)
    y = 205.0
    for label, value in rows:
        page.text(MARGIN + 4, y, typeset(label), 9.5, grey=0.35)
        page.text(MARGIN + 200, y, typeset(value), 10.5)
        page.rule(MARGIN, y + 8, RIGHT, y + 8, grey=0.85)
        y += 26
    y = page.paragraph(MARGIN, y + 20, typeset(body), ROOM, 10.5, 17)
    page.text(MARGIN, y + 20, typeset(f"Fait à {matter.town}, le {short_date(matter.opened)}."))
    _signed(page, y + 20, matter.clerk, matter.file_number)
    return bound(typeset(title), [page])


def wage_certificate(matter: Matter) -> bytes:
    worked = matter.start - timedelta(days=1)
    return _certificate(
        matter,
        "Attestation de salaire – arrêt de travail",
        [
            ("Salarié(e)", matter.employee.full_name),
            ("Emploi", matter.employee.job),
            ("Date d'entrée", short_date(matter.entry)),
            ("Dernier jour travaillé", short_date(worked)),
            *((f"Salaire brut {of_month(day)}", money(matter.wage)) for day in matter.reference_months),
            ("Subrogation", "oui, pendant le maintien de salaire"),
        ],
        "Nous certifions exacts les éléments ci-dessus, établis d'après les bulletins de paie de la période de "
        "référence.",
    )


def work_certificate(matter: Matter) -> bytes:
    return _certificate(
        matter,
        "Certificat de travail",
        [
            ("Salarié(e)", matter.employee.full_name),
            ("Emploi occupé", matter.employee.job),
            ("Date d'entrée", short_date(matter.entry)),
            ("Date de sortie", short_date(matter.leaving)),
        ],
        "L'intéressé(e) quitte l'entreprise libre de tout engagement. Le maintien des garanties de santé et de "
        "prévoyance prévu à l'article L. 911-8 du code de la sécurité sociale lui a été signalé.",
    )


def membership_form(matter: Matter) -> bytes:
    return _certificate(
        matter,
        "Bulletin individuel d'affiliation",
        [
            ("Contrat", matter.contract),
            ("Adhérent", matter.member_number),
            ("Salarié(e)", matter.employee.full_name),
            ("Emploi", matter.employee.job),
            ("Catégorie", "Cadre" if matter.employee.executive else "Non-cadre"),
            ("Date d'effet", short_date(matter.entry)),
            ("Formule", "Famille" if len(matter.employee.last_name) % 2 else "Isolé"),
        ],
        "Le salarié reconnaît avoir reçu la notice d'information et le tableau des garanties, et déclare exacts les "
        "renseignements portés sur ce bulletin.",
    )


def beneficiary_form(matter: Matter) -> bytes:
    return _certificate(
        matter,
        "Désignation de bénéficiaires",
        [
            ("Contrat", matter.contract),
            ("Salarié(e)", matter.employee.full_name),
            ("Clause retenue", "clause particulière, sous pli au nom de l'assureur"),
            ("Date de la désignation", short_date(matter.opened)),
        ],
        "Cette désignation annule et remplace toute désignation antérieure. L'original est conservé par l'assureur.",
    )


def statement_of_honour(matter: Matter) -> bytes:
    return _certificate(
        matter,
        "Attestation de l'employeur",
        [
            ("Salarié(e)", matter.employee.full_name),
            ("Emploi", matter.employee.job),
            ("Date d'entrée", short_date(matter.entry)),
            ("Contrat", matter.contract),
        ],
        "Nous attestons que la personne désignée ci-dessus fait partie de nos effectifs et relève de la catégorie "
        "assurée au titre du contrat mentionné. La présente attestation est établie pour servir et valoir ce que de "
        "droit.",
    )


def leave_notice(matter: Matter, *, prolongation: bool = False) -> bytes:
    """The employer's slip, which bears dates only."""
    first, last = (matter.end + timedelta(days=1), matter.prolonged) if prolongation else (matter.start, matter.end)
    page = Page()
    page.text(MARGIN, 66, typeset("Avis d'arrêt de travail"), 15, bold=True)
    page.right(RIGHT, 66, "Volet 3 – à adresser à l'employeur", 9, grey=0.35)
    page.rule(MARGIN, 78, RIGHT, 78, 1.2, 0.3)
    boxes = (
        ("L'assuré(e)", (("Nom et prénom", matter.employee.full_name), ("Emploi", matter.employee.job))),
        ("L'employeur", (("Raison sociale", matter.company), ("SIRET", siren(matter.siret)), ("Commune", matter.town))),
        (
            "L'arrêt",
            (
                ("Nature", "prolongation" if prolongation else "arrêt initial"),
                ("Période", period(first, last)),
                ("Reprise prévue", long_date(last + timedelta(days=1))),
                ("Sorties", "autorisées"),
            ),
        ),
    )
    y = 100.0
    for title, rows in boxes:
        high = 34 + 24 * len(rows)
        page.frame(MARGIN, y, ROOM, high)
        page.band(MARGIN, y, ROOM, 22)
        page.text(MARGIN + 10, y + 15, typeset(title), 10, bold=True)
        for place, (label, value) in enumerate(rows):
            page.text(MARGIN + 10, y + 44 + 24 * place, typeset(label), 9, grey=0.4)
            page.text(MARGIN + 140, y + 44 + 24 * place, typeset(value), 10.5)
        y += high + 18
    page.text(MARGIN, y + 12, typeset("Ce volet ne comporte aucun élément d'ordre médical."), 8.5, grey=0.4)
    _signed(page, y + 30, "Cachet et signature du praticien", f"praticien/{matter.file_number}")
    return bound("Avis d’arrêt de travail – volet 3", [page])


def prolongation_notice(matter: Matter) -> bytes:
    return leave_notice(matter, prolongation=True)


def bank_details(matter: Matter) -> bytes:
    """A relevé d'identité bancaire with a made-up account and a right check number (ISO 13616)."""
    dice = Dice("iban", matter.siret)
    account = f"{dice.randrange(10**5):05d}{dice.randrange(10**5):05d}{dice.randrange(10**11):011d}"
    key = 97 - (89 * int(account[:5]) + 15 * int(account[5:10]) + 3 * int(account[10:])) % 97
    bban = f"{account}{key:02d}"
    iban = f"FR{98 - int(bban + '152700') % 97:02d}{bban}"
    page = Page()
    page.text(MARGIN, 70, typeset("Relevé d'identité bancaire"), 15, bold=True)
    page.frame(MARGIN, 92, ROOM, 150)
    rows = (
        ("Titulaire", matter.company),
        ("Domiciliation", f"Banque de l'Iroise – agence de {matter.town}"),
        ("IBAN", "\u00a0".join(iban[at : at + 4] for at in range(0, len(iban), 4))),
        ("BIC", "IROIFR2BXXX"),
    )
    for place, (label, value) in enumerate(rows):
        page.text(MARGIN + 14, 122 + 30 * place, label, 9, grey=0.4)
        page.text(MARGIN + 120, 122 + 30 * place, typeset(value), 11, bold=label == "IBAN")
    return bound("Relevé d’identité bancaire", [page])


def payslips(matter: Matter) -> bytes:
    """Three months, a page each."""
    pages = []
    for number, day in enumerate(matter.reference_months, 1):
        page = Page()
        company_head(page, matter)
        page.text(MARGIN, 145, typeset(f"Bulletin de paie – {month(day)}"), 13, bold=True)
        page.text(MARGIN, 164, typeset(f"{matter.employee.full_name}, {matter.employee.job}"), 10)
        y = 200.0
        page.band(MARGIN, y - 14, ROOM, 20)
        for x, title in ((MARGIN + 6, "Rubrique"), (330, "Base"), (430, "Taux"), (RIGHT - 50, "Montant")):
            page.text(x, y, title, 9, bold=True)
        for label, share in _PAY:
            y += 22
            amount = (matter.wage * share / 100).quantize(Decimal("0.01"))
            page.text(MARGIN + 6, y, typeset(label), 9.5)
            page.right(385, y, money(matter.wage), 9.5)
            page.right(465, y, typeset(f"{share:.2f} %".replace(".", ",")), 9.5)
            page.right(RIGHT - 6, y, money(amount), 9.5)
            page.rule(MARGIN, y + 7, RIGHT, y + 7, grey=0.88)
        net = (matter.wage * Decimal("0.78")).quantize(Decimal("0.01"))
        page.right(RIGHT - 6, y + 36, typeset(f"Net à payer : {money(net)}"), 11, bold=True)
        foot(page, number, 3)
        pages.append(page)
    return bound("Bulletins de paie", pages)


_PAY = (
    ("Salaire de base", Decimal(100)),
    ("Sécurité sociale – maladie", Decimal("7.00")),
    ("Vieillesse plafonnée", Decimal("6.90")),
    ("Retraite complémentaire", Decimal("3.15")),
    ("Prévoyance", Decimal("0.60")),
    ("CSG déductible", Decimal("6.80")),
    ("CSG et CRDS non déductibles", Decimal("2.90")),
)
