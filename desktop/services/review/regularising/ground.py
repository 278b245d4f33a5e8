"""The lines as they are compared with one another: numbers only, so that a million of them are sorted in a moment."""

import re

import polars as pl

from desktop.services.folding import collated
from desktop.services.review.leaves import last_days, leaves
from desktop.services.review.line import Kind, Sense

_HEALTH_INSURANCE = re.compile(
    r"\b(?:cpam|cgss|cssm|msa|cnam|cramif|ameli|caisse primaire|caisse generale|assurance maladie|securite sociale|"
    r"mutualite sociale agricole)\b"
)
_ITS_CODES = ("IJNOR", "IJMAJ", "RETCSJ", "RETCRD", "CIN", "RPR", "PRE", "POS")
"""Codes that no insurer prints: whoever pays under them is the Assurance maladie."""

_ONE_A_DAY = (
    *("IJNOR", "IJMAJ", "MIT", "ASN", "ASM", "MIN", "MIJ", "PRE"),
    *("POS", "ADO", "PER", "CUN", "CUM", "CUR", "REN"),
)
"""Of these allowances one excludes another on the same day; the others come on top."""

_SIREN = 9
HEALTH_INSURANCE = 1
"""The `scheme` of the Assurance maladie, all its offices together; 0 when nobody says who pays."""


def ground(frame: pl.DataFrame) -> pl.DataFrame:
    """One row a line, in the same order: row, file, line (u32), leave (u32), named (whether somebody is meant), group
    (u64: one person at one company paid by one scheme), company, scheme (u64), nature and cover (u64: what is paid, and
    what excludes it on the same day), kind, payee, branch (the enumerations), cancels (bool), begun (of the leave),
    first, last, paid (days, i32, null when not told), counted (days without sign, null when not told), unit, gross,
    levies, net. A line that another file holds already is left out: it is the same payment seen twice."""
    told = compared(frame)
    return without_copies(told, copies(told))


def without_copies(told: pl.DataFrame, again: pl.DataFrame) -> pl.DataFrame:
    """Each payment once."""
    return told if again.is_empty() else told.join(again, on="row", how="anti", maintain_order="left")


def copies(told: pl.DataFrame) -> pl.DataFrame:
    """Lines that a file before holds as well, with the same amounts, dates and day of payment, counted file by file so
    that true twins remain: row, and `original`, the row there."""
    if told["file"].n_unique() < 2:
        return pl.DataFrame(schema={"row": pl.UInt32, "original": pl.UInt32})
    same = ("group", "nature", "kind", "branch", "cancels", "first", "last", "paid", "gross", "levies", "net", "payee")
    dated = told.filter((pl.col("first").is_not_null() | pl.col("paid").is_not_null()) & pl.col("named"))
    keyed = dated.select("row", "file", pl.struct(same).hash().alias("key"))
    shared = keyed.group_by("key").agg(pl.col("file").n_unique().alias("files")).filter(pl.col("files") > 1)
    found = keyed.join(shared, on="key", how="semi").sort("file", "row")
    numbered = found.with_columns(pl.int_range(pl.len()).over("key", "file").alias("twin"))
    firsts = numbered.with_columns(pl.col("row").first().over("key", "twin").alias("original"))
    return firsts.filter(pl.col("row") != pl.col("original")).select("row", "original").sort("row")


def compared(frame: pl.DataFrame) -> pl.DataFrame:
    """As `ground`, with the lines that several files hold."""
    keyed = frame if {"person_key", "leave"} <= set(frame.columns) else leaves(frame)
    if "file" not in keyed.columns:
        keyed = keyed.with_columns(pl.lit(0, dtype=pl.UInt32).alias("file"))
    scheme = pl.lit(_schemes(keyed)).alias("scheme")  # beside the others as a column, all of them would be copied
    coded = pl.col("code") != ""
    nature = pl.when(coded).then(pl.col("code").hash()).otherwise(pl.col("label").str.to_lowercase().hash(1))
    dated = pl.col("start").is_not_null()
    company = pl.col("company").str.slice(0, _SIREN)
    return (
        keyed.lazy()
        .with_row_index("row")
        .select(
            *("row", pl.col("file").cast(pl.UInt32), "line", "leave", scheme, "kind", "payee", "branch"),
            (pl.col("person_key") != "").alias("named"),
            pl.struct("person_key", company, scheme).hash().alias("group"),
            company.hash().alias("company"),
            nature.alias("nature"),
            pl.when(pl.col("code").is_in(_ONE_A_DAY)).then(pl.lit(0, dtype=pl.UInt64)).otherwise(nature).alias("cover"),
            _cancels().alias("cancels"),
            pl.col("leave_start").to_physical().alias("begun"),
            pl.col("start").to_physical().alias("first"),
            last_days(dated).alias("last"),
            pl.col("paid_on").to_physical().alias("paid"),
            pl.col("days").cast(pl.Int64).abs().alias("counted"),
            *("unit", "gross", "levies", "net"),
        )
        .collect()
    )


def _cancels() -> pl.Expr:
    """Whatever the sense column says, a negative amount takes back; a recovery is no cancellation, nor is a correction
    of levies in favour (REG…), which no payment answers."""
    negative = pl.when(pl.col("kind") == Kind.LEVY.value).then(pl.col("levies") < 0).otherwise(pl.col("gross") < 0)
    recovery = pl.col("kind") == Kind.RECOVERY.value
    return (
        ~recovery & ~pl.col("code").str.starts_with("REG") & (negative | (pl.col("sense") == Sense.CANCELLATION.value))
    )


def _schemes(frame: pl.DataFrame) -> pl.Series:
    """Who pays, one number each: the offices of the Assurance maladie are one, an insurer is its folded name. What the
    two pay for the same day does not overlap."""
    lines = frame.select("file", pl.col("payer").hash().alias("of"))
    its = frame.select(pl.col("code").is_in(_ITS_CODES)).to_series().alias("its")
    payers = (
        lines.lazy()
        .with_columns(its)
        .with_row_index("row")
        .group_by("file", "of")
        .agg(pl.col("its").any(), pl.col("row").first())
        .collect()
    )
    payers = payers.with_columns(frame["payer"].gather(payers["row"]).alias("payer"))
    names = payers["payer"].unique().to_list()
    folded = [collated(name) for name in names]
    known = pl.DataFrame(
        {"payer": names, "name": folded, "told": [bool(_HEALTH_INSURANCE.search(name)) for name in folded]},
        schema={"payer": pl.String, "name": pl.String, "told": pl.Boolean},
    )
    scheme = (
        pl.when(pl.col("its") | pl.col("told"))
        .then(pl.lit(HEALTH_INSURANCE, dtype=pl.UInt64))
        .when(pl.col("name") == "")
        .then(pl.lit(0, dtype=pl.UInt64))
        .otherwise(pl.col("name").hash())
    )
    numbered = payers.join(known, on="payer").select("file", "of", scheme.alias("scheme"))
    if numbered.height == 1:
        return pl.repeat(numbered["scheme"][0], frame.height, dtype=pl.UInt64, eager=True)
    return lines.join(numbered, on=["file", "of"], how="left", maintain_order="left")["scheme"]
