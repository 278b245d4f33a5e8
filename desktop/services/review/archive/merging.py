"""Lines of many files and of the portal, put together into one history: each payment once, true twins kept.

Two lines are the same payment when all that `identities` says of them is the same, and no claim tells them apart; what
one leaves out of its person, others of the same claim may tell (`completing`). One file may hold several of them: the
history has as many as the file that has most. What comes out depends on what was put in and not on its order, and
nothing that one source holds is ever taken away by another.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from desktop.services.folding import collated
from desktop.services.review.archive.completing import completed
from desktop.services.review.leaves import person_keys
from desktop.services.review.line import COLUMNS, EXTRA
from desktop.services.review.line import frame as lines_of

_SIREN: Final = 9
_LONGEST: Final = 36_600
_HEALTH_INSURANCE: Final = re.compile(
    r"\b(?:cpam|cgss|cssm|msa|cnam|cramif|ameli|caisse primaire|caisse generale|assurance maladie|securite sociale|"
    r"mutualite sociale agricole)\b"
)
_SCHEME: Final = "assurance maladie"
_ITS_CODES: Final = ("IJNOR", "IJMAJ", "RETCSJ", "RETCRD", "CIN", "RPR", "PRE", "POS")
"""Whoever pays under these, unnamed, is the Assurance maladie."""
_UNDER: Final = 1 << 32

SEEN: Final = pl.Schema({"file": pl.UInt32, "line": pl.UInt32, "one": pl.UInt64, "two": pl.UInt64, "claim": pl.UInt64})


@dataclass(frozen=True, slots=True)
class Part:
    """The lines of one source. `source` is a file's sha256, or a name of its own for the payments of the portal, all
    that it ever told. Of equal lines, those of the part of lowest `rank` stand in the history."""

    source: str
    name: str
    frame: pl.DataFrame
    rank: int = 1


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands: the source, what people call it, and the number of the line there."""

    source: str
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class History:
    """`frame` has `line.COLUMNS`, the sources' own columns behind them ("" where a source has none), and `file` (u32):
    the place in `sources` of the source that the line is taken from. `seen` is every line of every source: file, line,
    `one` and `two` (u64: its identity), `claim` (u64: 0 when not told)."""

    frame: pl.DataFrame
    sources: tuple[Part, ...]
    seen: pl.DataFrame

    def places(self, file: int, line: int) -> tuple[Place, ...]:
        """Every place that holds this line of the frame, the one it is taken from first; the second of two twins is
        the second one elsewhere too."""
        here = self.seen.filter((pl.col("file") == file) & (pl.col("line") == line))
        same = self.seen.join(here.select("one", "two"), on=["one", "two"], how="semi")
        told = here["claim"][0] if here.height else 0
        same = same.filter((pl.col("claim") == told) | (pl.col("claim") == 0) | (told == 0)).sort("file", "line")
        lines: dict[int, list[int]] = {}
        for other, number in same.select("file", "line").iter_rows():
            lines.setdefault(other, []).append(number)
        turn = lines[file].index(line) if line in lines.get(file, ()) else 0
        elsewhere = [(other, at[turn]) for other, at in lines.items() if other != file and turn < len(at)]
        return tuple(
            Place(self.sources[of].source, self.sources[of].name, number) for of, number in [(file, line), *elsewhere]
        )

    def line_ids(self, places: Sequence[tuple[int, int]]) -> tuple[str, ...]:
        """A name for the line at each (file, line) that stays the same in every later history: for what people say of
        it. One that is no line of the frame (a total that the file states) is named by its place."""
        asked = pl.DataFrame(
            {"file": [file for file, _ in places], "line": [line for _, line in places]},
            schema={"file": pl.UInt32, "line": pl.UInt32},
        ).unique()
        chosen = self.frame.join(asked, on=["file", "line"], how="semi").unique(["file", "line"], keep="first")
        turns = dict(_turns(self.seen, chosen.select("file", "line")))
        named = _named(chosen, self.sources, turns)
        return tuple(named.get(place) or f"{self.sources[place[0]].source}:{place[1]}" for place in places)

    def other_ids(self, places: Sequence[tuple[int, int]]) -> dict[tuple[int, int], dict[int, str]]:
        """By (file, line) of the frame: what every other source that holds this line would call it by itself. Another
        name than `line_ids` gives where that source tells less of the person (a printed statement without numbers)."""
        asked = pl.DataFrame(places, schema={"file": pl.UInt32, "line": pl.UInt32}, orient="row").unique()
        same = ["one", "two"]
        ids = self.seen.join(asked, on=["file", "line"], how="semi").select(same).unique()
        twins = self.seen.join(ids, on=same, how="semi").sort("file", "line")
        twins = twins.with_columns(pl.col("line").cum_count().over([*same, "file"]).alias("turn"))
        claims = (pl.col("claim") == pl.col("claim_right")) | (pl.col("claim") == 0) | (pl.col("claim_right") == 0)
        pairs = (
            twins.join(asked, on=["file", "line"], how="semi")
            .join(twins, on=[*same, "turn"])
            .filter((pl.col("file") != pl.col("file_right")) & claims)
        )
        found: dict[tuple[int, int], dict[int, str]] = {}
        for (number,), those in pairs.group_by("file_right"):
            source = int(str(number))
            lines = those["line_right"].unique()
            chosen = (
                self.sources[source].frame.filter(pl.col("line").is_in(lines.implode())).unique("line", keep="first")
            )
            turns = {(source, line): turn for line, turn in those.select("line_right", "turn").iter_rows()}
            named = _named(chosen.with_columns(pl.lit(source, pl.UInt32).alias("file")), self.sources, turns)
            for file, line, there in those.select("file", "line", "line_right").iter_rows():
                if (source, there) in named:
                    found.setdefault((file, line), {})[source] = named[source, there]
        return found


