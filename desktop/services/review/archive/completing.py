"""What a line leaves out and others of its claim tell: a printed statement names people and neither their number nor
the risk, and is of the same payments all the same. Only for telling which payment a line is: no line is changed by it.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from desktop.services.folding import collated

_SIREN: Final = 9
_LINE: Final = ("siren", "claim", "person")
_TOLD: Final = ("nir", "employee", "branch")

Key = tuple[str, str, str]
Told = tuple[str, str, str]


def completed(frames: Sequence[pl.DataFrame]) -> list[pl.DataFrame]:
    """The frames, their lines that tell of a person but the name with the number and the risk that the others tell of
    that person's claim, where they tell one and no more."""
    lacking = [_lacking(frame) for frame in frames]
    asked = {row for each in lacking for row in each.iter_rows()}
    if len(frames) < 2 or not asked:
        return list(frames)
    claims = pl.DataFrame(sorted({key[:2] for key in asked}), schema=["siren", "claim"], orient="row")
    known = _known(frames, claims)
    found = {key: told for key in asked if (told := _one(known.get(key[:2], ()), collated(key[2])))}
    return [_with(frame, found) if each.height else frame for frame, each in zip(frames, lacking, strict=True)]


def _poor() -> pl.Expr:
    return (pl.col("claim") != "") & (pl.col("nir") == "") & (pl.col("employee") == "") & (pl.col("person") != "")


def _names() -> list[pl.Expr]:
    return [pl.col("company").str.slice(0, _SIREN).alias("siren"), pl.col("claim"), pl.col("person")]


def _lacking(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.lazy().filter(_poor()).select(*_names()).unique().collect()


def _known(frames: Sequence[pl.DataFrame], claims: pl.DataFrame) -> dict[tuple[str, str], list[tuple[str, Told]]]:
    """Of each claim, who is told in it, by folded name."""
    known: dict[tuple[str, str], list[tuple[str, Told]]] = {}
    for frame in frames:
        rows = (
            frame.lazy()
            .filter((pl.col("nir") != "") | (pl.col("employee") != ""))
            .select(*_names(), pl.col("nir", "employee"), pl.col("branch").cast(pl.String))
            .join(claims.lazy(), on=["siren", "claim"], how="semi")
            .unique()
            .collect()
        )
        for siren, claim, person, *told in rows.iter_rows():
            known.setdefault((siren, claim), []).append((collated(person), (told[0], told[1], told[2])))
    return known


def _one(told: Sequence[tuple[str, Told]], name: str) -> Told | None:
    """Who bears the name, which may have been cut short; the risk where it is one alone. None of several people."""
    meant = {each for of, each in told if name and of.startswith(name)}
    people = {each[:2] for each in meant}
    if len(people) != 1:
        return None
    ((nir, employee),) = people
    risks = {each[2] for each in meant}
    return nir, employee, risks.pop() if len(risks) == 1 else ""


def _with(frame: pl.DataFrame, found: dict[Key, Told]) -> pl.DataFrame:
    rows = [(*key, *told) for key, told in found.items()]
    beside = pl.DataFrame(rows, schema=[*_LINE, *(f"{name}?" for name in _TOLD)], orient="row")
    if not rows:
        return frame
    whole = frame.with_columns(_names()[0]).join(beside, on=_LINE, how="left", maintain_order="left")
    fits = _poor() & pl.col("nir?").is_not_null()
    risk = pl.when(fits & (pl.col("branch") == "")).then(pl.col("branch?").cast(frame.schema["branch"]))
    return whole.with_columns(
        *(pl.when(fits).then(pl.col(f"{name}?")).otherwise(pl.col(name)).alias(name) for name in ("nir", "employee")),
        risk.otherwise(pl.col("branch")).alias("branch"),
    ).select(frame.columns)
