"""Columns of text as columns of our types, by whole columns: what most cells look like is read at once, and every other
manner once for each distinct text, by `cells`."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

import polars as pl

from desktop.services.review.line import COLUMNS, EXTRA, Branch, Payee
from desktop.services.review.reading import cells
from desktop.services.review.runs import Brief, Runs, is_running, runs

AMOUNTS: Final = MappingProxyType(
    {"unit": 4, "gross": 2, "csg": 2, "crds": 2, "tax": 2, "levies": 2, "net": 2, "amount": 2}
)
"""Meaning → decimal places of the whole number it becomes."""
DATES: Final = ("leave_start", "start", "end", "paid_on")
_WORDS: Final = ("sense", "branch", "payee")
_IDENTIFIERS: Final = MappingProxyType({"nir": cells.nir, "company": cells.siret})
_LENGTHS: Final = MappingProxyType({"nir": (13, 15), "company": (9, 14)})
"""In digits; what has another length, or letters, is looked at one by one."""
_MOST_EUROS = 10**cells.MOST_DIGITS - 1
_FIRST_DAY, _LAST_DAY = ((day - date(1970, 1, 1)).days for day in (date(1900, 1, 1), date(2099, 12, 31)))


class Doubtful(Exception):
    """An amount can be read in two ways: the decimal marks of the whole file are to be told first."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`places` gives our meaning → the column of text it stands in; `headings` all columns' own. `marks` tells the
    decimal mark of a meaning, as far as it was told for the whole file; `serials` lets numbers be a sheet's days."""

    places: Mapping[str, int]
    headings: tuple[str, ...]
    marks: Mapping[str, str] | None = None
    serials: bool = False

    @property
    def extras(self) -> dict[int, str]:
        """Columns that mean nothing to us, by the name they keep."""
        known = set(self.places.values())
        names: dict[int, str] = {}
        for place, heading in enumerate(self.headings):
            if place not in known:
                name = f"{EXTRA}{heading}" if heading else f"{EXTRA}colonne {place + 1}"
                names[place] = name if name not in names.values() else f"{name} (colonne {place + 1})"
        return names

    @property
    def unnamed(self) -> list[str]:
        """Those of them that have no heading."""
        return [name for place, name in self.extras.items() if not self.headings[place]]


def plan(mapping: Mapping[int, str], headings: tuple[str, ...], *, serials: bool = False) -> Plan:
    """The plan of a recognised table."""
    return Plan({meaning: place for place, meaning in mapping.items()}, headings, serials=serials)


@dataclass(frozen=True, slots=True)
class Parsed:
    """`frame` has `line`, a column for each meaning of the plan, and the unknown ones; `reasons` says why a row cannot
    be read (null where it can). `brief` has the columns that are in runs, if there are any."""

    frame: pl.DataFrame
    reasons: pl.Series
    brief: Brief | None = None


@dataclass(frozen=True, slots=True)
class Manner:
    """What reads most cells at once. `each` gives a column of ours by name, out of the column of text that `places`
    tells. Of those in `running` a cell mostly says what the one above says, of those in `repeated` few texts stand
    again and again: each of these is read once."""

    each: Mapping[str, pl.Expr]
    places: Mapping[str, str]
    running: tuple[str, ...]
    repeated: frozenset[str]


def manner(rows: pl.DataFrame, of: Plan) -> Manner:
    """Told by the first rows: whatever it cannot read, it leaves to `cells`."""
    quick = {meaning: _quick(meaning, rows[str(place)].head(200)) for meaning, place in of.places.items()}
    extras = {name: _bare(pl.col(str(place))).alias(name) for place, name in of.extras.items()}
    places = {meaning: str(place) for meaning, place in of.places.items()}
    places |= {name: str(place) for place, name in of.extras.items()}
    running = tuple(name for name, place in places.items() if is_running(rows[place]))
    once = [name for name in AMOUNTS if name in places and name not in running]
    repeated = frozenset(name for name in once if _distinct(rows[places[name]]) is not None)
    return Manner(quick | extras, places, running, repeated)