def _named(
    chosen: pl.DataFrame, sources: Sequence[Part], turns: Mapping[tuple[int, int], int]
) -> dict[tuple[int, int], str]:
    """By (file, line)."""
    named: dict[tuple[int, int], str] = {}
    for file, line, text in zip(chosen["file"], chosen["line"], _texts(chosen, sources), strict=True):
        digest = hashlib.sha256(f"1\x1f{text}".encode()).hexdigest()[:32]
        named[file, line] = f"{digest}-{turns.get((file, line), 1)}"
    return named


def _turns(seen: pl.DataFrame, chosen: pl.DataFrame) -> list[tuple[tuple[int, int], int]]:
    """Which of its twins in its file each line is, from 1."""
    same = ["one", "two", "file"]
    ids = seen.join(chosen, on=["file", "line"], how="semi").select(same).unique()
    twins = seen.join(ids, on=same, how="semi").sort("file", "line")
    counted = twins.with_columns(pl.col("line").cum_count().over(same).alias("turn"))
    return [((file, line), turn) for file, line, turn in counted.select("file", "line", "turn").iter_rows()]


def _texts(chosen: pl.DataFrame, sources: Sequence[Part]) -> list[str]:
    told = identities(chosen)
    alone = told["alone"].to_list()
    whole = told.select(pl.concat_str(pl.all().cast(pl.String).fill_null(""), separator="\x1f")).to_series().to_list()
    return [
        f"{text}\x1f{sources[file].source}" if by_itself else str(text)
        for text, by_itself, file in zip(whole, alone, chosen["file"], strict=True)
    ]


def merged(parts: Sequence[Part]) -> History:
    """One history of all parts, whatever their order; a source that is given twice counts once."""
    by_source = {part.source: part for part in reversed(parts)}
    sources = tuple(sorted(by_source.values(), key=lambda part: (part.rank, part.source)))
    told = completed([part.frame for part in sources])
    seen = pl.concat([SEEN.to_frame(), *(_seen(number, frame) for number, frame in enumerate(told))])
    kept = _chosen(seen) if len(sources) > 1 else None
    frames, start = [lines_of({"line": []}).with_columns(pl.lit(0, pl.UInt32).alias("file"))], 0
    for number, part in enumerate(sources):
        own = part.frame if kept is None else part.frame.filter(kept.slice(start, part.frame.height))
        start += part.frame.height
        names = [*COLUMNS, *(name for name in own.columns if name.startswith(EXTRA))]
        frames.append(own.select(*names, pl.lit(number, pl.UInt32).alias("file")))
    whole = pl.concat(frames, how="diagonal") if len(frames) > 2 else frames[-1]  # one alone is not copied
    extras = [name for name in whole.columns if name.startswith(EXTRA)]
    if extras:
        whole = whole.with_columns(pl.col(extras).fill_null(""))
    return History(whole.select(*COLUMNS, *extras, "file"), sources, seen)


def _seen(number: int, frame: pl.DataFrame) -> pl.DataFrame:
    told = identities(frame)
    alone = pl.when(pl.col("alone")).then(number + 1).otherwise(0).alias("of")
    whole, claim = pl.struct(pl.all(), alone), pl.col("claim")
    lazily = told.lazy().select(whole.hash(1).alias("one"), whole.hash(2).alias("two"))  # both from one look
    beside = frame.lazy().select(
        *(pl.lit(number, pl.UInt32).alias("file"), "line"),
        pl.when(claim != "").then(claim.hash()).otherwise(0).alias("claim"),
    )
    return pl.concat([lazily, beside], how="horizontal").select(*SEEN).collect()


