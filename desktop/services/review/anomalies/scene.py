"""The lines as all searches for anomalies look at them, prepared once: what was cancelled and replaced is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from desktop.services.review import saying
from desktop.services.review.anomalies.anomaly import Anomaly, AnomalyKind
from desktop.services.review.codes import label_of
from desktop.services.review.leaves import leaves
from desktop.services.review.line import Kind
from desktop.services.review.regularising.ground import HEALTH_INSURANCE, compared, copies, without_copies
from desktop.services.review.regularising.mirrors import Cluster, clusters, paired

_EPOCH = date(1970, 1, 1)
_TOLD = ("line", "person", "nir", "employee", "code", "label", "company", "start", "end", "gross", "net")
_STANDING = (
    *("row", "leave", "group", "company", "scheme", "nature", "cover", "branch", "payee"),
    *("first", "last", "counted", "unit", "gross"),
)


@dataclass(frozen=True, slots=True)
class About:
    """What a sentence says of one line."""

    line: int
    file: int
    who: str
    nature: str
    code: str
    company: str
    start: date | None
    end: date | None
    gross: int
    net: int

    @property
    def period(self) -> str:
        return saying.period(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Scene:
    """`ground` has each payment once; `standing` the allowances above 0 € that no cancellation takes back whole, with
    dates and a person. `course` has these, the waiting periods and what was taken back, by `group` and start (`stands`
    tells them apart, `place` numbers the groups). `partial` are rows cancelled in part, `renewed` rows paid anew by a
    regularisation. `portal` is the number of the file that is none: the payments that the portal has shown, whose
    lines have no number that anybody could look up."""

    frame: pl.DataFrame
    ground: pl.DataFrame
    copies: pl.DataFrame
    pairs: pl.DataFrame
    clusters: list[Cluster]
    course: pl.DataFrame
    standing: pl.DataFrame
    partial: frozenset[int]
    renewed: frozenset[int]
    portal: int | None = None

    def about(self, rows: Sequence[int]) -> dict[int, About]:
        """What to say of these rows, taken from the frame at once."""
        wanted = list(dict.fromkeys(rows))
        if not wanted:
            return {}
        files = self.frame["file"] if "file" in self.frame.columns else pl.repeat(0, self.frame.height, eager=True)
        these = pl.Series(wanted, dtype=pl.UInt32)  # a column at a time: of a whole frame, all of it would be copied
        picked = pl.DataFrame([*(self.frame[name].gather(these) for name in _TOLD), files.gather(these).alias("file")])
        people: dict[tuple[str, str, str], str] = {}
        natures: dict[tuple[str, str], str] = {}
        told = {}
        for row, (line, *names, code, label, company, start, end, gross, net, file) in zip(
            wanted, picked.iter_rows(), strict=True
        ):
            person, nir, employee = names
            if (who := people.get((person, nir, employee))) is None:
                who = people[person, nir, employee] = saying.who(person, nir, employee)
            if (nature := natures.get((code, label))) is None:
                nature = natures[code, label] = _nature(code, label)
            told[row] = About(line, file, who, nature, code, company, start, end, gross, net)
        return told

    def found(
        self, kind: AnomalyKind, rows: Sequence[int], about: dict[int, About], said: tuple[str, str], amount: int
    ) -> Anomaly:
        """An anomaly on these rows, explained by `said`: the explanation and the next step."""
        ordered = sorted(set(rows), key=lambda row: (about[row].file, about[row].line)) if len(rows) > 1 else rows
        return Anomaly(
            kind=kind,
            explanation=said[0],
            next_step=said[1],
            lines=tuple(about[row].line for row in ordered),
            files=tuple(about[row].file for row in ordered),
            rows=tuple(ordered),
            amount=amount,
            person=about[ordered[0]].who,
        )


def scene(frame: pl.DataFrame, portal: int | None = None) -> Scene:
    """Prepares the lines: `frame` has the columns of `line.COLUMNS`, and `file` when there are several; `portal` as in
    `Scene`."""
    keyed = frame if {"person_key", "leave"} <= set(frame.columns) else leaves(frame)
    told = compared(keyed)
    again = copies(told)
    ground = without_copies(told, again)
    pairs = paired(ground)
    around = clusters(ground, pairs)
    taken_back = pairs["row"].implode()
    stands = (pl.col("kind") == Kind.INDEMNITY.value) & (pl.col("gross") > 0) & ~pl.col("row").is_in(taken_back)
    dated = ground.lazy().filter(
        pl.col("kind").is_in([Kind.INDEMNITY.value, Kind.WAITING.value])
        & ~pl.col("cancels")
        & pl.col("first").is_not_null()
        & pl.col("named")
    )
    course = (
        dated.select("row", "group", "leave", "first", "last", "gross", stands.alias("stands"))
        .sort("group", "first", maintain_order=True)
        .with_columns(pl.col("group").rle_id().cast(pl.Int64).alias("place"))
        .collect()
    )
    standing = dated.filter(stands).select(_STANDING).collect()
    return Scene(
        frame=keyed,
        ground=ground,
        copies=again,
        pairs=pairs,
        clusters=around,
        course=course,
        standing=standing,
        partial=frozenset(one.row for each in around for one in each.originals if one.mate is None),
        renewed=frozenset(one.row for each in around for one in each.renewed),
        portal=portal,
    )


def unshared(told: pl.DataFrame) -> pl.DataFrame:
    """Without the periods that an insurer shares between employer and person: each part is right in itself."""
    both = told.filter(pl.col("scheme") != HEALTH_INSURANCE).group_by("leave", "first", "last")
    shared = both.agg(pl.col("payee").n_unique().alias("payees")).filter(pl.col("payees") > 1)
    if shared.is_empty():
        return told
    return told.join(shared, on=["leave", "first", "last"], how="anti", maintain_order="left")


def day(number: int) -> date:
    """The date of a number of days."""
    return _EPOCH + timedelta(days=number)


def _nature(code: str, label: str) -> str:
    return saying.without_nir(label_of(code) if code else label.strip()) or "indemnité"
