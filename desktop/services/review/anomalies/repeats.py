"""What seems paid twice: the same line again, or two payments for one day."""

from collections.abc import Iterator
from datetime import date

import polars as pl

from desktop.services.review import saying
from desktop.services.review.anomalies.anomaly import Anomaly, AnomalyKind
from desktop.services.review.anomalies.scene import About, Scene, day
from desktop.services.review.leaves import covered_before
from desktop.services.review.line import Kind
from desktop.services.review.regularising.ground import HEALTH_INSURANCE

_RETURNED = (
    "Vérifiez sur le relevé bancaire si la somme est arrivée deux fois\u202f; si oui, signalez-le à l’organisme."
)


def payee_apart() -> pl.Expr:
    """An insurer shares one period between employer and employee; the Assurance maladie pays one of the two."""
    return pl.when(pl.col("scheme") == HEALTH_INSURANCE).then(pl.lit("")).otherwise(pl.col("payee").cast(pl.String))


def repeats(scene: Scene) -> Iterator[Anomaly]:
    """Lines told twice, and payments that share a day."""
    groups = _twins(scene)
    yield from _duplicates(scene, groups)
    yield from _seen_twice(scene)
    yield from _overlaps(scene, {row: number for number, rows in enumerate(groups) for row in rows})


def _duplicates(scene: Scene, groups: list[list[int]]) -> Iterator[Anomaly]:
    """The same line again, not cancelled."""
    about = scene.about([row for rows in groups for row in rows])
    for rows in groups:
        first = about[rows[0]]
        seen = len([row for row in rows if about[row].code == first.code and about[row].gross == first.gross])
        amount = sum(about[row].net for row in rows) * (seen - 1) // seen
        where = _places(scene, rows, about)
        text = (
            f"{first.who}\u00a0: {first.nature} {first.period}, {saying.euros(first.gross or first.net)}, figure "
            f"{saying.integer(seen)} fois ({where}) sans que l’une soit annulée."
        )
        yield scene.found(AnomalyKind.DUPLICATE, rows, about, (text, _RETURNED), amount)


def _twins(scene: Scene) -> list[list[int]]:
    """Rows that tell the same thing, those of one person and period together, in order."""
    alike = pl.col("group") ^ pl.struct("first", "gross", "levies").hash()  # most lines have nothing like them
    counts = (
        pl.col("named")
        & ~pl.col("cancels")
        & (pl.col("kind") != Kind.RECOVERY.value)
        & (pl.col("first").is_not_null() | pl.col("paid").is_not_null())
        & ~pl.col("row").is_in(scene.pairs["row"].implode())
    )
    keys = scene.ground.lazy().select(
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("at"), alike.alias("alike"), counts.alias("counts")
    )
    keys = keys.filter("counts").filter(pl.col("alike").is_duplicated())
    candidates = scene.ground[keys.select("at").collect().to_series()]  # few: all columns of all lines are not copied
    moneyless = (pl.col("gross") == 0) & (pl.col("levies") == 0)
    day_counts = pl.col("first").is_null() | moneyless  # then only the same payment tells that it is the same line
    keyed = candidates.select(
        "row",
        "group",
        "first",
        "last",
        pl.struct(
            *("group", "nature", "kind", "branch", "first", "last", "counted", "gross", "levies", "net"),
            payee_apart().alias("payee"),
            pl.when(day_counts).then(pl.col("paid")).alias("when"),
            pl.when(moneyless).then(pl.col("file")).alias("where"),
        )
        .hash()
        .alias("key"),
    )
    repeated = keyed.filter(pl.col("key").is_duplicated()).sort("row")
    together: dict[tuple[int, int | None, int | None], list[int]] = {}
    for row, group, first, last in repeated.select("row", "group", "first", "last").iter_rows():
        together.setdefault((group, first, last), []).append(row)
    return list(together.values())


def _seen_twice(scene: Scene) -> Iterator[Anomaly]:
    """Consecutive exports share some weeks: one notice for each two files, not one for each line."""
    about = scene.about([row for pair in scene.copies.iter_rows() for row in pair])
    shared: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for row, original in scene.copies.iter_rows():
        shared.setdefault((about[original].file, about[row].file), []).append((original, row))
    for (before, after), pairs in shared.items():
        net = sum(about[row].net for _, row in pairs)
        text = (
            f"{saying.counted(len(pairs), 'ligne figure', 'lignes figurent')} à l’identique dans les fichiers "
            f"{before + 1} et {after + 1} (mêmes personnes, dates, montants et jour de paiement)\u00a0: "
            f"{saying.euros(net)} nets comptés deux fois si l’on additionne ces fichiers."
        )
        step = "Ne comptez qu’une fois ces lignes\u202f; l’historique de Volet ne les garde qu’une fois."
        rows = [row for pair in pairs for row in pair]
        yield scene.found(AnomalyKind.DUPLICATE, rows, about, (text, step), net)


