"""What does not come out, and money that went where it should not, or was taken back."""

from collections.abc import Iterator, Sequence

import polars as pl

from desktop.services.review import saying
from desktop.services.review.anomalies.anomaly import Anomaly, AnomalyKind
from desktop.services.review.anomalies.scene import About, Scene
from desktop.services.review.checks import Rule, controlled, faults
from desktop.services.review.line import Kind
from desktop.services.review.regularising.mirrors import Stroke
from desktop.services.review.whole import ControlTotal

_MANY, _SHARE = 20, 0.2
"""More faults of one sort than this, on more than this share of a file, are a habit of the file: told once."""

_LEVELS = ("page", "person", "company", "sender", "file")


def orphans(scene: Scene) -> Iterator[Anomaly]:
    """Cancellations of what no line paid, with nothing paid anew."""
    found = [each.orphans for each in scene.clusters if each.orphans]
    about = scene.about([one.row for strokes in found for one in strokes])
    for strokes in found:
        amount = sum(one.net for one in strokes)
        one = about[_main(strokes).row]
        text = (
            f"{one.who}\u00a0: annulation {one.period} ({one.nature}, {saying.euros(amount)} nets) d’un paiement qui "
            "ne figure dans aucun fichier lu."
        )
        step = "Ajoutez le fichier où ce paiement figure\u202f; s’il n’a jamais été reçu, contestez l’annulation."
        yield scene.found(AnomalyKind.ORPHAN, [each.row for each in strokes], about, (text, step), amount)


def _main(strokes: list[Stroke]) -> Stroke:
    """The line that a sentence is about: the allowance rather than its levies."""
    return next((one for one in strokes if one.kind != Kind.LEVY.value), strokes[0])


def recoveries(scene: Scene) -> Iterator[Anomaly]:
    """Overpayments noted or taken back, and cancellations that tell no dates: those of one person and day together."""
    undated = pl.col("cancels") & (pl.col("first").is_null() | ~pl.col("named")) & (pl.col("gross") != 0)
    lines = scene.ground.filter((pl.col("kind") == Kind.RECOVERY.value) | undated)
    together: dict[tuple[object, ...], list[int]] = {}
    for *key, row in lines.select("group", "paid", "file", "named", "row").iter_rows():
        together.setdefault((*key, None if key[3] else row), []).append(row)
    about = scene.about([row for rows in together.values() for row in rows])
    for rows in together.values():
        amount = sum(about[row].net for row in rows)
        one = about[rows[0]]
        verb = "repris" if amount < 0 else "constaté"
        dates = f" {one.period}" if one.start else ""
        text = f"{one.who}\u00a0: trop-perçu {verb}{dates}, {saying.euros(amount)} ({_natures(rows, about)})."
        step = "Rapprochez-le du paiement d’origine et du virement, dont le montant peut avoir été réduit d’autant."
        yield scene.found(AnomalyKind.RECOVERY, rows, about, (text, step), amount)


def _natures(rows: Sequence[int], about: dict[int, About]) -> str:
    return ", ".join(dict.fromkeys(about[row].nature for row in rows))


