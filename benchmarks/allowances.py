"""A file of allowances of any size, the same for the same seed, whose faults are known because they were planted.

Every employee has one leave of `PERIODS` lines, a fortnight each at one daily rate; some employees have one fault.
`python -m benchmarks.allowances FILE [LINES]` writes one.
"""

import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

PERIODS = 20
"""Lines of each employee."""
HEADINGS = (
    *("SIRET", "N° adhérent", "Organisme", "Nom", "Prénom", "NIR", "Matricule", "N° dossier", "Risque", "Code"),
    *("Libellé", "Sens", "Début de l’arrêt", "Du", "Au", "Jours", "Taux journalier", "Montant brut", "CSG", "CRDS"),
    *("Montant net", "Payé à", "Date de paiement", "Référence du paiement"),
)
FAULTS = ("duplicate", "gap", "overlap", "rate", "arithmetic", "payee", "orphan", "recovery", "rejected")
"""What one employee in `EVERY` has, in turn; one more has a regularisation, which is no fault."""
EVERY = 97
"""A prime, so that faults fall in companies and months of all kinds."""
_PLACE = 12
"""The line of an employee, from 0, where the fault is."""
_NAMES = ("MARTIN", "BERNARD", "LEFÈVRE", "DUPONT", "GARCIA", "N’GUYEN", "D’ALMEIDA", "LE GOFF", "ŒUVRARD", "MÜLLER")
_FIRST = ("Zoé", "Jean-Pierre", "Amélie", "François", "Inès", "Mohamed", "Chloé", "Loïc", "Anne", "Benoît", "Aïcha")
_COMPANIES = ("73282932000074", "35600000000048", "44306184100047", "55208131766522", "54205118000066")
_PAYERS = ("CPAM DE PARIS", "CPAM DU RHÔNE", "CPAM DE LA LOIRE-ATLANTIQUE", "CPAM DES BOUCHES-DU-RHÔNE")
_DAY = date(2023, 1, 2)


@dataclass(frozen=True, slots=True)
class Planted:
    """How many employees have each fault (`regularisation` too), and what the readable lines come to, in cents."""

    lines: int
    rejected: int
    faults: dict[str, int]
    gross: int
    levies: int
    net: int
    days: int


def write(path: Path, lines: int = 1_000_000, seed: int = 1) -> Planted:
    """Write a CSV (UTF-8, semicolons, CRLF) of so many lines below its headings."""
    table = _lines(lines, seed)
    _texts(table).write_csv(path, separator=";", line_terminator="\r\n", quote_style="never")
    return _planted(table)


def _mixed(of: pl.Expr, salt: int, below: int) -> pl.Expr:
    """A number from 0 to `below` - 1 that looks drawn at random, by whole-number arithmetic alone."""
    step = (of.cast(pl.Int64) * 48_271 + salt * 69_621 + 12_345) % 2_147_483_647
    return (step * 40_692 % 2_147_483_399) * 39_373 % 2_147_483_647 % below


