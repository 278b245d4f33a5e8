"""Which leave each line belongs to: the claim where it is told, else a person's periods that follow one another."""

import polars as pl

from desktop.services.folding import collated
from desktop.services.review.line import Kind

SAME_LEAVE_DAYS = 31
"""Periods with no more uncovered days than this between them are one leave, when no claim tells. A year apart is
another illness; a fortnight without pay is a payment that is late, or lost."""

_SIREN = 9
_LONGEST = 36_600
"""Days in one line that are still believed: what is beyond must not overflow."""
_UNDER = 1 << 32
_NIR = r"^[1-8][0-9]{5}[0-9A-Z][0-9]{6}(?:[0-9]{2})?$"
"""As BPIJ (13) and payroll (15) write it. A number that a spreadsheet damaged is shared by many people: not a key."""


def leaves(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with two columns more, in the same order of lines. `person_key` (text) is one person's own, whatever
    the file: the NIR without its key, else the employee number in the company, else the folded name; "" for nobody.
    `leave` (u32) numbers the leaves of this frame from 0."""
    keyed = frame.with_columns(_in_pieces(person_keys(frame).alias("person_key"), frame))
    return keyed.with_columns(_in_pieces(_numbered(keyed).alias("leave"), keyed))


def _in_pieces(column: pl.Series, frame: pl.DataFrame) -> pl.Series:
    """Cut as the columns of the frame are: beside one that is cut otherwise all of them would be copied."""
    pieces, at = [], 0
    for length in frame["line"].chunk_lengths():
        pieces.append(column.slice(at, length))
        at += length
    return pl.concat(pieces, rechunk=False) if len(pieces) > 1 else column


def person_keys(frame: pl.DataFrame) -> pl.Series:
    """The key of the person of each line. A NIR counts without its key, so that BPIJ and payroll meet."""
    company = pl.col("company").str.slice(0, _SIREN)
    numbered = frame.select(
        pl.when(pl.col("nir").str.contains(_NIR))
        .then(pl.concat_str(pl.lit("n"), pl.col("nir").str.slice(0, 13)))
        .when(pl.col("employee") != "")
        .then(pl.concat_str(pl.lit("e"), company, pl.lit("/"), pl.col("employee")))
        .alias("person_key")
    ).to_series()
    if not numbered.null_count():
        return numbered
    names = frame.filter(numbered.is_null())["person"].unique().to_list()
    folded = frame["person"].replace_strict(
        names, [collated(name) for name in names], default="", return_dtype=pl.String
    )
    named = pl.when(folded != "").then(pl.concat_str(pl.lit("p"), company, pl.lit("/"), folded)).otherwise(pl.lit(""))
    return frame.select(pl.coalesce(numbered, named).alias("person_key")).to_series()


def _numbered(frame: pl.DataFrame) -> pl.Series:
    """Lines sorted by who and when; a leave begins where nothing covers the days before."""
    claimed = pl.col("claim") != ""
    who = pl.struct("person_key", pl.col("company").str.slice(0, _SIREN)).hash()
    within = (
        pl.when(claimed)
        .then(pl.col("claim").hash(1))
        .otherwise(pl.struct(pl.col("branch").to_physical(), "leave_start").hash(2))
    )
    days = pl.col("start").to_physical()
    ordered = (
        frame.lazy()
        .select(
            pl.struct(who, within.alias("within")).hash().alias("group"),
            days.fill_null(pl.col("leave_start").to_physical())
            .fill_null(pl.col("paid_on").to_physical())
            .alias("from"),
            last_days(pl.col("start").is_not_null()).alias("until"),
            (claimed | pl.col("leave_start").is_not_null()).alias("told"),
            (pl.col("kind") == Kind.WAITING.value).alias("waiting"),
        )
        .with_row_index("row")
        .sort("group", "from", maintain_order=True)
        .with_columns(pl.col("group").rle_id().cast(pl.Int64).alias("group"))
        .with_columns(covered_before("group", "until").alias("covered"))
        .collect()
    )
    first = pl.col("group").diff().fill_null(1) != 0
    uncovered = pl.col("from") - pl.col("covered") - 1
    apart = (uncovered > SAME_LEAVE_DAYS) | (pl.col("waiting") & (uncovered > 0))
    new = first | (~pl.col("told") & pl.col("until").is_not_null() & apart.fill_null(value=False))
    numbered = ordered.select("row", (new.cast(pl.UInt32).cum_sum() - 1).cast(pl.UInt32).alias("leave"))
    return numbered.sort("row")["leave"]


def last_days(dated: pl.Expr) -> pl.Expr:
    """The last day of each line's period, as a number of days (i32): the printed end, else as many days as it counts
    from the start. Null where `dated` does not hold."""
    start = pl.col("start").to_physical()
    counted = start + (pl.col("days").abs().fill_null(1).clip(1, _LONGEST) - 1)
    return pl.when(dated).then(pl.max_horizontal(start, pl.col("end").to_physical().fill_null(counted)))


def covered_before(group: str, until: str) -> pl.Expr:
    """In a frame sorted by `group` (i64, numbered from 0 upwards) and start: the latest `until` (days, i32) of the
    lines before in the same group, null for the first. One running maximum over both numbers in one: windows are slow.
    """
    both = pl.col(group) * _UNDER + (pl.col(until).cast(pl.Int64) + (_UNDER >> 1)).fill_null(0)
    before = both.cum_max().shift(1)
    same = (before // _UNDER == pl.col(group)) & (before % _UNDER != 0)
    return pl.when(same).then((before % _UNDER) - (_UNDER >> 1)).cast(pl.Int32)