def identities(frame: pl.DataFrame) -> pl.DataFrame:
    """What makes a line the payment that it is, the manner of writing apart, one row a line. `alone`: too little is
    told (nobody is named, or no day) for two such lines of different sources to be taken for one."""
    of_payers = {name: _payer(name) for name in frame["payer"].unique().to_list()}
    of_labels = {label: collated(label) for label in frame["label"].unique().to_list()}
    code, start = pl.col("code"), pl.col("start")
    payer = pl.col("payer").replace_strict(of_payers, return_dtype=pl.String)
    last = start + pl.duration(days=pl.col("days").abs().clip(1, _LONGEST) - 1)
    unsure = (pl.col("person") == "") | (start.is_null() & pl.col("paid_on").is_null())
    return frame.select(
        pl.when((payer == "") & code.is_in(_ITS_CODES)).then(pl.lit(_SCHEME)).otherwise(payer).alias("payer"),
        pl.col("company").str.slice(0, _SIREN),
        person_keys(frame).alias("person"),
        *("branch", "kind"),
        pl.when(code != "")
        .then(code)
        .otherwise(pl.col("label").replace_strict(of_labels, return_dtype=pl.String))
        .alias("nature"),
        start,
        pl.coalesce("end", pl.when(pl.col("days") != 0).then(last)).alias("until"),
        *("sense", "gross", "levies", "net", "payee", "paid_on"),
    ).with_columns(unsure.alias("alone"))


def _payer(name: str) -> str:
    folded = collated(name)
    return _SCHEME if _HEALTH_INSURANCE.search(folded) else folded


def _chosen(seen: pl.DataFrame) -> pl.Series:
    """Whether each line stands in the history: all lines of one identity are taken from the file that has most."""
    ordered = _ordered(seen)
    runs = (
        ordered.with_row_index("at")
        .filter(pl.col("run") != pl.col("run").shift().fill_null(_UNDER))
        .select("id", "new", "file", count=pl.col("at").shift(-1, fill_value=seen.height) - pl.col("at"))
    )
    taken = _taken(runs).gather(ordered["run"])
    mixed = ordered.filter(~pl.col("new") & (pl.col("claim") != pl.col("claim").shift()))["id"].unique()
    if len(mixed):
        rows = ordered.with_row_index("place").filter(pl.col("id").is_in(mixed.implode()))
        told = pl.when(pl.col("claim") != 0).then(pl.col("claim"))
        several = rows.group_by("id").agg(told.min().alias("low"), told.max().alias("high"))
        rows = rows.join(several.filter(pl.col("low") != pl.col("high")), on="id", how="semi")
        taken = taken.scatter(rows["place"], rows["place"].is_in(_by_claim(rows).implode()))
    return ordered.select("row", taken.alias("taken")).sort("row")["taken"]


def _ordered(seen: pl.DataFrame) -> pl.DataFrame:
    """The lines with equal ones together, those of a file in their order. Sorted by half of the identity, which is all
    that it takes, unless two that differ have the same half."""
    one, two = pl.col("one"), pl.col("two")
    rows = seen.with_row_index("row")
    ordered = rows.sort("one", maintain_order=True)
    if ordered.select(((one == one.shift()) & (two != two.shift())).any()).item():
        ordered = rows.sort("one", "two", maintain_order=True)
    new = ((one != one.shift()) | (two != two.shift())).fill_null(value=True)
    moved = (pl.col("file") != pl.col("file").shift()).fill_null(value=True)
    return ordered.select("row", "file", "claim", new.alias("new"), moved.alias("moved")).select(
        *("row", "file", "claim", "new"),
        (pl.col("new").cum_sum() - 1).alias("id"),
        ((pl.col("new") | pl.col("moved")).cum_sum() - 1).alias("run"),
    )


def _taken(runs: pl.DataFrame) -> pl.Series:
    """Whether each run, the lines of one identity in one file, is the longest of its identity, or the first of those
    that are."""
    taken = runs["new"]
    uneven = runs.filter(~pl.col("new") & (pl.col("count") != pl.col("count").shift()))["id"].unique()
    if len(uneven):
        rows = runs.with_row_index("run").filter(pl.col("id").is_in(uneven.implode()))
        best = rows.sort("id", "count", "file", descending=[False, True, False]).unique("id", keep="first")
        taken = taken.scatter(rows["run"], rows["run"].is_in(best["run"].implode()))
    return taken


def _by_claim(rows: pl.DataFrame) -> pl.Series:
    """The rows to be taken where lines that are the same otherwise have different claims: of each claim as many as
    in the file that has most of it; of those without a claim, what a file has of all of them beyond that."""
    of_claims = rows.filter(pl.col("claim") != 0)
    counts = of_claims.group_by("id", "claim", "file").len("count").sort("count", "file", descending=[True, False])
    most = counts.unique(["id", "claim"], keep="first", maintain_order=True)
    told = of_claims.join(most, on=["id", "claim", "file"], how="semi")
    there = most.group_by("id").agg(pl.col("count").sum().alias("there"))
    totals = rows.group_by("id", "file").len("count").sort("count", "file", descending=[True, False])
    beyond = (
        totals.unique("id", keep="first", maintain_order=True)
        .join(there, on="id")
        .select("id", "file", (pl.col("count").cast(pl.Int64) - pl.col("there").cast(pl.Int64)).alias("beyond"))
        .filter(pl.col("beyond") > 0)
    )
    untold = rows.filter(pl.col("claim") == 0).join(beyond, on=["id", "file"], how="inner").sort("place")
    more = untold.filter(pl.col("place").cum_count().over("id", "file") <= pl.col("beyond"))
    return pl.concat([told["place"], more["place"]])
