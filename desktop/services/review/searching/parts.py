"""A table's columns in parts: the distinct values of columns that go together once, and for each line which of them it
has. What is looked for is looked for among the values; a million lines of some ten thousand people are as quick as the
people."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final

import polars as pl

from desktop.services.folding import fold
from desktop.services.review.line import COLUMNS, told
from desktop.services.review.runs import runs

_TOGETHER: Final = (
    ("company", "member", "payer", "person", "nir", "employee", "claim", "branch", "leave_start"),
    ("code", "label", "kind", "sense", "payee", "unit", "days", "gross", "csg", "crds", "tax", "levies", "net"),
    ("start", "end"),
    ("paid_on", "reference"),
)
"""Columns whose values come together: of a person, of an amount, of a period, of a payment."""
_FEW: Final = 4_000
"""Distinct values that are few, whatever the number of lines."""
_MIXING: Final = 0x9E3779B97F4A7C15
"""Odd and without a pattern, so that values that change place change the number."""
_WORKERS: Final = 2
"""Parts made at once: the steps of one follow each other, and few of them take more than one core."""
_FILTERS: Final = frozenset({"file", "person_key", "leave", "month"})
BY_ITSELF: Final = "line"
"""The column of line numbers: all distinct, and nothing to look for."""


@dataclass(frozen=True, slots=True)
class Part:
    """`values` has one row for each distinct combination of its columns, `codes` (u32) says for each line which row.
    `folded` are the texts of the rows as they are searched, None where nothing is to be found; `signs` are the ASCII
    characters that stand in them."""

    values: pl.DataFrame
    codes: pl.Series
    folded: pl.Series | None
    signs: frozenset[str]

    def holding(self, word: str, among: pl.Series | None) -> pl.Series:
        """Rows (u32) of the values whose texts hold the word; only `among` some, unless those are so many that to
        gather them would take longer than to look at all."""
        if self.folded is None or any(sign.isascii() and sign not in self.signs for sign in word):
            return pl.Series([], dtype=pl.UInt32)
        if among is None or len(among) > len(self.folded) // 8:
            return self.folded.str.contains(word, literal=True).arg_true()
        if not len(among):
            return among
        return among.filter(self.folded.gather(among).str.contains(word, literal=True))

    def flagged(self, rows: pl.Series) -> pl.Series:
        """Which of all lines have one of these rows of `values` (u32): boolean."""
        return self._flags(rows).gather(self.codes) > 0

    def flagged_among(self, rows: pl.Series, lines: pl.Series) -> pl.Series:
        """The same of some lines only, in their order."""
        return self._flags(rows).gather(self.codes.gather(lines)) > 0

    def _flags(self, rows: pl.Series) -> pl.Series:
        return pl.repeat(0, self.values.height, dtype=pl.UInt8, eager=True).scatter(rows, 1)


def parts_of(frame: pl.DataFrame) -> Iterator[Part]:
    """The frame's columns, save the line numbers, a few at a time, then the month of each line. Those of `COLUMNS` and
    those of the file's own are searched, others (`file`, `person_key`, `leave`, `month`) only serve to filter."""
    known = [name for group in _TOGETHER for name in group]
    groups: list[list[str]] = [[name for name in group if name in frame.columns] for group in _TOGETHER]
    groups += [[name] for name in frame.columns if name not in known and name != BY_ITSELF]
    with ThreadPoolExecutor(_WORKERS, "parts") as workers:
        try:
            months = workers.submit(_months, frame)
            for made in workers.map(partial(_made, frame), filter(None, groups)):
                yield from made
            yield months.result()
        finally:  # whoever takes no more of them waits for those under way alone
            workers.shutdown(wait=False, cancel_futures=True)


def _months(frame: pl.DataFrame) -> Part:
    """The first day of the month of payment, else of the period, else of the leave: told once for each day."""
    days = frame[["paid_on", "start", "leave_start"]].select(pl.coalesce(pl.all()).alias("month")).to_series()
    each = days.unique().to_frame().with_columns(pl.col("month").dt.truncate("1mo").alias("first"))
    values = each.select(pl.col("first").unique().alias("month"))
    numbers = each.join(values.with_row_index("code"), left_on="first", right_on="month", nulls_equal=True)
    codes = days.to_frame().join(numbers, on="month", how="left", maintain_order="left", nulls_equal=True)["code"]
    return Part(values, codes, None, frozenset())


def _made(frame: pl.DataFrame, names: list[str]) -> list[Part]:
    return list(_split(frame, names))


