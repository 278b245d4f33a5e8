"""The sums by person, leave, month and transfer, as they are looked for, sorted, shown and copied. On the reader's
thread, all of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from html import escape
from typing import Final

import polars as pl

from desktop.services.folding import fold
from desktop.services.review import saying, totals
from desktop.services.review.line import COLUMNS, WORDS, disarmed, told
from desktop.services.review.searching import Selection, Sheet, title
from desktop.services.review.searching.parts import folded
from desktop.views.allowances.grid import Cells, Heading

_SUMMED: Final = ("gross", "levies", "net", "kind", "days", "sense", "start", "end", "paid_on", "leave_start")
_MONEY: Final = frozenset({"indemnity", "levies", "net"})
_NAMED: Final = {
    "month": "Mois",
    "first_day": "Premier jour",
    "last_day": "Dernier jour",
    "lines": "Lignes",
    "indemnity": "Montant brut",
    "days": "Jours",
    "waiting_days": "Dont carence",
}
_WIDTHS: Final = {
    "person": 208,
    "nir": 168,
    "payer": 180,
    "reference": 150,
    "month": 150,
    "claim": 130,
    "company": 140,
    "indemnity": 116,
    "levies": 100,
    "net": 116,
    "lines": 76,
    "days": 72,
    "waiting_days": 108,
    "branch": 140,
}
_SLIM: Final = {
    "person": 168,
    "payer": 130,
    "reference": 112,
    "month": 130,
    "paid_on": 93,
    "first_day": 93,
    "last_day": 93,
    "days": 56,
    "indemnity": 106,
    "levies": 92,
    "net": 106,
    "lines": 68,
}
"""In a small window, beside the list of files."""
_BRIEF: Final = {
    "indemnity": "Brut",
    "net": "Net",
    "paid_on": "Payé le",
    "first_day": "Du",
    "last_day": "Au",
    "reference": "Référence",
}
_SPARE: Final = {"levies": 1, "days": 2, "last_day": 2, "reference": 3, "indemnity": 4}


class By(Enum):
    """What the lines are put together by: the columns that tell one from another, and those that are shown."""

    PERSON = "person"
    LEAVE = "leave"
    MONTH = "month"
    TRANSFER = "transfer"


_KEYS: Final = {
    By.PERSON: ("person_key",),
    By.LEAVE: ("leave",),
    By.MONTH: ("month",),
    By.TRANSFER: ("payer", "reference", "day"),
}
_ABOUT: Final = {
    By.PERSON: ("person", "nir", "employee", "company"),
    By.LEAVE: ("person", "first_day", "last_day", "branch", "claim", "company"),
    By.MONTH: ("month",),
    By.TRANSFER: ("paid_on", "payer", "reference"),
}
_LEADING: Final = {By.PERSON: 1, By.LEAVE: 3, By.MONTH: 1, By.TRANSFER: 3}
"""Those that stand before the sums."""
_MEASURES: Final = ("days", "indemnity", "levies", "net", "lines", "waiting_days")
_NEEDED: Final = {
    By.PERSON: ("person_key", "person", "nir", "employee", "company"),
    By.LEAVE: ("leave", "person_key", "person", "company", "branch", "claim"),
    By.MONTH: (),
    By.TRANSFER: ("payer", "reference"),
}
_SUMS: Final[Mapping[By, Callable[[pl.DataFrame], pl.DataFrame]]] = {
    By.PERSON: totals.by_person,
    By.LEAVE: totals.by_leave,
    By.MONTH: totals.by_month,
    By.TRANSFER: totals.by_transfer,
}
_FIRST: Final = {By.PERSON: "person", By.LEAVE: "person", By.MONTH: "month", By.TRANSFER: "payer"}


def named(name: str) -> str:
    return _NAMED.get(name) or title(name)


def headings(by: By) -> tuple[Heading, ...]:
    """The columns, the sums where one sees them."""
    first, after = _ABOUT[by][: _LEADING[by]], _ABOUT[by][_LEADING[by] :]
    return tuple(
        Heading(
            name,
            named(name),
            right=name in _MEASURES,
            width=_WIDTHS.get(name, 104),
            slim=_SLIM.get(name, 0),
            brief=_BRIEF.get(name, ""),
            spare=_SPARE.get(name, 0),
        )
        for name in (*first, *_MEASURES, *after)
    )


def tally(sheet: Sheet, by: By) -> pl.DataFrame:
    """One row for each, as `totals` gives them, and `folded`: what a search looks into."""
    wanted = dict.fromkeys((*_NEEDED[by], *_SUMMED))
    lines = sheet.find(Selection()).lines([name for name in wanted if name in sheet.every_column])
    summed = _SUMS[by](lines)
    texts = summed.select(_plain(name, summed).alias(name) for name in _ABOUT[by])
    said = pl.DataFrame([folded(each) for each in texts]).select(pl.concat_str(pl.all(), separator="\n"))
    return summed.with_columns(said.to_series().alias("folded"))


def _plain(name: str, frame: pl.DataFrame) -> pl.Expr:
    """A column as it is searched and copied."""
    if name == "month":
        months = frame["month"].unique().drop_nulls().to_list()
        return pl.col("month").replace_strict(months, [saying.month(each) for each in months], default="sans date")
    if frame.schema[name] == pl.Date():
        return pl.col(name).dt.strftime("%d/%m/%Y").fill_null("")
    if name in _MONEY:
        size = pl.col(name).abs()
        sign = pl.when(pl.col(name) < 0).then(pl.lit("-")).otherwise(pl.lit(""))
        return pl.concat_str(sign, size // 100, pl.lit(","), (size % 100).cast(pl.String).str.zfill(2))
    return told(name) if name in COLUMNS else pl.col(name).cast(pl.String).fill_null("")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for among the rows of a tally, and their order; `current` is the row one is at."""

    by: By
    text: str
    order: str
    descending: bool
    current: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`rows` are those of `tally` that answer, in their order; `place` is where the current one is among them."""

    wanted: Wanted
    tally: pl.DataFrame
    rows: tuple[int, ...]
    place: int | None


def answered(sheet: Sheet, wanted: Wanted, ready: pl.DataFrame | None) -> Answer:
    """`ready` is the tally, if it was made before."""
    frame = tally(sheet, wanted.by) if ready is None else ready
    rows = frame.with_row_index("row").filter(_holding(wanted.text))
    if wanted.order in frame.columns:
        odd = frame.schema[wanted.order] == pl.String()
        key = folded(rows[wanted.order]).replace("", None) if odd else rows[wanted.order]
        rows = rows.with_columns(key.alias("\0key"))
        rows = rows.sort("\0key", descending=wanted.descending, nulls_last=True, maintain_order=True)
    numbers = tuple(rows["row"].to_list())
    place = numbers.index(wanted.current) if wanted.current in numbers else None
    return Answer(wanted, frame, numbers, place)


def _holding(text: str) -> pl.Expr:
    """Rows that hold every word; numbers in groups also in one piece."""
    words = fold(text).split()
    holds = pl.lit(True)  # noqa: FBT003 - polars' own
    for word in words:
        holds = holds & pl.col("folded").str.contains(word, literal=True)
    if len(words) > 1 and all(word.isdecimal() for word in words):
        holds = holds | pl.col("folded").str.contains("".join(words), literal=True)
    return holds


def cells(answer: Answer, keys: Sequence[int], *, revealed: bool) -> list[Cells]:
    """Texts for the screen."""
    names = [heading.name for heading in headings(answer.wanted.by)]
    rows = answer.tally.select(names)[list(keys)].iter_rows(named=True)
    first = _FIRST[answer.wanted.by]
    return [
        Cells(key, {name: _said(name, value, revealed=revealed) or _nobody(name, first) for name, value in row.items()})
        for key, row in zip(keys, rows, strict=True)
    ]


def _nobody(name: str, first: str) -> str:
    """What stands where a row would have no name at all."""
    return {"person": "Personne non nommée", "payer": "Organisme non indiqué"}.get(name, "") if name == first else ""


def _said(name: str, value: object, *, revealed: bool) -> str:
    """A cell as it is shown; "" when it is not told."""
    if name == "month":
        return saying.month(value).capitalize() if isinstance(value, date) else "Sans date"
    if isinstance(value, date):
        return saying.day(value)
    if isinstance(value, int):
        return saying.euros(value) if name in _MONEY else saying.integer(value)
    text = str(value or "")
    return WORDS["branch"].get(text, "") if name == "branch" else text if revealed else _hidden(name, text)


def _hidden(name: str, text: str) -> str:
    return saying.masked(text) if name == "nir" else saying.without_nir(text)


def rows_of(sheet: Sheet, answer: Answer, numbers: Sequence[int]) -> list[int]:
    """The rows of the sheet that these rows of the tally are the sums of."""
    by = answer.wanted.by
    dates = ("paid_on", "start", "leave_start")
    needed = [name for name in dict.fromkeys((*_NEEDED[by], *dates)) if name in sheet.every_column]
    lines = sheet.find(Selection()).lines(needed)
    month = pl.coalesce(dates).dt.truncate("1mo").alias("month")
    day = pl.when(pl.col("reference") == "").then(pl.col("paid_on")).alias("day")
    keyed = lines.with_columns(month) if by is By.MONTH else lines
    wanted = answer.tally[list(numbers)]
    if by is By.TRANSFER:
        keyed, wanted = keyed.with_columns(day), wanted.with_columns(day)
    keys = list(_KEYS[by])
    kept = keyed.select(keys).with_row_index("row").join(wanted.select(keys), on=keys, how="semi", nulls_equal=True)
    return sorted(kept["row"].to_list())


def copied(answer: Answer, names: Sequence[str], places: Sequence[range], *, revealed: bool) -> tuple[str, str]:
    """Rows below their headings for the clipboard, as text and as a table in which numbers of people stay texts."""
    rows = [answer.rows[place] for span in places for place in span]
    frame = answer.tally[rows]
    texts = frame.select(
        (_plain(name, frame) if frame.schema[name].is_numeric() else disarmed(_plain(name, frame))).alias(name)
        for name in names
    )
    if not revealed:
        texts = texts.with_columns(
            pl.Series(name, [_hidden(name, each) for each in texts[name]])
            for name in names
            if frame.schema[name] == pl.String()
        )
    table = [tuple(named(name) for name in names), *texts.iter_rows()]
    text = "".join("\t".join(" ".join(cell.split()) for cell in row) + "\n" for row in table)
    ways = ["<td style=\"mso-number-format:'\\@'\">" if frame.schema[name] == pl.String() else "<td>" for name in names]
    body = "".join(
        "<tr>" + "".join(f"{way}{escape(cell)}</td>" for way, cell in zip(ways, row, strict=True)) + "</tr>"
        for row in table
    )
    return text, f"<table>{body}</table>"