def _places(scene: Scene, rows: list[int], about: dict[int, About]) -> str:
    """« lignes 3 et 8 », « ligne 3 du fichier 1 et ligne 8 du fichier 2 », « sur le portail, versé le 10/11/2026 et le
    24/11/2026 »: what the portal shows is known by its day."""
    places = [(about[row].file, about[row].line) for row in rows]
    files = {file for file, _ in places}
    if files == {scene.portal}:
        days = dict.fromkeys(f"le {saying.day(each)}" for each in _paid_on(scene, rows) if each is not None)
        return f"sur le portail, versé {_listed(list(days))}" if days else "sur le portail"
    if len(files) > 1:
        return _listed([_place(scene, file, line) for file, line in places])
    return f"lignes {_listed([saying.integer(line) for _, line in places])}"


def _place(scene: Scene, file: int, line: int) -> str:
    return "sur le portail" if file == scene.portal else f"ligne {saying.integer(line)} du fichier {file + 1}"


def _paid_on(scene: Scene, rows: list[int]) -> list[date | None]:
    return scene.frame["paid_on"].gather(pl.Series(rows, dtype=pl.UInt32)).sort().to_list()


def _listed(texts: list[str]) -> str:
    """« a », « a et b », « a, b et c… »: six of them."""
    told, rest = texts[:6], "…" if len(texts) > 6 else ""
    return " et ".join([", ".join(told[:-1]), told[-1]]) + rest if len(told) > 1 else told[0]


def _overlaps(scene: Scene, twins: dict[int, int]) -> Iterator[Anomaly]:
    """Two payments that exclude one another and share a day, neither cancelled, and not one line told twice."""
    found = [each for each in _meetings(scene) if each[0] not in twins or twins[each[0]] != twins.get(each[1])]
    about = scene.about([row for each in found for row in each[:2]])
    for before, row, first, last, amount in found:
        one, other = about[before], about[row]
        shared = saying.period(day(first), day(last))
        text = (
            f"{other.who}\u00a0: les périodes {one.period} et {other.period} se chevauchent "
            f"({saying.days(last - first + 1)}, {shared}), payées {saying.euros(one.gross)} et "
            f"{saying.euros(other.gross)} sans annulation."
        )
        if one.period == other.period:
            text = (
                f"{other.who}\u00a0: la période {one.period} est payée deux fois, {saying.euros(one.gross)} et "
                f"{saying.euros(other.gross)}, sans annulation."
            )
        step = "Demandez à l’organisme laquelle des deux périodes est due\u202f; ces jours risquent d’être repris."
        yield scene.found(AnomalyKind.OVERLAP, (before, row), about, (text, step), amount)


def _meetings(scene: Scene) -> Iterator[tuple[int, int, int, int, int]]:
    """Rows that meet, first and last day shared, and what these days come to at the lower rate (cents)."""
    until = pl.when("stands").then("last").alias("until")
    met = pl.col("stands") & (pl.col("first") <= covered_before("place", "until"))
    groups = scene.course.lazy().with_columns(until).filter(met).select("group").unique().collect()
    if groups.is_empty():
        return
    ordered = (
        scene.standing.join(groups, on="group", how="semi")
        .with_columns(pl.struct("group", "cover", payee_apart().alias("payee")).hash().alias("course"))
        .sort("course", "first", "row")
    )
    at, reach = None, (0, 0, 0, 0)
    for course, row, first, last, gross in ordered.select("course", "row", "first", "last", "gross").iter_rows():
        if course != at:
            at, reach = course, (row, first, last, gross)
            continue
        if first <= reach[2] and not _explained(scene, reach[0], row):
            until = min(last, reach[2])
            daily = min(gross // (last - first + 1), reach[3] // (reach[2] - reach[1] + 1))
            yield reach[0], row, first, until, daily * (until - first + 1)
        if last >= reach[2]:
            reach = (row, first, last, gross)


def _explained(scene: Scene, one: int, other: int) -> bool:
    """A part was cancelled and paid anew."""
    return (one in scene.partial and other in scene.renewed) or (other in scene.partial and one in scene.renewed)
