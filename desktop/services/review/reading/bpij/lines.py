"""Lines of a followed BPIJ document in the columns that every reader gives, and its sums against those it states."""

from collections.abc import Callable
from typing import Final

import polars as pl

from desktop.services.review import codes, line
from desktop.services.review.line import Branch, Kind, Payee, Sense
from desktop.services.review.reading.bpij import texts
from desktop.services.review.reading.bpij.document import Document
from desktop.services.review.whole import ControlTotal

DUE_NUMBER: Final = f"{line.EXTRA}n° d’indu"
"""The column that holds the number of an `Indu`, where the file has any."""
_BRANCHES: Final = frozenset(branch.value for branch in Branch)


def frame(document: Document) -> pl.DataFrame:
    """The lines that could be read, with all columns of `line.COLUMNS`."""
    if not document.batches:
        return line.frame({"line": pl.Series([], dtype=pl.UInt32)})
    lines = pl.concat(document.batches, rechunk=False)
    lines = lines.with_columns(**_around(document)).filter(pl.col("reason").is_null())
    kinds = _mapped(lines["code"], lambda code: codes.kind_of(code).value, line.choice(Kind))
    lines = lines.with_columns(
        kind=pl.when("due").then(pl.lit(Kind.RECOVERY.value, line.choice(Kind))).otherwise(kinds),
        called=_mapped(lines["code"], codes.label_of, pl.String()),
    )
    columns: dict[str, object] = {each.name: each for each in lines.select(*_amounts(), *_told()).iter_columns()}
    if document.dues:
        numbers = {number: due for number, due in document.dues.items() if due}
        told = lines["line"].replace_strict(list(numbers), list(numbers.values()), default="", return_dtype=pl.String)
        columns |= {DUE_NUMBER: told} if numbers else {}
    return line.frame(columns)


def _amounts() -> list[pl.Expr]:
    """Money, days and their sense. A withholding stands with the amount that is paid less for it, so that its levy is
    the opposite; one that is given back is a cancellation, save the corrections in favour (REG…), which pay by nature.
    """
    cents, unit, count = pl.col("cents"), pl.col("unit"), pl.col("count")
    levy, recovery = pl.col("kind") == Kind.LEVY.value, pl.col("kind") == Kind.RECOVERY.value
    negative = (cents < 0) | ((cents == 0) & ((unit.fill_null(0) < 0) | (count.fill_null(0) < 0)))
    given_back = pl.when(pl.col("code").str.starts_with("RET")).then(cents > 0).otherwise(negative)
    cancelled = pl.when(levy).then(given_back).otherwise(negative & ~recovery)
    return [
        pl.col("kind"),
        pl.when(cancelled)
        .then(pl.lit(Sense.CANCELLATION.value, line.choice(Sense)))
        .otherwise(pl.lit(Sense.PAYMENT.value, line.choice(Sense)))
        .alias("sense"),
        pl.when((cancelled | negative) & (count > 0)).then(-count).otherwise(count).alias("days"),
        pl.when(negative & (unit < 0)).then(-unit).otherwise(unit).alias("unit"),
        pl.when(levy).then(0).otherwise(cents).alias("gross"),
        pl.when(levy).then(-cents).otherwise(0).alias("levies"),
        cents.alias("net"),
    ]


def _told() -> list[pl.Expr]:
    employer, employee = pl.col("IJSub").is_in(["true", "1"]), pl.col("IJSub").is_in(["false", "0"])
    payee = line.choice(Payee)
    return [
        *(pl.col(name) for name in ("line", "company", "payer", "person", "nir", "branch", "paid_on", "start", "end")),
        pl.when("due").then(pl.lit("")).otherwise(pl.col("code")).alias("code"),
        pl.when("due").then(pl.lit("Indu")).otherwise(pl.coalesce("Libelle", "called")).alias("label"),
        pl.col("NumSin").fill_null("").alias("claim"),
        pl.when(employer)
        .then(pl.lit(Payee.EMPLOYER.value, payee))
        .when(employee)
        .then(pl.lit(Payee.EMPLOYEE.value, payee))
        .otherwise(pl.lit(Payee.UNKNOWN.value, payee))
        .alias("payee"),
    ]


def _around(document: Document) -> dict[str, pl.Series]:
    """What each line takes from its groups."""
    groups = document.groups
    told = {
        "company": ("Declare", [_together(group[0]) for group in groups["Declare"]]),
        "payer": ("Caisse", [_payer(*group[:2]) for group in groups["Caisse"]]),
        "nir": ("Assure", [_together(group[0]).upper() for group in groups["Assure"]]),
        "person": ("Assure", [_person(*group[1:]) for group in groups["Assure"]]),
        "branch": ("Assurance", [group[0].upper() for group in groups["Assurance"]]),
    }
    places = {name: pl.Series(place, dtype=pl.UInt32) for name, place in document.places.items()}
    around = {name: pl.Series(values, dtype=pl.String).gather(places[of]) for name, (of, values) in told.items()}
    around["branch"] = (
        pl.select(pl.when(around["branch"].is_in(list(_BRANCHES))).then(around["branch"]).otherwise(pl.lit("")))
        .to_series()
        .cast(line.choice(Branch))
    )
    days = pl.DataFrame({"day": [group[2] for group in groups["Caisse"]]}, schema={"day": pl.String})
    around["paid_on"] = days.select(texts.day("day")).to_series().gather(places["Caisse"])
    return around


def _mapped(column: pl.Series, of: Callable[[str], str], kind: pl.DataType) -> pl.Series:
    """`of` each value, asked once for those that are alike."""
    alike = column.unique().to_list()
    return column.replace_strict(alike, [of(each) for each in alike], return_dtype=kind)


def _together(text: str) -> str:
    return "".join(text.split())


def _person(surname: str = "", first_name: str = "") -> str:
    return " ".join((*surname.split(), *first_name.split()))


def _payer(code: str = "", name: str = "") -> str:
    """The fund's name and code, as far as told."""
    if name and code:
        return f"{name} ({code})"
    return name or (f"CPAM {code}" if code else "")


def controls(document: Document) -> tuple[ControlTotal, ...]:
    """What the document states of the sender, of each company and person, against the lines that could be read."""
    if not document.stated:
        return ()
    running = [0]
    for batch in document.batches:
        read = pl.when(pl.col("reason").is_null()).then("cents").otherwise(0)
        running.extend((batch.select(read.cum_sum() + running[-1])).to_series().to_list())
    return tuple(
        ControlTotal(
            each.level,
            each.name,
            min(each.first + 1, max(document.count, 1)),
            "net",
            each.cents,
            running[each.last] - running[each.first],
            (each.first + 1, each.last),
        )
        for each in document.stated
    )
