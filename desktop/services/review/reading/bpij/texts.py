"""The texts of BPIJ lines as numbers, dates and reasons why not: many lines together."""

import re
from collections.abc import Collection, Sequence
from typing import Final

import polars as pl

FIELDS: Final = ("CodeNature", "Libelle", "DateDebPrest", "DateFinPrest", "NbIJ", "PU", "IJSub", "NumSin", "Montant")
"""Of a `Prestation`, in the order of the tuples that `typed` takes."""

_AMOUNT: Final = "^([+-]?)([0-9]{0,WHOLE})(?:[.,]([0-9]{0,PLACES})0*)?$"
"""Nine digits of euros at most, so that no sum of a file leaves 64 bits; a half-cent is not rounded but refused."""
_DAYS: Final = r"^([+-]?[0-9]{1,5})(?:[.,]0*)?$"
_DATE: Final = r"^((?:19|20|21|99)[0-9]{2}-[0-9]{2}-[0-9]{2})(?:T[0-9:.]*)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?$"
"""A day and its time zone, which says nothing of the day and is left out."""
_CENTS: Final = re.compile(_AMOUNT.replace("WHOLE", "15").replace("PLACES", "2"), re.ASCII)


def cents(text: str) -> int | None:
    """One amount in cents; None when it cannot be read."""
    found = _CENTS.match(text.strip())
    if not found or not (found[2] or found[3]):
        return None
    return int(f"{found[1]}{found[2]}{(found[3] or '').ljust(2, '0')}")


def day(name: str) -> pl.Expr:
    """The day of a text with a date, perhaps a time and a zone; null when there is none to be read."""
    return pl.col(name).str.extract(_DATE).str.to_date("%Y-%m-%d", strict=False)


def typed(
    rows: Sequence[tuple[str | None, ...]],
    first: int,
    doubled: Collection[int],
    dues: Collection[int],
    astray: Collection[int] = (),
) -> pl.DataFrame:
    """A row for each tuple of `FIELDS`: `line` (from `first`), `code`, `Libelle`, `start`, `end`, `count`, `unit` (ten-
    thousandths, signed), `IJSub`, `NumSin`, `cents`, `due`, and `reason`, null where all could be read."""
    columns = list(zip(*rows, strict=True))
    made = pl.DataFrame(dict(zip(FIELDS, columns, strict=True)), schema=dict.fromkeys(FIELDS, pl.String))
    text = pl.col(*FIELDS).str.strip_chars()
    made = made.with_columns(pl.when(text != "").then(text)).with_columns(
        _amount("Montant", 2).alias("cents"),
        _amount("PU", 4).alias("unit"),
        pl.col("NbIJ").str.extract(_DAYS).cast(pl.Int32, strict=False).alias("count"),
        day("DateDebPrest").alias("start"),
        day("DateFinPrest").alias("end"),
        pl.col("CodeNature").str.to_uppercase().fill_null("").alias("code"),
        pl.int_range(first, first + len(rows), dtype=pl.UInt32).alias("line"),
    )
    again, foreign = pl.col("line").is_in(list(doubled)), pl.col("line").is_in(list(astray))
    return made.select(
        *("line", "code", "Libelle", "start", "end", "count", "unit", "IJSub", "NumSin", "cents"),
        pl.col("line").is_in([number for number in dues if number >= first]).alias("due"),
        pl.coalesce(
            pl.when(foreign).then(pl.lit("Sa balise n’est pas celle du BPIJ (majuscules ou espace de noms).")),
            pl.when(again).then(pl.lit("Un même champ y est donné deux fois.")),
            pl.when(pl.col("Montant").is_null()).then(pl.lit("Le montant manque.")),
            _illegible("Montant", "cents", "Le montant est illisible."),
            _illegible("PU", "unit", "Le prix unitaire (PU) est illisible."),
            _illegible("NbIJ", "count", "Le nombre de jours (NbIJ) est illisible."),
            _illegible("DateDebPrest", "start", "La date de début est illisible."),
            _illegible("DateFinPrest", "end", "La date de fin est illisible."),
        ).alias("reason"),
    )


def _illegible(text: str, value: str, reason: str) -> pl.Expr:
    return pl.when(pl.col(text).is_not_null() & pl.col(value).is_null()).then(pl.lit(reason))


def _amount(name: str, places: int) -> pl.Expr:
    parts = pl.col(name).str.extract_groups(_AMOUNT.replace("WHOLE", "9").replace("PLACES", str(places)))
    sign, whole, behind = (parts.struct.field(str(number)) for number in (1, 2, 3))
    digits = sign + whole + behind.fill_null("").str.pad_end(places, "0")
    told = (whole + behind.fill_null("")) != ""
    return pl.when(told).then(digits.cast(pl.Int64, strict=False))