def _lines(lines: int, seed: int) -> pl.DataFrame:
    """The values, faults in their place."""
    person, place = pl.col("row") // PERIODS, pl.col("row") % PERIODS
    kinds = (*FAULTS, "regularisation")
    fault = pl.when((person + seed) % EVERY == 0).then(_mixed(person // EVERY, seed, 1 << 20) % len(kinds))
    table = pl.DataFrame({"row": pl.int_range(lines, eager=True)}).with_columns(
        person.alias("person"),
        place.alias("place"),
        fault.replace_strict(list(range(len(kinds))), list(kinds), default=None, return_dtype=pl.String).alias("fault"),
        (_mixed(person, seed, 5_000) + 2_000).alias("rate"),
        pl.lit(_DAY).dt.offset_by("0d").alias("leave") + pl.duration(days=_mixed(person, seed + 1, 200)),
    )
    here = place == _PLACE
    table = table.with_columns(
        (here & (pl.col("fault") == "rejected")).fill_null(value=False).alias("rejected"),
        (here & (pl.col("fault") == "recovery")).fill_null(value=False).alias("recovery"),
        (here & pl.col("fault").is_in(["orphan", "regularisation"])).fill_null(value=False).alias("cancelled"),
        _shown(place).alias("shown"),
    )
    shift = (
        pl.when((pl.col("fault") == "gap") & (place >= _PLACE))
        .then(5)
        .when((pl.col("fault") == "overlap") & (place >= _PLACE))
        .then(-3)
        .when((pl.col("fault") == "orphan") & here)
        .then(-900)
        .otherwise(0)
    )
    start = pl.col("leave") + pl.duration(days=pl.col("shown") * 14 + shift)
    later = ((pl.col("fault") == "rate") & (place >= _PLACE)) | (
        (pl.col("fault") == "regularisation") & (place > _PLACE)
    )
    unit = pl.when(later).then(pl.col("rate") + 249).otherwise(pl.col("rate"))
    return _amounts(table.with_columns(start.alias("start"), unit.alias("unit")))


def _shown(place: pl.Expr) -> pl.Expr:
    """Which fortnight a line is about: a duplicate repeats the one before, a regularisation turns back to it twice."""
    back = (
        pl.when((pl.col("fault") == "duplicate") & (place >= _PLACE))
        .then(1)
        .when((pl.col("fault") == "regularisation") & (place == _PLACE))
        .then(1)
        .when((pl.col("fault") == "regularisation") & (place > _PLACE))
        .then(2)
        .otherwise(0)
    )
    return place - back


def _amounts(table: pl.DataFrame) -> pl.DataFrame:
    """Cents of each line, and the days: an allowance of 14 days, or a recovery without dates."""
    wrong = ((pl.col("fault") == "arithmetic") & (pl.col("place") == _PLACE)).fill_null(value=False)
    sign = pl.when(pl.col("cancelled")).then(-1).otherwise(1)
    gross = pl.when("recovery").then(-pl.col("unit") * 3).otherwise(sign * (pl.col("unit") * 14 + wrong * 100))
    levy = pl.when("recovery").then(0).otherwise(sign * 14)
    table = table.with_columns(
        gross.alias("gross"),
        (levy * ((pl.col("unit") * 62 + 500) // 1000)).alias("csg"),
        (levy * ((pl.col("unit") * 5 + 500) // 1000)).alias("crds"),
        pl.when("recovery").then(0).otherwise(sign * 14).alias("days"),
        (pl.col("start") + pl.duration(days=13)).alias("end"),
    )
    paid = pl.col("leave") + pl.duration(days=pl.col("place") * 14 + 20)
    return table.with_columns((pl.col("gross") - pl.col("csg") - pl.col("crds")).alias("net"), paid.alias("paid_on"))


def _euros(name: str) -> pl.Expr:
    cents = pl.col(name).abs()
    sign = pl.when(pl.col(name) < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.concat_str(sign, cents // 100, pl.lit(","), (cents % 100).cast(pl.String).str.zfill(2))


def _one_of(choices: tuple[str, ...], of: pl.Expr) -> pl.Expr:
    return (of % len(choices)).replace_strict(list(range(len(choices))), list(choices), return_dtype=pl.String)


def _nir() -> pl.Expr:
    """Thirteen digits and their key."""
    person = pl.col("person")
    body = (person % 2 + 1) * 10**12 + (60 + person % 40) * 10**10 + (person % 12 + 1) * 10**8
    body += (person % 95 + 1) * 10**6 + (person // 97 % 1_000_000)
    return pl.concat_str(body, (97 - body % 97).cast(pl.String).str.zfill(2))


def _texts(table: pl.DataFrame) -> pl.DataFrame:
    """The cells as a French program writes them."""
    person, day = pl.col("person"), "%d/%m/%Y"
    dated = ~pl.col("recovery")
    wrong_payee = ((pl.col("fault") == "payee") & (pl.col("place") == _PLACE)).fill_null(value=False)
    cells = (
        _one_of(_COMPANIES, person // 40),
        (person // 40 % 5 + 104_000).cast(pl.String).str.zfill(8),
        _one_of(_PAYERS, person // 11),
        _one_of(_NAMES, person * 7) + " " + (person // 10).cast(pl.String),
        _one_of(_FIRST, person * 3),
        _nir(),
        pl.concat_str(pl.lit("M"), (person + 1).cast(pl.String).str.zfill(6)),
        pl.concat_str(pl.lit("23"), (person + 500).cast(pl.String).str.zfill(8)),
        pl.when(person % 9 == 0).then(pl.lit("AT")).otherwise(pl.lit("AS")),
        pl.when("recovery").then(pl.lit("RPR")).otherwise(pl.lit("IJNOR")),
        pl.when("recovery").then(pl.lit("RÉCUPÉRATION INDU")).otherwise(pl.lit("I.J. NORMALES")),
        pl.when("cancelled").then(pl.lit("Annulation")).otherwise(pl.lit("Paiement")),
        pl.col("leave").dt.strftime(day),
        pl.when(dated).then(pl.col("start").dt.strftime(day)).otherwise(pl.lit("")),
        pl.when("rejected")
        .then(pl.lit("31/02/2024"))
        .when(dated)
        .then(pl.col("end").dt.strftime(day))
        .otherwise(pl.lit("")),
        pl.col("days").abs().cast(pl.String),
        pl.when("recovery").then(pl.lit("")).otherwise(_euros("unit")),
        *(_euros(name) for name in ("gross", "csg", "crds", "net")),
        pl.when(wrong_payee).then(pl.lit("Salarié")).otherwise(pl.lit("Entreprise")),
        pl.col("paid_on").dt.strftime(day),
        pl.concat_str(pl.lit("VIR"), pl.col("paid_on").dt.strftime("%y%m%d"), (person // 11 % 4).cast(pl.String)),
    )
    return table.select(cell.alias(heading) for cell, heading in zip(cells, HEADINGS, strict=True))


def _planted(table: pl.DataFrame) -> Planted:
    told = table.filter(pl.col("place") == _PLACE)["fault"].drop_nulls().value_counts()
    read = table.filter(~pl.col("rejected"))
    gross, csg, crds, net, days = (int(read[name].sum()) for name in ("gross", "csg", "crds", "net", "days"))
    faults = dict.fromkeys((*FAULTS, "regularisation"), 0) | dict(told.iter_rows())
    return Planted(table.height, int(table["rejected"].sum()), faults, gross, csg + crds, net, days)


if __name__ == "__main__":
    print(write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000))
