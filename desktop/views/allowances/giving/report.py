"""The review on paper: what was read, what it comes to, and what was found, with what was decided of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Final

from desktop.services.review import saying
from desktop.views import wording
from desktop.views.allowances.files import KINDS, told
from desktop.views.allowances.giving.letter import places
from desktop.views.allowances.reviewed import OpenFile, Reviewed
from desktop.views.allowances.telling import values
from desktop.views.allowances.verdicts import FACES, Point, Verdict, group_title, said, verdict_of
from desktop.views.printing import Page, document
from desktop.views.wording import NBSP

if TYPE_CHECKING:
    from desktop.services.review.archive import Correction, Decision

PREVIEWED: Final = 60
PRINTED: Final = 1_500
"""Points on paper: more are no report that is read; all are in the workbook."""
REJECTED: Final = 50
"""Lines that could not be read on paper: the others are in the workbook's files, and on the screen."""
_RAW: Final = 160
"""Characters of the text of a line."""
_CELL: Final = "padding:3px 10px 3px 0"
_TITLE: Final = "Vérification des indemnités journalières"


@dataclass(frozen=True, slots=True)
class Sums:
    """One month of payment: its first day (None when not told), lines, and cents."""

    month: date | None
    lines: int
    indemnity: int
    levies: int
    net: int


def months(reviewed: Reviewed) -> tuple[Sums, ...]:
    """What was paid each month, asked on the reader's thread."""
    from desktop.services.review import totals
    from desktop.services.review.searching import Selection

    wanted = ("paid_on", "start", "end", "leave_start", "gross", "levies", "net", "kind", "days", "sense")
    frame = totals.by_month(reviewed.sheet.find(Selection()).lines(wanted))
    return tuple(Sums(*row) for row in frame.select("month", "lines", "indemnity", "levies", "net").iter_rows())


def report(
    reviewed: Reviewed,
    points: Sequence[Point],
    by_month: Sequence[Sums],
    author: str,
    now: datetime,
    unread: Sequence[tuple[str, str]] = (),
) -> Page:
    """The pages, as things were at `now`; `unread` are the files that could not be read, and why. The preview shows the
    first points only, and says so."""
    by = f" par {author}" if author else ""
    foot = f"{_TITLE} · imprimé le {wording.moment_said(now)}{by}"
    ordered = sorted(points, key=lambda point: (_rank(verdict_of(reviewed.decisions.get(point.key))), point.number))
    told_ = html(reviewed, ordered[:PRINTED], len(points), by_month, unread)
    whole = document(_TITLE, "Vérification IJ.pdf", told_, foot)
    if len(points) <= PREVIEWED:
        return whole
    first = document(_TITLE, "", html(reviewed, ordered[:PREVIEWED], len(points), by_month, unread), foot)
    note = f"l’aperçu montre les {wording.number(PREVIEWED)} premiers points sur {wording.number(len(points))}"
    return replace(whole, preview=first.paint, note=note)


def _rank(verdict: Verdict) -> int:
    """What is disputed comes first, what is ignored last."""
    return (Verdict.DISPUTED, Verdict.OPEN, Verdict.UNDERSTOOD, Verdict.IGNORED).index(verdict)


def html(
    reviewed: Reviewed,
    points: Sequence[Point],
    whole: int,
    by_month: Sequence[Sums],
    unread: Sequence[tuple[str, str]] = (),
) -> str:
    """Everything that came from a file is escaped."""
    sums = reviewed.totals
    rows = [
        ("Lignes lues", wording.number(sums.lines)),
        ("Indemnités brutes", saying.euros(sums.indemnity)),
        ("Retenues", saying.euros(sums.levies)),
        ("Net", saying.euros(sums.net)),
        ("Jours", f"{saying.days(sums.days)}, dont {saying.days(sums.waiting_days)} de carence"),
    ]
    parts = [
        f"<h2 style='margin-bottom:4px'>{_TITLE}</h2>",
        "".join(_row((label, f"<b>{value}</b>"), escaped=False) for label, value in rows).join(("<table>", "</table>")),
        _files(reviewed.files, unread),
        _rejected(reviewed.files),
        _corrections(reviewed.files),
        _months(by_month),
        _counts(reviewed, whole),
        _points(reviewed, points),
    ]
    if len(points) < whole:
        parts.append(
            f"<p><i>{wording.count(whole - len(points), 'autre point', 'autres points')}{NBSP}: voir le classeur de la "
            "vérification.</i></p>"
        )
    return "".join(parts)


def _row(cells: Sequence[str], tag: str = "td", *, escaped: bool = True, right: int = 0) -> str:
    """A row of a table; the last `right` cells stand at the right."""
    told_ = []
    for place, cell in enumerate(cells):
        side = " align='right'" if place >= len(cells) - right else " align='left'"
        told_.append(f"<{tag}{side} style='{_CELL}'>{escape(cell) if escaped else cell}</{tag}>")
    return f"<tr>{''.join(told_)}</tr>"


