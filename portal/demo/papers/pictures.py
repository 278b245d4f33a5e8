"""A scanned page, a photographed one and a chart."""

from portal.demo.dice import Dice
from portal.demo.french import figure, long_date, month_name, period, short_date, siren
from portal.demo.matter import Matter
from portal.demo.papers import jpeg
from portal.demo.papers.raster import Bitmap

_PALETTE = ((255, 255, 255), (40, 48, 60), (208, 214, 222), (12, 92, 171), (226, 140, 40))
_WHITE, _INK, _GRID, _BLUE, _ORANGE = range(5)


def _page(matter: Matter, wide: int, high: int, title: str) -> Bitmap:
    """A short certificate, as a bitmap of at least 600 by 600 pixels."""
    page = Bitmap(wide, high)
    page.text(44, 48, matter.company, 3)
    page.text(44, 84, f"SIRET {siren(matter.siret)}")
    page.fill(44, 112, wide - 88, 2)
    page.frame(44, 140, wide - 88, 52, thick=2)
    page.text(60, 156, title, 2)
    lines = (
        f"Je soussigné(e) {matter.clerk}, certifie que",
        f"{matter.employee.full_name}",
        "est présent(e) dans nos effectifs depuis le",
        f"{long_date(matter.entry)} en qualité de",
        f"{matter.employee.job}.",
        "",
        f"Période concernée : {period(matter.start, matter.end)}",
        f"Contrat : {matter.contract}",
        f"Adhérent : {matter.member_number}",
        "",
        f"Fait à {matter.town}, le {short_date(matter.opened)}",
    )
    room = (wide - 88) // 12
    for place, line in enumerate(lines):
        page.text(44, 224 + 30 * place, line[:room])
    return page


def scan(matter: Matter) -> bytes:
    """A PNG of a page laid slightly askew on the glass."""
    dice = Dice("scan", matter.file_number)
    page = _page(matter, 744, 1052, "ATTESTATION DE L'EMPLOYEUR")
    page.frame(420, 640, 240, 120, 120, 2)
    page.text(440, 664, "Cachet et", 2, 120)
    page.text(440, 690, "signature", 2, 120)
    page.tilted(dice.choice((-7.0, -4.0, 5.0, 8.0)))
    page.specked(dice, 900)
    page.fill(0, 0, 744, 6, 200)
    page.fill(0, 0, 5, 1052, 214)
    return page.png()


def photograph(matter: Matter) -> bytes:
    """A JPEG of a page on a table."""
    page = _page(matter, 704, 640, "ATTESTATION")
    for place in range(3):
        page.frame(place * 8, place * 8, 704 - place * 16, 640 - place * 16, 90 + place * 30, 8)
    return jpeg.encoded(page)


def chart(matter: Matter) -> bytes:
    """A PNG with the contributions of six months: called in blue, paid in orange."""
    dice = Dice("chart", matter.file_number)
    sheet = Bitmap(720, 420, _WHITE)
    sheet.text(32, 24, f"Cotisations appelées et versées - {matter.member_number}", 2, _INK)
    for step in range(5):
        sheet.fill(64, 90 + 60 * step, 620, 1, _GRID)
    top = float(matter.due)
    for place in range(6):
        left = 84 + 100 * place
        called = int(240 * dice.uniform(0.6, 1.0))
        paid = called - (int(240 * float(matter.gap) / max(top, 1.0)) if place == 4 else 0)
        sheet.fill(left, 330 - called, 28, called, _BLUE)
        sheet.fill(left + 34, 330 - paid, 28, paid, _ORANGE)
        index = (matter.month.month - 6 + place) % 12
        sheet.text(left, 340, month_name(matter.month.replace(month=index + 1))[:4], 2, _INK)
    sheet.fill(64, 330, 620, 2, _INK)
    sheet.fill(64, 382, 16, 16, _BLUE)
    sheet.text(90, 382, "appelé", 2, _INK)
    sheet.fill(220, 382, 16, 16, _ORANGE)
    sheet.text(246, 382, f"versé (écart {figure(matter.gap)} EUR)", 2, _INK)
    return sheet.png(_PALETTE)
