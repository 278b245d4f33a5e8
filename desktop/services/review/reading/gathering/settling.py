"""From what the cells of a table say to the columns of `line.COLUMNS`: names put together, kinds by code or label,
signs by what most lines show, and the amounts that the file leaves to be computed."""

import re
from dataclasses import astuple, dataclass

import polars as pl

from desktop.services.folding import fold
from desktop.services.review import codes, saying
from desktop.services.review.line import COLUMNS, EXTRA, Kind, Sense
from desktop.services.review.reading import cells
from desktop.services.review.reading.gathering.columns import start_and_end
from desktop.services.review.runs import Brief

_AMOUNTS = ("gross", "csg", "crds", "tax", "levies", "net")
_LEVIES = ("csg", "crds", "tax")
WITHHELD = (*_LEVIES, "levies")
_TURNED = (*_AMOUNTS, "days")


@dataclass(frozen=True, slots=True)
class Signs:
    """How a file writes what is withheld: `levies` in columns with a minus, `lines` (a levy on a line of its own)
    without one. Ours is the reverse of both."""

    levies: bool
    lines: bool

    @property
    def notes(self) -> tuple[str, ...]:
        """As French sentences."""
        told = []
        if self.levies:
            told.append("Les retenues sont écrites avec un signe moins ici\u00a0: elles sont comptées comme retenues.")
        if self.lines:
            told.append("Les lignes de retenue sont écrites sans signe moins ici\u00a0: elles sont déduites du net.")
        return tuple(told)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many lines show what: amounts withheld with a minus and without, levy lines that add to the net and that take
    from it; all levy lines, the allowances that are not of 0 €, and those of them that tell their net or their gross
    alone."""

    minus: int = 0
    plus: int = 0
    adding: int = 0
    taking: int = 0
    levies: int = 0
    priced: int = 0
    net_alone: int = 0
    gross_alone: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(mine + more for mine, more in zip(astuple(self), astuple(other), strict=True)))

    @property
    def signs(self) -> Signs:
        """What most of the lines that say it show."""
        return Signs(levies=self.minus > self.plus, lines=self.adding > self.taking)

    @property
    def unknown(self) -> tuple[str, ...]:
        """What is taken from another amount since the file does not tell it, as French sentences. Where levies have
        lines of their own, an allowance is told whole by one amount."""
        if self.levies or not self.priced:
            return ()
        if self.net_alone == self.priced:
            return (_ONLY_NET,)
        if self.gross_alone == self.priced:
            return (_ONLY_GROSS,)
        return (f"{_SOME_NET}\u00a0: {saying.integer(self.net_alone)}.",) if self.net_alone else ()


_ONLY_NET = "Ce fichier ne dit que le net\u00a0: brut et retenues n’y sont pas connus\u202f; le brut est repris du net."
_ONLY_GROSS = (
    "Ce fichier ne dit que le brut\u00a0: retenues et net n’y sont pas connus\u202f; le net est repris du brut."
)
_SOME_NET = "Lignes qui ne disent que le net, dont le brut est repris"


def named(parsed: pl.DataFrame, brief: Brief | None) -> tuple[pl.DataFrame, Tally]:
    """A slice as `columns.parse` gave it, with every column of ours, names put together and kinds told; and what it
    shows of the signs. `brief` has the columns of it that are in runs."""
    whole = _whole(parsed, brief)
    if brief is not None and brief.has("code", "label"):
        kinds = pl.DataFrame(_kinds(brief.frame)).select(pl.all().gather(brief.of)).get_columns()
    else:
        kinds = _kinds(whole)
    whole = whole.with_columns(kinds)
    return whole, _tally(whole)


def unpriced(whole: pl.DataFrame) -> pl.Series | None:
    """Which lines of a slice as `named` gave it tell what was withheld and not of what: a levy alone may do so. `None`
    when there are none."""
    if not (whole["gross"].null_count() and whole["net"].null_count()):
        return None
    of = pl.col("gross").is_null() & pl.col("net").is_null() & (pl.col("kind") != Kind.LEVY.value)
    found = whole.select(of).to_series()
    return found if found.any() else None


def settled(whole: pl.DataFrame, told: Signs) -> pl.DataFrame:
    """A slice as `named` gave it, in the canonical columns, by the signs of the whole file."""
    gross, net, levies = pl.col("gross"), pl.col("net"), pl.col("levies")
    if told.levies:
        whole = whole.with_columns(-pl.col(name) for name in (*_LEVIES, "levies"))
    whole = whole.with_columns(levies=_withheld(), sense=_sense() if whole["sense"].null_count() else pl.col("sense"))
    levy = pl.col("kind") == Kind.LEVY.value
    paid = pl.coalesce(net, gross, -levies, pl.lit(0))
    paid = -paid if told.lines else paid
    whole = whole.with_columns(
        gross=pl.when(levy).then(0).otherwise(pl.coalesce(gross, net + levies, net)),
        levies=pl.when(levy).then(-paid).otherwise(pl.coalesce(levies, gross - net, pl.lit(0))),
        net=pl.when(levy).then(paid).otherwise(pl.coalesce(net, gross - pl.coalesce(levies, pl.lit(0)))),
    )
    return _ordered(_cancelled(whole)).rechunk()  # so that the slices of all columns end where the others do


def _whole(parsed: pl.DataFrame, brief: Brief | None) -> pl.DataFrame:
    """With every column of ours, the halves put together."""
    there = set(parsed.columns)
    added: list[pl.Expr | pl.Series] = []
    if "surname" in there:
        first = pl.col("first_name") if "first_name" in there else pl.lit("")
        person = pl.concat_str(pl.col("surname"), first, separator=" ").str.strip_chars().alias("person")
        halves = there.intersection(("surname", "first_name"))
        added += brief.told(person) if brief is not None and brief.has(*halves) else [person]
    if "nir_key" in there and "nir" in there:
        whole = (pl.col("nir").str.len_chars() == 13) & pl.col("nir_key").str.contains("^[0-9]{1,2}$")
        added.append(
            pl.when(whole).then(pl.col("nir") + pl.col("nir_key").str.zfill(2)).otherwise(pl.col("nir")).alias("nir")
        )
    if "period" in there:
        start, end = start_and_end()
        added += [start.alias("start")] if "start" not in there else []
        added += [end.alias("end")] if "end" not in there else []
    named = parsed.with_columns(added)
    lacking = {name: kind for name, kind in COLUMNS.items() if name not in named.columns}
    return named.with_columns(pl.lit(None, dtype=kind).alias(name) for name, kind in lacking.items())


_FEW = 4
_WAITING = re.compile(r"\b(carence|franchise|delai d'attente)\b")
_RECOVERY = re.compile(r"\b(indus?|trop[- ]?(percu|verse)s?|recuperation|repetition)\b")
_LEVY = re.compile(r"^\W*(retenues? )?(csg|crds|rds|pas\b|prelevement a la source|prelevements? sociaux|precompte)")


def _kinds(whole: pl.DataFrame) -> list[pl.Series]:
    """Code, label and kind, told once for each pair of code and label that occurs."""
    pairs = whole.select(pl.col("code").fill_null(""), pl.col("label").fill_null(""))
    distinct = pairs.unique(maintain_order=True)
    told = [_told(code, label) for code, label in distinct.iter_rows()]
    if 1 < len(told) <= _FEW and [(code, label) for code, label, _ in told] == distinct.rows():
        return [pairs["code"], pairs["label"], pairs.select(_one_of(told)).to_series()]
    table = distinct.with_columns(
        pl.Series("new_code", [code for code, _, _ in told], dtype=pl.String),
        pl.Series("new_label", [label for _, label, _ in told], dtype=pl.String),
        pl.Series("kind", [kind.value for _, _, kind in told], dtype=COLUMNS["kind"]),
    )
    if table.height == 1:
        return [
            table[name].new_from_index(0, whole.height).alias(name.removeprefix("new_")) for name in table.columns[2:]
        ]
    found = pairs.join(table, on=["code", "label"], how="left", maintain_order="left")
    return [found[name].alias(name.removeprefix("new_")) for name in table.columns[2:]]


def _one_of(told: list[tuple[str, str, Kind]]) -> pl.Expr:
    """The kind of each pair by comparing it with these few: this is faster than a join."""
    kinds = [pl.lit(kind.value, dtype=COLUMNS["kind"]) for _, _, kind in told]
    found = kinds[-1]
    for (code, label, _), kind in zip(told[:-1], kinds[:-1], strict=True):
        found = pl.when((pl.col("code") == code) & (pl.col("label") == label)).then(kind).otherwise(found)
    return found.alias("kind")


def _told(code: str, label: str) -> tuple[str, str, Kind]:
    own = code if codes.is_known(code) or not label else codes.code_of(label) or code
    own = codes.code_of(own) or own
    if codes.is_known(own):
        return own, label or codes.label_of(own), codes.kind_of(own)
    words = fold(label or code)
    by_words = ((_WAITING, Kind.WAITING), (_RECOVERY, Kind.RECOVERY), (_LEVY, Kind.LEVY))
    kind = next((kind for shape, kind in by_words if shape.search(words)), codes.kind_of(own))
    return own, label, kind


def _tally(whole: pl.DataFrame) -> Tally:
    paid = (pl.col("kind") == Kind.INDEMNITY.value) & (pl.coalesce("gross", "net") > 0)
    withheld = pl.sum_horizontal("levies", *_LEVIES)
    shape = (pl.col("kind") == Kind.LEVY.value) & pl.col("code").str.starts_with("RET")
    shape |= (pl.col("kind") == Kind.LEVY.value) & ~pl.col("code").str.starts_with("RE")
    payment = pl.col("sense").is_null() | (pl.col("sense") == Sense.PAYMENT.value)
    amount = pl.coalesce("net", "gross")
    priced = (pl.col("kind") == Kind.INDEMNITY.value) & (amount != 0)
    alone = priced & pl.coalesce("levies", *_LEVIES).is_null()
    counts = whole.select(
        (paid & (withheld < 0)).sum().alias("minus"),
        (paid & (withheld > 0)).sum().alias("plus"),
        (shape & payment & (amount > 0)).sum().alias("adding"),
        (shape & payment & (amount < 0)).sum().alias("taking"),
        (pl.col("kind") == Kind.LEVY.value).sum().alias("levies"),
        priced.sum().alias("priced"),
        (alone & pl.col("gross").is_null()).sum().alias("net_alone"),
        (alone & pl.col("net").is_null()).sum().alias("gross_alone"),
    ).row(0)
    return Tally(*map(int, counts))


def _withheld() -> pl.Expr:
    """All that was withheld: as the file says, or the sum of its parts; null when it says neither. A tax beside a total
    of social levies belongs to it only where the net says so."""
    parts = pl.when(pl.any_horizontal(pl.col(name).is_not_null() for name in _LEVIES)).then(pl.sum_horizontal(_LEVIES))
    apart = (pl.col("gross") - pl.col("levies") - pl.col("net") == pl.col("tax")) & (pl.col("tax") != 0)
    return pl.coalesce(pl.when(apart).then(pl.col("levies") + pl.col("tax")).otherwise(pl.col("levies")), parts)


def _sense() -> pl.Expr:
    """As the file says, else by the sign of what was paid."""
    ours = _ours()
    taken = (pl.coalesce("gross", "net") < 0) | (pl.col("unit") < 0) | (pl.col("days") < 0)
    negative = pl.when(ours & taken.fill_null(value=False)).then(pl.lit(Sense.CANCELLATION.value))
    return pl.coalesce(pl.col("sense"), negative.otherwise(pl.lit(Sense.PAYMENT.value)).cast(COLUMNS["sense"]))


def _ours() -> pl.Expr:
    return pl.col("kind").is_in([Kind.INDEMNITY.value, Kind.WAITING.value])


def turned_days(whole: pl.DataFrame) -> pl.DataFrame:
    """Of a slice as `named` gave it, the cancellations whose days stand there without a minus: line and days."""
    cancelled = (_sense() == Sense.CANCELLATION.value) & _ours()
    possible = (pl.col("days") > 0) & pl.col("sense").ne_missing(pl.lit(Sense.PAYMENT.value, dtype=COLUMNS["sense"]))
    few = whole.select("line", "days", "sense", "kind", "gross", "net", "unit").filter(possible)
    return few.filter(cancelled).select("line", "days")


def _cancelled(whole: pl.DataFrame) -> pl.DataFrame:
    """A cancellation takes back: its amounts and days are negative, however the file prints them."""
    cancelled = (pl.col("sense") == Sense.CANCELLATION.value) & _ours()
    if not whole.select(cancelled.any()).item():
        return whole
    return whole.with_columns(pl.when(cancelled).then(-pl.col(name).abs()).otherwise(pl.col(name)) for name in _TURNED)


def _ordered(whole: pl.DataFrame) -> pl.DataFrame:
    """In the order and types of `COLUMNS`, texts never null, unknown columns behind."""
    blanks = {"kind": Kind.INDEMNITY.value, "sense": Sense.PAYMENT.value, "branch": "", "payee": "unknown"}
    chosen: list[pl.Expr] = []
    for name, kind in COLUMNS.items():
        column = pl.col(name).cast(kind) if whole.schema[name] != kind else pl.col(name)
        blank = "" if kind == pl.String() else blanks.get(name)
        told = blank is None or not whole[name].null_count()
        chosen.append(column if told else column.fill_null(pl.lit(blank, dtype=kind)))
    extras = [pl.col(name).fill_null("") for name in whole.columns if name.startswith(EXTRA)]
    return whole.select(*chosen, *extras)


def damaged(frame: pl.DataFrame) -> tuple[str, ...]:
    """Sentences about numbers that a spreadsheet has damaged: they stand as they are, never repaired."""
    told: list[str] = []
    for name, label, lengths, is_damaged in (
        ("nir", "numéro de sécurité sociale", (0, 13, 15), cells.is_damaged_nir),
        ("company", "SIRET", (0, 9, 14), cells.is_damaged_siret),
    ):
        text = pl.col(name)
        odd = frame.lazy().filter(~text.str.len_bytes().is_in(lengths) | text.str.ends_with("000000"))
        counts = odd.group_by(name).len().collect()
        count = sum(count for text, count in counts.iter_rows() if is_damaged(text))
        if count:
            told.append(f"Lignes dont le {label} a été abîmé par un tableur, laissé tel quel\u00a0: {count}.")
    return tuple(told)
