"""Rows that are no allowance line at first sight: blank, headings repeated, totals, remarks, or truly unreadable."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from desktop.services.folding import fold
from desktop.services.review.line import told
from desktop.services.review.reading import cells
from desktop.services.review.reading.gathering.columns import AMOUNTS, DATES, Parsed, Plan
from desktop.services.review.whole import Apart, Rejected

_TOTAL: Final = (
    r"^\W*(?:sous[\s-]*tota(?:l|ux)|tota(?:l|ux)|cumuls?|somme des|montant total|reports?|[àa] reporter"
    r"|nombre (?:de |total de |d’|d')?(?:lignes|enregistrements)|nb (?:de )?lignes)(?:\W|$)"
)
_SAID: Final = r"(?i)^[^0-9a-z]{0,4}(?:sous[ \u00a0-]{0,3})?tota(?:l|ux)(?:[^\pL]|$)"
"""What makes a total of a row that looks like a line: only these words, at the head of its person or label."""
_COUNTS: Final = re.compile(r"\b(?:nombre|nb)\b.*\b(?:lignes|enregistrements)\b\D*([0-9][0-9 \u00a0\u202f]*)")
_IN_TEXT: Final = re.compile(r"-?[0-9][0-9 \u00a0\u2009\u202f.,]*[.,][0-9]{2}(?![0-9])")
_MOST_TOLD: Final = 500
"""Of one slice: who has more rows that cannot be read has another trouble than to tell them one by one."""
_WHO: Final = ("person", "surname", "nir", "employee")
_SPEAKING: Final = ("person", "surname", "label")
_PRICED: Final = ("gross", "net", "amount", "levies", "csg", "crds", "tax")
_DATED: Final = (*DATES, "period")


Raw = Callable[[int], str]
"""The text of the record that begins on a line, as it stands in the file."""


@dataclass(frozen=True, slots=True)
class TotalRow:
    """A sum that stands on row `line`: what is said beside it, and its amounts by measure (gross, levies, net, days,
    lines; "either" when it does not tell gross from net). Without words (`said` is ""), it may be a line without a
    person: `raw` is kept for that."""

    line: int
    said: str
    stated: tuple[tuple[str, int], ...]
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Rows that are no line, as they stand and as far as they could be read: their cells are told once for all slices,
    since of each there are few."""

    texts: pl.DataFrame
    parsed: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Sorted:
    """`lines` says which rows are allowance lines; the others are in `totals`, in `rejected` or counted in `apart`.
    `refused` are those of `rejected`, whose cells are still to be told."""

    lines: pl.Series
    totals: tuple[TotalRow, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    apart: tuple[tuple[Apart, int], ...] = ()
    refused: tuple[Refused, ...] = ()


def sort(rows: pl.DataFrame, parsed: Parsed, of: Plan, raw: Raw) -> Sorted:
    """`rows` are the texts, with `line`, and `fault` where the row has not its cells; `raw` gives a line's own text."""
    odd = (parsed.reasons.is_not_null() | rows["fault"].is_not_null() | _lacking(parsed)).arg_true()
    if not len(odd):
        return Sorted(pl.Series([True], dtype=pl.Boolean).new_from_index(0, rows.height))
    texts, there = rows[odd], parsed.frame[odd]
    reasons = parsed.reasons.gather(odd)
    state = _states(texts, there, reasons, of)
    lines = pl.Series([True], dtype=pl.Boolean).new_from_index(0, rows.height)
    lines = lines.scatter(odd.filter(state != "line"), False)  # noqa: FBT003
    apart = [
        (which, int((state == which.name).sum()))
        for which in (Apart.BLANK, Apart.HEADINGS, Apart.REMARK)
        if (state == which.name).any()
    ]
    sums = (state == Apart.TOTAL.name) | (state == "sum")
    said = _told(texts, there, state, of).filter(sums).iter_rows(named=True) if sums.any() else ()
    totals = tuple(_total(row, raw) for row in said)
    refused = state == "rejected"
    if not refused.any():
        return Sorted(lines, totals, (), tuple(apart))
    why = pl.DataFrame({"line": texts["line"], "why": _why(texts, there, reasons)}).filter(refused)
    rejected = tuple(Rejected(line, reason, raw(line)) for line, reason in why.iter_rows())
    return Sorted(lines, totals, rejected, tuple(apart), (refused_of(texts, there, refused, of),))


def _present(frame: pl.DataFrame, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if name in frame.columns]


def _priced(frame: pl.DataFrame) -> pl.Expr:
    return _tells(frame, _present(frame, _PRICED))


def _dated(frame: pl.DataFrame) -> pl.Expr:
    return _tells(frame, _present(frame, _DATED))


def _tells(frame: pl.DataFrame, names: list[str]) -> pl.Expr:
    """At least one of these: which needs no look at each row where one of them is told on all."""
    if any(not frame[name].null_count() for name in names):
        return pl.lit(True)  # noqa: FBT003
    return pl.any_horizontal(pl.col(name).is_not_null() for name in names)


def _named(frame: pl.DataFrame) -> pl.Expr:
    return pl.any_horizontal(pl.col(name).fill_null("") != "" for name in _present(frame, _WHO))


def _lacking(parsed: Parsed) -> pl.Series:
    """Rows without an amount, a date or a person, and those whose person or label says « total »."""
    frame, brief = parsed.frame, parsed.brief
    priced, dated = _priced(frame), _dated(frame)
    wrong = (~_named(frame) | _says_total(frame)).alias("wrong")
    if brief is not None and brief.has(*_present(frame, (*_WHO, *_SPEAKING))):
        found = frame.select("line").with_columns(brief.told(wrong))
    else:
        found = frame.with_columns(wrong)
    lacking = found.select("wrong").hstack(frame.select("line", *_present(frame, (*_PRICED, *_DATED))))
    return lacking.with_columns(lacking=~(priced & dated) | pl.col("wrong"))["lacking"]


def _says_total(frame: pl.DataFrame) -> pl.Expr:
    says = pl.lit(False)  # noqa: FBT003
    for name in _present(frame, _SPEAKING):
        says |= pl.col(name).str.contains(_SAID).fill_null(value=False)
    return says


def _said(there: pl.DataFrame) -> pl.Series:
    return there.with_columns(said=_says_total(there))["said"]


def _states(texts: pl.DataFrame, there: pl.DataFrame, reasons: pl.Series, of: Plan) -> pl.Series:
    """For each odd row: the name of an `Apart`, "sum" (a total that does not say so), "line" or "rejected"."""
    what = there.select(
        _priced(there).alias("priced"), _dated(there).alias("dated"), _named(there).alias("named")
    ).with_columns(reasons.is_not_null().alias("blamed"))
    known = _worded(texts, of).hstack(what).with_columns(texts["fault"], _said(there))
    whole = pl.col("fault").is_null() & ~pl.col("blamed")
    # Somebody, a day and an amount: a line, though one of its cells says « report » or « cumul ».
    like_a_line = pl.col("blamed") & pl.col("priced") & pl.col("dated") & pl.col("named") & ~pl.col("said")
    return known.select(
        pl.when(pl.col("filled") == 0)
        .then(pl.lit(Apart.BLANK.name))
        .when((pl.col("same") >= 2) & (pl.col("same") * 10 >= pl.col("filled") * 6))
        .then(pl.lit(Apart.HEADINGS.name))
        .when(pl.col("total") & ~like_a_line)
        .then(pl.lit(Apart.TOTAL.name))
        .when((pl.col("filled") == 1) & pl.col("worded") & ~pl.col("priced"))
        .then(pl.lit(Apart.REMARK.name))
        .when(whole & pl.col("priced") & pl.col("named"))
        .then(pl.lit("line"))
        .when(whole & pl.col("priced") & ~pl.col("dated") & ~pl.col("named"))
        .then(pl.lit("sum"))
        .otherwise(pl.lit("rejected"))
        .alias("state")
    ).to_series()


def _worded(texts: pl.DataFrame, of: Plan) -> pl.DataFrame:
    """For each row: how many cells are `filled`, how many say the `same` as their heading, whether one says `total`,
    and whether one has a word. All cells stand in one column for it, row after row in each of ours."""
    columns = [texts[str(place)] for place in range(len(of.headings))]
    headings = pl.Series([heading.lower() for heading in of.headings], dtype=pl.String)
    cell, bare, lower = pl.col("cell"), pl.col("cell").str.strip_chars(cells.SPACES), pl.col("cell").str.to_lowercase()
    return (
        pl.DataFrame({"cell": pl.concat([column.alias("cell") for column in columns])})
        .with_columns(pl.int_range(pl.len()).alias("at"))
        .select(
            (pl.col("at") % texts.height).alias("row"),
            (bare != "").alias("filled"),
            (bare.str.to_lowercase() == pl.lit(headings).gather(pl.col("at") // texts.height)).alias("same"),
            lower.str.contains(_TOTAL).alias("total"),
            cell.str.contains(r"\p{L}{2}").alias("worded"),
        )
        .group_by("row", maintain_order=True)
        .agg(
            pl.col("filled").sum(),
            (pl.col("same") & pl.col("filled")).sum(),
            pl.col("total").any(),
            pl.col("worded").any(),
        )
        .drop("row")
    )


def _why(texts: pl.DataFrame, there: pl.DataFrame, reasons: pl.Series) -> pl.Series:
    """The reason of each odd row, were it rejected."""
    lacks = there.select(
        pl.when(~_named(there))
        .then(pl.lit("aucun salarié n’est désigné (ni nom, ni NIR, ni matricule)"))
        .when(~_priced(there))
        .then(pl.lit("aucun montant"))
        .otherwise(pl.lit("ligne illisible"))
    ).to_series()
    return texts["fault"].fill_null(reasons).fill_null(lacks)


def refused_of(texts: pl.DataFrame, parsed: pl.DataFrame, which: pl.Series, of: Plan) -> Refused:
    """These rows, as many as are told."""
    return Refused(
        texts.filter(which).head(_MOST_TOLD), parsed.filter(which).head(_MOST_TOLD).select("line", *of.places)
    )


def cells_of(refused: Sequence[Refused], of: Plan) -> dict[int, tuple[tuple[str, str], ...]]:
    """By line, what the cells of these rows say, by our columns: as we write it where it was read. Of a row that has
    not its cells nobody knows which is which."""
    if not refused:
        return {}
    rows, read = (pl.concat(each) for each in zip(*((one.texts, one.parsed) for one in refused), strict=True))
    names = list(of.places)
    own = [rows[str(place)].str.strip_chars(cells.SPACES) for place in of.places.values()]
    values = read.select(told(name).alias(name) for name in names)
    said = [column.zip_with(column != "", text) for column, text in zip(values.iter_columns(), own, strict=True)]
    found = pl.DataFrame([rows["line"], rows["fault"].is_null().alias("whole"), *said])
    return {
        line: tuple((name, text) for name, text in zip(names, row, strict=True) if text) if whole else ()
        for line, whole, *row in found.iter_rows()
    }


def _told(texts: pl.DataFrame, there: pl.DataFrame, state: pl.Series, of: Plan) -> pl.DataFrame:
    """The odd rows with what `_total` needs: all their words in one text, and their amounts."""
    own = [str(place) for place in range(len(of.headings))]
    amounts = [pl.col(name) for name in (*AMOUNTS, "days") if name in there.columns]
    said = texts.select(pl.concat_list(own).list.join(" ").alias("said")).to_series()
    return there.select("line", *amounts).with_columns(said.alias("said"), state.alias("state"))


def _total(row: dict[str, object], raw: Raw) -> TotalRow:
    line = int(str(row["line"]))
    said = " ".join(str(row["said"]).split())
    stated: list[tuple[str, int]] = []
    for name in ("gross", "net", "levies", "days"):
        value = row.get(name)
        if isinstance(value, int):
            stated.append((name, value))
    parts = [value for name in ("csg", "crds", "tax") if isinstance(value := row.get(name), int)]
    if parts and row.get("levies") is None:
        stated.append(("levies", sum(parts)))
    if row["state"] == "sum":
        return TotalRow(line, "", tuple(stated), raw(line))
    return TotalRow(line, said, tuple(stated) or _from_words(said))


def _from_words(said: str) -> tuple[tuple[str, int], ...]:
    """« Total : 1 234,56 € » in one cell, « Nombre de lignes ; 12 »."""
    if found := _COUNTS.search(fold(said)):
        return (("lines", int(re.sub(r"\D", "", found[1]))),)
    amounts = _IN_TEXT.findall(said)
    if not amounts:
        return ()
    try:
        value = cells.amount(amounts[-1])
    except cells.Illegible:
        return ()
    return (("either", value),) if value is not None else ()