def arithmetic(scene: Scene) -> Iterator[Anomaly]:
    """Lines whose own figures do not come out; the same fault all over a file is told once."""
    wrong = faults(scene.frame)
    if wrong.is_empty():
        return
    files = pl.col("file") if "file" in scene.frame.columns else pl.lit(0)
    places = scene.frame.lazy().with_row_index("row").select("row", files.cast(pl.UInt32).alias("file")).collect()
    sizes = dict(places.group_by("file").len().iter_rows())
    wrong = wrong.join(places, on="row", how="left", maintain_order="left")
    habits = {
        (file, rule)
        for file, rule, count in wrong.group_by("file", "rule").len().iter_rows()
        if count > _MANY and count > _SHARE * sizes[file]
    }
    single: dict[int, list[tuple[str, int, int]]] = {}
    common: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for row, rule, expected, got, file in wrong.select("row", "rule", "expected", "found", "file").iter_rows():
        if (file, rule) in habits:
            common.setdefault((file, rule), []).append((row, _at_stake(rule, expected, got)))
        else:
            single.setdefault(row, []).append((rule, expected, got))
    about = scene.about([*single, *(row for rows in common.values() for row, _ in rows)])
    for row, broken in single.items():
        said = "\u202f; ".join(_fault(*each) for each in broken)
        text = f"{about[row].who}\u00a0: {about[row].nature} {about[row].period}, {said}."
        step = "Demandez à l’organisme le détail du calcul de cette ligne."
        amount = next((stake for each in broken if (stake := _at_stake(*each))), 0)
        yield scene.found(AnomalyKind.ARITHMETIC, (row,), about, (text, step), amount)
    for (_, rule), rows in common.items():
        text = f"{saying.counted(len(rows), 'ligne', 'lignes')} du fichier sur le même modèle\u00a0: {_HABITS[rule]}."
        step = (
            "Vérifiez que les colonnes ont été bien comprises\u202f; sinon, demandez à l’organisme sa règle de calcul."
        )
        amount = sum(stake for _, stake in rows)
        yield scene.found(AnomalyKind.ARITHMETIC, [row for row, _ in rows], about, (text, step), amount)


_HABITS = {
    Rule.RATE.value: "le taux journalier multiplié par les jours ne donne pas le brut",
    Rule.NET.value: "le brut moins les retenues ne donne pas le net",
    Rule.DATES.value: "le nombre de jours n’est pas celui des dates",
}


def _at_stake(rule: str, expected: int, got: int) -> int:
    return 0 if rule == Rule.DATES.value else got - expected


def _fault(rule: str, expected: int, got: int) -> str:
    if rule == Rule.RATE.value:
        return f"taux × jours font {saying.euros(expected)} et non {saying.euros(got)}"
    if rule == Rule.NET.value:
        return f"brut moins retenues font {saying.euros(expected)} et non {saying.euros(got)} nets"
    return f"les dates font {saying.days(expected)} et non {saying.integer(got)}"


def stated_totals(controls: Sequence[tuple[int, ControlTotal]]) -> Iterator[Anomaly]:
    """Sums that files state and their lines do not come to, at the smallest level that tells: a company's sum that is
    off by what its people's are off is the same fault."""
    files: dict[tuple[int, str], list[ControlTotal]] = {}
    for file, control in controls:
        files.setdefault((file, control.measure), []).append(control)
    for (file, _), stated in files.items():
        below: int | None = None
        for level in _LEVELS:
            failed = controlled([control for control in stated if control.level == level]).failed
            off = sum(control.stated - control.computed for control in failed)
            if failed and off != below:
                yield from (_total(file, control) for control in failed)
                below = off


def _total(file: int, control: ControlTotal) -> Anomaly:
    off = control.stated - control.computed
    money = control.measure not in ("days", "lines")
    said = saying.euros if money else saying.integer
    of = f" ({saying.without_nir(control.name)})" if control.name else ""
    text = (
        f"Total {_OF.get(control.level, control.level)}{of}\u00a0: le fichier annonce {said(control.stated)}"
        f"{'' if money else ' ' + _COUNTED[control.measure]} et ses lignes font {said(control.computed)}, "
        f"écart de {said(off)}."
    )
    step = "Regardez les lignes rejetées du fichier\u202f; s’il n’y en a pas, demandez-le à nouveau."
    lines = (control.line,) if control.line > 0 else ()
    return Anomaly(AnomalyKind.TOTALS, text, step, lines, (file,) * len(lines), (), off if money else 0)


_OF = {
    "page": "de la page",
    "person": "de la personne",
    "company": "de l’entreprise",
    "sender": "de l’émetteur",
    "file": "du fichier",
}
_COUNTED = {"days": "jours", "lines": "lignes"}