def _files(files: Sequence[OpenFile], unread: Sequence[tuple[str, str]]) -> str:
    head = _row(("Fichier", "Nature", "Ce qui en a été lu"), "th")
    rows = [(file.name, KINDS[file.kind.value], told(file)) for file in files]
    rows += [(name, "Non lu", why) for name, why in unread]
    body = "".join(_row(tuple(saying.without_nir(cell) for cell in row)) for row in rows)
    notes = [f"{file.name}\u00a0: {note}" for file in files for note in file.notes]
    understood = "".join(f"<p style='margin:0'><small>{escape(saying.without_nir(each))}</small></p>" for each in notes)
    return f"<h3>Fichiers</h3><table width='100%'>{head}{body}</table>{understood}"


def _rejected(files: Sequence[OpenFile]) -> str:
    """The lines that count nowhere: where each stands, and why it could not be read."""
    rows = [(file.name, each) for file in files for each in file.rejected]
    if not rows:
        return ""
    head = _row(("Fichier", "Ligne", "Pourquoi elle n’a pas été lue"), "th")
    body = "".join(
        _row((saying.without_nir(name), wording.number(each.line), saying.without_nir(each.reason)))
        for name, each in rows[:REJECTED]
    )
    rest = len(rows) - REJECTED
    more = f"<p><i>Et {wording.count(rest, 'autre ligne', 'autres lignes')}.</i></p>" if rest > 0 else ""
    return f"<h3>Lignes rejetées</h3><table width='100%'>{head}{body}</table>{more}"


def _corrections(files: Sequence[OpenFile]) -> str:
    """All that was ever told by hand: what stood there, what stands there now, who did it, when and why."""
    rows = [_corrected(file, each) for file in files for each in file.corrections]
    if not rows:
        return ""
    head = _row(("Ligne", "Avant", "Après", "Par qui, et quand"), "th")
    return f"<h3>Corrections à la main</h3><table width='100%'>{head}{''.join(map(_row, rows))}</table>"


def _corrected(file: OpenFile, each: "Correction") -> tuple[str, ...]:
    raw = next((one.raw for one in (*file.mended, *file.rejected) if one.line == each.line), "")
    stood = values(replace(each, values=each.before)) if each.before else f"Rejetée{NBSP}: {raw[:_RAW]}"
    stands = values(each) if each.values else "Correction annulée"
    by = ", ".join(part for part in (each.by, wording.moment_said(each.at)) if part)
    where = f"{wording.number(each.line)} de «{NBSP}{file.name}{NBSP}»"
    why = f"{NBSP}: {each.reason}" if each.reason else ""
    return tuple(saying.without_nir(cell) for cell in (where, stood, stands, f"{by}{why}"))


def _months(by_month: Sequence[Sums]) -> str:
    head = _row(("Mois de paiement", "Lignes", "Brut", "Retenues", "Net"), "th", right=4)
    body = "".join(
        _row(
            (
                saying.month(one.month).capitalize() if one.month else "Sans date",
                wording.number(one.lines),
                *(saying.euros(cents) for cents in (one.indemnity, one.levies, one.net)),
            ),
            right=4,
        )
        for one in by_month
    )
    return f"<h3>Par mois</h3><table width='100%'>{head}{body}</table>"


def _counts(reviewed: Reviewed, whole: int) -> str:
    """How many points there are, and how many of each verdict."""
    decided: Mapping[str, Decision] = reviewed.decisions
    of = dict.fromkeys(Verdict, 0)
    for key in reviewed.keys:
        of[verdict_of(decided.get(key))] += 1
    parts = [f"{wording.number(count)} {FACES[verdict].label.lower()}" for verdict, count in of.items() if count]
    listed = f"{NBSP}: {', '.join(parts)}" if parts else ""
    return f"<h3>Points relevés</h3><p>{wording.count(whole, 'point')}{listed}.</p>"


def _points(reviewed: Reviewed, points: Sequence[Point]) -> str:
    """By verdict, then by kind, each with its lines, its next step and what was decided."""
    parts = []
    for (verdict, group), those in groupby(points, lambda each: _heading(reviewed, each)):
        parts.append(f"<h4 style='margin-bottom:2px'>{FACES[verdict].label} – {escape(group_title(group))}</h4>")
        parts += [_point(reviewed, point) for point in those]
    return "".join(parts)


def _heading(reviewed: Reviewed, point: Point) -> tuple[Verdict, str]:
    return verdict_of(reviewed.decisions.get(point.key)), point.group


def _point(reviewed: Reviewed, point: Point) -> str:
    decision = reviewed.decisions.get(point.key)
    after = said(decision) if decision is not None else point.next_step
    return (
        f"<p style='margin:4px 0 0 0'>{escape(point.explanation)}</p>"
        f"<p style='margin:0 0 0 14px'><small>{escape(places(point, reviewed.files))}. {escape(after)}</small></p>"
    )