def _split(frame: pl.DataFrame, names: list[str]) -> Iterator[Part]:
    """One part, or two halves where hardly two lines have the same values."""
    found = runs([frame[name] for name in names])
    brief = frame[names] if found is None else found.first_of(frame, names)
    rows = _grouped(hashes(brief, names))
    if len(names) > 1 and len(rows) > max(_FEW, frame.height // 3):
        del rows
        yield from _split(frame, names[: len(names) // 2])
        yield from _split(frame, names[len(names) // 2 :])
        return
    values, codes = _numbered(brief, rows)
    if not _same(brief, values, codes):  # two values of one hash
        rows = _grouped(brief)
        values, codes = _numbered(brief, rows)
    codes = codes if found is None else codes.gather(found.of)
    texts = _searchable(values, [name for name in names if name not in _FILTERS])
    yield Part(values, codes, texts, _signs(texts))


def hashes(frame: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    """One number for the values of each line: to group by it takes half the time and no memory to speak of. A column
    at a time: of all of them at once, all would be copied."""
    found = frame[names[0]].hash(0)
    for turn, name in enumerate(names[1:], 1):
        found = found * _MIXING + frame[name].hash(turn)
    return found.alias("hash").to_frame()


def _grouped(keys: pl.DataFrame) -> pl.Series:
    """For each distinct row of the keys, the lines (u32) that have it, in order of appearance."""
    grouped = keys.lazy().with_row_index("\0row").group_by(keys.columns, maintain_order=True).agg("\0row")
    return grouped.collect()["\0row"]


def _numbered(table: pl.DataFrame, rows: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
    """The distinct values, and of each line which."""
    return table.select(pl.all().gather(rows.list.first())), _codes(rows, table.height)


def _same(table: pl.DataFrame, values: pl.DataFrame, codes: pl.Series) -> bool:
    return all(table[name].eq_missing(values[name].gather(codes)).all() for name in values.columns)


def _codes(rows: pl.Series, height: int) -> pl.Series:
    """Of lists of lines, one for each value: the value of each line."""
    each = pl.DataFrame({"count": rows.list.len()}).with_row_index("code")
    codes = each.select(pl.col("code").repeat_by("count").explode()).to_series()
    zeros = pl.repeat(0, height, dtype=pl.UInt32, eager=True)
    return zeros.scatter(rows.explode(), codes) if height else zeros


def _signs(texts: pl.Series | None) -> frozenset[str]:
    if texts is None:
        return frozenset()
    whole = str(texts.str.join("\n").item() or "").encode()
    return frozenset(chr(code) for code in range(128) if whole.find(code) >= 0)


def _searchable(values: pl.DataFrame, names: list[str]) -> pl.Series | None:
    if not names:
        return None
    told_ = values.select(told(name).alias(name) for name in names)
    columns = [_folded_once(told_[name]) if _may_be_odd(name) else told_[name] for name in names]
    return pl.DataFrame(columns).select(pl.concat_str(names, separator="\n").alias("folded")).to_series()


def _may_be_odd(name: str) -> bool:
    """Texts and words, not numbers nor dates, which are their own folded texts."""
    return COLUMNS.get(name, pl.String()) not in (pl.Date(), pl.Int64(), pl.Int32(), pl.UInt32())


def _folded_once(texts: pl.Series) -> pl.Series:
    """`folded`, each text once where they are few: people of one company, labels of one code."""
    distinct = texts.unique()
    if len(distinct) * 4 > len(texts):
        return folded(texts)
    return folded(distinct).gather(texts.cast(pl.Enum(distinct)).to_physical()).alias(texts.name)


_LATIN: Final = "^[\\x00-\\x7f\u00a0\u202f\u00c0-\u00de\u00e0-\u017e\u2019]*$"
"""Texts whose letters `_latin` folds as `folding.fold` does."""
_LIGATURES: Final = {"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "\u2019": "'"}
_SIGNS: Final = r"[^\w\s]+"
_SIGN_OR_GROUP: Final = r"[^\w\s]|[0-9]\s+[0-9]"


def folded(texts: pl.Series) -> pl.Series:
    """As `folding.fold`, and behind it the same in one piece where signs stand inside: « n’guyen », « nguyen »."""
    plain = texts.str.to_lowercase()
    if not texts.str.contains(r"[^0-9A-Za-z]").any():
        return plain
    odd = texts.str.contains(r"[^\x00-\x7f]").arg_true()
    if len(odd):
        plain = plain.scatter(odd, _folded(texts.gather(odd)))
    several = plain.str.contains(_SIGN_OR_GROUP).arg_true()  # few names are of several pieces
    if not len(several):
        return plain
    text = pl.col("text")
    bare = text.str.replace_all(_SIGNS, "")
    grouped = text.str.contains(r"[0-9][\s.\-/]+[0-9]")
    whole = pl.when(grouped).then(bare.str.replace_all(r"\s+", "")).otherwise(bare)
    both = pl.when(whole != text).then(pl.concat_str(text, whole, separator="\n")).otherwise(text)
    return plain.scatter(several, plain.gather(several).alias("text").to_frame().select(both).to_series())


def _folded(texts: pl.Series) -> pl.Series:
    """Texts that are not ASCII: French ones all together, the rest each by itself."""
    plain = _latin(texts)
    others = (~texts.str.contains(_LATIN)).arg_true()
    if not len(others):
        return plain
    own = texts.gather(others)
    distinct = own.unique()
    return plain.scatter(others, own.replace_strict(distinct, [fold(text) for text in distinct]))


def _latin(texts: pl.Series) -> pl.Series:
    apart = texts.str.to_lowercase().str.normalize("NFKD").str.to_lowercase()
    return apart.str.replace_many(_LIGATURES).str.replace_all("[\u0300-\u036f]", "")


def ranks(values: pl.DataFrame, name: str) -> pl.Series:
    """The place of each row in the order of a column (u32, equal for equal ones): texts as a dictionary has them,
    numbers and dates by their worth; what is not told comes last in the null."""
    column = values[name]
    if _may_be_odd(name) and (name in COLUMNS or column.dtype == pl.String):
        text = values.select(told(name).alias(name)).to_series()
        keys = folded(text).str.split("\n").list.last().str.replace_all(r"\s+", " ")
        column = keys.set(keys == "", None)
    return column.rank("dense")