_SELDOM: Final = 16
"""A text that stands so often, on the average, is read quicker by its number than as it stands."""


def _distinct(texts: pl.Series) -> pl.Series | None:
    """Where they are few, and each row has one."""
    if texts.null_count():
        return None
    found = texts.unique()
    return found if 0 < len(found) * _SELDOM <= len(texts) else None


def _read_at_once(rows: pl.DataFrame, by: Manner, names: Sequence[str], few: frozenset[str]) -> pl.DataFrame:
    """These columns of ours; of those that are also in `few`, each text once."""
    columns: dict[str, pl.Series] = {}
    for name in few.intersection(names):
        if (found := _distinct(rows[by.places[name]])) is not None:
            values = found.to_frame().select(by.each[name]).to_series()
            columns[name] = _looked_up(rows[by.places[name]], found, values)
    return rows.select(columns.get(name, by.each[name]) for name in names)


@dataclass(slots=True)
class _Read:
    """Columns of ours as they come, and why rows of them cannot be read, by the meaning that is to blame."""

    columns: dict[str, pl.Series] = field(default_factory=dict)
    reasons: dict[str, pl.Series] = field(default_factory=dict)
    brief: list[pl.Series] = field(default_factory=list)

    def add(self, texts: pl.DataFrame, by: Manner, names: Sequence[str], of: Plan, found: Runs | None) -> None:
        """Those of these names, out of `texts`: once for each run where they are in runs."""
        rows = texts.select(by.places[name] for name in names)
        few = rows if found is None else found.first_of(rows, rows.columns)
        frame = _read_at_once(few, by, names, frozenset() if found else by.repeated)
        for name in names:
            own, column = few[by.places[name]], frame[name]
            if (read := _scalar(name, of)) is not None:
                column = _in_calendar(column) if name in DATES else column
                column, reasons = _patched(own, column, read, of.headings[of.places[name]])
                if reasons is not None:
                    self.reasons[name] = reasons.gather(found.of) if found else reasons
            if found is not None:
                self.brief.append(column)
                as_it_stands = column.dtype == pl.String() and column.eq_missing(own).all()
                column = (rows[own.name] if as_it_stands else column.gather(found.of)).alias(name)
            self.columns[name] = column


def parse(rows: pl.DataFrame, of: Plan, quick: Manner | None = None) -> Parsed:
    """`rows` has `line` and a text column for each heading, named by its place; `quick` is the `manner` of an earlier
    slice. Raises `Doubtful`."""
    by = quick or manner(rows, of)
    found = runs([rows[by.places[name]] for name in by.running])
    running = by.running if found is not None else ()
    read = _Read()
    read.add(rows, by, running, of, found)
    read.add(rows, by, [name for name in by.each if name not in running], of, None)
    reasons = pl.Series("reason", [None], dtype=pl.String).new_from_index(0, rows.height)
    for meaning in of.places:  # the first cell of a row that cannot be read is told
        if meaning in read.reasons:
            reasons = reasons.fill_null(read.reasons[meaning])
    columns = [rows["line"], *(read.columns[name] for name in by.each)]
    frame = pl.DataFrame(columns).with_columns(_untold(rows, read.columns, of))
    return Parsed(frame, reasons, Brief(pl.DataFrame(read.brief), found.of) if found else None)


def _in_calendar(days: pl.Series) -> pl.Series:
    """Without those that no file of ours means: `cells` will say what is wrong with them."""
    numbers = days.to_physical()
    least, most = numbers.min(), numbers.max()
    if not (isinstance(least, int) and isinstance(most, int)) or (least >= _FIRST_DAY and most <= _LAST_DAY):
        return days
    return days.set(~numbers.is_between(_FIRST_DAY, _LAST_DAY), None)


def _patched(texts: pl.Series, column: pl.Series, read: "_Reader", heading: str) -> tuple[pl.Series, pl.Series | None]:
    """The column with the cells that were not read at once, each distinct text read once; and why cells cannot be read,
    where there are any."""
    if not column.null_count():
        return column, None
    all_of_it = column.null_count() == len(column)
    rows = None if all_of_it else (column.is_null() & (texts != "")).arg_true()
    if rows is not None and not len(rows):
        return column, None
    there = texts if rows is None else texts.gather(rows)
    distinct = there.unique().to_list()
    values: list[object] = []
    faults: list[str | None] = []
    for text in distinct:
        try:
            value, fault = read(text), None
        except cells.Illegible as why:
            value, fault = None, f"{heading}\u00a0: {why}"
        values.append(value)
        faults.append(fault)
    found = _looked_up(there, distinct, pl.Series(column.name, values, dtype=column.dtype))
    reasons = _looked_up(there, distinct, pl.Series(faults, dtype=pl.String)) if any(faults) else None
    if rows is None:
        return found, reasons
    if reasons is not None:
        reasons = pl.Series([None], dtype=pl.String).new_from_index(0, len(column)).scatter(rows, reasons)
    return column.scatter(rows, found), reasons


def _looked_up(texts: pl.Series, distinct: pl.Series | list[str], values: pl.Series) -> pl.Series:
    """The value of each text, by the place of the text among the distinct ones."""
    if len(distinct) == 1:
        return values.new_from_index(0, len(texts))
    return values.gather(texts.cast(pl.Enum(distinct)).to_physical())


def _untold(rows: pl.DataFrame, columns: Mapping[str, pl.Series], of: Plan) -> list[pl.Series]:
    """Words that none of our choices can say stay beside as an unknown column."""
    kept: list[pl.Series] = []
    for name in of.places:
        if name in ("branch", "payee"):
            place = of.places[name]
            unknown = columns[name] == (Branch.UNKNOWN if name == "branch" else Payee.UNKNOWN).value
            if unknown.any() and (unknown & (rows[str(place)].str.strip_chars(cells.SPACES) != "")).any():
                kept.append(rows[str(place)].str.strip_chars(cells.SPACES).alias(f"{EXTRA}{of.headings[place]}"))
    return kept


def _bare(text: pl.Expr) -> pl.Expr:
    return text.str.strip_chars(cells.SPACES)


def _quick(meaning: str, column: pl.Series) -> pl.Expr:
    """The value of the cells that are written in the manner of the first of them; null for the others."""
    text = pl.col(column.name)
    value: pl.Expr
    if meaning in AMOUNTS:
        value = _quick_amount(text, column) * 10 ** (AMOUNTS[meaning] - 2)
    elif meaning in DATES:
        written = "%Y-%m-%d" if _first(column)[4:5] == "-" else "%d/%m/%Y"
        value = text.str.to_date(written, strict=False, cache=False)  # `parse` sees to the calendar
    elif meaning == "days":
        value = text.cast(pl.Int32, strict=False)
    elif meaning in _LENGTHS:
        digits = text.cast(pl.UInt64, strict=False).is_not_null()
        value = pl.when(digits & text.str.len_bytes().is_in(_LENGTHS[meaning])).then(text)
    elif meaning in _WORDS:
        value = pl.lit(None, dtype=COLUMNS[meaning])
    elif meaning == "period":
        value = pl.lit(None, dtype=pl.String)
    else:
        value = _bare(text)
    return value.alias(meaning)


def _first(column: pl.Series) -> str:
    return next((str(text) for text in column if text), "")


def _quick_amount(text: pl.Expr, head: pl.Series) -> pl.Expr:
    """Cents of the cells with two decimals; with spaces, € and whole euros too where the first cells have any. What is
    left without its only mark, two digits from the end, must be a whole number: this is what makes it exact."""
    mark = "." if head.str.contains(r"\.[0-9]{2}$").sum() > head.str.contains(",[0-9]{2}").sum() else ","
    value = _cents(text, mark)
    if head.str.contains(rf"^-?[0-9]+\{mark}[0-9]{{2}}$").sum() * 10 > head.len() * 9:
        return value
    shape = rf"^-?[0-9]{{1,3}}(?:[{cells.SPACES}]?[0-9]{{3}}){{0,3}}\{mark}[0-9]{{2}}[{cells.SPACES}]*€?$"
    tidy = _cents(text.str.replace_all(f"[{cells.SPACES}€]", ""), mark)
    whole = text.cast(pl.Int64, strict=False)
    return (
        pl.when(text.str.contains(shape)).then(tidy).when(whole.is_between(-_MOST_EUROS, _MOST_EUROS)).then(whole * 100)
    )


def _cents(text: pl.Expr, mark: str) -> pl.Expr:
    """(The length bounds the amount, so that its cents are made once only.)"""
    bare = text.str.replace(mark, "", literal=True).cast(pl.Int64, strict=False)
    in_place = text.str.slice(-3, 1) == mark
    return pl.when(in_place & (text.str.len_bytes() <= cells.MOST_DIGITS + 3)).then(bare)


_Reader = Callable[[str], object]


def _scalar(meaning: str, of: Plan) -> _Reader | None:
    """How one cell of a meaning is read; `None` for texts, which are as they stand."""
    if meaning in AMOUNTS:
        mark = (of.marks or {}).get(meaning, "")
        return lambda text: _amount(text, AMOUNTS[meaning], mark, surveyed=of.marks is not None)
    if meaning in DATES:
        return lambda text: cells.day(text, serials=of.serials)
    if meaning == "period":
        return _period
    readers: dict[str, _Reader] = {
        "days": cells.count,
        "nir": cells.nir,
        "company": cells.siret,
        "sense": lambda text: (told := cells.sense(text)) and told.value,
        "branch": lambda text: cells.branch(text).value,
        "payee": lambda text: cells.payee(text).value,
    }
    return readers.get(meaning)


def _amount(text: str, places: int, mark: str, *, surveyed: bool) -> int | None:
    try:
        return cells.amount(text, places, mark)
    except cells.Ambiguous:
        if surveyed:
            raise
        raise Doubtful from None


def _period(text: str) -> str:
    """Both days in one text, « AAAA-MM-JJ/AAAA-MM-JJ », since a column holds one value."""
    first, last = (value.isoformat() if value else "" for value in cells.period(text))
    return f"{first:10}/{last:10}"


def start_and_end() -> tuple[pl.Expr, pl.Expr]:
    """What `parse` put into `period`, as two days."""
    halves = (pl.col("period").str.slice(0, 10), pl.col("period").str.slice(11, 10))
    start, end = (half.str.to_date("%Y-%m-%d", strict=False) for half in halves)
    return start, end


_DECIMAL = (
    r"{mark}(?:[0-9]{{1,2}}|[0-9]{{4,}})\D*$|[0-9]{{4}}{mark}[0-9]+\D*$|^\D*0?{mark}[0-9]+\D*$"
    "|[ \u00a0\u2009\u202f][0-9]{{3}}{mark}"
)
_THOUSANDS = r"{mark}[0-9]{{3}}{mark}|{mark}[0-9]{{3}}{other}"


@dataclass(slots=True)
class Survey:
    """What the cells of a whole file tell of its decimal marks; fed a slice at a time."""

    of: Plan
    seen: set[tuple[str, str]] = field(default_factory=set, init=False)
    """(meaning, mark) where the mark cuts decimals."""

    def look(self, rows: pl.DataFrame) -> None:
        for meaning in AMOUNTS:
            if meaning not in self.of.places:
                continue
            text = rows[str(self.of.places[meaning])]
            for mark, other in ((",", "."), (".", ",")):
                told = _DECIMAL.format(mark=re.escape(mark))
                if text.str.contains(told).any():
                    self.seen.add((meaning, mark))
                if text.str.contains(_THOUSANDS.format(mark=re.escape(mark), other=re.escape(other))).any():
                    self.seen.add((meaning, other))

    def marks(self) -> dict[str, str]:
        """Meaning → decimal mark, by its own column, else by all others when they agree; "" where nothing tells."""
        everywhere = {mark for _, mark in self.seen}
        common = everywhere.pop() if len(everywhere) == 1 else ""
        marks: dict[str, str] = {}
        for meaning in AMOUNTS:
            own = [mark for name, mark in self.seen if name == meaning]
            marks[meaning] = own[0] if len(own) == 1 else "" if own else common
        return marks
